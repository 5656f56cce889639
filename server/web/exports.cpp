// Figures and registers as files. Every one is written to the access log before its first byte leaves.

#include <cstdlib>
#include <set>

#include "schema/domain/export.hpp"
#include "server/web/download.hpp"
#include "server/web/figures.hpp"
#include "server/web/labels.hpp"
#include "server/web/registers.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

/// RFC 4180. What a spreadsheet would take for a formula is text.
std::string csv_cell(std::string text) {
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) text.insert(text.begin(), '\'');
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

std::string csv_line(const std::vector<std::string>& cells) {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) out += (i == 0 ? "" : ",") + csv_cell(cells[i]);
    return out + "\r\n";
}

std::string plain_number(const Visit& visit, const Figure& figure) {
    if (!figure.applies || !figure.value || is_masked(visit, figure)) return {};
    char text[40];
    std::snprintf(text, sizeof text, "%.10g", *figure.value);
    return text;
}

Markup choice(const Visit& visit, const std::string& address, std::string_view words, std::string_view hint) {
    return tag("li", {}, link(address, visit.words(words)) + tag("span", {{"class", "muted"}}, visit.words(hint)));
}

/// Without users and devices: who may sign in is nobody's figure.
std::set<std::string> working_tables(const Catalog& catalog) {
    std::set<std::string> out;
    for (const Table& table : catalog.tables()) {
        if (!is_administration(table)) out.insert(table.name);
    }
    return out;
}

}  // namespace

Response exports_page(Visit& visit, Desk&) {
    const Filter filter = filter_of(visit);
    const Fields fields = fields_of(visit, filter);
    Markup main = heading(visit, visit.say("web.nav.exports"), Markup(filter_words(visit, filter))) +
                  tag("section", {{"class", "card"}}, filter_form(visit, "/exports", filter));
    Markup figures = choice(visit, address_of("/exports/indicators", fields), "web.export.indicators", "web.export.csv");
    const std::string year = visit.today().substr(0, 4);
    figures += tag(
        "li", {},
        tag("span", {}, visit.words("web.documents.indicators", {year})) +
            tag("span", {{"class", "actions"}},
                link("/documents/indicators/" + year, Markup("PDF")) + link("/documents/indicators/" + year + "?as=xlsx", Markup("XLSX"))));
    Markup cards = card(visit.words("web.export.figures"), tag("ul", {{"class", "index"}}, figures));
    if (visit.sees_personal()) {
        const Markup all = choice(visit, "/exports/all/xlsx", "web.export.workbook", "web.export.xlsx") +
                           choice(visit, "/exports/all/sqlite", "web.export.database", "web.export.sqlite");
        cards += card(visit.words("web.nav.registers"),
                      tag("p", {{"class", "muted"}}, visit.words("web.export.logged")) + tag("ul", {{"class", "index"}}, all));
        Markup tables;
        for (const Shelf& shelf : shelves()) {
            for (const std::string_view name : shelf.tables) {
                const Table& table = visit.catalog().table(name);
                tables += tag("li", {},
                              link("/exports/register/" + table.name, Markup(table_name(visit, table))) +
                                  tag("span", {{"class", "muted"}}, visit.words("web.export.csv")));
            }
        }
        cards += card(visit.words("web.export.single"),
                      tag("details", {}, tag("summary", {}, visit.words("web.nav.registers")) + tag("ul", {{"class", "index"}}, tables)));
    }
    return page(visit, visit.say("web.nav.exports"), "/exports", main + tag("div", {{"class", "columns"}}, cards));
}

Response export_indicators(Visit& visit, Desk& desk) {
    const Filter filter = filter_of(visit);
    const std::shared_ptr<const Facts> facts = desk.figures.now();
    std::string out = "\xEF\xBB\xBF" + csv_line({"indicator", visit.say("web.indicator"), visit.say("cut.beneficiary"),
                                                 visit.say("web.value"), visit.say("web.rows")});
    for (const Cut cut : {Cut::none, Cut::beneficiary}) {
        for (const IndicatorFigures& one : overview(*facts, filter, cut)) {
            for (const Slice& slice : one.slices) {
                if (!slice.figure.applies) continue;
                out +=
                    csv_line({std::string(one.indicator->code), indicator_name(visit, *one.indicator), cut == Cut::none ? "" : slice.key,
                              plain_number(visit, slice.figure), is_masked(visit, slice.figure) ? "" : std::to_string(slice.figure.rows)});
            }
        }
    }
    visit.note("export", "indicators as csv: " + encode_fields(fields_of(visit, filter)), 0);
    Response response;
    response.type = "text/csv; charset=utf-8";
    response.body = std::move(out);
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"indicators.csv\"");
    return response;
}

Response export_all(Visit& visit, Desk&) {
    const std::string& format = visit.parts.front();
    if (format != "xlsx" && format != "sqlite") return not_found(visit);
    visit.note("export", "all registers as " + format, 0);
    const Scratch scratch(visit.server.folder());
    const std::string path = scratch.path() + "/tefter";
    const ExportReport report = export_tables(visit.reader, visit.catalog(), {working_tables(visit.catalog())}, format, path);
    visit.note("export", "all registers as " + format + ": done", static_cast<std::int64_t>(report.rows));
    return download(path, "tefter." + format, format == "xlsx" ? workbook_type : "application/vnd.sqlite3");
}

Response export_register(Visit& visit, Desk&) {
    const Table* table = visit.catalog().find(visit.parts.front());
    if (table == nullptr || is_administration(*table)) return not_found(visit);
    const Scratch scratch(visit.server.folder());
    const std::string path = scratch.path() + "/tefter";
    const ExportReport report = export_tables(visit.reader, visit.catalog(), {{table->name}}, "csv", path);
    visit.note("export", table->name + " as csv", static_cast<std::int64_t>(report.rows));
    return download(path + "/" + table->name + ".csv", table->name + ".csv", "text/csv; charset=utf-8");
}

}  // namespace tefter::web
