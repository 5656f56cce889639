#pragma once
// What happens to two truths. Pure: no SQL, no I/O, no clock. This is the page that everyone should be able to read.
//
// The unit of merging is the column group. A leaf is a write of a group that no later write has seen and replaced.
// Each write names the versions that its author had before him, so concurrency is known and not guessed:
//
//   1. A write removes the leaves that it names and becomes a leaf.                                      merge()
//   2. One leaf is no conflict, whatever the clocks say. Of several, the rule says which one is shown.    shown()
//   3. A delete is a write of every group of the row. It names every leaf that its author saw, so a concurrent
//      edit stays a leaf beside it. The row is gone when nothing but deletes is left.                      alive()
//   4. A set shows what any leaf added and no leaf, having seen it, removed.                               set_*()
//   5. Erasure takes the personal values out of every leaf, those that are still to come included.         redact()
//
// Laws that the tests hold: the leaves are a function of the set of writes, never of their order, as long as a write
// comes after the writes that it names; and a group is taken whole, so no merge invents a row that nobody wrote.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/value.hpp"
#include "engine/base/version.hpp"
#include "engine/catalog/catalog.hpp"

namespace tefter {

enum class LeafKind : std::uint8_t { value = 0, deleted = 1 };  // written to disk: frozen

/// One leaf of one group. `values` are the group's columns in order; they are views, owned by the caller.
struct Leaf {
    Version version;
    LeafKind kind = LeafKind::value;
    /// Of a deleted leaf: whose values it buried. They come back when a reference keeps the row alive.
    Version origin;
    std::vector<Value> values;
};

/// The leaves of one group, ascending by version, no version twice.
using Leaves = std::vector<Leaf>;

/// Rule 1. `seen` are the versions that the write's author had before him. Names that are no leaf here were replaced
/// already. A write that is a leaf already changes nothing.
void merge(Leaves& leaves, Leaf write, std::span<const Version> seen);

/// Rule 2. The leaf whose values the row shows: by the rule among the leaves that hold values; where all are deleted,
/// the one that buried the newest values. `leaves` is not empty.
std::size_t shown(const Group& group, const Leaves& leaves);

/// Several leaves that do not agree, under a rule that leaves the choice to people.
bool conflicting(const Group& group, const Leaves& leaves);

/// Rule 3. A row is alive by its own leaves while one of its groups holds a value leaf.
bool alive(std::span<const Leaves> groups);

/// Rule 5. Takes the values of personal columns out.
void redact(const Group& group, std::vector<Value>& values);

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

/// Rule 4. What several set leaves show together.
SetValue set_union(std::span<const SetValue> leaves);

/// The leaf that a write makes of a set: `wanted` elements, written at `version` by someone who saw `before`.
SetValue set_write(const SetValue& before, std::span<const std::string> wanted, Version version);

}  // namespace tefter
