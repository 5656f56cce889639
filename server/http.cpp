#include "server/http.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <thread>

#include "server/administration.hpp"
#include "server/connection.hpp"
#include "server/journal/journal.hpp"
#include "server/metrics.hpp"
#include "server/phone.hpp"
#include "server/request_form.hpp"
#include "server/tls.hpp"
#include "server/web/routes.hpp"

namespace tefter {

namespace {

constexpr std::size_t threads = 160;                // a slow client holds one of them, for no longer than its patience
constexpr std::size_t connections_an_address = 60;  // a hall full of devices behind one router
constexpr std::size_t queued = 256;
constexpr std::size_t chunk_bytes = 16'376;  // with the two lines around it, what one record of TLS holds
constexpr std::chrono::seconds idle{5};
constexpr std::chrono::milliseconds idle_slice{100};  // how soon a server that stops is noticed
constexpr std::size_t requests_a_connection = 100;
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

/// Connections of each address, so that one of them cannot hold all threads.
class Doorkeeper {
public:
    bool enter(const std::string& address) {
        const std::lock_guard lock(mutex_);
        return ++inside_[address] <= connections_an_address;
    }
    void leave(const std::string& address) {
        const std::lock_guard lock(mutex_);
        if (--inside_[address] == 0) inside_.erase(address);
    }

private:
    std::mutex mutex_;
    std::map<std::string, std::size_t> inside_;
};

/// What httplib reads from and writes to.
class ConnectionStream : public httplib::Stream {
public:
    ConnectionStream(TlsConnection& connection, std::string address, int port)
        : connection_(connection), address_(std::move(address)), port_(port) {}
    bool is_readable() const override { return connection_.readable(); }
    bool is_writable() const override { return !failed_; }
    ssize_t read(char* to, std::size_t size) override { return connection_.read(to, size); }
    ssize_t write(const char* from, std::size_t size) override {
        const ssize_t done = connection_.write(from, size);
        failed_ = failed_ || done < 0;
        return done;
    }
    void get_remote_ip_and_port(std::string& ip, int& port) const override {
        ip = address_;
        port = port_;
    }
    void get_local_ip_and_port(std::string&, int&) const override {}
    socket_t socket() const override { return connection_.socket(); }

private:
    TlsConnection& connection_;
    std::string address_;
    int port_;
    bool failed_ = false;
};

/// httplib's server, over connections that lose patience.
class PatientServer : public httplib::SSLServer {
public:
    PatientServer(TlsIdentity& identity, Metrics& metrics)
        : SSLServer([&identity](SSL_CTX& context) { return identity.use_in(context); }), metrics_(metrics) {}

private:
    bool process_and_close_socket(socket_t socket) override {
        Patience patience;
        patience.request_bytes = request_bytes + patience.header_bytes;
        TlsConnection connection(socket, patience);
        const auto [address, port] = peer_of(socket);
        metrics_.opened();
        const bool welcome = doorkeeper_.enter(address) && connection.accept(ssl_context());
        if (welcome) serve(connection, address, port);
        doorkeeper_.leave(address);
        metrics_.closed();
        return welcome;
    }
    void serve(TlsConnection& connection, const std::string& address, int port) {
        ConnectionStream stream(connection, address, port);
        for (std::size_t left = requests_a_connection; left > 0 && another(connection); --left) {
            bool closed = false, denied = false;
            const auto look = [&denied](const httplib::Request& request) { denied = denied_by_form(request).has_value(); };
            if (!process_request(stream, address, port, "", 0, left == 1, closed, look) || closed || denied) break;
        }
        connection.say_goodbye();
    }
    bool another(TlsConnection& connection) const {
        for (auto waited = idle_slice; waited <= idle; waited += idle_slice) {
            if (svr_sock_ == INVALID_SOCKET) return false;
            if (connection.next_request(idle_slice)) return true;
        }
        return false;
    }
    static std::pair<std::string, int> peer_of(socket_t socket) {
        sockaddr_storage peer{};
        socklen_t size = sizeof peer;
        char host[NI_MAXHOST] = "", port[NI_MAXSERV] = "0";
        if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0) {
            ::getnameinfo(reinterpret_cast<sockaddr*>(&peer), size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
        }
        int number = 0;
        std::from_chars(port, port + std::strlen(port), number);
        return {host, number};
    }

    Metrics& metrics_;
    Doorkeeper doorkeeper_;
};

/// The request that this thread works on: what its line in the log and its place in the metrics need.
struct InFlight {
    journal::Request request;
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    std::size_t streamed = 0;
};
thread_local std::optional<InFlight> in_flight;

constexpr std::string_view health_path = "/healthz", ready_path = "/readyz", metrics_path = "/metrics";

/// As the list of addresses has it: names of people and rows are never in a log or a metric.
std::string route_of(const httplib::Request& request) {
    for (const std::string_view known :
         {sync_path, snapshot_path, file_path, enrol_path, authority_path, health_path, ready_path, metrics_path}) {
        if (request.path == known) return std::string(known);
    }
    if (request.path.starts_with("/phone")) return "/phone/:";
    std::vector<std::string> parts;
    for (const web::Route& route : web::routes()) {
        if (route.method == request.method && web::matches(route.pattern, request.path, parts)) return std::string(route.pattern);
    }
    return "other";
}

std::string local_socket(const std::string& folder) { return folder + "/admin.sock"; }

void answer_with(httplib::Response& response, int status, const std::string& sentence) {
    response.status = status;
    response.set_content(sentence, "text/plain; charset=utf-8");
}

void answer_with(httplib::Response& response, web::Response page) {
    response.status = page.status;
    for (const auto& [name, value] : page.headers) response.set_header(name, value);
    if (!page.stream) return response.set_content(std::move(page.body), page.type);
    response.set_chunked_content_provider(page.type, [stream = std::move(page.stream)](std::size_t, httplib::DataSink& sink) {
        bool open = true;
        try {
            stream([&](std::string_view piece) {
                if (in_flight) in_flight->streamed += piece.size();
                return open = sink.write(piece.data(), piece.size());
            });
        } catch (const std::exception& error) {
            journal::say(journal::Level::fault, "page cut", {{"why", error.what()}});
            return false;
        }
        if (open) sink.done();
        return open;
    });
}

}  // namespace

struct HttpServer::Implementation {
    Center& center;
    const HttpOptions options;
    Metrics metrics;
    std::optional<web::Site> site;
    PhonePage phone;
    PatientServer http;
    httplib::Server local;
    std::thread administration;
    Throttle throttle;
    int port = 0;

    Implementation(Center& given, HttpOptions wanted)
        : center(given),
          options(std::move(wanted)),
          phone(options.pages == Pages::served ? options.phone_folder : ""),
          http(given.tls(), metrics) {
        if (options.pages == Pages::served) site.emplace(given, phone.find("") != nullptr, options.need_codes);
    }
    ~Implementation() {
        if (administration.joinable()) {
            local.wait_until_ready();  // a stop before that would be forgotten
            local.stop();
            administration.join();
        }
        ::unlink(local_socket(center.folder()).c_str());
    }
    void listen_locally() {
        const std::string path = local_socket(center.folder());
        ::unlink(path.c_str());
        local.set_address_family(AF_UNIX);
        local.Post("/", [this](const httplib::Request& request, httplib::Response& response) {
            response.set_content(administer(center, request.body), "application/json");
        });
        if (!local.bind_to_port(path, 1)) {
            throw Error(ErrorKind::disk,
                        "The socket " + path + " cannot be made; the folder must be writable and its path shorter than 96 letters.");
        }
        administration = std::thread([this] { local.listen_after_bind(); });
    }

    /// Sends frames as `stream` makes them. What goes wrong now cuts the answer, and the device goes on next time.
    static void answer_with_frames(httplib::Response& response, std::function<bool(const std::function<bool(BytesView)>&)> stream) {
        response.set_chunked_content_provider(
            "application/octet-stream", [stream = std::move(stream)](std::size_t, httplib::DataSink& sink) {
                try {
                    std::string gathered;  // a chunk costs bytes
                    const auto send = [&] {
                        if (in_flight) in_flight->streamed += gathered.size();
                        const bool sent = sink.write(gathered.data(), gathered.size());
                        gathered.clear();
                        return sent;
                    };
                    const bool whole = stream([&](BytesView piece) {
                        while (!piece.empty()) {
                            const std::size_t more = std::min(piece.size(), chunk_bytes - gathered.size());
                            gathered.append(as_text(piece.first(more)));
                            piece = piece.subspan(more);
                            if (gathered.size() == chunk_bytes && !send()) return false;
                        }
                        return true;
                    });
                    if (!whole || (!gathered.empty() && !send())) return false;
                    sink.done();
                    return true;
                } catch (const std::exception& error) {
                    journal::say(journal::Level::fault, "answer cut", {{"why", error.what()}});
                    return false;
                }
            });
    }

    void on_sync(const httplib::Request& request, httplib::Response& response) {
        auto answer = std::make_shared<ServerSession::Answer>(center.accept(as_bytes(request.body)));
        metrics.took_in(answer->changesets);
        for (const DeviceNumber author : answer->of_revoked) {
            journal::say(journal::Level::info, "changes of a revoked device, brought by one that had taken them before it knew",
                         {{"author", std::to_string(author.value)}, {"device", std::to_string(answer->device.value)}});
        }
        if (answer->behind) {
            journal::say(journal::Level::fault, "a device has read what this server does not have, which was put back to an older copy",
                         {{"device", std::to_string(answer->device.value)}});
        }
        if (answer->status != 200) return answer_with(response, answer->status, answer->error);
        if (answer->ranges.empty()) {  // nothing is read from the ledgers: all of it is here, and short
            response.body.append(as_text(answer->head)).append(as_text(answer->tail));
            return;
        }
        answer_with_frames(response, [this, answer](const auto& sink) { return center.stream(*answer, sink); });
    }

    void on_snapshot(const httplib::Request& request, httplib::Response& response) {
        auto snapshot = std::make_shared<Center::Snapshot>(center.snapshot(as_bytes(request.body)));
        if (snapshot->answer.status != 200) return answer_with(response, snapshot->answer.status, snapshot->answer.error);
        answer_with_frames(response, [this, snapshot](const auto& sink) { return center.stream(*snapshot, sink); });
    }

    void on_file(const httplib::Request& request, httplib::Response& response) {
        const ServerSession::Answer answer = center.accept_file(as_bytes(request.body));
        if (answer.status != 200) return answer_with(response, answer.status, answer.error);
        response.set_content(std::string(as_text(answer.head)), "application/octet-stream");
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

    void on_phone(const httplib::Request& request, httplib::Response& response) {
        const PhonePage::File* file = phone.find(request.matches[1].str());
        if (file == nullptr) return answer_with(response, 404, "There is no page for telephones here; tools/phone builds it.");
        response.set_header("Content-Security-Policy", std::string(PhonePage::content_security_policy()));
        response.set_header("X-Content-Type-Options", "nosniff");
        response.set_header("Referrer-Policy", "no-referrer");
        response.set_header("Cross-Origin-Opener-Policy", "same-origin");
        response.set_header("Cache-Control", "no-cache");
        response.set_content(file->content, file->type);
    }

    /// That the process lives, and that it can serve: for balancers and for systemd.
    void on_ready(httplib::Response& response) {
        const std::string trouble = center.trouble();
        answer_with(response, trouble.empty() ? 200 : 503, trouble.empty() ? "ready" : trouble);
    }

    void on_metrics(const httplib::Request& request, httplib::Response& response) {
        if (std::find(options.metrics_from.begin(), options.metrics_from.end(), request.remote_addr) == options.metrics_from.end())
            return answer_with(response, 403, "Metrics are not told to this address; see --metrics-from.");
        response.set_content(metrics.text(center), "text/plain; version=0.0.4; charset=utf-8");
    }

    void note(const httplib::Request& request, const httplib::Response& response) {
        if (!in_flight) return;
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - in_flight->began).count();
        const std::string route = route_of(request);
        const std::size_t out = response.body.size() + in_flight->streamed;
        metrics.answered(request.method, route, response.status, seconds, request.body.size(), out);
        if (route != health_path && route != ready_path && route != metrics_path) {
            journal::say(journal::Level::info, "request",
                         {{"method", request.method},
                          {"route", route},
                          {"status", std::int64_t{response.status}},
                          {"ms", std::round(seconds * 1e5) / 100},
                          {"bytes_in", static_cast<std::int64_t>(request.body.size())},
                          {"bytes_out", static_cast<std::int64_t>(out)}});
        }
        in_flight.reset();
    }

    void configure() {
        http.new_task_queue = [] { return new httplib::ThreadPool(threads, queued); };
        http.set_tcp_nodelay(true);
        http.set_payload_max_length(request_bytes);
        http.set_logger([this](const auto& request, const auto& response) { note(request, response); });
        http.set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
            in_flight.emplace();
            response.set_header("X-Request-Id", in_flight->request.id());
            const std::optional<Denied> denied = denied_by_form(request);
            if (!denied) return httplib::Server::HandlerResponse::Unhandled;
            response.set_header("Connection", "close");  // what follows on this line cannot be told from the body
            answer_with(response, denied->status, denied->sentence);
            return httplib::Server::HandlerResponse::Handled;
        });
        http.Post(std::string(sync_path), [this](const auto& request, auto& response) { on_sync(request, response); });
        http.Post(std::string(snapshot_path), [this](const auto& request, auto& response) { on_snapshot(request, response); });
        http.Post(std::string(file_path), [this](const auto& request, auto& response) { on_file(request, response); });
        http.Post(std::string(enrol_path), [this](const auto& request, auto& response) { on_enrol(request, response); });
        http.Get(std::string(authority_path),
                 [this](const auto&, auto& response) { response.set_content(center.tls().authority(), "application/x-pem-file"); });
        http.Get(std::string(health_path), [](const auto&, auto& response) { answer_with(response, 200, "alive"); });
        http.Get(std::string(ready_path), [this](const auto&, auto& response) { on_ready(response); });
        http.Get(std::string(metrics_path), [this](const auto& request, auto& response) { on_metrics(request, response); });
        const auto page = [this](const httplib::Request& request, httplib::Response& response) {
            if (site) return answer_with(response, site->answer(page_request(request)));
            answer_with(response, 404, "This server has no pages.");
        };
        http.Get("/phone", [](const auto&, auto& response) { response.set_redirect("/phone/", 308); });
        http.Get("/phone/([a-z.]*)", [this](const auto& request, auto& response) { on_phone(request, response); });
        http.Get("/.*", page);
        http.Post("/.*", page);
        http.set_exception_handler([](const httplib::Request&, httplib::Response& response, const std::exception_ptr& thrown) {
            std::string sentence = "The server failed.";
            try {
                std::rethrow_exception(thrown);
            } catch (const Error& error) {
                sentence = error.what();
                // The database that servers share is away, or others stood in the way for long: nothing is broken here.
                if (error.kind() == ErrorKind::network || error.kind() == ErrorKind::busy) {
                    journal::say(journal::Level::info, "request put off", {{"why", sentence}});
                    response.set_header("Retry-After", "30");
                    return answer_with(response, 503, "The server cannot work just now; nothing was lost, try again in a minute.");
                }
                if (error.kind() == ErrorKind::disk) {
                    journal::say(journal::Level::fault, "disk", {{"why", sentence}});
                    response.set_header("Retry-After", "300");
                    return answer_with(response, 503, "The server's disk takes nothing just now; nothing was lost. Tell who runs it.");
                }
            } catch (const std::exception& error) {
                sentence = error.what();
            } catch (...) {
            }
            journal::say(journal::Level::fault, "request failed", {{"why", sentence}});
            answer_with(response, 500, "The server failed; its log says why. Nothing was lost, try again later.");
        });
    }
};

HttpServer::HttpServer(Center& center, HttpOptions options)
    : implementation_(std::make_unique<Implementation>(center, std::move(options))) {
    ensure(implementation_->http.is_valid(), "OpenSSL speaks TLS 1.3");
    implementation_->configure();
    const std::string& host = implementation_->options.host;
    const int port = implementation_->options.port;
    implementation_->port = port == 0                                        ? implementation_->http.bind_to_any_port(host)
                            : implementation_->http.bind_to_port(host, port) ? port
                                                                             : -1;
    if (implementation_->port <= 0) {
        throw Error(ErrorKind::network,
                    "The address " + host + ":" + std::to_string(port) + " is taken or is not this machine's; name another one.");
    }
    implementation_->listen_locally();
}

HttpServer::~HttpServer() = default;
int HttpServer::port() const { return implementation_->port; }
void HttpServer::run() { implementation_->http.listen_after_bind(); }
void HttpServer::stop() {
    implementation_->center.pulse().stop();    // pages that listen let go of their threads
    implementation_->http.wait_until_ready();  // a stop before that would be forgotten
    implementation_->http.stop();
}

std::string ask_running_server(const std::string& folder, const std::string& request) {
    httplib::Client client(local_socket(folder));
    client.set_address_family(AF_UNIX);
    client.set_read_timeout(std::chrono::hours(24));  // verify reads everything
    const httplib::Result result = client.Post("/", request, "application/json");
    if (!result || result->status != 200) {
        throw Error(ErrorKind::busy,
                    "A server holds the folder " + folder + " and does not answer at its socket; is it starting or stopping?");
    }
    return result->body;
}

}  // namespace tefter
