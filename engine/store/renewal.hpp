#pragma once
// Changesets under other versions: those of a clock that was ahead, and those that are made again as another device's.

#include <map>

#include "engine/catalog/catalog.hpp"
#include "engine/codec/changeset.hpp"
#include "engine/merge/merge.hpp"

namespace tefter {

/// Old versions to new ones; all others stay as they are.
class Renewal {
public:
    explicit Renewal(const Catalog& catalog) : catalog_(catalog) {}
    void add(Version old, Version renewed) { versions_[old] = renewed; }

    Version renewed(Version old) const;
    /// In their new order.
    void renew(std::vector<Version>& versions) const;
    /// The values of a group: the elements of a set carry versions too.
    Cells renewed(TableNumber table, GroupNumber group, Cells values, Arena& arena) const;
    /// A changeset wherever it names versions: its own, those that its author had seen, those of a set's elements.
    Changeset renewed(const Changeset& old, Arena& arena) const;

private:
    std::span<const Version> renewed(std::span<const Version> old, Arena& arena) const;

    const Catalog& catalog_;
    std::map<Version, Version> versions_;
};

}  // namespace tefter
