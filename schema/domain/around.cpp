#include "schema/domain/around.hpp"

#include <algorithm>
#include <map>

namespace tefter {

std::vector<BudgetUse> budget_use(Database& reader) {
    std::map<std::string, BudgetUse> lines;
    BudgetUse without;
    Statement row = reader.prepare_once("SELECT code, name, amount_cents FROM budget_line");
    while (row.step()) {
        BudgetUse& line = lines[std::string(row.text(0))];
        line.code = row.text(0);
        line.name = row.text(1);
        if (!row.is_null(2)) line.amount_cents = row.integer(2);
    }
    const auto add = [&](const char* sql, std::int64_t BudgetUse::*to) {
        Statement cost = reader.prepare_once(sql);
        while (cost.step()) {
            const auto line = lines.find(std::string(cost.text(0)));
            (line == lines.end() ? without : line->second).*to += cost.integer(1);
        }
    };
    add("SELECT coalesce(budget_line, ''), sum(amount_cents) FROM participation_cost GROUP BY 1", &BudgetUse::participants_cents);
    add("SELECT coalesce(budget_line, ''), sum(cost_cents) FROM activity WHERE cost_cents IS NOT NULL GROUP BY 1",
        &BudgetUse::activities_cents);
    std::vector<BudgetUse> out;
    out.reserve(lines.size() + 1);
    for (auto& [code, line] : lines) out.push_back(std::move(line));
    if (without.spent_cents() > 0) out.push_back(std::move(without));
    return out;
}

Ranking ranking_of(Database& reader, const std::string& activity) {
    Ranking out;
    Statement criteria = reader.prepare_once("SELECT count(*) FROM selection_criterion WHERE activity = ?1");
    criteria.with(std::string_view(activity));
    criteria.step();
    out.criteria = static_cast<std::size_t>(criteria.integer(0));
    std::map<std::int64_t, std::pair<Candidate, std::int64_t>> people;  // with the weights so far
    Statement row = reader.prepare_once(
        "SELECT s.person, s.score, s.reason, c.weight, c.name, (SELECT state FROM enrolment e WHERE e.person = s.person AND e.activity = "
        "c.activity) FROM selection_score s JOIN selection_criterion c ON c.id = s.selection_criterion WHERE c.activity = ?1 "
        "ORDER BY c.weight DESC, c.name");
    row.with(std::string_view(activity));
    while (row.step()) {
        auto& [candidate, weights] = people[row.integer(0)];
        candidate.person = row.integer(0);
        candidate.state = row.integer(5);
        candidate.score += static_cast<double>(row.integer(1) * row.integer(3));
        weights += row.integer(3);
        ++candidate.scored;
        candidate.why.push_back(std::string(row.text(4)) + ": " + std::to_string(row.integer(1)) +
                                (row.text(2).empty() ? "" : ", " + std::string(row.text(2))));
    }
    for (auto& [person, one] : people) {
        one.first.score /= static_cast<double>(std::max<std::int64_t>(1, one.second));
        out.candidates.push_back(std::move(one.first));
    }
    std::stable_sort(out.candidates.begin(), out.candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
    return out;
}

}  // namespace tefter
