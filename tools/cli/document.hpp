#pragma once
// `tefter document`: the documents as files.

#include <CLI/CLI.hpp>

#include "tools/cli/terminal.hpp"

namespace tefter {

struct DocumentOptions {
    std::string kind, subject, file, scope, language = "en";

    void add_to(CLI::App& command);
};

void write_document(const DocumentOptions& options, const Access& access, const Catalog& catalog);

}  // namespace tefter
