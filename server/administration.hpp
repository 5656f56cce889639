#pragma once
// What an administrator may ask of a server: in its own process when it runs, on its folder when it does not.

#include <string>
#include <string_view>

#include "server/center.hpp"

namespace tefter {

/// One request and its answer, as JSON text. A request names its command, {"do": "invite", …}; the answer of one that
/// failed is {"error": sentence, "usage": bool}. Never throws for what was asked.
std::string administer(Center& center, std::string_view request);

}  // namespace tefter
