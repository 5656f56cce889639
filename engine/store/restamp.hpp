#pragma once
// A clock that was ahead, put right: own changesets that nobody has taken get versions that the server's clock allows,
// in the log and in the rows. What lies in a bundle or on the server keeps its version.

#include "engine/store/log.hpp"
#include "engine/store/meta.hpp"
#include "engine/store/rows.hpp"

namespace tefter {

struct RestampResult {
    std::size_t changesets = 0;
};

/// Inside the caller's transaction. `now_ms`: the server's time.
RestampResult restamp_unsent(Database& database, const Catalog& catalog, Rows& rows, Log& log, Meta& meta, DeviceNumber own,
                             std::int64_t now_ms);

}  // namespace tefter
