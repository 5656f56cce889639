#pragma once
// Any table of the catalog as lists and rows.

#include "server/web/labels.hpp"

namespace tefter::web {

/// The tables that people work with, in the order in which they are shown, by what they are about.
struct Shelf {
    std::string_view words;
    std::vector<std::string_view> tables;
};
const std::vector<Shelf>& shelves();

/// Users, devices, exports: they have pages of their own.
bool is_administration(const Table& table);
/// Whether the visitor may read rows of it: rows about people are for those who work with them.
bool may_read(const Visit& visit, const Table& table);

/// The table and key that the address names; a null table for what is not there, or not for the visitor.
struct Register {
    const Table* table = nullptr;
    std::vector<OwnedValue> key;
};
Register find_register(const Visit& visit);

/// `WHERE key = …` and its values.
std::string key_condition(const Table& table);
void bind_key(Statement& row, const std::vector<OwnedValue>& key);

/// A list of rows as a table: what it is called by, then what tells most.
struct ListOptions {
    std::string where;  ///< SQL of this program's own, with one parameter at most
    OwnedValue parameter;
    std::string search;  ///< words that must stand in the row, in any script
    std::size_t skip = 0, take = 50;
};
struct RowList {
    Markup table;
    std::size_t shown = 0, total = 0;
};
RowList list_rows(const Visit& visit, const Table& table, const ListOptions& options);

}  // namespace tefter::web
