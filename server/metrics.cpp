#include "server/metrics.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "engine/store/devices.hpp"
#include "engine/store/ledger.hpp"
#include "server/center.hpp"

namespace tefter {

namespace {

/// One metric's head, and its lines.
class Text {
public:
    void head(const char* name, const char* type, const char* help) {
        out_ += std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
    }
    void line(const std::string& name, const std::string& labels, double value) {
        char number[40];
        std::snprintf(number, sizeof number, "%.17g", value);
        out_ += name + (labels.empty() ? "" : "{" + labels + "}") + " " + number + "\n";
    }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

/// Patterns and methods hold nothing that needs escaping, but for what a route may hold one day.
std::string label(const char* name, const std::string& value) {
    std::string out = std::string(name) + "=\"";
    for (const char c : value) out += c == '"' || c == '\\' ? std::string("\\") + c : c == '\n' ? std::string("\\n") : std::string(1, c);
    return out + "\"";
}

double resident_bytes() {
    std::ifstream in("/proc/self/statm");
    double total = 0, resident = 0;
    in >> total >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double file_bytes(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    return error ? 0 : static_cast<double>(size);
}

}  // namespace

void Metrics::answered(const std::string& method, const std::string& route, int status, double seconds, std::size_t bytes_in,
                       std::size_t bytes_out) {
    const std::lock_guard lock(mutex_);
    Route& one = routes_[{method, route}];
    ++one.by_status[status];
    std::size_t bucket = 0;
    while (bucket < bounds.size() && seconds > bounds[bucket]) ++bucket;
    ++one.buckets[bucket];
    one.seconds += seconds;
    one.bytes_in += bytes_in;
    one.bytes_out += bytes_out;
}

std::string Metrics::text(Center& center) const {
    Text out;
    {
        const std::lock_guard lock(mutex_);
        out.head("tefter_requests_total", "counter", "Requests answered, by route and status.");
        for (const auto& [key, route] : routes_) {
            for (const auto& [status, count] : route.by_status)
                out.line("tefter_requests_total",
                         label("method", key.first) + "," + label("route", key.second) + "," + label("status", std::to_string(status)),
                         static_cast<double>(count));
        }
        out.head("tefter_request_seconds", "histogram", "From a request's last byte to its answer's.");
        for (const auto& [key, route] : routes_) {
            const std::string labels = label("method", key.first) + "," + label("route", key.second);
            double count = 0;
            for (std::size_t i = 0; i <= bounds.size(); ++i) {
                count += static_cast<double>(route.buckets[i]);
                char bound[24] = "+Inf";
                if (i < bounds.size()) std::snprintf(bound, sizeof bound, "%g", bounds[i]);
                out.line("tefter_request_seconds_bucket", labels + "," + label("le", bound), count);
            }
            out.line("tefter_request_seconds_sum", labels, route.seconds);
            out.line("tefter_request_seconds_count", labels, count);
        }
        out.head("tefter_bytes_total", "counter", "Bodies received and sent, by route.");
        for (const auto& [key, route] : routes_) {
            const std::string labels = label("method", key.first) + "," + label("route", key.second);
            out.line("tefter_bytes_total", labels + ",direction=\"in\"", static_cast<double>(route.bytes_in));
            out.line("tefter_bytes_total", labels + ",direction=\"out\"", static_cast<double>(route.bytes_out));
        }
    }
    out.head("tefter_changesets_total", "counter", "Changesets taken in from devices.");
    out.line("tefter_changesets_total", "", static_cast<double>(changesets_.load()));
    out.head("tefter_connections", "gauge", "Connections that are open.");
    out.line("tefter_connections", "", static_cast<double>(connections_.load()));

    const std::unique_ptr<Database> reader = center.open_reader();
    SqliteLedger ledger(*reader);
    out.head("tefter_ledger_position", "gauge", "Segments in the ledger of a scope.");
    for (const Scope& scope : center.catalog().scopes())
        out.line("tefter_ledger_position", label("scope", scope.name), static_cast<double>(ledger.head(scope.number).position.value));
    double active = 0, revoked = 0;
    for (const Device& device : list_devices(*reader, center.catalog())) ++(device.revoked ? revoked : active);
    out.head("tefter_devices", "gauge", "Devices in the register.");
    out.line("tefter_devices", "state=\"active\"", active);
    out.line("tefter_devices", "state=\"revoked\"", revoked);
    out.head("tefter_file_bytes", "gauge", "Size of the server's files.");
    for (const char* name : {"server.db", "server.db-wal", "web.db"})
        out.line("tefter_file_bytes", label("file", name), file_bytes(center.folder() + "/" + name));
    out.head("process_resident_memory_bytes", "gauge", "Memory of the process.");
    out.line("process_resident_memory_bytes", "", resident_bytes());
    return out.take();
}

}  // namespace tefter
