// Syncing: in one call, or in steps whose bytes the application carries.

#include "engine/capi/handles.hpp"

using namespace tefter;
using capi::fill;
using capi::guarded;

tefter_status tefter_sync_now(tefter_replica* replica, tefter_progress_callback progress, void* context, tefter_report* report) {
    return guarded(replica, [&] {
        replica->cancelled = false;
        tefter_report shown{};
        shown.size = sizeof shown;
        const SyncReport done = replica->home.sync(replica->writable(), [&](const SyncReport& now) {
            fill(shown, now);
            return !replica->cancelled && (progress == nullptr || progress(context, &shown) != 0);
        });
        if (report != nullptr) fill(*report, done);
        return TEFTER_OK;
    });
}

void tefter_cancel(tefter_replica* replica) {
    if (replica != nullptr) replica->cancelled = true;
}

tefter_status tefter_server(tefter_replica* replica, const char** address, const uint8_t** pin) {
    return guarded(replica, [&] {
        replica->server = replica->home.server(replica->open());
        *address = replica->server.address.c_str();
        if (replica->server.pins.empty()) throw Error(ErrorKind::usage, "The server's pin is missing; enrol this device again.");
        *pin = replica->server.pins.front().data();
        return TEFTER_OK;
    });
}

tefter_status tefter_server_authority(tefter_replica* replica, const char** certificate) {
    return guarded(replica, [&] {
        replica->authority = replica->home.server(replica->open()).authority;
        *certificate = replica->authority.c_str();
        return TEFTER_OK;
    });
}

tefter_status tefter_sync_new(tefter_replica* replica, tefter_sync** out) {
    return guarded(replica, [&] {
        Replica& open = replica->writable();
        *out = new tefter_sync{replica, open.environment().now_ms(), std::make_unique<Syncing>(open)};
        return TEFTER_OK;
    });
}

void tefter_sync_free(tefter_sync* sync) { delete sync; }

namespace {

void end(tefter_sync& sync) {
    if (!sync.syncing) return;
    sync.report = sync.syncing->report();
    sync.syncing.reset();  // an unfinished snapshot holds a transaction
}

/// A failure is noted in the history of syncs, as one that the library carries itself.
template <class Body>
tefter_status step(tefter_sync* sync, Body body) {
    if (sync == nullptr) return TEFTER_USAGE;
    return guarded(sync->owner, [&] {
        if (!sync->syncing) throw Error(ErrorKind::usage, "This sync is over; begin another one.");
        Replica& replica = sync->owner->writable();
        try {
            return body(replica);
        } catch (const std::exception& error) {
            end(*sync);
            if (sync->owner->home.has_replica()) {
                note_sync(replica, sync->began_ms, sync->owner->home.server(replica).address, sync->report, error.what());
            }
            throw;
        }
    });
}

}  // namespace

tefter_status tefter_sync_request(tefter_sync* sync, const char** path, const void** body, size_t* size) {
    return step(sync, [&](Replica&) {
        sync->request = sync->syncing->request();
        *path = sync->request.path.c_str();
        *body = sync->request.body.data();
        *size = sync->request.body.size();
        return TEFTER_OK;
    });
}

tefter_status tefter_sync_feed(tefter_sync* sync, const void* piece, size_t size) {
    return step(sync, [&](Replica&) {
        sync->syncing->feed({static_cast<const std::uint8_t*>(piece), size});
        return TEFTER_OK;
    });
}

tefter_status tefter_sync_end_answer(tefter_sync* sync) {
    return step(sync, [&](Replica& replica) {
        if (sync->syncing->end_answer()) return TEFTER_MORE;
        end(*sync);
        sync->owner->home.conclude(replica, sync->began_ms, sync->report);
        return TEFTER_DONE;
    });
}

void tefter_sync_report(const tefter_sync* sync, tefter_report* report) {
    if (sync != nullptr && report != nullptr) fill(*report, sync->syncing ? sync->syncing->report() : sync->report);
}
