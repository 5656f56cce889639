#include "kiosk/model/worker.hpp"

namespace tefter::kiosk {

void Inbox::put(Shown shown) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(shown));
    }
    wake_();
}

bool Inbox::deliver() {
    std::deque<Shown> now;
    {
        const std::lock_guard lock(mutex_);
        now.swap(waiting_);
    }
    for (const Shown& shown : now) shown();
    return !now.empty();
}

void Inbox::clear() {
    const std::lock_guard lock(mutex_);
    waiting_.clear();
}

Worker::Worker(Inbox& inbox) : inbox_(inbox), thread_([this] { run(); }) {}

Worker::~Worker() { end(true); }

void Worker::finish() { end(false); }

void Worker::end(bool forgetting) {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
        if (forgetting) jobs_.clear();
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Worker::post(std::function<Shown()> job) {
    {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
}

std::function<Shown()> Worker::take() {
    const std::lock_guard lock(mutex_);
    if (jobs_.empty()) return {};
    std::function<Shown()> job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
}

void Worker::run_waiting() {
    while (const std::function<Shown()> job = take()) {
        if (Shown shown = job()) inbox_.put(std::move(shown));
    }
}

void Worker::run() {
    for (;;) {
        std::function<Shown()> job;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return over_ || !jobs_.empty(); });
            if (jobs_.empty()) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        if (Shown shown = job()) inbox_.put(std::move(shown));
    }
}

}  // namespace tefter::kiosk
