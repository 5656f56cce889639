#include "engine/store/rows.hpp"

#include <algorithm>
#include <list>

#include <nlohmann/json.hpp>

namespace tefter {

namespace {

constexpr std::uint8_t marker = 0;  ///< the whole `_groups` of a row that lies in tefter_state

bool is_marker(BytesView groups) { return groups.size() == 1 && groups[0] == marker; }

bool any_value(Cells cells) {
    return std::any_of(cells.begin(), cells.end(), [](const Value& value) { return !value.is_null(); });
}

bool is_simple(const Table& table, const RowState& state) {
    if (state.erased || !state.deletes.empty()) return false;
    for (const GroupState& group : state.groups) {
        if (!group.buried.empty() || group.leaves.size() > 1) return false;
        const Group* known = table.find_group(group.number);
        if (known == nullptr) return false;
        if (!group.leaves.empty() && group.leaves[0].values.size() != known->columns.size()) return false;
    }
    const GroupState* first = state.find(table.groups.front().number);
    return first != nullptr && !first->leaves.empty();
}

Version base_version(const RowState& state) {
    Version base;
    for (const GroupState& group : state.groups) {
        if (group.leaves.empty()) continue;
        const Version version = group.leaves.front().version;
        if (base.none() || version < base) base = version;
    }
    return base;
}

/// The groups of a simple row whose leaf is not where the row's values say that it is.
Bytes encode_deviations(const Table& table, const RowState& state, Version base) {
    Writer out;
    for (const GroupState& group : state.groups) {
        if (group.leaves.empty()) continue;
        const Leaf& leaf = group.leaves.front();
        const bool expected = group.number == table.groups.front().number || any_value(leaf.values);
        if (expected && leaf.version == base) continue;
        out.varint(group.number.value);
        out.varint(static_cast<std::uint64_t>(leaf.version.value));
    }
    return out.take();
}

std::map<GroupNumber, Version> decode_deviations(BytesView bytes) {
    std::map<GroupNumber, Version> versions;
    Reader in(bytes);
    while (!in.done()) {
        const GroupNumber number{in.varint32()};
        versions[number] = Version{static_cast<std::int64_t>(in.varint())};
    }
    return versions;
}

Value keep(const Value& value, Arena& arena) {
    if (value.kind() == ValueKind::text) {
        const BytesView bytes = as_bytes(value.text());
        return Value::text(as_text(arena.copy(bytes)));
    }
    if (value.kind() == ValueKind::blob) return Value::blob(arena.copy(value.blob()));
    return value;
}

std::string set_text(const SetValue& value) { return nlohmann::json(value.elements()).dump(); }

}  // namespace

Bytes encode_key(Cells key) {
    Writer out;
    for (const Value& value : key) encode_value(out, value.without_mark());
    return out.take();
}

Bytes encode_ordered_key(Cells key) {
    Writer out;
    for (const Value& value : key) {
        const bool number = value.kind() == ValueKind::integer;
        out.u8(number ? 1 : 0);
        number ? out.ordered(value.integer()) : encode_value(out, value.without_mark());
    }
    return out.take();
}

std::vector<Value> decode_ordered_key(BytesView bytes, Arena& arena) {
    std::vector<Value> key;
    for (Reader in(arena.copy(bytes)); !in.done();) {
        key.push_back(in.u8() == 1 ? Value::integer(in.ordered()) : decode_value(in));
    }
    return key;
}

void encode_row_name(Writer& out, const RowName& row) {
    out.varint(row.first.value);
    out.sized(BytesView(row.second));
}

RowName decode_row_name(Reader& in) {
    const TableNumber table{in.varint32()};
    const BytesView key = in.sized();
    return {table, Bytes(key.begin(), key.end())};
}

namespace {

std::uint64_t hash_of(TableNumber table, Cells key) {
    std::uint64_t hash = table.value;
    for (const Value& value : key) {
        const std::uint64_t part =
            value.kind() == ValueKind::integer ? static_cast<std::uint64_t>(value.integer()) : std::hash<std::string_view>{}(value.text());
        hash = (hash ^ part) * 0x9E37'79B9'7F4A'7C15ULL;
        hash ^= hash >> 32U;
    }
    return hash;
}

}  // namespace

Rows::Rows(Database& database, const Catalog& catalog) : database_(database), catalog_(catalog) {}

bool Rows::may_lie_whole(TableNumber table, Cells key) {
    if (!alone_) return true;
    if (!whole_) {
        std::unordered_set<std::uint64_t> all;  // all or nothing: the disk may fail while they are read
        Statement names = database_.prepare_once("SELECT table_number, ordered_key FROM tefter_state");
        while (names.step()) {
            Arena arena;
            all.insert(hash_of(TableNumber{static_cast<std::uint32_t>(names.integer(0))}, decode_ordered_key(names.blob(1), arena)));
        }
        whole_ = std::move(all);
    }
    return whole_->contains(hash_of(table, key));
}

TableSql& Rows::sql(const Table& table) {
    const auto found = sql_.find(table.number);
    return found != sql_.end() ? found->second : sql_.emplace(table.number, make_table_sql(table)).first->second;
}

RowState Rows::read_simple(const Table& table, Statement& row, int index, Arena& arena) {
    RowState state;
    state.scope = ScopeNumber{static_cast<std::uint32_t>(row.integer(index))};
    const Version base{row.integer(index + 1)};
    const std::map<GroupNumber, Version> deviations = decode_deviations(row.blob(index + 2));
    index += 3;
    for (const Group& group : table.groups) {
        const std::span<Value> values = arena.array<Value>(group.columns.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (group.columns[i].type == ColumnType::set) ++index;  // the text is derived from the leaf beside it
            values[i] = keep(row.value(index++), arena);
            if (group.columns[i].personal) values[i] = values[i].as_personal();
        }
        const auto deviation = deviations.find(group.number);
        if (deviation != deviations.end()) {
            state.groups.push_back({group.number, {{deviation->second, values}}, {}});
        } else if (&group == table.groups.data() || any_value(values)) {
            state.groups.push_back({group.number, {{base, values}}, {}});
        }
    }
    return state;
}

std::optional<RowState> Rows::load_whole(TableNumber table, Cells key, Arena& arena) {
    if (!may_lie_whole(table, key)) return std::nullopt;
    const Bytes name = encode_ordered_key(key);
    Statement state = database_.prepare("SELECT bytes FROM tefter_state WHERE table_number = ?1 AND ordered_key = ?2");
    state.with(std::int64_t{table.value}, BytesView(name));
    if (!state.step()) return std::nullopt;
    return decode_row_state(arena.copy(state.blob(0)), arena);
}

std::optional<RowState> Rows::load(TableNumber number, Cells key, Arena& arena) {
    const Table* table = catalog_.find(number);
    if (table != nullptr) {
        Statement row = database_.prepare(sql(*table).select);
        for (std::size_t i = 0; i < key.size(); ++i) row.bind(static_cast<int>(i + 1), key[i]);
        if (row.step() && !is_marker(row.blob(2))) return read_simple(*table, row, 0, arena);
    }
    return load_whole(number, key, arena);
}

std::optional<ScopeNumber> Rows::scope_of(const Table& table, Cells key) {
    Statement row = database_.prepare(sql(table).scope);
    for (std::size_t i = 0; i < key.size(); ++i) row.bind(static_cast<int>(i + 1), key[i]);
    if (row.step()) return ScopeNumber{static_cast<std::uint32_t>(row.integer(0))};
    if (!may_lie_whole(table.number, key)) return std::nullopt;
    const Bytes name = encode_ordered_key(key);
    Statement state = database_.prepare("SELECT scope FROM tefter_state WHERE table_number = ?1 AND ordered_key = ?2");
    state.with(std::int64_t{table.number.value}, BytesView(name));
    if (!state.step()) return std::nullopt;
    return ScopeNumber{static_cast<std::uint32_t>(state.integer(0))};
}

bool Rows::shown(const Table& table, Cells key) {
    Statement row = database_.prepare(sql(table).select);
    for (std::size_t i = 0; i < key.size(); ++i) row.bind(static_cast<int>(i + 1), key[i]);
    return row.step();
}

const Table* Rows::referrer(const Table& table, Cells key) {
    if (key.size() != 1) return nullptr;  // references name rows by one value
    for (const Referrer& referrer : catalog_.strong_referrers(table.number)) {
        Statement found = database_.prepare("SELECT 1 FROM " + sql_name(referrer.table->name) + " WHERE " +
                                            sql_name(referrer.column->name) + " = ?1 LIMIT 1");
        found.bind(1, key[0]);
        if (found.step()) return referrer.table;
    }
    return nullptr;
}

void Rows::write_row(const Table& table, Cells key, const RowState& state, bool simple, bool present) {
    const Version base = base_version(state);
    const Bytes groups = simple ? encode_deviations(table, state, base) : Bytes{marker};
    std::list<std::string> texts;  // derived texts of sets must outlive the step
    std::list<Bytes> sets;
    Statement write = database_.prepare(present ? sql(table).update : sql(table).insert);
    int index = 0;
    const auto bind_key = [&] {
        for (const Value& value : key) write.bind(++index, value);
    };
    if (!present) bind_key();
    write.bind(++index, std::int64_t{state.scope.value});
    write.bind(++index, base.value);
    groups.empty() ? write.bind_null(++index) : write.bind(++index, BytesView(groups));
    for (const Group& group : table.groups) {
        const GroupState* stored = state.find(group.number);
        const Cells values = stored == nullptr ? Cells{} : tefter::shown(group, *stored);
        for (std::size_t i = 0; i < group.columns.size(); ++i) {
            const Value value = i < values.size() ? values[i] : Value{};
            if (group.columns[i].type != ColumnType::set) {
                write.bind(++index, value);
            } else if (stored == nullptr || value.is_null()) {
                write.bind_null(++index);
                write.bind_null(++index);
            } else {
                const SetValue set = set_shown(*stored);
                write.bind(++index, std::string_view(texts.emplace_back(set_text(set))));
                write.bind(++index, BytesView(sets.emplace_back(simple ? Bytes(value.blob().begin(), value.blob().end()) : set.encode())));
            }
        }
    }
    if (present) bind_key();
    write.run();
}

void Rows::hide(const Table& table, Cells key) {
    Statement remove = database_.prepare(sql(table).remove);
    for (std::size_t i = 0; i < key.size(); ++i) remove.bind(static_cast<int>(i + 1), key[i]);
    remove.run();
}

void Rows::forget_whole(TableNumber table, Cells key) {
    const Bytes name = encode_ordered_key(key);
    database_.prepare("DELETE FROM tefter_state WHERE table_number = ?1 AND ordered_key = ?2")
        .with(std::int64_t{table.value}, BytesView(name))
        .run();
}

void Rows::write_whole(TableNumber table, Cells key, const RowState& state) {
    const Bytes name = encode_ordered_key(key);
    const Bytes bytes = encode_row_state(state);
    database_.prepare("INSERT OR REPLACE INTO tefter_state (table_number, ordered_key, scope, dead, bytes) VALUES (?1, ?2, ?3, ?4, ?5)")
        .with(std::int64_t{table.value}, BytesView(name), std::int64_t{state.scope.value}, std::int64_t{state.alive() ? 0 : 1},
              BytesView(bytes))
        .run();
    if (whole_) whole_->insert(hash_of(table, key));  // and it stays: whether a transaction is rolled back need not be known here
}

void Rows::write_conflicts(TableNumber table, Cells key, const Table* known, const RowState& state, bool is_shown) {
    const Bytes name = encode_ordered_key(key);
    database_.prepare("DELETE FROM tefter_conflict WHERE table_number = ?1 AND ordered_key = ?2")
        .with(std::int64_t{table.value}, BytesView(name))
        .run();
    if (known == nullptr || !is_shown) return;
    const auto list = [&](GroupNumber group) {
        database_.prepare("INSERT INTO tefter_conflict (table_number, ordered_key, group_number, scope) VALUES (?1, ?2, ?3, ?4)")
            .with(std::int64_t{table.value}, BytesView(name), std::int64_t{group.value}, std::int64_t{state.scope.value})
            .run();
    };
    if (!state.deletes.empty()) list(GroupNumber{0});
    for (const GroupState& group : state.groups) {
        const Group* declared = known->find_group(group.number);
        if (declared != nullptr && conflicting(*declared, group)) list(group.number);
    }
}

bool Rows::place(TableNumber number, Cells key, Lay before, const RowState& after) {
    const Table* table = catalog_.find(number);
    const bool simple = table != nullptr && is_simple(*table, after);
    const bool is_shown = table != nullptr && (simple || after.alive() || referrer(*table, key) != nullptr);
    if (is_shown) {
        write_row(*table, key, after, simple, before.shown);
    } else if (before.shown) {
        hide(*table, key);
    }
    if (!simple) write_whole(number, key, after);
    else if (before.whole) forget_whole(number, key);
    if (before.whole || !simple) write_conflicts(number, key, table, after, is_shown);
    changed_[number] += (is_shown ? 1 : 0) - (before.shown ? 1 : 0);
    return is_shown;
}

Rows::Lay Rows::lay_of(const Table* table, Cells key, const RowState* state) {
    if (state == nullptr) return {};
    if (table == nullptr) return {.whole = true};
    if (is_simple(*table, *state)) return {.shown = true};
    return {.whole = true, .shown = shown(*table, key)};
}

bool Rows::store_new(TableNumber number, Cells key, const RowState& state) {
    const Table* table = catalog_.find(number);
    if (table == nullptr || !is_simple(*table, state) || may_lie_whole(number, key)) return false;
    write_row(*table, key, state, true, false);
    if (database_.changes() == 0) return false;
    digests_[state.scope] += fingerprint(number, key, state);
    ++changed_[number];
    settle_targets(*table, key, &state);
    return true;
}

void Rows::store(TableNumber number, Cells key, const RowState* before, const RowState& after) {
    digests_[after.scope] += before == nullptr ? fingerprint(number, key, after) : fingerprint_change(number, key, *before, after);
    const Table* table = catalog_.find(number);
    place(number, key, lay_of(table, key, before), after);
    if (table == nullptr) return;
    if (before != nullptr) settle_targets(*table, key, before);
    settle_targets(*table, key, &after);
}

void Rows::take_out(TableNumber number, Cells key, const RowState& state) {
    digests_[state.scope] -= fingerprint(number, key, state);
    const Table* table = catalog_.find(number);
    const Lay lay = lay_of(table, key, &state);
    if (lay.whole) {
        forget_whole(number, key);
        write_conflicts(number, key, table, state, false);
    }
    if (table == nullptr) return;
    if (lay.shown) hide(*table, key);
    changed_[number] -= lay.shown ? 1 : 0;
    settle_targets(*table, key, &state);
}

void Rows::place_again(const Table& table) {
    std::vector<std::pair<Bytes, Bytes>> all;
    {
        Statement whole = database_.prepare_once("SELECT ordered_key, bytes FROM tefter_state WHERE table_number = ?1");
        whole.with(std::int64_t{table.number.value});
        while (whole.step()) {
            const BytesView key = whole.blob(0), bytes = whole.blob(1);
            all.emplace_back(Bytes(key.begin(), key.end()), Bytes(bytes.begin(), bytes.end()));
        }
        database_.prepare_once("DELETE FROM tefter_state WHERE table_number = ?1").with(std::int64_t{table.number.value}).run();
    }
    for (const auto& [name, bytes] : all) {
        Arena arena;
        const std::vector<Value> key = decode_ordered_key(name, arena);
        const RowState state = decode_row_state(bytes, arena);
        place(table.number, key, {.shown = shown(table, key)}, state);
        settle_targets(table, key, &state);
    }
}

void Rows::settle_targets(const Table& table, Cells key, const RowState* state) {
    for (std::size_t i = 0; i < table.key.size(); ++i) {
        if (table.key[i].type != ColumnType::reference || table.key[i].weak) continue;
        settle(*catalog_.find(table.key[i].target), key[i]);
    }
    for (const Group& group : table.groups) {
        const GroupState* stored = state->find(group.number);
        if (stored == nullptr) continue;
        const Cells values = tefter::shown(group, *stored);
        for (std::size_t i = 0; i < values.size() && i < group.columns.size(); ++i) {
            const Column& column = group.columns[i];
            if (column.type != ColumnType::reference || column.weak || values[i].is_null()) continue;
            settle(*catalog_.find(column.target), values[i]);
        }
    }
}

/// A row that no leaf keeps alive comes or goes with what refers to it, and so may what it refers to itself.
void Rows::settle(const Table& table, const Value& key_value) {
    const Value key[] = {key_value};
    if (!may_lie_whole(table.number, key)) return;
    const Bytes name = encode_ordered_key(key);
    {
        Statement dead = database_.prepare("SELECT dead FROM tefter_state WHERE table_number = ?1 AND ordered_key = ?2");
        dead.with(std::int64_t{table.number.value}, BytesView(name));
        if (!dead.step() || dead.integer(0) == 0) return;
    }
    Arena arena;
    const std::optional<RowState> state = load_whole(table.number, key, arena);
    const bool was_shown = shown(table, key);
    if (place(table.number, key, {.whole = true, .shown = was_shown}, *state) == was_shown) return;
    settle_targets(table, key, &*state);
}

void Rows::scan(const Visit& visit) { scan(std::string(), visit); }

void Rows::scan(const std::set<ScopeNumber>& scopes, const Visit& visit) {
    std::string list;
    for (const ScopeNumber scope : scopes) list += (list.empty() ? "IN (" : ", ") + std::to_string(scope.value);
    if (!list.empty()) scan(list + ")", visit);
}

void Rows::scan(const std::string& of_scopes, const Visit& visit) {
    for (const Table& table : catalog_.tables()) {
        Statement row = database_.prepare_once(sql(table).scan + (of_scopes.empty() ? "" : " AND _scope " + of_scopes));
        while (row.step()) {
            Arena arena;
            const std::span<Value> key = arena.array<Value>(table.key.size());
            for (std::size_t i = 0; i < key.size(); ++i) key[i] = keep(row.value(static_cast<int>(i)), arena);
            if (!visit(table.number, key, read_simple(table, row, static_cast<int>(key.size()), arena))) return;
        }
    }
    Statement whole =
        database_.prepare_once("SELECT table_number, ordered_key, bytes FROM tefter_state" +
                               (of_scopes.empty() ? "" : " WHERE scope " + of_scopes) + " ORDER BY table_number, ordered_key");
    while (whole.step()) {
        Arena arena;
        const std::vector<Value> key = decode_ordered_key(whole.blob(1), arena);
        const RowState state = decode_row_state(arena.copy(whole.blob(2)), arena);
        if (!visit(TableNumber{static_cast<std::uint32_t>(whole.integer(0))}, key, state)) return;
    }
}

std::map<ScopeNumber, Digest> Rows::take_digests() { return std::exchange(digests_, {}); }
Changed Rows::take_changed_tables() { return std::exchange(changed_, {}); }

}  // namespace tefter
