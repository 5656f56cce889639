#pragma once
// The register of devices: rows of the table `device` in the scope `shared`, written and signed by the server's device,
// whose key is pinned at enrolment. So devices check each other's segments without trusting who carried them.

#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/catalog.hpp"
#include "engine/store/database.hpp"

namespace tefter {

inline constexpr std::int64_t day_ms = 86'400'000;
inline constexpr std::int64_t usual_lease_days = 30;
inline constexpr std::int64_t registration_ms = 90 * day_ms;  ///< a registration ends by itself; syncs renew it

struct Device {
    DeviceNumber number;
    PublicKey key{};
    std::string office;
    Role role = Role::officer;
    std::vector<ScopeNumber> scopes;
    bool revoked = false;
    std::optional<std::int64_t>
        valid_until_ms;  ///< until then others take its word without asking the server; none: registered before there was an end
    std::int64_t lease_days = usual_lease_days;  ///< see lease.hpp

    bool holds(ScopeNumber scope) const;
    bool ended(std::int64_t now_ms) const { return valid_until_ms && *valid_until_ms <= now_ms; }
};

/// Not registered: nothing. Scopes that the catalog does not know are left out.
std::optional<Device> find_device(Database& database, const Catalog& catalog, DeviceNumber number);
std::vector<Device> list_devices(Database& database, const Catalog& catalog);

/// The text of the column `scopes`: names separated by blanks. Throws ErrorKind::usage for one that is unknown.
std::vector<ScopeNumber> parse_scopes(const Catalog& catalog, std::string_view names);
/// The reverse.
std::string scope_names(const Catalog& catalog, const std::vector<ScopeNumber>& scopes);

}  // namespace tefter
