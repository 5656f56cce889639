// Which rows belong to which: a table whose scope is that of a reference holds what is recorded of the row referred to
// (an attendance of a person). Who is erased is erased with what belongs to him.

#include <algorithm>

#include "engine/store/rows.hpp"

namespace tefter {

namespace {

/// The references to the owner that a row has, or had under a leaf that still counts.
std::vector<Value> owners(const Table& table, Cells key, const RowState& state) {
    const auto [group, column] = table.find_column(table.scope_column);
    if (group == nullptr) return {key[static_cast<std::size_t>(column - table.key.data())]};
    const auto index = static_cast<std::size_t>(column - group->columns.data());
    std::vector<Value> out;
    const GroupState* stored = state.find(group->number);
    if (stored == nullptr) return out;
    const auto add = [&](Cells cells) {
        if (index < cells.size() && !cells[index].is_null()) out.push_back(cells[index]);
    };
    for (const Leaf& leaf : stored->leaves) add(leaf.values);
    for (const Buried& buried : stored->buried) add(buried.values);
    return out;
}

bool holds_personal_values(const RowState& state) {
    const auto personal = [](Cells cells) {
        return std::any_of(cells.begin(), cells.end(), [](const Value& v) { return v.personal() && !v.is_null(); });
    };
    return std::any_of(state.groups.begin(), state.groups.end(), [&](const GroupState& group) {
        return std::any_of(group.leaves.begin(), group.leaves.end(), [&](const Leaf& leaf) { return personal(leaf.values); }) ||
               std::any_of(group.buried.begin(), group.buried.end(), [&](const Buried& buried) { return personal(buried.values); });
    });
}

}  // namespace

std::vector<Value> decode_key(BytesView bytes, Arena& arena) {
    std::vector<Value> key;
    for (Reader in(arena.copy(bytes)); !in.done();) key.push_back(decode_value(in));
    return key;
}

bool Rows::erased(TableNumber table, Cells key) {
    if (!may_lie_whole(table, key)) return false;
    const Bytes name = encode_ordered_key(key);
    Statement state = database_.prepare("SELECT bytes FROM tefter_state WHERE table_number = ?1 AND ordered_key = ?2");
    state.with(std::int64_t{table.value}, BytesView(name));
    return state.step() && is_erased_state(state.blob(0));
}

std::vector<RowName> Rows::all_erased() {
    std::vector<RowName> out;
    Statement state = database_.prepare_once("SELECT table_number, ordered_key, bytes FROM tefter_state ORDER BY 1, 2");
    while (state.step()) {
        if (!is_erased_state(state.blob(2))) continue;
        Arena arena;
        out.emplace_back(TableNumber{static_cast<std::uint32_t>(state.integer(0))}, encode_key(decode_ordered_key(state.blob(1), arena)));
    }
    return out;
}

bool Rows::owner_erased(const Table& table, Cells key, const RowState& state) {
    if (table.scope_rule != Table::ScopeRule::of_reference) return false;
    const Table& owner = *catalog_.find(table.find_column(table.scope_column).second->target);
    for (const Value& reference : owners(table, key, state)) {
        const Value owner_key[] = {reference};
        if (erased(owner.number, owner_key)) return true;
        Arena arena;
        const std::optional<RowState> above = load(owner.number, owner_key, arena);
        if (above && owner_erased(owner, owner_key, *above)) return true;
    }
    return false;
}

/// Rows of `table` that may belong to `owner`: those that show the reference, and all that their table cannot describe.
std::vector<Bytes> Rows::candidates(const Table& table, const Value& owner) {
    std::vector<Bytes> out;
    std::string keys;
    for (const Column& column : table.key) keys += (keys.empty() ? "" : ", ") + sql_name(column.name);
    Statement row =
        database_.prepare_once("SELECT " + keys + " FROM " + sql_name(table.name) + " WHERE " + sql_name(table.scope_column) + " = ?1");
    row.bind(1, owner);
    while (row.step()) {
        std::vector<Value> key;
        for (int i = 0; i < row.columns(); ++i) key.push_back(row.value(i));
        out.push_back(encode_key(key));
    }
    Statement whole = database_.prepare_once("SELECT ordered_key FROM tefter_state WHERE table_number = ?1");
    whole.with(std::int64_t{table.number.value});
    while (whole.step()) {
        Arena arena;
        out.push_back(encode_key(decode_ordered_key(whole.blob(0), arena)));
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::vector<RowName> Rows::belongings(const Table& table, Cells key) {
    std::vector<RowName> out;
    if (key.size() != 1) return out;  // references name rows by one value
    for (const Referrer& referrer : catalog_.strong_referrers(table.number)) {
        const Table& part = *referrer.table;
        if (part.scope_rule != Table::ScopeRule::of_reference || part.scope_column != referrer.column->name) continue;
        for (const Bytes& name : candidates(part, key[0])) {
            Arena arena;
            const std::vector<Value> part_key = decode_key(name, arena);
            const std::optional<RowState> state = load(part.number, part_key, arena);
            if (!state) continue;
            const std::vector<Value> references = owners(part, part_key, *state);
            if (std::find(references.begin(), references.end(), key[0]) == references.end()) continue;
            if (!state->erased && holds_personal_values(*state)) out.emplace_back(part.number, name);
            const std::vector<RowName> below = belongings(part, part_key);
            out.insert(out.end(), below.begin(), below.end());
        }
    }
    return out;
}

}  // namespace tefter
