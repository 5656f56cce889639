#include "engine/merge/merge.hpp"

#include <algorithm>

namespace tefter {

namespace {

bool names(std::span<const Version> seen, Version version) { return std::binary_search(seen.begin(), seen.end(), version); }

template <class Entry>
auto place(std::vector<Entry>& entries, Version version) {
    return std::lower_bound(entries.begin(), entries.end(), version,
                            [](const Entry& entry, Version wanted) { return entry.version < wanted; });
}

void insert(std::vector<Version>& versions, Version version) {
    const auto at = std::lower_bound(versions.begin(), versions.end(), version);
    if (at == versions.end() || *at != version) versions.insert(at, version);
}

/// A write or a delete that names deletes takes their place at the row.
void remove_deletes(RowState& row, std::span<const Version> seen) {
    std::erase_if(row.deletes, [&](Version version) { return names(seen, version); });
}

void remove_from_buried(GroupState& group, std::span<const Version> seen) {
    std::erase_if(group.buried, [&](const Buried& buried) {
        return std::any_of(buried.by.begin(), buried.by.end(), [&](Version by) { return names(seen, by); });
    });
}

void bury(GroupState& group, Version version, std::span<const Version> seen) {
    for (Buried& buried : group.buried) {
        const bool inherited = std::any_of(buried.by.begin(), buried.by.end(), [&](Version by) { return names(seen, by); });
        if (inherited || names(seen, buried.version)) insert(buried.by, version);
    }
    for (const Leaf& leaf : group.leaves) {
        if (names(seen, leaf.version)) group.buried.insert(place(group.buried, leaf.version), {leaf.version, leaf.values, {version}});
    }
    std::erase_if(group.leaves, [&](const Leaf& leaf) { return names(seen, leaf.version); });
}

}  // namespace

GroupState& RowState::group(GroupNumber number) {
    const auto at = std::lower_bound(groups.begin(), groups.end(), number,
                                     [](const GroupState& group, GroupNumber wanted) { return group.number < wanted; });
    if (at != groups.end() && at->number == number) return *at;
    return *groups.insert(at, GroupState{number, {}, {}});
}

const GroupState* RowState::find(GroupNumber number) const {
    for (const GroupState& group : groups) {
        if (group.number == number) return &group;
    }
    return nullptr;
}

bool RowState::alive() const {
    return std::any_of(groups.begin(), groups.end(), [](const GroupState& group) { return !group.leaves.empty(); });
}

bool RowState::holds(Version version) const {
    const auto is = [version](const auto& one) { return one.version == version; };
    return std::find(deletes.begin(), deletes.end(), version) != deletes.end() ||
           std::any_of(groups.begin(), groups.end(), [&](const GroupState& group) {
               return std::any_of(group.leaves.begin(), group.leaves.end(), is) ||
                      std::any_of(group.buried.begin(), group.buried.end(), is);
           });
}

void merge_put(RowState& row, Version version, std::span<const Version> seen, std::span<const GroupWrite> groups) {
    remove_deletes(row, seen);
    for (GroupState& group : row.groups) remove_from_buried(group, seen);
    std::erase_if(row.groups, [](const GroupState& group) { return group.leaves.empty() && group.buried.empty(); });
    for (const GroupWrite& write : groups) {
        GroupState& group = row.group(write.number);
        std::erase_if(group.leaves, [&](const Leaf& leaf) { return names(seen, leaf.version); });
        std::erase_if(group.buried, [&](const Buried& buried) { return names(seen, buried.version); });
        const auto at = place(group.leaves, version);
        if (at == group.leaves.end() || at->version != version) group.leaves.insert(at, {version, write.values});
    }
}

void merge_delete(RowState& row, Version version, std::span<const Version> seen) {
    for (GroupState& group : row.groups) bury(group, version, seen);
    remove_deletes(row, seen);
    insert(row.deletes, version);
}

namespace {

/// The place of a leaf under max and min; nothing recorded loses to anything recorded.
std::optional<std::int64_t> rank(const Group& group, const Leaf& leaf) {
    const Value first = leaf.values.empty() ? Value{} : leaf.values.front();
    if (first.kind() != ValueKind::integer) return std::nullopt;
    const Enumeration* order = group.columns.front().enumeration;
    return order == nullptr ? first.integer() : order->rank(first.integer());
}

/// Whether `candidate`, the newer of the two, is shown before `best`.
bool shown_before(const Group& group, const Leaf& candidate, const Leaf& best) {
    if (group.rule == MergeRule::newest || group.rule == MergeRule::set) return true;
    const auto a = rank(group, candidate);
    const auto b = rank(group, best);
    if (a == b) return true;
    if (!a || !b) return !b;
    return group.rule == MergeRule::maximum ? *a > *b : *a < *b;
}

}  // namespace

Cells shown(const Group& group, const GroupState& state) {
    const Leaf* best = nullptr;
    for (const Leaf& leaf : state.leaves) {
        if (best == nullptr || shown_before(group, leaf, *best)) best = &leaf;
    }
    if (best != nullptr) return best->values;
    return state.buried.empty() ? Cells{} : state.buried.back().values;
}

bool conflicting(const Group& group, const GroupState& state) {
    if (group.rule != MergeRule::newest || state.leaves.size() < 2) return false;
    const Cells first = state.leaves.front().values;
    return std::any_of(state.leaves.begin(), state.leaves.end(),
                       [&](const Leaf& leaf) { return !std::equal(leaf.values.begin(), leaf.values.end(), first.begin(), first.end()); });
}

}  // namespace tefter
