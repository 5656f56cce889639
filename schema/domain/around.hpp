#pragma once
// What surrounds trainings, added up: money against budget lines, and candidates against the criteria of their selection.

#include <optional>
#include <string>
#include <vector>

#include "engine/store/database.hpp"

namespace tefter {

struct BudgetUse {
    std::string code, name;  ///< empty: costs that name no line
    std::optional<std::int64_t> amount_cents;
    std::int64_t participants_cents = 0;  ///< travel, accommodation, per diem
    std::int64_t activities_cents = 0;
    std::int64_t spent_cents() const { return participants_cents + activities_cents; }
};
/// By code; at the end what names no line, if there is any.
std::vector<BudgetUse> budget_use(Database& reader);

struct Candidate {
    std::int64_t person = 0;
    double score = 0;              ///< 0 to 5: the mean of the scores given, by the weights of their criteria
    std::size_t scored = 0;        ///< criteria that were looked at
    std::int64_t state = 0;        ///< of the enrolment; 0: none
    std::vector<std::string> why;  ///< criterion, score and reason, in the order of weights
};
/// Of an activity; the best first. What is compared is what was looked at: see `scored` and `criteria`.
struct Ranking {
    std::size_t criteria = 0;
    std::vector<Candidate> candidates;
};
Ranking ranking_of(Database& reader, const std::string& activity);

}  // namespace tefter
