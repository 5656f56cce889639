"""Files that belong to rows: attached without a network, carried in pieces over a line that is cut, fetched only where somebody asks, by nobody
who does not hold the row, encrypted where they lie, and gone with the erasure of whom they are about."""

import hashlib
import json
import os
import random
import re

from harness import Refused, World, decrypted, refused
from proxy import CuttingProxy

MARK = b"MARKED-IN-A-FILE"


def content(seed, size):
    return MARK + random.Random(seed).randbytes(size - 2 * len(MARK)) + MARK


def stored(world, name):
    return [(row["size"], row["here"]) for row in world.query(name, "SELECT size, here FROM tefter_file ORDER BY size")]


def files(world, name, table, key):
    return json.loads(world.device(name, "--json", "file", "list", table, key))


with World() as world:
    world.start()
    line = CuttingProxy(world.port)
    world.enrol("tirana", "AL", "officer", line.address)
    world.enrol("durres")
    world.enrol("skopje", "MK")
    world.enrol("admin", "AL MK", "administrator")
    world.device("admin", "put", "staff_user", "new", "name=Second", "role=staff", "active=1", "--scope", "shared")
    world.sync("admin")
    person = world.device("tirana", "put", "person", "new", "family_name=Hoxha", "given_name=Arta", "gender=female", "--scope", "AL").strip()
    paper = f"{world.folder}/Lista e shënuar.pdf"
    with open(paper, "wb") as out:
        out.write(content(1, 400_000))
    empty = f"{world.folder}/empty"
    open(empty, "w").close()
    refused(lambda: world.device("tirana", "file", "attach", "person", person, empty), 2, "0 bytes")
    refused(lambda: world.device("tirana", "file", "attach", "person", "99", paper), 2, "no such row")
    with open(empty, "wb") as out:
        out.truncate(33 << 20)
    refused(lambda: world.device("tirana", "file", "attach", "person", person, empty), 2, empty, "32 MB")
    number = world.device("tirana", "file", "attach", "person", person, paper).strip()
    assert re.fullmatch(r"R\d+-\d+", number), number

    # The line is cut again and again: rows come first, and each piece of the file goes once.
    syncs, luck = 0, random.Random(5)
    while not files(world, "tirana", "person", person)[0]["sent"]:
        line.cut_after = luck.randrange(1500, 3500)
        try:
            world.sync("tirana")
        except Refused:
            pass  # cut before the rows were done
        syncs += 1
        assert syncs < 60, "the file does not get through"
    line.cut_after = None
    world.sync("tirana")
    print(f"{syncs} syncs")
    assert syncs >= 2, "the line was too good to show anything"

    # Elsewhere the row is there at once, and the content when somebody asks.
    world.sync("durres")
    there = files(world, "durres", "person", person)
    assert [(one["name"], one["size"], one["here"]) for one in there] == [("Lista e shënuar.pdf", 400_000, 0)], there
    out = f"{world.folder}/fetched.pdf"
    world.device("durres", "file", "get", number, out)
    with open(out, "rb") as file:
        assert hashlib.sha256(file.read()).digest() == hashlib.sha256(content(1, 400_000)).digest()
    assert "file R" in str(world.query("durres", "SELECT what FROM access")), "what was taken out is logged"
    assert files(world, "durres", "person", person)[0]["here"] == 400_000

    # Nobody else's: neither the row, nor the content to who knows its hash.
    world.sync("skopje")
    assert world.query("skopje", "SELECT count(*) AS n FROM attachment")[0]["n"] == 0
    refused(lambda: world.device("skopje", "file", "get", number, out), 2, "no file")

    # On no disk in the clear.
    for folder, _, names in os.walk(world.folder):
        for name in names:
            path = os.path.join(folder, name)
            if path not in (paper, out, empty) and os.path.isfile(path):
                with open(path, "rb") as file:
                    assert MARK not in file.read(), path

    assert MARK in decrypted(f"{world.folder}/durres/keys", world.passphrase, f"{world.folder}/durres/replica.db"), "it is looked for in the right place"

    # Erased with the person, wherever it lies.
    request = world.server("erase", "person", person, "--by", "Second").split()[0]
    world.server("erase", "--approve", request, "--by", "Administrator")
    for name in ("tirana", "durres", "tirana"):
        world.sync(name)
    for name in ("tirana", "durres"):
        assert stored(world, name) == [], name
        assert world.query(name, "SELECT count(*) AS n FROM tefter_file_piece")[0]["n"] == 0
        assert MARK not in decrypted(f"{world.folder}/{name}/keys", world.passphrase, f"{world.folder}/{name}/replica.db"), name
        world.device(name, "verify")
    assert MARK not in decrypted(f"{world.data}/keys", f"{world.data}/unlock", f"{world.data}/server.db", f"{world.data}/server.db-wal")
    refused(lambda: world.device("durres", "file", "get", number, out), 1, "erased")
    world.server("verify")
print("files come where they are asked for, and nowhere else")
