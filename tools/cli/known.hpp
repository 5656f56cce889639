#pragma once
// `tefter known ask|list|show|release`: hit or no hit (docs/hit-no-hit.md).

#include <CLI/CLI.hpp>
#include <functional>

#include "tools/cli/terminal.hpp"

namespace tefter {

/// Adds the commands. `sync` sends and receives once.
void add_known_commands(CLI::App& app, const Access& access, const Catalog& catalog, const bool& as_json,
                        const std::function<void(Replica&)>& sync);

}  // namespace tefter
