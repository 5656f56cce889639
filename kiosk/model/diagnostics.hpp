#pragma once
// What whoever helps needs to know of a device, and nothing about anybody: no name, no text that a person typed.

#include <string>
#include <vector>

#include "engine/store/replica.hpp"

namespace tefter::kiosk {

/// Tefter and what it is built on: a line each, `name version (licence)`.
std::vector<std::string> parts_of_tefter();

/// JSON: versions, the system, sizes, counts of rows, scopes with their digests, the last syncs as figures.
std::string diagnostics(Replica& replica);

}  // namespace tefter::kiosk
