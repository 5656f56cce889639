"""Three servers behind a balancer share their ledgers in a real PostgreSQL, while forty devices sync: a server is killed and comes back, PostgreSQL
is cut off and restarted, a server joins from an old backup. Nothing is lost, nothing is there twice, positions are dense, all digests agree."""

import http.client
import json
import random
import re
import ssl
import subprocess
import time

from harness import BIN, Refused, World, refused, run
from postgres import Postgres, free_port
from web_access import Browser

DEVICES = 40
SCOPES = ["AL", "BA", "ME", "MK", "RS", "XK"]


class Member:
    """A server of the set, in a folder of its own, at a port that it keeps."""

    def __init__(self, world, name, url):
        self.world, self.name, self.url, self.port = world, name, url, free_port()
        self.data = f"{world.folder}/{name}"
        self.process = None

    def start(self):
        self.log = open(f"{self.data}.log", "a")
        self.process = subprocess.Popen([f"{BIN}/tefter-server", "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}", *(["--ledger", self.url] if self.url else [])],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        assert "ready on https://" in line, open(f"{self.data}.log").read()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        assert self.process.wait() == 0, f"{self.name} ended with {self.process.returncode}: " + open(f"{self.data}.log").read()

    def administer(self, *words):
        return run(f"{BIN}/tefter-server", words[0], "--data", self.data, *words[1:])

    def ready(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        line = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=60)
        line.request("GET", "/readyz")
        answer = line.getresponse()
        return answer.status, answer.read().decode()


class Balancer:
    """haproxy, which passes TLS on as it is and asks each server whether it is ready."""

    def __init__(self, world, members):
        self.port = free_port()
        lines = "\n".join(f"    server {m.name} 127.0.0.1:{m.port} check check-ssl verify none inter 200 fall 1 rise 1" for m in members)
        self.file = f"{world.folder}/haproxy.cfg"
        with open(self.file, "w") as out:
            out.write(f"""defaults
    mode tcp
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    retries 3
    option redispatch
frontend devices
    bind 127.0.0.1:{self.port}
    default_backend servers
backend servers
    balance roundrobin
    option httpchk GET /readyz
{lines}
""")
        self.process = subprocess.Popen(["haproxy", "-q", "-f", self.file])

    def stop(self):
        self.process.terminate()
        self.process.wait()


def eventually(what, check):
    """For states of other processes that nobody announces."""
    for _ in range(1800):
        if check():
            return
        time.sleep(0.1)
    raise AssertionError(f"three minutes have passed, and it has not come true that {what}")


def moves_there_and_back(world, database):
    world.start()
    world.enrol("tirana")
    world.device("tirana", "put", "person", "new", "family_name=Hoxha", "given_name=Arta", "--scope", "AL")
    world.sync("tirana")
    waiting = world.invite("pristina", "XK")
    refused(lambda: world.server("migrate-ledger", "--to", database.url), 1, "Another server runs")
    world.stop()
    before = json.loads(world.server("verify", "--json"))
    refused(lambda: world.server("migrate-ledger"), 2, "--to")
    refused(lambda: world.server("migrate-ledger", "--to", f"postgresql://127.0.0.1:{free_port()}/none"), 1, "cannot be reached")
    assert json.loads(world.server("migrate-ledger", "--to", database.url, "--json"))["segments"] == before["segments"]
    assert json.loads(world.server("verify", "--json")) == before
    # Nothing of a person lies in the database in the clear, and nobody else's server may use it.
    dump = subprocess.run([f"{database.bin}/pg_dump", database.url], check=True, capture_output=True).stdout
    assert b"tefter_ledger" in dump and b"Hoxha" not in dump and "Hoxha".encode().hex().encode() not in dump
    other = f"{world.folder}/other"
    world.server("init", data=other)
    refused(lambda: world.server("migrate-ledger", "--to", database.url, data=other), 1, "already")
    refused(lambda: world.server("serve", "--ledger", database.url, data=other), 2, "migrate-ledger")
    assert json.loads(world.server("migrate-ledger", "--back", "--json"))["segments"] == before["segments"]
    assert json.loads(world.server("verify", "--json")) == before
    refused(lambda: world.server("migrate-ledger", "--back"), 1, "to itself already")
    assert database.query("SELECT count(*) FROM tefter_ledger") == database.query("SELECT count(*) FROM tefter_record") == database.query("SELECT count(*) FROM tefter_log") == "0"
    world.start(listen=world.address)
    assert world.sync("tirana")["identical"]
    world.device("pristina", "enrol", waiting)  # the invitation went there and back
    world.stop()


def set_of_three(world, database):
    world.server("migrate-ledger", "--to", database.url)
    old = f"{world.folder}/old"
    world.server("backup", old)
    members = [Member(world, name, database.url) for name in ("server", "second", "third")]
    for member in members[1:]:
        world.server("restore", old, "--unlock", f"{world.data}/unlock", data=member.data)
    return members


def codes(world, members, address):
    """From every server in turn: each makes some that another may have to redeem."""
    file = f"{world.folder}/codes"
    with open(file, "w") as out:
        for i in range(DEVICES):
            out.write(members[i % 2].administer("invite", "--office", f"Office {i}", "--scope", SCOPES[i % len(SCOPES)], "--address", address))
    return file


def trouble(members, database):
    """What happens while the devices sync."""
    members[1].kill()
    eventually("the killed server's place is taken", lambda: members[0].ready()[0] == 200)
    members[1].start()
    database.stop("immediate")
    eventually("servers say that they cannot follow", lambda: members[0].ready()[0] == 503)
    assert "cannot be reached" in members[0].ready()[1]
    database.start()
    eventually("servers follow again", lambda: all(member.ready()[0] == 200 for member in members[:2]))
    database.stop("fast")
    stopped = time.monotonic()
    eventually("a minute is over, in which devices and servers go on asking", lambda: time.monotonic() - stopped > 60)
    assert all(member.ready()[0] == 503 for member in members[:2])
    database.start()
    eventually("servers follow again after a minute", lambda: all(member.ready()[0] == 200 for member in members[:2]))
    members[2].start()  # from a backup that knows none of this
    members[0].kill()
    members[0].start()


def heads(database):
    return database.query("SELECT scope, count(*), max(position), count(DISTINCT position) FROM tefter_ledger GROUP BY scope ORDER BY scope")


def devices_sync(world, members, database, balancer):
    """Returns what the load said of it."""
    file = codes(world, members, f"127.0.0.1:{balancer.port}")
    load = subprocess.Popen([f"{BIN}/tefter-bench", "load", "--codes", file, "--data", f"{world.folder}/devices", "--until-closed",
                             "--pause", "1500", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    told = ""
    while "The devices sync." not in told:
        line = load.stderr.readline()
        assert line, "the devices could not be enrolled: " + told
        told += line
    trouble(members, database)
    out, errors = load.communicate()  # which closes its standard input: enough
    assert load.returncode == 0, out + errors
    return {line["what"]: line["measured"] for line in json.loads(out)}


def pages_of_any(members, database):
    """A user whom one server adds signs in at another, is known to the first one then, and signed out everywhere at once."""
    given = json.loads(members[0].administer("user", "add", "Drita", "--role", "staff", "--json"))
    members[1].administer("user", "passphrase", "Drita", "--json")  # which takes the first one's place
    assert given["passphrase"]
    second, first = (browser_of(member) for member in (members[1], members[0]))
    assert second.sign_in("Drita", given["passphrase"]) != 303, "a passphrase that was replaced on another server"
    passphrase = json.loads(members[2].administer("user", "passphrase", "Drita", "--json"))["passphrase"]
    assert second.sign_in("Drita", passphrase) == 303
    first.cookies = dict(second.cookies)
    assert first.get("/account") == 200
    assert first.post("/sign-out") == 303
    assert second.get("/account") == 401
    # Whoever guesses at one server waits at every other.
    for member in (members[0], members[1], members[2], members[0], members[1]):
        assert browser_of(member).sign_in("Drita", "not hers at all") == 401
    assert browser_of(members[2]).sign_in("Drita", passphrase) == 429
    # Who looked where is in one log, whichever server was asked.
    given = json.loads(members[0].administer("user", "add", "Agim", "--role", "administrator", "--json"))["passphrase"]
    reader = browser_of(members[1])
    assert reader.sign_in("Agim", given) == 303 and reader.get("/account") == 200
    assert reader.post("/account/passphrase", old=given, new="long enough for Agim", again="long enough for Agim") == 303
    for member in members:
        there = browser_of(member)
        there.cookies = dict(reader.cookies)
        assert there.get("/access") == 200
        rows = re.findall(r"<tr>.*?</tr>", there.text, re.S)
        assert sum("Drita" in row and "refused" in row.lower() for row in rows) >= 5, rows
        assert any("Agim" in row and "sign" in row.lower() for row in rows), rows
    views = int(database.query("SELECT count(*) FROM tefter_log"))
    assert views == int(database.query("SELECT max(place) FROM tefter_log")) > 6


def browser_of(member):
    return Browser(type("Port", (), {"port": member.port}))


def files_of_any(world, members, database):
    """What one office attaches and sends to one server another office gets from another server; an erasure takes it out of the database."""
    for name, member in (("one", members[0]), ("two", members[1])):
        world.device(name, "enrol", member.administer("invite", "--office", name, "--scope", "AL", "--address", f"127.0.0.1:{member.port}").strip())
    person = world.device("one", "put", "person", "new", "family_name=Basha", "given_name=Ilir", "--scope", "AL").strip()
    paper = f"{world.folder}/paper.pdf"
    with open(paper, "wb") as out:
        out.write(random.Random(1).randbytes(200_000))
    number = world.device("one", "file", "attach", "person", person, paper).strip()
    world.sync("one")
    eventually("the second server has the rows", lambda: world.sync("two") and world.query("two", "SELECT 1 AS one FROM attachment"))
    got = f"{world.folder}/got.pdf"

    def fetched():
        try:
            world.device("two", "file", "get", number, got)
            return True
        except Refused as refusal:
            assert "does not have this file yet" in refusal.sentence, refusal
            return False

    eventually("the second server has the file", fetched)
    assert open(got, "rb").read() == open(paper, "rb").read()
    assert int(database.query("SELECT count(*) FROM tefter_file")) > 0
    request = members[1].administer("erase", "person", person, "--by", "Administrator").split()[0]
    members[0].administer("erase", "--approve", request, "--by", "Drita")
    eventually("the file is out of the database", lambda: database.query("SELECT count(*) FROM tefter_file") == "0")


def database_is_lost(world, members, database):
    """Any server has a copy of everything, and goes on alone."""
    last = members[2]
    eventually("the third server has followed", lambda: json.loads(last.administer("verify", "--json")) == json.loads(members[0].administer("verify", "--json")))
    for member in members:
        member.stop()
        member.process = None
    database.stop("immediate")
    refused(lambda: last.administer("devices"), 1, "cannot be reached")
    last.administer("migrate-ledger", "--back", "--lost")
    refused(lambda: last.administer("invite", "--office", "New", "--scope", "AL", "--address", "127.0.0.1:1"), 1, "waits for devices")
    last.administer("go-on")
    assert json.loads(last.administer("verify", "--json"))["faults"] == []
    last.url = ""
    last.start()
    world.device("one", "server", last.administer("invite", "--office", "x", "--scope", "AL", "--address", f"127.0.0.1:{last.port}").strip())
    world.device("one", "put", "person", "new", "family_name=Leka", "given_name=Era", "--scope", "AL")
    assert world.sync("one")["identical"]


def main():
    with World() as world, Postgres() as database:
        moves_there_and_back(world, database)
        members = set_of_three(world, database)
        for member in members[:2]:
            member.start()
        balancer = Balancer(world, members)
        try:
            figures = devices_sync(world, members, database, balancer)
            assert figures["people lost, or there twice"] == 0 and figures["all devices agree"] == 1, figures
            assert figures["syncs"] > 2 * DEVICES, figures
            for line in heads(database).splitlines():
                _, count, last, different = line.split("|")
                assert count == last == different, f"positions are not dense: {line}"
            # The very same rows and ledgers on each server: verify replays every ledger and compares digests and heads.
            checked = [json.loads(member.administer("verify", "--json")) for member in members]
            assert all(one["faults"] == [] for one in checked), checked
            assert len({(one["rows"], one["segments"]) for one in checked}) == 1, checked
            pages_of_any(members, database)
            files_of_any(world, members, database)
            database_is_lost(world, members, database)
            print(figures)
        finally:
            balancer.stop()
            for member in members:
                if member.process is not None:
                    member.stop()


if __name__ == "__main__":
    main()
