"""Keys that change while programs are killed: the database key of a device and of the server, and the server's TLS key."""

import os
import random
import shutil
import signal
import subprocess
import time

from harness import BIN, Refused, World, refused

KILLS = 6


def killed_at_random(command, longest):
    """Runs it, kills it somewhere within `longest` seconds; True when it had ended by itself before."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    try:
        error = process.communicate(timeout=random.uniform(0, longest))[1]
        assert process.returncode == 0, error
        return True
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return False


def whole(world, name, people):
    assert len(world.query(name, "SELECT id FROM person")) == people, "rows are missing"
    world.device(name, "verify")  # fails where a chain, a signature or a digest does not fit


def device_key(world):
    """Whenever the program dies, the passphrase opens the replica with all its rows, and the next try gives it its new key."""
    command = [f"{BIN}/tefter", "--replica", f"{world.folder}/tirana", "--passphrase-file", world.passphrase, "rotate-key"]
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    longest = 1.2 * (time.monotonic() - began)
    ended = 0
    for _ in range(KILLS):
        ended += killed_at_random(command, longest)
        whole(world, "tirana", 3)
    shutil.copy(f"{world.folder}/tirana/keys", f"{world.folder}/old-keys")
    world.device("tirana", "rotate-key")
    assert not [name for name in os.listdir(f"{world.folder}/tirana") if "rekeyed" in name], "a copy is left behind"
    world.device("tirana", "put", "person", "new", "family_name=Gjoka", "given_name=Ana", "gender=female", "category=judge", "--scope", "AL")
    world.sync("tirana")
    # Slots that were copied before open nothing now.
    shutil.copytree(f"{world.folder}/tirana", f"{world.folder}/thief")
    shutil.copy(f"{world.folder}/old-keys", f"{world.folder}/thief/keys")
    refused(lambda: world.query("thief", "SELECT id FROM person"), 1)
    print(f"{KILLS - ended} of {KILLS} changes of a device's key were killed, and nothing was lost")


def server_key(world):
    address = world.address
    world.stop()
    command = [f"{BIN}/tefter-server", "rotate-key", "--data", world.data]
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    longest = 1.2 * (time.monotonic() - began)
    for _ in range(KILLS):
        killed_at_random(command, longest)
        world.server("verify")
    world.start(address)
    refused(lambda: world.server("rotate-key"), 1, "stop it first")
    world.sync("tirana")


def server_certificate(world):
    """A new TLS key is announced before it is used; who was away takes it from a fresh code."""
    address = world.address
    refused(lambda: world.server("rotate-certificate", "--switch"), 1, "No TLS key has been announced")
    assert "have not heard" in world.server("rotate-certificate")
    world.sync("tirana")
    refused(lambda: world.server("rotate-certificate", "--switch"), 1, "have not heard of the new key")
    world.server("rotate-certificate", "--switch", "--anyway")
    world.stop()
    world.start(address)
    world.sync("tirana")  # had heard of it
    sentence = refused(lambda: world.sync("shkoder"), 1)
    assert "is not the server of this office" in sentence, sentence
    world.device("shkoder", "server", world.invite("anybody"))
    assert world.sync("shkoder")["identical"], "the code told where and by which key"


with World() as world:
    world.start()
    world.enrol("tirana")
    world.enrol("shkoder")
    for number in range(3):
        world.device("tirana", "put", "person", "new", f"family_name=Person{number}", "given_name=A", "gender=female", "category=judge", "--scope", "AL")
    world.sync("tirana")
    world.sync("shkoder")
    device_key(world)
    server_key(world)
    server_certificate(world)
print("keys change, whoever is killed meanwhile")
