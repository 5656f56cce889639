#pragma once
// What a person typed or a sheet holds, read as a value of a column: the same for forms, imports and filters.

#include "schema/domain/register_rows.hpp"

namespace tefter {

enum class CellFault {
    none,
    required,
    date,
    moment,
    whole,
    number,
    money,
    yes_no,
    choice,
    no_row,
    several_rows,
    too_low,
    too_high,
    too_long,
    bytes
};

struct ReadCell {
    OwnedValue value;  ///< null for an empty cell
    CellFault fault = CellFault::none;
};

enum class CellForm {
    words,   ///< as people write it; money in euro
    stored,  ///< as the catalog stores it; money in cents
};

/// Enumerators by name or by their words in any language, references by key or by name, dates as offices write them, sets
/// with ; or , between, plain text for one in several languages.
ReadCell read_cell(RowReader& rows, const Column& column, std::string_view typed, CellForm form = CellForm::words);

/// One sentence in the language of `texts`: what is wrong with what was typed, and what to do.
std::string sentence(const Texts& texts, const Column& column, CellFault fault, std::string_view typed);

/// 1.234,50 | 1,234.50 | 1200 → cents.
std::optional<std::int64_t> parse_money(std::string_view typed);

}  // namespace tefter
