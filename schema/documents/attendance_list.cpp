#include <algorithm>
#include <map>

#include "schema/documents/documents.hpp"
#include "schema/documents/letterhead.hpp"

namespace tefter::documents {

namespace {

constexpr double row_height = 9.6, head_height = 11, number_width = 9, gender_width = 10;
constexpr double end_height = 28;
constexpr std::size_t columns_at_once = 6, empty_rows = 4, rows_with_signatures = 3;

struct Mark {
    std::int64_t status = 0;
    Bytes signature;
};
using Marks = std::map<std::pair<std::int64_t, std::int64_t>, Mark>;  // person, session

Marks read_marks(Database& database, std::string_view activity) {
    Marks out;
    Statement row = database.prepare_once("SELECT person, session_number, status, signature FROM attendance WHERE activity = ?1");
    row.with(activity);
    while (row.step()) {
        const BytesView signature = row.blob(3);
        out[{row.integer(0), row.integer(1)}] = {row.integer(2), Bytes(signature.begin(), signature.end())};
    }
    return out;
}

/// One list at work: the columns of one set of pages.
class List {
public:
    List(Sheet& sheet, const Activity& activity, const Marks& marks, std::span<const Session> sessions)
        : sheet_(sheet), activity_(activity), marks_(marks), sessions_(sessions) {
        const double names = sheet.inner() - number_width - gender_width - session_width() * static_cast<double>(sessions.size());
        name_width_ = names * 0.46;
        institution_width_ = names - name_width_;
    }

    void draw(const std::vector<Participant>& people) {
        begin(people.size());
        // Signatures never stand alone on a page: the last rows go with them.
        const std::size_t empty = marks_.empty() ? empty_rows : 0, rows = people.size() + empty;
        for (std::size_t i = 0; i < rows; ++i) {
            const bool with_end = rows - i == std::min(rows, rows_with_signatures);
            const double needs = with_end ? static_cast<double>(rows - i) * row_height + end_height : row_height;
            if (y_ + needs > sheet_.bottom()) begin(people.size());
            row(i + 1, i < people.size() ? &people[i] : nullptr);
        }
        end();
    }

private:
    double session_width() const { return sessions_.size() <= 4 ? 27 : 22.5; }

    void begin(std::size_t people) {
        const Texts& texts = sheet_.texts;
        y_ = sheet_.heading(sheet_.begin(), texts("document.attendance_list"), activity_.title);
        y_ = sheet_.facts(y_, {{texts("document.place"), activity_.place},
                               {texts("document.dates"), texts.period(activity_.starts_on, activity_.ends_on)},
                               {texts("document.code"), activity_.code},
                               {texts("document.trainer"), activity_.trainers},
                               {texts("document.participants"), std::to_string(people)}});
        head();
    }

    void head() {
        const Texts& texts = sheet_.texts;
        const Style label{.size = 8, .weight = Weight::strong, .color = ink};
        sheet_.pdf.fill({sheet_.left(), y_, sheet_.inner(), head_height}, wash);
        double x = sheet_.left();
        const auto cell = [&](double width, std::string_view text, Style style) {
            sheet_.pdf.text_in({x + 1.5, y_, width - 3, head_height}, text, style);
            x += width;
        };
        Style middle = label;
        middle.align = Align::center;
        cell(number_width, texts("document.number"), middle);
        cell(name_width_, texts("document.name"), label);
        cell(institution_width_, texts("document.institution"), label);
        cell(gender_width, texts("document.gender"), middle);
        for (const Session& session : sessions_) {
            std::string text = texts("document.session", {std::to_string(session.number)});
            if (!session.date.empty()) text = texts.day_and_month(session.date) + (session.half_day.empty() ? "" : "\n" + session.half_day);
            cell(session_width(), text, {.size = 7.5, .weight = Weight::strong, .align = Align::center});
        }
        sheet_.pdf.line(sheet_.left(), y_ + head_height, sheet_.right(), y_ + head_height, ink, 0.8);
        y_ += head_height;
    }

    void row(std::size_t number, const Participant* person) {
        const Texts& texts = sheet_.texts;
        Pdf& pdf = sheet_.pdf;
        double x = sheet_.left();
        const auto cell = [&](double width) {
            const Box box{x + 1.5, y_ + 0.4, width - 3, row_height - 0.8};
            x += width;
            return box;
        };
        pdf.text_in(cell(number_width), std::to_string(number), {.size = 8.5, .color = quiet, .align = Align::center});
        const Box name = cell(name_width_), institution = cell(institution_width_), gender = cell(gender_width);
        if (person != nullptr) {
            pdf.text_in(name, person->family + " " + person->given, {.size = 9.5, .weight = Weight::medium});
            pdf.text_in(institution, person->institution, {.size = 8, .leading = 1.15});
            pdf.text_in(gender, person->gender == 1 ? texts("document.female") : (person->gender == 2 ? texts("document.male") : ""),
                        {.size = 8.5, .align = Align::center});
        }
        for (const Session& session : sessions_) {
            pdf.line(x, y_, x, y_ + row_height);
            const Box box = cell(session_width());
            const auto found = person != nullptr ? marks_.find({person->id, session.number}) : marks_.end();
            if (found != marks_.end()) mark(box, found->second);
        }
        pdf.line(x, y_, x, y_ + row_height);
        y_ += row_height;
        pdf.line(sheet_.left(), y_, sheet_.right(), y_);
    }

    void mark(const Box& box, const Mark& mark) {
        constexpr std::int64_t absent = 1, excused = 2, late = 3;
        const Style letter{.size = 9, .color = quiet, .align = Align::center};
        if (!mark.signature.empty()) sheet_.pdf.strokes(box, mark.signature);
        else if (mark.status > late) sheet_.pdf.tick(box, accent);
        else if (mark.status == absent) sheet_.pdf.text_in(box, "–", letter);
        else sheet_.pdf.text_in(box, sheet_.texts(mark.status == excused ? "document.excused" : "document.late"), letter);
    }

    /// Who signs for it.
    void end() {
        const Texts& texts = sheet_.texts;
        y_ += 2;
        if (!marks_.empty()) {
            sheet_.pdf.tick({sheet_.left() - 1, y_, 6, 4}, accent);
            sheet_.pdf.text(sheet_.left() + 5, y_, sheet_.inner(), texts("document.legend"), {.size = 7.5, .color = quiet});
        }
        sheet_.signature(sheet_.right() - 150, y_ + 5, 68, texts("document.trainer_signature"), activity_.trainers);
        sheet_.signature(sheet_.right() - 72, y_ + 5, 72, texts("document.for_project"), "");
    }

    Sheet& sheet_;
    const Activity& activity_;
    const Marks& marks_;
    std::span<const Session> sessions_;
    double name_width_ = 0, institution_width_ = 0, y_ = 0;
};

}  // namespace

Bytes attendance_list(Database& database, const Texts& texts, std::string_view code) {
    const Activity activity = read_activity(database, texts, code);
    const std::vector<Session> sessions = read_sessions(database, texts, code);
    const std::vector<Participant> people = read_participants(database, code);
    const Marks marks = read_marks(database, code);
    const Project project = read_project(database, texts);
    Sheet sheet(Orientation::landscape, project, texts, texts("document.attendance_list") + std::string(" ") + activity.code);
    const std::span<const Session> all = sessions;
    for (std::size_t at = 0; at == 0 || at < all.size(); at += columns_at_once)
        List(sheet, activity, marks, all.subspan(at, std::min(columns_at_once, all.size() - at))).draw(people);
    return sheet.finish();
}

}  // namespace tefter::documents
