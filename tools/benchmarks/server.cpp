#include "tools/benchmarks/server.hpp"

#include <sodium.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include "engine/client/syncing.hpp"
#include "engine/net/transport.hpp"
#include "engine/sync/client_session.hpp"
#include "engine/sync/enrolment.hpp"
#include "engine/sync/protocol.hpp"
#include "schema/domain/catalog_text.hpp"
#include "tools/benchmarks/figures.hpp"
#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/server_process.hpp"
#include "tools/benchmarks/stage.hpp"

namespace tefter::bench {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int at_once = 24;  ///< the server takes so many connections from one address, and all of these devices have one
constexpr std::size_t changeset_people = 1000;
constexpr double fan_out_seconds = 5;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

struct Request {
    std::string path;
    Bytes body;
};

struct Pace {
    double a_second = 0, median_ms = 0, p99_ms = 0;
};

/// Posts all, so many at once, each over a connection of its own as a device would.
Pace post_all(const ServerAddress& server, const std::vector<Request>& requests) {
    std::vector<double> times(requests.size());
    std::atomic<std::size_t> next{0};
    std::exception_ptr failed;
    std::mutex mutex;
    const Clock::time_point begin = Clock::now();
    std::vector<std::thread> threads;
    for (int i = 0; i < at_once; ++i) {
        threads.emplace_back([&] {
            try {
                for (std::size_t mine = next++; mine < requests.size(); mine = next++) {
                    const Clock::time_point began = Clock::now();
                    Transport(server).post(requests[mine].path, requests[mine].body, [](BytesView) {});
                    times[mine] = 1000 * seconds_since(began);
                }
            } catch (...) {
                const std::lock_guard lock(mutex);
                failed = std::current_exception();
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    if (failed) std::rethrow_exception(failed);
    return {static_cast<double>(requests.size()) / seconds_since(begin), quantile(times, 0.5), quantile(times, 0.99)};
}

/// Bytes of answers a second, one request after the other.
double throughput(const ServerAddress& server, const std::function<Request()>& request) {
    Transport transport(server);
    std::size_t bytes = 0;
    const Clock::time_point begin = Clock::now();
    double seconds = 0;
    do {
        const Request next = request();
        transport.post(next.path, next.body, [&bytes](BytesView piece) { bytes += piece.size(); });
        seconds = seconds_since(begin);
    } while (seconds < fan_out_seconds);
    return static_cast<double>(bytes) / seconds;
}

void sync(Replica& replica, const ServerAddress& server) {
    Transport transport(server);
    Syncing syncing(replica);
    do {
        const Syncing::Request request = syncing.request();
        transport.post(request.path, request.body, [&syncing](BytesView piece) { syncing.feed(piece); });
    } while (syncing.end_answer());
}

class Bench {
public:
    explicit Bench(const ServerOptions& options) : options_(options), catalog_(load_built_in_catalog()) {
        std::string name =
            ((options.folder.empty() ? fs::temp_directory_path() : fs::path(options.folder)) / "tefter-server-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw Error(ErrorKind::disk, name + " cannot be made.");
        folder_ = name;
        fs::create_directories(devices());
        std::ofstream(folder_ + "/passphrase") << "a passphrase for measuring\n";
        run_server({"init", "--data", data(), "--administrator", "Ana", "--passphrase-file", folder_ + "/passphrase"});
        process_ = std::make_unique<ServerProcess>(data());
    }
    ~Bench() {
        replicas_.clear();
        process_.reset();
        fs::remove_all(devices());
        fs::remove_all(folder_);
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    void measure(Report& report) {
        enrol("AL");
        enrol("AL");
        large_sync(report);
        fan_out(report);
        many(report);
    }

private:
    std::string data() const { return folder_ + "/server"; }
    /// In memory where that can be: a thousand laptops do not share a disk.
    std::string devices() const {
        return (fs::exists("/dev/shm") ? "/dev/shm/" : folder_ + "/devices-") + fs::path(folder_).filename().string();
    }

    /// Without a passphrase: stretching one takes half a second, and is not what is measured.
    void enrol(const std::string& scope) {
        const std::string number = std::to_string(replicas_.size());
        std::string text =
            run_server({"invite", "--data", data(), "--office", "Office " + number, "--scope", scope, "--address", process_->address()});
        const EnrolmentCode code = EnrolmentCode::parse(text.substr(0, text.find('\n')));
        if (server_.address.empty()) {
            server_ = {code.address, {code.pin}, Transport::ask_authority(code.address, code.pin, authority_path)};
        }
        EnrolmentRequest request;
        request.invitation = code.invitation;
        request.secret = code.secret;
        Identity identity;
        crypto_sign_keypair(request.key.data(), identity.secret.data());
        Bytes body;
        Transport(server_).post(std::string(enrol_path), request.encode(identity.secret),
                                [&body](BytesView piece) { body.insert(body.end(), piece.begin(), piece.end()); });
        const EnrolmentAnswer answer = EnrolmentAnswer::decode(body);
        identity.device = answer.device;
        identity.server_key = answer.server_key;
        identity.office = answer.office;
        identity.role = answer.role;
        for (const std::uint32_t one : answer.scopes) identity.scopes.emplace_back(one);
        const std::string path = devices() + "/" + number + ".db";
        const DatabaseKey key{1};
        Replica::create(path, key, catalog_, identity, JournalMode::rollback);
        replicas_.push_back(std::make_unique<Replica>(path, key, catalog_, system_environment(), JournalMode::rollback));
        sync(*replicas_.back(), server_);
    }

    static void register_people(Replica& replica, const std::vector<Person>& people) {
        for (std::size_t at = 0; at < people.size(); at += changeset_people) {
            std::vector<Edit> edits;
            for (std::size_t i = at; i < std::min(people.size(), at + changeset_people); ++i) {
                const Person& one = people[i];
                Edit& edit = edits.emplace_back();
                edit.table = "person";
                edit.key = {replica.new_id()};
                edit.scope = replica.identity().scopes.back();
                edit.values = {{"family_name", one.family}, {"given_name", one.given},  {"birth_date", one.birth_date},
                               {"gender", one.gender},      {"category", one.category}, {"institution_text", one.institution},
                               {"position", one.position},  {"email", one.email},       {"telephone", one.telephone}};
            }
            replica.write(0, edits);
        }
    }

    /// One office brings what it wrote, and another fetches it.
    void large_sync(Report& report) {
        std::cerr << "Registering " << options_.changes << " people.\n";
        register_people(*replicas_[0], make_people(static_cast<std::size_t>(options_.changes)));
        for (const bool sends : {true, false}) {
            forget_peak();
            process_->forget_peak();
            const std::size_t before = resident_bytes();
            const double server_before = process_->resident_mb();
            const Clock::time_point begin = Clock::now();
            sync(*replicas_[sends ? 0 : 1], server_);
            const std::string detail =
                std::to_string(options_.changes) + " changes in " + std::to_string(static_cast<int>(seconds_since(begin))) + " s";
            const std::string what = sends ? "sent" : "fetched";
            report.add({"memory of a large sync over the start, device, " + what, "",
                        static_cast<double>(peak_bytes() - before) / (1 << 20), "MB", Bar::at_most, 32, Kind::clock, detail});
            report.add({"memory of a large sync over the start, server, " + what, "", process_->peak_mb() - server_before, "MB",
                        Bar::at_most, 32, Kind::clock, detail});
        }
        const auto digests = [](Replica& replica) {
            std::vector<Digest> out;
            for (const ScopeState& scope : replica.scopes()) out.push_back(scope.digest);
            return out;
        };
        ensure(digests(*replicas_[0]) == digests(*replicas_[1]), "both devices have the same");
    }

    void fan_out(Report& report) {
        Replica& replica = *replicas_[1];
        const auto ask = [&replica] {
            SyncRequest request;
            request.device = replica.identity().device;
            request.catalog = replica.catalog().number();
            request.counter = next_request_counter(replica);
            const ScopeNumber scope = replica.identity().scopes.back();
            request.cursors.push_back({scope, Position{0}, {}, replica.head(scope, replica.identity().device).sequence});
            return Request{std::string(sync_path), encode_request(request, sync_path, replica.identity().secret)};
        };
        Bytes answer;
        const Request first = ask();
        Transport(server_).post(first.path, first.body,
                                [&answer](BytesView piece) { answer.insert(answer.end(), piece.begin(), piece.end()); });
        const std::string file = folder_ + "/answer";
        std::ofstream(file) << as_text(answer);
        const double ours = throughput(server_, ask);
        double theirs = 0;
        {
            const PlainServer plain(file);
            theirs = throughput(plain.address(), [] { return Request{"/file", {}}; });
        }
        report.add({"fan-out of stored segments", "the same bytes as a file of the HTTP library", ours / theirs, "x", Bar::at_least, 0.8,
                    Kind::clock,
                    std::to_string(static_cast<int>(ours / 1e6)) + " MB/s against " + std::to_string(static_cast<int>(theirs / 1e6)) +
                        ", answers of " + std::to_string(answer.size()) + " bytes"});
    }

    void many(Report& report) {
        const std::vector<std::string> scopes{"BA", "ME", "RS", "MK", "XK"};
        for (int i = 0; i < options_.devices; ++i) {
            enrol(scopes[static_cast<std::size_t>(i) % scopes.size()]);
            std::cerr << "\rEnrolling the devices: " << i + 1 << " of " << options_.devices << std::flush;
        }
        std::cerr << "\n";
        const std::vector<Person> people = make_people(replicas_.size());
        std::vector<Request> requests, empty;
        for (std::size_t i = 2; i < replicas_.size(); ++i) {
            Replica& replica = *replicas_[i];
            sync(replica, server_);  // those who were enrolled after it
            register_people(replica, {people[i - 2]});
            Syncing syncing(replica);
            const Syncing::Request request = syncing.request();
            requests.push_back({request.path, request.body});
            empty.push_back({"/empty", request.body});
        }
        const Pace ours = post_all(server_, requests);
        Pace theirs;
        {
            const std::string file = folder_ + "/nothing";
            std::ofstream(file).close();
            const PlainServer plain(file);
            theirs = post_all(plain.address(), empty);
        }
        const auto told = [](const Pace& pace) {
            return std::to_string(static_cast<int>(pace.a_second)) + " a second, median " +
                   std::to_string(static_cast<int>(pace.median_ms)) + " ms";
        };
        report.add({"devices, a small sync each, " + std::to_string(at_once) + " at a time", "the same requests to an empty handler",
                    ours.a_second / theirs.a_second, "x", Bar::at_least, 0.4, Kind::clock,
                    std::to_string(requests.size()) + " devices: " + told(ours) + "; " + told(theirs)});
        report.add({"p99 of those syncs", "their median", ours.p99_ms / ours.median_ms, "x", Bar::at_most, 10, Kind::clock,
                    std::to_string(static_cast<int>(ours.p99_ms)) + " ms"});
    }

    const ServerOptions& options_;
    const Catalog catalog_;
    std::string folder_;
    std::unique_ptr<ServerProcess> process_;
    ServerAddress server_;
    std::vector<std::unique_ptr<Replica>> replicas_;
};

}  // namespace

int measure_server(const ServerOptions& options) {
    Report report;
    std::cout << machine() << "\n";
    Bench(options).measure(report);
    if (!options.json.empty()) std::ofstream(options.json) << report.json() << "\n";
    return report.outcome(false);
}

}  // namespace tefter::bench
