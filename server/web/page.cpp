// What stands around every page: navigation, language, footnote.

#include <array>

#include "server/web/visit.hpp"

namespace tefter::web {

namespace {

struct Entry {
    std::string_view address, words, icon;
    bool (*may)(Role);
};

bool anyone(Role) { return true; }
bool reads_all(Role role) { return role != Role::officer; }
bool administrates(Role role) { return role == Role::administrator; }

constexpr std::array<Entry, 8> entries{{{"/", "web.nav.overview", "overview", anyone},
                                        {"/activities", "web.nav.activities", "calendar", anyone},
                                        {"/people", "web.nav.people", "people", sees_personal},
                                        {"/registers", "web.nav.registers", "registers", reads_all},
                                        {"/review", "web.nav.review", "review", sees_personal},
                                        {"/devices", "web.nav.devices", "device", reads_all},
                                        {"/exports", "web.nav.exports", "export", reads_all},
                                        {"/access", "web.nav.access", "shield", administrates}}};

/// Drawn with strokes on a grid of 24.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> drawings{{
    {"overview", "M4 20V11M10 20V4M16 20v-6M21 20H3"},
    {"calendar", "M4 6h16v14H4zM4 10h16M8 3v5M16 3v5"},
    {"people",
     "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2.3.8 3.5 2.7 3.5 5.5"},
    {"registers", "M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11"},
    {"review", "M12 4v16M5 7h14M5 7l-3 6a3 3 0 0 0 6 0zM19 7l-3 6a3 3 0 0 0 6 0zM8 20h8"},
    {"device", "M4 5h16v11H4zM2 19h20"},
    {"export", "M12 4v11M7.5 10.5 12 15l4.5-4.5M4 19h16"},
    {"shield", "M12 3l8 3v6c0 4.5-3.3 7.5-8 9-4.7-1.5-8-4.5-8-9V6zM8.5 12l2.5 2.5 4.5-5"},
    {"user", "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4.5 3.5-7 8-7s8 2.5 8 7"},
    {"check", "M5 12.5l4.5 4.5L19 7.5"},
    {"warning", "M12 4 2.5 20h19zM12 10v5M12 17.5v.5"},
}};

Markup navigation(const Visit& visit, std::string_view section) {
    Markup items;
    for (const Entry& entry : entries) {
        if (!entry.may(visit.who->role)) continue;
        items +=
            tag("li", {},
                tag("a", {{"href", std::string(entry.address)}, {"aria-current", std::string(entry.address == section ? "page" : absent)}},
                    icon(entry.icon) + tag("span", {}, visit.words(entry.words))));
    }
    return tag("nav", {{"class", "rail"}, {"aria-label", visit.say("web.nav")}},
               tag("a", {{"class", "brand"}, {"href", "/"}}, Markup("Tefter")) + tag("ul", {}, items) +
                   tag("div", {{"class", "who"}},
                       tag("a", {{"href", "/account"}, {"aria-current", std::string(section == "/account" ? "page" : absent)}},
                           icon("user") + tag("span", {},
                                              tag("span", {{"class", "strong"}}, visit.who->name) +
                                                  tag("small", {}, visit.words("user_role." + std::string(to_text(visit.who->role)))))) +
                           form(visit, "/sign-out", button(visit.words("web.sign_out"), "quiet"), "inline")));
}

Markup languages_of(const Visit& visit) {
    Markup out;
    for (std::size_t i = 0; i < languages; ++i) {
        const auto language = static_cast<Language>(i);
        out += tag("a",
                   {{"href", "/language/" + std::string(code_of(language)) + "?" + encode_fields({{"to", visit.here()}})},
                    {"lang", std::string(html_code_of(language))},
                    {"aria-current", std::string(language == visit.say.language() ? "true" : absent)}},
                   Markup(own_name_of(language)));
    }
    return tag("nav", {{"class", "languages"}, {"aria-label", visit.say("settings.language")}}, out);
}

}  // namespace

std::string_view html_code_of(Language language) {
    static constexpr std::array<std::string_view, languages> codes{"en", "sq", "bs", "mk", "cnr", "sr-Latn", "sr-Cyrl"};
    return codes[static_cast<std::size_t>(language)];
}

Markup icon(std::string_view name) {
    for (const auto& [known, path] : drawings) {
        if (known != name) continue;
        return Markup::trusted(R"(<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=")" +
                               std::string(path) + R"("/></svg>)");
    }
    return {};
}

Response page(const Visit& visit, const std::string& title, std::string_view section, const Markup& main, int status) {
    Markup body = link("#main", visit.words("web.skip"), "skip");
    if (visit.who != nullptr) body += navigation(visit, section);
    const Markup footer = tag("footer", {}, languages_of(visit) + tag("p", {{"class", "footnote"}}, visit.words("kosovo")));
    const Markup content = tag("main", {{"id", "main"}, {"tabindex", "-1"}}, main);
    body += tag("div", {{"class", "page"}}, content + footer);
    if (visit.who != nullptr) body += tag("p", {{"class", "live"}, {"role", "status"}, {"data-updated", visit.say("web.updated")}});
    const Markup head = Markup::trusted(R"(<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">)"
                                        R"(<meta name="color-scheme" content="light dark"><meta name="referrer" content="same-origin">)") +
                        tag("title", {}, title + " – Tefter") + tag("link", {{"rel", "stylesheet"}, {"href", "/assets/tefter.css"}}) +
                        tag("link", {{"rel", "icon"}, {"href", "/assets/tefter.svg"}, {"type", "image/svg+xml"}}) +
                        tag("script", {{"src", "/assets/tefter.js"}, {"defer", ""}});
    Response response;
    response.status = status;
    response.body =
        "<!doctype html>" + tag("html", {{"lang", std::string(html_code_of(visit.say.language()))}},
                                tag("head", {}, head) + tag("body",
                                                            {{"class", visit.who == nullptr ? "outside" : "inside"},
                                                             {"data-events", visit.who == nullptr ? std::string(absent) : "/events"}},
                                                            body))
                                .html();
    return response;
}

}  // namespace tefter::web
