#include "schema/domain/retention.hpp"

#include <algorithm>
#include <chrono>

#include "engine/store/rows.hpp"
#include "schema/domain/register.hpp"

namespace tefter {

namespace {

/// The same day and time so many months before; where the month is too short, its last day.
std::int64_t months_before(std::int64_t now_ms, int months) {
    using namespace std::chrono;
    const sys_time<milliseconds> now{milliseconds(now_ms)};
    const sys_days today = floor<days>(now);
    year_month_day then = year_month_day(today) - std::chrono::months(months);
    if (!then.ok()) then = then.year() / then.month() / last;
    return duration_cast<milliseconds>((sys_days(then) + (now - today)).time_since_epoch()).count();
}

std::string key_columns(const Table& table) {
    std::string out;
    for (const Column& column : table.key) out += (out.empty() ? "" : ", ") + sql_name(column.name);
    return out;
}

/// Keys of rows with a personal value that nothing newer than ?1 refers to, as far as `_version` tells: it is of a row's oldest group.
std::string candidates_sql(const Table& table, const std::vector<Referrer>& references) {
    std::string personal;
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) {
            if (column.personal) personal += (personal.empty() ? "" : " OR ") + sql_name(column.name) + " IS NOT NULL";
        }
    }
    if (personal.empty()) personal = "0";
    std::string sql =
        "SELECT " + key_columns(table) + " FROM " + sql_name(table.name) + " AS kept WHERE _version < ?1 AND (" + personal + ")";
    for (const Referrer& reference : references) {
        sql += " AND NOT EXISTS (SELECT 1 FROM " + sql_name(reference.table->name) + " AS other WHERE other." +
               sql_name(reference.column->name) + " = kept." + sql_name(table.key.front().name) + " AND other._version >= ?1)";
    }
    return sql + " ORDER BY " + key_columns(table);
}

bool asked_for(Database& reader, const Table& table, Cells key) {
    const Bytes name = encode_key(key);
    Statement row = reader.prepare("SELECT 1 FROM erasure WHERE table_name = ?1 AND row_key = ?2 AND approved_at IS NULL");
    row.with(std::string_view(table.name), BytesView(name));
    return row.step();
}

Version newest_in(const RowState& state) {
    Version newest;
    for (const Version version : state.deletes) newest = std::max(newest, version);
    for (const GroupState& group : state.groups) {
        for (const Leaf& leaf : group.leaves) newest = std::max(newest, leaf.version);
    }
    return newest;
}

Version newest_of(Rows& rows, const Table& table, Cells key) {
    Arena arena;
    const std::optional<RowState> state = rows.load(table.number, key, arena);
    return state ? newest_in(*state) : Version{};
}

std::vector<Value> key_of(const Table& table, const Statement& row) {
    std::vector<Value> out;
    for (std::size_t i = 0; i < table.key.size(); ++i) out.push_back(row.value(static_cast<int>(i)));
    return out;
}

Version newest_with_referrers(Database& reader, Rows& rows, const Table& table, Cells key, const std::vector<Referrer>& references) {
    Version newest = newest_of(rows, table, key);
    for (const Referrer& reference : references) {
        Statement row = reader.prepare("SELECT " + key_columns(*reference.table) + " FROM " + sql_name(reference.table->name) + " WHERE " +
                                       sql_name(reference.column->name) + " = ?1");
        row.with(key.front());
        while (row.step()) newest = std::max(newest, newest_of(rows, *reference.table, key_of(*reference.table, row)));
    }
    return newest;
}

}  // namespace

std::vector<PastRetention> past_retention(Database& reader, const Catalog& catalog, std::int64_t now_ms, std::size_t at_most) {
    std::vector<PastRetention> out;
    Rows rows(reader, catalog);
    for (const Table& table : catalog.tables()) {
        if (!table.retention_months || table.key.size() != 1) continue;
        const std::vector<Referrer> references = register_plan(catalog, table).children;
        const Version limit = Version::from_tick(HybridClock::wall_tick(months_before(now_ms, *table.retention_months)), DeviceNumber{0});
        Statement row = reader.prepare_once(candidates_sql(table, references));
        row.with(limit.value);
        while (out.size() < at_most && row.step()) {
            const std::vector<Value> key = key_of(table, row);
            if (asked_for(reader, table, key)) continue;
            const Version newest = newest_with_referrers(reader, rows, table, key, references);
            if (newest < limit) out.push_back({&table, {OwnedValue(key.front())}, newest.unix_ms()});
        }
    }
    return out;
}

}  // namespace tefter
