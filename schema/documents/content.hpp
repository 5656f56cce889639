#pragma once
// What documents say, read from a replica.

#include <optional>
#include <string>
#include <vector>

#include "engine/store/database.hpp"
#include "schema/texts/texts.hpp"

namespace tefter::documents {

/// Of the register's table `project`, or of the texts where it has no row.
struct Project {
    std::string name, funding_statement, contract, organisation, address, website, signatory, signatory_position;
    std::string verify_address;  ///< what a certificate's code is appended to, so that a telephone opens it
};
Project read_project(Database& database, const Texts& texts);

struct Activity {
    std::string code, title, kind, place, starts_on, ends_on, trainers, organiser, description, beneficiary;
    std::int64_t kind_number = 0;
};
/// Throws ErrorKind::refused where there is none.
Activity read_activity(Database& database, const Texts& texts, std::string_view code);

struct Session {
    std::int64_t number = 0, half_days = 1;
    std::string date, half_day, subject;
};
std::vector<Session> read_sessions(Database& database, const Texts& texts, std::string_view activity);

struct Participant {
    std::int64_t id = 0, gender = 0;
    std::string family, given, institution, position, badge;
    std::string full_name() const { return given + " " + family; }
};
/// Who is enrolled and has neither refused nor withdrawn, in the order of names across scripts.
std::vector<Participant> read_participants(Database& database, std::string_view activity);
/// Throws ErrorKind::refused where there is nobody of this id.
Participant read_person(Database& database, std::int64_t id);

/// Kosovo* wherever it is read: gives the asterisk to the country's name where it stands without.
std::string designated(std::string_view text);
/// Whether a text needs the footnote.
bool has_designation(std::string_view text);

}  // namespace tefter::documents
