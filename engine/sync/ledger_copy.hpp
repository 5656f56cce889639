#pragma once
// A copy of a server's ledgers for an auditor: every segment as it was signed, but without its personal values, which
// signatures do not need. It is checked with public keys alone, and names nobody.
//
//     DIR/copy      "tefter ledger copy 1\n", the server's key, Unix ms, scopes: count, (scope, position, 32 bytes ledger hash, 16 bytes
//                   digest)*, signature as at the end of a sync, for device 1 and the time as its counter
//     DIR/scope-N   (sized segment, 32 bytes: the ledger's hash there)*
//
// What it cannot show by itself: a server that is broken into holds its own key, and may sign another history from the
// beginning. An earlier copy tells, and so does every device at its next sync.

#include "engine/store/ledger.hpp"
#include "engine/store/replica.hpp"

namespace tefter {

/// Into a folder that is there and empty. Nothing may change meanwhile, as for verify_ledgers().
void write_ledger_copy(Replica& server, Ledger& ledger, const std::string& folder);

struct CopyVerification {
    PublicKey server_key{};
    std::int64_t made_ms = 0;
    std::size_t segments = 0, changesets = 0, devices = 0;
    std::vector<std::string> faults;  ///< one sentence each, with its place; empty: all is well
};

/// Reads all of it. `earlier`: the folder of a copy that was made before, or empty: the history that it shows must still stand.
/// Returning false from `progress` throws ErrorKind::cancelled. Throws ErrorKind::not_replica for what is no copy.
CopyVerification verify_ledger_copy(const std::string& folder, const std::string& earlier, const Catalog& catalog,
                                    const std::function<bool(const CopyVerification&)>& progress);

}  // namespace tefter
