// Hit or no hit: what was asked of other scopes and answered, and the release of data after a hit, by people.

#include "schema/domain/known.hpp"
#include "schema/domain/register_rows.hpp"
#include "server/web/filters.hpp"
#include "server/web/labels.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

Markup result_mark(const Visit& visit, const KnownLine& line) {
    if (line.result.empty()) return tag("span", {{"class", "tag plain"}}, visit.words("known.waits"));
    const bool hit = line.result == "hit";
    return tag("span", {{"class", hit ? "tag warn" : "tag good"}}, visit.words(hit ? "hit.hit" : "hit.no_hit"));
}

/// What can be done after a hit: see whom it is about, and release it.
Markup actions(const Visit& visit, const KnownLine& line, const std::vector<std::int64_t>& people) {
    if (line.released_at != 0) return tag("span", {{"class", "tag plain"}}, visit.words("known.released"));
    if (line.result != "hit" || people.empty()) return {};
    const Table& person = visit.catalog().table("person");
    Markup out;
    for (const std::int64_t id : people) out += link(row_address(person, {id}), Markup(row_name(visit, person, {id}))) + tag("br");
    return out + tag("details", {},
                     tag("summary", {}, visit.words("known.release")) +
                         tag("p", {{"class", "small muted"}}, visit.words("known.release.words", {line.office})) +
                         form(visit, "/known/release",
                              hidden("question", std::to_string(line.id)) + button(visit.words("known.release"), "danger small")));
}

Response known_with(const Visit& visit, const std::string& fault, int status) {
    std::vector<KnownLine> lines;
    std::map<std::int64_t, std::vector<std::int64_t>> people;
    visit.server.with_replica([&](Replica& replica) {
        lines = known_questions(replica);
        for (const KnownLine& line : lines) {
            if (line.result == "hit" && line.released_at == 0) people[line.id] = known_people(replica, line.id);
        }
    });
    std::int64_t shown = 0;
    std::vector<std::vector<Markup>> rows;
    for (const KnownLine& line : lines) {
        shown += static_cast<std::int64_t>(people[line.id].size());
        rows.push_back({moment(visit, line.asked_at), Markup(line.office), Markup(line.scope), result_mark(visit, line),
                        Markup(line.reference), actions(visit, line, people[line.id])});
    }
    if (shown > 0) visit.note("view", "hit / no hit", shown);
    Markup inside;
    if (!fault.empty()) inside += tag("p", {{"class", "fault"}, {"role", "alert"}}, Markup(fault));
    inside += rows.empty() ? empty_state(visit.words("known.none"), visit.words("known.none.words"))
                           : table(visit.words("known.title"),
                                   {{visit.words("column.asked_at"), false},
                                    {visit.words("known.asked_by"), false},
                                    {visit.words("column.asked_scope"), false},
                                    {visit.words("column.result"), false},
                                    {visit.words("column.reference"), false},
                                    {visit.words("known.then"), false}},
                                   rows);
    return page(visit, visit.say("known.title"), "/registers",
                tag("nav", {{"class", "crumbs"}, {"aria-label", visit.say("back")}}, link("/registers", visit.words("web.nav.registers"))) +
                    heading(visit, visit.say("known.title"), visit.words("known.words")) +
                    tag("section", {{"class", "card"}, {"data-live", "known"}}, inside),
                status);
}

}  // namespace

Response known_page(Visit& visit, Desk&) { return known_with(visit, "", 200); }

Response known_release(Visit& visit, Desk&) {
    const auto key = key_from_words(visit.catalog(), visit.catalog().table("known_question"), field(visit.request.form, "question"));
    if (!key) return not_found(visit);
    const std::int64_t question = key->front().view().integer();
    try {
        visit.server.write_planned(visit.who->user, [&](Replica& replica) { return release_known(replica, question); });
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::refused) throw;
        return known_with(visit, error.what(), 400);
    }
    visit.note("export", "hit / no hit: released " + std::to_string(question), 1);
    return redirect("/known");
}

}  // namespace tefter::web
