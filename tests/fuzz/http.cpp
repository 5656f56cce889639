// The HTTP library with what the server puts before it: a budget of bytes, and the form of a request. Without a socket and TLS.

#include <cstring>

#include "server/request_budget.hpp"
#include "server/request_form.hpp"
#include "tests/fuzz/targets.hpp"

namespace tefter::fuzz {

namespace {

constexpr std::size_t header_bytes = 16'384, requests_a_line = 8;

class Line : public httplib::Stream {
public:
    explicit Line(BytesView bytes) : bytes_(bytes) {}
    bool is_readable() const override { return !bytes_.empty(); }
    bool is_writable() const override { return true; }
    ssize_t read(char* to, std::size_t size) override {
        if (budget_.is_spent()) return -1;
        size = std::min(size, bytes_.size());
        std::memcpy(to, bytes_.data(), size);
        bytes_ = bytes_.subspan(size);
        budget_.spend(to, size);
        return static_cast<ssize_t>(size);
    }
    ssize_t write(const char*, std::size_t size) override {
        written_ += size;
        require(written_ < 1U << 20U);  // an answer to nothing is no work
        return static_cast<ssize_t>(size);
    }
    void get_remote_ip_and_port(std::string& ip, int& port) const override {
        ip = "192.0.2.1";
        port = 1;
    }
    void get_local_ip_and_port(std::string&, int&) const override {}
    socket_t socket() const override { return INVALID_SOCKET; }

    void begin_request() { budget_.begin(); }

private:
    BytesView bytes_;
    RequestBudget budget_{header_bytes, request_bytes + header_bytes};
    std::size_t written_ = 0;
};

class Server : public httplib::Server {
public:
    Server() {
        set_payload_max_length(request_bytes);
        set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
            const std::optional<Denied> denied = denied_by_form(request);
            if (!denied) return HandlerResponse::Unhandled;
            response.status = denied->status;
            return HandlerResponse::Handled;
        });
        const auto page = [](const httplib::Request& request, httplib::Response& response) {
            require(!denied_by_form(request));
            require(request.get_header_value_count("Content-Length") <= 1 && request.get_header_value_count("Host") <= 1);
            require(!request.has_header("Transfer-Encoding") && request.body.size() <= request_bytes);
            require(request.remote_addr == "192.0.2.1");  // whatever a header says
            const web::Request asked = page_request(request);
            require(asked.path.find('?') == std::string::npos);
            response.set_content("ok", "text/plain");
        };
        Get("/.*", page);
        Post("/.*", page);
    }
    void answer(BytesView bytes) {
        Line line(bytes);
        for (std::size_t left = requests_a_line; left > 0 && line.is_readable(); --left) {
            line.begin_request();
            bool closed = false, denied = false;
            const auto look = [&denied](const httplib::Request& request) { denied = denied_by_form(request).has_value(); };
            if (!process_request(line, "192.0.2.1", 1, "", 0, left == 1, closed, look) || closed || denied) break;
        }
    }
};

}  // namespace

void http(BytesView bytes) {
    static Server server;
    server.answer(bytes);
}

}  // namespace tefter::fuzz
