"""A server whose folder was put back to an older copy without `restore`: it notices at the first sync, writes nothing, and waits when told."""

import json
import shutil

from harness import World, refused
from web_access import Browser

with World() as world:
    def person(device, name):
        world.device(device, "put", "person", "new", f"family_name={name}", "given_name=Arta", "--scope", "AL")
        world.sync(device)

    def put_back():
        """To the copy, which is of a moment before the last changes."""
        port = world.port
        world.stop()
        shutil.rmtree(world.data)
        shutil.copytree(f"{world.folder}/copy", world.data)
        world.start(f"127.0.0.1:{port}")

    def copy():
        port = world.port
        world.stop()
        shutil.rmtree(f"{world.folder}/copy", ignore_errors=True)
        shutil.copytree(world.data, f"{world.folder}/copy")
        world.start(f"127.0.0.1:{port}")

    def page():
        browser = Browser(world)
        assert browser.sign_in("Administrator", "right for a test") == 303, browser.text
        assert browser.get("/devices") == 200, browser.text
        return browser.text

    with open(f"{world.folder}/user", "w") as out:
        out.write("right for a test\n")
    world.server("init", "--passphrase-file", f"{world.folder}/user")
    world.start()
    for name in ("tirana", "durres", "shkoder"):
        world.enrol(name)
    person("tirana", "Hoxha")
    world.sync("durres")
    copy()

    # Nothing is said where nothing is lost: whoever comes knows as much as the copy, or less.
    for name in ("shkoder", "tirana", "durres"):
        assert world.sync(name)["identical"], name
    world.invite("korce")

    person("tirana", "Basha")
    world.sync("durres")
    put_back()
    world.invite("korce")  # nobody has come yet
    assert "tefter-server wait" not in page()
    assert world.sync("shkoder")["identical"], "it has read no more than the copy has"
    assert world.sync("durres")["identical"]
    sentence = refused(lambda: world.invite("korce"), 1, "Device 3 has read changes that this server does not have", "tefter-server wait", "go-on")
    refused(lambda: world.server("revoke", "4", "--reason", "stolen"), 1, sentence)
    assert "Device 3 has read changes that this server does not have" in page()
    assert world.sync("tirana")["identical"], "offices sync all the same"
    faults = [json.loads(line) for line in open(f"{world.folder}/server.log") if line.startswith("{") and '"level":"fault"' in line]
    assert [fault["device"] for fault in faults] == ["3"], faults

    world.server("wait")
    refused(lambda: world.invite("korce"), 1, "waits for devices 2 3 4")
    world.server("wait")  # says nothing new
    assert not world.sync("shkoder")["identical"], "it gives nothing out"
    refused(lambda: world.invite("korce"), 1, "waits for devices 2 3 to")
    for name in ("tirana", "durres", "shkoder"):
        world.sync(name)
    world.enrol("korce")
    assert "tefter-server wait" not in page()
    assert json.loads(world.server("devices", "--json"))[-1]["device"] > 100, "no number is given again that may have been given since the copy"
    for name in ("tirana", "durres", "shkoder", "korce"):
        assert world.sync(name)["identical"], name
        assert sorted(row["family_name"] for row in world.query(name, "SELECT family_name FROM person")) == ["Basha", "Hoxha"], name

    # Who knows that it is so goes on without waiting, and no other device raises it again.
    copy()
    person("durres", "Leka")
    for name in ("tirana", "shkoder"):
        world.sync(name)
    put_back()
    world.sync("tirana")
    refused(lambda: world.invite("peje"), 1, "Device 2 has read")
    world.server("go-on")
    world.invite("peje")
    for name in ("shkoder", "durres", "korce", "tirana"):
        assert world.sync(name)["identical"], name
    world.invite("peje")
    assert len(world.query("korce", "SELECT 1 FROM person")) == 3
    assert json.loads(world.server("verify", "--json"))["faults"] == []
print("a server that was put back by hand says so at the first sync, and waits when it is told to")
