#pragma once
// What stands beside the pages: one style sheet, one script, the mark. Built into the program from server/web/assets.

#include <span>
#include <string_view>

namespace tefter::web {

struct Asset {
    std::string_view name, content;
};
std::span<const Asset> assets();

}  // namespace tefter::web
