#include "schema/domain/indicators.hpp"

namespace tefter {

namespace {

// canon: each person's canonical row, links followed to their end (a ring stops at its lowest id); marks: what counts.
constexpr const char* views = R"(
WITH RECURSIVE
walk(id, at, depth) AS (
    SELECT id, id, 0 FROM person
    UNION ALL SELECT walk.id, same_person.canonical, depth + 1 FROM walk JOIN same_person ON same_person.duplicate = walk.at WHERE depth < 16),
canon(id, one) AS (SELECT id, at FROM walk w WHERE depth = (SELECT max(depth) FROM walk v WHERE v.id = w.id)),
chosen AS (SELECT * FROM activity WHERE (?1 = '' OR starts_on >= ?1) AND (?2 = '' OR starts_on <= ?2) AND (?3 = 0 OR _scope = ?3)),
marks AS (SELECT a.person, canon.one, a.activity, a.status, coalesce(s.half_days, 1) AS half_days, a.status >= 3 AS attended, a.status <> 2 AS due
    FROM attendance a JOIN chosen ON chosen.code = a.activity JOIN canon ON canon.id = a.person
    LEFT JOIN session s ON s.activity = a.activity AND s.number = a.session_number)
)";

Statement run(Database& database, const std::string& select, const Period& period) {
    Statement row = database.prepare_once(views + select);
    row.with(std::string_view(period.from), std::string_view(period.to), period.scope);
    return row;
}

}  // namespace

Figures figures(Database& database, const Catalog& catalog, const Period& period) {
    Figures out;
    Statement row = run(database, R"(
        SELECT c.code, c.kind,
            (SELECT count(*) FROM enrolment e WHERE e.activity = c.code),
            (SELECT count(*) FROM marks m WHERE m.activity = c.code AND m.attended),
            (SELECT count(DISTINCT m.one) FROM marks m WHERE m.activity = c.code AND m.attended),
            (SELECT count(DISTINCT m.one) FROM marks m JOIN person p ON p.id = m.one WHERE m.activity = c.code AND m.attended AND p.gender = 1),
            (SELECT count(*) FROM (SELECT m.person FROM marks m WHERE m.activity = c.code GROUP BY m.person
                HAVING sum(m.attended) * 100 >= coalesce(c.certificate_share, 80) * (SELECT count(*) FROM session s WHERE s.activity = c.code)))
        FROM chosen c ORDER BY c.code)",
                        period);
    const Enumeration& kinds = catalog.enumerations().find("activity_kind")->second;
    while (row.step()) {
        const Enumerator* kind = kinds.find(row.integer(1));
        out.activities.push_back({std::string(row.text(0)), kind == nullptr ? "" : kind->name, row.integer(2), row.integer(3),
                                  row.integer(4), row.integer(5), row.integer(6)});
    }
    Statement all = run(database, R"(
        SELECT count(DISTINCT one), count(DISTINCT CASE WHEN p.gender = 1 THEN one END), sum(m.half_days) / 2.0
        FROM marks m JOIN person p ON p.id = m.one WHERE m.attended)",
                        period);
    all.step();
    out.people = all.integer(0);
    out.women = all.integer(1);
    out.person_days = all.is_null(2) ? 0 : all.value(2).real();
    Statement scopes = run(
        database, "SELECT p._scope, count(DISTINCT one) FROM marks m JOIN person p ON p.id = m.one WHERE m.attended GROUP BY 1", period);
    while (scopes.step()) {
        const Scope* scope = catalog.find_scope(ScopeNumber{static_cast<std::uint32_t>(scopes.integer(0))});
        if (scope != nullptr) out.by_scope[scope->name] = scopes.integer(1);
    }
    Statement rates = run(
        database,
        "SELECT coalesce(sum(attended), 0), coalesce(sum(due), 0), count(DISTINCT CASE WHEN attended THEN person || ' ' || activity END) FROM marks",
        period);
    rates.step();
    out.marks_attended = rates.integer(0);
    out.marks_due = rates.integer(1);
    out.participations = rates.integer(2);
    return out;
}

}  // namespace tefter
