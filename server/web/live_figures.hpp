#pragma once
// The facts behind all figures, kept in memory by a thread of its own, so that no page waits for a million rows to be read.

#include <condition_variable>
#include <thread>

#include "schema/domain/facts.hpp"
#include "server/web/backend.hpp"

namespace tefter::web {

/// Thread-safe.
class LiveFigures {
public:
    explicit LiveFigures(Backend& server);
    ~LiveFigures();
    LiveFigures(const LiveFigures&) = delete;
    LiveFigures& operator=(const LiveFigures&) = delete;

    /// Those of the last commit if they are there soon, otherwise the ones before: a page is a second old at most rather
    /// than late. Waits for the first ones.
    std::shared_ptr<const Facts> now();
    /// Beats when there are new ones: pages that are open look again then.
    Pulse& fresh() { return fresh_; }

private:
    void keep();

    Backend& server_;
    Pulse fresh_;
    std::mutex mutex_;
    std::condition_variable loaded_;
    std::shared_ptr<const Facts> facts_;
    std::uint64_t as_of_ = 0;  ///< the commit that they are of
    std::string failed_;
    std::thread thread_;
};

}  // namespace tefter::web
