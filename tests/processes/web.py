"""The web pages in a real browser: a server, an office and the project's staff, and tests/web/pages.mjs that clicks."""

import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile

from harness import BIN, World
from web_access import Browser

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.abspath(f"{HERE}/../data/spring-2026")
PASSPHRASE = "a passphrase for tests"


def fill(world):
    """Albania's people and lists, as its office sends them."""
    world.server("init", "--passphrase-file", world.passphrase)
    world.start()
    for name, role in (("Ana", "administrator"), ("Sara", "staff"), ("Mira", "manager")):
        world.server("user", "add", name, "--role", role, "--passphrase-file", world.passphrase)
    world.enrol("staff", "AL BA XK ME MK RS", "staff")
    world.enrol("tirana", "AL")
    world.device("staff", "import", "activities", f"{DATA}/activities.csv")
    world.sync("staff")
    world.sync("tirana")
    world.device("tirana", "import", "participants", "--skip-bad", f"{DATA}/registrations/tirana.csv")
    codes = [row["code"] for row in world.query("tirana", "SELECT code FROM activity WHERE beneficiary = 'AL' ORDER BY code")]
    for code in codes:
        world.device("tirana", "import", "attendance", f"{DATA}/attendance/{code}.csv", "--activity", code)
    world.sync("tirana")
    world.sync("staff")
    return codes[0]


def check_formulas(world):
    """What a spreadsheet would run is text in every file that it opens."""
    typed = ["=2+3", "+2+3", "-2+3", "@SUM(1)"]
    for words in typed:
        world.device("staff", "put", "person", "new", f"family_name={words}", "given_name=Typed", "--scope", "AL")
    world.sync("staff")
    browser = Browser(world)
    browser.sign_in("Sara", PASSPHRASE)
    browser.get("/exports/register/person")
    names = [row["family_name"] for row in csv.DictReader(io.StringIO(browser.body.decode("utf-8-sig"))) if row["given_name"] == "Typed"]
    assert sorted(names) == sorted("'" + words for words in typed), names
    browser.get("/exports/all/xlsx")
    book = zipfile.ZipFile(io.BytesIO(browser.body))
    sheets = {name: book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/")}
    assert not [name for name, sheet in sheets.items() if "<f>" in sheet], "no cell is a formula"
    texts = "".join(sheets.values()) + (book.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in book.namelist() else "")
    assert all(words in texts for words in typed)


def check_exports(world):
    """The files say what the figures say, each counted in its own way."""
    world.sync("staff")
    reached = json.loads(world.device("staff", "--json", "report"))["totals"]["people_who_attended"]
    browser = Browser(world)
    assert browser.sign_in("Sara", PASSPHRASE) == 303
    assert browser.get("/exports/indicators") == 200
    rows = list(csv.DictReader(io.StringIO(browser.body.decode("utf-8-sig"))))
    whole = next(row for row in rows if row["indicator"] == "C1" and row["beneficiary"] == "")
    assert int(whole["Value"]) == reached, (whole, reached)

    assert browser.get("/exports/all/sqlite") == 200
    with open(f"{world.folder}/export.db", "wb") as out:
        out.write(browser.body)
    plain = sqlite3.connect(f"{world.folder}/export.db")
    one = "coalesce((SELECT canonical FROM same_person WHERE duplicate = person), person)"
    counted = plain.execute(f"SELECT count(DISTINCT {one}) FROM attendance WHERE status IN ('present', 'late')").fetchone()[0]
    assert counted == reached, (counted, reached)
    marks = plain.execute("SELECT count(*) FROM attendance").fetchone()[0]

    assert browser.get("/exports/all/xlsx") == 200
    book = zipfile.ZipFile(io.BytesIO(browser.body))
    names = re.findall(r'<sheet name="([^"]+)" sheetId="(\d+)"', book.read("xl/workbook.xml").decode())
    sheet = book.read(f"xl/worksheets/sheet{dict(names)['attendance']}.xml").decode()
    assert len(re.findall(r"<row ", sheet)) == marks + 1, "the sheet has every mark and its headings"
    assert "staff_user" not in dict(names) and "device" not in dict(names)
    assert not [name for name in os.listdir(world.data) if name.startswith("export-")], "no file is left behind"

    administrator = Browser(world)
    administrator.sign_in("Ana", PASSPHRASE)
    administrator.get("/access")
    assert "all registers as sqlite" in administrator.text and "Sara" in administrator.text


def check_certificates(world, activity):
    """From the mark in a list to the code on paper, to the public page, and to a withdrawal."""
    world.device("staff", "certificates", "issue", activity)
    world.sync("staff")
    browser = Browser(world)
    browser.sign_in("Sara", PASSPHRASE)
    assert browser.get(f"/documents/certificates/{activity}") == 200 and browser.body.startswith(b"%PDF")
    with open(f"{world.folder}/certificates.pdf", "wb") as out:
        out.write(browser.body)
    subprocess.run(["pdftoppm", "-r", "150", "-f", "1", "-l", "1", "-png", "-singlefile", f"{world.folder}/certificates.pdf", f"{world.folder}/page"], check=True)
    read = subprocess.run(["ZXingReader", "-format", "QRCode", f"{world.folder}/page.png"], check=True, capture_output=True, text=True).stdout
    code = re.search(r"TEFTER-C-[A-Za-z0-9_-]+", read).group(0)
    anybody = Browser(world)
    assert anybody.get(f"/verify?code={code}") == 200 and "is genuine and holds" in anybody.text
    assert "valid" in world.device("staff", "verify-certificate", code)
    forged = code[:-8] + ("A" if code[-8] != "A" else "B") + code[-7:]
    assert anybody.get(f"/verify?code={forged}") == 200 and "No certificate of this code" in anybody.text

    text = subprocess.run(["pdftotext", "-f", "1", "-l", "1", f"{world.folder}/certificates.pdf", "-"], check=True, capture_output=True, text=True).stdout
    holders = world.query("staff", f"SELECT person, family_name, given_name FROM certificate JOIN person ON person.id = person WHERE activity = '{activity}'")
    holder = next(row for row in holders if row["family_name"] in text and row["given_name"] in text)
    world.device("staff", "document", "certificate", f"{holder['person']}/{activity}", f"{world.folder}/one.pdf")
    world.device("staff", "certificates", "withdraw", f"{holder['person']}/{activity}", "--reason", "printed twice")
    world.sync("staff")
    assert anybody.get(f"/verify?code={code}") == 200 and "has been withdrawn" in anybody.text

    # What an office took out is in the log that administrators read, with the scope that it is of.
    administrator = Browser(world)
    administrator.sign_in("Ana", PASSPHRASE)
    administrator.get("/access")
    assert f"certificate of {holder['person']}, by staff" in administrator.text, "a document made on a device is logged"

    # Badges are given to those who have none, and to nobody twice.
    missing = f"SELECT count(*) AS number FROM enrolment JOIN person ON person.id = person WHERE activity = '{activity}' AND badge IS NULL"
    before = int(world.query("staff", missing)[0]["number"])
    assert before > 0 and browser.get(f"/documents/badges/{activity}") == 400 and "has a badge yet" in browser.text
    browser.get(f"/activities/{activity}")
    assert f"Give one to {before} people" in browser.text
    assert browser.post(f"/documents/badges/{activity}") == 303 and browser.headers["Location"] == f"/documents/badges/{activity}"
    world.sync("staff")
    assert int(world.query("staff", missing)[0]["number"]) == 0
    given = world.query("staff", "SELECT id, badge FROM person WHERE badge IS NOT NULL ORDER BY id")
    browser.get(f"/activities/{activity}")
    assert "Give one to" not in browser.text
    browser.post(f"/documents/badges/{activity}")
    world.sync("staff")
    assert world.query("staff", "SELECT id, badge FROM person WHERE badge IS NOT NULL ORDER BY id") == given

    # Every other document of the pages is a PDF with words in it.
    person = holder["person"]
    for address, word in ((f"attendance-list/{activity}", holder["family_name"]), (f"badges/{activity}", holder["family_name"]),
                          (f"activity-report/{activity}", "%"), ("indicators/2026", "C1"), (f"person/{person}", holder["family_name"])):
        assert browser.get(f"/documents/{address}") == 200, address
        text = subprocess.run(["pdftotext", "-", "-"], check=True, input=browser.body, capture_output=True).stdout.decode()
        assert word in text, f"{address} has no {word}"
    assert browser.get(f"/documents/person/{person}?as=json") == 200 and json.loads(browser.body), "the same as JSON"


def main():
    with World() as world:
        activity = fill(world)
        told = {"address": world.address, "folder": world.folder, "bin": BIN, "passphrase": PASSPHRASE,
                "passphraseFile": world.passphrase, "activity": activity}
        done = subprocess.run(["node", f"{HERE}/../web/pages.mjs"], env={**os.environ, "WORLD": json.dumps(told)})
        assert done.returncode == 0, "the browser found something; it says what above"
        check_exports(world)
        check_formulas(world)
        check_certificates(world, activity)
        with open(f"{world.folder}/server.log") as log:
            said = [line for line in log if "tefter-server:" in line and "was cut" not in line]
        assert not said, said
    print("the pages do what people expect")


if __name__ == "__main__":
    sys.exit(main())
