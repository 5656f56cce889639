"""What those who run a server look at: is it alive, can it serve, how much does it do, what does its log say, what was it told."""

import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess

from harness import BIN, World, refused, run
from web_access import Browser


def get(world, path):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    line = http.client.HTTPSConnection("127.0.0.1", world.port, context=context, timeout=60)
    line.request("GET", path)
    answer = line.getresponse()
    body = answer.read().decode()
    line.close()
    return answer.status, body, answer.headers


def metrics(world):
    """Each line's value by its name and labels; the text keeps to the format: a head before its lines, every line a number."""
    status, body, headers = get(world, "/metrics")
    assert status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4"), headers
    values, heads = {}, set()
    for line in body.splitlines():
        if line.startswith("#"):
            heads.add(line.split()[2])
            continue
        name, value = re.fullmatch(r'([a-z_]+(?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})?) (\S+)', line).groups()
        base = re.sub(r"_(bucket|sum|count)$", "", name.split("{")[0])
        assert base in heads or name.split("{")[0] in heads, f"{name} has no head"
        assert name not in values, f"{name} stands twice"
        values[name] = float(value)
    return values


def what_the_server_tells(world):
    assert get(world, "/healthz")[:2] == (200, "alive")
    assert get(world, "/readyz")[:2] == (200, "ready")
    before = metrics(world)
    world.device("tirana", "put", "person", "new", "family_name=Zogolli", "given_name=Drita", "--scope", "AL")
    world.sync("tirana")
    after = metrics(world)
    sync = 'tefter_requests_total{method="POST",route="/sync",status="200"}'
    assert after[sync] > before.get(sync, 0), after
    assert after["tefter_changesets_total"] == before["tefter_changesets_total"] + 1
    assert after['tefter_ledger_position{scope="AL"}'] == before['tefter_ledger_position{scope="AL"}'] + 1
    assert after['tefter_devices{state="active"}'] == before['tefter_devices{state="active"}']
    seconds = 'tefter_request_seconds_{}{{method="POST",route="/sync"{}}}'
    assert after[seconds.format("bucket", ',le="+Inf"')] == after[seconds.format("count", "")] == after[sync]


def what_the_log_says(world):
    """Each answer has an id and a line with it; nobody's name or address is in any line."""
    browser = Browser(world)
    browser.sign_in("Ana", "right for a test")
    person = world.query("tirana", "SELECT id FROM person")[0]["id"]
    assert browser.get(f"/registers/person/{person}") == 200 and "Zogolli" in browser.text
    said = browser.headers["X-Request-Id"]
    assert browser.get("/people?q=Zogolli") == 200
    assert Browser(world).sign_in("Drita Zogolli", "wrong") == 401
    world.stop()
    log = open(f"{world.folder}/server.log").read()
    lines = [json.loads(line) for line in log.splitlines()]
    mine = [line for line in lines if line.get("request") == said]
    assert len(mine) == 1 and mine[0]["route"] == "/registers/:/:" and mine[0]["status"] == 200 and mine[0]["bytes_out"] > 1000, mine
    assert all(line["event"] == "request" and line["level"] == "info" and line["at"].endswith("Z") for line in lines), lines
    for word in ("Zogolli", "Drita", "127.0.0.1", str(person), "right for a test"):
        assert word not in log, f"the log holds {word}"


def a_burst_waits_in_the_queue(world):
    """A morning on which forty offices come at once, while the server is busy: the system takes their connections for it. A connection that
    finds no place is tried again after a second, so half a second tells."""
    world.process.send_signal(signal.SIGSTOP)
    try:
        lines = [socket.create_connection(("127.0.0.1", world.port), timeout=0.5) for _ in range(40)]
    finally:
        world.process.send_signal(signal.SIGCONT)
    for line in lines:
        line.close()
    assert get(world, "/healthz")[0] == 200


def what_the_server_is_told(world):
    path = f"{world.folder}/server.conf"

    def told(text, *flags, **variables):
        with open(path, "w") as out:
            out.write(text)
        done = subprocess.run([f"{BIN}/tefter-server", "config", "show", "--config", path, *flags], capture_output=True, text=True, env={**os.environ, **variables})
        return done.returncode, done.stdout, done.stderr.strip()

    code, shown, error = told("# of the office\ndata = /srv/a\nlisten=0.0.0.0:1\nmetrics_from = 10.0.0.7 # the collector\n", "--data", "/srv/b", TEFTER_LISTEN="0.0.0.0:2")
    assert code == 0, error
    assert "data = /srv/b  # command line" in shown and "listen = 0.0.0.0:2  # environment TEFTER_LISTEN" in shown, shown
    assert f"metrics_from = 10.0.0.7  # {path}:4" in shown and "phone =   # default" in shown, shown
    for text, words in (("\nlisten 0.0.0.0:1\n", f"{path}:2: "), ("lisen = x\n", f'{path}:1: "lisen" is no setting'),
                        ("data = a\ndata = b\n", f"{path}:2: data stands here for the second time")):
        code, _, error = told(text)
        assert code == 2 and error.startswith(words) and len(error.splitlines()) == 1, error
    code, _, error = told("listen = nowhere\n")
    assert code == 2 and "HOST:PORT" in error, error
    refused(lambda: run(f"{BIN}/tefter-server", "config", "show", "--config", f"{world.folder}/none"), 2, "cannot be read")
    refused(lambda: run(f"{BIN}/tefter-server", "serve"), 2, "folder is not named")
    # Told by the file alone, it serves; and tells its metrics to nobody else.
    with open(path, "w") as out:
        out.write(f"data = {world.data}\nlisten = 127.0.0.1:0\nmetrics_from = 10.0.0.7\n")
    process = subprocess.Popen([f"{BIN}/tefter-server", "serve", "--config", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    world.port = int(process.stdout.readline().strip().rsplit(":", 1)[1])
    assert get(world, "/metrics")[0] == 403 and get(world, "/readyz")[0] == 200
    process.terminate()
    assert process.wait() == 0


with World() as world:
    with open(f"{world.folder}/user", "w") as out:
        out.write("right for a test\n")
    world.server("init", "--administrator", "Ana", "--passphrase-file", f"{world.folder}/user")
    world.start()
    world.enrol("tirana")
    what_the_server_tells(world)
    what_the_log_says(world)
    world.start()
    a_burst_waits_in_the_queue(world)
    world.stop()
    what_the_server_is_told(world)
print("the server says how it is, and names nobody")
