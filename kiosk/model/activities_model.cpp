#include "kiosk/model/activities_model.hpp"

#include <algorithm>
#include <chrono>

#include "schema/domain/names.hpp"

namespace tefter::kiosk {

std::string days_after(const std::string& day, int days) {
    using namespace std::chrono;
    const auto number = [&](std::size_t from, std::size_t size) { return std::stoi(day.substr(from, size)); };
    const year_month_day start{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                               std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    const year_month_day end{sys_days(start) + std::chrono::days(days)};
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(end.year()), static_cast<unsigned>(end.month()),
                  static_cast<unsigned>(end.day()));
    return text;
}

std::vector<ActivityLine> load_activities(Database& reader, const Catalog& catalog, Language language, const std::string& today,
                                          const std::string& code) {
    const auto name = [&](const char* column, std::int64_t number) {
        const Enumerator* value = catalog.table("activity").find_column(column).second->enumeration->find(number);
        return value == nullptr ? std::string() : value->name;
    };
    std::vector<ActivityLine> out;
    // Marks are counted for those of today alone: there may be a million.
    Statement row = reader.prepare_once(
        "SELECT code, title, kind, state, place, starts_on, ends_on, beneficiary, "
        "(SELECT count(*) FROM enrolment WHERE activity = code AND enrolment.state NOT IN (5, 6)), "
        "CASE WHEN ?1 BETWEEN starts_on AND ends_on THEN "
        "(SELECT count(DISTINCT person) FROM attendance JOIN session ON session.activity = attendance.activity AND session.number = "
        "session_number WHERE attendance.activity = code AND status IN (3, 4) AND coalesce(session.date, ?1) = ?1) ELSE 0 END, "
        "(SELECT count(*) FROM session WHERE session.activity = code) FROM activity WHERE ?2 IS NULL OR code = ?2 "
        "ORDER BY starts_on DESC, code");
    row.bind(1, std::string_view(today));
    if (code.empty()) row.bind_null(2);
    else row.bind(2, std::string_view(code));
    while (row.step()) {
        ActivityLine line;
        line.code = row.text(0);
        line.title = localized(row.text(1), language);
        line.kind = name("kind", row.integer(2));
        line.state = row.is_null(3) ? "" : name("state", row.integer(3));
        line.place = row.text(4);
        line.starts_on = row.text(5);
        line.ends_on = row.text(6);
        line.beneficiary = row.text(7);
        line.enrolled = row.integer(8);
        line.here = row.integer(9);
        line.sessions = row.integer(10);
        out.push_back(std::move(line));
    }
    return out;
}

void ActivitiesModel::refresh(Desk& desk, Language language) {
    const std::uint64_t now =
        std::max({desk.revision("activity"), desk.revision("enrolment"), desk.revision("attendance"), desk.revision("session")});
    if (seen == now) return;
    seen = now;
    desk.read([today = local_day(desk.now_ms()), language,
               &catalog = desk.catalog()](Database& reader) { return load_activities(reader, catalog, language, today); },
              [this](std::vector<ActivityLine> found) { lines = std::move(found); });
}

std::vector<const ActivityLine*> ActivitiesModel::on(const std::string& day) const {
    std::vector<const ActivityLine*> out;
    for (const ActivityLine& line : lines) {
        if (line.on(day)) out.push_back(&line);
    }
    return out;
}

std::vector<const ActivityLine*> ActivitiesModel::soon(const std::string& day) const {
    const std::string until = days_after(day, 7);
    std::vector<const ActivityLine*> out;
    for (const ActivityLine& line : lines) {
        if (line.starts_on > day && line.starts_on <= until) out.push_back(&line);
    }
    std::reverse(out.begin(), out.end());
    return out;
}

std::vector<const ActivityLine*> ActivitiesModel::filtered() const {
    const std::string wanted = name_key(filter);
    std::vector<const ActivityLine*> out;
    for (const ActivityLine& line : lines) {
        if (!kind.empty() && line.kind != kind) continue;
        if (name_key(line.code + " " + line.title + " " + line.place).find(wanted) != std::string::npos) out.push_back(&line);
    }
    return out;
}

}  // namespace tefter::kiosk
