#pragma once
// schema/reference.json: the rows of the shared scope that every new server begins with.

#include "engine/store/replica.hpp"

namespace tefter {

/// In the order of the file. Keys that the catalog draws are drawn from `replica`. Throws ErrorKind::internal for a file
/// that does not fit the catalog.
std::vector<Edit> reference_data(Replica& replica);

/// The first administrator.
Edit first_administrator(Replica& replica, const std::string& name);

}  // namespace tefter
