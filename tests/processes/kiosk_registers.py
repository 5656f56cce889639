"""The registers on the real kiosk: staff open a case and write down a meeting about it, with the keyboard and a few taps; it is on the server
after a sync. PICTURES=DIR keeps a picture of each step."""

import time

from display import RAIL, Display, KioskWindow, wait_until
from harness import World

CRIMES = 'crimes=["drug_trafficking"]'


with World() as world, Display() as display:
    world.start()
    world.enrol("staff", "AL BA XK ME MK RS", "staff")
    for reference, beneficiary in (("JC-2026-07", "AL"), ("JC-2026-08", "BA"), ("JC-2026-09", "RS")):
        world.device("staff", "put", "supported_case", "new", f"reference={reference}", "opened_on=2026-02-11", f"beneficiary={beneficiary}",
                     CRIMES, "state=open", "--scope", beneficiary)
    world.sync("staff")
    with open(world.passphrase) as file:
        passphrase = file.read().strip()
    kiosk = KioskWindow(display, f"{world.folder}/staff")
    kiosk.unlock(passphrase)

    day = time.strftime("%Y-%m-%d")

    def meetings():
        return world.query("staff", "SELECT m.kind, m.held_on, m.place, c.reference FROM meeting m JOIN supported_case c ON c.id = m.supported_case")

    display.tap(52, RAIL["registers"])
    display.keep("registers")
    display.tap(300, 322)  # supported cases
    display.type("07")
    display.keep("register-list")
    display.tap(500, 195)
    display.keep("register-row")
    # A meeting about it: what it belongs to, and for whom it is held, are filled in.
    display.tap(190, 514)
    display.tap(316, 283)  # coordination
    display.tap(830, 366)  # today
    display.tap(500, 448)
    display.type("The Hague")
    display.keep("register-form")
    display.chord("ctrl", "s")
    held_on = (day, time.strftime("%Y-%m-%d"))  # midnight may pass
    wait_until(lambda: meetings() in [[{"kind": 2, "held_on": when, "place": "The Hague", "reference": "JC-2026-07"}] for when in held_on],
               "the meeting is written", seen=meetings)
    display.rests()
    display.keep("register-meeting")
    display.tap(52, RAIL["send"])
    display.tap(282, 246)
    wait_until(lambda: world.query("staff", "SELECT count(*) AS n FROM tefter_unsent")[0]["n"] == 0 and
               world.query("staff", "SELECT count(*) AS n FROM tefter_segment WHERE sent = 0")[0]["n"] == 0, "the server has it")
    kiosk.close()
    world.enrol("office", "AL", "staff")
    world.sync("office")
    assert world.query("office", "SELECT place FROM meeting") == [{"place": "The Hague"}]
print("a meeting was written down in a few taps")
