#include "schema/documents/documents.hpp"
#include "schema/documents/table.hpp"
#include "schema/documents/words.hpp"

namespace tefter::documents {

namespace {

std::vector<Slice> by_quarter(const Facts& facts, const Indicator& one, const Filter& filter, int year) {
    std::vector<Slice> out;
    const std::vector<Slice> found = figures_of(facts, one, filter, Cut::quarter);
    for (int quarter = 1; quarter <= 4; ++quarter) {
        out.push_back({std::to_string(year) + "-Q" + std::to_string(quarter), {}});
        for (const Slice& slice : found) {
            if (slice.key == out.back().key) out.back() = slice;
        }
    }
    return out;
}

double indicators_table(Sheet& sheet, double y, const Facts& facts, const Filter& filter, int year) {
    const Texts& texts = sheet.texts;
    std::vector<TableColumn> columns{{"", 1.1}, {texts("report.indicator"), 6}};
    for (int quarter = 1; quarter <= 4; ++quarter)
        columns.push_back({texts("document.quarter", {std::to_string(quarter), std::to_string(year)}), 1.6, Align::right});
    for (const char* title : {"report.year", "report.baseline", "report.target"}) columns.push_back({texts(title), 1.6, Align::right});
    columns.push_back({texts("report.reached"), 1.3, Align::right});
    TableWriter table(sheet, y, std::move(columns));
    for (const Indicator& one : indicators()) {
        const Figure whole = figures_of(facts, one, filter).front().figure;
        if (!whole.applies) continue;
        const bool of_the_one_above = one.code.find('.') != std::string_view::npos;
        std::vector<std::string> cells{of_the_one_above ? "" : std::string(one.code), indicator_name(texts, one)};
        for (const Slice& slice : by_quarter(facts, one, filter, year)) cells.push_back(figure_text(texts, one, slice.figure.value));
        cells.push_back(figure_text(texts, one, whole.value));
        const std::optional<Target> target = target_of(facts, one, filter);
        cells.push_back(target && target->baseline ? figure_text(texts, one, target->baseline) : "");
        cells.push_back(target ? figure_text(texts, one, target->target) : "");
        cells.push_back(target && whole.value && target->target != 0 ? texts.number(100 * *whole.value / target->target, 0) + " %" : "");
        table.row(cells);
    }
    return table.finish();
}

/// People, participations and days of the year, part by part.
double cut_table(Sheet& sheet, double y, const Facts& facts, const Filter& filter, Cut cut) {
    const Texts& texts = sheet.texts;
    const std::vector<std::string_view> codes{"C1", "C2", "C3", "C4", "C5", "C6"};
    const std::vector<Slice> people = figures_of(facts, indicator("C1"), filter, cut);
    if (people.empty()) return y;
    y = part(sheet, y, capitalised(texts("cut." + std::string(to_text(cut)))), 30);
    std::vector<TableColumn> columns{{capitalised(texts("cut." + std::string(to_text(cut)))), 5}};
    for (const std::string_view code : codes) columns.push_back({indicator_name(texts, indicator(code)), 2.2, Align::right});
    TableWriter table(sheet, y, std::move(columns));
    for (const Slice& slice : people) {
        std::vector<std::string> cells{slice_name(texts, indicator("C1"), cut, slice.key)};
        for (const std::string_view code : codes) {
            const Indicator& one = indicator(code);
            cells.push_back(
                figure_text(texts, one, figures_of(facts, one, narrowed(facts, one, filter, cut, slice.key)).front().figure.value));
        }
        table.row(cells);
    }
    return table.finish();
}

}  // namespace

Bytes indicator_report(Database& database, const Facts& facts, const Texts& texts, int year, std::optional<ScopeNumber> beneficiary) {
    if (year < 2000 || year > 2100) throw Error(ErrorKind::usage, std::to_string(year) + " is no year to report on.");
    const Project project = read_project(database, texts);
    Filter filter;
    filter.from = std::to_string(year) + "-01-01";
    filter.to = std::to_string(year) + "-12-31";
    filter.beneficiary = beneficiary;
    const Scope* scope = beneficiary ? facts.catalog->find_scope(*beneficiary) : nullptr;
    std::string title = texts("report.of_year", {std::to_string(year)});
    if (scope != nullptr) title += ": " + catalog_word(texts, "beneficiary.", scope->name);
    Sheet sheet(Orientation::landscape, project, texts, texts("report.indicators") + std::string(" ") + std::to_string(year));
    double y = sheet.heading(sheet.begin(), texts("report.indicators"), title);
    y = indicators_table(sheet, y + 1, facts, filter, year);
    for (const Cut cut : {Cut::beneficiary, Cut::institution_type, Cut::category, Cut::gender}) {
        if (cut != Cut::beneficiary || !beneficiary) y = cut_table(sheet, y, facts, filter, cut);
    }
    return sheet.finish();
}

}  // namespace tefter::documents
