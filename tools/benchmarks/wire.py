"""The bytes of a sync on the line: the whole HTTP exchange with its TLS records, without the handshake.
usage: wire.py [--json]. Real processes over loopback; bytes are counted at a proxy between them, and those of a connection
that only shakes hands are taken off. Needs the built programs (TEFTER_BIN or build/bin)."""

import json
import os
import socket
import ssl
import sys
import threading

ROOT = os.path.abspath(f"{os.path.dirname(__file__)}/../..")
sys.path.insert(0, f"{ROOT}/tests/processes")
from harness import World  # noqa: E402

DATA = f"{ROOT}/tests/data/spring-2026"
PEOPLE, HALF_DAYS = 25, 2


class Counter:
    """Carries bytes both ways and counts them."""

    def __init__(self, port):
        self.port, self.bytes, self.connections = port, 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.closed = threading.Semaphore(0)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client, _ = self.listener.accept()
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self.port))
            ways = [threading.Thread(target=self._carry, args=way, daemon=True) for way in ((client, server), (server, client))]
            for way in ways:
                way.start()
            threading.Thread(target=self._wait, args=(ways,), daemon=True).start()

    def _wait(self, ways):
        for way in ways:
            way.join()
        self.closed.release()

    def _carry(self, source, target):
        try:
            while piece := source.recv(65536):
                self.bytes += len(piece)
                target.sendall(piece)
        except OSError:
            pass
        try:
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def count(self, action):
        """Bytes of the one connection that the action makes."""
        before, connections = self.bytes, self.connections
        action()
        assert self.connections == connections + 1, "one connection was expected"
        self.closed.acquire()
        return self.bytes - before


def handshake(address):
    host, port = address.split(":")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.create_connection((host, int(port)))) as line:
        line.settimeout(30)
        while line.recv(4096):  # the server gives its tickets, waits for a request, and hangs up
            pass


def main():
    figures = []
    with World() as world:
        world.start()
        counter = Counter(world.port)
        world.enrol("staff", "AL BA ME MK RS XK", "staff")
        world.device("staff", "import", "activities", f"{DATA}/activities.csv")
        world.device("staff", "import", "participants", "--scope", "AL", "--skip-bad", f"{DATA}/registrations/tirana.csv")
        world.sync("staff")
        world.enrol("tirana", address=counter.address)
        world.sync("tirana")
        while counter.closed.acquire(timeout=1):
            pass
        bare = counter.count(lambda: handshake(counter.address))
        reports = []
        idle = counter.count(lambda: reports.append(world.sync("tirana"))) - bare
        people = [row["id"] for row in world.query("tirana", f"SELECT id FROM person ORDER BY id LIMIT {PEOPLE}")]
        assert len(people) == PEOPLE, people
        activity = world.query("tirana", "SELECT code FROM activity ORDER BY code LIMIT 1")[0]["code"]
        for half_day in range(1, HALF_DAYS + 1):
            for person in people:
                world.device("tirana", "put", "attendance", f"{person}/{activity}/{half_day}", "status=present", "how=list")
        day = counter.count(lambda: reports.append(world.sync("tirana"))) - bare
        figures.append({"what": "a sync with nothing to do", "figure": idle, "unit": "bytes", "at_most": 400, "round_trips": reports[0]["round_trips"]})
        figures.append({"what": "a day of one training: 25 people, 2 half-days", "figure": day, "unit": "bytes", "at_most": 1500,
                        "round_trips": reports[1]["round_trips"]})
        figures.append({"what": "a handshake", "figure": bare, "unit": "bytes"})
        world.stop()
    if "--json" in sys.argv:
        print(json.dumps(figures, indent=1))
    else:
        for one in figures:
            bar = f"at most {one['at_most']}, {'met' if one['figure'] <= one['at_most'] else 'MISSED'}" if "at_most" in one else ""
            print(f"{one['what']:58} {one['figure']:7} bytes  {one.get('round_trips', '')} {bar}")
    missed = [one for one in figures if one["figure"] > one.get("at_most", one["figure"]) or one.get("round_trips", 1) != 1]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
