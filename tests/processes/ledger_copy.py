"""An auditor's copy of the ledgers: checked with public keys alone, and whatever is done to it is named with its place."""

import glob
import json
import os
import random
import shutil

from harness import BIN, Refused, World, refused, run


def entries(path):
    """(bytes of an entry)*: a segment behind its length, and the ledger's hash there."""
    data = open(path, "rb").read()
    out, at = [], 0
    while at < len(data):
        length, shift, begin = 0, 0, at
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        at += length + 32
        out.append(data[begin:at])
    return out


def verify(copy, *more):
    return run(f"{BIN}/tefter", "verify", "--ledger-copy", copy, *more)


def tampered(world, name, change):
    """The same copy after `change`, which is given the entries of the fullest ledger."""
    copy = f"{world.folder}/{name}"
    shutil.copytree(f"{world.folder}/copy", copy)
    path = max(glob.glob(f"{copy}/scope-*"), key=lambda one: (one.rsplit("-", 1)[1] == SCOPE, os.path.getsize(one)))
    list_of = entries(path)
    assert len(list_of) > 6, len(list_of)
    change(list_of)
    with open(path, "wb") as out:
        out.write(b"".join(list_of))
    return copy


def faulty(copy, *words):
    try:
        verify(copy)
    except Refused as refusal:
        assert refusal.code == 1, refusal
        for word in words:
            assert word in refusal.sentence, f"{word!r} is not in: {refusal.sentence}"
        return refusal.sentence
    raise AssertionError(f"nothing was noticed in {copy}")


def flip(entry, at):
    return entry[:at] + bytes([entry[at] ^ 1]) + entry[at + 1:]


def swap(list_of):
    list_of[2], list_of[3] = list_of[3], list_of[2]


SCOPE = "3"  # Albania's, where the device writes
with World() as world:
    world.start()
    world.enrol("tirana")
    for number in range(8):
        world.device("tirana", "put", "person", "new", "family_name=Marku", f"given_name=Besa{number}", "gender=female", "category=judge", "--scope", "AL")
        world.sync("tirana")
        if number == 3:
            world.server("ledger-copy", f"{world.folder}/earlier")
    world.server("ledger-copy", f"{world.folder}/copy")
    said = verify(f"{world.folder}/copy", "--earlier", f"{world.folder}/earlier")
    assert "all is as it was signed" in said, said
    key = json.loads(run(f"{BIN}/tefter", "--json", "verify", "--ledger-copy", f"{world.folder}/copy"))["server_key"]
    verify(f"{world.folder}/copy", "--server-key", key)
    refused(lambda: verify(f"{world.folder}/copy", "--server-key", "00" * 32), 1, "another one")
    for path in glob.glob(f"{world.folder}/copy/*"):
        content = open(path, "rb").read()
        assert b"Marku" not in content and b"Besa" not in content, f"{path} names somebody"

    faulty(tampered(world, "dropped", lambda list_of: list_of.pop(3)), "position 4")
    faulty(tampered(world, "twice", lambda list_of: list_of.insert(3, list_of[2])), "position 4")
    faulty(tampered(world, "reordered", swap), "position 3")
    faulty(tampered(world, "shortened", lambda list_of: list_of.pop()), "the server signed that it ends at")
    seen = set()
    for number in range(24):  # any byte of an entry: forged or altered
        victim = random.randrange(8)
        copy = tampered(world, f"altered-{number}", lambda list_of: list_of.__setitem__(victim, flip(list_of[victim], random.randrange(2, len(list_of[victim])))))
        seen.add(faulty(copy, f"position {victim + 1}"))
    manifest = f"{world.folder}/signed"
    shutil.copytree(f"{world.folder}/copy", manifest)
    content = open(f"{manifest}/copy", "rb").read()
    with open(f"{manifest}/copy", "wb") as out:
        out.write(flip(content, len(content) - 70))
    faulty(manifest)
    # A server that forgets what it once showed: the earlier copy tells.
    refused(lambda: verify(f"{world.folder}/earlier", "--earlier", f"{world.folder}/copy"), 1)
    refused(lambda: verify(f"{world.folder}/nowhere"), 1)
print("an auditor needs public keys alone, and finds the place")
