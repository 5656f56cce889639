"""The indicators of the sample, counted from its sheets in the plainest way: one loop over the rows for each figure."""

from collections import defaultdict
from datetime import date
from statistics import median

ATTENDED = ("present", "late")
PERIODS = {"all": ("0000", "9999"), "2025": ("2025-01-01", "2025-12-31"), "2026": ("2026-01-01", "2026-12-31")}


def within(day, period):
    return bool(day) and period[0] <= day <= period[1]


def of_marks(sheets, period):
    activities = {row["code"]: row for row in sheets["activity"]}
    sessions = {(row["activity"], row["number"]): row for row in sheets["session"]}
    gender = {(row["family_name"] + " " + row["given_name"]): row["gender"] for row in sheets["person"]}
    marks = [row for row in sheets["attendance"] if within(sessions[row["activity"], row["session_number"]]["date"], period)]
    there = [row for row in marks if row["status"] in ATTENDED]
    reached = {row["person"] for row in there}
    joined = defaultdict(set)
    for row in there:
        joined[row["person"]].add(row["activity"])
    half_days = lambda row: sessions[row["activity"], row["session_number"]]["half_days"]
    out = {"C1": len(reached), "C2": 100 * sum(gender[one] == "female" for one in reached) / len(reached),
           "C3": sum(len(codes) for codes in joined.values()), "C4": sum(map(half_days, there)) / 2,
           "C5": 100 * len(there) / sum(row["status"] != "excused" for row in marks),
           "C12": sum(len(codes) >= 3 for codes in joined.values())}

    # What belongs to a whole activity counts by its last day.
    ended = {code for code, row in activities.items() if within(row["ends_on"], period)}
    attended, days = defaultdict(int), defaultdict(float)
    for row in sheets["attendance"]:
        if row["activity"] in ended and row["status"] in ATTENDED:
            attended[row["person"], row["activity"]] += 1
            days[row["activity"]] += half_days(row) / 2
    held = defaultdict(int)
    for row in sheets["session"]:
        held[row["activity"]] += 1
    out["C6"] = sum(count * 100 >= 80 * held[code] for (_, code), count in attended.items())
    abroad = [code for code in ended if activities[code]["kind"] in ("study_tour", "internship") and activities[code]["state"] == "done"]
    out["C10"], out["C10.days"] = len(abroad), sum(days[code] for code in abroad)
    paid = [code for code in ended if activities[code]["cost_cents"] != "" and activities[code]["state"] == "done"]
    out["C11"] = sum(activities[code]["cost_cents"] for code in paid) / 100 / sum(days[code] for code in paid)
    return out, ended


def of_answers(sheets, ended):
    activities = {row["code"]: row for row in sheets["activity"]}
    results = defaultdict(dict)
    for row in sheets["test_result"]:
        if row["activity"] in ended:
            results[row["person"], row["activity"]][row["kind"]] = row
    share = lambda row: row["score"] / row["maximum"]
    gains = [100 * (share(of["post"]) - share(of["pre"])) / (1 - share(of["pre"])) for of in results.values() if "pre" in of and "post" in of]
    answers = [row["answer"] for row in sheets["evaluation"] if row["activity"] in ended]
    learners = [row for row in sheets["enrolment"] if row["activity"] in ended and activities[row["activity"]]["kind"] == "legal_english"]
    risen = [of["final"]["level"] > of["placement"]["level"] for of in results.values() if "placement" in of and "final" in of]
    return {"C7": sum(gains) / len(gains), "C8": sum(answers) / len(answers), "C8.high": 100 * sum(a >= 4 for a in answers) / len(answers),
            "C9": len(learners), "C9.risen": 100 * sum(risen) / len(risen)}


def of_registers(sheets, period):
    dated = lambda table, column: [row for row in sheets[table] if within(row[column], period)]
    days = lambda one, other: (date.fromisoformat(other) - date.fromisoformat(one)).days
    stage_day = {(row["agreement"], row["stage"]): row["reached_on"] for row in sheets["agreement_stage_date"]}
    law_day = {(row["law"], row["stage"]): row["reached_on"] for row in sheets["law_stage_date"]}
    months = 0.0
    for row in sheets["liaison_posting"]:
        first, last = max(row["from_on"], period[0]), min(row["to_on"], period[1])
        months += max(0, days(first, last) + 1) / (365.25 / 12) if first <= last else 0
    return {"S1": len(dated("supported_case", "opened_on")), "S2": sum(row["kind"] == "operational" for row in dated("meeting", "held_on")),
            "S3": len(dated("investigation_team", "signed_on")),
            "S4": median(days(row["sent_on"], row["answered_on"]) for row in dated("assistance_request", "answered_on")),
            "A1": sum(within(stage_day[row["title"], row["stage"]], period) for row in sheets["agreement"]), "A2": months,
            "L1": sum(within(law_day[row["title"], row["stage"]], period) for row in sheets["law"]),
            "X1": sum(within(row["done_on"] or row["started_on"], period) for row in sheets["exchange_step"]) if period[0] != "0000"
            else len(sheets["exchange_step"]),
            "X2": len(dated("analysis_product", "dated"))}


def figures(sheets):
    out = {}
    for name, period in PERIODS.items():
        out[name], ended = of_marks(sheets, period)
        out[name].update(of_answers(sheets, ended))
        out[name].update(of_registers(sheets, period))
    answered = [row["state"] for row in sheets["law_comment"] if row["state"] != "open"]
    out["all"]["L2"] = 100 * answered.count("taken_up") / len(answered)
    by = lambda table, column: {code: sum(row[column] == code for row in sheets[table]) for code in sorted({row[column] for row in sheets[table]})}
    out["by"] = {"S1": by("supported_case", "beneficiary"), "L1": by("law", "beneficiary"), "X1": by("exchange_step", "beneficiary"),
                 "X2": by("analysis_product", "beneficiary"), "A1": by("agreement", "scope")}
    return out
