// What people change of their own account: the passphrase, and the codes of a telephone.

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
                       visit.words("web.account.new.hint", {std::to_string(least_passphrase)}));
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
    const Markup lead = visit.who->must_change ? visit.words("web.account.must_change") : Markup();
    Markup cards = passphrase_card(visit, passphrase_fault);
    if (!visit.who->must_change) cards += code_card(visit, code_fault);
    if (!visit.who->must_change && visit.who->role != Role::officer) {
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
    if (fresh.size() < least_passphrase || fresh == field(visit.request.form, "old")) {
        return account(visit, visit.say("web.account.new.hint", {std::to_string(least_passphrase)}), "", 400);
    }
    if (fresh != field(visit.request.form, "again")) return account(visit, visit.say("unlock.differ"), "", 400);
    visit.server.vault().set_passphrase(visit.who->user, fresh, false);
    desk.sessions.end_others(visit.who->user, visit.token);
    desk.sessions.passphrase_changed(visit.token);
    return redirect(visit.who->must_change ? "/" : "/account");
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
