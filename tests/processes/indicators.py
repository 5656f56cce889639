"""The figures of spring 2026, counted a second time: in plain SQL on the exported file, and as expected.json has them."""

import json
import os
import sqlite3

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
    refused(lambda: world.device("staff", "document", "extract", "nothing", f"{world.folder}/no.pdf"), 2, "nothing")
    refused(lambda: world.device("staff", "document", "letter", "1/TR-04", f"{world.folder}/no.pdf"), 1, "not enrolled")
    refused(lambda: world.device("staff", "report", "--gender", "x"), 2, "female")
    refused(lambda: world.device("staff", "report", "--from", "yesterday"), 2, "yesterday")
    assert not os.path.exists(f"{world.folder}/no.pdf")
