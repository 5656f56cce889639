// Those who sign in, and the log of who looked at what: for administrators.

#include "server/web/filters.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

constexpr std::size_t entries_a_page = 100;

Markup users_card(const Visit& visit) {
    std::vector<std::vector<Markup>> rows;
    for (const User& user : list_users(visit.reader, visit.server.vault())) {
        const Markup state = !user.active       ? tag("span", {{"class", "tag plain"}}, visit.words("web.user.disabled"))
                             : user.can_sign_in ? tag("span", {{"class", "tag good"}}, visit.words("web.user.signs_in"))
                                                : tag("span", {{"class", "tag warn"}}, visit.words("web.user.no_passphrase"));
        Markup actions;
        if (user.active && user.id != visit.who->user) {
            const auto act = [&](std::string_view what, std::string_view words, std::string_view style) {
                return form(visit, "/access/user",
                            hidden("user", std::to_string(user.id)) + hidden("what", std::string(what)) + button(visit.words(words), style),
                            "inline");
            };
            actions = tag("div", {{"class", "actions"}},
                          act("passphrase", "web.user.passphrase", "quiet small") + act("disable", "web.user.disable", "danger small"));
        }
        rows.push_back({tag("span", {{"class", "strong"}}, Markup(user.name)), visit.words("user_role." + std::string(to_text(user.role))),
                        state, actions});
    }
    return card(visit.words("web.users"), table(visit.words("web.users"),
                                                {{visit.words("web.name"), false},
                                                 {visit.words("web.role"), false},
                                                 {visit.words("web.sign_in"), false},
                                                 {visit.words("web.edit"), false}},
                                                rows));
}

Markup add_card(const Visit& visit, const std::string& fault) {
    Markup options;
    for (const std::string_view role : {"officer", "staff", "manager", "administrator"})
        options += tag("option", {{"value", std::string(role)}}, visit.words("user_role." + std::string(role)));
    Markup inside;
    if (!fault.empty()) inside += tag("p", {{"class", "fault"}, {"role", "alert"}}, Markup(fault));
    inside += labelled(visit.words("web.name"), "name",
                       tag("input", {{"id", "name"}, {"name", "name"}, {"required", ""}, {"maxlength", "120"}, {"autocomplete", "off"}}));
    inside += labelled(visit.words("web.role"), "role", tag("select", {{"id", "role"}, {"name", "role"}}, options));
    return card(visit.words("web.user.add"),
                form(visit, "/access/user", hidden("what", "add") + inside + button(visit.words("web.user.add"))));
}

Markup log_card(const Visit& visit, std::int64_t before) {
    std::vector<std::vector<Markup>> rows;
    std::int64_t last = 0;
    for (const NotedAccess& one : visit.server.vault().accesses(before, entries_a_page)) {
        const Access& access = one.access;
        rows.push_back({Markup(visit.say.date(local_day(access.at_ms)) + ", " + local_clock(access.at_ms)),
                        Markup(access.name.empty() ? "–" : access.name), visit.words("access." + access.kind),
                        tag("span", {{"lang", "en"}}, Markup(access.what)), Markup(access.rows == 0 ? "" : std::to_string(access.rows)),
                        Markup(access.address)});
        last = one.id;
    }
    Markup more =
        rows.size() == entries_a_page
            ? tag("p", {},
                  link(address_of("/access", {{"before", std::to_string(last)}}), visit.words("web.earlier"), "button quiet small"))
            : Markup();
    return card(visit.words("web.access"), tag("p", {{"class", "muted"}}, visit.words("web.access.words")) +
                                               table(visit.words("web.access"),
                                                     {{visit.words("column.at"), false},
                                                      {visit.words("web.name"), false},
                                                      {visit.words("column.kind"), false},
                                                      {visit.words("column.what"), false},
                                                      {visit.words("column.rows"), true},
                                                      {visit.words("web.from_address"), false}},
                                                     rows) +
                                               more);
}

/// What offices took out of their own replicas: they say so themselves, in rows that are synced.
Markup devices_card(const Visit& visit) {
    std::vector<std::vector<Markup>> rows;
    Statement row = visit.reader.prepare_once("SELECT at, what, rows, _scope FROM access WHERE kind = 1 ORDER BY at DESC, id LIMIT ?1");
    row.with(static_cast<std::int64_t>(entries_a_page));
    while (row.step()) {
        const Scope* scope = visit.catalog().find_scope(ScopeNumber{static_cast<std::uint32_t>(row.integer(3))});
        rows.push_back({moment(visit, row.integer(0)), tag("span", {{"lang", "en"}}, Markup(row.text(1))),
                        Markup(scope == nullptr ? "" : scope_name(visit, scope->name)), Markup(std::to_string(row.integer(2)))});
    }
    if (rows.empty()) return {};
    return card(visit.words("web.access.devices"), tag("p", {{"class", "muted"}}, visit.words("web.access.devices.words")) +
                                                       table(visit.words("web.access.devices"),
                                                             {{visit.words("column.at"), false},
                                                              {visit.words("column.what"), false},
                                                              {visit.words("filter_by.beneficiary"), false},
                                                              {visit.words("column.rows"), true}},
                                                             rows));
}

Response access_with(const Visit& visit, const std::string& fault, const Markup& first, int status) {
    const std::string before(field(visit.request.query, "before"));
    if (before.size() > 15 || before.find_first_not_of("0123456789") != std::string::npos)
        throw Error(ErrorKind::usage, visit.say("web.filter.wrong", {before.substr(0, 60)}));
    return page(visit, visit.say("web.nav.access"), "/access",
                heading(visit, visit.say("web.nav.access")) + first +
                    tag("div", {{"class", "split"}}, users_card(visit) + add_card(visit, fault)) +
                    log_card(visit, before.empty() ? 0 : std::stoll(before)) + devices_card(visit),
                status);
}

Markup one_time_card(const Visit& visit, const std::string& name, const std::string& passphrase) {
    return card(visit.words("web.user.one_time", {name}),
                tag("p", {}, tag("code", {{"class", "long"}, {"id", "one-time"}}, Markup(passphrase))) +
                    tag("p", {{"class", "muted"}}, visit.words("web.user.one_time.words")));
}

}  // namespace

Response access_page(Visit& visit, Desk&) { return access_with(visit, "", {}, 200); }

Response change_user(Visit& visit, Desk& desk) {
    const std::string_view what = field(visit.request.form, "what");
    if (what == "add") {
        const std::string name(field(visit.request.form, "name"));
        const std::optional<Role> role = role_from_text(field(visit.request.form, "role"));
        try {
            if (!role) throw Error(ErrorKind::usage, visit.say("web.form.wrong", {visit.say("web.role")}));
            const std::int64_t user = add_user(visit.server, name, *role, visit.who->user);
            visit.note("user", "added " + name, 0);
            return access_with(visit, "", one_time_card(visit, name, visit.server.vault().one_time_passphrase(user)), 200);
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::usage && error.kind() != ErrorKind::refused) throw;
            return access_with(visit, error.what(), {}, 400);
        }
    }
    const std::string number(field(visit.request.form, "user"));
    if (number.empty() || number.size() > 18 || number.find_first_not_of("0123456789") != std::string::npos) return not_found(visit);
    const std::optional<User> user = find_user(visit.reader, std::stoll(number));
    if (!user || user->id == visit.who->user) return not_found(visit);
    if (what == "disable") {
        disable_user(visit.server, user->id, visit.who->user);
        visit.note("user", "disabled " + user->name, 0);
        return redirect("/access");
    }
    if (what != "passphrase") return not_found(visit);
    desk.sessions.end_others(user->id, "");
    visit.note("user", "new passphrase for " + user->name, 0);
    return access_with(visit, "", one_time_card(visit, user->name, visit.server.vault().one_time_passphrase(user->id)), 200);
}

}  // namespace tefter::web
