"""The sample's rows: a sheet for each table, in an order in which each row comes after those that it refers to."""

import random
from datetime import date, timedelta

from names import (BENEFICIARIES, CATEGORY_OF, CRIMES, FAMILIES, HOSTS, INSTITUTIONS, MEMBER_STATES, MEN, PLACES, SUPPORT, TRAININGS, WOMEN)

INVENTED = "Invented for demonstration."
FIRST, TODAY = date(2025, 1, 13), date(2026, 10, 1)
SEAT = "Eurojust, The Hague"
CEFR = ["A1", "A2", "B1", "B2", "C1", "C2"]
AGREEMENT_STAGES = ["data_protection_review", "negotiation", "initialled", "signed", "ratified", "in_force", "implemented"]
LAW_STAGES = ["assessment", "drafting", "consultation", "government", "parliament", "adopted", "in_force"]


class Sample:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.sheets = {}
        self.people = {code: [] for code in BENEFICIARIES}
        self.reference_data()
        self.persons()
        self.capacity()
        self.around_trainings()
        self.cooperation()
        self.legislation()
        self.cases()
        self.exchange()
        self.sheets["meeting"] = self.sheets.pop("meeting")  # of cases, agreements and laws alike, so it comes last
        for rows in self.sheets.values():
            for row in rows:
                row.update({name: value.isoformat() for name, value in row.items() if isinstance(value, date)})

    def leave_people_out(self):
        """And everything that would stand on them: for a register that has its own."""
        gone = {"person", "activity"}
        for table, rows in list(self.sheets.items()):
            if table in gone or gone & set(rows[0]):
                gone.add(table)
                del self.sheets[table]

    def add(self, table, **row):
        self.sheets.setdefault(table, []).append(row)
        return row

    def day(self, first=FIRST, last=TODAY):
        """A working day in between."""
        chosen = first + timedelta(days=self.random.randrange((last - first).days + 1))
        return chosen - timedelta(days=max(0, chosen.weekday() - 4))

    def reference_data(self):
        for sort, (code, name) in enumerate(MEMBER_STATES.items(), 20):
            self.add("beneficiary", code=code, name=name, role="member_state", sort=sort)
        for code, name, amount in (("4.1", "Travel", 24_000_000), ("4.2", "Accommodation", 18_000_000), ("4.3", "Per diem", 21_000_000),
                                   ("5.1", "Experts and trainers", 30_000_000), ("5.4", "Events", 60_000_000)):
            self.add("budget_line", code=code, name=f"{name} (sample)", amount_cents=amount)
        for indicator, target in (("C1", 260), ("C3", 420), ("C4", 3000), ("C5", 95), ("C8", 4.5), ("C10", 12), ("S1", 60), ("S2", 80), ("S3", 12), ("A1", 20),
                                  ("L1", 8), ("L2", 80), ("X1", 60), ("X2", 20)):
            self.add("indicator_target", indicator=indicator, from_on=date(2025, 1, 1), to_on=date(2027, 12, 31), target=target)
        for name, english, kind, code, place in HOSTS:
            self.add("institution", scope="shared", name=name, name_en=english, kind=kind, beneficiary=code, place=place)
        for code in BENEFICIARIES:
            for name, english, kind, place in INSTITUTIONS[code]:
                self.add("institution", scope=code, name=name, name_en=english, kind=kind, beneficiary=code, place=place)

    def persons(self):
        for code in BENEFICIARIES:
            names = [(family, given, gender) for family in FAMILIES[code] for gender, given_names in (("female", WOMEN[code]), ("male", MEN[code]))
                     for given in given_names]
            for number, (family, given, gender) in enumerate(self.random.sample(names, 36)):
                name, _, kind, _ = self.random.choice(INSTITUTIONS[code])
                category = "expert" if number < 2 else "liaison_prosecutor" if number == 2 else CATEGORY_OF[kind]
                self.add("person", scope=code, family_name=family, given_name=given, birth_date=self.day(date(1965, 1, 1), date(1997, 12, 31)),
                         gender=gender, institution=name, category=category, email=f"sample.{code.lower()}{number}@example.invalid", notes=INVENTED)
                self.people[code].append((f"{family} {given}", category))

    def named(self, code, category):
        return [name for name, of in self.people[code] if of == category]

    def participants(self, codes, count):
        pool = [(code, name) for code in codes for name, category in self.people[code] if category not in ("expert", "liaison_prosecutor")]
        return self.random.sample(pool, count)

    # Trainings and what surrounds them.

    def activity(self, number, kind, title, topic, codes, starts, days, cost):
        code = f"SAMPLE-{number:02}"
        ends = starts + timedelta(days=days - 1)
        done = ends < TODAY
        only = codes[0] if len(codes) == 1 else ""
        place = "The Hague" if kind in ("study_tour", "internship") else PLACES[codes[0]]
        self.add("activity", code=code, scope=only or "regional", kind=kind, title=f"{title} (sample)", topic=topic, beneficiary=only, place=place,
                 country="NL" if place == "The Hague" else codes[0], starts_on=starts, ends_on=ends, working_language="en", organiser="Sample project",
                 capacity=30, state="done" if done else "planned", cost_cents=cost if done else "", budget_line="5.4", description=INVENTED)
        return code, done

    def capacity(self):
        plan = [("training", *TRAININGS[i % len(TRAININGS)][::-1], 2 if i % 3 else 3) for i in range(14)]
        plan += [("study_tour", "Study tour to Eurojust and Europol", "joint_investigation_teams", 4)] * 2
        plan += [("legal_english", "Legal English for prosecutors", "legal_english", 6)] * 4
        plan += [("third_party_event", "Regional prosecutors' conference", "organised_crime", 2), ("seminar", "Data protection seminar", "data_protection", 1),
                 ("seminar", "Data protection seminar for police", "data_protection", 1), ("working_visit", "Working visit to the joint contact centre", "criminal_analysis", 2)]
        plan += [("internship", f"Internship at {host[0]}", "mutual_legal_assistance", 5) for host in HOSTS]
        for number, (kind, title, topic, days) in enumerate(plan, 1):
            alone = kind in ("legal_english", "internship") or number % 3 == 0
            codes = [BENEFICIARIES[number % 6]] if alone else BENEFICIARIES[number % 6:] + BENEFICIARIES[:number % 6]
            last = date(2026, 11, 30) if number in (5, 11) else date(2026, 8, 28)
            starts = self.day(date(2026, 10, 12), last) if number in (5, 11) else self.day(FIRST, last)
            code, done = self.activity(number, kind, title, topic, codes, starts, days, self.random.randrange(300, 2500) * 1000)
            count = {"internship": 2, "study_tour": 10}.get(kind, 18)
            who = self.participants(codes, count)
            self.held(code, starts, days, kind, who, done)
            if done:
                self.answers(code, kind, title, who)
            if kind in ("internship", "study_tour"):
                self.selection(code, title, who, kind)

    def held(self, code, starts, days, kind, who, done):
        for number in range(1, days * (1 if kind == "legal_english" else 2) + 1):
            half = "morning" if number % 2 else "afternoon"
            offset = number - 1 if kind == "legal_english" else (number - 1) // 2
            self.add("session", activity=code, number=number, date=starts + timedelta(days=offset), half_day=half, half_days=1, subject=f"Part {number}")
            for _, person in who if done else []:
                status = self.random.choices(["present", "late", "excused", "absent"], [86, 5, 4, 5])[0]
                self.add("attendance", person=person, activity=code, session_number=number, status=status, how="list")
        for _, person in who:
            self.add("enrolment", person=person, activity=code, state="completed" if done else "accepted", role="participant", nominated_by="Institution")
            if done:
                for kind_of_cost, line, amount in (("travel", "4.1", 18_000), ("accommodation", "4.2", 9_500 * days), ("per_diem", "4.3", 6_000 * days)):
                    if self.random.random() < 0.5:
                        self.add("participation_cost", person=person, activity=code, kind=kind_of_cost, amount_cents=amount, budget_line=line,
                                 paid_on=starts + timedelta(days=days + 10), remark=INVENTED)

    def answers(self, code, kind, title, who):
        for _, person in who:
            if kind == "training":
                before = self.random.randrange(6, 15)
                after = min(20, before + self.random.randrange(0, 8))
                self.add("test_result", person=person, activity=code, kind="pre", score=before, maximum=20, level="")
                self.add("test_result", person=person, activity=code, kind="post", score=after, maximum=20, level="")
            if kind == "legal_english":
                level = self.random.randrange(0, 4)
                risen = min(5, level + self.random.randrange(0, 2))
                self.add("test_result", person=person, activity=code, kind="placement", score="", maximum="", level=CEFR[level])
                self.add("test_result", person=person, activity=code, kind="final", score="", maximum="", level=CEFR[risen])
            if self.random.random() < 0.8:
                # Answers are anonymous, so two may be alike: the number keeps them two rows of a sheet.
                self.add("evaluation", activity=code, question="content", answer=self.random.choices([2, 3, 4, 5], [4, 12, 40, 44])[0],
                         words=f"Sample answer {len(self.sheets.get('evaluation', [])) + 1}")
            if kind == "training" and self.random.random() < 0.4:
                self.add("follow_up", person=person, activity=code, months_after=6, applied=self.random.choice(["true", "true", "false"]), remark=INVENTED)
        if kind == "legal_english":
            self.add("course_group", activity=code, level="B1", teacher="Sample teacher", timetable="Tuesday 16:00")

    def selection(self, code, title, who, kind):
        for name, weight in (("Motivation", 3), ("Command of English", 2), ("Use for the institution", 4)):
            self.add("selection_criterion", activity=code, name=name, weight=weight)
            for _, person in who:
                self.add("selection_score", person=person, selection_criterion=f"{name} {code} {title} (sample)", score=self.random.randrange(2, 6),
                         reason=f"{INVENTED} Letter and interview.")
        starts = next(row["starts_on"] for row in self.sheets["activity"] if row["code"] == code)
        for _, person in who if kind == "internship" else []:
            host = self.random.choice(HOSTS)[0]
            self.add("internship", person=person, activity=code, host=host, from_on=starts, to_on=starts + timedelta(days=4), plan=INVENTED,
                     mentor_score=self.random.randrange(3, 6), intern_score=self.random.randrange(3, 6))
            self.add("internship_week", internship=f"{person} {host}", week=1, log=f"Casework and a coordination meeting. {INVENTED}")
        for number in range(1, 5 if kind == "study_tour" else 1):
            self.add("study_tour_day", activity=code, day=number, date=starts + timedelta(days=number - 1), host=HOSTS[number % 2][0],
                     subject="Coordination of live cases", people_met=INVENTED)

    def around_trainings(self):
        for row in self.sheets["activity"]:
            codes = [row["beneficiary"]] if row["beneficiary"] else BENEFICIARIES
            for person in self.random.sample([name for code in codes for name in self.named(code, "expert")], 1):
                self.add("expert_assignment", person=person, role="trainer", activity=row["code"], subject="Sample assignment", from_on=row["starts_on"],
                         to_on=row["ends_on"], days=(row["ends_on"] - row["starts_on"]).days + 1)

    # Agreements, Liaison Prosecutors, contact points.

    def cooperation(self):
        for number, code in enumerate(BENEFICIARIES):
            for kind, title, reached in (("with_eurojust", f"Agreement {code} with Eurojust (sample)", self.random.randrange(2, 8)),
                                         ("bilateral", f"Agreement {code} with {BENEFICIARIES[number - 1]} (sample)", self.random.randrange(1, 6)),
                                         ("working_arrangement", f"Working arrangement {code} with IT (sample)", self.random.randrange(1, 5))):
                other = {"with_eurojust": "Eurojust", "bilateral": BENEFICIARIES[number - 1], "working_arrangement": "IT"}[kind]
                self.add("agreement", scope=code, title=title, kind=kind, parties=f"{code}, {other}", stage=AGREEMENT_STAGES[reached - 1])
                at = self.day(FIRST, date(2025, 10, 31))
                for stage in AGREEMENT_STAGES[:reached]:
                    self.add("agreement_stage_date", agreement=title, stage=stage, reached_on=at, remark=INVENTED)
                    at += timedelta(days=self.random.randrange(25, 50))
                seminar = next(row for row in self.sheets["activity"] if row["kind"] == "seminar" and row["scope"] in ("regional", code))
                if kind == "with_eurojust":
                    self.add("agreement_seminar", agreement=title, activity=seminar["code"], stage="data_protection_review", remark=INVENTED)
            starts = self.day(FIRST, date(2025, 12, 31))
            self.add("liaison_posting", person=self.named(code, "liaison_prosecutor")[0], seat=SEAT, from_on=starts,
                     to_on=min(date(2026, 9, 30), starts + timedelta(days=self.random.randrange(180, 600))), co_funding_percent=self.random.choice([40, 50, 60]),
                     requests_handled=self.random.randrange(20, 140), reports=f"Quarterly reports. {INVENTED}")
            self.add("contact_point", institution=INSTITUTIONS[code][0][0], person_name=self.people[code][5][0], email=f"sample.contact.{code.lower()}@example.invalid",
                     network=["Eurojust contact points", "EJN", "JIT network"][number % 3], from_on=self.day(FIRST, date(2025, 12, 31)))

    def legislation(self):
        laws = [("BA", "law", "Law on Mutual Legal Assistance in Criminal Matters"), ("MK", "law", "Law on International Cooperation in Criminal Matters"),
                ("AL", "by_law", "Rules on electronic evidence"), ("XK", "law", "Law on International Legal Cooperation"),
                ("ME", "protocol", "Protocol on joint investigation teams"), ("RS", "law", "Criminal Procedure: electronic evidence")]
        for number, (code, kind, name) in enumerate(laws):
            title = f"{name}, {code} (sample)"
            reached = 2 + number % 5
            self.add("law", title=title, beneficiary=code, kind=kind, subject="International cooperation", stage=LAW_STAGES[reached - 1])
            at = self.day(FIRST, date(2025, 5, 30))
            for stage in LAW_STAGES[:reached]:
                self.add("law_stage_date", law=title, stage=stage, reached_on=at, remark=INVENTED)
                at += timedelta(days=self.random.randrange(40, 90))
            group = f"Working group on: {title}"
            self.add("working_group", scope=code, subject=group, law=title, outputs=f"Comparison with the EU instruments. {INVENTED}")
            for person, _ in self.people[code][3:8]:
                self.add("working_group_member", working_group=group, institution=self.random.choice(INSTITUTIONS[code])[0], person_name=person,
                         from_on=date(2025, 2, 3))
            for edition in range(1, 3 + number % 2):
                self.add("law_draft", law=title, edition=f"Draft {edition}", dated=date(2025, 3, 3) + timedelta(days=70 * edition), remark=INVENTED)
                for article in range(4, 9):
                    state = self.random.choices(["open", "taken_up", "partly", "not_taken_up"], [2, 5, 2, 2])[0]
                    self.add("law_comment", law=title, edition=f"Draft {edition}", article=str(article), words=f"Sample comment on article {article}: align with the "
                             "Second Additional Protocol.", from_whom="Sample expert", state=state, why="" if state in ("open", "taken_up") else INVENTED)
            for _ in range(2):
                self.add("meeting", scope=code, kind="working_group", held_on=self.day(), place=PLACES[code], online="false", supported_case="", law=title,
                         people_count=self.random.randrange(5, 14), result=f"Articles discussed. {INVENTED}")

    def cases(self):
        """54 live ones, as the project has now."""
        for number in range(1, 55):
            code = BENEFICIARIES[number % 6]
            opened = self.day(FIRST, date(2026, 8, 31))
            reference = f"SAMPLE-{code}-{number:03}"
            states = self.random.sample(list(MEMBER_STATES), self.random.randrange(1, 4))
            support = self.random.sample(SUPPORT, self.random.randrange(1, 3))
            self.add("supported_case", reference=reference, opened_on=opened, beneficiary=code, authority=self.random.choice(INSTITUTIONS[code][:2])[0],
                     states=";".join(states), crimes=";".join(self.random.sample(CRIMES, self.random.randrange(1, 3))), support=";".join(support),
                     state="advised" if number % 3 else "open", outcome=INVENTED)
            after = lambda: self.day(opened, TODAY)
            for _ in range(self.random.randrange(0, 3)):
                kind = self.random.choices(["operational", "coordination", "bilateral", "individual_advice"], [4, 2, 1, 2])[0]
                self.add("meeting", scope=code, kind=kind, held_on=after(), place="" if kind == "individual_advice" else self.random.choice([PLACES[code], "The Hague"]),
                         online="true" if kind == "individual_advice" else "false", supported_case=reference, law="", people_count=self.random.randrange(2, 16),
                         result=f"Next steps agreed. {INVENTED}")
            if "joint_investigation_team" in support:
                proposed = after()
                signed = proposed + timedelta(days=30) if proposed + timedelta(days=30) < TODAY else ""
                self.add("investigation_team", supported_case=reference, state="agreement_signed" if signed else "proposed", states=";".join([code, *states]),
                         proposed_on=proposed, signed_on=signed, funded_by="Eurojust (sample)", funding_cents=1_500_000)
            if "mutual_legal_assistance" in support:
                sent = after()
                answered = sent + timedelta(days=self.random.randrange(15, 120))
                known = answered <= TODAY
                self.add("assistance_request", supported_case=reference, from_state=code, to_state=states[0], instrument="1959 Convention", sent_on=sent,
                         answered_on=answered if known else "", outcome=INVENTED if known else "")
            if number % 4 == 0:
                self.add("recommendation", scope=code, institution=INSTITUTIONS[code][0][0], subject=f"Sample recommendation {number}: early contact with Eurojust",
                         words=INVENTED, given_on=after(), state=self.random.choice(["given", "accepted", "carried_out", "refused"]))

    def exchange(self):
        for code in BENEFICIARIES:
            for category in ("dna", "fingerprints", "vehicles"):
                reached = self.random.randrange(0, 6)
                at = self.day(FIRST, date(2026, 1, 30))
                for number, kind in enumerate(["legal", "technical", "evaluation", "test", "live"]):
                    done, running = number < reached, number == reached
                    until = at + timedelta(days=self.random.randrange(25, 45))
                    self.add("exchange_step", beneficiary=code, category=category, partner="AT", kind=kind, state="done" if done else "running" if running else "planned",
                             started_on=at if done or running else "", done_on=until if done else "", sent=self.random.randrange(50, 900) if done and kind in ("test", "live") else "",
                             hits=self.random.randrange(0, 40) if done and kind in ("test", "live") else "")
                    at = until
            sent = self.random.randrange(100, 600)
            self.add("exchange_exercise", beneficiary=code, category="dna", partner="AT", held_on=self.day(), sent=sent, hits=sent // 20, false_hits=sent // 200, remark=INVENTED)
            for kind in ("strategic", "operational", "operational"):
                dated = self.day()
                subject = f"Sample {kind} analysis {code} {len(self.sheets.get('analysis_product', [])) + 1}"
                self.add("analysis_product", kind=kind, subject=subject, beneficiary=code, dated=dated, analysts=INVENTED, used_by=INSTITUTIONS[code][0][1])
                self.add("analysis_request", scope=code, institution=INSTITUTIONS[code][0][0], kind=kind, subject=f"Request for: {subject}",
                         asked_on=dated - timedelta(days=40), answered_on=dated, analysis_product=subject, analysts_trained=self.random.randrange(0, 6))
