#pragma once
// Those who work with the records, as rows of staff_user: who acted in a change.

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/store/database.hpp"

namespace tefter {

/// The active one of that name; 0 where there is none, or more than one: nobody is named by a guess.
std::int64_t staff_named(Database& database, std::string_view name);

/// "Tirana" or, where it is known who acted there, "Tirana · Mirela Zogu".
std::string office_and_name(Database& database, const std::string& office, std::int64_t actor);

}  // namespace tefter
