#include "schema/documents/documents.hpp"
#include "schema/documents/table.hpp"
#include "schema/documents/words.hpp"

namespace tefter::documents {

namespace {

/// Large figures beside each other.
double figures(Sheet& sheet, double y, const Facts& facts, const Filter& filter, std::initializer_list<std::string_view> codes) {
    const double width = sheet.inner() / static_cast<double>(codes.size());
    double x = sheet.left(), end = y;
    for (const std::string_view code : codes) {
        const Indicator& one = indicator(code);
        const Figure figure = figures_of(facts, one, filter).front().figure;
        double below = y + 4;
        sheet.pdf.fill({x, y, width - 3, 21}, wash, 1.2);
        below += sheet.pdf.text(x + 3, below, width - 9, figure_text(sheet.texts, one, figure.value),
                                {.size = 17, .weight = Weight::strong, .color = accent});
        sheet.pdf.text(x + 3, below, width - 9, indicator_name(sheet.texts, one),
                       {.size = 7.5, .color = quiet, .lines = 2, .leading = 1.15});
        x += width;
        end = y + 21;
    }
    return end + 3;
}

/// People of the activity by one dimension, with a bar each.
double people_by(Sheet& sheet, double y, const Facts& facts, const Filter& filter, Cut cut) {
    const Indicator& people = indicator("C1");
    const std::vector<Slice> slices = figures_of(facts, people, filter, cut);
    if (slices.empty()) return y;
    y = part(sheet, y, capitalised(sheet.texts("cut." + std::string(to_text(cut)))), 12 + 6.5 * static_cast<double>(slices.size()));
    std::int64_t most = 1;
    for (const Slice& slice : slices) most = std::max(most, slice.figure.rows);
    const double names = 70, bars = sheet.inner() - names - 14;
    for (const Slice& slice : slices) {
        sheet.pdf.text_in({sheet.left(), y, names - 3, 5.5}, slice_name(sheet.texts, people, cut, slice.key), {.size = 8.5});
        const double length = std::max(0.8, bars * static_cast<double>(slice.figure.rows) / static_cast<double>(most));
        sheet.pdf.fill({sheet.left() + names, y + 0.9, length, 3.7}, accent, 0.6);
        sheet.pdf.text_in({sheet.left() + names + length + 1.5, y, 14, 5.5}, std::to_string(slice.figure.rows),
                          {.size = 8.5, .weight = Weight::medium});
        y += 6.2;
    }
    return y;
}

double sessions(Sheet& sheet, double y, Database& database, std::string_view code) {
    const Texts& texts = sheet.texts;
    const std::vector<Session> all = read_sessions(database, texts, code);
    if (all.empty()) return y;
    std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> marks;
    Statement row =
        database.prepare_once("SELECT session_number, sum(status >= 3), sum(status <> 2) FROM attendance WHERE activity = ?1 GROUP BY 1");
    row.with(code);
    while (row.step()) marks[row.integer(0)] = {row.integer(1), row.integer(2)};
    y = part(sheet, y, texts("document.sessions"));
    TableWriter table(sheet, y,
                      {{texts("document.number"), 1, Align::right},
                       {texts("document.dates"), 4},
                       {texts("document.subject"), 7},
                       {texts("document.present"), 2, Align::right},
                       {texts("document.expected"), 2, Align::right}});
    for (const Session& session : all) {
        const auto [attended, due] = marks[session.number];
        std::string when = session.date.empty() ? "" : texts.date(session.date);
        if (!session.half_day.empty()) when += (when.empty() ? "" : ", ") + session.half_day;
        table.row({std::to_string(session.number), when, session.subject, std::to_string(attended), std::to_string(due)});
    }
    return table.finish();
}

}  // namespace

Bytes activity_report(Database& database, const Facts& facts, const Texts& texts, std::string_view code) {
    const Activity activity = read_activity(database, texts, code);
    const Project project = read_project(database, texts);
    Filter filter;
    filter.activity = activity.code;
    Sheet sheet(Orientation::portrait, project, texts, texts("report.activity") + std::string(" ") + activity.code);
    double y = sheet.heading(sheet.begin(), texts("report.activity"), activity.title);
    y = sheet.facts(y, {{texts("document.code"), activity.code},
                        {texts("document.place"), activity.place},
                        {texts("document.dates"), texts.period(activity.starts_on, activity.ends_on)},
                        {texts("document.trainer"), activity.trainers}});
    if (!activity.description.empty())
        y += sheet.pdf.text(sheet.left(), y, sheet.inner(), activity.description, {.size = 9.5, .leading = 1.4}) + 4;
    y = figures(sheet, y, facts, filter, {"C1", "C2", "C4", "C5", "C6"});
    y = figures(sheet, y, facts, filter, {"C7", "C8", "C8.high", "C11"});
    for (const Cut cut : {Cut::beneficiary, Cut::institution_type, Cut::category, Cut::gender}) y = people_by(sheet, y, facts, filter, cut);
    sessions(sheet, y, database, code);
    return sheet.finish();
}

}  // namespace tefter::documents
