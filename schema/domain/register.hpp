#pragma once
// What a form, a list, a search, an import and an export of a table need, derived from the catalog alone: a new table is an
// entry in the catalog and its words. Pure.

#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/catalog.hpp"
#include "schema/texts/texts.hpp"

namespace tefter {

struct RegisterPlan {
    const Table* table = nullptr;
    std::vector<const Column*> columns;  ///< in the catalog's order; a key that the engine draws is not among them
    std::vector<const Column*> title;    ///< what names a row
    std::vector<const Column*> listed;   ///< short enough for a line
    std::vector<const Column*> filters;  ///< with few choices
    const Column* order = nullptr;       ///< latest first by this date; null: by title
    std::vector<Referrer> children;      ///< tables that refer to this one, and by which column
};

RegisterPlan register_plan(const Catalog& catalog, const Table& table);
/// In the catalog's order, without a key that the engine draws.
std::vector<const Column*> register_columns(const Table& table);

/// The areas of the work in the order of the catalog, each with its tables. Those that only complete another table's row
/// (their key refers to a table of the same area) are left out: one sees them there.
struct Area {
    std::string name;  ///< its words are area.NAME
    std::vector<const Table*> tables;
};
std::vector<Area> areas(const Catalog& catalog);
std::string area_words(const Texts& texts, const std::string& name);

/// Where a new row of the table can lie.
bool scope_is_chosen(const Table& table);
bool is_money(const Column& column);

/// Words: table.NAME (many: table.NAME.many), column.NAME or, where a table means something else by it, column.TABLE.NAME, and
/// ENUMERATION.VALUE. A catalog's name where there are none.
std::string table_words(const Texts& texts, const Table& table);
std::string tables_words(const Texts& texts, const Table& table);
std::string column_words(const Texts& texts, const Table& table, const Column& column);
std::string enumerator_words(const Texts& texts, const Enumeration& enumeration, const Enumerator& value);

/// The column that a heading means: a catalog's name, or its words in any language. Null: none.
const Column* column_of_heading(const Texts& texts, const RegisterPlan& plan, std::string_view heading);
/// The enumerator that a cell means, likewise.
const Enumerator* enumerator_of_text(const Texts& texts, const Enumeration& enumeration, std::string_view text);

/// A text in several languages with this one's part replaced; plain text where only one is there.
std::string with_language(std::string_view stored, Language language, const std::string& words);

}  // namespace tefter
