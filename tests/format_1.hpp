#pragma once
// Replicas as programs before format 2 left them.

#include "engine/store/rows.hpp"

namespace tefter::test {

/// Makes of a replica one as format 1 had it.
inline void bring_to_format_1(Database& database) {
    Transaction transaction(database);
    database.execute(
        "CREATE TABLE conflict_1 (table_number INTEGER NOT NULL, row_key BLOB NOT NULL, group_number INTEGER NOT NULL, "
        "scope INTEGER NOT NULL, PRIMARY KEY (table_number, row_key, group_number)) WITHOUT ROWID");
    database.execute(
        "CREATE TABLE state_1 (table_number INTEGER NOT NULL, row_key BLOB NOT NULL, scope INTEGER NOT NULL, "
        "dead INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (table_number, row_key)) WITHOUT ROWID");
    const auto move = [&](const std::string& name, const std::string& columns) {
        Statement row = database.prepare_once("SELECT table_number, ordered_key, " + columns + " FROM tefter_" + name);
        while (row.step()) {
            Arena arena;
            const Bytes key = encode_key(decode_ordered_key(row.blob(1), arena));
            Statement insert = database.prepare_once("INSERT INTO " + name + "_1 (table_number, row_key, " + columns + ") VALUES (?1, ?2" +
                                                     (row.columns() == 5 ? ", ?3, ?4, ?5)" : ", ?3, ?4)"));
            insert.bind(1, row.value(0));
            insert.bind(2, BytesView(key));
            for (int i = 2; i < row.columns(); ++i) insert.bind(i + 1, row.value(i));
            insert.run();
        }
    };
    move("conflict", "group_number, scope");
    move("state", "scope, dead, bytes");
    for (const std::string name : {"conflict", "state"}) {
        database.execute("DROP TABLE tefter_" + name);
        database.execute("ALTER TABLE " + name + "_1 RENAME TO tefter_" + name);
    }
    database.execute("UPDATE tefter_meta SET value = 1 WHERE name = 'format'");
    transaction.commit();
}

}  // namespace tefter::test
