#pragma once
// `tefter file attach|list|get`: files that belong to rows.

#include <CLI/CLI.hpp>

#include "tools/cli/terminal.hpp"

namespace tefter {

void add_file_commands(CLI::App& app, const Access& access, const Catalog& catalog, const bool& as_json);

}  // namespace tefter
