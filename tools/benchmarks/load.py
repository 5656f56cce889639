"""Devices and changes a second, of a server with its own ledgers, of one with ledgers in PostgreSQL, and of three behind a balancer.

usage: load.py [--devices N] [--seconds S] [--out FILE]   N devices over six scopes, with real TLS, on this machine
"""

import argparse
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/processes"))

from cluster import SCOPES, Balancer, Member  # noqa: E402
from harness import BIN, World  # noqa: E402
from postgres import Postgres, free_port  # noqa: E402


def spent(pids):
    """Processor seconds, and bytes written, of processes so far."""
    cpu = written = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
            cpu += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        with open(f"/proc/{pid}/io") as io:
            written += next(int(line.split()[1]) for line in io if line.startswith("write_bytes"))
    return cpu, written


def load(world, members, port, devices, seconds, pause, name):
    codes = f"{world.folder}/{name}.codes"
    with open(codes, "w") as out:
        for i in range(devices):
            out.write(members[0].administer("invite", "--office", f"Office {i}", "--scope", SCOPES[i % len(SCOPES)], "--address", f"127.0.0.1:{port}"))
    process = subprocess.Popen([f"{BIN}/tefter-bench", "load", "--codes", codes, "--data", f"/dev/shm/{os.path.basename(world.folder)}-{name}",
                                "--seconds", str(seconds), "--pause", str(pause), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while "The devices sync." not in (line := process.stderr.readline()):
        assert line, "the devices could not be enrolled"
    servers = [member.process.pid for member in members]
    before = spent(servers)
    out, errors = process.communicate()
    assert process.returncode == 0, out + errors
    after = spent(servers)
    subprocess.run(["rm", "-rf", f"/dev/shm/{os.path.basename(world.folder)}-{name}"], check=True)
    figures = {line["what"]: line["measured"] for line in json.loads(out)}
    figures["server processor, ms a sync"] = 1000 * (after[0] - before[0]) / figures["syncs"]
    figures["server disk, KB a sync"] = (after[1] - before[1]) / 1024 / figures["syncs"]
    return figures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, nargs="+", default=[8, 24, 48])
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--pause", type=int, default=0, help="milliseconds between a device's syncs")
    parser.add_argument("--out")
    given = parser.parse_args()
    results = []

    def measure(what, world, members, port):
        for devices in given.devices:
            figures = load(world, members, port, devices, given.seconds, given.pause, f"{what.split()[0]}-{devices}")
            results.append({"servers": what, **figures})
            print(f"{what:34} {devices:4} devices  " + "  ".join(f"{name}: {value:.2f}" for name, value in figures.items() if name != "devices"), flush=True)

    for servers, what in ((0, "own ledgers"), (1, "PostgreSQL, one server"), (3, "three servers on PostgreSQL")):
        with World() as world, Postgres() as database:
            world.server("init")
            members = [Member(world, "server", database.url if servers else "")]
            if servers:
                world.server("migrate-ledger", "--to", database.url)
            if servers == 3:
                world.server("backup", f"{world.folder}/backup")
                for name in ("second", "third"):
                    members.append(Member(world, name, database.url))
                    world.server("restore", f"{world.folder}/backup", "--unlock", f"{world.data}/unlock", data=members[-1].data)
            for member in members:
                member.start()
            balancer = Balancer(world, members)
            try:
                measure(what, world, members, balancer.port)
            finally:
                balancer.stop()
                for member in members:
                    member.stop()
    if given.out:
        with open(given.out, "w") as out:
            json.dump(results, out, indent=1)


if __name__ == "__main__":
    main()
