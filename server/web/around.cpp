#include "server/web/around.hpp"

#include "schema/domain/around.hpp"
#include "server/web/charts.hpp"
#include "server/web/labels.hpp"

namespace tefter::web {

namespace {

Markup euro(const Visit& visit, std::int64_t cents) { return Markup(visit.say.number(static_cast<double>(cents) / 100, 0) + " €"); }

}  // namespace

Markup budget_card(const Visit& visit) {
    std::vector<std::vector<Markup>> rows;
    const Table& table_of_lines = visit.catalog().table("budget_line");
    for (const BudgetUse& line : budget_use(visit.reader)) {
        Markup name = line.code.empty() ? visit.words("web.budget.none")
                                        : link(row_address(table_of_lines, {OwnedValue(line.code)}), Markup(line.code + " " + line.name));
        Markup left;
        if (line.amount_cents) {
            left = euro(visit, *line.amount_cents - line.spent_cents());
            if (*line.amount_cents > 0) left += progress(static_cast<double>(line.spent_cents()) / static_cast<double>(*line.amount_cents));
        }
        rows.push_back({name, line.amount_cents ? euro(visit, *line.amount_cents) : Markup("–"), euro(visit, line.participants_cents),
                        euro(visit, line.activities_cents), left});
    }
    if (rows.empty()) return {};
    return tag("section", {{"class", "card"}, {"data-live", "budget"}},
               tag("h2", {}, visit.words("web.budget")) + table(visit.words("web.budget"),
                                                                {{visit.words("table.budget_line"), false},
                                                                 {visit.words("column.amount_cents"), true},
                                                                 {visit.words("web.budget.participants"), true},
                                                                 {visit.words("web.budget.activities"), true},
                                                                 {visit.words("web.budget.left"), true}},
                                                                rows));
}

Markup selection_card(const Visit& visit, const std::string& activity) {
    if (!visit.sees_personal()) return {};
    const Ranking ranking = ranking_of(visit.reader, activity);
    if (ranking.candidates.empty()) return {};
    const Table& person = visit.catalog().table("person");
    const Enumeration& states = visit.catalog().enumerations().at("enrolment_state");
    std::vector<std::vector<Markup>> rows;
    for (const Candidate& one : ranking.candidates) {
        const Enumerator* state = states.find(one.state);
        Markup why;
        for (const std::string& reason : one.why) why += tag("li", {}, Markup(reason));
        rows.push_back({link(row_address(person, {OwnedValue(one.person)}), Markup(row_name(visit, person, {OwnedValue(one.person)}))),
                        Markup(visit.say.number(one.score, 1) + " / 5"),
                        Markup(std::to_string(one.scored) + " / " + std::to_string(ranking.criteria)),
                        state == nullptr ? Markup("–") : Markup(enumerator_name(visit, states, *state)),
                        tag("details", {}, tag("summary", {}, visit.words("web.selection.why")) + tag("ul", {{"class", "index"}}, why))});
    }
    visit.note("view", "selection of " + activity, static_cast<std::int64_t>(rows.size()));
    return tag("section", {{"class", "card"}, {"data-live", "selection"}},
               tag("h2", {}, visit.words("web.selection")) + table(visit.words("web.selection"),
                                                                   {{visit.words("table.person"), false},
                                                                    {visit.words("column.score"), true},
                                                                    {visit.words("table.selection_criterion.many"), true},
                                                                    {visit.words("column.state"), false},
                                                                    {visit.words("web.selection.why"), false}},
                                                                   rows));
}

}  // namespace tefter::web
