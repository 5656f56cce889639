#include "engine/store/history.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/codec/segment.hpp"
#include "engine/store/log.hpp"
#include "engine/store/rows.hpp"

namespace tefter {

namespace {

using Events = std::map<Version, RowEvent>;

void add_values(const Table& table, std::span<const GroupValues> groups, RowEvent& event) {
    for (const GroupValues& given : groups) {
        const Group* group = table.find_group(given.group);
        if (group == nullptr) continue;
        for (std::size_t i = 0; i < given.values.size() && i < group->columns.size(); ++i) {
            const Column& column = group->columns[i];
            // A set travels as what it holds and has removed; people read what it holds.
            if (column.type == ColumnType::set && given.values[i].kind() == ValueKind::blob) {
                const auto held = SetValue::decode(given.values[i].blob()).elements();
                event.values.emplace_back(&column, OwnedValue(nlohmann::json(held).dump()));
            } else {
                event.values.emplace_back(&column, OwnedValue(given.values[i]));
            }
        }
    }
}

void note(const Table& table, Cells key, const Changeset& changeset, Events& events) {
    for (const Change& change : changeset.changes) {
        if (change.table != table.number || !std::equal(change.key.begin(), change.key.end(), key.begin(), key.end())) continue;
        RowEvent& event = events[changeset.version];
        event.version = changeset.version;
        event.actor = changeset.actor;
        event.op = change.op;
        add_values(table, change.groups, event);
    }
}

void from_segments(Database& database, const Table& table, Cells key, ScopeNumber scope, Events& events) {
    Statement row = database.prepare_once("SELECT bytes FROM tefter_segment WHERE scope = ?1 ORDER BY id");
    row.with(std::int64_t{scope.value});
    while (row.step()) {
        Segment segment;
        decode_segment(row.blob(0), segment);
        for (const Changeset& changeset : segment.changesets) note(table, key, changeset, events);
    }
}

void from_unsent(Database& database, const Table& table, Cells key, ScopeNumber scope, Events& events) {
    Statement row = database.prepare_once("SELECT bytes FROM tefter_unsent WHERE scope = ?1 ORDER BY sequence");
    row.with(std::int64_t{scope.value});
    while (row.step()) {
        Arena arena;
        Reader in(row.blob(0));
        note(table, key, decode_changeset(in, arena), events);
    }
}

/// What a snapshot brought: versions without the changes that made them.
void from_leaves(Database& database, const Catalog& catalog, const Table& table, Cells key, ScopeNumber scope, Events& events) {
    Arena arena;
    const std::optional<RowState> state = Rows(database, catalog).load(table.number, key, arena);
    if (!state) return;
    for (const GroupState& stored : state->groups) {
        const Group* group = table.find_group(stored.number);
        if (group == nullptr) continue;
        for (const Leaf& leaf : stored.leaves) {
            const GroupValues values{group->number, leaf.values};
            RowEvent& event = events[leaf.version];
            event.version = leaf.version;
            event.actor = author_of(database, scope, leaf.version);
            add_values(table, {&values, 1}, event);
        }
    }
    for (const Version version : state->deletes) {
        RowEvent& event = events[version];
        event.version = version;
        event.actor = author_of(database, scope, version);
        event.op = Op::remove;
    }
}

}  // namespace

std::vector<RowEvent> row_history(Database& database, const Catalog& catalog, const Table& table, Cells key, ScopeNumber scope) {
    Events logged;
    from_segments(database, table, key, scope, logged);
    from_unsent(database, table, key, scope, logged);
    Events events;
    from_leaves(database, catalog, table, key, scope, events);
    for (auto& [version, event] : logged) events[version] = std::move(event);
    std::vector<RowEvent> out;
    for (auto& [version, event] : events) {
        const std::optional<Device> device = find_device(database, catalog, version.device());
        event.office = device ? device->office : "";
        out.push_back(std::move(event));
    }
    std::reverse(out.begin(), out.end());
    return out;
}

}  // namespace tefter
