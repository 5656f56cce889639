"""The same check-ins through Tefter and each peer that is installed: 8 columns, a generated or a natural key, encrypted where it is Tefter.

usage: measure.py FOLDER [--rows N] [--json FILE]   FOLDER: where tools/bench --peers has put the peers
"""

import argparse
import ctypes
import json
import os
import re
import sqlite3
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.environ.get("TEFTER_BIN") or f"{HERE}/../../../build/bin"
TABLE = "CREATE TABLE mark (id TEXT PRIMARY KEY NOT NULL, person TEXT, activity TEXT, session INTEGER, status INTEGER, marked_at INTEGER, how INTEGER, recorded_by INTEGER)"
INSERT = "INSERT INTO mark VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
FEW = 1000


def row(i):
    return f"a{i}", f"p{i % 5000}", f"TR-{i % 200}", i % 6, 1 + i % 4, 1770000000000 + i * 1000, i % 3, i % 40


def timed(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def insert(database, rows):
    def work():
        database.execute("BEGIN")
        database.executemany(INSERT, rows)
        database.execute("COMMIT")
    return timed(work)


def sqlite_sync(folder, count):
    library = f"{folder}/node_modules/@sqliteai/sqlite-sync-linux-x86_64/cloudsync.so"
    scratch = tempfile.TemporaryDirectory(prefix="peers-")
    opened = []

    def opening(name, tracked):
        database = sqlite3.connect(f"{scratch.name}/{name}", isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(TABLE)
        if tracked:
            database.enable_load_extension(True)
            database.load_extension(library)
            database.execute("SELECT cloudsync_init('mark')")
            opened.append(database)
        return database

    encode = "SELECT cloudsync_payload_encode(tbl, pk, col_name, col_value, col_version, db_version, site_id, cl, seq) FROM cloudsync_changes WHERE db_version > ?"
    rows = [row(i) for i in range(count)]
    small = opening("small", True)
    insert(small, rows[:FEW])
    payload, = small.execute(encode, (0,)).fetchone()
    at, = small.execute("SELECT max(db_version) FROM cloudsync_changes").fetchone()
    small.execute("UPDATE mark SET status = 9")
    updated, = small.execute(encode, (at,)).fetchone()
    plain = insert(opening("plain", False), rows)
    tracked = opening("tracked", True)
    ours = insert(tracked, rows)
    whole, = tracked.execute(encode, (0,)).fetchone()
    other = opening("other", True)
    merge = timed(lambda: other.execute("SELECT cloudsync_payload_decode(?)", (whole,)).fetchone())
    merged, = other.execute("SELECT count(*) FROM mark").fetchone()
    pages, = tracked.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()
    for database in opened:
        database.execute("SELECT cloudsync_terminate()")
        database.close()
    assert merged == count, f"{merged} rows of {count} were merged"
    return {"engine": "sqlite-sync", "insert": ours / plain, "bytes": len(payload) / FEW, "updated": len(updated) / FEW, "merged": count / merge, "size": pages / count}


class Session:
    """SQLite's session extension, by the C interface of the distribution's library."""

    def __init__(self):
        self.c = ctypes.CDLL("libsqlite3.so.0")
        self.c.sqlite3session_create  # AttributeError where it was built without
        self.c.sqlite3session_patchset.argtypes = self.c.sqlite3session_changeset.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_void_p)]

    def open(self):
        database = ctypes.c_void_p()
        assert self.c.sqlite3_open(b":memory:", ctypes.byref(database)) == 0
        self.run(database, TABLE)
        return database

    def run(self, database, sql):
        fault = ctypes.c_char_p()
        assert self.c.sqlite3_exec(database, sql.encode(), None, None, ctypes.byref(fault)) == 0, fault.value

    def insert(self, database, count):
        # Made inside SQLite, so that no binding is measured.
        return timed(lambda: self.run(database, f"""WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1})
            INSERT INTO mark SELECT 'a' || i, 'p' || i % 5000, 'TR-' || i % 200, i % 6, 1 + i % 4, 1770000000000 + i * 1000, i % 3, i % 40 FROM n"""))

    def recording(self, database):
        session = ctypes.c_void_p()
        assert self.c.sqlite3session_create(database, b"main", ctypes.byref(session)) == 0
        assert self.c.sqlite3session_attach(session, b"mark") == 0
        return session

    def changeset(self, session):
        size, data = ctypes.c_int(), ctypes.c_void_p()
        assert self.c.sqlite3session_changeset(session, ctypes.byref(size), ctypes.byref(data)) == 0
        return size, data

    def measured(self, count):
        plain = self.insert(self.open(), count)
        database = self.open()
        session = self.recording(database)
        ours = self.insert(database, count)
        size, data = self.changeset(session)
        other = self.open()
        keep = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(lambda *_: 0)
        merge = timed(lambda: self.c.sqlite3changeset_apply(other, size, data, None, keep, None))
        small = self.open()
        self.insert(small, FEW)
        editing = self.recording(small)
        self.run(small, "UPDATE mark SET status = 9")
        return {"engine": "SQLite's session extension", "insert": ours / plain, "bytes": size.value / count, "updated": self.changeset(editing)[0].value / FEW, "merged": count / merge}


def tefter(count):
    """By tefter-bench, which compares the encrypted replica with an encrypted plain table of the same key."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run([f"{BIN}/tefter-bench", "engine", "--rows", str(count), "--runs", "3", "--json", out.name], stdout=subprocess.DEVNULL)
        figures = {one["what"]: one for one in json.load(open(out.name))["figures"]}

    def a_second(what):
        clock, = re.findall(r"clock ([0-9.]+) s against", figures[what]["detail"])
        return int(re.findall(r"(\d+) rows", figures[what]["detail"])[0]) / float(clock)

    return {"engine": "Tefter", "insert": figures["local write, 1,000 people a changeset"]["figure"], "bytes": figures["a check-in in a segment of 1,000"]["figure"],
            "updated": figures["a new cell in a segment of 1,000"]["figure"],
            "merged": a_second("receive check-ins into a fresh replica"), "size": float(re.findall(r"([0-9.]+) bytes a row", figures["size of a replica with everything sent"]["detail"])[0])}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json")
    options = parser.parse_args()
    folder = os.path.abspath(options.folder)
    lines = [tefter(options.rows)]
    for work in (lambda: sqlite_sync(folder, options.rows), lambda: Session().measured(options.rows)):
        try:
            lines.append(work())
        except Exception as fault:  # a peer that is not here, or fails, is told and left out
            lines.append({"engine": "a peer", "fault": f"{type(fault).__name__}: {fault}"})
    done = subprocess.run(["node", f"{HERE}/measure.mjs", folder, str(options.rows)], capture_output=True, text=True)
    lines += [json.loads(line) for line in done.stdout.splitlines()]
    print(f"{'':30} {'insert':>9} {'bytes':>9} {'bytes a':>9} {'rows merged':>12} {'bytes a row':>12}\n{'':30} {'/ plain':>9} {'a row':>9} {'new cell':>9} {'a second':>12} {'on disk':>12}")
    for line in lines:
        if "fault" in line:
            print(f"{line['engine']:30} could not be measured: {line['fault']}")
            continue
        cell = lambda name, form: format(line[name], form) if name in line else "–"
        print(f"{line['engine']:30} {cell('insert', '8.1f') + ('×' if 'insert' in line else ''):>9} {cell('bytes', '9.1f'):>9} {cell('updated', '9.1f'):>9} {cell('merged', '12,.0f'):>12} {cell('size', '12.0f'):>12}")
    if options.json:
        with open(options.json, "w") as out:
            json.dump(lines, out, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
