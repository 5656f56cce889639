#include "server/administration.hpp"

#include <nlohmann/json.hpp>

#include "schema/domain/erasure.hpp"
#include "schema/domain/passphrase.hpp"
#include "server/web/people.hpp"

namespace tefter {

namespace {

using nlohmann::json;

json devices(Center& center) {
    json list = json::array();
    for (const Device& device : center.devices()) {
        list.push_back({{"device", device.number.value},
                        {"office", device.office},
                        {"role", to_text(device.role)},
                        {"scopes", scope_names(center.catalog(), device.scopes)},
                        {"valid_until", device.valid_until_ms ? json(*device.valid_until_ms) : json()},
                        {"lease_days", device.lease_days},
                        {"revoked", device.revoked}});
    }
    return list;
}

json invite(Center& center, const json& request) {
    const std::string name = request.at("role");
    const std::optional<Role> role = role_from_text(name);
    if (!role) throw Error(ErrorKind::usage, "\"" + name + "\" is no role; write officer, staff, manager or administrator.");
    return {{"code", center.invite(request.at("office"), *role, request.at("scopes"), request.at("address"), request.at("valid_ms"),
                                   request.value("lease_days", usual_lease_days))}};
}

json verify(Center& center) {
    const Verification result = center.verify();
    return {{"rows", result.rows}, {"segments", result.segments}, {"faults", result.faults}};
}

web::User user_named(Center& center, const std::string& name) {
    const std::unique_ptr<Database> reader = center.open_reader();
    std::optional<web::User> found;
    for (web::User& user : web::list_users(*reader, center.vault())) {
        if (user.name != name || !user.active) continue;
        if (found) throw Error(ErrorKind::usage, "There are two active users of the name " + name + "; rename one of them first.");
        found = std::move(user);
    }
    if (!found) throw Error(ErrorKind::usage, "There is no active user of the name " + name + "; tefter-server user list names them.");
    return *found;
}

json ask_for_erasure(Center& center, const json& request) {
    std::int64_t id = 0;
    const std::int64_t by = user_named(center, request.at("by")).id;
    center.write_planned(by, [&](Replica& replica) {
        ErasureRequest asked{request.at("table"), {}, request.at("reason"), by};
        for (const json& part : request.at("key")) asked.key.emplace_back(part.get<std::string>());
        std::vector<Edit> edits{request_erasure(replica, asked)};
        id = edits.front().key.front().view().integer();
        return edits;
    });
    return {{"request", std::to_string(id)}};
}

json approve(Center& center, const json& request) {
    std::size_t rows = 0;
    const std::int64_t by = user_named(center, request.at("by")).id;
    center.write_planned(by, [&](Replica& replica) {
        const std::string number = request.at("request");
        const OwnedValue given[] = {OwnedValue(number)};
        Arena arena;
        const Value id = coerce_key(replica.catalog(), replica.catalog().table("erasure"), given, arena).front();
        std::vector<Edit> edits = approve_erasure(replica, id.integer(), by);
        rows = edits.size() - 1;
        return edits;
    });
    return {{"rows", rows}};
}

json erasures(Center& center) {
    json list = json::array();
    center.with_replica([&](Replica& replica) {
        for (const OpenErasure& open : open_erasures(replica.store().database, replica.catalog())) {
            list.push_back({{"request", std::to_string(open.id)},
                            {"table", open.table},
                            {"key", open.key},
                            {"reason", open.reason},
                            {"asked_by", open.asked_by},
                            {"asked_at", open.asked_at}});
        }
    });
    return list;
}

/// The passphrase that was given, or one that is made and told once.
json give_passphrase(Center& center, std::int64_t user, const std::string& given) {
    if (given.empty()) return {{"passphrase", center.vault().one_time_passphrase(user)}};
    center.vault().set_passphrase(user, given, false);
    return json::object();
}

json add_user(Center& center, const json& request) {
    const std::string role_name = request.at("role"), passphrase = request.at("passphrase");
    const std::optional<Role> role = role_from_text(role_name);
    if (!role) throw Error(ErrorKind::usage, "\"" + role_name + "\" is no role; write officer, staff, manager or administrator.");
    if (!passphrase.empty()) check_new_passphrase(passphrase, least_on_pages, {request.at("name")});
    return give_passphrase(center, web::add_user(center, request.at("name"), *role), passphrase);
}

json list_users(Center& center) {
    const std::unique_ptr<Database> reader = center.open_reader();
    json list = json::array();
    for (const web::User& user : web::list_users(*reader, center.vault())) {
        list.push_back({{"name", user.name}, {"role", to_text(user.role)}, {"active", user.active}, {"signs_in", user.can_sign_in}});
    }
    return list;
}

json compacted(Center& center, const json& request) {
    json out = json::array();
    for (const Compaction& one : center.compact(request.at("keep_days"))) {
        json behind = json::array();
        for (const DeviceNumber device : one.behind) behind.push_back(device.value);
        out.push_back({{"scope", center.catalog().scope_name(one.scope)},
                       {"base", one.base.value},
                       {"head", one.head.value},
                       {"segments", one.segments},
                       {"behind", behind},
                       {"server_behind", one.server_behind}});
    }
    return out;
}

json rotate_certificate(Center& center, const json& request) {
    if (request.at("switch").get<bool>()) {
        center.switch_certificate(request.at("anyway"));
        return {{"switched", true}};
    }
    json unaware = json::array();
    for (const DeviceNumber device : center.announce_certificate()) unaware.push_back(device.value);
    return {{"switched", false}, {"unaware", unaware}};
}

json perform(Center& center, const json& request) {
    const std::string what = request.at("do");
    if (what == "devices") return devices(center);
    if (what == "invite") return invite(center, request);
    if (what == "verify") return verify(center);
    if (what == "erase") return ask_for_erasure(center, request);
    if (what == "approve") return approve(center, request);
    if (what == "erasures") return erasures(center);
    if (what == "user add") return add_user(center, request);
    if (what == "user list") return list_users(center);
    if (what == "user passphrase") return give_passphrase(center, user_named(center, request.at("name")).id, request.at("passphrase"));
    if (what == "user disable") {
        web::disable_user(center, user_named(center, request.at("name")).id);
        return json::object();
    }
    if (what == "grant") {
        center.grant(DeviceNumber{request.at("device").get<std::uint32_t>()}, request.at("scopes"));
        return json::object();
    }
    if (what == "revoke") {
        center.revoke(DeviceNumber{request.at("device").get<std::uint32_t>()}, request.at("reason"));
        return json::object();
    }
    if (what == "backup") {
        center.backup(request.at("folder"));
        return json::object();
    }
    if (what == "compact") return compacted(center, request);
    if (what == "ledger-copy") {
        center.copy_ledgers(request.at("folder"));
        return json::object();
    }
    if (what == "rotate-certificate") return rotate_certificate(center, request);
    if (what == "wait") {
        center.wait();
        return json::object();
    }
    if (what == "go-on") {
        center.go_on();
        return json::object();
    }
    throw Error(ErrorKind::usage, "This server does not know the command \"" + what + "\"; it may be older than this program.");
}

}  // namespace

std::string administer(Center& center, std::string_view request) {
    try {
        return perform(center, json::parse(request)).dump();
    } catch (const Error& error) {
        return json{{"error", error.what()}, {"usage", error.kind() == ErrorKind::usage}}.dump();
    } catch (const json::exception& error) {
        return json{{"error", std::string("The request is not understood: ") + error.what()}, {"usage", true}}.dump();
    }
}

}  // namespace tefter
