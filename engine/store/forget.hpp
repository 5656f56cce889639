#pragma once
// What has been erased leaves the log as well: kept segments, held ones, what is unsent, what lies in quarantine; and so do facts about the
// row. Rows lose their values as the erasure is applied (apply.hpp).

#include <set>

#include "engine/codec/redact.hpp"
#include "engine/store/rows.hpp"

namespace tefter {

/// Reads the whole log, which takes about a second for 20,000 segments; erasures are rare. Inside the caller's transaction.
void forget(Database& database, const std::set<RowName>& erased);

/// The rows whose erasure a segment brings.
std::set<RowName> erased_by(const Segment& segment);

/// As a question that codecs ask.
IsErased in(const std::set<RowName>& erased);

}  // namespace tefter
