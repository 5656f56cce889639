"""A laptop whose disk was put back to an older copy, in a real window: its sync offers to enrol again, a new code and the officer's
passphrase are typed, and what had not been sent is with everybody."""

import glob
import shutil
import subprocess

from display import RAIL, Display, KioskWindow, wait_until
from harness import World

PASSPHRASE = "a passphrase for tests"


def register(world, name):
    world.device("Tirana", "put", "person", "new", f"family_name={name}", "given_name=Arta", "gender=female", "--scope", "AL")


with World() as world, Display() as display:
    world.start()
    world.enrol("Tirana")
    world.enrol("durres")
    folder = f"{world.folder}/Tirana"
    register(world, "Hoxha")
    world.sync("Tirana")
    shutil.copytree(folder, f"{world.folder}/copy")
    register(world, "Basha")
    world.sync("Tirana")
    shutil.rmtree(folder)
    shutil.copytree(f"{world.folder}/copy", folder)
    register(world, "Duka")

    kiosk = KioskWindow(display, folder)
    kiosk.unlock(PASSPHRASE)
    display.tap(52, RAIL["send"])

    def colour(x, y):
        return subprocess.run(["import", "-window", "root", "-crop", f"1x1+{x}+{y}", "-depth", "8", "rgb:-"], env=display.environment, check=True,
                              capture_output=True).stdout

    def syncs():
        return world.query("Tirana", "SELECT count(*) AS n FROM tefter_sync WHERE outcome LIKE '%enrol it again%'")[0]["n"]

    display.tap(282, 246)
    wait_until(lambda: syncs() == 1, "the sync is told that this device has forked")
    display.rests()
    display.keep("forked")
    display.tap(282, 372)
    display.keep("forked-ask")

    # A passphrase of nobody changes nothing; then the right one.
    code = world.invite("Tirana")
    display.type(code)
    display.key("Return")
    display.type("not the passphrase")
    display.hands("key", "Return")
    page = colour(1110, 540)
    wait_until(lambda: colour(1110, 561) != page, "the passphrase is called wrong")
    display.rests()
    display.keep("forked-wrong")
    assert world.query("Tirana", "SELECT count(*) AS n FROM person")[0]["n"] == 2
    display.type(PASSPHRASE)
    display.hands("key", "Return")
    wait_until(lambda: glob.glob(f"{folder}.device-*") and kiosk.rail_is_there(), "the device is enrolled again", 150)
    display.rests()
    display.keep("forked-done")
    world.sync("durres")
    names = [row["family_name"] for row in world.query("durres", "SELECT family_name FROM person ORDER BY family_name")]
    assert names == ["Basha", "Duka", "Hoxha"], names
    kiosk.close()
