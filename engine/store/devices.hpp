#pragma once
// The register of devices: rows of the table `device` in the scope `shared`, written and signed by the server's device,
// whose key is pinned at enrolment. So devices check each other's segments without trusting who carried them.

#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/catalog.hpp"
#include "engine/store/database.hpp"

namespace tefter {

struct Device {
    DeviceNumber number;
    PublicKey key{};
    std::string office;
    Role role = Role::officer;
    std::vector<ScopeNumber> scopes;
    bool revoked = false;

    bool holds(ScopeNumber scope) const;
};

/// Not registered: nothing. Scopes that the catalog does not know are left out.
std::optional<Device> find_device(Database& database, const Catalog& catalog, DeviceNumber number);
std::vector<Device> list_devices(Database& database, const Catalog& catalog);

/// The text of the column `scopes`: names separated by blanks. Throws ErrorKind::usage for one that is unknown.
std::vector<ScopeNumber> parse_scopes(const Catalog& catalog, std::string_view names);
/// The reverse.
std::string scope_names(const Catalog& catalog, const std::vector<ScopeNumber>& scopes);

}  // namespace tefter
