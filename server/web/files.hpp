#pragma once
// Files of a row on the pages.

#include "server/web/visit.hpp"

namespace tefter::web {

/// What is attached to a row, and a way to attach more. Nothing for whom personal data are not open.
Markup files_card(const Visit& visit, const Table& table, const std::vector<OwnedValue>& key);

}  // namespace tefter::web
