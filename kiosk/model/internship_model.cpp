#include "kiosk/model/internship_model.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "kiosk/model/typed.hpp"
#include "schema/domain/names.hpp"

namespace tefter::kiosk {

namespace {

std::string internship_draft(const std::string& code) { return "internship:" + code; }

using InternshipField = std::string InternshipForm::*;
/// Columns that are a field as it is.
constexpr std::pair<const char*, InternshipField> internship_columns[] = {{"mentor", &InternshipForm::mentor},
                                                                          {"plan", &InternshipForm::plan},
                                                                          {"mentor_score", &InternshipForm::mentor_score},
                                                                          {"mentor_words", &InternshipForm::mentor_words},
                                                                          {"intern_score", &InternshipForm::intern_score},
                                                                          {"intern_words", &InternshipForm::intern_words}};

struct LoadedInternships {
    std::vector<InternshipLine> lines;
    std::shared_ptr<const Institutions> institutions;
};

LoadedInternships load_internships(Database& reader, const std::string& code) {
    LoadedInternships out;
    out.institutions = Institutions::load(reader);
    Statement row = reader.prepare_once(
        "SELECT internship.id, internship.person, family_name, given_name, institution.name, mentor, from_on, to_on, "
        "(SELECT count(*) FROM internship_week WHERE internship = internship.id), "
        "mentor_score IS NOT NULL AND intern_score IS NOT NULL FROM internship JOIN person ON person.id = internship.person "
        "LEFT JOIN institution ON institution.id = internship.host WHERE internship.activity = ?1");
    row.with(std::string_view(code));
    while (row.step()) {
        out.lines.push_back({row.integer(0), row.integer(1), std::string(row.text(2)) + " " + std::string(row.text(3)),
                             std::string(row.text(4)), std::string(row.text(5)), std::string(row.text(6)), std::string(row.text(7)),
                             row.integer(8), row.integer(9) != 0});
    }
    std::sort(out.lines.begin(), out.lines.end(), [](const InternshipLine& a, const InternshipLine& b) {
        return std::pair(sort_key(a.name), a.id) < std::pair(sort_key(b.name), b.id);
    });
    return out;
}

InternshipForm load_form(Database& reader, std::int64_t id) {
    InternshipForm out;
    std::string sql = "SELECT internship.person, family_name, given_name, host, institution.name, from_on, to_on";
    for (const auto& [column, field] : internship_columns) sql += std::string(", ") + column;
    Statement row = reader.prepare_once(sql +
                                        " FROM internship JOIN person ON person.id = internship.person "
                                        "LEFT JOIN institution ON institution.id = internship.host WHERE internship.id = ?1");
    row.with(id);
    if (!row.step()) return out;
    out.id = id;
    out.person = row.integer(0);
    out.name = std::string(row.text(1)) + " " + std::string(row.text(2));
    out.host = {row.integer(3), std::string(row.text(4)), std::string(row.text(4))};
    out.from = date_parts(std::string(row.text(5)));
    out.to = date_parts(std::string(row.text(6)));
    int at = 7;
    for (const auto& [column, field] : internship_columns) {
        if (!row.is_null(at)) out.*field = std::string_view(column).ends_with("score") ? std::to_string(row.integer(at)) : row.text(at);
        ++at;
    }
    Statement log = reader.prepare_once("SELECT week, log FROM internship_week WHERE internship = ?1 ORDER BY week");
    log.with(id);
    while (log.step()) out.weeks[log.integer(0)] = log.text(1);
    return out;
}

}  // namespace

std::int64_t InternshipForm::length_in_weeks() const {
    std::int64_t out = weeks.empty() ? 1 : std::max<std::int64_t>(1, weeks.rbegin()->first);
    const std::string first = whole_day(from), last = whole_day(to);
    while (!first.empty() && !last.empty() && out < 60 && days_after(first, static_cast<int>(out * 7)) <= last) ++out;
    return out;
}

std::string InternshipForm::to_draft() const {
    nlohmann::json out{
        {"id", id},     {"person", person}, {"name", name}, {"host", host.id}, {"host_typed", host.typed}, {"host_name", host.chosen_name},
        {"from", from}, {"to", to}};
    for (const auto& [column, field] : internship_columns) out[column] = this->*field;
    for (const auto& [number, log] : weeks) out["weeks"][std::to_string(number)] = log;
    return out.dump();
}

InternshipForm InternshipForm::from_draft(const std::string& text) {
    InternshipForm out;
    const nlohmann::json read = nlohmann::json::parse(text, nullptr, false);
    if (!read.is_object()) return out;
    out.id = read.value("id", std::int64_t{0});
    out.person = read.value("person", std::int64_t{0});
    out.name = read.value("name", "");
    out.host = {read.value("host", std::int64_t{0}), read.value("host_typed", ""), read.value("host_name", "")};
    out.from = read.value("from", out.from);
    out.to = read.value("to", out.to);
    for (const auto& [column, field] : internship_columns) out.*field = read.value(column, "");
    if (read.contains("weeks")) {
        for (const auto& [number, log] : read["weeks"].items()) out.weeks[std::stoll(number)] = log;
    }
    return out;
}

void InternshipModel::open(const std::string& activity) {
    if (code == activity) return;
    *this = InternshipModel{};
    code = activity;
}

void InternshipModel::refresh(Desk& desk) {
    if (code.empty()) return;
    std::uint64_t now = 1;
    for (const char* table : {"internship", "internship_week", "institution", "person"}) now = std::max(now, desk.revision(table));
    if (seen == now) return;
    seen = now;
    desk.read([wanted = code](Database& reader) { return load_internships(reader, wanted); },
              [this, wanted = code, &desk](LoadedInternships read) {
                  if (code != wanted) return;
                  lines = std::move(read.lines);
                  institutions = std::move(read.institutions);
                  if (!std::exchange(loaded, true)) take_draft(desk);
              });
}

void InternshipModel::begin(std::int64_t person, const std::string& name) {
    open_form();
    form = {};
    form.person = person;
    form.name = name;
    stored = form;
    week = 1;
}

/// Another form than the one that stood there.
void InternshipModel::open_form() {
    opening = Opening();
    saving = false;
    faults.clear();
    editing = true;
}

void InternshipModel::edit(Desk& desk, std::int64_t id) {
    desk.read([id](Database& reader) { return load_form(reader, id); },
              [this](InternshipForm read) {
                  if (read.id == 0) return;
                  open_form();
                  form = stored = std::move(read);
                  week = form.weeks.empty() ? 1 : form.weeks.rbegin()->first;
              });
}

void InternshipModel::close(Desk& desk) {
    editing = false;
    form = stored = {};
    desk.keep_draft(internship_draft(code), "");
}

bool InternshipModel::check() {
    faults.clear();
    if (form.host.chosen() == 0) faults["host"] = "internship.fault.host";
    const std::string first = whole_day(form.from), last = whole_day(form.to);
    if (first.empty()) faults["from"] = "person.fault.birth";
    const bool open_end = form.to == std::array<std::string, 3>{};
    if (last.empty() && !open_end) faults["to"] = "person.fault.birth";
    if (!last.empty() && last < first) faults["to"] = "internship.fault.order";
    return faults.empty();
}

void InternshipModel::save(Desk& desk) {
    if (saving || !check()) return;
    saving = true;
    desk.write_form(
        opening, internship_draft(code),
        [now = form, before = stored, activity = code](Replica& replica) {
            Edit posting;
            posting.table = "internship";
            posting.key = {now.id == 0 ? replica.new_id() : now.id};
            posting.values = {{"person", now.person},
                              {"activity", activity},
                              {"host", now.host.chosen()},
                              {"from_on", whole_day(now.from)},
                              {"to_on", value_of(whole_day(now.to))}};
            for (const auto& [column, field] : internship_columns) posting.values.emplace_back(column, value_of(now.*field));
            std::vector<Edit> edits{posting};
            for (const auto& [number, log] : now.weeks) {
                const auto old = before.weeks.find(number);
                if (old != before.weeks.end() && old->second == log) continue;
                Edit edit;
                edit.table = "internship_week";
                edit.key = {posting.key.front(), number};
                edit.values = {{"log", log}};
                edits.push_back(std::move(edit));
            }
            for (const auto& [number, log] : before.weeks) {
                if (now.weeks.contains(number)) continue;
                Edit gone;
                gone.kind = EditKind::remove;
                gone.table = "internship_week";
                gone.key = {posting.key.front(), number};
                edits.push_back(std::move(gone));
            }
            return edits;
        },
        [this, &desk](const std::string& failed) {
            saving = false;
            problem = failed;
            if (failed.empty()) close(desk);
        });
}

void InternshipModel::keep_draft(Desk& desk) const {
    if (editing && !saving) desk.keep_draft(internship_draft(code), form == stored ? std::string() : form.to_draft(), form.person);
}

void InternshipModel::take_draft(Desk& desk) {
    const std::string draft = desk.draft(internship_draft(code));
    if (editing || draft.empty()) return;
    open_form();
    form = InternshipForm::from_draft(draft);
    stored = {};
    if (form.id == 0) return;
    desk.read([id = form.id](Database& reader) { return load_form(reader, id); },
              [this](InternshipForm read) { stored = std::move(read); });
}

}  // namespace tefter::kiosk
