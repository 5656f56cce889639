"""A real server and real devices, as processes, for end-to-end tests. Everything binds to loopback."""

import glob
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile

BIN = os.environ.get("TEFTER_BIN") or os.path.abspath(f"{os.path.dirname(__file__)}/../../build/bin")


class Refused(Exception):
    def __init__(self, code, sentence):
        super().__init__(f"exit {code}: {sentence}")
        self.code, self.sentence = code, sentence


def run(*arguments, stdin=None):
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, stdin=stdin or subprocess.DEVNULL)
    if done.returncode != 0:
        raise Refused(done.returncode, done.stderr.strip())
    return done.stdout


def refused(call, code, *words):
    """The call must end with that exit code and one sentence that has all the words."""
    try:
        call()
    except Refused as refusal:
        assert refusal.code == code, refusal
        assert len(refusal.sentence.splitlines()) == 1, f"not one sentence: {refusal.sentence}"
        for word in words:
            assert word in refusal.sentence, f"{word!r} is not in: {refusal.sentence}"
        return refusal.sentence
    raise AssertionError("this should have been refused")


def fake_clock(offset):
    """Variables that make a program live at another time; `offset` as faketime reads it: +7d, -3600."""
    library, = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    return {"LD_PRELOAD": f"{library} {os.environ.get('LD_PRELOAD', '')}".strip(), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def decrypted(keys, passphrase, *files):
    """Every page of encrypted files, as it is behind the key."""
    there = [f for f in files if os.path.exists(f)]
    return subprocess.run([f"{BIN}/../tests/tefter-decrypt", keys, passphrase, *there], check=True, capture_output=True).stdout


class World:
    """A folder, a server, and devices in it; all gone at the end."""

    server_program, device_program = f"{BIN}/tefter-server", f"{BIN}/tefter"

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="tefter-")
        self.data = f"{self.folder}/server"
        self.passphrase = f"{self.folder}/passphrase"
        with open(self.passphrase, "w") as out:
            out.write("a passphrase for tests\n")
        self.process = None
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder)

    def server(self, *arguments, data=None):
        return run(self.server_program, *arguments[:1], "--data", data or self.data, *arguments[1:])

    def serving(self):
        """More words for `tefter-server serve`."""
        return []

    def start(self, listen="127.0.0.1:0", data=None, clock=()):
        if not os.path.exists(data or self.data):
            self.server("init")
        self.log = open(f"{self.folder}/server.log", "a")
        self.process = subprocess.Popen([*clock, self.server_program, "serve", "--data", data or self.data, "--listen", listen, *self.serving()],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        assert "ready on https://" in line, open(f"{self.folder}/server.log").read()
        self.address = line.strip().rsplit("https://", 1)[1]
        self.port = int(self.address.rsplit(":", 1)[1])

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            assert self.process.wait() == 0, "the server does not stop cleanly: " + open(f"{self.folder}/server.log").read()
            self.process.stdout.close()
            self.log.close()
            self.process = None

    def forget_peak(self):
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as out:
            out.write("5")

    def memory_kb(self):
        """The most that the server ever had in memory, since its start or forget_peak()."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(next(line for line in status if line.startswith("VmHWM")).split()[1])

    def resident_kb(self):
        """What the server has in memory now."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(next(line for line in status if line.startswith("VmRSS")).split()[1])

    def invite(self, office, scope="AL", role="officer", address=None, *more):
        return self.server("invite", "--office", office, "--scope", *scope.split(), "--role", role, "--address", address or self.address, *more).strip()

    def device(self, name, *arguments):
        return run(self.device_program, "--replica", f"{self.folder}/{name}", "--passphrase-file", self.passphrase, *arguments)

    def enrol(self, name, scope="AL", role="officer", address=None):
        self.device(name, "enrol", self.invite(name, scope, role, address))

    def sync(self, name):
        return json.loads(self.device(name, "--json", "sync"))

    def query(self, name, sql):
        return json.loads(self.device(name, "--json", "query", sql))

    def connect(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # who it is, is not what is tried here
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=60))

    def ask(self, raw):
        """Sends bytes, and returns the status of the answer; None when the server hung up without one."""
        with self.connect() as line:
            try:
                line.sendall(raw)
            except (ConnectionError, ssl.SSLError):
                pass
            return self.status(line)

    @staticmethod
    def status(line):
        answer = b""
        try:
            while b"\r\n" not in answer:
                piece = line.recv(4096)
                if not piece:
                    return None
                answer += piece
        except (ConnectionError, ssl.SSLError):
            return None
        return int(answer.split()[1])

    def post(self, path, body, *headers):
        head = [f"POST {path} HTTP/1.1", "Host: tefter", "Connection: close", f"Content-Length: {len(body)}", *headers]
        return self.ask("\r\n".join(head).encode() + b"\r\n\r\n" + body)
