#pragma once
// The list of addresses. One line is one address: method, pattern, door, page. `:` stands for one open part.

#include "server/web/live_figures.hpp"
#include "server/web/proof.hpp"
#include "server/web/review.hpp"
#include "server/web/site.hpp"

namespace tefter::web {

/// What outlives a request and is not rows.
struct Desk {
    Desk(Backend& server, bool serves_phones, std::set<Role> roles_with_codes)
        : phones(serves_phones),
          need_codes(std::move(roles_with_codes)),
          sessions(server.environment(), server.book()),
          guesses(server.book()),
          figures(server) {}
    const bool phones;  ///< the page for telephones is there
    const std::set<Role> need_codes;
    Sessions sessions;
    Guesses guesses;
    LiveFigures figures;
    Chains chains;
    Pairs pairs;
    std::atomic<int> listening{0};  ///< pages that are open and hear of changes, each on a thread of its own
};

using Page = Response (*)(Visit&, Desk&);

struct Route {
    std::string_view method, pattern;
    Door door;
    Page page;
};

const std::vector<Route>& routes();
/// Whether the path fits; fills `parts` with what stands for each `:`.
bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& parts);
bool admits(Door door, const Signed* who);

// The pages, by file.
// known_page.cpp
Response known_page(Visit&, Desk&);
Response known_release(Visit&, Desk&);
// sign_in.cpp
Response sign_in_page(Visit&, Desk&);
Response sign_in(Visit&, Desk&);
Response sign_out(Visit&, Desk&);
Response account_page(Visit&, Desk&);
Response change_passphrase(Visit&, Desk&);
Response strength(Visit&, Desk&);
Response offer_code(Visit&, Desk&);
Response confirm_code(Visit&, Desk&);
Response remove_code(Visit&, Desk&);
Response choose_language(Visit&, Desk&);
// overview.cpp
Response overview_page(Visit&, Desk&);
// indicator_page.cpp
Response indicator_page(Visit&, Desk&);
// proof_page.cpp
Response proof_page(Visit&, Desk&);
// activities.cpp
Response activities_page(Visit&, Desk&);
Response activity_page(Visit&, Desk&);
// register_pages.cpp
Response people_page(Visit&, Desk&);
Response registers_page(Visit&, Desk&);
Response register_page(Visit&, Desk&);
Response row_page(Visit&, Desk&);
// register_form.cpp
Response edit_page(Visit&, Desk&);
Response save_row(Visit&, Desk&);
Response new_page(Visit&, Desk&);
Response add_row(Visit&, Desk&);
Response delete_row(Visit&, Desk&);
// files.cpp
Response get_file(Visit&, Desk&);
Response add_file(Visit&, Desk&);
// review.cpp
Response review_page(Visit&, Desk&);
Response decide_conflict(Visit&, Desk&);
Response people_review_page(Visit&, Desk&);
Response decide_person(Visit&, Desk&);
Response stopped_page(Visit&, Desk&);
// erasures.cpp
Response erasures_page(Visit&, Desk&);
Response ask_for_erasure(Visit&, Desk&);
Response approve_asked_erasure(Visit&, Desk&);
// devices.cpp
Response devices_page(Visit&, Desk&);
Response invite_device(Visit&, Desk&);
Response grant_scopes(Visit&, Desk&);
Response revoke_device(Visit&, Desk&);
// access.cpp
Response access_page(Visit&, Desk&);
Response change_user(Visit&, Desk&);
// exports.cpp
Response exports_page(Visit&, Desk&);
Response export_indicators(Visit&, Desk&);
Response export_all(Visit&, Desk&);
Response export_register(Visit&, Desk&);
// documents_pages.cpp
Response activity_document(Visit&, Desk&);
Response give_badges(Visit&, Desk&);
Response person_document(Visit&, Desk&);
Response indicator_document(Visit&, Desk&);
Response verify_page(Visit&, Desk&);
// feed.cpp
Response feed(Visit&, Desk&);
Response make_token(Visit&, Desk&);
// assets.cpp
Response asset(Visit&, Desk&);
// events.cpp
Response events(Visit&, Desk&);

}  // namespace tefter::web
