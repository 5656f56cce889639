#pragma once
// Sheets of any table of the catalog: into a replica, one action a sheet, all or nothing; and out of it.

#include "schema/domain/export.hpp"
#include "schema/domain/import.hpp"
#include "schema/domain/register_cells.hpp"

namespace tefter {

/// Headings are names of the catalog or their words in any language, `scope`, and `id` of a drawn key. A line with a key
/// changes that row; its empty cells change nothing. A line without one is a new row, unless a row has all of its values
/// already: so a sheet that is imported again changes nothing. `file` names the sheet in what is said. Throws
/// ErrorKind::usage for a sheet that cannot be read at all, ErrorKind::refused where this device may not write the table.
ImportResult import_rows(Replica& replica, const Texts& texts, const Table& table, std::string_view bytes, const std::string& file,
                         const ImportOptions& options);

enum class SheetWords {
    catalog,   ///< names and values as the catalog has them
    language,  ///< headings and values in the words of a language
};

/// All rows of one table as csv (one file) or xlsx, logged first like every export. Throws as export_rows does.
ExportReport export_register(Replica& replica, const Texts& texts, const Table& table, SheetWords words, const std::string& format,
                             const std::string& path);

}  // namespace tefter
