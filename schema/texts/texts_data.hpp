#pragma once
// The files schema/texts/*.json, built into the programs.

#include <string_view>
#include <utility>
#include <vector>

namespace tefter {

/// File name and content.
std::vector<std::pair<std::string_view, std::string_view>> texts_json();

}  // namespace tefter
