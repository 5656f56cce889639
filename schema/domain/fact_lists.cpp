// What indicators count beside the attendance of people: results, activities as a whole, registers, and the state of the
// records themselves.

#include <algorithm>
#include <utility>

#include "engine/store/devices.hpp"
#include "engine/store/rows.hpp"
#include "schema/domain/duplicates.hpp"
#include "schema/domain/facts.hpp"

namespace tefter {

namespace {

constexpr std::int64_t study_tour = 2, internship = 3, legal_english = 4;  // activity_kind
constexpr std::int64_t accepted = 3, completed = 7;                        // enrolment_state
constexpr std::int64_t pre = 1, post = 2, placement = 3, final_test = 4;   // test_kind
constexpr std::int64_t taken_up = 2, partly = 3, not_taken_up = 4;         // comment_state
constexpr std::int64_t operational = 1;                                    // meeting_kind
constexpr std::int64_t ms_a_day = 86'400'000;

Fact of_activity(const Facts& facts, std::uint32_t activity) {
    const ActivityFact& about = facts.activities[activity];
    Fact fact;
    fact.activity = activity;
    fact.scope = about.scope;
    fact.day = about.ends;
    return fact;
}

Fact of_person(const Facts& facts, std::uint32_t row, std::uint32_t activity) {
    Fact fact = of_activity(facts, activity);
    fact.person = row;
    fact.scope = facts.people[facts.people[row].one].scope;
    return fact;
}

/// C6: everybody who was in enough of an activity's sessions. C10 and C11 take the days from here too.
void from_marks(Facts& facts) {
    std::vector<double> days(facts.activities.size());
    for (std::size_t at = 0; at < facts.marks.size();) {
        const std::uint32_t one = facts.people[facts.marks[at].person].one;
        const std::uint32_t activity = facts.sessions[facts.marks[at].session].activity;
        const ActivityFact& about = facts.activities[activity];
        std::int64_t attended = 0;
        for (; at < facts.marks.size(); ++at) {
            const MarkFact& mark = facts.marks[at];
            if (facts.people[mark.person].one != one || facts.sessions[mark.session].activity != activity) break;
            if (!mark.attended()) continue;
            ++attended;
            const double half_days = facts.sessions[mark.session].half_days;
            days[activity] += half_days / 2;
            if (!about.done || (about.kind != study_tour && about.kind != internship)) continue;
            Fact fact = of_person(facts, mark.person, activity);
            fact.number = facts.sessions[mark.session].number;
            fact.top = half_days / 2;
            facts.lists["C10.days"].push_back(fact);
        }
        const EnrolmentFact* enrolment = facts.enrolment(one, activity);
        if (enrolment != nullptr && about.sessions > 0 && attended * 100 >= about.share * about.sessions) {
            Fact fact = of_person(facts, enrolment->person, activity);
            fact.top = static_cast<double>(attended) / static_cast<double>(about.sessions);
            facts.lists["C6"].push_back(fact);
        }
    }
    for (std::uint32_t activity = 0; activity < facts.activities.size(); ++activity) {
        const ActivityFact& about = facts.activities[activity];
        if (!about.done) continue;
        Fact fact = of_activity(facts, activity);
        if (about.kind == study_tour || about.kind == internship) facts.lists["C10"].push_back(fact);
        if (!about.cost) continue;
        fact.top = *about.cost;
        fact.bottom = days[activity];
        facts.lists["C11"].push_back(fact);
    }
}

struct Results {
    std::uint32_t person = nobody;        ///< the row that holds the later result
    std::optional<double> before, after;  ///< shares of the maximum
    std::int64_t placement = 0, final_level = 0;
};

/// C7 and C9.
void from_results(Facts& facts, Database& database) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, Results> results;
    Statement row = database.prepare_once(
        "SELECT person, activity, kind, score / nullif(maximum, 0), level FROM test_result WHERE score IS NOT NULL OR level IS NOT NULL ORDER BY 1, 2, 3");
    while (row.step()) {
        const std::uint32_t person = facts.find_person(row.integer(0)), activity = facts.find_activity(row.text(1));
        if (person == nobody || activity == nobody) continue;
        Results& of = results[{facts.people[person].one, activity}];
        const std::int64_t kind = row.integer(2);
        if ((kind == pre || kind == post) && !row.is_null(3)) (kind == pre ? of.before : of.after) = row.value(3).real();
        if (kind == placement) of.placement = row.integer(4);
        if (kind == final_test) of.final_level = row.integer(4);
        if (kind == post) of.person = person;
    }
    for (const auto& [key, of] : results) {
        if (!of.before || !of.after || *of.before >= 1 || of.person == nobody) continue;
        Fact fact = of_person(facts, of.person, key.second);
        fact.number = post;
        fact.top = 100 * (*of.after - *of.before) / (1 - *of.before);
        facts.lists["C7"].push_back(fact);
    }
    std::uint64_t last = UINT64_MAX;
    for (const EnrolmentFact& enrolment : facts.enrolments) {
        const std::uint32_t one = facts.people[enrolment.person].one;
        const std::uint64_t who = std::uint64_t{one} << 32 | enrolment.activity;
        const bool learns =
            facts.activities[enrolment.activity].kind == legal_english && (enrolment.state == accepted || enrolment.state == completed);
        if (!learns || std::exchange(last, who) == who) continue;
        Fact fact = of_person(facts, enrolment.person, enrolment.activity);
        facts.lists["C9"].push_back(fact);
        const auto found = results.find({one, enrolment.activity});
        if (found == results.end() || found->second.placement == 0 || found->second.final_level == 0) continue;
        fact.top = found->second.final_level > found->second.placement ? 1 : 0;
        facts.lists["C9.risen"].push_back(fact);
    }
}

/// C8.
void from_evaluations(Facts& facts, Database& database) {
    Statement row = database.prepare_once("SELECT id, activity, answer FROM evaluation WHERE answer IS NOT NULL ORDER BY id");
    while (row.step()) {
        const std::uint32_t activity = facts.find_activity(row.text(1));
        if (activity == nobody) continue;
        Fact fact = of_activity(facts, activity);
        fact.id = row.integer(0);
        fact.top = static_cast<double>(row.integer(2));
        facts.lists["C8"].push_back(fact);
        fact.top = row.integer(2) >= 4 ? 1 : 0;
        facts.lists["C8.high"].push_back(fact);
    }
}

/// A list by one statement: id, scope, the beneficiary's code, day, until, stage, top.
void from_register(Facts& facts, Database& database, const char* code, const std::string& sql) {
    std::vector<Fact>& list = facts.lists[code];
    Statement row = database.prepare_once(sql);
    while (row.step()) {
        Fact fact;
        fact.id = row.integer(0);
        const Scope* beneficiary = facts.catalog->find_scope(row.text(2));
        fact.scope = static_cast<std::uint16_t>(beneficiary != nullptr ? beneficiary->number.value : row.integer(1));
        fact.day = first_day(row.text(3));
        fact.until = last_day(row.text(4));
        fact.stage = static_cast<std::uint8_t>(row.integer(5));
        fact.top = row.value(6).kind() == ValueKind::real ? row.value(6).real() : static_cast<double>(row.integer(6));
        list.push_back(fact);
    }
}

void from_registers(Facts& facts, Database& database) {
    const auto add = [&](const char* code, const std::string& sql) { from_register(facts, database, code, sql); };
    add("S1", "SELECT id, _scope, beneficiary, opened_on, NULL, 0, 1 FROM supported_case ORDER BY 1");
    add("S2", "SELECT id, _scope, NULL, held_on, NULL, 0, 1 FROM meeting WHERE kind = " + std::to_string(operational) + " ORDER BY 1");
    add("S3",
        "SELECT t.id, t._scope, c.beneficiary, t.signed_on, NULL, 0, 1 FROM investigation_team t JOIN supported_case c ON c.id = t.supported_case "
        "WHERE t.signed_on IS NOT NULL ORDER BY 1");
    add("S4",
        "SELECT r.id, r._scope, c.beneficiary, r.answered_on, NULL, 0, julianday(r.answered_on) - julianday(r.sent_on) FROM assistance_request r "
        "JOIN supported_case c ON c.id = r.supported_case WHERE r.answered_on IS NOT NULL ORDER BY 1");
    add("A1",
        "SELECT a.id, a._scope, NULL, d.reached_on, NULL, a.stage, 1 FROM agreement a LEFT JOIN agreement_stage_date d ON d.agreement = a.id AND "
        "d.stage = a.stage ORDER BY 1");
    add("A2", "SELECT id, _scope, NULL, from_on, to_on, 0, 0 FROM liaison_posting ORDER BY 1");
    add("L1",
        "SELECT l.id, l._scope, l.beneficiary, d.reached_on, NULL, l.stage, 1 FROM law l LEFT JOIN law_stage_date d ON d.law = l.id AND d.stage = "
        "l.stage ORDER BY 1");
    add("L2", "SELECT c.id, c._scope, l.beneficiary, NULL, NULL, c.state, c.state = " + std::to_string(taken_up) +
                  " FROM law_comment c JOIN law l ON l.id = c.law WHERE c.state IN (" + std::to_string(taken_up) + ", " +
                  std::to_string(partly) + ", " + std::to_string(not_taken_up) + ") ORDER BY 1");
    add("X1", "SELECT id, _scope, beneficiary, coalesce(done_on, started_on), NULL, state, 1 FROM exchange_step ORDER BY 1");
    add("X2", "SELECT id, _scope, beneficiary, dated, NULL, kind, 1 FROM analysis_product ORDER BY 1");
}

void add_other(Facts& facts, const char* code, const Table& table, std::vector<OwnedValue> key, std::int64_t scope, double top = 1) {
    Fact fact;
    fact.id = static_cast<std::int64_t>(facts.other.size());
    fact.scope = static_cast<std::uint16_t>(scope);
    fact.top = top;
    facts.other.push_back({&table, std::move(key)});
    facts.lists[code].push_back(fact);
}

/// Q1: days since the last change of a device that is here.
void from_devices(Facts& facts, Database& database, const std::string& today) {
    std::map<std::uint32_t, std::int64_t> heard;
    Statement row = database.prepare_once("SELECT device, max(version) FROM tefter_head GROUP BY device");
    while (row.step()) heard[static_cast<std::uint32_t>(row.integer(0))] = Version{row.integer(1)}.unix_ms();
    Statement days = database.prepare_once("SELECT CAST((julianday(?1) - 2440587.5) * 86400000 AS INTEGER)");
    days.with(std::string_view(today));
    days.step();
    const std::int64_t now_ms = days.integer(0);
    const Table* table = facts.catalog->find(device_table);
    for (const Device& device : list_devices(database, *facts.catalog)) {
        if (table == nullptr || device.revoked || device.number == server_device || !heard.contains(device.number.value)) continue;
        const double age = static_cast<double>(std::max<std::int64_t>(0, now_ms - heard[device.number.value])) / ms_a_day;
        add_other(facts, "Q1", *table, {std::int64_t{device.number.value}}, shared_scope.value, age);
    }
}

/// Q2.
void from_conflicts(Facts& facts, Database& database) {
    Statement row = database.prepare_once("SELECT table_number, ordered_key, scope FROM tefter_conflict ORDER BY 1, 2, group_number");
    while (row.step()) {
        const Table* table = facts.catalog->find(TableNumber{static_cast<std::uint32_t>(row.integer(0))});
        if (table == nullptr) continue;
        std::vector<OwnedValue> key;
        Arena arena;
        for (const Value& part : decode_ordered_key(row.blob(1), arena)) key.emplace_back(part);
        add_other(facts, "Q2", *table, std::move(key), row.integer(2));
    }
}

/// Q3: of each pair that nobody has decided yet, the person who was registered later.
void from_duplicates(Facts& facts, Database& database) {
    const Table& table = facts.catalog->table("person");
    Statement scope = database.prepare_once("SELECT _scope FROM person WHERE id = ?1");
    for (const Pair& pair : undecided_duplicates(database)) {
        scope.reset();
        scope.with(pair.other);
        if (scope.step()) add_other(facts, "Q3", table, {pair.other}, scope.integer(0));
    }
}

/// Q4: a column that the catalog requires is empty (an erased value is meant to be); of a person, what statistics need.
void from_gaps(Facts& facts, Database& database) {
    for (const Table& table : facts.catalog->tables()) {
        std::string missing =
            table.name == "person" ? "gender IS NULL OR category IS NULL OR (institution IS NULL AND institution_text IS NULL)" : "";
        for (const Group& group : table.groups) {
            for (const Column& column : group.columns) {
                if (column.required && !column.personal) missing += (missing.empty() ? "" : " OR ") + sql_name(column.name) + " IS NULL";
            }
        }
        if (missing.empty()) continue;
        std::string sql = "SELECT _scope";
        for (const Column& column : table.key) sql += ", " + sql_name(column.name);
        Statement row = database.prepare_once(sql + " FROM " + sql_name(table.name) + " WHERE " + missing + " ORDER BY 2");
        while (row.step()) {
            std::vector<OwnedValue> key;
            for (int i = 1; i <= static_cast<int>(table.key.size()); ++i) key.emplace_back(row.value(i));
            add_other(facts, "Q4", table, std::move(key), row.integer(0));
        }
    }
}

}  // namespace

void load_lists(Facts& facts, Database& database, const std::string& today) {
    from_marks(facts);
    from_results(facts, database);
    from_evaluations(facts, database);
    from_registers(facts, database);
    from_devices(facts, database, today);
    from_conflicts(facts, database);
    from_duplicates(facts, database);
    from_gaps(facts, database);
}

}  // namespace tefter
