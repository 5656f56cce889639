#pragma once
// Compaction: segments that nobody will read any more leave the server's ledgers. What they have made stays in the rows, their places,
// hashes and chains stay in the ledger, and a device that has been away for longer is filled with the rows as they are (snapshot.hpp).
//
// The law: compact, then sync, gives the same as sync, then compact.

#include "engine/base/limits.hpp"
#include "engine/store/ledger.hpp"
#include "engine/store/replica.hpp"

namespace tefter {

struct Compaction {
    ScopeNumber scope;
    Position base;                     ///< compacted up to here, now and earlier
    Position head;                     ///< of so many
    std::size_t segments = 0;          ///< that went now
    std::vector<DeviceNumber> behind;  ///< have a lease, and have not read further than `base`: they hold it back
    bool server_behind = false;        ///< and so does a server of the set, which has not followed further
};

/// Takes away what every device with a live lease has said that it has read and what is older than `keep_ms` (the version of its last
/// changeset against `now_ms`), in steps of `at_once` segments of each scope, each of which stands: others who share `ledger` go on in
/// between. A revoked device, or one whose lease is over, is not waited for; of servers that share
/// `ledger`, see Ledger::copied_to(). Throws ErrorKind::refused while a restored server waits for its devices. Nothing else may use `server`
/// meanwhile.
std::vector<Compaction> compact(Replica& server, Ledger& ledger, std::int64_t now_ms, std::int64_t keep_ms,
                                std::uint64_t at_once = limits::compacted_segments);

}  // namespace tefter
