#include "kiosk/model/activity_form.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/base/text.hpp"
#include "kiosk/model/typed.hpp"

namespace tefter::kiosk {

namespace {

constexpr int longest_in_days = 400;

/// Of one that exists, each its own.
std::string activity_draft(bool fresh, const std::string& code) { return fresh ? "activity" : "activity:" + code; }

using ActivityField = std::string ActivityForm::*;
/// Columns that are a field as it is; enumerators by their names.
constexpr std::pair<const char*, ActivityField> text_columns[] = {{"kind", &ActivityForm::kind},
                                                                  {"state", &ActivityForm::state},
                                                                  {"place", &ActivityForm::place},
                                                                  {"country", &ActivityForm::country},
                                                                  {"topic", &ActivityForm::topic},
                                                                  {"working_language", &ActivityForm::working_language},
                                                                  {"organiser", &ActivityForm::organiser},
                                                                  {"trainers", &ActivityForm::trainers},
                                                                  {"budget_line", &ActivityForm::budget_line},
                                                                  {"description", &ActivityForm::description}};
struct WholeColumn {
    const char *name, *column;
    ActivityField field;
};
constexpr WholeColumn whole_columns[] = {{"capacity", "capacity", &ActivityForm::capacity},
                                         {"share", "certificate_share", &ActivityForm::share}};
/// All that is typed, but for the dates.
constexpr std::pair<const char*, ActivityField> activity_fields[] = {{"code", &ActivityForm::code},
                                                                     {"title", &ActivityForm::title},
                                                                     {"kind", &ActivityForm::kind},
                                                                     {"state", &ActivityForm::state},
                                                                     {"place", &ActivityForm::place},
                                                                     {"beneficiary", &ActivityForm::beneficiary},
                                                                     {"sessions_a_day", &ActivityForm::sessions_a_day},
                                                                     {"country", &ActivityForm::country},
                                                                     {"topic", &ActivityForm::topic},
                                                                     {"working_language", &ActivityForm::working_language},
                                                                     {"organiser", &ActivityForm::organiser},
                                                                     {"trainers", &ActivityForm::trainers},
                                                                     {"capacity", &ActivityForm::capacity},
                                                                     {"cost", &ActivityForm::cost},
                                                                     {"budget_line", &ActivityForm::budget_line},
                                                                     {"description", &ActivityForm::description},
                                                                     {"share", &ActivityForm::share}};

struct LoadedActivityForm {
    std::vector<std::pair<std::string, std::string>> topics;
    std::string titles;
    std::map<std::string, std::string> values;  ///< by field
};

LoadedActivityForm load_activity_form(Database& reader, const Catalog& catalog, Language language, const std::string& code) {
    LoadedActivityForm out;
    {
        Statement row = reader.prepare_once("SELECT code, name FROM topic ORDER BY sort, code");
        while (row.step()) out.topics.emplace_back(row.text(0), localized(row.text(1), language));
    }
    if (code.empty()) return out;
    std::string sql = "SELECT title, cost_cents, capacity, certificate_share";
    for (const auto& [column, field] : text_columns) sql += std::string(", ") + column;
    Statement row = reader.prepare_once(sql + " FROM activity WHERE code = ?1");
    row.with(std::string_view(code));
    if (!row.step()) return out;
    out.titles = row.text(0);
    out.values["title"] = localized(row.text(0), language);
    if (!row.is_null(1)) out.values["cost"] = plain_euro(row.integer(1));
    if (!row.is_null(2)) out.values["capacity"] = std::to_string(row.integer(2));
    if (!row.is_null(3)) out.values["share"] = std::to_string(row.integer(3));
    int at = 4;
    for (const auto& [column, field] : text_columns) {
        const Enumeration* names = catalog.table("activity").find_column(column).second->enumeration;
        const Enumerator* one = names == nullptr || row.is_null(at) ? nullptr : names->find(row.integer(at));
        out.values[column] = names == nullptr ? std::string(row.text(at)) : one == nullptr ? std::string() : one->name;
        ++at;
    }
    return out;
}

/// A changed title replaces what this language has, and leaves the others.
std::string with_title(const std::string& titles, const std::string& title, Language language) {
    nlohmann::json all = nlohmann::json::parse(titles, nullptr, false);
    if (!all.is_object()) return title;
    all[std::string(code_of(language))] = title;
    return all.dump();
}

std::optional<std::int64_t> whole(const std::string& text) {
    const std::optional<double> number = decimal(text);
    if (!number || *number < 0 || *number > 1e9 || *number != static_cast<double>(static_cast<std::int64_t>(*number))) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

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
    put_back(desk.draft(activity_draft(fresh, code)));
}

void ActivityForm::open(const ActivityLine& line) {
    *this = ActivityForm{};
    fresh = false;
    code = line.code;
    title = line.title;
    kind = line.kind;
    state = line.state;
    place = line.place;
    from = date_parts(line.starts_on);
    to = date_parts(line.ends_on);
}

std::map<std::string, std::string> ActivityForm::typed() const {
    std::map<std::string, std::string> out;
    for (const auto& [name, field] : activity_fields) out[name] = this->*field;
    for (std::size_t i = 0; i < 3; ++i) {
        out["from." + std::to_string(i)] = from[i];
        out["to." + std::to_string(i)] = to[i];
    }
    return out;
}

void ActivityForm::put_back(const std::string& draft) {
    const nlohmann::json kept = nlohmann::json::parse(draft, nullptr, false);
    if (!kept.is_object()) return;
    const auto text = [&](const std::string& name) { return kept.value(name, ""); };
    for (const auto& [name, field] : activity_fields) this->*field = text(name);
    for (std::size_t i = 0; i < 3; ++i) {
        from[i] = text("from." + std::to_string(i));
        to[i] = text("to." + std::to_string(i));
    }
}

void ActivityForm::keep_draft(Desk& desk) const {
    if (fresh && !begun()) return;  // what was typed of one before stays until this one is typed in
    desk.keep_draft(activity_draft(fresh, code), begun() ? nlohmann::json(typed()).dump() : std::string());
}

bool ActivityForm::begun() const { return fresh ? !code.empty() || !title.empty() : typed() != stored; }

void ActivityForm::refresh(Desk& desk, Language language) {
    if (loaded && !saving && !saved) keep_draft(desk);
    if (asked_) return;
    asked_ = true;
    language_ = language;
    desk.read([wanted = fresh ? std::string() : code, language,
               &catalog = desk.catalog()](Database& reader) { return load_activity_form(reader, catalog, language, wanted); },
              [this, wanted = code, was_fresh = fresh, &desk](LoadedActivityForm found) {
                  if (was_fresh != fresh || (!fresh && code != wanted)) return;
                  topics = std::move(found.topics);
                  titles = std::move(found.titles);
                  for (const auto& [name, field] : activity_fields) {
                      if (const auto at = found.values.find(name); at != found.values.end()) this->*field = at->second;
                  }
                  stored = typed();
                  if (!fresh) put_back(desk.draft(activity_draft(fresh, code)));
                  loaded = true;
              });
}

void ActivityForm::discard(Desk& desk) {
    desk.keep_draft(activity_draft(fresh, code), "");
    *this = ActivityForm{};
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
    if (!cost.empty() && !cents(cost)) faults["cost"] = "fault.euro";
    if (!capacity.empty() && !whole(capacity)) faults["capacity"] = "fault.number";
    if (!share.empty() && (!whole(share) || *whole(share) < 1 || *whole(share) > 100)) faults["share"] = "fault.number";
    return faults.empty();
}

std::vector<std::pair<std::string, OwnedValue>> ActivityForm::changes() const {
    std::vector<std::pair<std::string, OwnedValue>> out;
    const auto differs = [&](const char* name, const std::string& now) {
        const auto before = stored.find(name);
        return fresh ? !now.empty() : before == stored.end() || before->second != now;
    };
    const auto null_or = [](const std::string& text, const OwnedValue& value) { return text.empty() ? OwnedValue() : value; };
    for (const auto& [column, field] : text_columns) {
        const std::string text = trimmed(this->*field);
        if (differs(column, text)) out.emplace_back(column, null_or(text, text));
    }
    if (differs("title", title)) out.emplace_back("title", with_title(titles, title, language_));
    if (differs("cost", cost)) out.emplace_back("cost_cents", cost.empty() ? OwnedValue() : OwnedValue(*cents(cost)));
    for (const auto& [name, column, field] : whole_columns) {
        const std::string& text = this->*field;
        if (differs(name, text)) out.emplace_back(column, text.empty() ? OwnedValue() : OwnedValue(*whole(text)));
    }
    const std::map<std::string, std::string> now = typed();
    bool moved = fresh;
    for (std::size_t i = 0; i < 3 && !fresh; ++i) {
        for (const std::string& part : {"from." + std::to_string(i), "to." + std::to_string(i)})
            moved = moved || stored.find(part) == stored.end() || stored.at(part) != now.at(part);
    }
    if (moved) {
        out.emplace_back("starts_on", whole_day(from));
        out.emplace_back("ends_on", whole_day(to));
    }
    return out;
}

void ActivityForm::save(Desk& desk, const ActivitiesModel& known) {
    if (saving || !check(known)) return;
    saving = true;
    Edit activity;
    activity.table = "activity";
    activity.key = {code};
    activity.values = changes();
    std::vector<Edit> edits;
    if (fresh) {
        activity.scope = desk.catalog().find_scope(beneficiary)->number;
        if (beneficiary != "regional") activity.values.emplace_back("beneficiary", beneficiary);
    }
    if (!activity.values.empty()) edits.push_back(std::move(activity));
    const bool whole_days = sessions_a_day == "1";
    const std::string first = whole_day(from), last = whole_day(to);
    std::int64_t number = 0;
    for (std::string day = first; fresh && day <= last; day = days_after(day, 1)) {
        edits.push_back(session_of(code, ++number, day, whole_days, true));
        if (!whole_days) edits.push_back(session_of(code, ++number, day, false, false));
    }
    desk.write_form(opening, activity_draft(fresh, code), std::move(edits), [this](const std::string& failed) {
        saving = false;
        problem = failed;
        saved = failed.empty();
    });
}

}  // namespace tefter::kiosk
