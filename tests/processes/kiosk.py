"""The real kiosk in a real window, driven as a person drives it: enrolment, check-in of twenty people by search and by scanner, a registration
that is killed in the middle, a lock, a sync. What it did is asked of the replica afterwards. PICTURES=DIR keeps a picture of each step."""

import glob
import os
import subprocess
import time

from display import RAIL, Display, KioskWindow, wait_until
from harness import World

PASSPHRASE = "a passphrase for tests"
FAMILIES = ["Ahmeti", "Berisha", "Çela", "Dervishi", "Elezi", "Fishta", "Gjoka", "Halili", "Ismaili", "Jakova", "Kola", "Leka", "Marku", "Ndreu", "Osmani",
            "Prifti", "Qosja", "Rama", "Shehu", "Toska", "Ukaj", "Veliaj"]
TYPED = ["ahmeti", "berisha", "cela", "dervishi", "elezi", "fishta", "gjoka", "halili", "ismaili", "jakova"]


def text_of(path):
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True).stdout


with World() as world, Display() as display:
    world.start()
    os.mkdir(f"{world.folder}/programs")
    with open(f"{world.folder}/programs/lp", "w") as out:
        out.write(f"#!/bin/sh\ncat >{world.folder}/printing.pdf && mv {world.folder}/printing.pdf {world.folder}/printed.pdf\n")
    os.chmod(f"{world.folder}/programs/lp", 0o755)
    display.environment |= {"HOME": world.folder, "PATH": f"{world.folder}/programs:{os.environ['PATH']}"}
    world.enrol("staff", "AL", "staff")
    today, tomorrow = (time.strftime("%Y-%m-%d", time.localtime(time.time() + days * 86400)) for days in (0, 1))  # midnight may pass
    world.device("staff", "put", "activity", "TR-90", "kind=training", "title=Electronic evidence and encrypted communications", f"starts_on={today}",
                 f"ends_on={tomorrow}", "place=Tirana", "--scope", "AL")
    for number in (1, 2, 3, 4):
        world.device("staff", "put", "session", f"TR-90/{number}", "half_days=1")
    sheet = f"{world.folder}/people.csv"
    with open(sheet, "w") as out:
        out.write("Family name,Given name,Gender,Date of birth,Institution,Category\n")
        for i, family in enumerate(FAMILIES):
            out.write(f"{family},{'Arta' if i % 2 else 'Ilir'},{'female' if i % 2 else 'male'},{i + 1}.3.1980,\"Prosecutor’s Office, Durrës\",prosecutor\n")
    world.device("staff", "import", "participants", "--scope", "AL", sheet)
    people = world.query("staff", "SELECT id, family_name FROM person ORDER BY family_name")
    for person in people:
        world.device("staff", "put", "enrolment", f"{person['id']}/TR-90", "state=accepted", "role=participant")
        world.device("staff", "put", "person", person["id"], f"badge=TB{int(person['id']) % 100000:05d}")
    world.sync("staff")

    # First start: the code is typed, the passphrase twice.
    code = world.invite("Tirana")
    os.mkdir(f"{world.folder}/stick")
    kiosk = KioskWindow(display, f"{world.folder}/Tirana", "--sticks", f"{world.folder}/stick")
    display.keep("first-start")
    display.type(code)
    display.key("Return")  # as a scanner ends: the passphrase is next
    display.type(PASSPHRASE)
    display.key("Tab")
    display.type(PASSPHRASE)
    display.hands("key", "Return")
    wait_until(kiosk.rail_is_there, "the device is enrolled", 150)

    def asked(sql):
        return world.query("Tirana", sql)

    wait_until(lambda: asked("SELECT count(*) AS n FROM person")[0]["n"] == len(FAMILIES), "the replica is filled")
    display.rests()
    display.tap(52, RAIL["today"])
    display.keep("today")

    # Ten by a few letters and Enter, ten by their badges.
    def marks():
        return asked("SELECT how, count(*) AS n FROM attendance WHERE activity = 'TR-90' AND session_number = 1 AND status = 4 GROUP BY how ORDER BY how")

    def here():
        return "here are " + str(asked("SELECT family_name, how FROM attendance JOIN person ON person.id = attendance.person WHERE status = 4"))

    display.tap(205, 346)
    display.keep("check-in")
    for typed in TYPED:
        display.hands("type", "--delay", 12, typed)
        display.hands("key", "Return")
    display.rests()
    wait_until(lambda: marks() == [{"how": 3, "n": 10}], "ten are checked in by name", seen=here)
    for person in people[10:20]:
        display.hands("type", "--delay", 1, f"TB{int(person['id']) % 100000:05d}")  # as fast as a scanner
        display.hands("key", "Return")
    wait_until(lambda: marks() == [{"how": 2, "n": 10}, {"how": 3, "n": 10}], "ten are checked in by badge", seen=here)
    display.rests()
    display.keep("checked-in")

    # The last one was a mistake.
    display.tap(1190, 287)
    wait_until(lambda: marks() == [{"how": 2, "n": 9}, {"how": 3, "n": 10}], "a check-in is undone")

    # Somebody new, and the program is killed in the middle of the form.
    display.type("Zogu Mirela")
    display.keep("search-nobody")
    display.tap(250, 410)
    display.tap(186, 236)
    display.keep("register")
    display.rests()
    kiosk.kill()
    kiosk = KioskWindow(display, f"{world.folder}/Tirana", "--sticks", f"{world.folder}/stick")
    display.keep("unlock")
    kiosk.unlock(PASSPHRASE)
    display.tap(52, RAIL["people"])
    display.tap(1140, 119)
    display.keep("draft")
    display.chord("ctrl", "s")
    wait_until(lambda: asked("SELECT count(*) AS n FROM person WHERE family_name = 'Zogu' AND given_name = 'Mirela'")[0]["n"] == 1, "the draft is saved")
    display.rests()

    # Letters of the region, typed on their own keyboards, and a registration from the list of people.
    subprocess.run(["setxkbmap", "rs"], env=display.environment, check=True)
    display.tap(1140, 119)
    display.type("Шукаловић")
    display.key("Tab")
    display.type("Љиљана")
    display.keep("cyrillic")
    subprocess.run(["setxkbmap", "us"], env=display.environment, check=True)
    display.chord("ctrl", "s")
    wait_until(lambda: asked("SELECT given_name FROM person WHERE family_name = 'Шукаловић'") == [{"given_name": "Љиљана"}], "Cyrillic letters are kept")
    display.rests()
    display.tap(500, 119)
    display.type("sukalovic")
    display.keep("people")

    # The grid.
    display.tap(52, RAIL["activities"])
    display.keep("activities")
    display.tap(500, 225)
    display.keep("grid")

    # A list to sign, on paper and as a file: it has the names of all. The printer is a program that keeps what it is given.
    display.tap(529, 117)
    display.keep("documents")
    display.tap(312, 259)
    wait_until(lambda: all(family in text_of(f"{world.folder}/printed.pdf") for family in FAMILIES), "the printed list has all names")
    display.rests()
    display.keep("printed")
    display.tap(204, 325)
    wait_until(lambda: all(family in text_of(f"{world.folder}/Tefter/TR-90 attendance-list.pdf") for family in FAMILIES), "so has the file")
    display.rests()

    # By a stick, where no network is: a colleague carries it to the office.
    display.tap(52, RAIL["send"])
    display.tap(228, 431)
    display.keep("stick")
    display.tap(235, 496)
    wait_until(lambda: glob.glob(f"{world.folder}/stick/*.tefter"), "the stick is written")
    display.rests()
    display.keep("stick-written")
    world.sync("staff")  # and knows of the new device
    world.device("staff", "bundle", "import", glob.glob(f"{world.folder}/stick/*.tefter")[0])
    assert world.query("staff", "SELECT count(*) AS n FROM attendance WHERE status = 4")[0]["n"] == 19, "the stick brings the attendance"

    # Send and receive, and what the server has then.
    display.tap(282, 246)
    wait_until(lambda: world.query("Tirana", "SELECT count(*) AS n FROM person")[0]["n"] == len(FAMILIES) + 2, "nothing is lost by a sync")
    world.sync("staff")
    wait_until(lambda: world.sync("staff")["identical"] and
               world.query("staff", "SELECT count(*) AS n FROM attendance WHERE status = 4")[0]["n"] == 19, "the staff have the attendance")
    display.rests()
    display.keep("sent")

    # The office and the staff write different things about the same person; the officer decides.
    arta = people[1]["id"]
    world.device("staff", "put", "person", arta, "position=Head of the department")
    world.sync("staff")
    display.tap(52, RAIL["people"])
    display.tap(500, 119)
    display.chord("ctrl", "a")
    display.key("Delete")
    display.type("berisha")
    display.tap(500, 195)
    display.tap(600, 600)
    display.type("Prosecutor")
    display.chord("ctrl", "s")
    wait_until(lambda: asked(f"SELECT position FROM person WHERE id = {arta}")[0]["position"] == "Prosecutor", "the office has written its own")
    display.tap(52, RAIL["send"])
    display.tap(282, 246)
    wait_until(lambda: asked("SELECT count(*) AS n FROM tefter_conflict")[0]["n"] == 1, "both values are there")
    display.tap(52, RAIL["review"])
    display.keep("review")
    display.tap(420, 456)
    wait_until(lambda: asked("SELECT count(*) AS n FROM tefter_conflict")[0]["n"] == 0, "the conflict is settled")
    position = asked(f"SELECT position FROM person WHERE id = {arta}")[0]["position"]
    assert position in ("Prosecutor", "Head of the department"), position
    display.tap(52, RAIL["settings"])
    display.keep("settings")

    # At rest it rests: no time of the processor is used while nobody touches it.
    display.rests()
    used = [os.stat(f"/proc/{kiosk.process.pid}").st_mtime, sum(map(int, open(f"/proc/{kiosk.process.pid}/stat").read().rsplit(")", 1)[1].split()[11:13]))]
    time.sleep(3)  # what is measured is the passing of time
    after = sum(map(int, open(f"/proc/{kiosk.process.pid}/stat").read().rsplit(")", 1)[1].split()[11:13]))
    assert after - used[1] <= 1, f"the kiosk used {after - used[1]} ticks of the processor at rest"

    display.tap(52, RAIL["lock"])
    display.keep("locked")
    assert not kiosk.rail_is_there()
    kiosk.close()
    assert world.device("Tirana", "verify").startswith("All is well")
print("twenty people checked in, a form survived a kill, and the server has it all")
