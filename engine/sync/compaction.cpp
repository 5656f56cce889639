#include "engine/sync/compaction.hpp"

#include <algorithm>

#include "engine/sync/awaited.hpp"

namespace tefter {

namespace {

/// Its word that it has read something will be asked for again: it may come at any time and go on from there.
bool has_lease(const Device& device, const Contact& contact, std::int64_t now_ms) {
    if (device.revoked || device.number == server_device || contact.synced_ms == 0) return false;
    return device.lease_days == 0 || now_ms < contact.synced_ms + device.lease_days * day_ms;
}

/// The last entry up to `until` before which nothing is younger than `keep_ms`.
Position old_enough(Ledger& ledger, ScopeNumber scope, Position until, std::int64_t now_ms, std::int64_t keep_ms) {
    Position at = ledger.base(scope);
    while (at < until) {
        for (const LedgerEntry& entry : ledger.read(scope, at, until, ledger_batch_bytes)) {
            Segment segment;
            decode_segment(entry.bytes, segment);
            const Version limit = Version::from_tick(HybridClock::wall_tick(now_ms - keep_ms), entry.device);
            if (segment.changesets.back().version > limit) return at;
            at = entry.position;
        }
    }
    return at;
}

}  // namespace

namespace {

/// No more than `at_once` segments of each scope.
std::vector<Compaction> compact_some(Replica& server, Ledger& ledger, std::int64_t now_ms, std::int64_t keep_ms, std::uint64_t at_once) {
    Database& database = server.store().database;
    std::vector<std::pair<Device, Contact>> readers;
    for (const Device& device : list_devices(database, server.catalog())) {
        Contact contact = contact_of(database, device.number);
        if (has_lease(device, contact, now_ms)) readers.emplace_back(device, std::move(contact));
    }
    std::vector<Compaction> out;
    for (const ScopeState& state : server.scopes()) {
        Compaction& one = out.emplace_back();
        one.scope = state.scope;
        one.head = ledger.head(state.scope).position;
        const Position before = ledger.base(state.scope), copied = ledger.copied_to(state.scope);
        Position until{std::min({one.head.value, copied.value, before.value + at_once})};
        std::vector<std::pair<DeviceNumber, Position>> read;
        for (const auto& [device, contact] : readers) {
            if (!device.holds(state.scope)) continue;
            const auto found = contact.read.find(state.scope);
            read.emplace_back(device.number, found == contact.read.end() ? Position{0} : found->second);
            until = std::min(until, read.back().second);
        }
        if (keep_ms > 0 && until > before) until = old_enough(ledger, state.scope, until, now_ms, keep_ms);
        one.base = std::max(before, until);
        if (one.base > before) ledger.compact(state.scope, one.base);
        one.segments = static_cast<std::size_t>(one.base.value - before.value);
        for (const auto& [device, position] : read) {
            if (one.base < one.head && position <= one.base) one.behind.push_back(device);
        }
        one.server_behind = one.base < one.head && copied <= one.base;
    }
    return out;
}

}  // namespace

std::vector<Compaction> compact(Replica& server, Ledger& ledger, std::int64_t now_ms, std::int64_t keep_ms, std::uint64_t at_once) {
    if (!Awaited(server).empty()) {
        throw Error(ErrorKind::refused,
                    "The server was restored from a backup and waits for other devices; compact its ledgers when all of them have synced.");
    }
    std::set<ScopeNumber> scopes;
    for (const ScopeState& state : server.scopes()) scopes.insert(state.scope);
    std::map<ScopeNumber, std::size_t> gone;
    for (;;) {
        bool any = false;
        std::vector<Compaction> out;
        ledger.begin(scopes);
        try {
            Transaction transaction(server.store().database);
            out = compact_some(server, ledger, now_ms, keep_ms, at_once);
            ledger.commit();
            transaction.commit();
        } catch (...) {
            ledger.abandon();
            throw;
        }
        for (Compaction& one : out) {
            any = any || one.segments != 0;
            one.segments = gone[one.scope] += one.segments;
        }
        if (!any) return out;
    }
}

}  // namespace tefter
