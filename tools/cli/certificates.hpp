#pragma once
// `tefter certificates issue|withdraw` and `tefter verify-certificate`.

#include <CLI/CLI.hpp>

#include "tools/cli/terminal.hpp"

namespace tefter {

/// Adds the commands. `code` becomes the program's exit code: 1 for a certificate that is not valid.
void add_certificate_commands(CLI::App& app, const Access& access, const Catalog& catalog, const bool& as_json, int& code);

}  // namespace tefter
