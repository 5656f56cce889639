#pragma once
// Sheets as offices send them: any of the encodings, separators and headings that their spreadsheets write. Pure.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tefter {

struct SheetRow {
    std::size_t line = 0;  ///< of the file, from 1
    std::vector<std::string> cells;
};

struct Sheet {
    std::vector<std::string> headings;
    std::vector<SheetRow> rows;  ///< without those that are blank
};

/// One fault of a line, as a person would mark it.
struct SheetFault {
    std::size_t line = 0;
    std::string column;  ///< its heading as it stands in the file; empty: the whole line
    std::string reason;
    std::string sentence() const;
};

/// UTF-8 with or without a mark, UTF-16, Windows-1250; comma, semicolon or tab; quotes as in RFC 4180; blanks at both
/// ends of a cell are taken off. Throws ErrorKind::usage naming `file` and the reason.
Sheet parse_sheet(std::string_view bytes, const std::string& file);

/// The field that a heading means (family, given, gender, birth, institution, category, email, telephone, consent, or of
/// activities code, kind, …), in English, Albanian, Bosnian, Serbian and Macedonian; empty when it means none.
std::string field_of(std::string_view heading);

/// Where each field stands. Throws ErrorKind::usage for an unknown heading, one that stands twice, or a missing field.
std::map<std::string, std::size_t> map_fields(const Sheet& sheet, const std::vector<std::string>& required, const std::string& file);

/// Folded for comparing: composed, without case.
std::string fold(std::string_view text);

/// 16.10.1974. | 27/09/1969 | 1974-10-16 → 1974-10-16; nothing for what is no date.
std::optional<std::string> parse_date(std::string_view text);
std::optional<std::string> parse_gender(std::string_view text);    ///< the enumerator's name
std::optional<std::string> parse_category(std::string_view text);  ///< likewise
std::optional<bool> parse_yes_no(std::string_view text);
std::optional<std::string> parse_activity_kind(std::string_view text);
std::optional<std::string> parse_mark(std::string_view text);  ///< P, L, E, A

}  // namespace tefter
