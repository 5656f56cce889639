#pragma once
// Badges: a text on a person's row that names nobody, printed as a QR code and read at the door.

#include "engine/store/replica.hpp"

namespace tefter {

/// Edits that give a badge to everybody in the activity who has none: 12 letters and figures that cannot be mistaken for
/// each other, drawn at random.
std::vector<Edit> missing_badges(Replica& replica, std::string_view activity);

}  // namespace tefter
