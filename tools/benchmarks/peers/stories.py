"""The three stories of docs/compared.md, for Tefter and for each peer that is installed: what both offices show once everything has been
exchanged, and what is kept of what lost.

usage: stories.py FOLDER [--json FILE]   FOLDER: where tools/bench --peers has put the peers
"""

import json
import os
import sqlite3
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, f"{HERE}/../../../tests/processes")
from harness import World  # noqa: E402

STORIES = {1: "A edits a cell three times, the last a slip; B then edits it once", 2: "two offices enter the same attendance", 3: "one deletes a person, the other adds an attendance of hers"}


def told(peer, story, a, b, kept):
    return {"peer": peer, "story": story, "a": a, "b": b, "agree": a == b, "kept": kept}


class SqliteSync:
    """Rows of cloudsync_changes are what one database gives another."""

    COLUMNS = "tbl, pk, col_name, col_value, col_version, db_version, site_id, cl, seq"

    def __init__(self, library):
        self.library = library

    def open(self, schema, tables):
        database = sqlite3.connect(":memory:", isolation_level=None)
        database.enable_load_extension(True)
        database.load_extension(self.library)
        database.execute("PRAGMA foreign_keys = ON")
        for sql in schema:
            database.execute(sql)
        for table in tables:
            database.execute("SELECT cloudsync_init(?)", (table,))
        return database

    def give(self, source, target):
        faults = set()
        for row in source.execute(f"SELECT {self.COLUMNS} FROM cloudsync_changes").fetchall():
            try:
                target.execute(f"INSERT INTO cloudsync_changes ({self.COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            except sqlite3.Error as error:
                faults.add(str(error))
        return faults

    def both(self, schema, tables, first, then, shown):
        a, b = self.open(schema, tables), self.open(schema, tables)
        for sql in first:
            a.execute(sql)
        self.give(a, b)
        for who, sql in then:
            (a if who == "a" else b).execute(sql)
        faults = set()
        for _ in range(3):
            faults = {f"A to B: {one}" for one in self.give(a, b)} | {f"B to A: {one}" for one in self.give(b, a)}
        out = [shown(one) for one in (a, b)]
        for one in (a, b):
            one.execute("SELECT cloudsync_terminate()")
            one.close()
        return out + ["; ".join(sorted(faults)) or "nothing"]

    def stories(self):
        person = "CREATE TABLE person (id TEXT PRIMARY KEY NOT NULL, phone TEXT)"
        edits = [("a", f"UPDATE person SET phone = '{one}'") for one in ("2", "3", "slip")] + [("b", "UPDATE person SET phone = 'right'")]
        yield told("sqlite-sync", 1, *self.both([person], ["person"], ["INSERT INTO person VALUES ('p', '1')"], edits,
                                                lambda one: [row[0] for row in one.execute("SELECT phone FROM person")]))
        natural = "CREATE TABLE attendance (person TEXT NOT NULL, session TEXT NOT NULL, status TEXT, PRIMARY KEY (person, session))"
        generated = "CREATE TABLE attendance (id TEXT PRIMARY KEY NOT NULL, person TEXT, session TEXT, status TEXT, UNIQUE (person, session))"
        for peer, schema, ids in (("sqlite-sync", natural, ("", "")), ("sqlite-sync, with a generated key", generated, ("'x', ", "'y', "))):
            inserts = [("a", f"INSERT INTO attendance VALUES ({ids[0]}'p', 's', 'absent')"), ("b", f"INSERT INTO attendance VALUES ({ids[1]}'p', 's', 'present')")]
            yield told(peer, 2, *self.both([schema], ["attendance"], [], inserts,
                                           lambda one: [list(row) for row in one.execute("SELECT person, session, status FROM attendance ORDER BY rowid")]))
        family = ["CREATE TABLE person (id TEXT PRIMARY KEY NOT NULL, name TEXT)", "CREATE TABLE attendance (id TEXT PRIMARY KEY NOT NULL, person TEXT REFERENCES person (id))"]
        yield told("sqlite-sync", 3, *self.both(family, ["person", "attendance"], ["INSERT INTO person VALUES ('p', 'Arta')"],
                                                [("a", "DELETE FROM person"), ("b", "INSERT INTO attendance VALUES ('m', 'p')")],
                                                lambda one: {"people": [row[0] for row in one.execute("SELECT id FROM person")],
                                                             "marks": [row[0] for row in one.execute("SELECT person FROM attendance")]}))


def tefter():
    with World() as world:
        world.start()
        for name in ("a", "b"):
            world.enrol(name)
        arta, goran = (world.device("a", "put", "person", "new", f"family_name={one}", "given_name=X", "position=1", "--scope", "AL").strip() for one in ("Hoxha", "Kovač"))
        world.device("a", "put", "activity", "TR-01", "kind=training", 'title={"en": "Evidence"}', "starts_on=2026-03-16", "ends_on=2026-03-16", "--scope", "AL")
        world.device("a", "put", "session", "TR-01/1", "date=2026-03-16")

        def exchanged():
            for name in ("a", "b", "a", "b"):
                assert world.sync(name)["identical"]

        def shown(sql):
            return [[list(row.values())[0] for row in world.query(name, sql)] for name in ("a", "b")]

        exchanged()
        for one in ("2", "3", "slip"):
            world.device("a", "put", "person", arta, f"position={one}")
        world.device("b", "put", "person", arta, "position=right")
        exchanged()
        kept = [leaf["values"]["position"] for conflict in json.loads(world.device("a", "--json", "conflicts")) for leaf in conflict["leaves"]]
        yield told("Tefter", 1, *shown(f"SELECT position FROM person WHERE id = {arta}"), kept)
        world.device("a", "put", "attendance", f"{arta}/TR-01/1", "status=absent")
        world.device("b", "put", "attendance", f"{arta}/TR-01/1", "status=present")
        exchanged()
        yield told("Tefter", 2, *shown("SELECT CASE status WHEN 4 THEN 'present' ELSE status END FROM attendance"), "the rule of the column: who was there once was there")
        world.device("a", "delete", "person", goran)
        world.device("b", "put", "attendance", f"{goran}/TR-01/1", "status=present")
        exchanged()
        people, marks = shown(f"SELECT id FROM person WHERE id = {goran}"), shown(f"SELECT person FROM attendance WHERE person = {goran}")
        yield told("Tefter", 3, *({"people": one, "marks": other} for one, other in zip(people, marks)), "the person stays as long as something names her")


def main():
    folder = os.path.abspath(sys.argv[1])
    lines = list(tefter())
    library = f"{folder}/node_modules/@sqliteai/sqlite-sync-linux-x86_64/cloudsync.so"
    if not os.path.exists(library):
        print("sqlite-sync is not installed; its stories are left out.", file=sys.stderr)
    elif not hasattr(sqlite3.Connection, "enable_load_extension"):
        print("This Python loads no SQLite extensions; the stories of sqlite-sync are left out.", file=sys.stderr)
    else:
        lines += SqliteSync(library).stories()
    if os.path.isdir(f"{folder}/node_modules"):
        told_by_node = subprocess.run(["node", f"{HERE}/stories.mjs", folder], capture_output=True, text=True)
        lines += [json.loads(line) for line in told_by_node.stdout.splitlines()]
        if told_by_node.returncode != 0:
            print(f"The peers in JavaScript could not be run: {told_by_node.stderr.strip().splitlines()[-1]}", file=sys.stderr)
    for story, title in STORIES.items():
        print(f"({story}) {title}")
        for line in lines:
            if line["story"] == story:
                print(f"    {line['peer']:12} {'agree' if line['agree'] else 'DIFFER'}  A {line['a']}  B {line['b']}  kept: {line['kept']}")
    for line in lines:
        if line["story"] == 0:
            print(f"{line['peer']} could not be run: {line['fault']}")
    if "--json" in sys.argv:
        with open(sys.argv[sys.argv.index("--json") + 1], "w") as out:
            json.dump(lines, out, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
