#include "schema/documents/documents.hpp"
#include "schema/documents/table.hpp"
#include "schema/documents/words.hpp"
#include "schema/documents/year.hpp"

namespace tefter::documents {

namespace {

double section_table(Sheet& sheet, double y, const Facts& facts, const Year& year, const YearSection& section, const std::string& server) {
    const Texts& texts = sheet.texts;
    y = part(sheet, y, texts(section.words), 30);
    std::vector<TableColumn> columns{{"", 1.1}, {texts("report.indicator"), 6}};
    for (int quarter = 1; quarter <= 4; ++quarter)
        columns.push_back({texts("document.quarter", {std::to_string(quarter), std::to_string(year.number)}), 1.6, Align::right});
    for (const char* title : {"report.year", "report.baseline", "report.target"}) columns.push_back({texts(title), 1.6, Align::right});
    columns.push_back({texts("report.reached"), 1.3, Align::right});
    TableWriter table(sheet, y, std::move(columns));
    for (const YearLine& line : section.lines) {
        const Indicator& one = *line.indicator;
        const auto words = [&](const std::optional<double>& value) { return value ? figure_text(texts, one, value) : std::string(); };
        std::vector<std::string> cells{line.of_the_one_above ? "" : std::string(one.code), indicator_name(texts, one)};
        for (const std::optional<double>& value : line.quarters) cells.push_back(figure_text(texts, one, value));
        cells.push_back(figure_text(texts, one, line.whole));
        cells.push_back(words(line.baseline));
        cells.push_back(words(line.target));
        cells.push_back(line.reached() ? texts.number(*line.reached(), 0) + " %" : "");
        table.row(cells, Weight::regular, figure_address(server, facts, one, year));
    }
    return table.finish();
}

/// People, participations and days of the year, part by part.
double cut_table(Sheet& sheet, double y, const Facts& facts, const Year& year, Cut cut) {
    const Texts& texts = sheet.texts;
    const std::vector<YearPart> parts = parts_of(facts, year, cut);
    if (parts.empty()) return y;
    const std::string title = capitalised(texts("cut." + std::string(to_text(cut))));
    y = part(sheet, y, title, 30);
    std::vector<TableColumn> columns{{title, 5}};
    for (const std::string_view code : cut_codes) columns.push_back({indicator_name(texts, indicator(code)), 2.2, Align::right});
    TableWriter table(sheet, y, std::move(columns));
    for (const YearPart& one : parts) {
        std::vector<std::string> cells{slice_name(texts, indicator("C1"), cut, one.key)};
        for (std::size_t i = 0; i < cut_codes.size(); ++i) cells.push_back(figure_text(texts, indicator(cut_codes[i]), one.values[i]));
        table.row(cells);
    }
    return table.finish();
}

}  // namespace

Bytes indicator_report(Database& database, const Facts& facts, const Texts& texts, int number, std::optional<ScopeNumber> beneficiary,
                       const std::string& server) {
    const Year year{number, beneficiary};
    const std::vector<YearSection> sections = sections_of(facts, year);
    const Project project = read_project(database, texts);
    const Scope* scope = beneficiary ? facts.catalog->find_scope(*beneficiary) : nullptr;
    std::string title = texts("report.of_year", {std::to_string(number)});
    if (scope != nullptr) title += ": " + catalog_word(texts, "beneficiary.", scope->name);
    Sheet sheet(Orientation::landscape, project, texts, texts("report.indicators") + std::string(" ") + std::to_string(number));
    double y = sheet.heading(sheet.begin(), texts("report.indicators"), title);
    if (!server.empty()) y += sheet.pdf.text(sheet.left(), y + 1, sheet.inner(), texts("report.traced"), {.size = 8.5, .color = quiet}) + 1;
    for (const YearSection& section : sections) y = section_table(sheet, y, facts, year, section, server);
    for (const Cut cut : year_cuts) {
        if (cut != Cut::beneficiary || !beneficiary) y = cut_table(sheet, y, facts, year, cut);
    }
    return sheet.finish();
}

}  // namespace tefter::documents
