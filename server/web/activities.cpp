// Activities as lists of figures, and one with its sessions and people.

#include <algorithm>

#include "engine/store/schema.hpp"
#include "schema/domain/names.hpp"
#include "server/web/around.hpp"
#include "server/web/figures.hpp"
#include "server/web/filters.hpp"
#include "server/web/labels.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

std::string letter(const Visit& visit, std::int64_t mark) {
    static constexpr std::array<std::string_view, 5> names{"none", "absent", "excused", "late", "present"};
    return visit.say("mark." + std::string(names[mark >= 1 && mark <= 4 ? static_cast<std::size_t>(mark) : 0]) + ".letter");
}

std::string kind_name(const Visit& visit, std::int64_t number) {
    const Enumeration& kinds = visit.catalog().enumerations().find("activity_kind")->second;
    const Enumerator* kind = kinds.find(number);
    return kind == nullptr ? visit.say("web.not_recorded") : enumerator_name(visit, kinds, *kind);
}

Markup counted(const Visit& visit, std::int64_t people) {
    if (!visit.sees_personal() && people > 0 && people < 5)
        return tag("span", {{"class", "masked"}, {"title", visit.say("web.masked.words", {"5"})}}, visit.words("web.masked", {"5"}));
    return Markup(visit.say.number(static_cast<double>(people), 0));
}

/// People down, sessions across: the marks of an activity, as its list has them.
Markup grid(const Visit& visit, const std::string& code) {
    struct Person {
        std::string name;
        std::int64_t id = 0;
        std::map<std::int64_t, std::int64_t> marks;
    };
    std::vector<std::int64_t> sessions;
    Statement numbers = visit.reader.prepare_once(
        "SELECT number FROM session WHERE activity = ?1 UNION SELECT session_number FROM attendance WHERE activity = ?1 ORDER BY 1");
    numbers.with(std::string_view(code));
    while (numbers.step()) sessions.push_back(numbers.integer(0));
    std::map<std::int64_t, Person> people;
    Statement enrolled = visit.reader.prepare_once(
        "SELECT e.person, p.given_name, p.family_name FROM enrolment e LEFT JOIN person p ON p.id = e.person WHERE e.activity = ?1");
    enrolled.with(std::string_view(code));
    while (enrolled.step())
        people[enrolled.integer(0)] = {std::string(enrolled.text(2)) + " " + std::string(enrolled.text(1)), enrolled.integer(0), {}};
    Statement marks = visit.reader.prepare_once("SELECT person, session_number, status FROM attendance WHERE activity = ?1");
    marks.with(std::string_view(code));
    while (marks.step()) people[marks.integer(0)].marks[marks.integer(1)] = marks.integer(2);
    if (people.empty()) return empty_state(visit.words("activity.nobody"), visit.words("activity.nobody.words"));
    std::vector<const Person*> sorted;
    for (auto& [id, person] : people) {
        person.id = id;
        sorted.push_back(&person);
    }
    std::sort(sorted.begin(), sorted.end(), [](const Person* a, const Person* b) { return sort_key(a->name) < sort_key(b->name); });
    std::vector<TableColumn> headings{{visit.words("table.person"), false}};
    for (const std::int64_t session : sessions) headings.push_back({Markup(std::to_string(session)), false});
    std::vector<std::vector<Markup>> rows;
    for (const Person* person : sorted) {
        rows.push_back({link(row_address(visit.catalog().table("person"), {person->id}), Markup(person->name))});
        for (const std::int64_t session : sessions) {
            const auto found = person->marks.find(session);
            const std::int64_t mark = found == person->marks.end() ? 0 : found->second;
            rows.back().push_back(tag("span", {{"class", "mark mark-" + std::to_string(mark)}}, Markup(letter(visit, mark))));
        }
    }
    visit.note("view", "attendance of " + code, static_cast<std::int64_t>(rows.size()));
    return table(visit.words("activity.grid"), headings, rows);
}

Markup documents_of(const Visit& visit, const std::string& code) {
    Statement without = visit.reader.prepare_once(
        "SELECT count(*) FROM enrolment e JOIN person p ON p.id = e.person WHERE e.activity = ?1 AND p.badge IS NULL");
    without.with(std::string_view(code));
    const std::int64_t badges_missing = without.step() ? without.integer(0) : 0;
    Markup out;
    for (const auto& [what, words] : {std::pair<std::string_view, std::string_view>{"attendance-list", "web.documents.list"},
                                      {"badges", "web.documents.badges"},
                                      {"certificates", "web.documents.certificates"},
                                      {"activity-report", "web.documents.report"}}) {
        const std::string address = "/documents/" + std::string(what) + "/" + encode_part(code);
        Markup offer = link(address, visit.words(words)) + tag("span", {{"class", "muted"}}, Markup("PDF"));
        if (what == "badges" && badges_missing > 0)
            offer =
                tag("span", {}, visit.words(words)) +
                form(visit, address,
                     button(visit.words("web.documents.badges.give", {visit.say.number(static_cast<double>(badges_missing), 0)}), "small"),
                     "inline");
        out += tag("li", {}, offer);
    }
    return tag("ul", {{"class", "index"}}, out);
}

}  // namespace

Response activities_page(Visit& visit, Desk& desk) {
    const std::shared_ptr<const Facts> facts = desk.figures.now();
    std::vector<std::vector<Markup>> rows;
    Statement row = visit.reader.prepare_once(
        "SELECT code, title, kind, starts_on, ends_on, place, _scope FROM activity ORDER BY starts_on DESC, code");
    while (row.step()) {
        const std::string code(row.text(0));
        const std::uint32_t at = facts->find_activity(code);
        const ActivityFact about = at == nobody ? ActivityFact{} : facts->activities[at];
        const Scope* scope = visit.catalog().find_scope(ScopeNumber{static_cast<std::uint32_t>(row.integer(6))});
        rows.push_back({link("/activities/" + encode_part(code), Markup(in_language(visit.say, row.text(1)))) + tag("br") +
                            tag("small", {{"class", "muted"}}, Markup(code + " · " + kind_name(visit, row.integer(2)))),
                        Markup(visit.say.period(row.text(3), row.text(4))), Markup(scope == nullptr ? "" : scope_name(visit, scope->name)),
                        counted(visit, about.enrolled), counted(visit, about.people), counted(visit, about.women),
                        counted(visit, about.eligible)});
    }
    const Markup actions =
        sees_personal(visit.who->role) ? link("/new/activity", visit.words("activities.new"), "button primary") : Markup();
    const Markup list = rows.empty() ? empty_state(visit.words("nothing.found"), visit.words("activities.none.words"))
                                     : table(visit.words("web.nav.activities"),
                                             {{visit.words("table.activity"), false},
                                              {visit.words("web.dates"), false},
                                              {visit.words("filter_by.beneficiary"), false},
                                              {visit.words("web.enrolled"), true},
                                              {visit.words("web.attended"), true},
                                              {visit.words("web.women"), true},
                                              {visit.words("web.earned"), true}},
                                             rows);
    return page(visit, visit.say("web.nav.activities"), "/activities",
                heading(visit, visit.say("web.nav.activities"), {}, actions) +
                    tag("section", {{"class", "card"}, {"data-live", "activities"}}, list));
}

Response activity_page(Visit& visit, Desk& desk) {
    const std::string code = visit.parts.front();
    Statement row = visit.reader.prepare_once(
        "SELECT title, kind, starts_on, ends_on, place, organiser, trainers, description, _scope FROM activity WHERE code = ?1");
    row.with(std::string_view(code));
    if (!row.step()) return not_found(visit);
    const std::shared_ptr<const Facts> facts = desk.figures.now();
    const std::uint32_t at = facts->find_activity(code);
    const ActivityFact about = at == nobody ? ActivityFact{} : facts->activities[at];
    const std::string title = in_language(visit.say, row.text(0));
    const Table& activity = visit.catalog().table("activity");
    Markup actions = link("/proof/activity/" + encode_part(code), visit.words("web.proof"), "button quiet");
    if (visit.sees_personal()) actions += link("/edit/activity/" + encode_part(code), visit.words("web.edit"), "button primary");
    Markup facts_list;
    const auto add = [&](const Markup& name, std::string_view value) {
        if (!value.empty()) facts_list += tag("dt", {}, name) + tag("dd", {}, Markup(value));
    };
    add(visit.words("activity.kind"), kind_name(visit, row.integer(1)));
    add(visit.words("column.place"), row.text(4));
    add(visit.words("column.organiser"), row.text(5));
    add(visit.words("column.trainers"), row.text(6));
    add(visit.words("column.description"), row.text(7));
    const auto figure = [&](std::string_view words, const Markup& value) {
        return tag("article", {{"class", "card figure"}}, tag("h3", {}, visit.words(words)) + tag("p", {{"class", "value"}}, value));
    };
    const Markup figures = figure("web.enrolled", counted(visit, about.enrolled)) + figure("web.attended", counted(visit, about.people)) +
                           figure("web.women", counted(visit, about.women)) + figure("web.earned", counted(visit, about.eligible));
    Markup main = tag("nav", {{"class", "crumbs"}, {"aria-label", visit.say("back")}},
                      link("/activities", visit.words("web.nav.activities")) + Markup(" / " + code)) +
                  heading(visit, title, Markup(visit.say.period(row.text(2), row.text(3))), actions) +
                  tag("div", {{"class", "figures"}, {"data-live", "figures"}}, figures) + card({}, tag("dl", {}, facts_list));
    if (visit.sees_personal()) {
        main +=
            tag("section", {{"class", "card"}, {"data-live", "grid"}}, tag("h2", {}, visit.words("activity.grid")) + grid(visit, code)) +
            selection_card(visit, code) + card(visit.words("web.documents"), documents_of(visit, code)) +
            tag("p", {}, link(row_address(activity, {code}), visit.words("web.whole_row")));
    }
    return page(visit, title, "/activities", main);
}

}  // namespace tefter::web
