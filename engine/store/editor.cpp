#include "engine/store/editor.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/store/access.hpp"

namespace tefter {

std::string describe(const Table& table, Cells key) {
    std::string out = table.name;
    for (const Value& value : key) {
        out += " ";
        out += value.kind() == ValueKind::integer ? std::to_string(value.integer()) : std::string(value.text());
    }
    return out;
}

namespace {

std::vector<std::string> set_elements(const Table& table, const Column& column, std::string_view json_text) {
    const nlohmann::json list = nlohmann::json::parse(json_text, nullptr, false);
    const bool texts = list.is_array() && std::all_of(list.begin(), list.end(), [](const auto& e) { return e.is_string(); });
    if (!texts) throw Error(ErrorKind::usage, table.name + "." + column.name + " must be a JSON list of texts.");
    std::vector<std::string> elements;
    for (const auto& element : list) {
        elements.push_back(element.template get<std::string>());
        if (column.enumeration != nullptr && column.enumeration->find(elements.back()) == nullptr) {
            throw Error(ErrorKind::usage, table.name + "." + column.name + ": \"" + elements.back() + "\" is no choice.");
        }
    }
    std::sort(elements.begin(), elements.end());
    elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
    return elements;
}

Cells copy(Cells cells, Arena& arena) {
    const std::span<Value> out = arena.array<Value>(cells.size());
    std::copy(cells.begin(), cells.end(), out.begin());
    return out;
}

/// The columns of a group in order, those that are given; empty where the group is written as it is.
using GivenColumns = std::span<std::optional<Value>>;

/// The given columns, by group; groups in ascending order.
class Given {
public:
    explicit Given(const Table& table) { groups_.reserve(table.groups.size()); }
    GivenColumns& operator[](GroupNumber group) {
        const auto at = std::lower_bound(groups_.begin(), groups_.end(), group,
                                         [](const auto& entry, GroupNumber wanted) { return entry.first < wanted; });
        return at != groups_.end() && at->first == group ? at->second : groups_.emplace(at, group, GivenColumns{})->second;
    }
    std::size_t size() const { return groups_.size(); }
    auto begin() const { return groups_.begin(); }
    auto end() const { return groups_.end(); }

private:
    std::vector<std::pair<GroupNumber, GivenColumns>> groups_;
};

Given collect(const Catalog& catalog, const Table& table, const Edit& edit, Arena& arena) {
    Given given(table);
    for (const auto& [name, value] : edit.values) {
        const auto [group, column] = table.find_column(name);
        if (column == nullptr) throw Error(ErrorKind::usage, "The table " + table.name + " has no column \"" + name + "\".");
        if (group == nullptr) throw Error(ErrorKind::usage, table.name + "." + name + " is part of the key and never changes.");
        GivenColumns& columns = given[group->number];
        if (columns.empty()) columns = arena.array<std::optional<Value>>(group->columns.size());
        columns[static_cast<std::size_t>(column - group->columns.data())] = coerce(catalog, table, *column, value, arena);
    }
    return given;
}

/// The whole group as it is to be: what is shown with the given columns put over it.
Cells complete(const Table& table, const Group& group, const GroupState* state, GivenColumns given, Version version, Arena& arena) {
    const std::span<Value> values = arena.array<Value>(group.columns.size());
    if (state != nullptr) {
        const Cells now = shown(group, *state);
        std::copy_n(now.begin(), std::min(now.size(), values.size()), values.begin());
    }
    for (std::size_t i = 0; i < given.size(); ++i) values[i] = given[i].value_or(values[i]);
    if (group.rule == MergeRule::set) {
        const SetValue before = state == nullptr ? SetValue{} : set_shown(*state);
        const Value& text = *given.front();  // a set is a group of one column
        const auto wanted = text.is_null() ? std::vector<std::string>{} : set_elements(table, group.columns.front(), text.text());
        if (wanted != before.elements()) values[0] = Value::blob(arena.keep(set_write(before, wanted, version).encode()));
        else values[0] = state == nullptr ? Value{} : shown(group, *state).front();
    }
    return values;
}

bool changes_nothing(const Group& group, const GroupState* state, Cells values) {
    if (state == nullptr || state->leaves.empty()) {
        return state == nullptr && std::all_of(values.begin(), values.end(), [](const Value& v) { return v.is_null(); });
    }
    if (group.rule == MergeRule::newest && state->leaves.size() > 1) return false;  // writing settles a conflict
    const Cells now = shown(group, *state);
    return std::equal(values.begin(), values.end(), now.begin(), now.end());
}

class SeenVersions {
public:
    explicit SeenVersions(std::optional<std::vector<Version>> on_screen) : on_screen_(std::move(on_screen)) {}
    void add(Version version) {
        if (!on_screen_ || std::find(on_screen_->begin(), on_screen_->end(), version) != on_screen_->end()) {
            versions_.push_back(version);
        }
    }
    void add(const GroupState* group) {
        if (group == nullptr) return;
        for (const Leaf& leaf : group->leaves) add(leaf.version);
        for (const Buried& buried : group->buried) add(buried.version);
    }
    std::span<const Version> take(Arena& arena) {
        std::sort(versions_.begin(), versions_.end());
        versions_.erase(std::unique(versions_.begin(), versions_.end()), versions_.end());
        const std::span<Version> out = arena.array<Version>(versions_.size());
        std::copy(versions_.begin(), versions_.end(), out.begin());
        return out;
    }

private:
    std::optional<std::vector<Version>> on_screen_;
    std::vector<Version> versions_;
};

}  // namespace

std::optional<ScopeNumber> Editor::scope_of_shown(const Table& table, const Value& key) {
    Statement row =
        database_.prepare("SELECT _scope FROM " + sql_name(table.name) + " WHERE " + sql_name(table.key.front().name) + " = ?1");
    row.bind(1, key);
    if (!row.step()) return std::nullopt;
    return ScopeNumber{static_cast<std::uint32_t>(row.integer(0))};
}

ScopeNumber Editor::scope_of_new(const Table& table, Cells key, const Edit& edit) {
    switch (table.scope_rule) {
        case Table::ScopeRule::fixed: return table.fixed_scope;
        case Table::ScopeRule::chosen:
            if (!edit.scope) throw Error(ErrorKind::usage, "A new row of " + table.name + " needs a scope.");
            return *edit.scope;
        case Table::ScopeRule::of_reference: break;
    }
    Arena arena;
    Value reference;
    const auto [group, column] = table.find_column(table.scope_column);
    if (group == nullptr) {
        reference = key[static_cast<std::size_t>(column - table.key.data())];
    } else {
        for (const auto& [name, value] : edit.values) {
            if (name == table.scope_column) reference = coerce(catalog_, table, *column, value, arena);
        }
    }
    const Table& target = *catalog_.find(column->target);
    if (!reference.is_null()) {
        if (const auto scope = scope_of_shown(target, reference)) return *scope;
    }
    throw Error(ErrorKind::refused, describe(table, key) + " needs a " + target.name + " that exists in " + table.scope_column + ".");
}

void Editor::check_scope(const Table& table, ScopeNumber scope) const {
    if (std::find(grants_.scopes.begin(), grants_.scopes.end(), scope) != grants_.scopes.end()) return;
    throw Error(ErrorKind::refused, "This device may not write " + table.name + " in the scope " + catalog_.scope_name(scope) + ".");
}

void Editor::check_reference(const Table& table, const Column& column, ScopeNumber scope, const Value& value) {
    if (column.type != ColumnType::reference || column.weak || value.is_null()) return;
    const Table& target = *catalog_.find(column.target);
    const std::optional<ScopeNumber> found = scope_of_shown(target, value);
    if (!found) {
        throw Error(ErrorKind::refused, table.name + "." + column.name + " names no " + target.name + " that exists here.");
    }
    if (*found != scope && !is_common(catalog_, *found)) {
        throw Error(ErrorKind::refused, table.name + "." + column.name + " names a " + target.name + " of another scope.");
    }
}

void Editor::check_references(const Table& table, ScopeNumber scope, Cells key, std::span<const GroupValues> groups) {
    for (std::size_t i = 0; i < key.size(); ++i) check_reference(table, table.key[i], scope, key[i]);
    for (const GroupValues& written : groups) {
        const Group& group = *table.find_group(written.group);
        for (std::size_t i = 0; i < written.values.size(); ++i) check_reference(table, group.columns[i], scope, written.values[i]);
    }
}

std::optional<PlannedChange> Editor::plan_put(const Table& table, Cells key, const Edit& edit, Version version, Arena& arena) {
    const std::optional<RowState> state = rows_.load(table.number, key, arena);
    if (state && state->erased) throw Error(ErrorKind::refused, describe(table, key) + " has been erased and stays so.");
    const ScopeNumber scope = state ? state->scope : scope_of_new(table, key, edit);
    check_scope(table, scope);
    Given given = collect(catalog_, table, edit, arena);
    SeenVersions seen(edit.seen);
    const bool revived = state && !state->deletes.empty();
    if (!state) given[table.groups.front().number];  // a new row begins with its first group
    if (revived) {
        for (const Version deleted : state->deletes) seen.add(deleted);
        for (const GroupState& group : state->groups) {  // what the deletes buried comes back with the row
            if (table.find_group(group.number) != nullptr && group.leaves.empty()) given[group.number];
        }
    }
    std::vector<GroupValues> groups;
    groups.reserve(given.size());
    for (const auto& [number, columns] : given) {
        const Group& group = *table.find_group(number);
        const GroupState* now = state ? state->find(number) : nullptr;
        if (group.rule == MergeRule::set && columns.empty()) {
            if (now != nullptr) {
                groups.push_back({number, copy(shown(group, *now), arena)});
                seen.add(now);
            } else if (!state && &group == &table.groups.front()) {
                groups.push_back({number, arena.array<Value>(1)});
            }
            continue;
        }
        const Cells values = complete(table, group, now, columns, version, arena);
        const bool begins = !state && &group == &table.groups.front();
        const bool returns = revived && now != nullptr && now->leaves.empty();
        // Writing what is there already says nothing, unless somebody has deleted the row: then it says that it lives.
        if (!begins && !returns && !revived && changes_nothing(group, now, values)) continue;
        groups.push_back({number, values});
        seen.add(now);
    }
    if (groups.empty()) return std::nullopt;
    if (!state) {
        for (const Group& group : table.groups) {
            const bool listed = std::any_of(groups.begin(), groups.end(), [&](const GroupValues& g) { return g.group == group.number; });
            for (const Column& column : group.columns) {
                if (column.required && !listed) throw Error(ErrorKind::refused, table.name + "." + column.name + " is missing.");
            }
        }
    }
    check_references(table, scope, key, groups);
    const std::span<GroupValues> kept = arena.array<GroupValues>(groups.size());
    std::copy(groups.begin(), groups.end(), kept.begin());
    Change change;
    change.table = table.number;
    change.op = state ? Op::put : Op::create;
    change.key = key;
    change.seen = seen.take(arena);
    change.groups = kept;
    return PlannedChange{scope, change};
}

std::optional<PlannedChange> Editor::plan_remove(const Table& table, Cells key, Arena& arena) {
    const std::optional<RowState> state = rows_.load(table.number, key, arena);
    if (!state) throw Error(ErrorKind::usage, "There is no " + describe(table, key) + ".");
    if (!state->alive()) return std::nullopt;
    check_scope(table, state->scope);
    if (const Table* by = rows_.referrer(table, key)) {
        throw Error(ErrorKind::refused, describe(table, key) + " is still used by " + by->name + "; delete that first.");
    }
    SeenVersions seen(std::nullopt);
    for (const Version deleted : state->deletes) seen.add(deleted);
    for (const GroupState& group : state->groups) seen.add(&group);
    Change change;
    change.table = table.number;
    change.op = Op::remove;
    change.key = key;
    change.seen = seen.take(arena);
    return PlannedChange{state->scope, change};
}

PlannedChange Editor::plan_erase(const Table& table, Cells key, Arena& arena) {
    if (grants_.role < Role::server) {
        throw Error(ErrorKind::refused, "Only the server erases personal data, when two people have asked it to.");
    }
    const std::optional<RowState> state = rows_.load(table.number, key, arena);
    if (!state) throw Error(ErrorKind::usage, "There is no " + describe(table, key) + ".");
    check_scope(table, state->scope);
    Change change;
    change.table = table.number;
    change.op = Op::erase;
    change.key = key;
    return {state->scope, change};
}

std::optional<PlannedChange> Editor::plan(const Edit& edit, Version version, Arena& arena) {
    const Table& table = catalog_.table(edit.table);
    if (grants_.role < table.write_role) {
        throw Error(ErrorKind::refused, "Writing " + table.name + " needs the role " + std::string(to_text(table.write_role)) + ".");
    }
    const Cells key = coerce_key(catalog_, table, edit.key, arena);
    for (const Value& part : key) {
        if (part.is_null()) throw Error(ErrorKind::usage, "The key of " + table.name + " has an empty column.");
    }
    switch (edit.kind) {
        case EditKind::put: return plan_put(table, key, edit, version, arena);
        case EditKind::remove: return plan_remove(table, key, arena);
        case EditKind::erase: return plan_erase(table, key, arena);
    }
    return std::nullopt;
}

}  // namespace tefter
