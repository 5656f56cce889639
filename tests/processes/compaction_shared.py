"""Servers that share their ledgers compact them: a compacted server founds a set, one server compacts for all, a copy from before is told so,
and the ledgers go home and back as they are."""

import json

from cluster import Member, eventually
from harness import World, refused
from postgres import Postgres


def compact(member):
    return {one["scope"]: one for one in json.loads(member.administer("compact", "--keep-days", "0", "--json"))}



def bases(database):
    return database.query("SELECT scope, base FROM tefter_ledger_head ORDER BY scope")


def register(world, name, *people):
    for person in people:
        world.device(name, "put", "person", "new", f"family_name={person}", "given_name=Arta", "--scope", "AL")
        world.sync(name)


with World() as world, Postgres() as database:
    world.start()
    world.enrol("tirana")
    register(world, "tirana", "Hoxha", "Leka", "Duka")
    world.sync("tirana")
    assert json.loads(world.server("compact", "--keep-days", "0", "--json"))
    before = json.loads(world.server("verify", "--json"))
    world.stop()

    # What has been compacted stays so on the way to the database.
    world.server("migrate-ledger", "--to", database.url)
    assert json.loads(world.server("verify", "--json")) == before
    heads = database.query("SELECT scope, position, base FROM tefter_ledger_head WHERE base > 0").splitlines()
    assert any(line.split("|")[1:] == ["3", "3"] for line in heads), heads
    old = f"{world.folder}/old"
    world.server("backup", old)
    first, second = (Member(world, name, database.url) for name in ("server", "second"))
    world.server("restore", old, "--unlock", f"{world.data}/unlock", data=second.data)
    try:
        for member in (first, second):
            member.start()
        assert database.query("SELECT count(*) FROM tefter_server") == "2"
        world.device("tirana", "server", first.administer("invite", "--office", "x", "--scope", "AL", "--address", f"127.0.0.1:{first.port}").strip())
        register(world, "tirana", "Basha", "Krasniqi")
        world.sync("tirana")

        # The second server was not asked by anybody, and knows what Tirana has read.
        def compacted():
            one = compact(second)["AL"]
            return one["base"] == one["head"] == 5 and one["behind"] == []

        eventually("the second server compacts what Tirana has read of the first", compacted)
        eventually("both have the same rows and ledgers", lambda: json.loads(first.administer("verify", "--json")) == json.loads(second.administer("verify", "--json")))
        assert json.loads(first.administer("verify", "--json"))["faults"] == []
        assert not any(one["segments"] for one in compact(first).values()), "a copy follows what was compacted elsewhere"
        assert database.query("SELECT count(*) FROM tefter_ledger WHERE position <= 5 AND length(bytes) > 0 AND scope = (SELECT scope FROM tefter_ledger_head WHERE base = 5)") == "0"

        # A new office is filled; Tirana goes on; who comes from a backup of before is told what to do.
        world.device("durres", "enrol", second.administer("invite", "--office", "durres", "--scope", "AL", "--address", f"127.0.0.1:{second.port}").strip())
        assert len(world.query("durres", "SELECT family_name FROM person")) == 5
        register(world, "tirana", "Shehu")
        late = Member(world, "late", database.url)
        world.server("restore", old, "--unlock", f"{world.data}/unlock", data=late.data)
        refused(lambda: world.server("serve", "--listen", "127.0.0.1:0", "--ledger", database.url, data=late.data), 1, "newer backup of any server of the set")
    finally:
        for member in (first, second):
            if member.process is not None:
                member.stop()

    # Home, and to an empty database again.
    whole = json.loads(first.administer("verify", "--json"))
    was = bases(database)
    first.administer("migrate-ledger", "--back")
    assert json.loads(first.administer("verify", "--json")) == whole
    first.administer("migrate-ledger", "--to", database.url)
    assert json.loads(first.administer("verify", "--json")) == whole and bases(database) == was
    first.start()
    try:
        assert world.sync("tirana")["identical"]
    finally:
        first.stop()
