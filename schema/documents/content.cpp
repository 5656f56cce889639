#include "schema/documents/content.hpp"

#include <algorithm>
#include <array>

#include "schema/domain/names.hpp"

namespace tefter::documents {

namespace {

/// The name as the languages decline it. Adjectives and names of people are none of it.
constexpr std::array<std::string_view, 13> designations{"Kosovo", "Kosova",  "Kosovë", "Kosovës", "Kosovu", "Kosovom", "KOSOVO",
                                                        "KOSOVA", "KOSOVËS", "Косово", "Косова",  "Косову", "КОСОВО"};

bool ends_word(std::string_view text, std::size_t at) {
    return at >= text.size() || (static_cast<unsigned char>(text[at]) < 0x80 && std::isalnum(static_cast<unsigned char>(text[at])) == 0);
}

Participant participant(const Statement& row) {
    Participant out;
    out.id = row.integer(0);
    out.family = row.text(1);
    out.given = row.text(2);
    out.gender = row.integer(3);
    out.institution = designated(row.text(4));
    out.position = row.text(5);
    out.badge = row.text(6);
    return out;
}

constexpr const char* person_columns =
    "SELECT p.id, p.family_name, p.given_name, p.gender, coalesce(i.name, p.institution_text), p.position, p.badge FROM person p "
    "LEFT JOIN institution i ON i.id = p.institution ";

}  // namespace

Project read_project(Database& database, const Texts& texts) {
    Project out;
    Statement row = database.prepare_once(
        "SELECT name, funding_statement, contract, organisation, address, website, signatory, signatory_position, verify_address FROM project ORDER BY code LIMIT 1");
    if (row.step()) {
        const auto in_language = [&](int column) { return localized(row.text(column), texts.language()); };
        out = {in_language(0),           in_language(1),           std::string(row.text(2)),
               std::string(row.text(3)), std::string(row.text(4)), std::string(row.text(5)),
               std::string(row.text(6)), in_language(7),           std::string(row.text(8))};
    }
    if (out.name.empty()) out.name = texts("document.project");
    if (out.funding_statement.empty()) out.funding_statement = texts("document.disclaimer");
    return out;
}

Activity read_activity(Database& database, const Texts& texts, std::string_view code) {
    Statement row = database.prepare_once(
        "SELECT a.code, a.title, a.kind, a.place, a.starts_on, a.ends_on, a.trainers, a.organiser, a.description, b.name FROM activity a "
        "LEFT JOIN beneficiary b ON b.code = a.beneficiary WHERE a.code = ?1");
    row.with(code);
    if (!row.step()) throw Error(ErrorKind::refused, "There is no activity \"" + std::string(code) + "\" here.");
    Activity out;
    out.code = row.text(0);
    out.title = designated(localized(row.text(1), texts.language()));
    out.kind_number = row.integer(2);
    out.place = designated(row.text(3));
    out.starts_on = row.text(4);
    out.ends_on = row.text(5);
    out.trainers = row.text(6);
    out.organiser = row.text(7);
    out.description = row.text(8);
    out.beneficiary = localized(row.text(9), texts.language());
    return out;
}

std::vector<Session> read_sessions(Database& database, const Texts& texts, std::string_view activity) {
    constexpr std::array<const char*, 4> half_days{nullptr, "half_day.morning", "half_day.afternoon", "half_day.evening"};
    std::vector<Session> out;
    Statement row = database.prepare_once(
        "SELECT number, coalesce(half_days, 1), date, half_day, subject FROM session WHERE activity = ?1 ORDER BY number");
    row.with(activity);
    while (row.step()) {
        Session session{row.integer(0), row.integer(1), std::string(row.text(2)), {}, std::string(row.text(4))};
        const auto half_day = static_cast<std::size_t>(row.integer(3));
        if (half_day > 0 && half_day < half_days.size()) session.half_day = texts(half_days[half_day]);
        out.push_back(std::move(session));
    }
    return out;
}

std::vector<Participant> read_participants(Database& database, std::string_view activity) {
    constexpr std::int64_t refused = 5, withdrawn = 6;
    std::vector<Participant> out;
    Statement row =
        database.prepare_once(std::string(person_columns) +
                              "JOIN enrolment e ON e.person = p.id WHERE e.activity = ?1 AND e.state NOT IN (?2, ?3) ORDER BY p.id");
    row.with(activity, refused, withdrawn);
    while (row.step()) out.push_back(participant(row));
    std::vector<std::pair<std::string, std::size_t>> order;
    for (std::size_t i = 0; i < out.size(); ++i) order.emplace_back(sort_key(out[i].family + " " + out[i].given), i);
    std::sort(order.begin(), order.end());
    std::vector<Participant> sorted;
    for (const auto& [key, i] : order) sorted.push_back(std::move(out[i]));
    return sorted;
}

Participant read_person(Database& database, std::int64_t id) {
    Statement row = database.prepare_once(std::string(person_columns) + "WHERE p.id = ?1");
    row.with(id);
    if (!row.step()) throw Error(ErrorKind::refused, "There is no person " + std::to_string(id) + " here.");
    return participant(row);
}

std::string designated(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const bool begins = at == 0 || static_cast<unsigned char>(text[at - 1]) < 0x80;
        const auto* found = std::find_if(designations.begin(), designations.end(), [&](std::string_view name) {
            return begins && text.substr(at).starts_with(name) && ends_word(text, at + name.size());
        });
        if (found == designations.end()) {
            out += text[at++];
            continue;
        }
        out += *found;
        at += found->size();
        if (at >= text.size() || text[at] != '*') out += '*';
    }
    return out;
}

bool has_designation(std::string_view text) {
    return std::any_of(designations.begin(), designations.end(),
                       [&](std::string_view name) { return text.find(std::string(name) + "*") != std::string_view::npos; });
}

}  // namespace tefter::documents
