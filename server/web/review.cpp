// What waits for a person's decision: values that two offices wrote apart, people who may be the same, and what a rule of
// the catalog has stopped.

#include <algorithm>
#include <set>

#include "engine/store/conflicts.hpp"
#include "schema/domain/duplicates.hpp"
#include "schema/domain/staff.hpp"
#include "server/web/filters.hpp"
#include "server/web/labels.hpp"
#include "server/web/review.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

constexpr std::size_t most_shown = 100;

std::string place_of(const Conflict& conflict) {
    return conflict.table->name + "/" + std::to_string(conflict.group == nullptr ? 0 : conflict.group->number.value) + "/" +
           key_text(conflict.key);
}

Markup decision(const Visit& visit, const Conflict& conflict, const std::string& choice, const Markup& words,
                std::string_view style = "quiet") {
    return form(visit, "/review/conflict",
                hidden("place", place_of(conflict)) + hidden("choice", choice) +
                    tag("button", {{"type", "submit"}, {"class", "button small " + std::string(style)}}, words),
                "inline");
}

Markup leaf_card(const Visit& visit, const Conflict& conflict, const ConflictLeaf& leaf) {
    Markup values;
    for (std::size_t i = 0; i < conflict.group->columns.size() && i < leaf.values.size(); ++i) {
        values += tag("dt", {}, Markup(column_name(visit, conflict.group->columns[i]))) +
                  tag("dd", {}, cell(visit, conflict.group->columns[i], leaf.values[i].view()));
    }
    const std::string office =
        office_and_name(visit.reader, leaf.device == server_device ? visit.say("web.server") : leaf.office, leaf.actor);
    return tag("div", {},
               tag("p", {},
                   tag("span", {{"class", "strong"}}, Markup(office)) + tag("br") +
                       tag("small", {{"class", "muted"}},
                           Markup(visit.say.date(local_day(leaf.version.unix_ms())) + ", " + local_clock(leaf.version.unix_ms())))) +
                   tag("dl", {}, values) +
                   decision(visit, conflict, std::to_string(leaf.version.value), visit.words("review.keep"), "primary"));
}

Markup conflict_card(const Visit& visit, const Conflict& conflict) {
    Markup inside;
    if (conflict.group == nullptr) {
        const ConflictLeaf& deletion = conflict.leaves.front();
        inside += tag("p", {},
                      visit.words("review.deleted", {office_and_name(visit.reader, deletion.office, deletion.actor),
                                                     visit.say.date(local_day(deletion.version.unix_ms()))}));
        inside += tag("div", {{"class", "actions"}},
                      decision(visit, conflict, "keep", visit.words("review.keep_row"), "primary") +
                          decision(visit, conflict, "delete", visit.words("review.delete_row"), "danger"));
    } else {
        Markup leaves;
        for (const ConflictLeaf& leaf : conflict.leaves) leaves += leaf_card(visit, conflict, leaf);
        inside += tag("div", {{"class", "versus"}}, leaves);
    }
    const Markup title = link(row_address(*conflict.table, conflict.key), Markup(row_name(visit, *conflict.table, conflict.key))) +
                         tag("small", {{"class", "muted"}}, Markup(" · " + table_name(visit, *conflict.table)));
    return card(title, inside);
}

Markup person_side(const Visit& visit, std::int64_t id) {
    Statement row = visit.reader.prepare_once("SELECT birth_date, institution_text, category, _scope FROM person WHERE id = ?1");
    row.with(id);
    const Table& person = visit.catalog().table("person");
    Markup out = tag("p", {{"class", "strong"}}, link(row_address(person, {id}), Markup(row_name(visit, person, {id}))));
    if (!row.step()) return out;
    Markup values;
    for (const std::string_view name : {"birth_date", "institution_text", "category"}) {
        const Column& column = *person.find_column(name).second;
        const int at = name == "birth_date" ? 0 : name == "institution_text" ? 1 : 2;
        values += tag("dt", {}, Markup(column_name(visit, column))) + tag("dd", {}, cell(visit, column, row.value(at)));
    }
    const Scope* scope = visit.catalog().find_scope(ScopeNumber{static_cast<std::uint32_t>(row.integer(3))});
    if (scope != nullptr) values += tag("dt", {}, visit.words("web.form.scope")) + tag("dd", {}, Markup(scope_name(visit, scope->name)));
    return out + tag("dl", {}, values);
}

Markup pair_button(const Visit& visit, const Pair& pair, bool first_stays, std::string_view what, const Markup& words,
                   std::string_view style) {
    return form(visit, "/review/person",
                hidden("canonical", std::to_string(first_stays ? pair.one : pair.other)) +
                    hidden("duplicate", std::to_string(first_stays ? pair.other : pair.one)) + hidden("what", std::string(what)) +
                    tag("button", {{"type", "submit"}, {"class", "button small " + std::string(style)}}, words),
                "inline");
}

Markup pair_card(const Visit& visit, const Pair& pair) {
    std::string reasons;
    for (const std::string& reason : pair.reasons) reasons += (reasons.empty() ? "" : ", ") + reason;
    const Markup sides =
        tag("div", {{"class", "versus"}},
            tag("div", {}, person_side(visit, pair.one) + pair_button(visit, pair, true, "link", visit.words("web.same.keep"), "primary")) +
                tag("div", {},
                    person_side(visit, pair.other) + pair_button(visit, pair, false, "link", visit.words("web.same.keep"), "primary")));
    return card({}, sides + tag("div", {{"class", "actions"}},
                                tag("span", {{"class", "tag"}}, Markup(visit.say.number(pair.score * 100, 0) + " %")) +
                                    tag("span", {{"class", "muted small"}, {"lang", "en"}}, Markup(reasons)) +
                                    pair_button(visit, pair, true, "apart", visit.words("web.same.apart"), "quiet")));
}

Markup links_card(const Visit& visit) {
    std::vector<std::vector<Markup>> rows;
    const Table& person = visit.catalog().table("person");
    Statement row =
        visit.reader.prepare_once("SELECT duplicate, canonical, decided_at FROM same_person ORDER BY decided_at DESC, 1 LIMIT ?1");
    row.with(static_cast<std::int64_t>(most_shown));
    while (row.step()) {
        const std::int64_t duplicate = row.integer(0), canonical = row.integer(1);
        rows.push_back({link(row_address(person, {duplicate}), Markup(row_name(visit, person, {duplicate}))),
                        link(row_address(person, {canonical}), Markup(row_name(visit, person, {canonical}))),
                        row.is_null(2) ? Markup("–") : Markup(visit.say.date(local_day(row.integer(2)))),
                        form(visit, "/review/person",
                             hidden("duplicate", std::to_string(duplicate)) + hidden("canonical", std::to_string(canonical)) +
                                 hidden("what", "unlink") + button(visit.words("web.same.unlink"), "quiet small"),
                             "inline")});
    }
    if (rows.empty()) return {};
    return card(visit.words("web.same.linked"), table(visit.words("web.same.linked"),
                                                      {{visit.words("column.duplicate"), false},
                                                       {visit.words("column.canonical"), false},
                                                       {visit.words("column.decided_at"), false},
                                                       {visit.words("undo"), false}},
                                                      rows));
}

Markup stopped_card(const Visit& visit) {
    std::vector<std::vector<Markup>> rows;
    Statement row = visit.reader.prepare_once("SELECT scope, device, version, reason FROM tefter_quarantine ORDER BY id DESC LIMIT ?1");
    row.with(static_cast<std::int64_t>(most_shown));
    while (row.step()) {
        const DeviceNumber device{static_cast<std::uint32_t>(row.integer(1))};
        const std::optional<Device> known = find_device(visit.reader, visit.catalog(), device);
        const Scope* scope = visit.catalog().find_scope(ScopeNumber{static_cast<std::uint32_t>(row.integer(0))});
        rows.push_back({Markup(known ? known->office : std::to_string(device.value)),
                        Markup(scope == nullptr ? "" : scope_name(visit, scope->name)), moment(visit, Version{row.integer(2)}.unix_ms()),
                        tag("span", {{"lang", "en"}}, Markup(row.text(3)))});
    }
    if (rows.empty()) return empty_state(visit.words("web.stopped.none"), visit.words("web.stopped.none.words"));
    return card({}, table(visit.words("web.stopped"),
                          {{visit.words("web.office"), false},
                           {visit.words("web.form.scope"), false},
                           {visit.words("column.at"), false},
                           {visit.words("column.reason"), false}},
                          rows));
}

Markup tabs(const Visit& visit, std::string_view now) {
    Markup out;
    for (const auto& [address, words] : {std::pair<std::string_view, std::string_view>{"/review", "web.review.conflicts"},
                                         {"/review/people", "web.review.people"},
                                         {"/review/stopped", "web.stopped"},
                                         {"/review/erasures", "web.erasures"}}) {
        out += tag("a",
                   {{"href", std::string(address)},
                    {"class", address == now ? "tag" : "tag plain"},
                    {"aria-current", std::string(address == now ? "page" : absent)}},
                   visit.words(words));
    }
    return tag("nav", {{"class", "actions tabs"}, {"aria-label", visit.say("web.nav.review")}}, out);
}

}  // namespace

Response review(const Visit& visit, std::string_view address, std::string_view words, const Markup& inside, int status) {
    return page(visit, visit.say("web.nav.review"), "/review",
                heading(visit, visit.say("web.nav.review"), visit.words(words)) + tabs(visit, address) +
                    tag("div", {{"class", "stack"}, {"data-live", "review"}}, inside),
                status);
}

std::vector<Pair> Pairs::now(Database& reader, std::uint64_t commit) {
    const std::lock_guard lock(mutex_);
    if (as_of_ == commit) return pairs_;
    pairs_ = undecided_duplicates(reader);
    as_of_ = commit;
    return pairs_;
}

Response review_page(Visit& visit, Desk&) {
    Markup cards;
    std::int64_t shown = 0;
    for (const Conflict& conflict : open_conflicts(visit.reader, visit.catalog())) {
        if (static_cast<std::size_t>(shown++) < most_shown) cards += conflict_card(visit, conflict);
    }
    if (shown == 0) cards = empty_state(visit.words("review.nothing"), visit.words("review.nothing.words"));
    else visit.note("view", "conflicts", shown);
    return review(visit, "/review", "review.words", cards);
}

Response decide_conflict(Visit& visit, Desk&) {
    const std::string_view place = field(visit.request.form, "place"), choice = field(visit.request.form, "choice");
    for (const Conflict& conflict : open_conflicts(visit.reader, visit.catalog())) {
        if (place_of(conflict) != place) continue;
        if (!may_write(visit.who->role, *conflict.table)) return not_for(visit);
        std::optional<Edit> edit;
        if (conflict.group == nullptr && choice == "delete") edit = delete_after_all(conflict);
        if (conflict.group == nullptr && choice == "keep") edit = keep_after_all(visit.reader, visit.catalog(), conflict);
        for (std::size_t i = 0; conflict.group != nullptr && i < conflict.leaves.size(); ++i) {
            if (std::to_string(conflict.leaves[i].version.value) == choice) edit = keep(conflict, i);
        }
        if (!edit) break;
        visit.server.write(visit.who->user, {&*edit, 1});
        return redirect("/review");
    }
    return sentence(visit, 400, visit.say("web.not_so"), visit.say("web.review.gone"));
}

Response people_review_page(Visit& visit, Desk& desk) {
    const std::vector<Pair> pairs = desk.pairs.now(visit.reader, visit.server.pulse().count());
    Markup cards;
    for (std::size_t i = 0; i < pairs.size() && i < most_shown; ++i) cards += pair_card(visit, pairs[i]);
    if (pairs.empty()) cards = empty_state(visit.words("web.same.none"), visit.words("web.same.none.words"));
    visit.note("view", "duplicates", static_cast<std::int64_t>(2 * std::min(pairs.size(), most_shown)));
    return review(visit, "/review/people", "web.same.words", cards + links_card(visit));
}

Response decide_person(Visit& visit, Desk&) {
    const Table& person = visit.catalog().table("person");
    const std::vector<OwnedValue> canonical = parse_key_text(visit, person, std::string(field(visit.request.form, "canonical"))),
                                  duplicate = parse_key_text(visit, person, std::string(field(visit.request.form, "duplicate")));
    const std::string_view what = field(visit.request.form, "what");
    if (canonical.empty() || duplicate.empty() || canonical == duplicate)
        return sentence(visit, 400, visit.say("web.not_so"), visit.say("web.review.gone"));
    Edit edit;
    edit.table = "same_person";
    edit.key = duplicate;
    if (what == "link") {
        edit.values = {{"canonical", canonical.front()}, {"decided_by", visit.who->user}, {"decided_at", visit.now_ms()}};
    } else if (what == "apart") {
        edit.table = "not_same_person";
        edit.key = {canonical.front(), duplicate.front()};
        edit.values = {{"decided_by", visit.who->user}, {"decided_at", visit.now_ms()}};
    } else if (what == "unlink") {
        edit.kind = EditKind::remove;
    } else {
        return sentence(visit, 400, visit.say("web.not_so"), visit.say("web.review.gone"));
    }
    visit.server.write(visit.who->user, {&edit, 1});
    return redirect("/review/people");
}

Response stopped_page(Visit& visit, Desk&) { return review(visit, "/review/stopped", "web.stopped.words", stopped_card(visit)); }

}  // namespace tefter::web
