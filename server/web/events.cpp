// Tells an open page that rows have changed, as server-sent events. Each page that listens holds a thread of the server,
// so only so many may, and none for longer than ten minutes: those that are turned away look again by themselves.

#include <chrono>

#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

constexpr int most_listeners = 16;  // of the 64 threads: devices never wait for pages that are only open
constexpr std::chrono::seconds heartbeat{1};
constexpr int longest_beats = 600;
constexpr int beats_between_signs = 15;

/// A place among the listeners, as long as it lives.
class Seat {
public:
    explicit Seat(std::atomic<int>& taken) : taken_(taken), mine_(++taken <= most_listeners) {}
    ~Seat() { --taken_; }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    bool mine() const { return mine_; }

private:
    std::atomic<int>& taken_;
    bool mine_;
};

}  // namespace

Response events(Visit& visit, Desk& desk) {
    Response response;
    response.type = "text/event-stream";
    auto seat = std::make_shared<Seat>(desk.listening);
    if (!seat->mine()) {
        response.status = 503;
        response.type = "text/plain; charset=utf-8";
        response.body = visit.say("web.busy");
        response.headers.emplace_back("Retry-After", "30");
        return response;
    }
    response.stream = [seat, watch = desk.figures.watch(),
                       &pulse = desk.figures.fresh()](const std::function<bool(std::string_view)>& sink) {
        std::uint64_t seen = pulse.count();
        if (!sink("retry: 3000\nevent: ready\ndata: " + std::to_string(seen) + "\n\n")) return;
        for (int beat = 1; beat <= longest_beats && !pulse.stopped(); ++beat) {
            const std::uint64_t now = pulse.wait(seen, heartbeat);
            if (now != seen) {
                if (!sink("event: change\ndata: " + std::to_string(now) + "\n\n")) return;
                seen = now;
            } else if (beat % beats_between_signs == 0 && !sink(": still here\n\n")) {
                return;
            }
        }
    };
    return response;
}

}  // namespace tefter::web
