#pragma once
// The documents of the project as PDF: A4, real text, in the language that `texts` is set to. The same functions serve
// kiosk, command line and web pages. `database` may be a reader. Each throws ErrorKind::refused, with one sentence, where
// what it is of is not here.

#include <string_view>

#include "engine/base/bytes.hpp"
#include "engine/store/database.hpp"
#include "schema/texts/texts.hpp"

namespace tefter::documents {

/// A row a person, a column a half-day: the signature given at check-in, the mark, or an empty box to sign in.
Bytes attendance_list(Database& database, const Texts& texts, std::string_view activity);

/// Ten on a page, to be cut out, with a QR code that names nobody. Who has no badge yet is left out: domain/badges.hpp gives them one.
Bytes badges(Database& database, const Texts& texts, std::string_view activity);

}  // namespace tefter::documents
