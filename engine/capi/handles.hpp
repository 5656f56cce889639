#pragma once
// What stands behind the opaque handles of engine/include/tefter.h, and the border that no exception crosses.

#include <atomic>
#include <list>
#include <optional>

#include "engine/client/home.hpp"
#include "engine/client/syncing.hpp"
#include "engine/include/tefter.h"

struct tefter_replica {
    explicit tefter_replica(const char* folder) : home(folder) {}

    /// Throw ErrorKind::usage where the call comes out of order.
    const tefter::Catalog& known_catalog() const;
    tefter::Replica& open();
    tefter::Replica& writable();  ///< and no query holds it
    tefter::Database& reader();
    void opened(std::unique_ptr<tefter::Replica> fresh);
    void close();

    tefter::Home home;
    std::optional<tefter::Catalog> catalog;  ///< none: it was wrong
    std::unique_ptr<tefter::Replica> replica;
    std::unique_ptr<tefter::Database> reading;
    int reading_rows = 0;  ///< queries between their first row and their end
    tefter_commit_callback on_commit = nullptr;
    void* on_commit_context = nullptr;
    std::atomic<bool> cancelled{false};
    tefter::ServerAddress server;  ///< as it was asked for last
    std::string authority;         ///< likewise
    mutable std::string message;
};

struct tefter_edits {
    tefter_replica* owner;
    std::vector<tefter::Edit> edits{};
    bool out_of_memory = false;
    std::string problem{};  ///< the first thing that was wrong
};

struct tefter_rows {
    tefter_replica* owner;
    tefter::Statement statement;
    bool has_row = false;
    std::string name{}, text{};      ///< what was asked for last
    std::list<std::string> bound{};  ///< texts given as parameters
};

struct tefter_sync {
    tefter_replica* owner;
    std::int64_t began_ms;
    std::unique_ptr<tefter::Syncing> syncing;  ///< none: it is over
    tefter::Syncing::Request request{};
    tefter::SyncReport report{};  ///< of one that is over
};

namespace tefter::capi {

tefter_status status_of(ErrorKind kind);
/// Remembers the sentence; never throws.
tefter_status failed(const tefter_replica& owner, tefter_status status, const char* sentence) noexcept;
void fill(tefter_report& out, const SyncReport& report);

/// The border: runs `body`, which returns a status, and turns whatever it throws into one.
template <class Body>
tefter_status guarded(const tefter_replica* owner, Body body) noexcept {
    if (owner == nullptr) return TEFTER_USAGE;
    try {
        return body();
    } catch (const Error& error) {
        return failed(*owner, status_of(error.kind()), error.what());
    } catch (const std::bad_alloc&) {
        return failed(*owner, TEFTER_INTERNAL, "There is not enough memory.");
    } catch (const std::exception& error) {
        return failed(*owner, TEFTER_INTERNAL, error.what());
    } catch (...) {
        return failed(*owner, TEFTER_INTERNAL, "Internal error.");
    }
}

}  // namespace tefter::capi
