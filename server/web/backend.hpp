#pragma once
// What the pages need of the server that they stand in, and what a page is told.

#include <condition_variable>
#include <memory>
#include <mutex>

#include "engine/store/devices.hpp"
#include "engine/store/replica.hpp"
#include "server/web/vault.hpp"

namespace tefter::web {

/// Of the server's replica: the device that has read further than this server, which was put back to an older copy. See Center::wait.
inline constexpr const char* put_back_fact = "put_back";

/// Tells pages that are open that rows have changed. Thread-safe.
class Pulse {
public:
    void beat() {
        {
            const std::lock_guard lock(mutex_);
            ++count_;
        }
        changed_.notify_all();
    }
    /// Somebody wrote on the pages, and will look for it: what is shown next is to have the commits so far.
    void expect() {
        const std::lock_guard lock(mutex_);
        expected_ = count_;
    }
    /// The count that it had then.
    std::uint64_t expected() {
        const std::lock_guard lock(mutex_);
        return expected_;
    }
    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        changed_.notify_all();
    }
    std::uint64_t count() {
        const std::lock_guard lock(mutex_);
        return count_;
    }
    bool stopped() {
        const std::lock_guard lock(mutex_);
        return stopped_;
    }
    /// Until the count is another than `seen`, or the time is over, or it was stopped. Returns the count.
    std::uint64_t wait(std::uint64_t seen, std::chrono::milliseconds at_most) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, at_most, [&] { return stopped_ || count_ != seen; });
        return count_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t count_ = 0, expected_ = 0;
    bool stopped_ = false;
};

/// The server, as its pages know it. Every call may come from any thread.
class Backend {
public:
    virtual ~Backend() = default;
    virtual const Catalog& catalog() const = 0;
    virtual const std::string& folder() const = 0;
    virtual const Environment& environment() const = 0;
    virtual Vault& vault() = 0;
    virtual Book& book() = 0;
    virtual Pulse& pulse() = 0;
    /// A new connection that can only read, and waits for no writer.
    virtual std::unique_ptr<Database> open_reader() = 0;
    /// By the server's own device, on behalf of a person. The person's rights are checked by who calls.
    virtual Written write(std::int64_t actor, std::span<const Edit> edits) = 0;
    /// The same where the edits depend on what is there: `plan` makes them, and nothing comes between it and the writing.
    virtual Written write_planned(std::int64_t actor, const std::function<std::vector<Edit>(Replica& replica)>& plan) = 0;
    virtual std::int64_t new_id() = 0;
    /// The text of a one-time enrolment code for this server.
    virtual std::string invite(const std::string& office, Role role, const std::string& scopes, const std::string& address,
                               std::int64_t valid_ms) = 0;
    /// Adds scopes, their names separated by blanks, to those that the device holds. Throws ErrorKind::usage for an unknown device or scope,
    /// ErrorKind::refused for one that has been revoked.
    virtual void grant(DeviceNumber device, const std::string& scopes) = 0;
    virtual void revoke(DeviceNumber device, const std::string& reason) = 0;
    /// Work that needs the server's whole replica; nothing is synced meanwhile, so it is to be short.
    virtual void with_replica(const std::function<void(Replica&)>& work) = 0;
};

}  // namespace tefter::web
