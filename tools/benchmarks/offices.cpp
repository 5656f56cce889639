#include "tools/benchmarks/offices.hpp"

namespace tefter::bench {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds before_next_try(500);

Offices::Offices(std::vector<Home> homes, std::vector<std::unique_ptr<Replica>> replicas, Work work, std::chrono::milliseconds pause)
    : homes_(std::move(homes)), replicas_(std::move(replicas)), work_(std::move(work)), pause_(pause) {}

Offices::~Offices() { stop(); }

void Offices::start() {
    stopped_ = false;
    for (std::size_t i = 0; i < homes_.size(); ++i) threads_.emplace_back([this, i] { live(i); });
}

void Offices::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

void Offices::stop_after(std::chrono::milliseconds time) {
    {
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, time, [this] { return !failed_.empty(); });
    }
    stop();
}

void Offices::sync(std::size_t which) {
    while (!try_sync(which)) {
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, before_next_try, [] { return false; });
    }
}

std::vector<double> Offices::times() {
    const std::lock_guard lock(mutex_);
    if (!failed_.empty()) throw Error(ErrorKind::internal, "A device failed: " + failed_);
    return times_;
}

void Offices::live(std::size_t which) {
    try {
        std::unique_lock lock(mutex_);
        // Not all at once: offices know nothing of each other.
        wake_.wait_for(lock, pause_ * which / homes_.size(), [this] { return stopped_; });
        while (!stopped_) {
            lock.unlock();
            replicas_[which]->write(0, work_(*replicas_[which]));
            bool done = try_sync(which);
            lock.lock();
            ++rounds_;
            while (!done && !stopped_) {
                wake_.wait_for(lock, before_next_try, [this] { return stopped_; });
                lock.unlock();
                done = try_sync(which);
                lock.lock();
            }
            wake_.wait_for(lock, pause_, [this] { return stopped_; });
        }
    } catch (const std::exception& error) {
        const std::lock_guard lock(mutex_);
        failed_ = error.what();
        wake_.notify_all();
    }
}

/// False when no server could be reached, or took no more connections from this address (here all devices have one).
bool Offices::try_sync(std::size_t which) {
    const Clock::time_point begin = Clock::now();
    try {
        homes_[which].sync(*replicas_[which]);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::network) throw;
        const std::lock_guard lock(mutex_);
        ++turned_away_;
        return false;
    }
    const double took = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    const std::lock_guard lock(mutex_);
    times_.push_back(took);
    return true;
}

}  // namespace tefter::bench
