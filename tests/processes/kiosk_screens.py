"""Every screen of the kiosk that the other tests of the window pass by, with a year's sample in it: the figures, all kinds of activities with
their tabs, people, what waits for a decision. PICTURES=DIR keeps a picture of each."""

import os
import subprocess

from display import RAIL, Display, KioskWindow
from harness import BIN, World

SAMPLE = f"{os.path.dirname(os.path.abspath(__file__))}/../../tools/sample"

with World() as world, Display() as display:
    world.start()
    world.enrol("staff", "AL BA XK ME MK RS", "administrator")
    subprocess.run([SAMPLE, "--fill", f"{world.folder}/staff", "--passphrase-file", world.passphrase, "--bin", BIN], check=True, stdout=subprocess.DEVNULL)
    with open(world.passphrase) as file:
        passphrase = file.read().strip()
    kiosk = KioskWindow(display, f"{world.folder}/staff")
    kiosk.unlock(passphrase)
    seen = {}

    def keep(name):
        display.rests()
        display.keep(name)
        seen[name] = display.picture()

    display.tap(52, RAIL["today"])
    display.tap(1130, 48)
    keep("dashboard")
    display.tap(52, RAIL["activities"])
    keep("all-activities")

    def open_activity(code):
        display.tap(52, RAIL["activities"])
        display.tap(500, 92)
        display.chord("ctrl", "a")
        display.type(code)
        display.tap(500, 225)

    def of_kind(number, more=""):
        """The code of one that is over, has the most people, and is of this kind, as the catalog numbers them."""
        found = world.query("staff", "SELECT code FROM activity a WHERE kind = %d AND state = 4 %s ORDER BY (SELECT count(*) FROM enrolment WHERE "
                                     "activity = a.code) DESC, code LIMIT 1" % (number, more))
        return found[0]["code"]

    open_activity(of_kind(1, "AND code IN (SELECT activity FROM evaluation) AND code IN (SELECT activity FROM test_result)"))
    keep("attendance")
    for name, x in (("enrolments", 269), ("results", 336), ("evaluation", 428), ("documents-tab", 529)):
        display.tap(x, 117)
        keep(name)
    for number, name in ((4, "course"), (3, "internship"), (2, "study-tour")):
        open_activity(of_kind(number))
        display.tap(620, 117)
        keep(name)
    display.tap(52, RAIL["people"])
    display.tap(500, 195)
    keep("person")
    display.tap(52, RAIL["review"])
    display.tap(300, 117)
    keep("same-people")
    assert len(set(seen.values())) == len(seen), "two screens look the same"
    kiosk.close()
print("every screen opens")
