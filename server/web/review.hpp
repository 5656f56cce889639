#pragma once
// People who may be the same, proposed anew after a commit only: comparing all names takes longer than a page may.

#include <mutex>
#include <vector>

#include "engine/store/database.hpp"
#include "schema/domain/duplicates.hpp"

namespace tefter::web {

/// Thread-safe.
class Pairs {
public:
    std::vector<Pair> now(Database& reader, std::uint64_t commit);

private:
    std::mutex mutex_;
    std::vector<Pair> pairs_;
    std::uint64_t as_of_ = UINT64_MAX;
};

}  // namespace tefter::web
