#pragma once
// The facts behind all figures, kept in memory by a thread of its own, so that no page waits for a million rows to be read.

#include <condition_variable>
#include <thread>

#include "server/web/backend.hpp"
#include "server/web/computed.hpp"

namespace tefter::web {

/// Thread-safe.
class LiveFigures {
public:
    explicit LiveFigures(Backend& server);
    ~LiveFigures();
    LiveFigures(const LiveFigures&) = delete;
    LiveFigures& operator=(const LiveFigures&) = delete;

    /// Those of the last commit where reading them is quick. In a large register the newest that are there: a page is a few seconds old
    /// rather than late, and hears of newer ones by fresh(); what was written on the pages is waited for, for a moment. Waits for the
    /// first ones.
    std::shared_ptr<const Facts> now() { return computed()->facts(); }
    std::shared_ptr<Computed> computed();
    /// Beats when there are new ones: pages that are open look again then.
    Pulse& fresh() { return fresh_; }

private:
    void keep();

    Backend& server_;
    Pulse fresh_;
    std::mutex mutex_;
    std::condition_variable loaded_, hurry_;
    std::shared_ptr<Computed> newest_;
    std::uint64_t as_of_ = 0;   ///< the commit that they are of
    std::uint64_t wanted_ = 0;  ///< the commit that somebody waits for
    bool quick_ = true;
    std::string failed_;
    std::thread thread_;
};

}  // namespace tefter::web
