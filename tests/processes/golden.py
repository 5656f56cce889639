"""What every release has written is read by this build: its server is restored and serves, its offices sync what they had not sent, its bundle
is taken in, its ledgers verify. The files are in tests/golden; tools/golden makes them, once for each release."""

import json
import os
import shutil
import sys
import time

from harness import BIN, World, fake_clock, run

HERE = os.path.abspath(f"{os.path.dirname(__file__)}/../golden")
OFFICES = ("tirana", "shkoder", "staff")
SHOWN = {
    "person": "SELECT id, family_name, given_name, position, email, gender FROM person ORDER BY id",
    "attendance": "SELECT person, activity, session_number, status FROM attendance ORDER BY person, activity, session_number",
    "activity": "SELECT code, title, starts_on, state FROM activity ORDER BY code",
    "attachment": "SELECT hex(content_hash) AS hash FROM attachment ORDER BY 1",
}


def shown(world, name):
    return {what: world.query(name, sql) for what, sql in SHOWN.items()}


def person(world, name, *values):
    return world.device(name, "put", "person", "new", *values, "--scope", "AL").strip()


def first_days(world):
    """Two offices that have synced, with every kind of row and rule; a file; a conflict; a deletion; an erasure. Returns their people."""
    for name in OFFICES:
        world.enrol(name, "AL", "staff" if name == "staff" else "officer")
    world.enrol("stick")
    arta = person(world, "tirana", "family_name=Hoxha", "given_name=Arta", "gender=female", "category=judge")
    marko = person(world, "tirana", "family_name=Шукаловић", "given_name=Марко", "gender=male", "notes=стигао касно")
    gone = person(world, "tirana", "family_name=Nobody", "given_name=Any", "gender=male")
    world.device("tirana", "put", "activity", "TR-01", "kind=training", 'title={"en": "Evidence", "sq": "Prova"}', "starts_on=2026-03-16",
                 "ends_on=2026-03-17", "state=done", "--scope", "AL")
    for number in (1, 2):
        world.device("tirana", "put", "session", f"TR-01/{number}", f"date=2026-03-{15 + number}")
        for one in (arta, marko):
            world.device("tirana", "put", "attendance", f"{one}/TR-01/{number}", "status=present")
    paper = f"{world.folder}/paper.txt"
    with open(paper, "w") as out:
        out.write("signed on paper\n" * 40)
    world.device("tirana", "file", "attach", "person", arta, paper)
    for name in (*OFFICES, *OFFICES):
        assert world.sync(name)["identical"], name
    world.device("tirana", "put", "person", arta, "position=judge in Tirana")
    world.device("shkoder", "put", "person", arta, "position=judge in Shkodër")
    world.device("staff", "delete", "attendance", f"{marko}/TR-01/2")
    for name in (*OFFICES, *OFFICES):
        assert world.sync(name)["identical"], name
    assert json.loads(world.device("tirana", "--json", "conflicts")), "two offices wrote the same group"
    request = world.server("erase", "person", gone, "--by", "Administrator").split()[0]
    second = json.loads(world.server("user", "add", "Second", "--role", "staff", "--json"))
    assert second["passphrase"]
    world.server("erase", "--approve", request, "--by", "Second")
    for name in OFFICES:
        assert world.sync(name)["identical"], name
    return arta, marko


def unsent(world, arta, marko):
    world.device("tirana", "put", "person", marko, "email=marko@example.org")
    person(world, "tirana", "family_name=Basha", "given_name=Ilir", "gender=male")
    world.device("shkoder", "put", "person", marko, "email=m.s@example.org")
    world.device("shkoder", "put", "attendance", f"{arta}/TR-01/1", "status=late")


def keep(folder):
    """Writes what this build writes to a new folder."""
    with World() as world:
        world.start()
        arta, marko = first_days(world)
        world.server("backup", f"{world.folder}/backup")
        world.server("ledger-copy", f"{world.folder}/copy")
        unsent(world, arta, marko)
        late = person(world, "stick", "family_name=Leka", "given_name=Era", "gender=female")
        world.device("stick", "bundle", "export", f"{world.folder}/stick.bundle")
        expected = {"made_at": int(time.time()), "address": world.address, "shown": {name: shown(world, name) for name in OFFICES},
                    "arta": arta, "marko": marko, "stick": late, "verified": json.loads(world.server("verify", "--json"))}
        world.stop()
        os.makedirs(folder)
        for name in ("backup", "copy", *OFFICES):
            shutil.copytree(f"{world.folder}/{name}", f"{folder}/{name}", ignore=shutil.ignore_patterns("*.writer"))
        shutil.copy(f"{world.folder}/stick.bundle", folder)
        shutil.copy(f"{world.data}/unlock", folder)
        with open(f"{folder}/expected.json", "w") as out:
            json.dump(expected, out, ensure_ascii=False, indent=1)


def as_of(moment):
    """From now on every program that is started lives at that moment: registrations of devices end, and leases."""
    os.environ.update(fake_clock(f"{int(moment - time.time()):+d}"))


def reads(release):
    folder = f"{HERE}/{release}"
    expected = json.load(open(f"{folder}/expected.json"))
    as_of(expected["made_at"] + 3600)
    with World() as world:
        for name in OFFICES:
            shutil.copytree(f"{folder}/{name}", f"{world.folder}/{name}")
            assert shown(world, name) == expected["shown"][name], (release, name)
            world.device(name, "verify")
        run(f"{BIN}/tefter", "verify", "--ledger-copy", f"{folder}/copy")
        world.server("restore", f"{folder}/backup", "--unlock", f"{folder}/unlock")
        verified = json.loads(world.server("verify", "--json"))
        assert verified["faults"] == [] and verified["rows"] > 20, verified
        world.start(listen=expected["address"])
        for name in OFFICES:
            world.sync(name)
        world.server("go-on")  # the office with the stick does not come
        for name in OFFICES:
            assert world.sync(name)["identical"], (release, name)
        for name in OFFICES:
            world.device(name, "verify")
        assert shown(world, "tirana") == shown(world, "shkoder") == shown(world, "staff"), release
        people = {row["id"]: row for row in shown(world, "tirana")["person"]}
        assert "Basha" in [row["family_name"] for row in people.values()], people
        assert [row["family_name"] for row in people.values()].count(None) == 1, "who was erased stays erased"
        kept = json.loads(world.device("shkoder", "--json", "conflicts"))
        assert len(kept) >= 2, ("both addresses, and both positions", kept)
        world.device("shkoder", "put", "person", expected["marko"], "email=marko.s@example.org")
        assert world.sync("shkoder")["identical"] and world.sync("tirana")["identical"]
        assert shown(world, "tirana") == shown(world, "shkoder"), release
        world.device("staff", "bundle", "import", f"{folder}/stick.bundle")
        assert world.sync("staff")["identical"] and world.sync("tirana")["identical"]
        assert world.query("tirana", f"SELECT family_name FROM person WHERE id = {expected['stick']}") == [{"family_name": "Leka"}]
        assert json.loads(world.server("verify", "--json"))["faults"] == []


def beside(old):
    """Offices of one build with the server of the other, both ways; `old`: the folder of its programs."""
    for server, office in ((BIN, old), (old, BIN)):
        with World() as world:
            world.server_program, world.device_program = f"{server}/tefter-server", f"{office}/tefter"
            world.start()
            arta, marko = first_days(world)
            unsent(world, arta, marko)
            for name in (*OFFICES, *OFFICES):
                assert world.sync(name)["identical"], name
            assert shown(world, "tirana") == shown(world, "shkoder")


if __name__ == "__main__":
    releases = sorted(os.listdir(HERE))
    assert releases, "tests/golden is empty"
    for one in releases:
        reads(one)
        print(f"{one} is read")
    sys.exit(0)
