"""The branches of the engine that no test took, and why: tests/branches.txt explains them, and what it does not explain is listed.

usage: branches.py PROFILE PROGRAM...   of a build that tools/coverage has made and run
"""

import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WANTED = 0.95


def explanations():
    """(file, expression for the source line, why)*; a line that begins with # is for people."""
    out = []
    for line in open(f"{ROOT}/tests/branches.txt", encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            file, expression, why = (part.strip() for part in line.split(" | ", 2))
            out.append((file, re.compile(expression), why))
    return out


def branches(profile, programs):
    """(file, line, column, whether the condition held): how often, over all programs and instances of a template."""
    listed = subprocess.run(["git", "ls-files", "engine/*.cpp", ":!engine/store/testing", ":!engine/net/browser"], cwd=ROOT, check=True, capture_output=True, text=True)
    objects = [part for program in programs[1:] for part in ("-object", program)]
    exported = subprocess.run(["llvm-cov-14", "export", programs[0], *objects, "-instr-profile", profile, *listed.stdout.split()], cwd=ROOT, check=True, capture_output=True, text=True)
    times = {}
    for file in json.loads(exported.stdout)["data"][0]["files"]:
        name = os.path.relpath(file["filename"], ROOT)
        for line, column, _, _, held, failed, *_ in file["branches"]:
            for side, count in ((True, held), (False, failed)):
                times[name, line, column, side] = times.get((name, line, column, side), 0) + count
    return times


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    times = branches(sys.argv[1], sys.argv[2:])
    missed = sorted(branch for branch, count in times.items() if count == 0)
    reasons, sources, unexplained, used = explanations(), {}, 0, set()
    for name, line, column, side in missed:
        source = sources.setdefault(name, open(f"{ROOT}/{name}", encoding="utf-8").read().split("\n"))[line - 1].strip()
        why = next((i for i, (file, expression, _) in enumerate(reasons) if file in ("*", name) and expression.search(source)), None)
        if why is None:
            unexplained += 1
            print(f"{name}:{line}:{column} never {'true' if side else 'false'}: {source}")
        used.add(why)
    for i, (file, expression, _) in enumerate(reasons):
        if i not in used:
            print(f"tests/branches.txt explains what is not missed any more: {file} | {expression.pattern}")
    taken = 1 - len(missed) / len(times)
    print(f"{taken:.1%} of {len(times)} branches taken (wanted: {WANTED:.0%}); of {len(missed)} missed {unexplained} are not explained in tests/branches.txt")
    sys.exit(0 if taken >= WANTED and unexplained == 0 else 1)


main()
