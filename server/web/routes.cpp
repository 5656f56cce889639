#include "server/web/routes.hpp"

namespace tefter::web {

const std::vector<Route>& routes() {
    static const std::vector<Route> list{
        {"GET", "/assets/:", Door::open, asset},
        {"GET", "/sign-in", Door::open, sign_in_page},
        {"POST", "/sign-in", Door::open, sign_in},
        {"GET", "/language/:", Door::open, choose_language},
        {"POST", "/sign-out", Door::signed_in, sign_out},
        {"GET", "/account", Door::signed_in, account_page},
        {"POST", "/account/passphrase", Door::signed_in, change_passphrase},
        {"POST", "/account/strength", Door::signed_in, strength},
        {"POST", "/account/code", Door::signed_in, offer_code},
        {"POST", "/account/code/confirm", Door::signed_in, confirm_code},
        {"POST", "/account/code/remove", Door::signed_in, remove_code},
        {"GET", "/events", Door::signed_in, events},
        {"GET", "/", Door::signed_in, overview_page},
        {"GET", "/figures/:", Door::signed_in, indicator_page},
        {"GET", "/proof/:/:", Door::signed_in, proof_page},
        {"GET", "/activities", Door::signed_in, activities_page},
        {"GET", "/activities/:", Door::signed_in, activity_page},
        {"GET", "/people", Door::personal, people_page},
        {"GET", "/registers", Door::reads_all, registers_page},
        {"GET", "/registers/:", Door::reads_all, register_page},
        {"GET", "/registers/:/:", Door::reads_all, row_page},
        {"GET", "/edit/:/:", Door::personal, edit_page},
        {"POST", "/edit/:/:", Door::personal, save_row},
        {"GET", "/new/:", Door::personal, new_page},
        {"POST", "/new/:", Door::personal, add_row},
        {"POST", "/delete/:/:", Door::personal, delete_row},
        {"GET", "/files/:", Door::personal, get_file},
        {"POST", "/files/:/:", Door::personal, add_file},
        {"GET", "/review", Door::personal, review_page},
        {"POST", "/review/conflict", Door::personal, decide_conflict},
        {"GET", "/review/people", Door::personal, people_review_page},
        {"POST", "/review/person", Door::personal, decide_person},
        {"GET", "/review/stopped", Door::personal, stopped_page},
        {"GET", "/review/erasures", Door::personal, erasures_page},
        {"POST", "/review/erasures/ask", Door::personal, ask_for_erasure},
        {"POST", "/review/erasures/approve", Door::personal, approve_asked_erasure},
        {"GET", "/known", Door::personal, known_page},
        {"POST", "/known/release", Door::personal, known_release},
        {"GET", "/devices", Door::reads_all, devices_page},
        {"POST", "/devices/invite", Door::administrator, invite_device},
        {"POST", "/devices/grant", Door::administrator, grant_scopes},
        {"POST", "/devices/revoke", Door::administrator, revoke_device},
        {"GET", "/exports", Door::reads_all, exports_page},
        {"GET", "/exports/indicators", Door::reads_all, export_indicators},
        {"GET", "/exports/all/:", Door::personal, export_all},
        {"GET", "/exports/register/:", Door::personal, export_register},
        {"GET", "/documents/indicators/:", Door::reads_all, indicator_document},
        {"GET", "/documents/person/:", Door::personal, person_document},
        {"GET", "/documents/:/:", Door::personal, activity_document},
        {"POST", "/documents/badges/:", Door::personal, give_badges},
        {"GET", "/verify", Door::open, verify_page},
        {"GET", "/odata/", Door::open, feed},
        {"GET", "/odata/:", Door::open, feed},
        {"GET", "/odata/:/:", Door::open, feed},
        {"POST", "/account/feed", Door::reads_all, make_token},
        {"GET", "/access", Door::administrator, access_page},
        {"POST", "/access/user", Door::administrator, change_user},
    };
    return list;
}

bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& parts) {
    parts.clear();
    for (;;) {
        if (pattern.empty() || path.empty()) return pattern.empty() && path.empty();
        if (pattern.front() != '/' || path.front() != '/') return false;
        pattern.remove_prefix(1);
        path.remove_prefix(1);
        const std::string_view wanted = pattern.substr(0, pattern.find('/'));
        const std::string_view given = path.substr(0, path.find('/'));
        if (wanted == ":") {
            if (given.empty()) return false;
            parts.push_back(decode_part(given));
        } else if (wanted != given) {
            return false;
        }
        pattern.remove_prefix(wanted.size());
        path.remove_prefix(given.size());
    }
}

bool admits(Door door, const Signed* who) {
    if (door == Door::open) return true;
    if (who == nullptr) return false;
    switch (door) {
        case Door::reads_all: return who->role != Role::officer;
        case Door::personal: return sees_personal(who->role);
        case Door::administrator: return who->role == Role::administrator;
        default: return true;
    }
}

}  // namespace tefter::web
