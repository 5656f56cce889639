#include "engine/store/conflicts.hpp"

#include <algorithm>

namespace tefter {

namespace {

struct Place {
    TableNumber table;
    GroupNumber group;
    std::vector<OwnedValue> key;
};

std::vector<Place> places(Database& database) {
    std::vector<Place> out;
    Statement row = database.prepare_once("SELECT table_number, group_number, ordered_key FROM tefter_conflict ORDER BY 1, 3, 2");
    while (row.step()) {
        Place place{TableNumber{static_cast<std::uint32_t>(row.integer(0))}, GroupNumber{static_cast<std::uint32_t>(row.integer(1))}, {}};
        Arena arena;
        for (const Value& part : decode_ordered_key(row.blob(2), arena)) place.key.emplace_back(part);
        out.push_back(std::move(place));
    }
    return out;
}

std::vector<Value> views(const std::vector<OwnedValue>& key) {
    std::vector<Value> out;
    for (const OwnedValue& part : key) out.push_back(part.view());
    return out;
}

ConflictLeaf leaf_of(Database& database, const Catalog& catalog, ScopeNumber scope, Version version) {
    ConflictLeaf out;
    out.version = version;
    out.device = version.device();
    out.actor = author_of(database, scope, version);
    if (const std::optional<Device> device = find_device(database, catalog, out.device)) out.office = device->office;
    else if (out.device == server_device) out.office = "server";
    return out;
}

Edit edit_of(const Conflict& conflict) {
    Edit edit;
    edit.table = conflict.table->name;
    edit.key = conflict.key;
    return edit;
}

}  // namespace

std::vector<Conflict> open_conflicts(Replica& replica) { return open_conflicts(replica.store().database, replica.catalog()); }

std::vector<Conflict> open_conflicts(Database& database, const Catalog& catalog) {
    std::vector<Conflict> out;
    Rows rows(database, catalog);
    for (Place& place : places(database)) {
        Conflict conflict;
        conflict.table = catalog.find(place.table);
        if (conflict.table == nullptr) continue;
        conflict.group = conflict.table->find_group(place.group);
        conflict.key = std::move(place.key);
        Arena arena;
        const std::vector<Value> key = views(conflict.key);
        const std::optional<RowState> state = rows.load(conflict.table->number, key, arena);
        if (!state) continue;
        if (place.group.value == 0) {
            for (const Version& version : state->deletes) conflict.leaves.push_back(leaf_of(database, catalog, state->scope, version));
        } else if (const GroupState* group = conflict.group != nullptr ? state->find(place.group) : nullptr) {
            for (const Leaf& leaf : group->leaves) {
                conflict.leaves.push_back(leaf_of(database, catalog, state->scope, leaf.version));
                for (const Value& value : leaf.values) conflict.leaves.back().values.emplace_back(value);
            }
        } else {
            continue;
        }
        std::sort(conflict.leaves.begin(), conflict.leaves.end(),
                  [](const ConflictLeaf& a, const ConflictLeaf& b) { return b.version < a.version; });
        out.push_back(std::move(conflict));
    }
    return out;
}

Edit keep(const Conflict& conflict, std::size_t leaf) {
    ensure(conflict.group != nullptr && leaf < conflict.leaves.size(),
           "the value that is kept is one of those that stand against each other");
    Edit edit = edit_of(conflict);
    const ConflictLeaf& kept = conflict.leaves[leaf];
    for (std::size_t i = 0; i < conflict.group->columns.size(); ++i) {
        edit.values.emplace_back(conflict.group->columns[i].name, i < kept.values.size() ? kept.values[i] : OwnedValue());
    }
    edit.seen.emplace();
    for (const ConflictLeaf& one : conflict.leaves) edit.seen->push_back(one.version);
    return edit;
}

Edit delete_after_all(const Conflict& conflict) {
    Edit edit = edit_of(conflict);
    edit.kind = EditKind::remove;
    return edit;
}

Edit keep_after_all(Replica& replica, const Conflict& conflict) {
    return keep_after_all(replica.store().database, replica.catalog(), conflict);
}

Edit keep_after_all(Database& database, const Catalog& catalog, const Conflict& conflict) {
    Edit edit = edit_of(conflict);
    Arena arena;
    const std::vector<Value> key = views(conflict.key);
    const std::optional<RowState> state = Rows(database, catalog).load(conflict.table->number, key, arena);
    // Writing any living group once more, with the deletes in view, brings back what they buried.
    for (const Group& group : conflict.table->groups) {
        const GroupState* now = state ? state->find(group.number) : nullptr;
        if (now == nullptr || now->leaves.empty() || group.rule == MergeRule::set) continue;
        for (std::size_t i = 0; i < group.columns.size() && i < now->leaves.front().values.size(); ++i) {
            edit.values.emplace_back(group.columns[i].name, OwnedValue(now->leaves.front().values[i]));
        }
        return edit;
    }
    throw Error(ErrorKind::refused, "The row is not there any more; look at the list again.");
}

}  // namespace tefter
