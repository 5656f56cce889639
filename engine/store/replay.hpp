#pragma once
// The ledger is the truth and rows are derived from it: here that is tried, from the first segment to the last.

#include "engine/store/ledger.hpp"
#include "engine/store/verify.hpp"

namespace tefter {

/// Reads every ledger into a fresh replica, encrypted and removed at the end, in `folder`: positions must be dense, each
/// segment signed by its device and in its chain, each ledger hash as it is stored, and the heads and digests that come
/// out those of `server`. Counts segments and changesets. Where a ledger has been compacted, rows cannot be derived again; what is
/// still there is checked link by link: places, hashes, chains and signatures.
/// Nothing may change meanwhile: where others write, `server` and `ledger` stand on a connection inside a reading transaction.
Verification verify_ledgers(Replica& server, Ledger& ledger, const std::string& folder);

}  // namespace tefter
