"""Administration beside a running server and without one; backup and restore; two servers on one folder."""

import json
import os
import shutil

from harness import World, refused

with World() as world:
    world.start()
    world.enrol("tirana")
    world.enrol("staff", "AL", "administrator")
    world.device("staff", "put", "staff_user", "new", "name=Second", "role=staff", "active=1")
    arta = world.device("tirana", "put", "person", "new", "family_name=Hoxha", "given_name=Arta", "--scope", "AL").strip()
    world.sync("tirana")
    world.sync("staff")
    refused(lambda: world.server("serve", "--listen", "127.0.0.1:0"), 1, "runs on the folder")
    refused(lambda: world.server("init"), 1, "not empty")
    refused(lambda: world.server("invite", "--office", "X", "--scope", "ZZ", "--address", "h:1"), 2, "ZZ")
    refused(lambda: world.server("invite", "--office", "X", "--scope", "AL", "--role", "king", "--address", "h:1"), 2, "king")
    code = world.server("invite", "--office", "Peja", "--scope", "XK").strip()  # the address is where the server listens
    world.device("peja", "enrol", code)
    refused(lambda: world.server("grant", "4", "--scope", "ZZ"), 2, "ZZ")
    refused(lambda: world.server("grant", "99", "--scope", "MK"), 2, "99")
    world.server("grant", "4", "--scope", "MK", "--scope", "XK")
    refused(lambda: world.device("peja", "put", "person", "new", "family_name=Dimovski", "given_name=Goran", "--scope", "MK"), 1, "MK")
    assert world.sync("peja")["identical"], "what it was granted is filled in the sync that tells it so"
    world.device("peja", "put", "person", "new", "family_name=Dimovski", "given_name=Goran", "--scope", "MK")
    assert world.sync("peja")["identical"]
    assert json.loads(world.server("devices", "--json"))[2]["scopes"] == "shared regional XK MK"
    world.server("revoke", "4")
    refused(lambda: world.server("grant", "4", "--scope", "AL"), 1, "revoked")
    refused(lambda: world.server("revoke", "99"), 2, "99")
    refused(lambda: world.server("devices", data=world.folder + "/nowhere"), 1, "no server")
    assert [d["office"] for d in json.loads(world.server("devices", "--json"))] == ["tirana", "staff", "Peja"]

    backup = f"{world.folder}/backup"
    world.server("backup", backup)
    refused(lambda: world.server("backup", backup), 1, "already")
    assert sorted(os.listdir(backup)) == ["keys", "server.db", "web.db"]

    # After the backup: another person, another device, an erasure. Then the server's disk is lost.
    world.device("tirana", "put", "person", "new", "family_name=Basha", "given_name=Ilir", "--scope", "AL")
    world.sync("tirana")
    world.enrol("later")
    request = world.server("erase", "person", arta, "--by", "Administrator").split()[0]
    world.server("erase", "--approve", request, "--by", "Second")
    world.sync("staff")
    world.sync("later")
    port = world.port
    world.stop()
    shutil.copy(f"{world.data}/unlock", f"{world.folder}/old-unlock")
    shutil.copy(f"{world.data}/recovery", f"{world.folder}/old-recovery")
    shutil.rmtree(world.data)

    refused(lambda: world.server("restore", backup), 2, "--unlock")
    refused(lambda: world.server("restore", backup, "--unlock", world.passphrase), 1, "passphrase")
    refused(lambda: world.server("restore", backup, "--recovery", world.passphrase), 2, "recovery file")
    assert not os.path.exists(world.data)
    world.server("restore", backup, "--unlock", f"{world.folder}/old-unlock")
    world.start(f"127.0.0.1:{port}")
    assert len(json.loads(world.server("devices", "--json"))) == 3
    refused(lambda: world.invite("skopje", "MK"), 1, "waits for devices 2 3")
    refused(lambda: world.sync("later"), 1)  # not known again yet
    assert not world.sync("staff")["identical"], "nothing is given out yet"
    refused(lambda: world.invite("skopje", "MK"), 1, "waits for devices 2 5")  # also for the one of which it has heard again
    assert not world.sync("tirana")["identical"]
    assert world.sync("later")["identical"]
    assert world.sync("tirana")["identical"]
    world.enrol("skopje", "MK")
    assert [d["office"] for d in json.loads(world.server("devices", "--json"))] == ["tirana", "staff", "Peja", "later", "skopje"]
    for name in ("staff", "tirana", "later"):
        assert world.sync(name)["identical"], name
        assert sorted(r["family_name"] or "-" for r in world.query(name, "SELECT family_name FROM person")) == ["-", "Basha"], name
    assert json.loads(world.server("verify", "--json"))["faults"] == []
    world.stop()

    # Without a running server the same commands work on the folder; the recovery file opens a backup as well.
    world.server("restore", backup, "--recovery", f"{world.folder}/old-recovery", data=f"{world.folder}/second")
    world.server("go-on", data=f"{world.folder}/second")
    world.server("invite", "--office", "X", "--scope", "AL", "--address", "h:1", data=f"{world.folder}/second")
    world.server("revoke", "2", "--reason", "stolen", data=world.data)
    world.start(f"127.0.0.1:{port}")
    refused(lambda: world.sync("tirana"), 1, "revoked")
    assert os.listdir(f"{world.folder}/tirana") == []
    refused(lambda: world.device("tirana", "status"), 1, "no replica")
print("administration, backup and restore do what they say")
