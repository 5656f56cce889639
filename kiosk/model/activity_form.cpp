#include "kiosk/model/activity_form.hpp"

#include <algorithm>

#include "engine/base/text.hpp"

namespace tefter::kiosk {

namespace {

constexpr int longest_in_days = 400;

Edit session_of(const std::string& code, std::int64_t number, const std::string& date, bool whole_day, bool morning) {
    Edit edit;
    edit.table = "session";
    edit.key = {code, number};
    edit.values = {{"date", date}, {"half_days", whole_day ? 2 : 1}};
    if (!whole_day) edit.values.emplace_back("half_day", morning ? "morning" : "afternoon");
    return edit;
}

}  // namespace

std::array<std::string, 3> date_parts(const std::string& iso) {
    if (iso.size() < 10) return {};
    return {std::to_string(std::stoi(iso.substr(8, 2))), std::to_string(std::stoi(iso.substr(5, 2))), iso.substr(0, 4)};
}

std::string whole_day(const std::array<std::string, 3>& parts) {
    const std::string iso = iso_date(parts[0], parts[1], parts[2]).value_or("");
    return iso.size() == 10 ? iso : std::string();
}

std::optional<std::string> iso_date(const std::string& day, const std::string& month, const std::string& year) {
    if (day.empty() && month.empty() && year.empty()) return std::string();
    const auto two = [](const std::string& text) { return (text.size() == 1 ? "0" : "") + text; };
    std::string out = year;
    if (!month.empty() || !day.empty()) out += "-" + two(month) + (day.empty() ? "" : "-" + two(day));
    if (!is_date(out)) return std::nullopt;
    return out;
}

void ActivityForm::begin(const Desk& desk, const std::string& today) {
    *this = ActivityForm{};
    from = to = date_parts(today);
    beneficiary = desk.usual_scope();
}

void ActivityForm::open(const ActivityLine& line) {
    *this = ActivityForm{};
    fresh = false;
    code = line.code;
    title = line.title;
    kind = line.kind;
    place = line.place;
    from = date_parts(line.starts_on);
    to = date_parts(line.ends_on);
}

bool ActivityForm::check(const ActivitiesModel& known) {
    faults.clear();
    if (code.empty()) faults["code"] = "person.fault.required";
    const bool taken = std::any_of(known.lines.begin(), known.lines.end(), [&](const ActivityLine& line) { return line.code == code; });
    if (fresh && taken) faults["code"] = "activity.fault.taken";
    if (title.empty()) faults["title"] = "person.fault.required";
    const std::string first = whole_day(from), last = whole_day(to);
    if (first.empty()) faults["from"] = "person.fault.birth";
    if (last.empty()) faults["to"] = "person.fault.birth";
    if (!first.empty() && !last.empty() && (last < first || last > days_after(first, longest_in_days)))
        faults["to"] = "activity.fault.order";
    return faults.empty();
}

void ActivityForm::save(Desk& desk, const ActivitiesModel& known) {
    if (saving || !check(known)) return;
    saving = true;
    Edit activity;
    activity.table = "activity";
    activity.key = {code};
    const std::string first = whole_day(from), last = whole_day(to);
    activity.values = {{"kind", kind},
                       {"title", title},
                       {"place", place.empty() ? OwnedValue() : OwnedValue(place)},
                       {"starts_on", first},
                       {"ends_on", last}};
    std::vector<Edit> edits;
    if (fresh) {
        activity.scope = desk.catalog().find_scope(beneficiary)->number;
        if (beneficiary != "regional") activity.values.emplace_back("beneficiary", beneficiary);
        activity.values.emplace_back("state", "planned");
    }
    edits.push_back(std::move(activity));
    const bool whole = sessions_a_day == "1";
    std::int64_t number = 0;
    for (std::string day = first; fresh && day <= last; day = days_after(day, 1)) {
        edits.push_back(session_of(code, ++number, day, whole, true));
        if (!whole) edits.push_back(session_of(code, ++number, day, false, false));
    }
    desk.write(std::move(edits), [this](const std::string& failed) {
        saving = false;
        problem = failed;
        saved = failed.empty();
    });
}

}  // namespace tefter::kiosk
