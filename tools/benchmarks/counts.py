"""Instructions and allocations a row, as callgrind counts them: no clock has a part in them, so that CI can compare them with what was recorded.

usage: counts.py PROGRAM [--json FILE] [--record]

Instructions are those of the program and of SQLite: which code libsodium and OpenSSL choose is up to the processor. Fails where a figure is a
twentieth above counts.json; --record writes counts.json anew, for a change that is worth its cost.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

RECORDED = f"{os.path.dirname(os.path.abspath(__file__))}/counts.json"
TOLERANCE = 1.05
# part of `tefter-bench engine`, rows, what is counted: from the call of this function to its end
PARTS = {
    "write": ("local write, 1,000 people a changeset", 5000, "tefter::Replica::write(*"),
    "receive": ("receive check-ins", 10000, "tefter::Replica::receive(*PositionTag*"),
    "update": ("receive people, and then changes of them, a tenth in conflict", 5000, "tefter::Replica::receive(*PositionTag*"),
    "ingest": ("ingest at the server", 10000, "tefter::ServerSession::accept(*"),
    "snapshot": ("first fill from a snapshot", 10000, "tefter::SnapshotSession::feed(*"),
}
COUNTED = re.compile(r"/(tefter-bench|libsqlcipher[^/]*)$")
ALLOCATORS = {"malloc", "calloc", "realloc"}


def read(path):
    """Instructions of the objects that count, and calls of the C library's allocator, out of callgrind's file (its manual, chapter 6)."""
    names = {"ob": {}, "fn": {}}
    instructions = allocations = 0
    counted = of_a_call = False
    for line in open(path, encoding="utf-8", errors="replace"):
        named = re.match(r"c?(ob|fn)=\((\d+)\)(?: (.*))?$", line)
        if named:
            kind, number, text = named.groups()
            if text:
                names[kind][number] = text
            name = names[kind].get(number, "")
            if line.startswith("ob="):
                counted = bool(COUNTED.search(name))
            elif line.startswith("cfn="):
                called = name
        elif line.startswith("calls="):
            of_a_call = True
            if called in ALLOCATORS:
                allocations += int(line[6:].split()[0])
        elif re.match(r"[+\-*\d]", line):
            if counted and not of_a_call:  # the line behind a call is what the callee spent
                instructions += int(line.split()[-1])
            of_a_call = False
    return instructions, allocations


def count(program, part):
    what, rows, function = PARTS[part]
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/callgrind"
        done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", f"--toggle-collect={function}", program, "engine", "--only", part,
                               "--rows", str(rows), "--runs", "1"], capture_output=True, text=True)
        if not os.path.exists(out):
            sys.exit(f"callgrind counts nothing of {part}: {done.stderr[-500:]}")
        instructions, allocations = read(out)
    if instructions == 0:
        sys.exit(f"{function} was never called in {part}.")
    return {"instructions": round(instructions / rows), "allocations": round(allocations / rows, 2)}


def main():
    asked = argparse.ArgumentParser(usage="counts.py PROGRAM [--json FILE] [--record]")
    asked.add_argument("program")
    asked.add_argument("--json")
    asked.add_argument("--record", action="store_true")
    options = asked.parse_args()
    figures = {part: count(options.program, part) for part in PARTS}
    if options.json:
        json.dump(figures, open(options.json, "w"), indent=1)
    if options.record:
        json.dump(figures, open(RECORDED, "w"), indent=1)
        return print(f"recorded in {RECORDED}: {figures}")
    recorded = json.load(open(RECORDED))
    failed = False
    for part, of_part in figures.items():
        for what, figure in of_part.items():
            limit = recorded.get(part, {}).get(what, 0) * TOLERANCE
            met = figure <= limit
            failed |= not met
            print(f"{PARTS[part][0]:63} {figure:>9} {what + ' a row':19} at most {limit:9.2f} {'met' if met else 'MISSED'}")
    sys.exit(1 if failed else 0)


main()
