#pragma once
// One TLS connection whose client may be slow, but not for ever: every wait is counted, and a request has only so much.

#include <sys/types.h>
#include <chrono>
#include <cstddef>
#include <string>

#include "server/request_budget.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace tefter {

/// What a client may take of a thread. Waiting counts, work does not; the slowest line that Tefter serves carries
/// `bytes_a_second`.
struct Patience {
    std::chrono::milliseconds grace{30'000};
    std::size_t bytes_a_second = 1'000;
    std::size_t header_bytes = 16'384;
    std::size_t request_bytes = 0;  ///< of header and body
};

/// Owns the socket. Not thread-safe.
class TlsConnection {
public:
    TlsConnection(int socket, Patience patience);
    ~TlsConnection();  ///< closes the socket
    TlsConnection(const TlsConnection&) = delete;
    TlsConnection& operator=(const TlsConnection&) = delete;

    bool accept(ssl_ctx_st* context);
    /// Waits for the first byte of a request, and starts its budget. False when none comes.
    bool next_request(std::chrono::milliseconds idle);
    /// As read(2) and write(2): 0 at the end, -1 when the client failed or used up its patience or its bytes.
    ssize_t read(char* to, std::size_t size);
    ssize_t write(const char* from, std::size_t size);  ///< in records of TLS that grow with the answer
    bool readable() const;
    /// Says goodbye, so that the client knows that nothing is missing.
    void say_goodbye();
    int socket() const { return socket_; }

private:
    /// False when the budget is used up before the socket is ready.
    bool wait(short events);
    bool wait_after(int result);

    int socket_;
    Patience patience_;
    ssl_st* ssl_ = nullptr;
    std::chrono::milliseconds waited_{0};
    std::size_t moved_ = 0;    ///< bytes of this request, both ways
    std::size_t records_ = 0;  ///< of its answer
    RequestBudget budget_;
};

}  // namespace tefter
