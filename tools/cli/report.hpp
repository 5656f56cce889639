#pragma once
// `tefter report`: the figures of activities, and the indicators with what they count.

#include <CLI/CLI.hpp>

#include "tools/cli/terminal.hpp"

namespace tefter {

struct ReportOptions {
    std::string from, to, scope, kind, institution_type, category, gender, stage, by, rows;
    std::size_t skip = 0, take = 100;

    void add_to(CLI::App& command);
};

void print_report(const ReportOptions& options, const Access& access, const Catalog& catalog, bool json);

}  // namespace tefter
