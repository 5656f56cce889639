// Offices and their devices: who is there, how fresh, inviting another, shutting one out.

#include <algorithm>

#include "engine/sync/enrolment.hpp"
#include "server/web/filters.hpp"
#include "server/web/freshness.hpp"
#include "server/web/labels.hpp"
#include "server/web/qr.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

constexpr std::int64_t code_lifetime_ms = 72LL * 3600 * 1000;

/// One box a scope; of those that `held` does not hold.
Markup scope_boxes(const Visit& visit, const std::vector<ScopeNumber>& held = {}) {
    Markup boxes;
    for (const Scope& scope : visit.catalog().scopes()) {
        if (!is_chosen(scope) || std::find(held.begin(), held.end(), scope.number) != held.end()) continue;
        boxes +=
            tag("label", {},
                tag("input", {{"type", "checkbox"}, {"name", "scope"}, {"value", scope.name}}) + Markup(scope_name(visit, scope.name)));
    }
    return tag("div", {{"class", "checks"}}, boxes);
}

std::string chosen_scopes(const Visit& visit) {
    std::string scopes;
    for (const auto& [name, value] : visit.request.form) {
        if (name == "scope") scopes += (scopes.empty() ? "" : " ") + value;
    }
    return scopes;
}

Markup grant_form(const Visit& visit, const Device& device) {
    if (device.revoked || device.scopes.size() == visit.catalog().scopes().size()) return {};
    return tag("details", {},
               tag("summary", {}, visit.words("web.device.grant")) +
                   tag("p", {{"class", "small muted"}}, visit.words("web.device.grant.words")) +
                   form(visit, "/devices/grant",
                        hidden("device", std::to_string(device.number.value)) + scope_boxes(visit, device.scopes) +
                            button(visit.words("web.device.grant"), "primary small")));
}

Markup revoke_form(const Visit& visit, const Device& device) {
    if (device.revoked) return {};
    const std::string id = "reason-" + std::to_string(device.number.value);
    return tag("details", {},
               tag("summary", {}, visit.words("web.device.revoke")) +
                   tag("p", {{"class", "small muted"}}, visit.words("web.device.revoke.words")) +
                   form(visit, "/devices/revoke",
                        hidden("device", std::to_string(device.number.value)) +
                            labelled(visit.words("column.reason"), id,
                                     tag("input", {{"id", id}, {"name", "reason"}, {"required", ""}, {"maxlength", "200"}})) +
                            button(visit.words("web.device.revoke"), "danger small")));
}

Markup role_choice(const Visit& visit) {
    Markup options;
    for (const std::string_view role : {"officer", "staff", "manager", "administrator"}) {
        options += tag("option", {{"value", std::string(role)}}, visit.words("user_role." + std::string(role)));
    }
    return tag("select", {{"id", "role"}, {"name", "role"}}, options);
}

Markup invite_card(const Visit& visit, const std::string& fault) {
    Markup inside;
    if (!fault.empty()) inside += tag("p", {{"class", "fault"}, {"role", "alert"}}, Markup(fault));
    inside += labelled(visit.words("web.office"), "office",
                       tag("input", {{"id", "office"}, {"name", "office"}, {"required", ""}, {"maxlength", "100"}}));
    inside += labelled(visit.words("web.role"), "role", role_choice(visit));
    inside += tag("fieldset", {{"class", "boxed"}}, tag("legend", {}, visit.words("web.invite.scopes")) + scope_boxes(visit));
    inside += labelled(visit.words("web.invite.address"), "address",
                       tag("input", {{"id", "address"}, {"name", "address"}, {"value", visit.request.host}, {"maxlength", "200"}}),
                       visit.words("web.invite.address.hint"));
    return card(visit.words("web.invite"), form(visit, "/devices/invite", inside + button(visit.words("web.invite.make"))));
}

Markup put_back_notice(const Visit& visit) {
    const std::string device = Meta(visit.reader).text(fact_name(put_back_fact)).value_or("");
    return device.empty() ? Markup() : tag("p", {{"class", "fault"}, {"role", "alert"}}, visit.words("web.put_back.words", {device}));
}

Response devices_with(const Visit& visit, const std::string& fault, const Markup& first, int status) {
    const bool administrates = visit.who->role == Role::administrator;
    std::vector<std::vector<Markup>> rows;
    for (const Freshness& one : freshness(visit.reader, visit.catalog())) {
        std::vector<Markup> row{
            tag("span", {{"class", "strong"}}, Markup(one.device.office)) + tag("br") +
                tag("small", {{"class", "muted"}}, visit.words("web.device.number", {std::to_string(one.device.number.value)})),
            visit.words("user_role." + std::string(to_text(one.device.role))),
            Markup(scopes_of(visit, one.device)) + (administrates ? grant_form(visit, one.device) : Markup()),
            freshness_mark(visit, one),
            Markup(std::to_string(one.contact.held_back)),
            Markup(one.contact.catalog != 0 ? std::to_string(one.contact.catalog) : "–")};
        if (administrates) row.push_back(revoke_form(visit, one.device));
        rows.push_back(std::move(row));
    }
    std::vector<TableColumn> columns{{visit.words("web.office"), false},    {visit.words("web.role"), false},
                                     {visit.words("web.fresh.of"), false},  {visit.words("web.fresh.last"), false},
                                     {visit.words("web.fresh.held"), true}, {visit.words("web.device.catalog"), true}};
    if (administrates) columns.push_back({visit.words("web.device.revoke"), false});
    const Markup list =
        rows.empty() ? empty_state(visit.words("web.fresh.none"), {}) : table(visit.words("web.nav.devices"), columns, rows);
    return page(visit, visit.say("web.nav.devices"), "/devices",
                heading(visit, visit.say("web.nav.devices"), visit.words("web.fresh.words")) + put_back_notice(visit) + first +
                    tag("section", {{"class", "card"}, {"data-live", "devices"}}, list) +
                    (administrates ? tag("div", {{"class", "narrow"}}, invite_card(visit, fault)) : Markup()),
                status);
}

/// The code, shown once: for the kiosk, and as the address that a telephone opens. The code stands behind the #: browsers keep that part to themselves.
Markup invitation(const Visit& visit, const std::string& code, bool phones) {
    Markup inside =
        tag("p", {}, visit.words("web.invite.words")) + tag("p", {}, tag("code", {{"class", "long"}, {"id", "code"}}, Markup(code)));
    inside += tag("p", {},
                  tag("button",
                      {{"type", "button"},
                       {"class", "button quiet small"},
                       {"data-copy", "code"},
                       {"data-done", visit.say("web.copied")},
                       {"hidden", ""}},
                      visit.words("web.copy")));
    Markup out = tag("div", {{"class", "invitation"}}, qr_code(code, visit.say("unlock.code")) + tag("div", {{"class", "stack"}}, inside));
    if (phones) {
        const std::string address = "https://" + EnrolmentCode::parse(code).address + "/phone/#" + code;
        out += tag("h3", {}, visit.words("web.invite.phone")) +
               tag("div", {{"class", "invitation"}},
                   qr_code(address, visit.say("web.invite.phone")) +
                       tag("div", {{"class", "stack"}},
                           tag("p", {}, visit.words("web.invite.phone.words")) + tag("p", {}, link(address, Markup(address), "long"))));
    }
    return card(visit.words("web.invite.ready", {std::string(field(visit.request.form, "office"))}), out);
}

std::optional<DeviceNumber> named_device(const Visit& visit) {
    const std::string number(field(visit.request.form, "device"));
    if (number.empty() || number.size() > 6 || number.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return DeviceNumber{static_cast<std::uint32_t>(std::stoul(number))};
}

}  // namespace

Response devices_page(Visit& visit, Desk&) { return devices_with(visit, "", {}, 200); }

Response invite_device(Visit& visit, Desk& desk) {
    const std::optional<Role> role = role_from_text(field(visit.request.form, "role"));
    const std::string scopes = chosen_scopes(visit);
    std::string code;
    try {
        if (scopes.empty() || !role) throw Error(ErrorKind::usage, visit.say("web.invite.choose"));
        code = visit.server.invite(std::string(field(visit.request.form, "office")), *role, scopes,
                                   std::string(field(visit.request.form, "address")), code_lifetime_ms);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage && error.kind() != ErrorKind::refused) throw;
        return devices_with(visit, error.what(), {}, 400);
    }
    visit.note("invite", std::string(field(visit.request.form, "office")) + ": " + scopes, 0);
    return devices_with(visit, "", invitation(visit, code, desk.phones), 200);
}

Response grant_scopes(Visit& visit, Desk&) {
    const std::optional<DeviceNumber> device = named_device(visit);
    if (!device) return not_found(visit);
    const std::string scopes = chosen_scopes(visit);
    try {
        if (scopes.empty()) throw Error(ErrorKind::usage, visit.say("web.device.grant.choose"));
        visit.server.grant(*device, scopes);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage && error.kind() != ErrorKind::refused) throw;
        return devices_with(visit, "", tag("p", {{"class", "fault"}, {"role", "alert"}}, Markup(error.what())), 400);
    }
    visit.note("grant", "device " + std::to_string(device->value) + ": " + scopes, 0);
    return redirect("/devices");
}

Response revoke_device(Visit& visit, Desk&) {
    const std::optional<DeviceNumber> device = named_device(visit);
    if (!device) return not_found(visit);
    visit.server.revoke(*device, std::string(field(visit.request.form, "reason")));
    visit.note("revoke", "device " + std::to_string(device->value), 0);
    return redirect("/devices");
}

}  // namespace tefter::web
