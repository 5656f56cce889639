#include "server/web/freshness.hpp"

#include <algorithm>

#include "server/web/filters.hpp"

namespace tefter::web {

std::vector<Freshness> freshness(Database& reader, const Catalog& catalog) {
    std::vector<Freshness> out;
    for (Device& device : list_devices(reader, catalog)) {
        if (device.number == server_device) continue;
        Freshness one;
        one.contact = contact_of(reader, device.number);
        one.device = std::move(device);
        out.push_back(std::move(one));
    }
    return out;
}

Markup freshness_mark(const Visit& visit, const Freshness& one) {
    if (one.device.revoked) return tag("span", {{"class", "tag plain"}}, visit.words("web.device.revoked"));
    if (one.contact.synced_ms == 0) return tag("span", {{"class", "tag warn"}}, visit.words("send.never"));
    const bool old = visit.now_ms() - one.contact.synced_ms > stale_after_ms;
    return tag("span", {{"class", old ? "tag warn" : "tag good"}},
               tag("time", {{"datetime", local_day(one.contact.synced_ms) + "T" + local_clock(one.contact.synced_ms)}},
                   ago(visit, one.contact.synced_ms)));
}

bool is_chosen(const Scope& scope) { return scope.number != shared_scope && scope.name != "regional"; }

std::string scopes_of(const Visit& visit, const Device& device) {
    if (device.scopes.size() == visit.catalog().scopes().size()) return visit.say("web.all_scopes");
    std::string out;
    for (const ScopeNumber scope : device.scopes) {
        const Scope* known = visit.catalog().find_scope(scope);
        if (known != nullptr && is_chosen(*known)) out += (out.empty() ? "" : ", ") + scope_name(visit, known->name);
    }
    return out;
}

Markup freshness_card(const Visit& visit) {
    std::vector<std::vector<Markup>> rows;
    std::vector<Freshness> all = freshness(visit.reader, visit.catalog());
    std::erase_if(all, [](const Freshness& one) { return one.device.revoked; });
    std::sort(all.begin(), all.end(), [](const Freshness& a, const Freshness& b) { return a.contact.synced_ms < b.contact.synced_ms; });
    for (const Freshness& one : all) {
        const bool open =
            one.contact.synced_ms == 0 || visit.now_ms() - one.contact.synced_ms > stale_after_ms || one.contact.held_back > 0;
        Markup what = Markup(scopes_of(visit, one.device));
        if (open) what += tag("br") + tag("small", {{"class", "muted"}}, visit.words("web.fresh.may_change"));
        rows.push_back({tag("span", {{"class", "strong"}}, one.device.office), what, freshness_mark(visit, one),
                        Markup(one.contact.held_back == 0 ? "0" : std::to_string(one.contact.held_back))});
    }
    const Markup words = tag("p", {{"class", "muted"}}, visit.words("web.fresh.words"));
    return tag("section", {{"class", "card"}, {"data-live", "freshness"}},
               tag("h2", {}, visit.words("web.fresh")) + words +
                   (rows.empty() ? empty_state(visit.words("web.fresh.none"), visit.words("web.fresh.none.words"))
                                 : table(visit.words("web.fresh"),
                                         {{visit.words("web.office"), false},
                                          {visit.words("web.fresh.of"), false},
                                          {visit.words("web.fresh.last"), false},
                                          {visit.words("web.fresh.held"), true}},
                                         rows)));
}

}  // namespace tefter::web
