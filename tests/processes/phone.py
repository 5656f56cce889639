"""The check-in page for telephones in real browsers: a server, the project's staff, and tests/web/phone.mjs that taps."""

import json
import os
import subprocess
import sys
import time

from harness import BIN, World

HERE = os.path.dirname(os.path.abspath(__file__))
PEOPLE = [("Çela", "Arta"), ("Dervishi", "Ilir"), ("Gjoka", "Besa"), ("Hoxha", "Agron"), ("Kola", "Drita"), ("Leka", "Ilir"), ("Шукаловић", "Љиљана")]


def fill(world):
    """A training of today, and people who are expected there."""
    world.start()
    world.enrol("staff", "AL", "staff")
    today = time.strftime("%Y-%m-%d")
    world.device("staff", "put", "activity", "TR-90", "kind=training", "title=Electronic evidence and encrypted communications",
                 f"starts_on={today}", f"ends_on={today}", "place=Tirana", "beneficiary=AL", "--scope", "AL")
    for number, half in ((1, "morning"), (2, "afternoon")):
        world.device("staff", "put", "session", f"TR-90/{number}", f"date={today}", f"half_day={half}")
    sheet = f"{world.folder}/people.csv"
    with open(sheet, "w") as out:
        out.write("Family name,Given name,Gender,Institution\n")
        out.writelines(f"{family},{given},female,\"Prosecutor’s Office, Durrës\"\n" for family, given in PEOPLE)
    world.device("staff", "import", "participants", "--scope", "AL", sheet)
    for person in world.query("staff", "SELECT id, family_name FROM person"):
        if person["family_name"] != "Leka":
            world.device("staff", "put", "enrolment", f"{person['id']}/TR-90", "state=accepted", "role=participant")
    world.sync("staff")


def main():
    if not os.path.exists(f"{BIN}/../phone/tefter.wasm"):
        raise SystemExit("There is no page for telephones in build/phone; run tools/phone first.")
    with World() as world:
        fill(world)
        told = {"address": world.address, "folder": world.folder, "bin": BIN, "passphraseFile": world.passphrase,
                "codes": [world.invite(f"phone {i}") for i in (1, 2)]}
        done = subprocess.run(["node", f"{HERE}/../web/phone.mjs"], env={**os.environ, "WORLD": json.dumps(told)})
        assert done.returncode == 0, "the browser found something; it says what above"
    print("telephones check people in without a network, and agree")


if __name__ == "__main__":
    sys.exit(main())
