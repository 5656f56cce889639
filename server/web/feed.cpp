// The OData feed that spreadsheets refresh from: HTTP Basic with a user's name and the token that he made for it.

#include <sodium.h>

#include "schema/domain/odata.hpp"
#include "server/web/registers.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

/// Name and token of an Authorization header.
std::optional<std::pair<std::string, std::string>> basic(std::string_view header) {
    if (!header.starts_with("Basic ") || header.size() > 1000) return std::nullopt;
    header.remove_prefix(6);
    std::string text(header.size(), '\0');
    std::size_t size = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(text.data()), text.size(), header.data(), header.size(), nullptr, &size, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return std::nullopt;
    text.resize(size);
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) return std::nullopt;
    return std::pair(text.substr(0, colon), text.substr(colon + 1));
}

Response closed() {
    Response response;
    response.status = 401;
    response.type = "text/plain; charset=utf-8";
    response.body = "Give your name and the token of your account page.";
    response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Tefter\", charset=\"UTF-8\"");
    return response;
}

}  // namespace

Response feed(Visit& visit, Desk& desk) {
    const auto given = basic(visit.request.authorization);
    if (!given) return closed();
    const std::vector<Guesses::Key> keys{{"f:" + visit.request.address, 20}};
    if (desk.guesses.wait_ms(keys, visit.now_ms()) > 0) return closed();
    const std::optional<User> user = find_user(visit.reader, visit.server.vault(), given->first);
    if (!user || user->role == Role::officer || !visit.server.vault().fits_token(user->id, given->second)) {
        desk.guesses.wrong(keys, visit.now_ms());
        return closed();
    }
    Signed who;
    who.user = user->id;
    who.name = user->name;
    who.role = user->role;
    visit.who = &who;
    ODataRequest request;
    request.root = "https://" + visit.request.host + "/odata/";
    for (const std::string& part : visit.parts) request.path += (request.path.empty() ? "" : "/") + part;
    for (const auto& [name, value] : visit.request.query) request.query[name] = value;
    const ODataAnswer answer = odata(
        request, visit.reader, visit.catalog(), [&] { return desk.figures.now(); },
        [&](const Table& table, const Column& column) { return may_read(visit, table) && (!column.personal || visit.sees_personal()); });
    visit.note("export", "feed " + request.path.substr(0, 100), answer.rows);
    visit.who = nullptr;
    Response response;
    response.status = answer.status;
    response.type = answer.content_type;
    response.body = answer.body;
    response.headers.emplace_back("OData-Version", "4.0");
    return response;
}

Response make_token(Visit& visit, Desk&) {
    const std::string token = visit.server.vault().new_token(visit.who->user);
    visit.note("user", "made a feed token", 0);
    const std::string root = "https://" + visit.request.host + "/odata/";
    return page(
        visit, visit.say("web.feed"), "/account",
        heading(visit, visit.say("web.feed"), visit.words("web.feed.words")) +
            card({}, tag("dl", {},
                         tag("dt", {}, visit.words("web.feed.address")) + tag("dd", {}, tag("code", {{"class", "long"}}, Markup(root))) +
                             tag("dt", {}, visit.words("web.name")) + tag("dd", {}, Markup(visit.who->name)) +
                             tag("dt", {}, visit.words("web.feed.token")) +
                             tag("dd", {}, tag("code", {{"class", "long"}, {"id", "token"}}, Markup(token)))) +
                         tag("p", {{"class", "muted"}}, visit.words("web.feed.once"))));
}

}  // namespace tefter::web
