#include "engine/store/lease.hpp"

#include <algorithm>

namespace tefter {

namespace {

constexpr std::string_view began = "lease_began";
constexpr std::string_view seen = "time_seen";
constexpr std::int64_t between_notes_ms = 60'000;  // a look need not cost a commit

}  // namespace

std::string Lease::sentence() const {
    return "This device has not synced for " + std::to_string((now_ms - began_ms) / day_ms) +
           " days and shows nothing until it has; nothing is lost, sync now.";
}

Lease look_at_lease(Replica& replica) {
    Lease lease;
    if (replica.identity().device == server_device) return {0, 0, 0};
    if (const std::optional<Device> own = replica.device(replica.identity().device)) lease.days = own->lease_days;
    Meta& meta = replica.store().meta;
    const std::int64_t clock_ms = replica.environment().now_ms(), seen_ms = meta.integer(seen).value_or(0);
    lease.now_ms = std::max(clock_ms, seen_ms);
    const std::optional<std::int64_t> began_ms = meta.integer(began);
    lease.began_ms = began_ms.value_or(lease.now_ms);
    if (began_ms && clock_ms < seen_ms + between_notes_ms) return lease;
    try {
        Transaction transaction(replica.store().database);
        if (!began_ms) meta.set(began, lease.began_ms);
        meta.set(seen, lease.now_ms);
        transaction.commit();
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::busy) throw;  // who writes there has looked at the clock as well
    }
    return lease;
}

void ensure_lease(Replica& replica) {
    const Lease lease = look_at_lease(replica);
    if (lease.over()) throw Error(ErrorKind::refused, lease.sentence());
}

void renew_lease(Meta& meta, std::int64_t server_ms) {
    meta.set(began, server_ms);
    meta.set(seen, server_ms);
}

}  // namespace tefter
