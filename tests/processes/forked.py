"""A device that was restored from a copy and went on by itself: its sync says so, it enrols again in one command, and both branches are with
everybody; whenever that command is killed, the device is as it was or done, and the same command goes on."""

import glob
import json
import os
import random
import shutil
import subprocess

from harness import World, refused


def names(world, device):
    return sorted(row["family_name"] for row in world.query(device, "SELECT family_name FROM person"))


def register(world, device, name):
    return world.device(device, "put", "person", "new", f"family_name={name}", "given_name=Arta", "gender=female", "--scope", "AL").strip()


with World() as world:
    world.start()
    world.enrol("tirana")
    world.enrol("durres")
    folder = f"{world.folder}/tirana"
    register(world, "tirana", "Hoxha")
    world.sync("tirana")
    shutil.copytree(folder, f"{world.folder}/copy")
    register(world, "tirana", "Basha")
    world.sync("tirana")
    shutil.rmtree(folder)
    shutil.copytree(f"{world.folder}/copy", folder)
    person = register(world, "tirana", "Duka")
    paper = f"{world.folder}/paper.pdf"
    with open(paper, "wb") as out:
        out.write(random.Random(3).randbytes(100_000))
    world.device("tirana", "file", "attach", "person", person, paper)
    with open(f"{folder}/settings", "w") as out:
        out.write("of the kiosk")
    refused(lambda: world.sync("tirana"), 1, "enrol it again: its unsent changes are kept")

    # Killed at any moment, it is as it was or goes on with the same command.
    code = world.invite("tirana")
    command = [world.device_program, "--replica", f"{folder}/", "--passphrase-file", world.passphrase, "--json", "enrol-again", code]
    killed, luck = 0, random.Random(7)
    while True:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            said, wrong = process.communicate(timeout=0.02 * (0.5 + luck.random()) * 1.4**killed)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            killed += 1
            continue
        assert process.returncode == 0, wrong
        break
    print(f"killed {killed} times")
    assert killed > 0, "it was too fast to be killed"
    done = json.loads(said)
    assert done["sync"]["identical"] and done["refused"] == [], done
    world.sync("durres")
    assert names(world, "durres") == ["Basha", "Duka", "Hoxha"], names(world, "durres")
    assert names(world, "tirana") == names(world, "durres")
    assert len(world.query("tirana", "SELECT id FROM person WHERE family_name = 'Duka'")) == 1
    number = world.query("durres", "SELECT id FROM attachment")[0]["id"]
    fetched = f"{world.folder}/fetched.pdf"
    world.device("durres", "file", "get", str(number), fetched)
    with open(paper, "rb") as one, open(fetched, "rb") as other:
        assert one.read() == other.read()
    with open(f"{folder}/settings") as settings:
        assert settings.read() == "of the kiosk"
    assert not os.path.exists(f"{folder}.again")
    kept = glob.glob(f"{folder}.device-*")
    assert len(kept) == 1, kept
    world.device(os.path.basename(kept[0]), "verify")

    # Killed between its last two steps, it has the new folder still to be put in its place.
    os.rename(folder, f"{folder}.again")
    again = json.loads(world.device("tirana", "--json", "enrol-again", code))
    assert again["device"] == done["device"] and again["changes"] == 0, again

    # The server is restored from before a device was enrolled: what it had sent is in its folder alone, and so is, as rows, what one had
    # sent before it was filled whose laptop has burnt since.
    world.enrol("kukes")
    world.server("backup", f"{world.folder}/backup")
    register(world, "kukes", "Kelmendi")
    world.sync("kukes")
    shutil.rmtree(f"{world.folder}/kukes")
    world.enrol("late")
    register(world, "late", "Zogu")
    world.sync("late")
    world.stop()
    world.server("restore", f"{world.folder}/backup", "--unlock", f"{world.data}/unlock", data=f"{world.folder}/restored")
    world.data = f"{world.folder}/restored"
    world.start(world.address)
    refused(lambda: world.sync("late"), 1, "not registered", "enrol it again")
    for device in ("tirana", "durres"):
        world.sync(device)
    world.server("go-on")
    late = json.loads(world.device("late", "--json", "enrol-again", world.invite("late")))
    assert late["changes"] >= 2 and late["refused"] == [], late
    world.sync("durres")
    assert names(world, "durres") == ["Basha", "Duka", "Hoxha", "Kelmendi", "Zogu"], names(world, "durres")

    # A code that was used leaves it as it is.
    before = world.query("tirana", "SELECT number FROM device")
    refused(lambda: world.device("tirana", "enrol-again", code), 1, "code")
    assert not os.path.exists(f"{folder}.again/replica.db")
    assert world.query("tirana", "SELECT number FROM device") == before
    world.sync("tirana")
