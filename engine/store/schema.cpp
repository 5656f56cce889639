#include "engine/store/schema.hpp"

#include <algorithm>
#include <set>

#include "engine/store/rows.hpp"

namespace tefter {

namespace {

constexpr const char* engine_tables = R"(
CREATE TABLE tefter_meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;

-- What this replica knows of each scope: how far it has read the ledger, and the fingerprint of its state.
CREATE TABLE tefter_scope (
    scope INTEGER PRIMARY KEY,
    position INTEGER NOT NULL DEFAULT 0,
    ledger_hash BLOB NOT NULL,
    digest BLOB NOT NULL
);

-- The end of each device's chain in a scope. Of this device's own chain, of the part that is sealed.
CREATE TABLE tefter_head (
    scope INTEGER NOT NULL, device INTEGER NOT NULL,
    sequence INTEGER NOT NULL, hash BLOB NOT NULL, version INTEGER NOT NULL,
    stated INTEGER NOT NULL DEFAULT 0,  -- up to where an own segment has said that this head was seen
    PRIMARY KEY (scope, device)
) WITHOUT ROWID;

-- Who acted, by runs: from this version on, until the next entry of the same device and scope.
CREATE TABLE tefter_author (
    scope INTEGER NOT NULL, device INTEGER NOT NULL, version INTEGER NOT NULL, actor INTEGER NOT NULL,
    PRIMARY KEY (scope, device, version)
) WITHOUT ROWID;

-- Own changesets that no segment holds yet, in canonical bytes.
CREATE TABLE tefter_unsent (
    scope INTEGER NOT NULL, sequence INTEGER NOT NULL, version INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (scope, sequence)
) WITHOUT ROWID;

-- Sealed segments, own and received, as they travel. What nobody has taken yet can be opened again.
CREATE TABLE tefter_segment (
    id INTEGER PRIMARY KEY,  -- in the order in which they were made or received: causes before effects
    scope INTEGER NOT NULL, device INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0,      -- the server has it
    exported INTEGER NOT NULL DEFAULT 0,  -- others may have it, from a bundle or from a server that has lost it: it stays as it is
    previous BLOB NOT NULL, previous_version INTEGER NOT NULL,  -- the chain's head before it
    bytes BLOB NOT NULL,
    UNIQUE (scope, device, first)
);
CREATE INDEX tefter_segment_unsent ON tefter_segment (scope, id) WHERE sent = 0;

-- Segments that wait: from the future, or for a segment that its author had seen and we have not.
CREATE TABLE tefter_held (
    scope INTEGER NOT NULL, device INTEGER NOT NULL, first INTEGER NOT NULL,
    reason TEXT NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (scope, device, first)
);

-- Changes that break a rule of the catalog, with the reason. Everything else of their changeset went on.
CREATE TABLE tefter_quarantine (
    id INTEGER PRIMARY KEY,
    scope INTEGER NOT NULL, device INTEGER NOT NULL, sequence INTEGER NOT NULL, number INTEGER NOT NULL,
    version INTEGER NOT NULL, reason TEXT NOT NULL, bytes BLOB NOT NULL
);

-- Which tables and groups of the catalog the database has.
CREATE TABLE tefter_schema (table_number INTEGER NOT NULL, group_number INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (table_number, group_number)) WITHOUT ROWID;

-- The history of syncs, for people.
CREATE TABLE tefter_sync (
    id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, how TEXT NOT NULL,
    changesets_sent INTEGER NOT NULL, changesets_received INTEGER NOT NULL,
    bytes_sent INTEGER NOT NULL, bytes_received INTEGER NOT NULL, round_trips INTEGER NOT NULL,
    outcome TEXT NOT NULL
);
)";

constexpr const char* row_tables = R"(
-- What is left for people to decide: groups with several leaves; number 0: a shown row that somebody has deleted.
CREATE TABLE tefter_conflict (
    table_number INTEGER NOT NULL, ordered_key BLOB NOT NULL, group_number INTEGER NOT NULL, scope INTEGER NOT NULL,
    PRIMARY KEY (table_number, ordered_key, group_number)
) WITHOUT ROWID;

-- Whole states of rows that their table cannot describe: several leaves, deletes, groups or tables that only a newer
-- catalog knows, rows that nobody shows. dead: no leaf keeps the row alive.
CREATE TABLE tefter_state (
    table_number INTEGER NOT NULL, ordered_key BLOB NOT NULL, scope INTEGER NOT NULL, dead INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (table_number, ordered_key)
) WITHOUT ROWID;
)";

const char* storage_class(ColumnType type) {
    switch (type) {
        case ColumnType::text:
        case ColumnType::date:
        case ColumnType::set: return "TEXT";
        case ColumnType::real: return "REAL";
        case ColumnType::blob: return "BLOB";
        default: return "INTEGER";
    }
}

std::string key_condition(const Table& table, std::size_t first_parameter) {
    std::string sql;
    for (const Column& column : table.key) {
        sql += (sql.empty() ? " WHERE " : " AND ") + sql_name(column.name) + " = ?" + std::to_string(first_parameter++);
    }
    return sql;
}

/// `name TYPE, …` of the physical columns of a group.
std::vector<std::string> column_definitions(const Group& group) {
    std::vector<std::string> out;
    for (const Column& column : group.columns) {
        out.push_back(sql_name(column.name) + " " + (column.type == ColumnType::reference ? "" : storage_class(column.type)));
        if (column.type == ColumnType::set) out.push_back(sql_name(column.name + "_set") + " BLOB");
    }
    return out;
}

void create_table(Database& database, const Table& table) {
    std::string sql = "CREATE TABLE " + sql_name(table.name) + " (";
    for (const Column& column : table.key) {
        sql += sql_name(column.name) + " " + (column.type == ColumnType::reference ? "" : storage_class(column.type)) +
               (table.generated_key ? " PRIMARY KEY" : " NOT NULL") + ", ";
    }
    sql += "_scope INTEGER NOT NULL, _version INTEGER NOT NULL, _groups BLOB";
    for (const Group& group : table.groups) {
        for (const std::string& definition : column_definitions(group)) sql += ", " + definition;
    }
    if (!table.generated_key) {
        sql += ", PRIMARY KEY (";
        for (const Column& column : table.key) sql += (&column == table.key.data() ? "" : ", ") + sql_name(column.name);
        sql += ")";
    }
    database.execute(sql + ")" + (table.generated_key ? "" : " WITHOUT ROWID"));
}

/// Makes those that the catalog has, and drops those that it had.
void match_indexes(Database& database, const Table& table) {
    std::set<std::string> dropped;
    {
        Statement index =
            database.prepare_once("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL");
        index.with(std::string_view(table.name));
        while (index.step()) dropped.emplace(index.text(0));
    }
    for (const auto& columns : table.indexes) {
        std::string name = "index_" + table.name;
        std::string list;
        for (const std::string& column : columns) {
            name += "_" + column;
            list += (list.empty() ? "" : ", ") + sql_name(column);
        }
        if (dropped.erase(name) != 0) continue;
        database.execute("CREATE INDEX " + sql_name(name) + " ON " + sql_name(table.name) + " (" + list + ")");
    }
    for (const std::string& name : dropped) database.execute("DROP INDEX " + sql_name(name));
}

}  // namespace

std::string sql_name(const std::string& name) { return "\"" + name + "\""; }

std::vector<std::string> physical_columns(const Group& group) {
    std::vector<std::string> out;
    for (const Column& column : group.columns) {
        out.push_back(column.name);
        if (column.type == ColumnType::set) out.push_back(column.name + "_set");
    }
    return out;
}

void create_engine_tables(Database& database) {
    database.execute(engine_tables);
    database.execute(row_tables);
    database.prepare_once("INSERT INTO tefter_meta (name, value) VALUES ('format', ?1)").with(replica_format).run();
}

bool check_replica_format(Database& database) {
    const bool is_replica = database.prepare_once("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'tefter_meta'").step();
    if (!is_replica) {
        throw Error(ErrorKind::not_replica, database.path() + " is no replica; it was left alone.");
    }
    Statement format = database.prepare_once("SELECT value FROM tefter_meta WHERE name = 'format'");
    if (!format.step() || format.integer(0) > replica_format || format.integer(0) < 1) {
        throw Error(ErrorKind::not_replica,
                    database.path() + " was written by a newer version of this program; update the program. It was left alone.");
    }
    return format.integer(0) < replica_format;
}

/// Format 1 had the canonical bytes of keys in both tables, in a column of another name: a program that still has the file open since
/// then finds no column to write to.
void migrate_format(Database& database) {
    for (const char* name : {"tefter_conflict", "tefter_state"}) {
        database.execute("ALTER TABLE " + std::string(name) + " RENAME TO " + name + "_1");
    }
    database.execute(row_tables);
    const auto move = [&](const std::string& name, const std::string& columns, const std::string& marks) {
        Statement old = database.prepare_once("SELECT row_key, " + columns + " FROM " + name + "_1");
        Statement insert = database.prepare_once("INSERT INTO " + name + " (ordered_key, " + columns + ") VALUES (?1" + marks + ")");
        while (old.step()) {
            Arena arena;
            const Bytes key = encode_ordered_key(decode_key(old.blob(0), arena));
            insert.bind(1, BytesView(key));
            for (int i = 1; i < old.columns(); ++i) insert.bind(i + 1, old.value(i));
            insert.run();
            insert.reset();
        }
    };
    move("tefter_conflict", "table_number, group_number, scope", ", ?2, ?3, ?4");
    move("tefter_state", "table_number, scope, dead, bytes", ", ?2, ?3, ?4, ?5");
    for (const char* name : {"tefter_conflict", "tefter_state"}) database.execute("DROP TABLE " + std::string(name) + "_1");
    database.prepare_once("UPDATE tefter_meta SET value = ?1 WHERE name = 'format'").with(replica_format).run();
}

std::vector<const Table*> migrate_catalog(Database& database, const Catalog& catalog) {
    std::set<std::pair<std::int64_t, std::int64_t>> known;
    {
        Statement schema = database.prepare_once("SELECT table_number, group_number FROM tefter_schema");
        while (schema.step()) known.emplace(schema.integer(0), schema.integer(1));
    }
    std::vector<const Table*> changed;
    for (const Table& table : catalog.tables()) {
        const std::int64_t number = table.number.value;
        const auto first = known.lower_bound({number, 0});
        const bool is_new = first == known.end() || first->first != number;
        bool has_new = is_new;
        if (is_new) create_table(database, table);
        for (const Group& group : table.groups) {
            if (known.contains({number, group.number.value})) continue;
            has_new = true;
            if (!is_new) {
                for (const std::string& definition : column_definitions(group)) {
                    database.execute("ALTER TABLE " + sql_name(table.name) + " ADD COLUMN " + definition);
                }
            }
            database.prepare_once("INSERT INTO tefter_schema (table_number, group_number, name) VALUES (?1, ?2, ?3)")
                .with(number, std::int64_t{group.number.value}, std::string_view(table.name))
                .run();
        }
        match_indexes(database, table);
        if (has_new) changed.push_back(&table);
    }
    return changed;
}

TableSql make_table_sql(const Table& table) {
    TableSql sql;
    sql.table = &table;
    std::string columns;
    for (const Group& group : table.groups) {
        sql.group_at.push_back(sql.columns);
        for (const std::string& name : physical_columns(group)) {
            columns += ", " + sql_name(name);
            ++sql.columns;
        }
    }
    const std::size_t parameters = table.key.size() + 3 + sql.columns;
    std::string marks;
    for (std::size_t i = 1; i <= parameters; ++i) marks += (i == 1 ? "?" : ", ?") + std::to_string(i);
    std::string keys;
    for (const Column& column : table.key) keys += sql_name(column.name) + ", ";
    const std::string name = sql_name(table.name);
    sql.insert =
        "INSERT INTO " + name + " (" + keys + "_scope, _version, _groups" + columns + ") VALUES (" + marks + ") ON CONFLICT DO NOTHING";
    sql.select = "SELECT _scope, _version, _groups" + columns + " FROM " + name + key_condition(table, 1);
    sql.scan = "SELECT " + keys + "_scope, _version, _groups" + columns + " FROM " + name + " WHERE _groups IS NOT x'00'";
    sql.scope = "SELECT _scope FROM " + name + key_condition(table, 1);
    sql.remove = "DELETE FROM " + name + key_condition(table, 1);
    std::string sets = "_scope = ?1, _version = ?2, _groups = ?3";
    std::size_t parameter = 4;
    for (const Group& group : table.groups) {
        for (const std::string& column : physical_columns(group)) {
            sets += ", " + sql_name(column) + " = ?" + std::to_string(parameter++);
        }
    }
    sql.update = "UPDATE " + name + " SET " + sets + key_condition(table, parameter);
    return sql;
}

}  // namespace tefter
