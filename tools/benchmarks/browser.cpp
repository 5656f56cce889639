#include "tools/benchmarks/browser.hpp"

#include <curl/curl.h>

#include "engine/base/error.hpp"

namespace tefter::bench {

struct Browser::Handle {
    CURL* curl = curl_easy_init();
    ~Handle() { curl_easy_cleanup(curl); }
    std::string escaped(const std::string& text) const {
        char* made = curl_easy_escape(curl, text.data(), static_cast<int>(text.size()));
        std::string out = made;
        curl_free(made);
        return out;
    }
};

Browser::Browser(const std::string& address) : address_(address), handle_(std::make_unique<Handle>()) {
    CURL* curl = handle_->curl;
    curl_easy_setopt(curl, CURLOPT_COOKIEFILE, "");
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);  // devices check the pin; the browser of a bench trusts loopback
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body_);
    curl_easy_setopt(
        curl, CURLOPT_WRITEFUNCTION, +[](char* data, std::size_t, std::size_t size, void* to) {
            static_cast<std::string*>(to)->append(data, size);
            return size;
        });
}

Browser::~Browser() = default;

void Browser::sign_in(const std::string& name, const std::string& passphrase) {
    get("/sign-in", 200);
    const std::string mark = "name=\"form_token\" value=\"";
    const std::size_t at = body_.find(mark);
    if (at == std::string::npos) throw Error(ErrorKind::internal, "The sign-in page has no token.");
    const std::size_t begin = at + mark.size();
    const std::string form = "form_token=" + body_.substr(begin, body_.find('"', begin) - begin) + "&to=/&name=" + handle_->escaped(name) +
                             "&passphrase=" + handle_->escaped(passphrase);
    curl_easy_setopt(handle_->curl, CURLOPT_POSTFIELDS, form.c_str());
    get("/sign-in", 303);
    curl_easy_setopt(handle_->curl, CURLOPT_HTTPGET, 1L);
}

const std::string& Browser::get(const std::string& path, long expected) {
    body_.clear();
    curl_easy_setopt(handle_->curl, CURLOPT_URL, ("https://" + address_ + path).c_str());
    const CURLcode code = curl_easy_perform(handle_->curl);
    long status = 0;
    curl_easy_getinfo(handle_->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status != expected)
        throw Error(ErrorKind::internal, path + " was answered with " + std::to_string(status) + " " + curl_easy_strerror(code) + ".");
    return body_;
}

}  // namespace tefter::bench
