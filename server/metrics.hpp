#pragma once
// Counts of a running server, as Prometheus reads them (text format 0.0.4).

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <string>

namespace tefter {

class Center;

/// Thread-safe. Routes are patterns with `:` for what is open, so that there are few and none names anybody.
class Metrics {
public:
    void answered(const std::string& method, const std::string& route, int status, double seconds, std::size_t bytes_in,
                  std::size_t bytes_out);
    void took_in(std::size_t changesets) { changesets_ += changesets; }
    void opened() { ++connections_; }
    void closed() { --connections_; }
    /// All of it, with gauges of the center's own.
    std::string text(Center& center) const;

private:
    static constexpr std::array<double, 11> bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};  ///< seconds
    struct Route {
        std::map<int, std::uint64_t> by_status;
        std::array<std::uint64_t, bounds.size() + 1> buckets{};
        double seconds = 0;
        std::uint64_t bytes_in = 0, bytes_out = 0;
    };
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, Route> routes_;  ///< by method and route
    std::atomic<std::uint64_t> changesets_{0};
    std::atomic<std::int64_t> connections_{0};
};

}  // namespace tefter
