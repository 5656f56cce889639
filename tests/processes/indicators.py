"""The figures of spring 2026, counted a second time: in plain SQL on the exported file, and as expected.json has them."""

import collections
import html
import json
import os
import re
import sqlite3
import zipfile

import spring
from harness import World, refused

# Who each row is counted as: links followed to their end.
VIEWS = """
CREATE TEMP TABLE one AS
WITH RECURSIVE walk(id, at, depth) AS (
    SELECT id, id, 0 FROM person
    UNION ALL SELECT walk.id, l.canonical, depth + 1 FROM walk JOIN same_person l ON l.duplicate = walk.at WHERE depth < 9)
SELECT id, at AS one FROM walk w WHERE depth = (SELECT max(depth) FROM walk v WHERE v.id = w.id);
CREATE TEMP VIEW mark AS  -- one for each person and session, the best
SELECT one.one, t.activity, t.session_number, max(CASE t.status WHEN 'present' THEN 4 WHEN 'late' THEN 3 WHEN 'excused' THEN 2 ELSE 1 END) AS status,
    s.half_days, coalesce(s.date, a.starts_on) AS day, a.kind, p.gender, p.category, p.scope
FROM attendance t JOIN one ON one.id = t.person JOIN person p ON p.id = one.one
JOIN session s ON s.activity = t.activity AND s.number = t.session_number JOIN activity a ON a.code = t.activity
GROUP BY one.one, t.activity, t.session_number;
"""
FIGURES = {
    "C1": "SELECT count(DISTINCT one) FROM mark WHERE status >= 3 AND {0}",
    "C2": "SELECT 100.0 * count(DISTINCT CASE WHEN gender = 'female' THEN one END) / count(DISTINCT CASE WHEN gender IN ('female', 'male', 'other') THEN one END) FROM mark WHERE status >= 3 AND {0}",
    "C3": "SELECT count(*) FROM (SELECT DISTINCT one, activity FROM mark WHERE status >= 3 AND {0})",
    "C4": "SELECT coalesce(sum(half_days), 0) / 2.0 FROM mark WHERE status >= 3 AND {0}",
    "C5": "SELECT 100.0 * sum(status >= 3) / sum(status <> 2) FROM mark WHERE {0}",
    "C12": "SELECT count(*) FROM (SELECT one FROM mark WHERE status >= 3 AND {0} GROUP BY one HAVING count(DISTINCT activity) >= 3)",
}
WHOLE = {
    "C6": "SELECT count(*) FROM (SELECT one, activity FROM mark m GROUP BY one, activity HAVING sum(status >= 3) * 100 >= 80 * (SELECT count(*) FROM session s WHERE s.activity = m.activity))",
    "C9": "SELECT count(*) FROM (SELECT DISTINCT one.one, e.activity FROM enrolment e JOIN one ON one.id = e.person JOIN activity a ON a.code = e.activity WHERE a.kind = 'legal_english')",
    "C10": "SELECT count(*) FROM activity WHERE kind IN ('study_tour', 'internship')",
    "C10.days": "SELECT sum(half_days) / 2.0 FROM mark WHERE status >= 3 AND kind IN ('study_tour', 'internship')",
}
FILTERS = [([], "1"), (["--from", "2026-04-01", "--to", "2026-06-30"], "day BETWEEN '2026-04-01' AND '2026-06-30'"), (["--scope", "XK"], "scope = 'XK'"),
           (["--gender", "female", "--category", "prosecutor"], "gender = 'female' AND category = 'prosecutor'"), (["--kind", "training"], "kind = 'training'")]


def same(got, expected, what):
    assert abs((got or 0) - (expected or 0)) < 1e-6, f"{what}: {got}, counted in SQL {expected}"


def cells_of(book, sheet):
    """Rows of a sheet as lists of text and numbers; a cell that is empty is left out with its column."""
    names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    texts = [html.unescape(re.sub("<[^>]+>", "", one)) for one in re.findall(r"<si>(.*?)</si>", book.read("xl/sharedStrings.xml").decode(), re.S)]
    found = book.read(f"xl/worksheets/sheet{names.index(sheet) + 1}.xml").decode()
    rows = []
    for row in re.findall(r"<row [^>]*>(.*?)</row>", found, re.S):
        cells = re.findall(r'<c r="([A-Z]+)\d+"([^>]*)>(?:<v>(.*?)</v>)?', row)
        rows.append({column: texts[int(value)] if 't="s"' in kind else float(value) for column, kind, value in cells if value})
    return rows


def check_workbook(world, expected):
    """The yearly report as a workbook: each figure is the indicator's, with an address, and opens to as many rows as it counts."""
    world.device("staff", "document", "indicator-report", "2026", f"{world.folder}/year.xlsx")
    book = zipfile.ZipFile(f"{world.folder}/year.xlsx")
    figures = {row["A"]: row.get("G") for row in cells_of(book, "Indicator report 2026") if "B" in row and "A" in row}
    assert len(figures) > 20, figures
    for code, figure in figures.items():
        if figure is not None:
            same(figure, expected[code]["value"], f"{code} in the workbook")
    behind = collections.Counter(row["A"] for row in cells_of(book, "Rows behind the figures")[1:])
    for code in ("C1", "C3", "C12"):
        assert behind[code] == expected[code]["rows"], (code, behind[code], expected[code])
    links = "".join(book.read(name).decode() for name in book.namelist() if "sheet" in name and name.endswith(".rels"))
    assert f"https://{world.address}/figures/C1?from=2026-01-01&amp;to=2026-12-31" in links and "/proof/person/" in links


with World() as world:
    world.start()
    spring.fill(world)
    report = lambda *options: json.loads(world.device("staff", "--json", "report", *options))
    plain = f"{world.folder}/plain.db"
    world.device("staff", "export", "sqlite", plain)
    database = sqlite3.connect(plain)
    database.executescript(VIEWS)
    count = lambda sql: database.execute(sql).fetchone()[0]

    for options, where in FILTERS:
        got = report(*options)["indicators"]
        for code, sql in FIGURES.items():
            same(got[code]["value"], count(sql.format(where)), f"{code} {options}")
    whole = report()
    for code, sql in WHOLE.items():
        same(whole["indicators"][code]["value"], count(sql), code)
    for cut, column in (("beneficiary", "scope"), ("gender", "gender"), ("category", "category"), ("activity_kind", "kind")):
        got = report("--by", cut)["indicators"]
        for code, sql in FIGURES.items():
            for part in got[code] if code != "C2" else []:
                same(got[code][part]["value"], count(sql.format(f"coalesce({column}, '') = '{part}'")), f"{code} {cut} {part}")

    expected = spring.expected()["totals"]
    assert whole["totals"] == expected, whole["totals"]
    exported = dict(database.execute("SELECT code, value FROM indicators WHERE cut = 'none'"))
    for code, figure in whole["indicators"].items():
        if figure["value"] is not None:
            same(exported[code], figure["value"], f"{code} as exported")

    # Every page of a figure's rows, and nothing twice.
    keys = []
    for skip in range(0, 400, 150):
        page = json.loads(world.device("staff", "--json", "report", "--rows", "C3", "--skip", skip, "--take", 150))
        keys += [row["key"] for row in page["rows"]]
    assert len(keys) == len(set(keys)) == page["total"] == whole["indicators"]["C3"]["rows"]

    # Documents from the same register, and what a code on them says.
    assert json.loads(world.device("staff", "--json", "certificates", "issue", "TR-04"))["issued"] == 20
    world.device("staff", "document", "certificates", "TR-04", f"{world.folder}/certificates.pdf", "--language", "sq")
    checks = json.loads(world.device("staff", "--json", "verify-certificate", f"{world.folder}/certificates.pdf"))
    assert len(checks) == 20 and {check["standing"] for check in checks} == {"valid"}, checks
    for kind, subject in (("activity-report", "TR-04"), ("indicator-report", "2026"), ("extract", "activity"), ("attendance-list", "LE-01")):
        world.device("staff", "document", kind, subject, f"{world.folder}/{kind}.pdf")
        assert os.path.getsize(f"{world.folder}/{kind}.pdf") > 10_000
    check_workbook(world, report("--from", "2026-01-01", "--to", "2026-12-31")["indicators"])
    refused(lambda: world.device("staff", "document", "extract", "nothing", f"{world.folder}/no.pdf"), 2, "nothing")
    refused(lambda: world.device("staff", "document", "letter", "1/TR-04", f"{world.folder}/no.pdf"), 1, "no person 1")
    refused(lambda: world.device("staff", "report", "--gender", "x"), 2, "female")
    refused(lambda: world.device("staff", "report", "--from", "yesterday"), 2, "yesterday")
    assert not os.path.exists(f"{world.folder}/no.pdf")
