"""The kiosk without a mouse, in a window that stands upright: every place by its keys, a person registered and checked in by Tab, arrows and
Enter, the focus seen where it is. PICTURES=DIR keeps a picture of each step."""

import time

from display import Display, KioskWindow, wait_until
from harness import World

PASSPHRASE = "a passphrase for tests"
PLACES = ["today", "activities", "people", "registers", "review", "send", "settings"]

with World() as world, Display(600, 1000) as display:
    world.start()
    world.enrol("staff", "AL", "staff")
    today = time.strftime("%Y-%m-%d")
    world.device("staff", "put", "activity", "TR-90", "kind=training", "title=Electronic evidence", f"starts_on={today}", f"ends_on={today}", "place=Tirana",
                 "--scope", "AL")
    world.device("staff", "put", "session", "TR-90/1", "half_days=1")
    kiosk = KioskWindow(display, f"{world.folder}/staff")
    display.type(PASSPHRASE)
    display.hands("key", "Return")

    def asked(sql):
        return world.query("staff", sql)

    # Each place is another picture, and the way back is the same one.
    wait_until(lambda: len(set(display.picture())) > 40, "the kiosk unlocks")
    display.rests()
    seen = {}
    for number, place in enumerate(PLACES, 1):
        display.chord("ctrl", str(number))
        display.keep(f"keys-{place}")
        seen[place] = display.picture()
    assert len(set(seen.values())) == len(PLACES), "a key leads nowhere"

    # A person, without a mouse: Tab goes from field to field and to the choices, Space chooses.
    display.chord("ctrl", "3")
    display.key("Tab", "Return")  # from the search to the button beside it
    display.keep("keys-new-person")
    display.type("Zogu")
    display.key("Tab")
    display.type("Mirela")
    display.key("Tab", "space")  # the first choice of the next row
    display.keep("keys-chosen")
    display.chord("ctrl", "s")
    wait_until(lambda: asked("SELECT given_name, gender FROM person WHERE family_name = 'Zogu'") == [{"given_name": "Mirela", "gender": 1}], "she is registered",
               seen=lambda: str(asked("SELECT * FROM person")))

    # Checked in at the door of the activity that Today shows.
    display.rests()
    display.chord("ctrl", "1")
    display.key("Tab", "Tab", "Tab", "Return")  # past the registers and the figures
    display.keep("keys-door")
    display.type("zogu")
    display.key("Return")  # asks first, since she is not on the list
    display.key("Return")
    wait_until(lambda: asked("SELECT status FROM attendance WHERE activity = 'TR-90'") == [{"status": 4}], "she is checked in",
               seen=lambda: str(asked("SELECT * FROM attendance")))
    display.chord("ctrl", "l")
    display.keep("keys-locked")
    kiosk.close()
    assert world.device("staff", "verify").startswith("All is well")
print("nobody touched the mouse")
