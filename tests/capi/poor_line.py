"""A sync over a line like GPRS. What matters of such a line is how little it carries between two cuts (30 kbit/s for twenty seconds,
less what its delays and losses take: 48 kB), so that is what this one does, by count and not by the clock. Everything goes through,
nothing that was acknowledged is sent again, and no sync leaves the device further back than it was. With LINE=gprs in the environment
the line is as slow as that as well: minutes, on demand."""

import json
import os
import random
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, f"{os.path.dirname(os.path.abspath(__file__))}/../processes")
from harness import World  # noqa: E402
from proxy import hang_up  # noqa: E402

PACKET = 1400
GPRS = os.environ.get("LINE") == "gprs"


class Records:
    """The sizes of the records of TLS that a server sends once it is agreed on keys: their headers are plain."""

    def __init__(self):
        self.sizes, self.rest = [], b""

    def take(self, piece):
        self.rest += piece
        while len(self.rest) >= 5 and len(self.rest) >= 5 + (size := int.from_bytes(self.rest[3:5])):
            if self.rest[0] == 23:
                self.sizes.append(size)
            self.rest = self.rest[5 + size:]


class Line:
    """A line that carries everything, and counts how often it is used anew: a telephone's radio is woken for each."""

    life_bytes = sys.maxsize

    def __init__(self, port):
        self.target, self.connections, self.records = port, 0, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client, _ = self.listener.accept()
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self.target))
            left = [self.life_bytes]
            self.records.append(Records())
            for source, target, seen in ((client, server, None), (server, client, self.records[-1])):
                threading.Thread(target=self._carry, args=(source, target, left, seen), daemon=True).start()

    def delay(self, piece):
        """How a piece is held up."""

    def _carry(self, source, target, left, seen):
        try:
            while left[0] > 0 and (piece := source.recv(PACKET)):
                self.delay(piece)
                left[0] -= len(piece)
                if seen:
                    seen.take(piece)
                target.sendall(piece)
        except OSError:
            pass
        hang_up(source, target)


class PoorLine(Line):
    life_bytes = 48_000


class Gprs(PoorLine):
    """30 kbit/s; 800 ms there and back; a piece in twenty is lost and comes again after TCP has waited for it; cut after 20 s."""

    life_bytes = 75_000
    luck = random.Random(7)

    def delay(self, piece):
        time.sleep(0.4 / 8 + len(piece) * 8 / 30_000 + (1.6 if self.luck.random() < 0.05 else 0))  # eight pieces are on their way at once


def on_the_line(world, line, name, people):
    catalog, program = sys.argv[1:]
    code = world.invite(name, "AL", "officer", line.address)
    done = subprocess.run([program, catalog, f"{world.folder}/{name}", code, "a passphrase for a telephone", str(people)],
                          capture_output=True, text=True, timeout=1800 if GPRS else 240)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check_memory(phase):
    assert phase["memory_kb"] <= 16 * 1024, f"more than a small telephone has to spare: {phase}"


people = 5000
with World() as world:
    world.start()
    line = (Gprs if GPRS else PoorLine)(world.port)
    first = on_the_line(world, line, "Tirana", people)
    print(first)
    # Each changeset was acknowledged once: what the server had, never came again.
    assert first["sent"]["changesets"] == people // 10, first
    assert first["sent"]["cut"] >= 2, f"the line was too good to show anything: {first}"
    second = on_the_line(world, line, "Telephone", 0)
    print(second)
    # A snapshot did not get through, so its replica came segment by segment, each taken in once.
    assert second["filled"]["people"] == people and second["filled"]["cut"] >= 2, second
    assert second["filled"]["changesets"] >= people // 10 and second["sent"]["changesets"] == 0, second
    print(f"{line.connections} connections")

    # Ten thousand changes over a good line, with the memory of a small telephone.
    changes = 10_000
    good = Line(world.port)
    sender = on_the_line(world, good, "Durrës", changes)
    receiver = on_the_line(world, good, "Vlorë", 0)
    print(sender, receiver)
    # Two connections for an enrolment (the first asks who vouches for the server), and one for a sync, however much it carries; none in between.
    phases = [phase for device in (sender, receiver) for phase in device.values()]
    assert good.connections == 4 + sum(phase["syncs"] for phase in phases), (good.connections, phases)
    assert sender["sent"]["changesets"] == changes // 10 and receiver["filled"]["people"] == people + changes
    # An answer begins with records that a packet holds, of which a line that is cut wastes least, and goes on with long ones.
    sizes = max((records.sizes for records in good.records), key=sum)
    first_long = next(i for i, size in enumerate(sizes) if size > PACKET)
    assert first_long >= 40 and max(sizes) > 16 * 1024, sizes
    for phase in (*first.values(), *second.values(), *sender.values(), *receiver.values()):
        check_memory(phase)
