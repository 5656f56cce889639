#include "engine/store/apply.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/limits.hpp"
#include "engine/base/text.hpp"
#include "engine/codec/redact.hpp"
#include "engine/store/files.hpp"

namespace tefter {

namespace {

ValueKind kind_of(ColumnType type) {
    switch (type) {
        case ColumnType::text:
        case ColumnType::date: return ValueKind::text;
        case ColumnType::real: return ValueKind::real;
        case ColumnType::blob:
        case ColumnType::set: return ValueKind::blob;
        default: return ValueKind::integer;
    }
}

bool fits(const Column& column, const Value& value) {
    if (column.type == ColumnType::reference) {
        return value.kind() == ValueKind::integer || value.kind() == ValueKind::text;
    }
    return value.kind() == kind_of(column.type);
}

/// SQLite reads a NaN back as null and minus zero as zero, and the row would no longer be what its digest says; infinity is no figure.
bool is_kept(double real) { return std::isfinite(real) && !(real == 0 && std::signbit(real)); }

std::string value_violation(const Column& column, const Value& value) {
    if (value.kind() == ValueKind::redacted) return {};
    if (value.is_null()) return column.required ? column.name + " is missing" : std::string{};
    if (!fits(column, value)) return column.name + " holds a value of another type";
    if (value.kind() == ValueKind::text && column.type == ColumnType::text && value.text().size() > column.max_length) {
        return column.name + " is longer than " + std::to_string(column.max_length) + " bytes";
    }
    if (value.kind() == ValueKind::text && !is_clean_utf8(value.text())) return column.name + " is no clean UTF-8 text";
    if (column.type == ColumnType::date && !is_date(value.text())) return column.name + " is no date (2026-03-16, 2026-03 or 2026)";
    if (value.kind() == ValueKind::blob && value.blob().size() > limits::cell_bytes) return column.name + " is too large";
    if (value.kind() == ValueKind::real && !is_kept(value.real())) return column.name + " is no number that a file keeps";
    if (value.kind() == ValueKind::integer || value.kind() == ValueKind::real) {
        const double number = value.kind() == ValueKind::real ? value.real() : static_cast<double>(value.integer());
        if (column.least && number < *column.least) return column.name + " is below its least value";
        if (column.most && number > *column.most) return column.name + " is above its greatest value";
    }
    return {};
}

std::string set_violation(const Group& group, Cells values) {
    if (group.rule != MergeRule::set || values.empty() || values[0].kind() != ValueKind::blob) return {};
    try {
        SetValue::decode(values[0].blob());
        return {};
    } catch (const Error&) {
        return group.columns.front().name + " is no set";
    }
}

}  // namespace

std::string violation(const Catalog& catalog, const Change& change) {
    const Table* table = catalog.find(change.table);
    if (table == nullptr) return {};
    if (change.key.size() != table->key.size()) return "the key has a wrong number of columns";
    for (std::size_t i = 0; i < change.key.size(); ++i) {
        if (!fits(table->key[i], change.key[i])) return "the key holds a value of another type in " + table->key[i].name;
        std::string reason = value_violation(table->key[i], change.key[i]);
        if (!reason.empty()) return reason;
    }
    for (const GroupValues& written : change.groups) {
        const Group* group = table->find_group(written.group);
        if (group == nullptr) continue;
        if (written.values.size() != group->columns.size()) return "group " + group->name + " has a wrong number of columns";
        for (std::size_t i = 0; i < written.values.size(); ++i) {
            std::string reason = value_violation(group->columns[i], written.values[i]);
            if (!reason.empty()) return reason;
        }
        std::string reason = set_violation(*group, written.values);
        if (!reason.empty()) return reason;
    }
    return {};
}

namespace {

/// A row keeps nothing where a value was taken out: whoever got the value and lost it has the same row as who never got it.
Cells without(Cells cells, bool (*out)(const Value&), Arena& arena) {
    if (std::none_of(cells.begin(), cells.end(), out)) return cells;
    const std::span<Value> clean = arena.array<Value>(cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) clean[i] = out(cells[i]) ? Value{} : cells[i];
    return clean;
}

/// Takes every personal value out, now and for ever.
void redact(RowState& row, Arena& arena) {
    const auto take_out = [&](Cells& cells) {
        cells = without(
            cells, [](const Value& value) { return value.personal(); }, arena);
    };
    for (GroupState& group : row.groups) {
        for (Leaf& leaf : group.leaves) take_out(leaf.values);
        for (Buried& buried : group.buried) take_out(buried.values);
    }
}

}  // namespace

std::string Applier::apply_change(ScopeNumber scope, Version version, const Change& change) {
    std::string reason = violation(catalog_, change);
    if (!reason.empty()) return reason;
    Arena arena;
    std::vector<GroupWrite> writes;
    writes.reserve(change.groups.size());
    for (const GroupValues& group : change.groups) {
        writes.push_back({group.group, without(
                                           group.values, [](const Value& v) { return v.kind() == ValueKind::redacted; }, arena)});
    }
    if (change.op == Op::create) {  // what most changes do, and then there is nothing to merge with
        RowState made{scope, {}, {}, false};
        made.groups.reserve(writes.size());
        merge_put(made, version, change.seen, writes);
        if (rows_.store_new(change.table, change.key, made)) return note_erasing(change, nullptr, made), std::string();
    }
    const std::optional<RowState> before = rows_.load(change.table, change.key, arena);
    if (before && before->scope != scope) return "the row belongs to another scope";
    if (!before && change.op != Op::create) return "the row was never created";
    RowState after = before ? *before : RowState{scope, {}, {}, false};
    switch (change.op) {
        case Op::create:
        case Op::put: merge_put(after, version, change.seen, writes); break;
        case Op::remove: merge_delete(after, version, change.seen); break;
        case Op::erase: after.erased = true; break;
    }
    if (after.erased) redact(after, arena);
    note_erasing(change, before ? &*before : nullptr, after);
    rows_.store(change.table, change.key, before ? &*before : nullptr, after);
    return {};
}

void Applier::note_erasing(const Change& change, const RowState* before, const RowState& after) {
    if (after.erased && (before == nullptr || !before->erased)) erasing_.begun.emplace(change.table, encode_key(change.key));
    if (!after.erased && change.commitment != nullptr) erasing_.due.emplace(change.table, encode_key(change.key));
    if (!holds_erased_values(change, [](TableNumber, Cells) { return true; })) return;
    if (after.erased) {
        erasing_.met = true;
        return;
    }
    const Table* table = catalog_.find(change.table);
    if (table != nullptr && rows_.owner_erased(*table, change.key, after)) erasing_.due.emplace(change.table, encode_key(change.key));
}

/// What is named again stays from then on as long as what has never been without a name.
void Applier::note_named_files(const Change& change) {
    const Table* table = catalog_.find(change.table);
    for (const GroupValues& written : change.groups) {
        const Group* group = table == nullptr ? nullptr : table->find_group(written.group);
        for (std::size_t i = 0; group != nullptr && i < written.values.size(); ++i) {
            if (!group->columns[i].file || written.values[i].kind() != ValueKind::blob) continue;
            const BytesView name = written.values[i].blob();
            if (name.size() == Hash().size()) FileStore(database_).note_named(Reader(name).fixed<32>());
        }
    }
}

bool Applier::lacks_values(const Segment& segment) {
    for (const Changeset& changeset : segment.changesets) {
        for (const Change& change : changeset.changes) {
            if (change.commitment != nullptr && !rows_.erased(change.table, change.key)) return true;
        }
    }
    return false;
}

bool Applier::put_back(const Segment& segment) {
    bool any = false;
    for (const Changeset& changeset : segment.changesets) {
        for (const Change& change : changeset.changes) {
            const bool whole = has_personal_values(change) && change.commitment == nullptr;
            if (whole && put_back(changeset.version, change)) any = true;
        }
    }
    return any;
}

bool Applier::put_back(Version version, const Change& change) {
    Arena arena;
    const std::optional<RowState> before = rows_.load(change.table, change.key, arena);
    if (!before || before->erased) return false;
    RowState after = *before;
    bool any = false;
    for (GroupState& group : after.groups) {
        const auto written = std::find_if(change.groups.begin(), change.groups.end(),
                                          [&](const GroupValues& values) { return values.group == group.number; });
        if (written == change.groups.end()) continue;
        const auto put = [&](Version of, Cells& values) {
            if (of != version || values.size() != written->values.size()) return;
            const bool lacks = !std::equal(values.begin(), values.end(), written->values.begin(),
                                           [](const Value& here, const Value& came) { return here.is_null() == came.is_null(); });
            if (lacks) values = written->values;
            any = any || lacks;
        };
        for (Leaf& leaf : group.leaves) put(leaf.version, leaf.values);
        for (Buried& buried : group.buried) put(buried.version, buried.values);
    }
    if (any) rows_.store(change.table, change.key, &*before, after);
    return any;
}

void Applier::quarantine(const Origin& origin, Version version, std::size_t number, const Change& change, const std::string& reason) {
    Arena arena;
    const bool erased = holds_erased_values(change, [this](TableNumber table, Cells key) { return rows_.erased(table, key); });
    erasing_.met = erasing_.met || erased;
    Writer bytes;
    encode_change(bytes, erased ? without_personal_values(change, arena) : change);
    database_
        .prepare(
            "INSERT INTO tefter_quarantine (scope, device, sequence, number, version, reason, bytes) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        .with(std::int64_t{origin.scope.value}, std::int64_t{origin.device.value}, static_cast<std::int64_t>(origin.sequence.value),
              static_cast<std::int64_t>(number), version.value, std::string_view(reason), bytes.view())
        .run();
}

std::vector<Quarantined> Applier::apply(const Origin& origin, const Changeset& changeset) {
    std::vector<Quarantined> out;
    for (std::size_t number = 0; number < changeset.changes.size(); ++number) {
        const Change& change = changeset.changes[number];
        std::string reason = apply_change(origin.scope, changeset.version, change);
        if (reason.empty()) {
            note_named_files(change);
            continue;
        }
        quarantine(origin, changeset.version, number, change, reason);
        out.push_back({number, std::move(reason)});
    }
    return out;
}

Changed Applier::finish() {
    for (const auto& [scope, change] : rows_.take_digests()) {
        const std::optional<ScopeState> state = meta_.scope(scope);
        ensure(state.has_value(), "a scope that is written is held");
        Digest digest = state->digest;
        digest += change;
        meta_.set_digest(scope, digest);
    }
    return rows_.take_changed_tables();
}

void Applier::discard() {
    rows_.take_digests();
    rows_.take_changed_tables();
    erasing_ = {};
}

}  // namespace tefter
