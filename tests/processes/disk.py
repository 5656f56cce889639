"""A server and an office whose disk is full, and whose folder is read-only: one sentence, nothing lost, nothing half done; and on they go."""

import json
import os
import shutil
import subprocess
import sys

from harness import Refused, World, refused
from web_access import Browser


def in_a_mount_namespace():
    """The disk is a real file system of its own; it goes with the namespace."""
    if os.environ.get("TEFTER_OWN_MOUNTS"):
        return
    namespace = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*namespace, "true"], capture_output=True).returncode != 0:
        print("this machine lets nobody mount a file system; nothing was tried")
        sys.exit(77)
    os.environ["TEFTER_OWN_MOUNTS"] = "1"
    os.execvp(namespace[0], [*namespace, sys.executable, "-B", *sys.argv])


class Disk:
    def __init__(self, folder, megabytes):
        self.folder = folder
        os.mkdir(folder)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)

    def fill(self):
        try:
            with open(f"{self.folder}/ballast", "wb", buffering=0) as out:
                while True:
                    out.write(bytes(4096))
        except OSError as error:
            assert error.errno == 28, error

    def free(self):
        os.remove(f"{self.folder}/ballast")

    def remount(self, how):
        subprocess.run(["mount", "-o", f"remount,{how}", self.folder], check=True)

    def gone(self):
        subprocess.run(["umount", self.folder], check=True)


def people(world, name):
    return world.query(name, "SELECT count(*) AS n FROM person")[0]["n"]


def unsent(world, name):
    return json.loads(world.device(name, "--json", "status"))["unsent_changesets"]


def server_without_room(world, disk):
    world.data = f"{disk.folder}/server"
    world.start()
    browser = Browser(world)
    assert browser.get("/readyz") == 200
    world.enrol("tirana")
    world.device("tirana", "put", "person", "new", "family_name=Hoxha", "given_name=Arta", "--scope", "AL")
    assert world.sync("tirana")["identical"]
    disk.fill()
    assert browser.get("/healthz") == 200
    assert browser.get("/readyz") == 503 and "nearly full" in browser.text, browser.text
    for number in range(3):  # more than fits what is left of the last pages
        world.device("tirana", "put", "person", "new", f"family_name=P{number}", "given_name=Q", "notes=" + "n" * 1500, "--scope", "AL")
    waiting = unsent(world, "tirana")
    sentence = refused(lambda: world.sync("tirana"), 1, "server")
    assert "disk" in sentence, sentence
    assert unsent(world, "tirana") == waiting and people(world, "tirana") == 4
    refused(lambda: world.server("invite", "--office", "x", "--scope", "AL", "--address", world.address), 1, "disk is full")
    refused(lambda: world.server("backup", f"{disk.folder}/backup"), 1, "full")
    assert not os.path.exists(f"{disk.folder}/backup") and not os.path.exists(f"{disk.folder}/backup.new"), os.listdir(disk.folder)
    assert browser.get("/sign-in") == 200
    # Killed while nothing fits, it says in a sentence why it does not start.
    world.process.kill()
    world.process.wait()
    world.process = None
    refused(lambda: world.server("serve", "--listen", world.address), 1, "disk is full")
    disk.free()
    world.start(listen=world.address)
    assert Browser(world).get("/readyz") == 200
    assert world.sync("tirana")["identical"] and unsent(world, "tirana") == 0
    assert json.loads(world.server("verify", "--json"))["faults"] == []
    world.stop()


def server_that_cannot_write(world, disk):
    disk.remount("ro")
    refused(lambda: world.server("serve", "--listen", world.address), 1, world.data, "Read-only file system")
    refused(lambda: world.server("verify"), 1, world.data, "Read-only file system")
    disk.remount("rw")
    world.start(listen=world.address)
    assert world.sync("tirana")["identical"]


def office_without_room(world, disk):
    world.enrol("shkoder")
    shutil.copytree(f"{world.folder}/shkoder", f"{disk.folder}/shkoder")
    shutil.rmtree(f"{world.folder}/shkoder")
    os.symlink(f"{disk.folder}/shkoder", f"{world.folder}/shkoder")
    disk.fill()
    before = people(world, "shkoder")
    put = lambda: world.device("shkoder", "put", "person", "new", "family_name=Full", "given_name=Q", "notes=" + "n" * 1900, "--scope", "AL")
    written = 0
    try:
        for _ in range(50):
            put()
            written += 1
        raise AssertionError("fifty people fit on a disk that is full")
    except Refused as refusal:
        assert "disk is full; nothing was changed" in refusal.sentence and len(refusal.sentence.splitlines()) == 1, refusal
    disk.free()
    assert people(world, "shkoder") == before + written, "what was acknowledged is here, and no more"
    put()
    assert world.sync("shkoder")["identical"]
    disk.fill()
    world.device("tirana", "put", "person", "new", "family_name=Big", "given_name=Q", "notes=" + "n" * 1900, "--scope", "AL")
    for number in range(60):
        world.device("tirana", "put", "person", "new", f"family_name=Big{number}", "given_name=Q", "notes=" + "n" * 1900, "--scope", "AL")
    world.sync("tirana")
    refused(lambda: world.sync("shkoder"), 1, "disk is full")
    disk.free()
    assert world.sync("shkoder")["identical"] and people(world, "shkoder") == people(world, "tirana")
    world.device("shkoder", "verify")
    disk.remount("ro")
    refused(put, 1, "read-only")
    disk.remount("rw")
    assert people(world, "shkoder") == people(world, "tirana")


in_a_mount_namespace()
with World() as world:
    servers, offices = Disk(f"{world.folder}/servers", 160), Disk(f"{world.folder}/offices", 16)
    try:
        server_without_room(world, servers)
        server_that_cannot_write(world, servers)
        office_without_room(world, offices)
    finally:
        world.stop()
        servers.gone()
        offices.gone()
print("a full disk and a read-only one cost nothing but time")
