"""kill -9 of real programs over real TLS: two offices write and sync, and die every few hundredths of a second; the server dies every
second; the line between them cuts, holds up and spoils what it carries. What was acknowledged to any of them is everywhere at the end, once,
and everything verifies. KILLS=N says how often the offices' programs are killed; the seed is printed."""

import json
import os
import random
import subprocess
import time

from harness import BIN, Refused, World
from proxy import CuttingProxy, hang_up

KILLS = int(os.environ.get("KILLS", "2000"))
OFFICES = ("Tirana", "Durres")


class BadLine(CuttingProxy):
    """Of ten connections six are good; the others are cut, have a bit turned round, or are held up for a moment."""

    good = False
    counts = {"cut": 0, "spoilt": 0, "held up": 0}

    def _carry(self, source, target, cut):
        fate = random.random()
        left = random.randrange(20_000)
        if self.good or fate < 0.8:  # of each of the two directions
            return super()._carry(source, target, cut)
        kind = "cut" if fate < 0.87 else "spoilt" if fate < 0.94 else "held up"
        self.counts[kind] += 1
        try:
            while piece := bytearray(source.recv(1024)):
                left -= len(piece)
                if left < 0 and kind == "cut":
                    break
                if left < 0 and kind == "spoilt":
                    piece[random.randrange(len(piece))] ^= 1 << random.randrange(8)
                    left = 1 << 40
                if kind == "held up":
                    time.sleep(0.02)  # this is what is tried
                target.sendall(piece)
        except OSError:
            pass
        hang_up(source, target)


def sync_to_the_end(world, name):
    """The last words of a program that was killed may still be in the server's ear."""
    for _ in range(5):
        try:
            return world.sync(name)
        except Refused as refusal:
            last = refusal
    raise last


def main():
    seed = random.SystemRandom().randrange(1 << 32)
    random.seed(seed)
    print("seed", seed)
    with World() as world:
        world.start()
        line = BadLine(world.port)
        line.good = True
        for name in OFFICES:
            world.device(name, "enrol", world.invite(name, "AL", "officer", line.address))
        line.good = False
        programs = []
        for name in OFFICES:
            with open(f"{world.folder}/{name}.acknowledged", "w") as out:
                programs.append(subprocess.Popen([f"{BIN}/../tests/tefter-killed", f"{world.folder}/{name}", world.passphrase, str(KILLS // 2)],
                                                 stdout=out, stderr=subprocess.PIPE, text=True))
        listen, server_kills = world.address, 0
        while any(program.poll() is None for program in programs):
            time.sleep(random.uniform(0.2, 1.2))  # when it dies is chance
            world.process.kill()
            world.process.wait()
            world.process.stdout.close()
            world.log.close()
            world.start(listen)
            server_kills += 1
        for program in programs:
            assert program.wait() == 0, program.stderr.read()
        line.good = True
        for name in OFFICES * 2:
            sync_to_the_end(world, name)
        ids = []
        for name in OFFICES:
            with open(f"{world.folder}/{name}.acknowledged") as lines:
                ids += [int(number) for number in lines]
        assert len(ids) == len(set(ids)), "a number was given twice"
        assert len(ids) >= KILLS // 2, f"too little was done to say anything: {len(ids)} people"
        seen = {name: {int(row["id"]) for row in world.query(name, "SELECT id FROM person")} for name in OFFICES}
        assert seen["Tirana"] == seen["Durres"], "the offices do not agree"
        missing = set(ids) - seen["Tirana"]
        assert not missing, f"acknowledged and lost: {missing}"
        # A program that died between its write and its word has written what nobody was told of: at most one each.
        assert len(seen["Tirana"]) - len(ids) <= KILLS
        for name in OFFICES:
            world.device(name, "verify")
            assert world.query(name, "SELECT count(*) AS n FROM tefter_unsent")[0]["n"] == 0
        world.stop()
        world.server("verify")
        print(f"{KILLS} programs and {server_kills} servers killed; {len(ids)} people acknowledged, none lost, "
              f"{len(seen['Tirana']) - len(ids)} more that nobody was told of; the line: {json.dumps(line.counts)}")


if __name__ == "__main__":
    main()
