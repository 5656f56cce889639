#pragma once
// Any register of the catalog at the command line: list, one row with what belongs to it and its history, sheets in and out.

#include <CLI/CLI.hpp>

#include "schema/domain/register_sheet.hpp"
#include "tools/cli/terminal.hpp"

namespace tefter {

struct RegisterOptions {
    std::string table, key, search, language = "en";
    std::vector<std::string> where;
    bool in_words = false;
    void add_language(CLI::App& command);
};

void list_register(const RegisterOptions& options, const Access& access, const Catalog& catalog, bool as_json);
void show_register_row(const RegisterOptions& options, const Access& access, const Catalog& catalog, bool as_json);
/// Every sheet of a folder, TABLE.csv, as `export csv` writes them: each in one action, after those that it refers to. Ends at the first
/// one that is refused; what came before it stays. Returns the program's exit code.
int import_folder(const std::string& folder, const RegisterOptions& options, const Access& access, const Catalog& catalog);

/// In the language that was asked for. Throws ErrorKind::usage for one that there is not.
Texts texts_in(const std::string& language);

}  // namespace tefter
