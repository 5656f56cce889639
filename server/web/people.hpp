#pragma once
// Those who may sign in: rows of staff_user in the scope `shared`, and what each role may see.

#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/catalog.hpp"
#include "engine/store/database.hpp"
#include "server/web/backend.hpp"

namespace tefter::web {

struct User {
    std::int64_t id = 0;
    std::string name;
    Role role = Role::officer;
    bool active = false;
    bool can_sign_in = false;  ///< has a passphrase here
};

std::vector<User> list_users(Database& reader, Vault& vault);
std::optional<User> find_user(Database& reader, std::int64_t id);
/// An active one who has a passphrase. Case does not count.
std::optional<User> find_user(Database& reader, Vault& vault, std::string_view name);

/// Adds one. Throws ErrorKind::usage for a name that is empty, or that somebody has who can sign in.
/// `actor` is the administrator who does it, 0 for the command line.
std::int64_t add_user(Backend& server, const std::string& name, Role role, std::int64_t actor = 0);
void disable_user(Backend& server, std::int64_t id, std::int64_t actor = 0);

/// Names of people and what else is theirs: those who work with the registers.
inline bool sees_personal(Role role) { return role == Role::staff || role == Role::administrator; }
/// The order of rights in the catalog: a manager reads, and writes nothing.
bool may_write(Role role, const Table& table);

}  // namespace tefter::web
