"""The check-in page for telephones in real browsers: a server, the project's staff, and tests/web/phone.mjs that taps."""

import json
import os
import subprocess
import sys

from harness import BIN, World

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.abspath(f"{HERE}/../data/spring-2026")


def fill(world):
    """Albania's people and one activity of today with a list of people who are expected."""
    world.start()
    world.enrol("staff", "AL BA XK ME MK RS", "staff")
    world.enrol("tirana", "AL")
    world.device("staff", "import", "activities", f"{DATA}/activities.csv")
    world.sync("staff")
    world.sync("tirana")
    world.device("tirana", "import", "participants", "--skip-bad", f"{DATA}/registrations/tirana.csv")
    activity = world.query("tirana", "SELECT code FROM activity WHERE beneficiary = 'AL' ORDER BY code")[0]["code"]
    world.device("tirana", "import", "attendance", f"{DATA}/attendance/{activity}.csv", "--activity", activity)
    world.sync("tirana")
    return activity


def main():
    if not os.path.exists(f"{BIN}/../phone/tefter.wasm"):
        raise SystemExit("There is no page for telephones in build/phone; run tools/phone first.")
    with World() as world:
        activity = fill(world)
        told = {"address": world.address, "folder": world.folder, "bin": BIN, "passphraseFile": world.passphrase, "activity": activity,
                "codes": [world.invite(f"phone {i}") for i in (1, 2)]}
        done = subprocess.run(["node", f"{HERE}/../web/phone.mjs"], env={**os.environ, "WORLD": json.dumps(told)})
        assert done.returncode == 0, "the browser found something; it says what above"
    print("telephones check people in without a network, and agree")


if __name__ == "__main__":
    sys.exit(main())
