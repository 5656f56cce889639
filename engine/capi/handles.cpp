#include "engine/capi/handles.hpp"

#include "engine/store/lease.hpp"

using namespace tefter;

const Catalog& tefter_replica::known_catalog() const {
    if (!catalog) throw Error(ErrorKind::usage, "The catalog was refused; make the handle anew with one that is right.");
    return *catalog;
}

Replica& tefter_replica::open() {
    if (!replica) throw Error(ErrorKind::usage, "The replica is not open; call tefter_open or tefter_enrol first.");
    return *replica;
}

Replica& tefter_replica::writable() {
    Replica& out = open();
    if (reading_rows > 0) throw Error(ErrorKind::usage, "A query still reads; step it to its end or free it before writing.");
    return out;
}

Database& tefter_replica::reader() {
    if (reading) return *reading;
    ensure_lease(open());
    reading = open().open_reader();
    return *reading;
}

void tefter_replica::opened(std::unique_ptr<Replica> fresh) {
    replica = std::move(fresh);
    replica->on_commit([this](const Changed& tables) {
        if (on_commit == nullptr) return;
        std::vector<const char*> names;
        for (const auto& [number, more] : tables) {
            if (const Table* table = catalog->find(number)) names.push_back(table->name.c_str());
        }
        std::sort(names.begin(), names.end(), [](const char* a, const char* b) { return std::string_view(a) < b; });
        on_commit(on_commit_context, names.data(), names.size());
    });
}

void tefter_replica::close() {
    reading.reset();
    replica.reset();
}

namespace tefter::capi {

tefter_status status_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::usage: return TEFTER_USAGE;
        case ErrorKind::refused: return TEFTER_REFUSED;
        case ErrorKind::wrong_key: return TEFTER_WRONG_KEY;
        case ErrorKind::not_replica: return TEFTER_NOT_REPLICA;
        case ErrorKind::corrupt: return TEFTER_CORRUPT;
        case ErrorKind::busy: return TEFTER_BUSY;
        case ErrorKind::disk: return TEFTER_DISK;
        case ErrorKind::network: return TEFTER_NETWORK;
        case ErrorKind::cancelled: return TEFTER_CANCELLED;
        case ErrorKind::internal: break;
    }
    return TEFTER_INTERNAL;
}

tefter_status failed(const tefter_replica& owner, tefter_status status, const char* sentence) noexcept {
    try {
        owner.message = sentence;
    } catch (...) {
        owner.message.clear();
    }
    return status;
}

void fill(tefter_report& out, const SyncReport& report) {
    // A caller that was built with an older, shorter structure gets what fits.
    tefter_report whole{};
    whole.size = out.size;
    whole.changesets_sent = report.changesets_sent;
    whole.changesets_received = report.changesets_received;
    whole.bytes_sent = report.bytes_sent;
    whole.bytes_received = report.bytes_received;
    whole.round_trips = report.round_trips;
    whole.refused = report.refused.size();
    whole.clock_ahead_ms = report.clock_ahead_ms;
    whole.identical = report.identical() ? 1 : 0;
    whole.server_restored = report.server_restored ? 1 : 0;
    whole.update_due = report.update_due ? 1 : 0;
    std::memcpy(&out, &whole, std::min(out.size, sizeof whole));
}

}  // namespace tefter::capi
