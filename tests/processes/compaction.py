"""History that everybody has read leaves the server's ledgers; an office that was away for too long is filled anew, and loses nothing."""

import json

from harness import World, fake_clock, refused


def later(days):
    return ["env", *(f"{name}={value}" for name, value in fake_clock(f"{days:+d}d").items())]


with World() as world:
    world.start()
    world.enrol("tirana")
    world.enrol("staff", role="staff")
    for name in "Hoxha", "Basha", "Duka":
        world.device("staff", "put", "person", "new", f"family_name={name}", "given_name=Arta", "--scope", "AL")
        world.sync("staff")
    world.sync("tirana")
    for name in "Leka", "Shehu":
        world.device("staff", "put", "person", "new", f"family_name={name}", "given_name=Ilir", "--scope", "AL")
        world.sync("staff")
    world.device("tirana", "put", "person", "new", "family_name=Krasniqi", "given_name=Era", "--scope", "AL")
    address = world.address

    # Tirana may come any day: nothing that it has not read goes.
    world.sync("staff")
    ledgers = {one["scope"]: one for one in json.loads(world.server("compact", "--keep-days", "0", "--json"))}
    assert ledgers["AL"]["segments"] == 0 and ledgers["AL"]["behind"] == [2], ledgers

    # Two months later its lease is over.
    world.stop()
    world.start(address, clock=later(60))
    world.sync("staff")
    world.sync("staff")
    said = world.server("compact", "--keep-days", "0")
    assert "AL: 5 segments are gone now; of 5, 0 are kept.\n" in said, said
    assert json.loads(world.server("compact", "--keep-days", "0", "--json"))[0]["segments"] == 0
    world.server("verify")
    refused(lambda: world.server("ledger-copy", f"{world.folder}/copy"), 1, "compacted")

    report = world.sync("tirana")
    assert report["identical"] and report["changesets_sent"] == 1, report
    everybody = [{"family_name": name} for name in ("Basha", "Duka", "Hoxha", "Krasniqi", "Leka", "Shehu")]
    world.sync("staff")
    for device in "tirana", "staff":
        assert world.query(device, "SELECT family_name FROM person ORDER BY 1") == everybody, world.query(device, "SELECT family_name FROM person")
        world.device(device, "verify")
    world.enrol("fresh")
    assert world.query("fresh", "SELECT family_name FROM person ORDER BY 1") == everybody

    # A backup of it is whole, and goes on.
    world.server("backup", f"{world.folder}/backup")
    world.stop()
    world.server("restore", f"{world.folder}/backup", "--unlock", f"{world.data}/unlock", data=f"{world.folder}/new")
    world.start(address, data=f"{world.folder}/new", clock=later(61))
    refused(lambda: world.server("compact", data=f"{world.folder}/new"), 1, "waits for other devices")
    for device in "tirana", "staff", "fresh", "tirana":
        report = world.sync(device)
    assert report["identical"], report
    world.server("verify", data=f"{world.folder}/new")
