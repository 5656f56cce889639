"""What a stranger sends: every request gets a 4xx or is hung up on, memory stays bounded, and the server serves on."""

import gzip
import json
import os
import socket
import threading

from harness import World, refused

with World() as world:
    world.start()
    world.enrol("tirana")
    world.device("tirana", "put", "person", "new", "family_name=Hoxha", "given_name=Arta", "--scope", "AL")
    assert world.sync("tirana")["identical"]
    world.forget_peak()
    before = world.memory_kb()

    # Bodies that are no requests.
    for path in ("/sync", "/snapshot", "/enrol"):
        for body in (b"", b"\0" * 10, b"{\"broken\": ", os.urandom(1000), b"\xff" * 100_000, b"\1" * 5_000_000):
            status = world.post(path, body)
            assert status in (400, 401, 403, 413, 429), (path, body[:10], status)
    assert world.post("/nowhere", b"x") == 404

    # A request that promises more than it sends, and ones that promise too much.
    with world.connect() as line:
        line.sendall(b"POST /sync HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\nhalf")
        socket.socket.shutdown(line, socket.SHUT_WR)  # says no more, and listens
        assert world.status(line) in (400, None)
    for length in (b"99999999999", b"-1", b"18446744073709551616", b"1e9", b"abc"):
        status = world.ask(b"POST /sync HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: " + length + b"\r\n\r\n")
        assert status is None or 400 <= status < 500, (length, status)

    # Bombs: compressed, endless chunks, endless headers, an endless first line.
    bomb = gzip.compress(b"\0" * 300_000_000, 9)
    assert world.post("/sync", bomb, "Content-Encoding: gzip") == 415
    assert world.post("/enrol", bomb, "Content-Encoding: br") == 415

    def endless(start, piece):
        with world.connect() as line:
            sent = 0
            try:
                line.sendall(start)
                while sent < 400_000_000:
                    line.sendall(piece)
                    sent += len(piece)
            except OSError:
                pass
            assert sent < 200_000_000, f"the server took {sent} bytes"

    endless(b"POST /sync HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n", b"100000\r\n" + b"x" * 0x100000 + b"\r\n")
    endless(b"POST /sync HTTP/1.1\r\n", b"X-Header: " + b"y" * 1000 + b"\r\n")
    endless(b"GET /", b"z" * 100_000)
    used = world.memory_kb() - before
    assert used < 200_000, f"strangers made the server use {used} KB more"

    # What is no TLS at all.
    for noise in (b"GET / HTTP/1.1\r\n\r\n", os.urandom(2000), b""):
        with socket.create_connection(("127.0.0.1", world.port)) as line:
            try:
                line.sendall(noise)
                line.shutdown(socket.SHUT_WR)
                line.recv(1000)
            except OSError:
                pass  # hung up on already

    # Many who say nothing: an office still syncs, since an address gets only so many threads.
    silent = [socket.create_connection(("127.0.0.1", world.port)) for _ in range(20)]
    waiting = [world.connect() for _ in range(3)]
    assert world.sync("tirana")["identical"]
    for line in silent + waiting:
        line.close()

    # Ten at once with nonsense, and the office beside them.
    threads = [threading.Thread(target=lambda: [world.post("/sync", os.urandom(5000)) for _ in range(10)]) for _ in range(10)]
    for thread in threads:
        thread.start()
    assert world.sync("tirana")["identical"]
    for thread in threads:
        thread.join()

    assert json.loads(world.server("verify", "--json"))["faults"] == []
print("strangers got nothing, and the server served on; it used", used, "KB more at the most")

with World() as world:
    world.start()
    used_code = world.invite("tirana")
    world.device("tirana", "enrol", used_code)
    refused(lambda: world.device("other", "enrol", used_code), 1, "code")
    expired = world.invite("late", "AL", "officer", None, "--hours", "0")
    refused(lambda: world.device("late", "enrol", expired), 1, "code")
    refused(lambda: world.device("other", "enrol", used_code[:30] + ("0" if used_code[30] != "0" else "1") + used_code[31:]), 2, "code")
    refused(lambda: world.device("other", "enrol", "TEFTER1-NONSENSE"), 2, "code")
    for _ in range(3):  # the first two wrong ones came above
        refused(lambda: world.device("other", "enrol", used_code), 1)
    refused(lambda: world.device("other", "enrol", used_code), 1, "wait a minute")
    good = world.invite("slow")
    refused(lambda: world.device("slow", "enrol", good), 1, "wait a minute")
print("used, expired, mistyped and too many codes are refused")
