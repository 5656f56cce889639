#pragma once
// What happens to two truths. Pure: no SQL, no I/O, no clock. This is the page that everyone should be able to read.
//
// The unit of merging is the column group. A leaf is a write of a group that no later write has seen and replaced.
// Each write names the versions that its author had before him, so concurrency is known and not guessed:
//
//   1. A write of a group removes the leaves of that group that it names, and becomes a leaf.
//   2. A delete removes the leaves that it names from every group and stands at the row until a write names it. A
//      concurrent edit stays a leaf beside it. What a delete removed lies buried: it comes back to the screen when
//      something else keeps the row alive, and goes when a write names it or names the delete.
//   3. A row lives by itself while one of its groups has a leaf. (A reference from a living row keeps it alive too;
//      that is for the store to find out.)
//   4. One leaf is no conflict, whatever the clocks say. Of several, the rule says which is shown.
//   5. A set shows what any leaf added and no leaf, having seen it, removed.
//   6. Erasure takes the personal values out of everything, what is still to come included.
//
// The law that the tests hold: the state is a function of the set of writes, never of their order, as long as a write
// comes after the writes that it names. A group is taken whole, so no merge invents a row that nobody wrote.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/value.hpp"
#include "engine/base/version.hpp"
#include "engine/catalog/catalog.hpp"

namespace tefter {

/// The group's columns in order. Views, owned by the caller's arena.
using Cells = std::span<const Value>;

struct Leaf {
    Version version;
    Cells values;
};

/// A leaf that deletes removed.
struct Buried {
    Version version;
    Cells values;
    std::vector<Version> by;  ///< the deletes that removed it, those that replaced these included; ascending
};

struct GroupState {
    GroupNumber number;
    std::vector<Leaf> leaves;    ///< ascending by version
    std::vector<Buried> buried;  ///< ascending by version
};

struct RowState {
    ScopeNumber scope;
    std::vector<GroupState> groups;  ///< ascending by number; groups that hold nothing are missing
    std::vector<Version> deletes;    ///< ascending
    bool erased = false;

    GroupState& group(GroupNumber number);  ///< makes it
    const GroupState* find(GroupNumber number) const;
    /// Rule 3.
    bool alive() const;
    /// As a leaf, one that is buried, or a delete.
    bool holds(Version version) const;
};

struct GroupWrite {
    GroupNumber number;
    Cells values;
};

/// Rule 1. `seen` are the versions that the author had before him, ascending, over all groups and deletes of the row.
/// Names that are no leaf here were replaced already. Writing the same again changes nothing.
void merge_put(RowState& row, Version version, std::span<const Version> seen, std::span<const GroupWrite> groups);

/// Rule 2.
void merge_delete(RowState& row, Version version, std::span<const Version> seen);

/// Rule 4. The values that the row shows: by the rule among the leaves, else the newest that is buried, else none.
/// For a set it is the newest leaf; use set_shown for what the leaves show together.
Cells shown(const Group& group, const GroupState& state);

/// Several leaves that do not agree, under a rule that leaves the choice to people.
bool conflicting(const Group& group, const GroupState& state);

/// An element of a set, with the version of the write that added it.
struct SetElement {
    std::string element;
    Version added;
    friend auto operator<=>(const SetElement&, const SetElement&) = default;
};

/// The value of a set leaf: what it holds, and what it has seen and removed (observed-remove set, Shapiro et al. 2011).
struct SetValue {
    std::vector<SetElement> held;     ///< ascending
    std::vector<SetElement> removed;  ///< ascending

    Bytes encode() const;
    static SetValue decode(BytesView bytes);  ///< throws ErrorKind::corrupt
    /// The elements without repetition, ascending.
    std::vector<std::string> elements() const;
};

/// Rule 5. What several set leaves show together.
SetValue set_union(std::span<const SetValue> leaves);

/// What a set group shows: the union of its leaves, else of what is buried.
SetValue set_shown(const GroupState& state);

/// The leaf that a write makes of a set: `wanted` elements, written at `version` by someone who saw `before`.
SetValue set_write(const SetValue& before, std::span<const std::string> wanted, Version version);

}  // namespace tefter
