#pragma once
// Reading connections that are kept for the next request: opening an encrypted one costs a third of a small sync.

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/store/database.hpp"

namespace tefter::web {

/// Thread-safe.
class Readers {
public:
    /// `open` makes one where none is idle.
    explicit Readers(std::function<std::unique_ptr<Database>()> open) : open_(std::move(open)) {}

    std::unique_ptr<Database> borrow() {
        {
            const std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                std::unique_ptr<Database> reader = std::move(idle_.back());
                idle_.pop_back();
                return reader;
            }
        }
        return open_();
    }
    void give_back(std::unique_ptr<Database> reader) {
        const std::lock_guard lock(mutex_);
        if (idle_.size() < most_idle) idle_.push_back(std::move(reader));
    }

private:
    static constexpr std::size_t most_idle = 8;  ///< each keeps up to 2 MB of pages
    std::function<std::unique_ptr<Database>()> open_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Database>> idle_;
};

}  // namespace tefter::web
