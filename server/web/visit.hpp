#pragma once
// One request on its way through the pages, and what every page is made of.

#include "schema/texts/texts.hpp"
#include "server/web/backend.hpp"
#include "server/web/markup.hpp"
#include "server/web/message.hpp"
#include "server/web/people.hpp"
#include "server/web/sessions.hpp"

namespace tefter::web {

struct Visit {
    const Request& request;
    Backend& server;
    const Texts& say;
    Database& reader;
    const Signed* who = nullptr;     ///< null: nobody is signed in
    std::string token;               ///< of the session's cookie
    std::vector<std::string> parts;  ///< what the pattern of the address left open, decoded

    const Catalog& catalog() const { return server.catalog(); }
    std::int64_t now_ms() const { return server.environment().now_ms(); }
    std::string today() const { return local_day(now_ms()); }
    bool sees_personal() const { return who != nullptr && web::sees_personal(who->role); }
    Markup words(std::string_view key) const { return Markup(say(key)); }
    Markup words(std::string_view key, const std::vector<std::string>& with) const { return Markup(say(key, with)); }
    /// Path and query as they came: where a form or a link comes back to.
    std::string here() const;
    /// Writes to the access log that this person saw or took personal data.
    void note(const std::string& kind, const std::string& what, std::int64_t rows) const;
};

/// The whole page, with navigation, in the language of the visit. `section` is the address of the navigation's entry that
/// is marked as where one is.
Response page(const Visit& visit, const std::string& title, std::string_view section, const Markup& main, int status = 200);
/// A page that says one thing.
Response sentence(const Visit& visit, int status, const std::string& title, const std::string& words);
Response not_found(const Visit& visit);
/// For a role that may not come here: 403.
Response not_for(const Visit& visit);
Response redirect(const std::string& address);
/// To an address that came from outside: only ever on this server.
std::string local_address(std::string_view address);

/// <form method=post> with the token that proves that it is this person's.
Markup form(const Visit& visit, const std::string& action, const Markup& inside, std::string_view style = "form");
Markup hidden(std::string_view name, const std::string& value);
Markup button(const Markup& words, std::string_view style = "primary");
/// A label and the field it names.
Markup labelled(const Markup& label, const std::string& id, const Markup& control, const Markup& hint = {});
Markup heading(const Visit& visit, const std::string& title, const Markup& words = {}, const Markup& actions = {});
Markup card(const Markup& title, const Markup& inside, std::string_view style = {});
Markup empty_state(const Markup& title, const Markup& words);
Markup icon(std::string_view name);
/// As in lang="…".
std::string_view html_code_of(Language language);
/// A column's heading, and rows of cells; `numeric` columns stand to the right.
struct TableColumn {
    Markup heading;
    bool numeric = false;
};
Markup table(const Markup& caption, const std::vector<TableColumn>& columns, const std::vector<std::vector<Markup>>& rows);

/// A moment, with an element that tells machines.
Markup moment(const Visit& visit, std::int64_t unix_ms);
/// 3 minutes ago, in the words of the language.
std::string ago(const Visit& visit, std::int64_t unix_ms);

}  // namespace tefter::web
