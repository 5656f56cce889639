#pragma once
// The project's figures, from the rows that a replica holds. Links between duplicates are followed.

#include <map>
#include <string>
#include <vector>

#include "engine/catalog/catalog.hpp"
#include "engine/store/database.hpp"

namespace tefter {

struct ActivityFigures {
    std::string code, kind;
    std::int64_t enrolled = 0, person_sessions = 0, people = 0, women = 0, eligible = 0;
};

struct Figures {
    std::vector<ActivityFigures> activities;
    std::int64_t people = 0, women = 0;              ///< C1, and the women among them
    std::map<std::string, std::int64_t> by_scope;    ///< people reached, by the scope that the person is recorded in
    std::int64_t participations = 0;                 ///< C3
    double person_days = 0;                          ///< C4
    std::int64_t marks_attended = 0, marks_due = 0;  ///< C5
};

/// What an activity's dates (inclusive; empty: open) and scope (0: all) allow. `database` may be a reader.
struct Period {
    std::string from, to;
    std::int64_t scope = 0;
};
Figures figures(Database& database, const Catalog& catalog, const Period& period);

}  // namespace tefter
