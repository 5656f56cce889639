#include "server/web/visit.hpp"

#include <algorithm>

namespace tefter::web {

std::string Visit::here() const {
    const std::string query = encode_fields(request.query);
    return request.path + (query.empty() ? "" : "?" + query);
}

void Visit::note(const std::string& kind, const std::string& what, std::int64_t rows) const {
    server.vault().note({0, who == nullptr ? 0 : who->user, who == nullptr ? "" : who->name, kind, what, request.address, rows});
}

Response redirect(const std::string& address) {
    Response response;
    response.status = 303;
    response.headers.emplace_back("Location", address);
    return response;
}

std::string local_address(std::string_view address) {
    const bool local = address.starts_with('/') && !address.starts_with("//") && address.find('\\') == std::string_view::npos;
    for (const char c : address) {
        if (static_cast<unsigned char>(c) < 0x20) return "/";
    }
    return local ? std::string(address) : "/";
}

Markup hidden(std::string_view name, const std::string& value) {
    return tag("input", {{"type", "hidden"}, {"name", std::string(name)}, {"value", value}});
}

Markup form(const Visit& visit, const std::string& action, const Markup& inside, std::string_view style) {
    const Markup token = visit.who == nullptr ? Markup() : hidden("token", visit.who->form_token);
    return tag("form", {{"method", "post"}, {"action", action}, {"class", std::string(style)}}, token + inside);
}

Markup button(const Markup& words, std::string_view style) {
    return tag("button", {{"type", "submit"}, {"class", "button " + std::string(style)}}, words);
}

Markup labelled(const Markup& label, const std::string& id, const Markup& control, const Markup& hint) {
    return tag("div", {{"class", "field"}},
               tag("label", {{"for", id}}, label) + control + (hint.empty() ? Markup() : tag("p", {{"class", "hint"}}, hint)));
}

Markup heading(const Visit&, const std::string& title, const Markup& words, const Markup& actions) {
    Markup text = tag("h1", {}, title);
    if (!words.empty()) text += tag("p", {{"class", "lead"}}, words);
    return tag("header", {{"class", "heading"}},
               tag("div", {}, text) + (actions.empty() ? Markup() : tag("div", {{"class", "actions"}}, actions)));
}

Markup card(const Markup& title, const Markup& inside, std::string_view style) {
    return tag("section", {{"class", "card" + (style.empty() ? "" : " " + std::string(style))}},
               (title.empty() ? Markup() : tag("h2", {}, title)) + inside);
}

Markup empty_state(const Markup& title, const Markup& words) {
    return tag("div", {{"class", "empty"}}, tag("p", {{"class", "strong"}}, title) + tag("p", {}, words));
}

Markup table(const Markup& caption, const std::vector<TableColumn>& columns, const std::vector<std::vector<Markup>>& rows) {
    Markup head, body;
    for (const TableColumn& column : columns) {
        head += tag("th", {{"scope", "col"}, {"class", std::string(column.numeric ? "number" : absent)}}, column.heading);
    }
    for (const std::vector<Markup>& row : rows) {
        Markup cells;
        for (std::size_t i = 0; i < row.size() && i < columns.size(); ++i) {
            cells += tag("td", {{"class", std::string(columns[i].numeric ? "number" : absent)}}, row[i]);
        }
        body += tag("tr", {}, cells);
    }
    return tag(
        "div", {{"class", "scroll"}, {"tabindex", "0"}},
        tag("table", {}, tag("caption", {{"class", "unseen"}}, caption) + tag("thead", {}, tag("tr", {}, head)) + tag("tbody", {}, body)));
}

Markup moment(const Visit& visit, std::int64_t unix_ms) {
    return tag("time", {{"datetime", local_day(unix_ms) + "T" + local_clock(unix_ms)}}, visit.say.moment(unix_ms, visit.today()));
}

std::string ago(const Visit& visit, std::int64_t unix_ms) {
    const std::int64_t minutes = std::max<std::int64_t>(0, visit.now_ms() - unix_ms) / 60'000;
    if (minutes < 1) return visit.say("web.ago.now");
    if (minutes < 60) return visit.say("web.ago.minutes", {std::to_string(minutes)});
    if (minutes < 48 * 60) return visit.say("web.ago.hours", {std::to_string(minutes / 60)});
    return visit.say("web.ago.days", {std::to_string(minutes / (24 * 60))});
}

Response sentence(const Visit& visit, int status, const std::string& title, const std::string& words) {
    return page(visit, title, "",
                tag("div", {{"class", "notice"}},
                    tag("h1", {}, title) + tag("p", {}, words) + tag("p", {}, link("/", visit.words("web.to_overview"), "button quiet"))),
                status);
}

Response not_for(const Visit& visit) { return sentence(visit, 403, visit.say("web.not_yours"), visit.say("web.not_yours.words")); }

Response not_found(const Visit& visit) { return sentence(visit, 404, visit.say("web.not_found"), visit.say("web.not_found.words")); }

}  // namespace tefter::web
