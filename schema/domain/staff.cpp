#include "schema/domain/staff.hpp"

namespace tefter {

std::int64_t staff_named(Database& database, std::string_view name) {
    Statement row = database.prepare("SELECT min(id), count(*) FROM staff_user WHERE name = ?1 AND active = 1");
    row.with(name);
    return row.step() && row.integer(1) == 1 ? row.integer(0) : 0;
}

std::string office_and_name(Database& database, const std::string& office, std::int64_t actor) {
    if (actor == 0) return office;
    Statement row = database.prepare("SELECT name FROM staff_user WHERE id = ?1");
    row.with(actor);
    if (!row.step() || row.text(0).empty()) return office;
    return office + " · " + std::string(row.text(0));
}

}  // namespace tefter
