#include "kiosk/model/enrolment_model.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kiosk/model/typed.hpp"
#include "schema/domain/names.hpp"

namespace tefter::kiosk {

namespace {

constexpr std::size_t most_found = 6;

using EnrolmentField = std::string EnrolmentForm::*;
constexpr std::pair<const char*, EnrolmentField> enrolment_fields[] = {
    {"state", &EnrolmentForm::state},      {"role", &EnrolmentForm::role},     {"nominated_by", &EnrolmentForm::nominated_by},
    {"score", &EnrolmentForm::score},      {"reason", &EnrolmentForm::reason}, {"travel", &EnrolmentForm::travel},
    {"per_diem", &EnrolmentForm::per_diem}};

std::string enumerator(const Catalog& catalog, const char* column, std::int64_t number) {
    const Enumerator* found = catalog.table("enrolment").find_column(column).second->enumeration->find(number);
    return found == nullptr ? std::string() : found->name;
}

std::vector<EnrolmentLine> load(Database& reader, const Catalog& catalog, const std::string& code) {
    std::vector<EnrolmentLine> out;
    Statement row = reader.prepare_once(
        "SELECT person.id, family_name, given_name, coalesce(institution.name, institution_text), state, role FROM enrolment "
        "JOIN person ON person.id = enrolment.person LEFT JOIN institution ON institution.id = person.institution "
        "WHERE enrolment.activity = ?1");
    row.with(std::string_view(code));
    while (row.step()) {
        out.push_back({row.integer(0), std::string(row.text(1)) + " " + std::string(row.text(2)), std::string(row.text(3)),
                       enumerator(catalog, "state", row.integer(4)), enumerator(catalog, "role", row.integer(5))});
    }
    std::sort(out.begin(), out.end(), [](const EnrolmentLine& a, const EnrolmentLine& b) {
        return std::pair(sort_key(a.name), a.person) < std::pair(sort_key(b.name), b.person);
    });
    return out;
}

EnrolmentForm load_form(Database& reader, const Catalog& catalog, EnrolmentForm form) {
    Statement row = reader.prepare_once(
        "SELECT state, role, nominated_by, score, reason, travel_cents, per_diem_cents FROM enrolment WHERE person = ?1 AND activity = ?2");
    row.with(form.person, std::string_view(form.activity));
    if (!row.step()) return form;
    form.state = enumerator(catalog, "state", row.integer(0));
    form.role = enumerator(catalog, "role", row.integer(1));
    form.nominated_by = row.text(2);
    if (!row.is_null(3)) form.score = plain(row.value(3).real());
    form.reason = row.text(4);
    if (!row.is_null(5)) form.travel = plain_euro(row.integer(5));
    if (!row.is_null(6)) form.per_diem = plain_euro(row.integer(6));
    return form;
}

std::string enrolment_draft(const EnrolmentForm& of) { return "enrolment:" + std::to_string(of.person) + ":" + of.activity; }

std::string to_draft(const EnrolmentForm& form) {
    nlohmann::json out;
    for (const auto& [name, field] : enrolment_fields) out[name] = form.*field;
    return out.dump();
}

/// What was typed of this enrolment and not saved.
std::optional<EnrolmentForm> from_draft(const std::string& text, const EnrolmentForm& of) {
    const nlohmann::json read = nlohmann::json::parse(text, nullptr, false);
    if (!read.is_object()) return std::nullopt;
    EnrolmentForm out = of;
    for (const auto& [name, field] : enrolment_fields) out.*field = read.value(name, "");
    return out;
}

OwnedValue text_or_null(const std::string& text) { return text.empty() ? OwnedValue() : OwnedValue(text); }
OwnedValue cents_or_null(const std::string& text) { return text.empty() ? OwnedValue() : OwnedValue(*cents(text)); }

}  // namespace

void EnrolmentsModel::refresh(Desk& desk, const std::string& activity) {
    if (code != activity) {
        *this = EnrolmentsModel{};
        code = activity;
    }
    const std::uint64_t now = std::max(desk.revision("enrolment"), desk.revision("person"));
    if (seen == now) return;
    seen = now;
    desk.read([wanted = code, &catalog = desk.catalog()](Database& reader) { return load(reader, catalog, wanted); },
              [this, wanted = code](std::vector<EnrolmentLine> read) {
                  if (code != wanted) return;
                  lines = std::move(read);
                  loaded = true;
                  people_index.reset();  // who is enrolled is found no more
                  found.clear();
              });
}

void EnrolmentsModel::search(const std::shared_ptr<const People>& index) {
    if (!index || (typed == searched && index == people_index)) return;
    searched = typed;
    people_index = index;
    found = typed.empty() ? std::vector<const PersonLine*>{} : index->search(typed, most_found + lines.size());
    std::erase_if(found, [this](const PersonLine* one) {
        return std::any_of(lines.begin(), lines.end(), [&](const EnrolmentLine& line) { return line.person == one->id; });
    });
    if (found.size() > most_found) found.resize(most_found);
}

void EnrolmentsModel::nominate(Desk& desk, std::int64_t person) {
    Edit edit;
    edit.table = "enrolment";
    edit.key = {person, code};
    edit.values = {{"state", "nominated"}, {"role", "participant"}};
    typed.clear();
    desk.write({edit}, [this](const std::string& failed) { problem = failed; });
}

std::size_t EnrolmentsModel::count(const std::string& in_state) const {
    return static_cast<std::size_t>(
        std::count_if(lines.begin(), lines.end(), [&](const EnrolmentLine& line) { return line.state == in_state; }));
}

void EnrolmentModel::open(Desk& desk, const std::string& activity, const EnrolmentLine& line) {
    form.activity = activity;
    form.person = line.person;
    form.name = line.name;
    forget();
    refresh(desk);
}

void EnrolmentModel::forget() {
    EnrolmentForm which;
    which.activity = form.activity;
    which.person = form.person;
    which.name = form.name;
    *this = EnrolmentModel{};
    form = stored = which;
}

void EnrolmentModel::refresh(Desk& desk) {
    keep_draft(desk);
    const std::uint64_t now = desk.revision("enrolment");
    if (seen == now) return;
    seen = now;
    desk.read([wanted = stored, &catalog = desk.catalog()](Database& reader) { return load_form(reader, catalog, wanted); },
              [this, &desk](const EnrolmentForm& found) {
                  if (found.person != form.person || found.activity != form.activity) return;
                  // What is being typed is not replaced by what came meanwhile; the engine keeps both.
                  const bool typing = loaded && changed();
                  stored = found;
                  if (!typing) form = from_draft(desk.draft(enrolment_draft(found)), found).value_or(found);
                  loaded = true;
              });
}

void EnrolmentModel::keep_draft(Desk& desk) const {
    if (loaded && !saving && !saved) desk.keep_draft(enrolment_draft(form), changed() ? to_draft(form) : "", form.person);
}

void EnrolmentModel::discard(Desk& desk) {
    form = stored;
    keep_draft(desk);
}

bool EnrolmentModel::changed() const {
    return std::any_of(std::begin(enrolment_fields), std::end(enrolment_fields),
                       [this](const auto& one) { return form.*one.second != stored.*one.second; });
}

bool EnrolmentModel::check() {
    faults.clear();
    if (!form.score.empty() && !decimal(form.score)) faults["score"] = "fault.number";
    if (!form.travel.empty() && !cents(form.travel)) faults["travel"] = "fault.euro";
    if (!form.per_diem.empty() && !cents(form.per_diem)) faults["per_diem"] = "fault.euro";
    return faults.empty();
}

void EnrolmentModel::save(Desk& desk) {
    if (saving || !loaded || !check()) return;
    saving = true;
    Edit edit;
    edit.table = "enrolment";
    edit.key = {form.person, form.activity};
    const auto differs = [this](EnrolmentField field) { return form.*field != stored.*field; };
    if (differs(&EnrolmentForm::state)) edit.values.emplace_back("state", form.state);
    if (differs(&EnrolmentForm::role)) edit.values.emplace_back("role", form.role);
    if (differs(&EnrolmentForm::nominated_by)) edit.values.emplace_back("nominated_by", text_or_null(form.nominated_by));
    if (differs(&EnrolmentForm::score))
        edit.values.emplace_back("score", form.score.empty() ? OwnedValue() : OwnedValue(*decimal(form.score)));
    if (differs(&EnrolmentForm::reason)) edit.values.emplace_back("reason", text_or_null(form.reason));
    if (differs(&EnrolmentForm::travel)) edit.values.emplace_back("travel_cents", cents_or_null(form.travel));
    if (differs(&EnrolmentForm::per_diem)) edit.values.emplace_back("per_diem_cents", cents_or_null(form.per_diem));
    std::vector<Edit> edits;
    if (!edit.values.empty()) edits.push_back(std::move(edit));
    desk.write_form(opening, enrolment_draft(form), std::move(edits), [this](const std::string& failed) {
        saving = false;
        problem = failed;
        saved = failed.empty();
    });
}

}  // namespace tefter::kiosk
