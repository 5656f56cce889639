#pragma once
// The documents of the project as PDF: A4, real text, in the language that `texts` is set to. The same functions serve
// kiosk, command line and web pages. `database` may be a reader. Each throws ErrorKind::refused, with one sentence, where
// what it is of is not here.

#include <optional>
#include <string_view>

#include "engine/base/bytes.hpp"
#include "engine/store/database.hpp"
#include "schema/domain/facts.hpp"
#include "schema/texts/texts.hpp"

namespace tefter::documents {

/// A row a person, a column a half-day: the signature given at check-in, the mark, or an empty box to sign in.
Bytes attendance_list(Database& database, const Texts& texts, std::string_view activity);

/// Ten on a page, to be cut out, with a QR code that names nobody. Who has no badge yet is left out: domain/badges.hpp gives them one.
Bytes badges(Database& database, const Texts& texts, std::string_view activity);

/// Of everybody who has one, a page each, or of one person. Their codes are in the file's keywords too.
Bytes certificates(Database& database, const Texts& texts, std::string_view activity, std::optional<std::int64_t> person = std::nullopt);

/// That a person takes part; and how much, once there are marks. `today` is 2026-03-16.
Bytes letter_of_confirmation(Database& database, const Texts& texts, std::string_view activity, std::int64_t person,
                             std::string_view today);

/// What was done in an activity: figures, people by every dimension, sessions.
Bytes activity_report(Database& database, const Facts& facts, const Texts& texts, std::string_view activity);

/// The yearly report: every indicator by quarter, with its target, area by area; and people by every dimension. With `server`
/// (https://HOST:PORT) each figure opens the page that shows its rows and their changes. Throws ErrorKind::usage for no year.
Bytes indicator_report(Database& database, const Facts& facts, const Texts& texts, int year,
                       std::optional<ScopeNumber> beneficiary = std::nullopt, const std::string& server = "");
/// The same as a workbook at `path`, with a sheet of the rows that each figure counts (up to 2,000 of each, by table and key).
void indicator_workbook(const Facts& facts, const Texts& texts, int year, std::optional<ScopeNumber> beneficiary, const std::string& server,
                        const std::string& path);

/// All that the register holds of a person and of the rows linked with him, for him (subject access).
Bytes person_data(Database& database, const Catalog& catalog, const Texts& texts, std::int64_t person, std::string_view today);
std::string person_data_json(Database& database, const Catalog& catalog, std::int64_t person);

/// Any table of the catalog, of one scope or of all. Up to 5,000 rows; more are for sheets: ErrorKind::refused.
Bytes register_extract(Database& database, const Catalog& catalog, const Texts& texts, std::string_view table, std::string_view today,
                       std::optional<ScopeNumber> scope = std::nullopt);

}  // namespace tefter::documents
