#include "server/connection.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace tefter {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// A record of TLS is of use to the client once all of it has come. So an answer begins with records of about a packet, of which a line
// that is cut every few seconds wastes least, and goes on with longer ones, which cost less work (Cloudflare's dynamic record sizes).
constexpr std::size_t records_of_a_size = 40;
constexpr std::size_t record_sizes[] = {1'369, 4'229, 16'384};

std::size_t record_bytes(std::size_t record) { return record_sizes[std::min(record / records_of_a_size, std::size(record_sizes) - 1)]; }

}  // namespace

TlsConnection::TlsConnection(int socket, Patience patience)
    : socket_(socket), patience_(patience), budget_(patience.header_bytes, patience.request_bytes) {
    ::fcntl(socket_, F_SETFL, ::fcntl(socket_, F_GETFL) | O_NONBLOCK);
}

TlsConnection::~TlsConnection() {
    SSL_free(ssl_);
    ::shutdown(socket_, SHUT_RDWR);
    ::close(socket_);
}

bool TlsConnection::accept(ssl_ctx_st* context) {
    ssl_ = SSL_new(context);
    if (ssl_ == nullptr || SSL_set_fd(ssl_, socket_) != 1) return false;
    SSL_set_mode(ssl_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    for (;;) {
        ERR_clear_error();
        const int result = SSL_accept(ssl_);
        if (result == 1) return true;
        if (!wait_after(result)) return false;
    }
}

bool TlsConnection::next_request(milliseconds idle) {
    waited_ = milliseconds{0};
    moved_ = 0;
    records_ = 0;
    budget_.begin();
    if (SSL_pending(ssl_) > 0) return true;
    pollfd one{socket_, POLLIN, 0};
    return ::poll(&one, 1, static_cast<int>(idle.count())) > 0;
}

bool TlsConnection::wait(short events) {
    const milliseconds allowed = patience_.grace + milliseconds{moved_ * 1000 / patience_.bytes_a_second};
    if (waited_ >= allowed) return false;
    const milliseconds most = std::min(allowed - waited_, patience_.grace);
    pollfd one{socket_, events, 0};
    const auto began = steady_clock::now();
    const int ready = ::poll(&one, 1, static_cast<int>(most.count()));
    waited_ += duration_cast<milliseconds>(steady_clock::now() - began);
    return ready > 0;
}

bool TlsConnection::wait_after(int result) {
    switch (SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ: return wait(POLLIN);
        case SSL_ERROR_WANT_WRITE: return wait(POLLOUT);
        default: return false;
    }
}

ssize_t TlsConnection::read(char* to, std::size_t size) {
    if (budget_.is_spent()) return -1;
    for (;;) {
        ERR_clear_error();
        std::size_t done = 0;
        const int result = SSL_read_ex(ssl_, to, size, &done);
        if (result == 1) {
            budget_.spend(to, done);
            moved_ += done;
            return static_cast<ssize_t>(done);
        }
        if (SSL_get_error(ssl_, result) == SSL_ERROR_ZERO_RETURN) return 0;
        if (!wait_after(result)) return -1;
    }
}

ssize_t TlsConnection::write(const char* from, std::size_t size) {
    for (;;) {
        ERR_clear_error();
        std::size_t done = 0;
        const int result = SSL_write_ex(ssl_, from, std::min(size, record_bytes(records_)), &done);
        if (result == 1) {
            moved_ += done;
            ++records_;
            return static_cast<ssize_t>(done);
        }
        if (!wait_after(result)) return -1;
    }
}

bool TlsConnection::readable() const {
    if (SSL_pending(ssl_) > 0) return true;
    pollfd one{socket_, POLLIN, 0};
    return ::poll(&one, 1, 0) > 0;
}

void TlsConnection::say_goodbye() { SSL_shutdown(ssl_); }

}  // namespace tefter
