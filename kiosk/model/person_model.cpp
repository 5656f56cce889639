#include "kiosk/model/person_model.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "kiosk/model/activity_form.hpp"
#include "kiosk/model/activity_model.hpp"
#include "kiosk/model/typed.hpp"

namespace tefter::kiosk {

namespace {

constexpr std::size_t most_likely = 4;

/// Of one who is registered, each its own.
std::string person_draft(std::int64_t id) { return id == 0 ? "person" : "person:" + std::to_string(id); }

using PersonField = std::string PersonForm::*;
constexpr std::pair<const char*, PersonField> person_fields[] = {{"family", &PersonForm::family},
                                                                 {"given", &PersonForm::given},
                                                                 {"gender", &PersonForm::gender},
                                                                 {"birth_day", &PersonForm::birth_day},
                                                                 {"birth_month", &PersonForm::birth_month},
                                                                 {"birth_year", &PersonForm::birth_year},
                                                                 {"institution", &PersonForm::institution},
                                                                 {"institution_id", &PersonForm::institution_id},
                                                                 {"spoken", &PersonForm::spoken},
                                                                 {"category", &PersonForm::category},
                                                                 {"position", &PersonForm::position},
                                                                 {"email", &PersonForm::email},
                                                                 {"telephone", &PersonForm::telephone},
                                                                 {"needs", &PersonForm::needs},
                                                                 {"notes", &PersonForm::notes}};

/// Columns of the person that are a field as it is.
constexpr std::pair<const char*, PersonField> person_columns[] = {
    {"family_name", &PersonForm::family},  {"given_name", &PersonForm::given},  {"gender", &PersonForm::gender},
    {"category", &PersonForm::category},   {"position", &PersonForm::position}, {"email", &PersonForm::email},
    {"telephone", &PersonForm::telephone}, {"needs", &PersonForm::needs},       {"notes", &PersonForm::notes}};

/// "en:B2 mk:C1" of the form as the catalog keeps a set: ["en:B2", …].
std::string as_set(const std::string& spoken) {
    nlohmann::json out = nlohmann::json::array();
    std::istringstream in(spoken);
    for (std::string one; in >> one;) out.push_back(one);
    return out.dump();
}

struct LoadedPerson {
    PersonForm form;
    std::shared_ptr<const Institutions> institutions;
    bool consented = false;
    std::vector<ConsentText> consents;
    std::vector<HistoryLine> history;
};

void load_form(Database& reader, const Catalog& catalog, std::int64_t id, PersonForm& form) {
    const Table& table = catalog.table("person");
    std::string sql = "SELECT birth_date, languages, person.institution, coalesce(institution.name, institution_text)";
    for (const auto& [column, field] : person_columns) sql += std::string(", person.") + column;
    Statement row =
        reader.prepare_once(sql + " FROM person LEFT JOIN institution ON institution.id = person.institution WHERE person.id = ?1");
    row.with(id);
    if (!row.step()) return;
    const std::string birth(row.text(0));
    form.birth_year = birth.substr(0, std::min<std::size_t>(4, birth.size()));
    if (birth.size() >= 7) form.birth_month = std::to_string(std::stoi(birth.substr(5, 2)));
    if (birth.size() >= 10) form.birth_day = std::to_string(std::stoi(birth.substr(8, 2)));
    form.spoken = joined(row.text(1), " ");
    if (!row.is_null(2)) form.institution_id = std::to_string(row.integer(2));
    form.institution = row.text(3);
    int at = 4;
    for (const auto& [column, field] : person_columns) {
        const Column* found = table.find_column(column).second;
        if (found->enumeration != nullptr) {
            const Enumerator* one = row.is_null(at) ? nullptr : found->enumeration->find(row.integer(at));
            form.*field = one != nullptr ? one->name : "";
        } else {
            form.*field = row.text(at);
        }
        ++at;
    }
}

LoadedPerson load_person(Database& reader, const Catalog& catalog, std::int64_t id, Language language) {
    LoadedPerson out;
    {
        Statement row = reader.prepare_once("SELECT id, language, words FROM consent_text ORDER BY edition DESC, language");
        const Enumeration* spoken = catalog.table("consent_text").find_column("language").second->enumeration;
        while (row.step()) {
            const Enumerator* name = spoken->find(row.integer(1));
            out.consents.push_back({row.integer(0), name != nullptr ? name->name : "", std::string(row.text(2))});
        }
    }
    out.institutions = Institutions::load(reader);
    if (id == 0) return out;
    load_form(reader, catalog, id, out.form);
    {
        Statement row = reader.prepare_once("SELECT state FROM consent WHERE person = ?1 ORDER BY at DESC LIMIT 1");
        row.with(id);
        out.consented = row.step() && row.integer(0) == 1;
    }
    Statement row = reader.prepare_once(
        "SELECT activity.code, activity.title, activity.starts_on, "
        "(SELECT count(*) FROM attendance WHERE attendance.person = ?1 AND attendance.activity = activity.code AND status IN (3, 4)), "
        "(SELECT count(*) FROM session WHERE session.activity = activity.code) "
        "FROM enrolment JOIN activity ON activity.code = enrolment.activity WHERE enrolment.person = ?1 ORDER BY starts_on DESC");
    row.with(id);
    while (row.step()) {
        out.history.push_back(
            {std::string(row.text(0)), localized(row.text(1), language), std::string(row.text(2)), row.integer(3), row.integer(4)});
    }
    return out;
}

}  // namespace

std::optional<std::string> PersonForm::birth() const { return iso_date(birth_day, birth_month, birth_year); }

void PersonForm::choose(const InstitutionLine& line) {
    institution = line.name;
    institution_id = std::to_string(line.id);
}

void PersonForm::type_institution(const std::string& text) {
    if (text != institution) institution_id.clear();
    institution = text;
}

void PersonForm::speak(const std::string& language, const std::string& level) {
    std::map<std::string, std::string> all;
    std::istringstream in(spoken);
    for (std::string one; in >> one;) all[one.substr(0, one.find(':'))] = one;
    if (level.empty()) all.erase(language);
    else all[language] = language + ":" + level;
    spoken.clear();
    for (const auto& [name, one] : all) spoken += (spoken.empty() ? "" : " ") + one;
}

std::string PersonForm::to_draft() const {
    if (*this == PersonForm{}) return {};
    nlohmann::json out{{"consent", consent}};
    for (const auto& [name, field] : person_fields) {
        if (!(this->*field).empty()) out[name] = this->*field;
    }
    return out.dump();
}

PersonForm PersonForm::from_draft(const std::string& text) {
    PersonForm out;
    const nlohmann::json read = nlohmann::json::parse(text, nullptr, false);
    if (!read.is_object()) return out;
    for (const auto& [name, field] : person_fields) out.*field = read.value(name, "");
    out.consent = read.value("consent", false);
    return out;
}

void PersonModel::begin(Desk& desk, const std::string& in_scope) {
    *this = PersonModel{};
    scope = in_scope;
    wants_focus = true;
    form = PersonForm::from_draft(desk.draft(person_draft(0)));
}

void PersonModel::open(std::int64_t person) {
    *this = PersonModel{};
    id = person;
    loaded = false;
}

void PersonModel::forget() {
    PersonModel kept;
    kept.id = id;
    kept.scope = scope;
    kept.enrol_in = enrol_in;
    kept.check_in_to = check_in_to;
    kept.loaded = false;
    *this = kept;
}

void PersonModel::refresh(Desk& desk, Language language) {
    const std::uint64_t now =
        std::max({desk.revision("person"), desk.revision("consent"), desk.revision("consent_text"), desk.revision("attendance")});
    if (seen == now) return;
    seen = now;
    desk.read(
        [wanted = id, language, &catalog = desk.catalog()](Database& reader) { return load_person(reader, catalog, wanted, language); },
        [this, wanted = id, &desk](LoadedPerson found) {
            if (id != wanted) return;
            consents = std::move(found.consents);
            institutions = std::move(found.institutions);
            history = std::move(found.history);
            consented = found.consented;
            // What is being typed is not replaced by what came meanwhile; the engine keeps both.
            if (id != 0 && !changed()) form = found.form;
            if (id != 0) stored = found.form;
            const std::string typed = loaded ? std::string() : desk.draft(person_draft(id));
            if (!typed.empty()) form = PersonForm::from_draft(typed);
            loaded = true;
        });
}

void PersonModel::keep_draft(Desk& desk) const {
    if (!loaded || saving || saved != 0) return;
    if (id == 0) desk.keep_draft(person_draft(0), form.to_draft());
    else desk.keep_draft(person_draft(id), changed() ? form.to_draft() : std::string(), id);
}

void PersonModel::discard(Desk& desk) {
    form = stored;
    keep_draft(desk);
}

void PersonModel::compare(const std::shared_ptr<const People>& index) {
    if (!index || id != 0) return;
    const std::string wanted = form.family + " " + form.given;
    if (wanted == compared && index == people_index) return;
    compared = wanted;
    people_index = index;
    likely.clear();
    if (form.family.size() + form.given.size() >= 4) likely = index->search(wanted, most_likely);
}

const ConsentText* PersonModel::consent_text(Language kiosk) const {
    const std::string_view wanted = consent_language.empty() ? code_of(kiosk) : std::string_view(consent_language);
    const auto found = std::find_if(consents.begin(), consents.end(), [&](const ConsentText& one) { return one.language == wanted; });
    if (found != consents.end()) return &*found;
    return consents.empty() ? nullptr : &consents.front();
}

bool PersonModel::check() {
    faults.clear();
    if (trimmed(form.family).empty()) faults["family"] = "person.fault.required";
    if (trimmed(form.given).empty()) faults["given"] = "person.fault.required";
    if (!form.birth()) faults["birth"] = "person.fault.birth";
    if (!form.email.empty() && (form.email.find('@') == std::string::npos || form.email.find(' ') != std::string::npos))
        faults["email"] = "person.fault.email";
    return faults.empty();
}

void PersonModel::save(Desk& desk, Language language) {
    if (saving || !check()) return;
    saving = true;
    Edit person;
    person.table = "person";
    for (const auto& [column, field] : person_columns) {
        const std::string text = trimmed(form.*field);
        if (id == 0 && text.empty()) continue;
        if (id != 0 && form.*field == stored.*field) continue;
        person.values.emplace_back(column, value_of(text));
    }
    const std::string institution = trimmed(form.institution);
    if (id == 0 ? !institution.empty() : form.institution != stored.institution || form.institution_id != stored.institution_id) {
        const bool chosen = !form.institution_id.empty();
        person.values.emplace_back("institution", chosen ? OwnedValue(std::int64_t{std::stoll(form.institution_id)}) : OwnedValue());
        person.values.emplace_back("institution_text", chosen ? OwnedValue() : value_of(institution));
    }
    if (form.spoken != stored.spoken) person.values.emplace_back("languages", as_set(form.spoken));
    const std::string birth = form.birth().value_or("");
    if (id == 0 ? !birth.empty() : form.birth() != stored.birth()) person.values.emplace_back("birth_date", value_of(birth));
    if (id == 0) person.scope = desk.catalog().find_scope(scope)->number;
    const ConsentText* text = consent_text(language);
    const std::int64_t words = text == nullptr ? 0 : text->id;
    auto made = std::make_shared<std::int64_t>(id);
    desk.write_form(
        opening, person_draft(id),
        [made, person, consent = form.consent && !consented ? words : 0, strokes = pack(signature), activity = enrol_in,
         session = check_in_to, now_ms = desk.now_ms()](Replica& replica) {
            std::vector<Edit> edits;
            const bool fresh = *made == 0;
            if (fresh) *made = replica.new_id();
            edits.push_back(person);
            edits.back().key = {*made};
            if (edits.back().values.empty()) edits.clear();
            if (consent != 0) {
                Edit edit;
                edit.table = "consent";
                edit.key = {replica.new_id()};
                edit.values = {{"person", *made}, {"consent_text", consent}, {"state", "given"}, {"at", now_ms}, {"how", "on_screen"}};
                if (!strokes.empty()) edit.values.emplace_back("signature", strokes);
                edits.push_back(std::move(edit));
            }
            if (fresh && !activity.empty()) {
                edits.push_back(enrolling(activity, *made));
                if (session != 0) edits.push_back(marking(activity, *made, session, Mark::present, now_ms, "by_hand"));
            }
            return edits;
        },
        [this, made, filled = form](const std::string& failed) {
            saving = false;
            problem = failed;
            if (!failed.empty()) return;
            saved = *made;
            stored = filled;
        });
}

void PersonModel::withdraw_consent(Desk& desk) {
    const std::int64_t words = consents.empty() ? 0 : consents.front().id;
    desk.write(
        [person = id, words, now_ms = desk.now_ms()](Replica& replica) {
            Edit edit;
            edit.table = "consent";
            edit.key = {replica.new_id()};
            edit.values = {{"person", person}, {"consent_text", words}, {"state", "withdrawn"}, {"at", now_ms}, {"how", "on_screen"}};
            return std::vector<Edit>{edit};
        },
        [this](const std::string& failed) { problem = failed; });
}

}  // namespace tefter::kiosk
