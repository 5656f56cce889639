#include "engine/merge/merge.hpp"

#include <algorithm>

namespace tefter {

void merge(Leaves& leaves, Leaf write, std::span<const Version> seen) {
    const auto named = [&](const Leaf& leaf) { return std::find(seen.begin(), seen.end(), leaf.version) != seen.end(); };
    if (write.kind == LeafKind::deleted) {
        // A delete buries the newest values among the leaves that it removes.
        const Leaf* newest = nullptr;
        for (const Leaf& leaf : leaves) {
            const Version origin = leaf.kind == LeafKind::value ? leaf.version : leaf.origin;
            if (named(leaf) && !origin.none() && origin > write.origin) {
                write.origin = origin;
                newest = &leaf;
            }
        }
        if (newest != nullptr) write.values = newest->values;
    }
    std::erase_if(leaves, named);
    const auto at = std::lower_bound(leaves.begin(), leaves.end(), write.version,
                                     [](const Leaf& leaf, Version version) { return leaf.version < version; });
    if (at != leaves.end() && at->version == write.version) return;
    leaves.insert(at, std::move(write));
}

namespace {

/// Whether `candidate`, the newer of the two, is shown before `best`.
bool shown_before(const Group& group, const Leaf& candidate, const Leaf& best) {
    if (group.rule == MergeRule::newest || group.rule == MergeRule::set) return true;
    const auto rank = [&](const Leaf& leaf) -> std::int64_t {
        const Value first = leaf.values.empty() ? Value{} : leaf.values.front();
        if (first.kind() != ValueKind::integer) return INT64_MIN;  // nothing recorded loses to anything recorded
        const Enumeration* order = group.columns.front().enumeration;
        return order == nullptr ? first.integer() : order->rank(first.integer());
    };
    const std::int64_t a = rank(candidate);
    const std::int64_t b = rank(best);
    if (a == b) return true;
    if (a == INT64_MIN || b == INT64_MIN) return b == INT64_MIN;
    return group.rule == MergeRule::maximum ? a > b : a < b;
}

}  // namespace

std::size_t shown(const Group& group, const Leaves& leaves) {
    ensure(!leaves.empty(), "a group that is shown has a leaf");
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        if (leaves[i].kind != LeafKind::value) continue;
        if (!best || shown_before(group, leaves[i], leaves[*best])) best = i;
    }
    if (best) return *best;
    const auto newest = std::max_element(leaves.begin(), leaves.end(),
                                         [](const Leaf& a, const Leaf& b) { return a.origin < b.origin; });
    return static_cast<std::size_t>(newest - leaves.begin());
}

bool conflicting(const Group& group, const Leaves& leaves) {
    if (leaves.size() < 2) return false;
    const auto values = std::count_if(leaves.begin(), leaves.end(),
                                      [](const Leaf& leaf) { return leaf.kind == LeafKind::value; });
    if (values == 0) return false;  // several deletes agree
    if (static_cast<std::size_t>(values) < leaves.size()) return true;  // one deletes what another edits
    if (group.rule != MergeRule::newest) return false;
    return std::any_of(leaves.begin() + 1, leaves.end(),
                       [&](const Leaf& leaf) { return !(leaf.values == leaves.front().values); });
}

bool alive(std::span<const Leaves> groups) {
    return std::any_of(groups.begin(), groups.end(), [](const Leaves& leaves) {
        return std::any_of(leaves.begin(), leaves.end(), [](const Leaf& leaf) { return leaf.kind == LeafKind::value; });
    });
}

void redact(const Group& group, std::vector<Value>& values) {
    for (std::size_t i = 0; i < values.size() && i < group.columns.size(); ++i) {
        if (group.columns[i].personal && !values[i].is_null()) values[i] = Value::redacted();
    }
}

}  // namespace tefter
