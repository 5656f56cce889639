#pragma once
// What surrounds trainings, on the pages: budget lines, and the selection of candidates.

#include "server/web/visit.hpp"

namespace tefter::web {

/// Every line with what was spent. Nothing where there are no lines.
Markup budget_card(const Visit& visit);
/// The candidates of an activity with their scores and the record of why. Nothing where nobody was scored, or for whom people are not open.
Markup selection_card(const Visit& visit, const std::string& activity);

}  // namespace tefter::web
