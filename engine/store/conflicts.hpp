#pragma once
// What is left for people to decide, and how a decision is written.

#include "engine/store/replica.hpp"

namespace tefter {

struct ConflictLeaf {
    Version version;
    DeviceNumber device;
    std::string office;              ///< empty: a device that is not registered here
    std::int64_t actor = 0;          ///< row id of the person who acted, 0 for nobody
    std::vector<OwnedValue> values;  ///< of the group's columns; fewer where the author's catalog had fewer
};

struct Conflict {
    const Table* table = nullptr;
    const Group* group = nullptr;  ///< null: the row was deleted by some and kept alive by others; `leaves` are the deletions
    std::vector<OwnedValue> key;
    std::vector<ConflictLeaf> leaves;  ///< newest first
};

/// By table and key. Conflicts of tables that this program does not know are left out: a newer program shows them.
std::vector<Conflict> open_conflicts(Replica& replica);
/// Likewise over a reading connection.
std::vector<Conflict> open_conflicts(Database& database, const Catalog& catalog);

/// The edit that keeps one of the values, having seen them all.
Edit keep(const Conflict& conflict, std::size_t leaf);
/// For a deleted row: the edit that deletes it now, or keeps it by writing what lives of it once more.
Edit delete_after_all(const Conflict& conflict);
Edit keep_after_all(Replica& replica, const Conflict& conflict);
Edit keep_after_all(Database& database, const Catalog& catalog, const Conflict& conflict);

}  // namespace tefter
