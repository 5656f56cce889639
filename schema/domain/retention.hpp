#pragma once
// Rows that have been kept long enough: proposals for people, who ask for an erasure and approve it as for any other.

#include "engine/catalog/catalog.hpp"
#include "engine/store/database.hpp"

namespace tefter {

struct PastRetention {
    const Table* table = nullptr;
    std::vector<OwnedValue> key;
    std::int64_t changed_at = 0;  ///< Unix ms: of the newest change of the row and of those that refer to it
};

/// Rows of the tables with `retention_months` in which nothing has changed for that long, nor in a row that refers to them: for those
/// somebody works. Left out are rows without personal values, erased ones among them, and those for whose erasure somebody has
/// asked. In the order of keys, table by table. Months are of the calendar, in UTC.
std::vector<PastRetention> past_retention(Database& reader, const Catalog& catalog, std::int64_t now_ms, std::size_t at_most);

}  // namespace tefter
