#include "server/web/people.hpp"

#include <algorithm>

#include "schema/domain/sheet.hpp"

namespace tefter::web {

namespace {

std::optional<User> read(Statement& row) {
    if (!row.step()) return std::nullopt;
    return User{row.integer(0), std::string(row.text(1)), static_cast<Role>(row.integer(2)), row.integer(3) != 0, false};
}

constexpr const char* select_users = "SELECT id, name, role, coalesce(active, 0) FROM staff_user ";

}  // namespace

std::vector<User> list_users(Database& reader, Vault& vault) {
    std::vector<User> out;
    Statement row = reader.prepare_once(std::string(select_users) + "ORDER BY name COLLATE NOCASE, id");
    while (std::optional<User> user = read(row)) {
        user->can_sign_in = user->active && vault.has_secret(user->id);
        out.push_back(std::move(*user));
    }
    return out;
}

std::optional<User> find_user(Database& reader, std::int64_t id) {
    Statement row = reader.prepare_once(std::string(select_users) + "WHERE id = ?1");
    row.with(id);
    return read(row);
}

std::optional<User> find_user(Database& reader, Vault& vault, std::string_view name) {
    const std::string wanted = fold(name);
    for (User& user : list_users(reader, vault)) {
        if (user.can_sign_in && fold(user.name) == wanted) return std::move(user);
    }
    return std::nullopt;
}

std::int64_t add_user(Backend& server, const std::string& name, Role role, std::int64_t actor) {
    if (name.empty()) throw Error(ErrorKind::usage, "A user needs a name.");
    if (role == Role::server) throw Error(ErrorKind::usage, "A user is an officer, staff, a manager or an administrator.");
    const std::unique_ptr<Database> reader = server.open_reader();
    if (find_user(*reader, server.vault(), name)) {
        throw Error(ErrorKind::usage, "Somebody signs in as " + name + " already; give another name.");
    }
    Edit user;
    user.table = "staff_user";
    user.key = {server.new_id()};
    user.values = {{"name", name}, {"role", std::string(to_text(role))}, {"active", 1}};
    server.write(actor, {&user, 1});
    return user.key.front().view().integer();
}

void disable_user(Backend& server, std::int64_t id, std::int64_t actor) {
    Edit user;
    user.table = "staff_user";
    user.key = {id};
    user.values = {{"active", 0}};
    server.write(actor, {&user, 1});
    server.vault().forget(id);
}

bool may_write(Role role, const Table& table) {
    if (role == Role::administrator) return table.write_role != Role::server;
    return role == Role::staff && table.write_role <= Role::staff;
}

}  // namespace tefter::web
