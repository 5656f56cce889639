#pragma once
// The lease of a device: how long it may show what it holds without having been at home. It begins anew with each whole
// sync, by the server's clock; a device that never calls home is locked until it does, and loses nothing meanwhile.
// How many days it lasts stands in the register of devices, which the server signs.
//
// A clock that is set back gains nothing: the latest time that was ever seen here counts.

#include "engine/store/replica.hpp"

namespace tefter {

struct Lease {
    std::int64_t days = usual_lease_days;  ///< 0: it does not end
    std::int64_t began_ms = 0;             ///< the server's clock, at the end of the last whole sync
    std::int64_t now_ms = 0;               ///< this device's clock, or the latest time that was seen here

    bool over() const { return days > 0 && now_ms >= began_ms + days * day_ms; }
    std::string sentence() const;  ///< of one that is over
};

/// Looks at the clock and remembers it. A replica that is older than leases begins one now.
Lease look_at_lease(Replica& replica);
/// Throws ErrorKind::refused with the lease's sentence where it is over.
void ensure_lease(Replica& replica);
/// A sync was whole, at this time of the server, which knows better than a clock that was wrong. Inside a transaction.
void renew_lease(Meta& meta, std::int64_t server_ms);

}  // namespace tefter
