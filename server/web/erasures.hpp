#pragma once
// The right to erasure on the pages.

#include "server/web/visit.hpp"

namespace tefter::web {

/// On the page of one row: asks for its erasure. Nothing for rows without personal data and for whom the row is not open.
Markup erasure_form(const Visit& visit, const Table& table, const std::vector<OwnedValue>& key);

}  // namespace tefter::web
