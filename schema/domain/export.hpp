#pragma once
// Rows out of the replica, for analysts and for reports: readable by anyone who has the file, so it is logged first.

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "engine/store/replica.hpp"
#include "schema/domain/facts.hpp"

namespace tefter {

struct ExportReport {
    std::size_t tables = 0;
    std::size_t rows = 0;
};

struct ExportSelection {
    std::set<std::string> tables;                                   ///< empty: all
    std::function<bool(const Table&, const Column&)> allowed = {};  ///< empty: all columns
    std::shared_ptr<const Facts> indicators = nullptr;              ///< adds the table `indicators`: each figure, whole and by each cut
};

/// What `selection` names of a reader's rows: for those who have written to the access log themselves. Otherwise as below.
ExportReport export_tables(Database& reader, const Catalog& catalog, const ExportSelection& selection, const std::string& format,
                           const std::string& path, const std::function<bool(const ExportReport&)>& progress = {});

/// Every table of the catalog with all rows that are shown, enumerators by name, times as text; and the indicators.
///   csv     `path` becomes a folder with one file a table, UTF-8 with a mark, commas
///   xlsx    one workbook, a sheet for each table that has rows
///   sqlite  one plain SQLite file
/// Before anything is written, a row in `access` is added to every scope that is exported. `progress` is called with what
/// has been written so far and cancels by returning false: nothing remains then but the log. Throws ErrorKind::usage for
/// an unknown format, ErrorKind::refused where there is something at `path`, ErrorKind::disk, ErrorKind::cancelled.
ExportReport export_rows(Replica& replica, const std::string& format, const std::string& path,
                         const std::function<bool(const ExportReport&)>& progress);

/// A row in `access` for every scope that this replica holds: who took out how many rows of these tables.
void log_export(Replica& replica, const std::vector<const Table*>& tables, const std::string& what);

/// As the catalog names it: enumerators by name, times as text. Text that is made lives in `text`.
Value export_value(const Value& value, const Column& column, std::string& text);

}  // namespace tefter
