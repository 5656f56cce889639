#include "engine/net/transport.hpp"

#include <curl/curl.h>
#include <sodium.h>

#include <algorithm>
#include <exception>
#include <memory>

#include "engine/base/text.hpp"

namespace tefter {

namespace {

constexpr long connect_seconds = 20;
constexpr long stalled_seconds = 60;       // less than a byte a second for this long: the line is dead
constexpr std::size_t error_bytes = 4096;  // of an answer that is no success
constexpr std::size_t authority_bytes = 8192;

struct Answer {
    CURL* curl = nullptr;
    const std::function<void(BytesView)>* on_piece = nullptr;
    std::exception_ptr thrown;
    std::string error;
};

std::size_t on_data(char* data, std::size_t size, std::size_t count, void* user) {
    Answer& answer = *static_cast<Answer*>(user);
    const std::size_t bytes = size * count;
    long status = 0;
    curl_easy_getinfo(answer.curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
        answer.error.append(data, std::min(bytes, error_bytes - std::min(error_bytes, answer.error.size())));
        return bytes;
    }
    try {
        (*answer.on_piece)(as_bytes(std::string_view(data, bytes)));
        return bytes;
    } catch (...) {
        answer.thrown = std::current_exception();
        return 0;
    }
}

/// Tefter's server says in one sentence why it refuses; what stands between (a proxy, a hotel's network) sends pages.
bool is_sentence(const std::string& text) {
    const auto plain = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F && c != '<'; };
    return !text.empty() && is_clean_utf8(text) && std::all_of(text.begin(), text.end(), plain);
}

std::string pins_for_curl(const std::vector<Pin>& pins) {
    std::string out;
    for (const Pin& pin : pins) {
        std::string text(sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_ORIGINAL), '\0');
        sodium_bin2base64(text.data(), text.size(), pin.data(), pin.size(), sodium_base64_VARIANT_ORIGINAL);
        out += (out.empty() ? "sha256//" : ";sha256//") + std::string(text.c_str());
    }
    return out;
}

}  // namespace

struct Transport::Handle {
    CURL* curl = nullptr;
    Handle() {
        static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
        if (started != CURLE_OK || (curl = curl_easy_init()) == nullptr)
            throw Error(ErrorKind::internal, "The network library does not start.");
    }
    ~Handle() { curl_easy_cleanup(curl); }
};

Transport::Transport(ServerAddress server) : server_(std::move(server)) {
    std::erase_if(server_.pins, [](const Pin& pin) { return sodium_is_zero(pin.data(), pin.size()) != 0; });
    if (server_.pins.empty()) throw Error(ErrorKind::usage, "The server's pin is missing; enrol this device again.");
    if (server_.authority.empty()) {
        throw Error(ErrorKind::usage,
                    "The server's authority is missing; ask the administrator for a code and give it to tefter server CODE.");
    }
    handle_ = new Handle;
}

std::string Transport::library() { return std::string("curl ") + LIBCURL_VERSION; }

Transport::~Transport() { delete handle_; }

std::string Transport::ask_authority(const std::string& address, const Pin& pin, std::string_view path) {
    Transport first(new Handle);
    first.server_ = {address, {pin}, {}};
    std::string certificate;
    curl_easy_setopt(first.handle_->curl, CURLOPT_HTTPGET, 1L);
    first.perform(std::string(path), [&](BytesView piece) {
        certificate += as_text(piece);
        if (certificate.size() > authority_bytes) throw Error(ErrorKind::network, "The certificate of the server's authority is too long.");
    });
    return certificate;
}

void Transport::post(const std::string& path, BytesView body, const std::function<void(BytesView)>& on_piece) {
    CURL* curl = handle_->curl;
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(
        curl_slist_append(curl_slist_append(curl_slist_append(nullptr, "Content-Type:"), "Accept:"), "Expect:"), &curl_slist_free_all);
    curl_easy_reset(curl);  // connections stay open
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    perform(path, on_piece);
}

void Transport::perform(const std::string& path, const std::function<void(BytesView)>& on_piece) {
    CURL* curl = handle_->curl;
    Answer answer{curl, &on_piece, nullptr, {}};
    const std::string url = "https://" + server_.address + path, pins = pins_for_curl(server_.pins);
    // Before there is an authority, on the first contact, the pin alone proves the server: nothing is said there.
    const bool vouched = !server_.authority.empty();
    curl_blob authority{server_.authority.data(), server_.authority.size(), CURL_BLOB_NOCOPY};
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, vouched ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, vouched ? 2L : 0L);
    if (curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, pins.c_str()) != CURLE_OK ||
        (vouched && curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &authority) != CURLE_OK) ||
        curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr) != CURLE_OK) {  // nobody else vouches, whom this machine trusts or not
        throw Error(ErrorKind::internal, "The network library cannot check the server's key.");
    }
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_3});
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_seconds);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, stalled_seconds);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &on_data);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    const CURLcode code = curl_easy_perform(curl);
    if (answer.thrown) std::rethrow_exception(answer.thrown);
    if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH || code == CURLE_PEER_FAILED_VERIFICATION) {
        throw Error(ErrorKind::network,
                    "The computer at " + server_.address + " is not the server of this office; do not go on, and tell the administrator.");
    }
    if (code != CURLE_OK) {
        throw Error(ErrorKind::network, "The server " + server_.address + " cannot be reached or the line was cut (" +
                                            curl_easy_strerror(code) + "); everything is kept here, try again later.");
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status == 200) return;
    if (is_sentence(answer.error) && status == 401) throw NotRegistered(answer.error);
    if (is_sentence(answer.error) && status >= 400 && status < 500) throw Error(ErrorKind::refused, answer.error);
    if (is_sentence(answer.error) && status == 503) throw Error(ErrorKind::network, answer.error);
    throw Error(ErrorKind::network,
                "The server " + server_.address + " answers with an error (" + std::to_string(status) + "); try again later.");
}

}  // namespace tefter
