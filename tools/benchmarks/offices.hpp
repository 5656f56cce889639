#pragma once
// Devices that work and sync, each on a thread of its own, over real TLS.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/client/home.hpp"

namespace tefter::bench {

/// Of every device and manager of a measurement.
constexpr const char* passphrase = "a passphrase for measuring";

/// What a device writes before a sync.
using Work = std::function<std::vector<Edit>(Replica& replica)>;

class Offices {
public:
    /// `pause`: of a device, from the end of a sync to the next piece of work.
    Offices(std::vector<Home> homes, std::vector<std::unique_ptr<Replica>> replicas, Work work, std::chrono::milliseconds pause);
    ~Offices();
    Offices(const Offices&) = delete;
    Offices& operator=(const Offices&) = delete;

    /// Until stop().
    void start();
    void stop();
    void stop_after(std::chrono::milliseconds time);
    /// One device now, while none is at work: until a server has taken it.
    void sync(std::size_t which);
    /// Of the syncs so far, in milliseconds. Throws what a device met.
    std::vector<double> times();
    int turned_away() const { return turned_away_; }  ///< once stopped: syncs that a server had no room for, and that were tried again
    std::int64_t rounds() const { return rounds_; }   ///< once stopped: pieces of work that were written, by all
    const std::vector<std::unique_ptr<Replica>>& replicas() const { return replicas_; }  ///< once stopped
    const std::vector<Home>& homes() const { return homes_; }

private:
    void live(std::size_t which);
    bool try_sync(std::size_t which);

    std::vector<Home> homes_;
    std::vector<std::unique_ptr<Replica>> replicas_;
    Work work_;
    std::chrono::milliseconds pause_;
    std::vector<std::thread> threads_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopped_ = false;
    std::string failed_;
    std::vector<double> times_;
    int turned_away_ = 0;
    std::int64_t rounds_ = 0;
};

}  // namespace tefter::bench
