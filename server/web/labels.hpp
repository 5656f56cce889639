#pragma once
// Rows, columns and values of the catalog in the words of a language.

#include "server/web/visit.hpp"

namespace tefter::web {

/// Of a text that is held as {"en": …, "sq": …}: the language of the page, else English, else any.
std::string in_language(const Texts& say, std::string_view json);

std::string table_name(const Visit& visit, const Table& table);
std::string column_name(const Visit& visit, const Column& column);
std::string enumerator_name(const Visit& visit, const Enumeration& enumeration, const Enumerator& value);

/// A cell as people read it: enumerators by name, dates in the language's form, references by what they refer to.
/// A personal one is hidden from those who may not see it.
Markup cell(const Visit& visit, const Column& column, const Value& value);
/// Likewise without markup, for headings and search.
std::string cell_text(const Visit& visit, const Column& column, const Value& value);

/// What a row is called by: its name or title, else its key. People's names only for those who may see them.
std::string row_name(const Visit& visit, const Table& table, const std::vector<OwnedValue>& key);

/// A key in an address, its parts divided by `/`; and back: nothing for what is no key of the table.
std::string key_text(const std::vector<OwnedValue>& key);
std::vector<OwnedValue> parse_key_text(const Visit& visit, const Table& table, const std::string& text);
std::string row_address(const Table& table, const std::vector<OwnedValue>& key);

}  // namespace tefter::web
