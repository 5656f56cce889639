"""What a person may do wrong at the command line, and what a machine may: one sentence each, and nothing half done."""

import fcntl
import json
import os
import resource
import signal
import sqlite3
import subprocess
import zipfile

from harness import BIN, World, refused, run

with World() as world:
    world.start()
    world.enrol("tirana")
    tirana = f"{world.folder}/tirana"
    arta = world.device("tirana", "put", "person", "new", "family_name=Hoxha", "given_name=Arta", "gender=female", "--scope", "AL").strip()

    def people():
        return world.query("tirana", "SELECT count(*) AS n FROM person")[0]["n"]

    # The command line itself.
    for wrong in (["put", "nobody", "new", "a=1"], ["put", "person", "new", "no_column=1"], ["put", "person", arta, "gender=many"],
                  ["put", "person", arta, "birth_date=31.02.1990"], ["put", "person", arta, "nonsense"], ["query", "SELEC 1"],
                  ["query", "DELETE FROM person"], ["import", "letters", "x"], ["import", "attendance", "x.csv"], ["export", "pdf", "x"], [],
                  ["frobnicate"]):
        try:
            run(f"{BIN}/tefter", "--replica", tirana, "--passphrase-file", world.passphrase, *wrong)
            raise SystemExit(f"{wrong} should have been refused")
        except Exception as refusal:
            assert refusal.code in (1, 2) and refusal.sentence, (wrong, refusal)
    for program in ("tefter", "tefter-server"):
        assert "Usage" in run(f"{BIN}/{program}", "--help")

    # Passphrases, and a terminal that is none.
    wrong = f"{world.folder}/wrong"
    with open(wrong, "w") as out:
        out.write("another passphrase\n")
    refused(lambda: run(f"{BIN}/tefter", "--replica", tirana, "--passphrase-file", wrong, "status"), 1, "passphrase")
    refused(lambda: run(f"{BIN}/tefter", "--replica", tirana, "status"), 2, "--passphrase-file")
    refused(lambda: run(f"{BIN}/tefter", "--replica", tirana, "--passphrase-file", "/nowhere", "status"), 2, "/nowhere")
    refused(lambda: world.device("nobody", "status"), 1, "no replica")
    refused(lambda: world.device("tirana", "enrol", world.invite("again")), 1, "already")

    # Sheets.
    def sheet(name, data):
        path = f"{world.folder}/{name}"
        with open(path, "wb") as out:
            out.write(data)
        return path

    head = "Family name,Given name,Gender,Date of birth\n"
    bad = sheet("bad.csv", (head + "Basha,Ilir,male,1.1.1980\nDuka,Era,perhaps,31.2.1980\n").encode())
    try:
        world.device("tirana", "import", "participants", bad)
        raise SystemExit("a sheet with a bad line was imported")
    except Exception as refusal:
        lines = refusal.sentence.splitlines()
        assert any("line 3" in line and "Gender" in line and "perhaps" in line for line in lines), lines
        assert any("line 3" in line and "Date of birth" in line and "31.2.1980" in line for line in lines), lines
    assert people() == 1
    assert "0 rows new" not in world.device("tirana", "import", "participants", "--skip-bad", bad)
    assert people() == 2
    refused(lambda: world.device("tirana", "import", "participants", sheet("heading.csv", b"Family name,Given name,Shoe size\na,b,c\n")), 2, "Shoe size", "line 1")
    refused(lambda: world.device("tirana", "import", "participants", sheet("utf32.csv", ("\ufeff" + head).encode("utf-32"))), 2, "cannot be read")
    refused(lambda: world.device("tirana", "import", "participants", sheet("picture.csv", os.urandom(3000))), 2, "cannot be read")
    refused(lambda: world.device("tirana", "import", "participants", sheet("empty.csv", b"")), 2, "empty")
    refused(lambda: world.device("tirana", "import", "participants", "/nowhere.csv"), 2, "/nowhere.csv")
    refused(lambda: world.device("tirana", "import", "attendance", bad, "--activity", "TR-99"), 2, "TR-99")
    refused(lambda: world.device("tirana", "bundle", "import", bad), 1, "bundle")
    assert people() == 2

    # A disk that is full at any point: the action fails as a whole, and the replica opens again.
    world.sync("tirana")
    many = sheet("many.csv", (head + "".join(f"Family{i},Given{i},male,1.1.1980\n" for i in range(800))).encode())

    def with_a_disk_of(bytes_left, *arguments):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, bytes_left))
        return subprocess.run([f"{BIN}/tefter", "--replica", tirana, "--passphrase-file", world.passphrase, *arguments],
                              capture_output=True, text=True, preexec_fn=limit,
                              env={**os.environ, "LLVM_PROFILE_FILE": "/dev/null"})  # tools/coverage counts in files that could not grow

    size = os.path.getsize(f"{tirana}/replica.db")
    stopped = 0
    for more in (0, 4096, 65536, 200_000):
        done = with_a_disk_of(size + more, "import", "participants", many)
        if done.returncode == 0:
            break
        stopped += 1
        assert done.returncode == 1 and len(done.stderr.strip().splitlines()) == 1 and "disk" in done.stderr, done
        assert people() == 2
        assert "All is well" in world.device("tirana", "verify")
    assert stopped >= 2, "the disk was never full"

    # Another program holds the file.
    with open(f"{tirana}/replica.db", "r+b") as held:
        fcntl.lockf(held, fcntl.LOCK_EX, 512, 0x40000000)
        refused(lambda: world.device("tirana", "put", "person", arta, "position=Judge"), 1, "using")
    world.device("tirana", "put", "person", arta, "position=Judge")

    # Nobody answers; somebody else answers.
    address, port = world.address, world.port
    world.stop()
    assert "later" in refused(lambda: world.device("tirana", "sync"), 1, address)
    world.server("init", data=f"{world.folder}/impostor")
    world.start(f"127.0.0.1:{port}", data=f"{world.folder}/impostor")
    refused(lambda: world.device("tirana", "sync"), 1, "is not the server")
    world.stop()
    world.start(f"127.0.0.1:{port}")
    assert world.sync("tirana")["identical"]

    # Exports: logged, whole, and never over something.
    out = f"{world.folder}/export"
    for name in ("xlsx", "sqlite", "csv"):
        world.device("tirana", "export", name, f"{out}.{name}")
        refused(lambda: world.device("tirana", "export", name, f"{out}.{name}"), 1, "already")
    plain = sqlite3.connect(f"{out}.sqlite")
    assert plain.execute("SELECT family_name, gender, scope FROM person WHERE given_name = 'Arta'").fetchall() == [("Hoxha", "female", "AL")]
    with open(f"{out}.csv/person.csv", encoding="utf-8-sig") as rows:
        assert any("Hoxha" in line and "female" in line for line in rows)
    with zipfile.ZipFile(f"{out}.xlsx") as book:
        assert any(b"Hoxha" in book.read(name) for name in book.namelist())
    logged = world.query("tirana", "SELECT what, rows FROM access ORDER BY at")
    assert len(logged) == 9 and "sqlite" in logged[3]["what"] and any(entry["rows"] > 1 for entry in logged), logged
    done = with_a_disk_of(3000, "export", "xlsx", f"{out}2.xlsx")
    assert done.returncode == 1 and not os.path.exists(f"{out}2.xlsx"), done
    assert not [name for name in os.listdir(world.folder) if name.endswith(".new")]
    assert json.loads(world.device("tirana", "--json", "verify"))["faults"] == []
print("bad input gets one sentence, and nothing is half done")
