#pragma once
// Checks a replica against itself: digests against rows, chains against their hashes and signatures.

#include <string>
#include <vector>

#include "engine/store/replica.hpp"

namespace tefter {

struct Verification {
    std::size_t rows = 0;
    std::size_t segments = 0;
    std::size_t changesets = 0;
    std::vector<std::string> faults;  ///< one sentence each; empty: all is well
};

/// Reads everything. `progress` (may be empty) is called with what has been looked at so far and stops the work by
/// returning false, which throws ErrorKind::refused.
Verification verify_replica(Replica& replica, const std::function<bool(const Verification&)>& progress);

}  // namespace tefter
