// Signing in and out.

#include "server/web/one_time_code.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

constexpr std::string_view before = "__Host-tefter-form";  // proves that the form was ours, where nobody is signed in yet

std::string cookie(std::string_view name, const std::string& value, const std::string& more = {}) {
    return std::string(name) + "=" + value + "; Path=/; Secure; HttpOnly; SameSite=Strict" + more;
}

/// The form, with what went wrong above it.
Response sign_in_form(Visit& visit, Desk& desk, const std::string& fault, int status) {
    const std::string token = desk.sessions.random_token();
    const std::string to = visit.request.path == "/sign-in" ? local_address(field(visit.request.form, "to")) : visit.here();
    Markup inside = hidden("form_token", token) + hidden("to", to);
    if (!fault.empty()) inside += tag("p", {{"class", "fault"}, {"role", "alert"}}, fault);
    inside += labelled(visit.words("web.name"), "name",
                       tag("input", {{"id", "name"},
                                     {"name", "name"},
                                     {"autocomplete", "username"},
                                     {"required", ""},
                                     {"autofocus", ""},
                                     {"value", std::string(field(visit.request.form, "name"))},
                                     {"maxlength", "120"}}));
    inside += labelled(visit.words("unlock.passphrase"), "passphrase",
                       tag("input", {{"id", "passphrase"},
                                     {"name", "passphrase"},
                                     {"type", "password"},
                                     {"autocomplete", "current-password"},
                                     {"required", ""},
                                     {"maxlength", "1000"}}));
    inside += tag("details", {{"open", fault.empty() ? std::string(absent) : ""}},
                  tag("summary", {}, visit.words("web.code")) + tag("div", {{"class", "field"}},
                                                                    tag("input", {{"id", "code"},
                                                                                  {"name", "code"},
                                                                                  {"inputmode", "numeric"},
                                                                                  {"autocomplete", "one-time-code"},
                                                                                  {"maxlength", "6"},
                                                                                  {"aria-label", visit.say("web.code")}}) +
                                                                        tag("p", {{"class", "hint"}}, visit.words("web.code.hint"))));
    inside += button(visit.words("web.sign_in"), "primary wide");
    Response response =
        page(visit, visit.say("web.sign_in"), "",
             tag("div", {{"class", "sign-in"}},
                 tag("div", {{"class", "claim"}}, tag("p", {{"class", "brand"}}, "Tefter") + tag("p", {}, visit.words("web.claim"))) +
                     tag("div", {{"class", "card"}}, tag("h1", {}, visit.words("unlock.title")) + form(visit, "/sign-in", inside))),
             status);
    response.headers.emplace_back("Set-Cookie", cookie(before, token));
    return response;
}

}  // namespace

Response sign_in_page(Visit& visit, Desk& desk) {
    if (visit.who != nullptr && visit.request.path == "/sign-in") return redirect("/");
    return sign_in_form(visit, desk, "", 200);
}

Response sign_in(Visit& visit, Desk& desk) {
    const Request& request = visit.request;
    const auto proof = request.cookies.find(std::string(before));
    if (proof == request.cookies.end() || proof->second.empty() || field(request.form, "form_token") != proof->second) {
        return sign_in_form(visit, desk, visit.say("web.stale_form.words"), 403);
    }
    const std::string name(field(request.form, "name"));
    const std::string guess = "n:" + name + "@" + request.address;
    const std::vector<Guesses::Key> keys{{guess, 5}, {"a:" + request.address, 30}, {"u:" + name, 100}};
    if (const std::int64_t wait = desk.guesses.wait_ms(keys, visit.now_ms()); wait > 0) {
        Response response = sign_in_form(visit, desk, visit.say("web.wait", {std::to_string((wait + 999) / 1000)}), 429);
        response.headers.emplace_back("Retry-After", std::to_string((wait + 999) / 1000));
        return response;
    }
    Vault& vault = visit.server.vault();
    const std::optional<User> user = find_user(visit.reader, vault, name);
    bool right = vault.fits(user ? user->id : 0, field(request.form, "passphrase"));
    if (right && user) {
        if (const std::optional<Bytes> secret = vault.code_secret(user->id)) {
            const std::optional<std::int64_t> step = fitting_step(*secret, field(request.form, "code"), visit.now_ms());
            right = step && vault.use_step(user->id, *step);
        }
    }
    if (!right || !user) {
        desk.guesses.wrong(keys, visit.now_ms());
        vault.note({0, user ? user->id : 0, user ? user->name : "", "refused", "sign-in", request.address, 0});
        return sign_in_form(visit, desk, visit.say("web.wrong"), 401);
    }
    desk.guesses.right(guess);
    vault.note({0, user->id, user->name, "sign_in", "", request.address, 0});
    const bool one_time = vault.is_one_time(user->id);
    Response response = redirect(one_time ? "/account" : local_address(field(request.form, "to")));
    response.headers.emplace_back("Set-Cookie", cookie("__Host-tefter", desk.sessions.begin(user->id, one_time)));
    response.headers.emplace_back("Set-Cookie", cookie(before, "", "; Max-Age=0"));
    return response;
}

Response sign_out(Visit& visit, Desk& desk) {
    desk.sessions.end(visit.token);
    Response response = redirect("/sign-in");
    response.headers.emplace_back("Set-Cookie", cookie("__Host-tefter", "", "; Max-Age=0"));
    response.headers.emplace_back("Clear-Site-Data", "\"cache\"");
    return response;
}

Response choose_language(Visit& visit, Desk&) {
    for (std::size_t i = 0; i < languages; ++i) {
        if (code_of(static_cast<Language>(i)) != visit.parts.front()) continue;
        Response response = redirect(local_address(field(visit.request.query, "to")));
        response.headers.emplace_back(
            "Set-Cookie", "tefter_language=" + visit.parts.front() + "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000");
        return response;
    }
    return not_found(visit);
}

}  // namespace tefter::web
