#include "server/http.hpp"

#include <httplib.h>

#include <chrono>
#include <map>

namespace tefter {

namespace {

constexpr std::size_t threads = 64;          // a slow client holds one of them, for no longer than the time-outs
constexpr std::size_t queued = 256;
constexpr time_t read_seconds = 20;
constexpr time_t write_seconds = 30;
constexpr time_t idle_seconds = 5;
constexpr std::size_t wrong_codes_a_minute = 5;
constexpr std::size_t remembered_addresses = 10'000;

/// Five wrong codes in a minute from an address, then it waits.
class Throttle {
public:
    bool closed(const std::string& address) {
        const std::lock_guard lock(mutex_);
        const auto found = wrong_.find(address);
        if (found == wrong_.end()) return false;
        if (Clock::now() - found->second.since > std::chrono::minutes(1)) {
            wrong_.erase(found);
            return false;
        }
        return found->second.count >= wrong_codes_a_minute;
    }
    void wrong(const std::string& address) {
        const std::lock_guard lock(mutex_);
        if (wrong_.size() >= remembered_addresses) wrong_.clear();
        Entry& entry = wrong_[address];
        if (entry.count++ == 0) entry.since = Clock::now();
    }

private:
    using Clock = std::chrono::steady_clock;
    struct Entry {
        std::size_t count = 0;
        Clock::time_point since;
    };
    std::mutex mutex_;
    std::map<std::string, Entry> wrong_;
};

void answer_with(httplib::Response& response, int status, const std::string& sentence) {
    response.status = status;
    response.set_content(sentence, "text/plain; charset=utf-8");
}

}  // namespace

struct HttpServer::Implementation {
    Center& center;
    httplib::SSLServer http;
    Throttle throttle;
    int port = 0;

    explicit Implementation(Center& given) : center(given), http(given.tls_file().c_str(), given.tls_file().c_str()) {}

    /// Sends frames as `stream` makes them. What goes wrong now cuts the answer, and the device goes on next time.
    static void answer_with_frames(httplib::Response& response, std::function<bool(const std::function<bool(BytesView)>&)> stream) {
        response.set_chunked_content_provider("application/octet-stream", [stream = std::move(stream)](std::size_t, httplib::DataSink& sink) {
            try {
                const bool whole = stream([&sink](BytesView piece) { return sink.write(reinterpret_cast<const char*>(piece.data()), piece.size()); });
                if (whole) sink.done();
                return whole;
            } catch (const std::exception& error) {
                std::fprintf(stderr, "tefter-server: an answer was cut: %s\n", error.what());
                return false;
            }
        });
    }

    void on_sync(const httplib::Request& request, httplib::Response& response) {
        auto answer = std::make_shared<ServerSession::Answer>(center.accept(as_bytes(request.body)));
        if (answer->status != 200) return answer_with(response, answer->status, answer->error);
        answer_with_frames(response, [this, answer](const auto& sink) { return center.stream(*answer, sink); });
    }

    void on_snapshot(const httplib::Request& request, httplib::Response& response) {
        auto snapshot = std::make_shared<Center::Snapshot>(center.snapshot(as_bytes(request.body)));
        if (snapshot->answer.status != 200) return answer_with(response, snapshot->answer.status, snapshot->answer.error);
        answer_with_frames(response, [this, snapshot](const auto& sink) { return center.stream(*snapshot, sink); });
    }

    void on_enrol(const httplib::Request& request, httplib::Response& response) {
        if (throttle.closed(request.remote_addr)) {
            return answer_with(response, 429, "Too many wrong enrolment codes came from here; wait a minute and try again.");
        }
        try {
            const Bytes answer = center.enrol(as_bytes(request.body)).encode();
            response.set_content(std::string(as_text(answer)), "application/octet-stream");
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::refused && error.kind() != ErrorKind::corrupt) throw;
            throttle.wrong(request.remote_addr);
            answer_with(response, error.kind() == ErrorKind::refused ? 403 : 400, error.what());
        }
    }

    void configure() {
        http.new_task_queue = [] { return new httplib::ThreadPool(threads, queued); };
        http.set_tcp_nodelay(true);
        http.set_payload_max_length(request_bytes);
        http.set_read_timeout(read_seconds);
        http.set_write_timeout(write_seconds);
        http.set_keep_alive_timeout(idle_seconds);
        http.Post(std::string(sync_path), [this](const auto& request, auto& response) { on_sync(request, response); });
        http.Post(std::string(snapshot_path), [this](const auto& request, auto& response) { on_snapshot(request, response); });
        http.Post(std::string(enrol_path), [this](const auto& request, auto& response) { on_enrol(request, response); });
        http.set_exception_handler([](const httplib::Request&, httplib::Response& response, std::exception_ptr thrown) {
            std::string sentence = "The server failed.";
            try {
                std::rethrow_exception(thrown);
            } catch (const std::exception& error) {
                sentence = error.what();
            } catch (...) {
            }
            std::fprintf(stderr, "tefter-server: %s\n", sentence.c_str());
            answer_with(response, 500, "The server failed; its log says why. Nothing was lost, try again later.");
        });
    }
};

HttpServer::HttpServer(Center& center, const std::string& host, int port) : implementation_(std::make_unique<Implementation>(center)) {
    if (!implementation_->http.is_valid()) throw Error(ErrorKind::disk, "The file " + center.tls_file() + " is no certificate with its key.");
    implementation_->configure();
    implementation_->port = port == 0 ? implementation_->http.bind_to_any_port(host)
                                      : implementation_->http.bind_to_port(host, port) ? port : -1;
    if (implementation_->port <= 0) {
        throw Error(ErrorKind::network, "The address " + host + ":" + std::to_string(port) + " is taken or is not this machine's; name another one.");
    }
}

HttpServer::~HttpServer() = default;
int HttpServer::port() const { return implementation_->port; }
void HttpServer::run() { implementation_->http.listen_after_bind(); }
void HttpServer::stop() { implementation_->http.stop(); }

}  // namespace tefter
