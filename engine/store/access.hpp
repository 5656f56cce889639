#pragma once
// What a device may write, however it forms its segments. A replica checks its own edits (editor.hpp); this is for what
// others sign, before it is applied: a program that was tampered with checks nothing.
//
//   1. A table is written by those whose role the catalog asks for; only the server erases.
//   2. A row lies in one scope for ever: that of its table, or of the row that it belongs to.
//   3. A row refers to rows of its own scope, of `regional` and of `shared`.
//   4. A personal value is marked as such: what is not marked could never be erased.

#include <map>
#include <optional>

#include "engine/codec/segment.hpp"
#include "engine/store/devices.hpp"
#include "engine/store/rows.hpp"

namespace tefter {

struct Denial {
    bool missing = false;  ///< a row that is referred to is not here; else a rule forbids it
    std::string reason;    ///< the end of a sentence
};

/// Rows of every scope may name rows of this one.
bool is_common(const Catalog& catalog, ScopeNumber scope);

enum class Known {
    every_target,  ///< the common scopes are held, as the server does and most devices: a row that is not here is missing
    some_targets,  ///< what is not held cannot be judged
};

/// For one segment; lives inside the caller's transaction.
class AccessCheck {
public:
    AccessCheck(const Catalog& catalog, Rows& rows, Known known) : catalog_(catalog), rows_(rows), known_(known) {}

    /// The first thing that the author may not do; nothing when all of it is allowed.
    std::optional<Denial> look(const Segment& segment, const Device& author);

private:
    std::optional<Denial> look(ScopeNumber scope, const Table& table, const Change& change);
    std::optional<Denial> look_at_value(ScopeNumber scope, const Table& table, const Column& column, const Value& value);
    std::optional<ScopeNumber> scope_of(const Table& table, Cells key);
    /// Whether rows of other tables refer to rows of this one.
    bool is_named(const Table& table) const;

    const Catalog& catalog_;
    Rows& rows_;
    Known known_;
    std::map<RowName, ScopeNumber> scopes_;  ///< rows of this segment that others can name, and what was looked up
};

}  // namespace tefter
