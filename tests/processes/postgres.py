"""A real PostgreSQL in a folder of its own, on loopback, by Debian's package.

usage: postgres.py PROGRAM ARGUMENTS…   runs the program with the address of an empty database in TEFTER_TEST_POSTGRES
"""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """PostgreSQL does not run as root: there it runs as the user postgres."""

    def __init__(self, port=None):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        assert programs, "PostgreSQL is not installed; tools/setup --tests installs it"
        self.bin = programs[-1]
        self.folder = tempfile.mkdtemp(prefix="tefter-postgres-")
        self.port = port or free_port()
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            entry = pwd.getpwnam(self.user)
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        self.call("initdb", "-D", self.data, "-A", "trust", "-U", "tefter", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.url = f"postgresql://tefter@127.0.0.1:{self.port}/postgres"

    @property
    def data(self):
        return f"{self.folder}/data"

    def call(self, program, *arguments):
        done = subprocess.run([f"{self.bin}/{program}", *arguments], user=self.user, cwd="/", capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self):
        # The log goes to a file: pg_ctl's child keeps what it inherits.
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c max_connections=60"
        self.call("pg_ctl", "-D", self.data, "-w", "-l", f"{self.folder}/log", "-o", settings, "start")

    def stop(self, mode="fast"):
        """`immediate` is what a power cut leaves."""
        self.call("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def query(self, sql):
        return subprocess.run([f"{self.bin}/psql", "-X", "-A", "-t", "-q", "-c", sql, self.url], check=True, capture_output=True, text=True).stdout.strip()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if os.path.exists(f"{self.data}/postmaster.pid"):
            self.stop("immediate")
        shutil.rmtree(self.folder)


if __name__ == "__main__":
    with Postgres() as server:
        sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, "TEFTER_TEST_POSTGRES": server.url}).returncode)
