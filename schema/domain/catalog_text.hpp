#pragma once
// schema/catalog.json and schema/reference.json, built into the programs: a program and its catalog cannot drift apart.

#include "engine/catalog/catalog.hpp"

namespace tefter {

std::string_view catalog_text();

/// Parsed anew; the caller keeps it for as long as its replicas live.
Catalog load_built_in_catalog();

/// See reference.hpp.
std::string_view reference_text();

}  // namespace tefter
