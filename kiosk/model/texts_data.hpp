#pragma once
// kiosk/texts.json, built into the program.

#include <string_view>

namespace tefter::kiosk {

std::string_view texts_json();

}  // namespace tefter::kiosk
