#pragma once
// What became of a row: who wrote what and when, from the changes that this replica keeps. A replica that was filled
// from a snapshot keeps no older ones; of those the versions that the row's leaves still have are told.

#include <vector>

#include "engine/codec/changeset.hpp"
#include "engine/merge/merge.hpp"
#include "engine/store/database.hpp"
#include "engine/store/devices.hpp"

namespace tefter {

struct RowEvent {
    Version version;
    std::string office;      ///< of the device; empty when it is not registered here
    std::int64_t actor = 0;  ///< row id of the person who acted, 0 for nobody
    Op op = Op::put;
    /// Columns with the values that were written; without values where only the version is known. An erased one is null.
    std::vector<std::pair<const Column*, OwnedValue>> values;
};

/// Newest first. `database` may be a reader. Decodes what is kept of the scope: about a second for a million changes.
std::vector<RowEvent> row_history(Database& database, const Catalog& catalog, const Table& table, Cells key, ScopeNumber scope);

}  // namespace tefter
