#include "engine/store/devices.hpp"

#include <algorithm>

namespace tefter {

bool Device::holds(ScopeNumber scope) const { return std::find(scopes.begin(), scopes.end(), scope) != scopes.end(); }

namespace {

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const std::size_t end = text.find(' ');
        if (end != 0) out.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return out;
}

constexpr const char* all_devices =
    "SELECT number, public_key, office, role, scopes, revoked_at, valid_until, lease_days FROM device ORDER BY number";

std::optional<Device> read(const Catalog& catalog, const Statement& row) {
    Device device;
    device.number = DeviceNumber{static_cast<std::uint32_t>(row.integer(0))};
    const BytesView key = row.blob(1);
    if (key.size() != device.key.size()) return std::nullopt;
    std::copy(key.begin(), key.end(), device.key.begin());
    device.office = std::string(row.text(2));
    const std::optional<Role> role = role_from_text(row.text(3));
    if (!role) return std::nullopt;
    device.role = *role;
    for (const std::string_view name : words(row.text(4))) {
        if (const Scope* scope = catalog.find_scope(name)) device.scopes.push_back(scope->number);
    }
    device.revoked = !row.is_null(5);
    if (!row.is_null(6)) device.valid_until_ms = row.integer(6);
    if (!row.is_null(7)) device.lease_days = row.integer(7);
    return device;
}

}  // namespace

std::optional<Device> find_device(Database& database, const Catalog& catalog, DeviceNumber number) {
    Statement row = database.prepare(
        "SELECT number, public_key, office, role, scopes, revoked_at, valid_until, lease_days FROM device WHERE number = ?1");
    row.with(std::int64_t{number.value});
    if (!row.step()) return std::nullopt;
    return read(catalog, row);
}

std::vector<Device> list_devices(Database& database, const Catalog& catalog) {
    std::vector<Device> out;
    Statement row = database.prepare_once(all_devices);
    while (row.step()) {
        if (std::optional<Device> device = read(catalog, row)) out.push_back(std::move(*device));
    }
    return out;
}

std::vector<ScopeNumber> parse_scopes(const Catalog& catalog, std::string_view names) {
    std::vector<ScopeNumber> out;
    for (const std::string_view name : words(names)) {
        const Scope* scope = catalog.find_scope(name);
        if (scope == nullptr) throw Error(ErrorKind::usage, "There is no scope \"" + std::string(name) + "\" in the catalog.");
        out.push_back(scope->number);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::string scope_names(const Catalog& catalog, const std::vector<ScopeNumber>& scopes) {
    std::string names;
    for (const ScopeNumber scope : scopes) names += (names.empty() ? "" : " ") + catalog.scope_name(scope);
    return names;
}

}  // namespace tefter
