"""The C program of this folder against a real server; what it wrote reaches another office."""

import os
import subprocess
import sys

sys.path.insert(0, f"{os.path.dirname(os.path.abspath(__file__))}/../processes")
from harness import World  # noqa: E402

catalog, *program = sys.argv[1:]  # the program may stand behind an emulator
with World() as world:
    world.start()
    code = world.invite("Telephone", "AL")
    done = subprocess.run([*program, catalog, f"{world.folder}/telephone", code, "a passphrase for a telephone"],
                          capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    print(done.stdout, end="")
    world.enrol("Tirana")
    people = world.query("Tirana", "SELECT family_name, given_name, gender, birth_date FROM person ORDER BY 1")
    assert people == [{"family_name": "Hoxha", "given_name": "Ardita", "gender": 1, "birth_date": "1980-02-29"},
                      {"family_name": "Krasniqi", "given_name": "Blerta", "gender": 1, "birth_date": "1980-02-29"}], people
    marks = world.query("Tirana", "SELECT activity, session_number, status, hex(signature) AS signature FROM attendance")
    assert marks == [{"activity": "TR-C99", "session_number": 1, "status": 4, "signature": "010203"}], marks
