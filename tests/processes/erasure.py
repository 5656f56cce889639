"""A marked name is erased by two people, and is nowhere afterwards: no page of any replica or of the server, no file, no log,
no restored backup; snapshots and bundles bring none. A device that was away brings it back in vain. Figures do not change."""

import json
import os
import shutil

from harness import World, decrypted, refused

MARK = "Zq7Marked"


def places(world, names, data=None):
    """Everything that speaks of the mark: in the clear on the disk, or behind the keys."""
    data = data or world.data
    found = []
    for root, _, files in os.walk(world.folder):
        for name in files:
            if not os.path.isfile(f"{root}/{name}"):
                continue  # a socket
            with open(f"{root}/{name}", "rb") as file:
                if MARK.encode() in file.read():
                    found.append(f"{root}/{name} in the clear")
    for name in names:
        at = f"{world.folder}/{name}"
        if MARK.encode() in decrypted(f"{at}/keys", world.passphrase, f"{at}/replica.db", f"{at}/replica.db-journal"):
            found.append(name)
    if MARK.encode() in decrypted(f"{data}/keys", f"{data}/unlock", f"{data}/server.db", f"{data}/server.db-wal"):
        found.append("the server")
    return found


def reported(world, name):
    """The figures, without those on the replica itself (Q1 to Q4: when it was last synced, what is open in it)."""
    report = json.loads(world.device(name, "--json", "report"))
    report["indicators"] = {code: figure for code, figure in report["indicators"].items() if not code.startswith("Q")}
    return report


with World() as world:
    world.start()
    world.enrol("tirana")
    world.enrol("away")
    world.enrol("staff", "AL", "staff")
    world.enrol("admin", "AL", "administrator")
    world.device("admin", "put", "staff_user", "new", "name=Second", "role=staff", "active=1", "--scope", "shared")
    world.sync("admin")
    gone = world.device("tirana", "put", "person", "new", f"family_name={MARK}", f"given_name=Arta {MARK}", "gender=female", f"notes={MARK}",
                        "--scope", "AL").strip()
    twin = world.device("tirana", "put", "person", "new", f"family_name={MARK}", "given_name=A.", "gender=female", "--scope", "AL").strip()
    kept = world.device("tirana", "put", "person", "new", "family_name=Basha", "given_name=Ilir", "gender=male", "--scope", "AL").strip()
    world.device("tirana", "put", "activity", "TR-01", "kind=training", "title={\"en\": \"Evidence\"}", "starts_on=2026-03-16", "ends_on=2026-03-16", "state=done", "--scope", "AL")
    world.device("tirana", "put", "session", "TR-01/1", "date=2026-03-16")
    for person in (gone, twin, kept):
        world.device("tirana", "put", "attendance", f"{person}/TR-01/1", "status=present")
    host = world.device("tirana", "put", "institution", "new", "name=Host", "kind=police", "beneficiary=AL", "--scope", "AL").strip()
    world.device("tirana", "put", "internship", "new", f"person={gone}", f"host={host}", f"mentor={MARK}", "from_on=2026-01-01")
    for name in ("tirana", "staff", "away"):
        assert world.sync(name)["identical"], name
    world.device("staff", "put", "same_person", twin, f"canonical={gone}")
    world.device("away", "put", "person", gone, f"email={MARK}@example.org")  # and then a year without a network
    stick = f"{world.folder}/away.bundle"  # written before the erasure, carried to staff after it
    world.device("away", "bundle", "export", stick)
    for name in ("staff", "tirana"):
        assert world.sync(name)["identical"], name
    figures = reported(world, "staff")
    assert len(places(world, ("tirana", "staff", "away"))) == 4

    # Two people, and nobody twice.
    refused(lambda: world.server("erase", "person", gone, "--by", "Nobody"), 2, "Nobody")
    refused(lambda: world.server("erase", "person", "99", "--by", "Second"), 2, "no person 99")
    refused(lambda: world.server("erase", "activity", "TR-01", "--by", "Second"), 2, "no personal data")
    request = world.server("erase", "person", gone, "--by", "Second").split()[0]
    assert [e["request"] for e in json.loads(world.server("erasures", "--json"))] == [request]
    refused(lambda: world.server("erase", "--approve", request, "--by", "Second"), 1, "second person")
    assert len(places(world, ("tirana",))) == 2, "nothing is erased before it is approved"
    backup = f"{world.folder}/backup"
    world.server("backup", backup)
    assert json.loads(world.server("erase", "--approve", request, "--by", "Administrator", "--json"))["rows"] == 3
    refused(lambda: world.server("erase", "--approve", request, "--by", "Administrator"), 1, "already")
    refused(lambda: world.server("erase", "person", gone, "--by", "Second"), 1, "already")
    assert json.loads(world.server("erasures", "--json")) == []

    world.sync("staff")
    world.device("staff", "bundle", "import", stick)
    assert places(world, ("staff",)) == [], places(world, ("staff",))
    for name in ("tirana", "staff", "away", "tirana", "staff"):
        assert world.sync(name)["identical"], name
    world.enrol("fresh", "AL", "staff")
    world.sync("fresh")
    world.sync("staff")  # hears of the new device
    everyone = ("tirana", "staff", "away", "fresh")
    assert places(world, everyone) == []
    for name in everyone:
        rows = world.query(name, "SELECT id, family_name, email, gender FROM person ORDER BY id")
        assert [(r["family_name"], r["email"], r["gender"]) for r in rows] == [(None, None, 1), (None, None, 1), ("Basha", None, 2)], (name, rows)
        assert world.query(name, "SELECT mentor FROM internship") == [{"mentor": None}], "what belongs to the person goes too"
        world.device(name, "verify")
    assert reported(world, "staff") == figures, "statistics have changed"
    assert json.loads(world.server("verify", "--json"))["faults"] == []
    record = world.query("staff", "SELECT asked_by, approved_by, rows FROM erasure")
    assert len(record) == 1 and record[0]["rows"] == 3 and record[0]["asked_by"] != record[0]["approved_by"], record

    # The backup is older than the erasure. Restored, it gives nothing out before it has taken the erasure back.
    port = world.port
    world.stop()
    shutil.copy(f"{world.data}/unlock", f"{world.folder}/old-unlock")
    shutil.rmtree(world.data)
    world.server("restore", backup, "--unlock", f"{world.folder}/old-unlock")
    shutil.rmtree(backup)
    world.start(f"127.0.0.1:{port}")
    assert places(world, ()) == ["the server"]
    world.sync("staff")
    assert places(world, everyone) == [], "the first device that remembers gives the erasure back"
    for name in ("tirana", "away", "admin", "fresh"):  # that one too, of which it has heard from the staff's
        world.sync(name)
    assert all(world.sync(name)["identical"] for name in everyone)
    world.enrol("last", "AL")
    world.sync("last")
    assert places(world, (*everyone, "last")) == []
    assert json.loads(world.server("verify", "--json"))["faults"] == []
print("an erased name is nowhere, and every chain verifies")
