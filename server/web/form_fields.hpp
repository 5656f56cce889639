#pragma once
// A column as a field of a form, and what was filled in as a value of the column.

#include "server/web/labels.hpp"

namespace tefter::web {

/// False for what is not filled in by hand: blobs.
bool can_fill_in(const Column& column);

/// As the field holds it: numbers of enumerators, 2026-03-16, members of a set by line.
std::string field_text(const Visit& visit, const Column& column, const Value& value);

/// Label and control; for a text in several languages one for each that is used and that of the page.
Markup form_field(const Visit& visit, const Column& column, const std::string& text);

/// What the form has for the column, in the form of field_text(); nothing where it has no such field.
std::optional<std::string> filled_in(const Visit& visit, const Column& column);

/// For an Edit. Throws ErrorKind::usage with a sentence for what is no value of the column.
OwnedValue value_of(const Visit& visit, const Column& column, const std::string& text);

}  // namespace tefter::web
