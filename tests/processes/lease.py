"""A device that never calls home locks itself, as programs with a clock: nothing is shown before it has synced."""

import json
import os
import subprocess

from harness import BIN, Refused, World, fake_clock, refused


def clock(days):
    """What a program is started with to live that many days from now."""
    return ["env", *(f"{name}={value}" for name, value in fake_clock(f"{days:+d}d").items())]


class Later:
    """`tefter` as it runs after some days."""

    def __init__(self, world, days):
        self.world, self.clock = world, clock(days)

    def device(self, name, *arguments):
        done = subprocess.run([*self.clock, f"{BIN}/tefter", "--replica", f"{self.world.folder}/{name}", "--passphrase-file",
                               self.world.passphrase, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise Refused(done.returncode, done.stderr.strip())
        return done.stdout


LOOKS = [("query", "SELECT family_name FROM person"), ("export", "excel", "people.xlsx"), ("put", "person", "new", "family_name=B", "--scope", "AL")]

with World() as world:
    world.start()
    address = world.address
    world.device("tirana", "enrol", world.invite("tirana", "AL", "officer", None, "--lease-days", "7"))
    world.enrol("shkoder")  # 30 days, as usual
    world.device("tirana", "put", "person", "new", "family_name=Hoxha", "given_name=Arta", "gender=female", "category=judge", "--scope", "AL")
    for name, days in (("tirana", 7), ("shkoder", 30)):
        Later(world, days - 1).device(name, "query", "SELECT family_name FROM person")
    late = Later(world, 8)
    world.stop()
    os.chdir(world.folder)
    for look in LOOKS:
        sentence = refused(lambda: late.device("tirana", *look), 1, "sync")
        assert "Hoxha" not in sentence, sentence
    assert not os.path.exists("people.xlsx")
    refused(lambda: late.device("tirana", "sync"), 1, "cannot be reached")  # no server, so it stays shut
    refused(lambda: late.device("tirana", *LOOKS[0]), 1, "sync")
    refused(lambda: world.device("tirana", *LOOKS[0]), 1, "sync")  # with the clock set back as well
    Later(world, 8).device("shkoder", "query", "SELECT family_name FROM person")
    world.start(address, clock=clock(8))
    report = json.loads(late.device("tirana", "--json", "sync"))
    assert report["identical"], report
    assert "Hoxha" in late.device("tirana", *LOOKS[0]), "what was written before is there"
    world.stop()
    world.start(address, clock=clock(31))
    refused(lambda: Later(world, 31).device("shkoder", *LOOKS[0]), 1, "sync")
    assert json.loads(Later(world, 31).device("shkoder", "--json", "sync"))["identical"]
print("a lease ends by itself, and a sync begins the next one")
