"""The sample: the same seed gives the same sheets; they are taken in whole, and again without a change; and every indicator of all four
areas is what the sample counted for itself."""

import filecmp
import json
import os
import subprocess

from harness import BIN, World

SAMPLE = f"{os.path.dirname(os.path.abspath(__file__))}/../../tools/sample"


def sample(*arguments):
    done = subprocess.run([SAMPLE, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def same(got, expected, what):
    assert abs((got or 0) - expected) < 1e-6, f"{what}: {got}, the sample has {expected}"


with World() as world:
    world.start()
    sheets, again, other = (f"{world.folder}/{name}" for name in ("sheets", "again", "other"))
    sample("--out", sheets)
    sample("--out", again)
    sample("--out", other, "--seed", "2")
    names = sorted(os.listdir(sheets))
    assert filecmp.cmpfiles(sheets, again, names, shallow=False)[0] == names, "the same seed gave something else"
    assert not filecmp.cmp(f"{sheets}/person.csv", f"{other}/person.csv", shallow=False)

    world.enrol("staff", "AL BA XK ME MK RS", "administrator")
    sample("--fill", f"{world.folder}/staff", "--passphrase-file", world.passphrase, "--bin", BIN)
    for line in world.device("staff", "import", "all", sheets).splitlines():
        assert line.endswith(" 0 rows new or changed."), line

    with open(f"{sheets}/expected.json") as file:
        expected = json.load(file)
    for period, options in (("all", []), ("2025", ["--from", "2025", "--to", "2025"]), ("2026", ["--from", "2026", "--to", "2026"])):
        got = json.loads(world.device("staff", "--json", "report", *options))["indicators"]
        for code, value in expected[period].items():
            same(got[code]["value"], value, f"{code} of {period}")
    got = json.loads(world.device("staff", "--json", "report", "--by", "beneficiary"))["indicators"]
    for code, parts in expected["by"].items():
        for part, value in parts.items():
            same(got[code][part]["value"], value, f"{code} of {part}")

    # Nothing is passed off as real.
    assert len(json.loads(world.device("staff", "--json", "list", "supported_case", "--search", "sample"))) == 54
    assert world.query("staff", "SELECT count(*) AS n FROM person WHERE notes NOT LIKE 'Invented%' OR email NOT LIKE '%.invalid'")[0]["n"] == 0
    world.sync("staff")
print("the sample: the same from one seed, safe to repeat, and every figure as it counts itself")
