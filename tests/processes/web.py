"""The web pages in a real browser: a server, an office and the project's staff, and tests/web/pages.mjs that clicks."""

import json
import os
import subprocess
import sys

from harness import BIN, World

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.abspath(f"{HERE}/../data/spring-2026")
PASSPHRASE = "a passphrase for tests"
ACTIVITY = "TR-02"


def fill(world):
    """Albania's people and lists, as its office sends them."""
    world.server("init", "--passphrase-file", world.passphrase)
    world.start()
    for name, role in (("Ana", "administrator"), ("Sara", "staff"), ("Mira", "manager")):
        world.server("user", "add", name, "--role", role, "--passphrase-file", world.passphrase)
    world.enrol("staff", "AL BA XK ME MK RS", "staff")
    world.enrol("tirana", "AL")
    world.device("staff", "import", "activities", f"{DATA}/activities.csv")
    world.sync("staff")
    world.sync("tirana")
    world.device("tirana", "import", "participants", "--skip-bad", f"{DATA}/registrations/tirana.csv")
    codes = [row["code"] for row in world.query("tirana", "SELECT code FROM activity WHERE beneficiary = 'AL' ORDER BY code")]
    for code in codes:
        world.device("tirana", "import", "attendance", f"{DATA}/attendance/{code}.csv", "--activity", code)
    world.sync("tirana")
    world.sync("staff")
    return codes[0]


def main():
    with World() as world:
        activity = fill(world)
        told = {"address": world.address, "folder": world.folder, "bin": BIN, "passphrase": PASSPHRASE,
                "passphraseFile": world.passphrase, "activity": activity}
        done = subprocess.run(["node", f"{HERE}/../web/pages.mjs"], env={**os.environ, "WORLD": json.dumps(told)})
        assert done.returncode == 0, "the browser found something; it says what above"
        with open(f"{world.folder}/server.log") as log:
            said = [line for line in log if "tefter-server:" in line and "was cut" not in line]
        assert not said, said
    print("the pages do what people expect")


if __name__ == "__main__":
    sys.exit(main())
