#pragma once
// A thread beside the drawing thread, which never waits: jobs go in, and what they found comes back to be shown.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace tefter::kiosk {

/// What is to be done on the drawing thread once a job is over.
using Shown = std::function<void()>;

/// Results of all workers, for the drawing thread.
class Inbox {
public:
    /// `wake` is called from any thread when there is something to deliver.
    explicit Inbox(std::function<void()> wake) : wake_(std::move(wake)) {}
    void put(Shown shown);
    /// Runs what has come; true when there was something.
    bool deliver();
    /// Forgets what has come: its owner is gone.
    void clear();

private:
    std::function<void()> wake_;
    std::mutex mutex_;
    std::deque<Shown> waiting_;
};

/// Runs jobs one after another. Its end waits for the job that runs and forgets the others, unless they are finished first.
class Worker {
public:
    explicit Worker(Inbox& inbox);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// `job` runs on the worker; what it returns (may be empty) runs on the drawing thread. It must not throw.
    void post(std::function<Shown()> job);
    /// Runs all that was posted, then ends: what an officer has entered is written, however soon the door shuts.
    void finish();
    /// From within a long job, between two of its steps: runs what waits meanwhile.
    void run_waiting();

private:
    void end(bool forgetting);
    void run();
    std::function<Shown()> take();
    Inbox& inbox_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<Shown()>> jobs_;
    bool over_ = false;
    std::thread thread_;
};

}  // namespace tefter::kiosk
