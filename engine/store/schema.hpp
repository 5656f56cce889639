#pragma once
// The tables of a replica: the engine's own (tefter_…) and those of the catalog, created and migrated from it.

#include <string>
#include <vector>

#include "engine/catalog/catalog.hpp"
#include "engine/store/database.hpp"

namespace tefter {

/// Format of the engine's own tables. A replica of a higher one is refused and left alone; one of a lower one is brought to it.
inline constexpr std::int64_t replica_format = 2;

/// Creates the engine's tables in an empty database.
void create_engine_tables(Database& database);

/// Refuses a replica of a newer format; names what to do. Returns whether it is of an older one.
bool check_replica_format(Database& database);

/// Brings a replica of an older format to this one. In the caller's transaction, by the one program that writes to it.
void migrate_format(Database& database);

/// Creates what the catalog has and the database has not: tables, columns of new groups, indexes. Returns the tables
/// that are new or have new groups. A table or group that the catalog lost is left as it is; an index that it lost is dropped.
std::vector<const Table*> migrate_catalog(Database& database, const Catalog& catalog);

/// Physical columns of a group in order: a set has two, its text and its leaf.
std::vector<std::string> physical_columns(const Group& group);
std::string sql_name(const std::string& name);

/// The SQL of one table, made once for a database.
struct TableSql {
    const Table* table = nullptr;
    Sql insert;                         ///< key…, _scope, _version, _groups, columns…; does nothing where the key is taken
    Sql select;                         ///< _scope, _version, _groups, columns…; by key
    std::string scan;                   ///< key…, _scope, _version, _groups, columns…; of all rows that lie in the table alone
    Sql scope;                          ///< _scope; by key
    Sql remove;                         ///< by key
    Sql update;                         ///< _scope, _version, _groups, columns…; by key
    std::vector<std::size_t> group_at;  ///< by group: index of its first physical column among `columns…`
    std::size_t columns = 0;            ///< physical columns of all groups
};
TableSql make_table_sql(const Table& table);

}  // namespace tefter
