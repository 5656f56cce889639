#include "server/administration.hpp"

#include <nlohmann/json.hpp>

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
                        {"revoked", device.revoked}});
    }
    return list;
}

json invite(Center& center, const json& request) {
    const std::string name = request.at("role");
    const std::optional<Role> role = role_from_text(name);
    if (!role) throw Error(ErrorKind::usage, "\"" + name + "\" is no role; write officer, staff, manager or administrator.");
    return {{"code", center.invite(request.at("office"), *role, request.at("scopes"), request.at("address"), request.at("valid_ms"))}};
}

json verify(Center& center) {
    const Verification result = center.verify();
    return {{"rows", result.rows}, {"segments", result.segments}, {"faults", result.faults}};
}

json erase(Center& center, const json& request) {
    std::vector<OwnedValue> key;
    for (const json& part : request.at("key")) key.emplace_back(part.get<std::string>());
    center.erase(request.at("table"), std::move(key));
    return json::object();
}

json perform(Center& center, const json& request) {
    const std::string what = request.at("do");
    if (what == "devices") return devices(center);
    if (what == "invite") return invite(center, request);
    if (what == "verify") return verify(center);
    if (what == "erase") return erase(center, request);
    if (what == "revoke") {
        center.revoke(DeviceNumber{request.at("device").get<std::uint32_t>()}, request.at("reason"));
        return json::object();
    }
    if (what == "backup") {
        center.backup(request.at("folder"));
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
