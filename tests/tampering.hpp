#pragma once
// What verification says of a file that somebody could open and has changed.

#include <functional>

#include "engine/store/database.hpp"
#include "engine/store/verify.hpp"

namespace tefter::test {

/// The first fault that `verify` finds after `sql`, or "none"; what `sql` did is undone.
inline std::string fault_after(Database& database, const std::string& sql, const std::function<Verification()>& verify) {
    Transaction transaction(database);
    database.execute(sql);
    const std::vector<std::string> faults = verify().faults;
    return faults.empty() ? std::string("none") : faults.front();
}

}  // namespace tefter::test
