#include "server/web/site.hpp"

#include <algorithm>
#include <cstdio>

#include "engine/store/meta.hpp"
#include "server/journal/journal.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

std::array<Texts, languages> all_languages() {
    const Texts texts;
    std::array<Texts, languages> out{texts, texts, texts, texts, texts, texts, texts};
    for (std::size_t i = 0; i < languages; ++i) out[i].choose(static_cast<Language>(i));
    return out;
}

std::optional<Language> language_of(std::string_view code) {
    for (std::size_t i = 0; i < languages; ++i) {
        if (code_of(static_cast<Language>(i)) == code) return static_cast<Language>(i);
    }
    return std::nullopt;
}

/// The first language of the browser's list that we speak.
Language accepted(std::string_view header) {
    while (!header.empty()) {
        const std::size_t end = std::min(header.find(','), header.size());
        std::string_view one = header.substr(0, end);
        while (one.starts_with(' ')) one.remove_prefix(1);
        if (one.starts_with("sr-Latn")) return Language::sr_latn;
        if (one.starts_with("sr")) return Language::sr_cyrl;
        if (one.starts_with("cnr")) return Language::cnr;
        if (one.starts_with("bs") || one.starts_with("hr") || one.starts_with("sh")) return Language::bs;
        if (const auto found = language_of(one.substr(0, 2))) return *found;
        header.remove_prefix(std::min(end + 1, header.size()));
    }
    return Language::en;
}

void add_safety(Response& response) {
    const auto add = [&](const char* name, const char* value) { response.headers.emplace_back(name, value); };
    add("Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'");
    add("X-Content-Type-Options", "nosniff");
    add("Strict-Transport-Security", "max-age=31536000");
    add("Referrer-Policy", "same-origin");
    add("Cross-Origin-Opener-Policy", "same-origin");
    add("Cross-Origin-Resource-Policy", "same-origin");
    add("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
    const bool says_itself =
        std::any_of(response.headers.begin(), response.headers.end(), [](const auto& header) { return header.first == "Cache-Control"; });
    if (!says_itself) add("Cache-Control", "no-store");
}

}  // namespace

Site::Site(Backend& server, bool serves_phones, std::set<Role> need_codes)
    : server_(server),
      desk_(std::make_unique<Desk>(server, serves_phones, std::move(need_codes))),
      texts_(all_languages()),
      readers_([this] { return server_.open_reader(); }) {}
Site::~Site() = default;

const Texts& Site::words_for(const Request& request) const {
    const auto cookie = request.cookies.find("tefter_language");
    const std::optional<Language> chosen = cookie == request.cookies.end() ? std::nullopt : language_of(cookie->second);
    return texts_[static_cast<std::size_t>(chosen.value_or(accepted(request.accept_language)))];
}

Response Site::answer(const Request& request) {
    Response response;
    std::unique_ptr<Database> reader = readers_.borrow();
    {
        std::optional<Signed> who;  // outlives what is said of an error
        Visit visit{request, server_, words_for(request), *reader, nullptr, "", {}};
        try {
            identify(visit, who);
            response = dispatch(visit);
        } catch (const Error& error) {
            const bool asked = error.kind() == ErrorKind::usage || error.kind() == ErrorKind::refused;
            // The disk, or the database that servers share, will be back; nothing is broken here.
            const bool passes = error.kind() == ErrorKind::network || error.kind() == ErrorKind::busy || error.kind() == ErrorKind::disk;
            if (!asked) journal::say(journal::Level::fault, "page failed", {{"why", error.what()}});
            response = asked ? sentence(visit, 400, visit.say("web.not_so"), error.what())
                             : sentence(visit, passes ? 503 : 500, visit.say("web.failed"), visit.say("web.failed.words"));
        } catch (const std::exception& error) {
            journal::say(journal::Level::fault, "page failed", {{"why", error.what()}});
            response = sentence(visit, 500, visit.say("web.failed"), visit.say("web.failed.words"));
        }
    }
    readers_.give_back(std::move(reader));
    add_safety(response);
    return response;
}

void Site::identify(Visit& visit, std::optional<Signed>& who) {
    const auto cookie = visit.request.cookies.find("__Host-tefter");
    if (cookie == visit.request.cookies.end()) return;
    who = desk_->sessions.find(cookie->second);
    if (!who) return;
    // The register has the last word: a role that was changed, or an account that was closed, holds at once.
    const std::optional<User> user = find_user(visit.reader, who->user);
    if (!user || !user->active) return desk_->sessions.end(cookie->second);
    who->name = user->name;
    who->role = user->role;
    who->must_add_code = desk_->need_codes.contains(who->role) && !server_.vault().code_secret(who->user);
    visit.who = &*who;
    visit.token = cookie->second;
}

Response Site::dispatch(Visit& visit) {
    const Request& request = visit.request;
    bool known_path = false;
    for (const Route& route : routes()) {
        if (!matches(route.pattern, request.path, visit.parts)) continue;
        known_path = true;
        if (route.method != request.method && !(route.method == "GET" && request.method == "HEAD")) continue;
        if (!admits(route.door, visit.who)) {
            if (visit.who != nullptr) return not_for(visit);
            Response response = sign_in_page(visit, *desk_);
            response.status = 401;
            return response;
        }
        const bool elsewhere = !request.origin.empty() && request.origin != "https://" + request.host;
        const bool stale = visit.who != nullptr && field(request.form, "token") != visit.who->form_token;
        if (request.method == "POST" && (elsewhere || stale)) {
            return sentence(visit, 403, visit.say("web.stale_form"), visit.say("web.stale_form.words"));
        }
        const bool of_account = (request.path.starts_with("/account") && request.path != "/account/feed") || request.path == "/sign-out";
        if (visit.who != nullptr && (visit.who->must_change || visit.who->must_add_code) && route.door != Door::open && !of_account) {
            return redirect("/account");
        }
        // A server that was restored may have forgotten erasures (see Awaited): no page shows the registers yet.
        if (visit.who != nullptr && route.door != Door::open && !of_account &&
            !Meta(visit.reader).text(fact_name("awaited")).value_or("").empty()) {
            return sentence(visit, 503, visit.say("web.withheld"), visit.say("web.withheld.words"));
        }
        return route.page(visit, *desk_);
    }
    if (known_path) return sentence(visit, 405, visit.say("web.not_found"), visit.say("web.not_found.words"));
    return not_found(visit);
}

}  // namespace tefter::web
