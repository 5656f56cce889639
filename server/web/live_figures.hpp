#pragma once
// The facts behind all figures, kept in memory by a thread of its own while somebody looks at pages, so that no page waits for a million
// rows to be read; and given up when nobody has looked for a while, so that a server that only takes in devices does nothing for pages.

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
    /// A page that is open: figures are kept fresh for it as long as this lives.
    using Watch = std::shared_ptr<void>;
    Watch watch();
    /// Beats when there are new ones: pages that are open look again then.
    Pulse& fresh() { return fresh_; }

private:
    void keep();
    bool somebody_looks() const;
    /// Returns at once while somebody looks. Otherwise gives the figures up, and returns true when somebody looks again.
    bool gave_up();

    Backend& server_;
    Pulse fresh_;
    std::mutex mutex_;
    std::condition_variable loaded_, hurry_;
    std::shared_ptr<Computed> newest_;
    std::uint64_t as_of_ = 0;   ///< the commit that they are of
    std::uint64_t wanted_ = 0;  ///< the commit that somebody waits for
    bool quick_ = true;
    std::size_t watches_ = 0;
    std::chrono::steady_clock::time_point asked_at_;
    std::string failed_;
    std::thread thread_;
};

}  // namespace tefter::web
