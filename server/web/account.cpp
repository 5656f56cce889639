// What people change of their own account: the passphrase, and the codes of a telephone.

#include "schema/domain/passphrase.hpp"
#include "server/web/one_time_code.hpp"
#include "server/web/qr.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

Markup password(const std::string& id, const char* completes) {
    return tag("input",
               {{"id", id}, {"name", id}, {"type", "password"}, {"autocomplete", completes}, {"required", ""}, {"maxlength", "1000"}});
}

Markup passphrase_card(const Visit& visit, const std::string& fault) {
    Markup inside;
    if (!fault.empty()) inside += tag("p", {{"class", "fault"}, {"role", "alert"}}, fault);
    inside += labelled(visit.words("web.account.old"), "old", password("old", "current-password"));
    inside += labelled(visit.words("web.account.new"), "new", password("new", "new-password"),
                       visit.words("web.account.new.hint", {std::to_string(least_on_pages)}));
    inside += tag("p", {{"class", "strength"}, {"hidden", ""}, {"aria-live", "polite"}},
                  tag("span", {{"class", "bar"}}, Markup()) + tag("span", {}, Markup()));
    inside += labelled(visit.words("unlock.again"), "again", password("again", "new-password"));
    return card(visit.words("unlock.passphrase"), form(visit, "/account/passphrase", inside + button(visit.words("web.account.change"))));
}

Markup code_card(const Visit& visit, const std::string& fault) {
    Markup inside;
    if (!fault.empty()) inside += tag("p", {{"class", "fault"}, {"role", "alert"}}, fault);
    if (visit.server.vault().code_secret(visit.who->user)) {
        inside += tag("p", {{"class", "good"}}, icon("check") + visit.words("web.code.on"));
        inside += form(visit, "/account/code/remove", button(visit.words("web.code.remove"), "quiet"));
    } else if (!visit.who->new_code.empty()) {
        inside += tag("p", {}, visit.words("web.code.scan"));
        inside += qr_code(code_address(visit.who->new_code, visit.who->name), visit.say("web.code.scan"));
        inside += tag("p", {}, tag("code", {{"class", "long"}}, base32(visit.who->new_code)));
        inside += form(visit, "/account/code/confirm",
                       labelled(visit.words("web.code"), "code",
                                tag("input", {{"id", "code"},
                                              {"name", "code"},
                                              {"inputmode", "numeric"},
                                              {"autocomplete", "one-time-code"},
                                              {"maxlength", "6"},
                                              {"required", ""}})) +
                           button(visit.words("web.code.confirm")));
    } else {
        inside += tag("p", {}, visit.words("web.code.words"));
        inside += form(visit, "/account/code", button(visit.words("web.code.begin"), "quiet"));
    }
    return card(visit.words("web.code"), inside);
}

Response account(const Visit& visit, const std::string& passphrase_fault, const std::string& code_fault, int status) {
    const Markup lead = visit.who->must_change     ? visit.words("web.account.must_change")
                        : visit.who->must_add_code ? visit.words("web.account.must_add_code")
                                                   : Markup();
    Markup cards = passphrase_card(visit, passphrase_fault);
    if (!visit.who->must_change) cards += code_card(visit, code_fault);
    if (!visit.who->must_change && !visit.who->must_add_code && visit.who->role != Role::officer) {
        cards += card(visit.words("web.feed"), tag("p", {}, visit.words("web.feed.words")) +
                                                   form(visit, "/account/feed", button(visit.words("web.feed.make"), "quiet")));
    }
    return page(visit, visit.say("web.account"), "/account",
                heading(visit, visit.who->name, lead) + tag("div", {{"class", "columns"}}, cards), status);
}

}  // namespace

Response account_page(Visit& visit, Desk&) { return account(visit, "", "", 200); }

Response change_passphrase(Visit& visit, Desk& desk) {
    const std::string_view fresh = field(visit.request.form, "new");
    const std::vector<Guesses::Key> keys{{"n:" + visit.who->name + "@" + visit.request.address, 5}};
    if (const std::int64_t wait = desk.guesses.wait_ms(keys, visit.now_ms()); wait > 0) {
        return account(visit, visit.say("web.wait", {std::to_string((wait + 999) / 1000)}), "", 429);
    }
    if (!visit.server.vault().fits(visit.who->user, field(visit.request.form, "old"))) {
        desk.guesses.wrong(keys, visit.now_ms());
        return account(visit, visit.say("web.account.old_wrong"), "", 400);
    }
    const PassphraseFault fault = fault_of(fresh, least_on_pages, {visit.who->name});
    if (fault == PassphraseFault::easy) return account(visit, visit.say("unlock.easy"), "", 400);
    if (fault != PassphraseFault::none || fresh == field(visit.request.form, "old")) {
        return account(visit, visit.say("web.account.new.hint", {std::to_string(least_on_pages)}), "", 400);
    }
    if (fresh != field(visit.request.form, "again")) return account(visit, visit.say("unlock.differ"), "", 400);
    visit.server.vault().set_passphrase(visit.who->user, fresh, false);
    desk.sessions.end_others(visit.who->user, visit.token);
    desk.sessions.passphrase_changed(visit.token);
    return redirect(visit.who->must_change ? "/" : "/account");
}

/// How hard it is to guess what is being typed; the page draws it.
Response strength(Visit& visit, Desk&) {
    Response out;
    out.type = "text/plain; charset=utf-8";
    const int level = strength_of(field(visit.request.form, "new"), {visit.who->name});
    out.body = std::to_string(level) + " " + visit.say("unlock.strength." + std::to_string(level));
    return out;
}

Response offer_code(Visit& visit, Desk& desk) {
    std::vector<std::uint8_t> secret(20);
    visit.server.environment().random(secret);
    desk.sessions.offer_code(visit.token, secret);
    return redirect("/account");
}

Response confirm_code(Visit& visit, Desk& desk) {
    const Bytes& secret = visit.who->new_code;
    const std::optional<std::int64_t> step =
        secret.empty() ? std::nullopt : fitting_step(secret, field(visit.request.form, "code"), visit.now_ms());
    if (!step) return account(visit, "", visit.say("web.code.wrong"), 400);
    visit.server.vault().set_code_secret(visit.who->user, secret);
    visit.server.vault().use_step(visit.who->user, *step);
    desk.sessions.offer_code(visit.token, {});
    return redirect("/account");
}

Response remove_code(Visit& visit, Desk&) {
    visit.server.vault().set_code_secret(visit.who->user, std::nullopt);
    return redirect("/account");
}

}  // namespace tefter::web
