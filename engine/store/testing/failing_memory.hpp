#pragma once
// Memory that runs out, below SQLite: at the n-th allocation, or from it on. For tests alone.

#include <cstdint>

namespace tefter::testing {

class FailingMemory {
public:
    /// Before SQLite is used for the first time in this process; for its whole life. The engine wipes what SQLite frees as it always
    /// does, on top of this. Throws std::runtime_error where it comes too late.
    static void install();
    /// The n-th allocation from now on fails; `sticky`: all later ones as well.
    static void fail_at(std::uint64_t allocation, bool sticky);
    static void disarm();
    /// Since the last `fail_at`.
    static std::uint64_t allocations();
};

}  // namespace tefter::testing
