// HTTPS from a browser's worker. The browser speaks TLS and trusts whom it trusts; the pin is its user's business. What comes
// is signed by devices whose register the server's key signs, and that key is pinned at enrolment.

#include "engine/net/transport.hpp"

#include <emscripten.h>

#include <cstdlib>
#include <memory>

namespace tefter {

namespace {

// A request that waits, which a worker may make. The page's own server is meant, whatever name it goes by here.
EM_JS(int, post_and_wait, (const char* path, const std::uint8_t* body, std::size_t size, std::uint8_t** answer, std::size_t* answer_size), {
    const request = new XMLHttpRequest();
    try {
        request.open("POST", UTF8ToString(path), false);
        request.responseType = "arraybuffer";
        request.setRequestHeader("Content-Type", "application/octet-stream");
        request.send(HEAPU8.slice(body, body + size));
    } catch (error) {
        return 0;
    }
    const bytes = new Uint8Array(request.response || 0);
    HEAPU32[answer >> 2] = _malloc(bytes.length + 1);
    HEAPU8.set(bytes, HEAPU32[answer >> 2]);
    HEAPU32[answer_size >> 2] = bytes.length;
    return request.status;
});

}  // namespace

struct Transport::Handle {};

Transport::Transport(ServerAddress server) : server_(std::move(server)), handle_(nullptr) {}
Transport::~Transport() { delete handle_; }
std::string Transport::ask_authority(const std::string&, const Pin&, std::string_view) { return "the browser's"; }
std::string Transport::library() { return "XMLHttpRequest"; }

void Transport::post(const std::string& path, BytesView body, const std::function<void(BytesView)>& on_piece) {
    std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    const int status = post_and_wait(path.c_str(), body.data(), body.size(), &bytes, &size);
    const std::unique_ptr<std::uint8_t, decltype(&std::free)> answer(bytes, &std::free);
    if (status == 200) return on_piece({bytes, size});
    const bool says_why = size > 0 && size <= 4096;
    if (status >= 400 && status < 500 && says_why) throw Error(ErrorKind::refused, std::string(as_text({bytes, size})));
    if (status == 503 && says_why) throw Error(ErrorKind::network, std::string(as_text({bytes, size})));
    if (status == 0) throw Error(ErrorKind::network, "The server cannot be reached; everything is kept here, try again later.");
    throw Error(ErrorKind::network, "The server answers with an error (" + std::to_string(status) + "); try again later.");
}

}  // namespace tefter
