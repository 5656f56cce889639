#include "kiosk/model/study_tour_model.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kiosk/model/typed.hpp"
#include "schema/domain/names.hpp"

namespace tefter::kiosk {

namespace {

std::string study_tour_draft(const std::string& code) { return "study_tour:" + code; }
constexpr int longest_tour_days = 60;

struct LoadedStudyTour {
    std::string from, to, report;
    std::vector<TourDay> days;
    std::vector<Delegate> delegation;
    std::shared_ptr<const Institutions> institutions;
};

void load_days(Database& reader, const std::string& code, LoadedStudyTour& out) {
    std::map<std::string, TourDay> written;
    Statement row = reader.prepare_once(
        "SELECT day, date, host, institution.name, subject, people_met FROM study_tour_day "
        "LEFT JOIN institution ON institution.id = study_tour_day.host WHERE activity = ?1 ORDER BY day");
    row.with(std::string_view(code));
    std::int64_t last = 0;
    while (row.step()) {
        TourDay day;
        day.day = row.integer(0);
        day.date = row.text(1);
        if (!row.is_null(2)) day.host = {row.integer(2), std::string(row.text(3)), std::string(row.text(3))};
        day.subject = row.text(4);
        day.people_met = row.text(5);
        last = std::max(last, day.day);
        written[day.date] = std::move(day);
    }
    // A day of the tour that nobody has written yet gets the next free number.
    std::string date = out.from;
    for (int i = 0; i < longest_tour_days && !date.empty() && date <= out.to; ++i, date = days_after(date, 1)) {
        if (written.contains(date)) continue;
        TourDay day;
        day.day = ++last;
        day.date = date;
        written[date] = day;
    }
    Statement here = reader.prepare_once(
        "SELECT session.date, count(DISTINCT person) FROM attendance JOIN session ON session.activity = attendance.activity AND "
        "session.number = session_number WHERE attendance.activity = ?1 AND status >= 3 GROUP BY 1");
    here.with(std::string_view(code));
    while (here.step()) {
        const auto found = written.find(std::string(here.text(0)));
        if (found != written.end()) found->second.here = here.integer(1);
    }
    for (auto& [day, one] : written) out.days.push_back(std::move(one));
}

LoadedStudyTour load_study_tour(Database& reader, const std::string& code) {
    LoadedStudyTour out;
    out.institutions = Institutions::load(reader);
    {
        Statement row = reader.prepare_once("SELECT starts_on, ends_on, description FROM activity WHERE code = ?1");
        row.with(std::string_view(code));
        if (row.step()) {
            out.from = row.text(0);
            out.to = row.text(1);
            out.report = row.text(2);
        }
    }
    load_days(reader, code, out);
    Statement row = reader.prepare_once(
        "SELECT person.id, family_name, given_name, coalesce(institution.name, institution_text) FROM enrolment "
        "JOIN person ON person.id = enrolment.person LEFT JOIN institution ON institution.id = person.institution "
        "WHERE enrolment.activity = ?1 AND enrolment.state NOT IN (5, 6)");
    row.with(std::string_view(code));
    while (row.step())
        out.delegation.push_back({row.integer(0), std::string(row.text(1)) + " " + std::string(row.text(2)), std::string(row.text(3))});
    std::sort(out.delegation.begin(), out.delegation.end(), [](const Delegate& a, const Delegate& b) {
        return std::pair(sort_key(a.name), a.person) < std::pair(sort_key(b.name), b.person);
    });
    return out;
}

}  // namespace

void StudyTourModel::open(const std::string& activity) {
    if (code == activity) return;
    *this = StudyTourModel{};
    code = activity;
}

void StudyTourModel::refresh(Desk& desk) {
    if (code.empty()) return;
    std::uint64_t now = 1;
    for (const char* table : {"activity", "study_tour_day", "institution", "enrolment", "attendance", "session", "person"})
        now = std::max(now, desk.revision(table));
    if (seen == now) return;
    seen = now;
    desk.read([wanted = code](Database& reader) { return load_study_tour(reader, wanted); },
              [this, wanted = code, &desk](LoadedStudyTour read) {
                  if (code != wanted) return;
                  from = read.from;
                  to = read.to;
                  days = std::move(read.days);
                  delegation = std::move(read.delegation);
                  institutions = std::move(read.institutions);
                  // What is being typed is not replaced by what came meanwhile; the engine keeps both.
                  if (report == stored_report) report = read.report;
                  stored_report = read.report;
                  if (!std::exchange(loaded, true)) take_draft(desk);
              });
}

void StudyTourModel::edit(const TourDay& day) {
    opening = Opening();
    saving = false;
    form = stored = day;
    editing = true;
}

void StudyTourModel::close(Desk& desk) {
    editing = false;
    keep_draft(desk);
}

void StudyTourModel::save_day(Desk& desk) {
    if (saving) return;
    saving = true;
    Edit edit;
    edit.table = "study_tour_day";
    edit.key = {code, form.day};
    edit.values = {{"date", form.date},
                   {"host", form.host.chosen() == 0 ? OwnedValue() : OwnedValue(form.host.chosen())},
                   {"subject", value_of(form.subject)},
                   {"people_met", value_of(form.people_met)}};
    desk.write_form(opening, "", {edit}, [this, &desk](const std::string& failed) {
        saving = false;
        problem = failed;
        if (failed.empty()) close(desk);
    });
}

void StudyTourModel::save_report(Desk& desk) {
    if (saving) return;
    saving = true;
    Edit edit;
    edit.table = "activity";
    edit.key = {code};
    edit.values = {{"description", value_of(report)}};
    desk.write_form(opening, "", {edit}, [this, &desk, saved = report](const std::string& failed) {
        saving = false;
        problem = failed;
        if (!failed.empty()) return;
        stored_report = saved;
        keep_draft(desk);
    });
}

void StudyTourModel::keep_draft(Desk& desk) const {
    if (!loaded || saving) return;
    nlohmann::json draft;
    if (editing && !(form == stored)) {
        draft["day"] = {{"day", form.day},
                        {"date", form.date},
                        {"host", form.host.id},
                        {"host_typed", form.host.typed},
                        {"host_name", form.host.chosen_name},
                        {"subject", form.subject},
                        {"people_met", form.people_met}};
    }
    if (report != stored_report) draft["report"] = report;
    desk.keep_draft(study_tour_draft(code), draft.empty() ? std::string() : draft.dump());
}

void StudyTourModel::take_draft(Desk& desk) {
    const nlohmann::json draft = nlohmann::json::parse(desk.draft(study_tour_draft(code)), nullptr, false);
    if (!draft.is_object() || editing) return;
    if (draft.contains("report")) report = draft.value("report", "");
    if (!draft.contains("day")) return;
    const nlohmann::json& day = draft["day"];
    form = {};
    form.day = day.value("day", std::int64_t{0});
    form.date = day.value("date", "");
    form.host = {day.value("host", std::int64_t{0}), day.value("host_typed", ""), day.value("host_name", "")};
    form.subject = day.value("subject", "");
    form.people_met = day.value("people_met", "");
    for (const TourDay& known : days) {
        if (known.day == form.day) stored = known;
    }
    form.here = stored.here;
    editing = true;
}

}  // namespace tefter::kiosk
