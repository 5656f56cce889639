#pragma once
// Sheets into a replica: one action a sheet, all or nothing, safe to repeat.

#include "engine/store/replica.hpp"
#include "schema/domain/sheet.hpp"

namespace tefter {

struct ImportResult {
    std::size_t rows = 0;     ///< of the sheet, bad ones included
    std::size_t changes = 0;  ///< rows of the replica that are new or changed; 0 when all was there
    std::vector<SheetFault> faults;
    std::vector<std::string> warnings;
    bool written = false;
};

struct ImportOptions {
    bool skip_bad = false;             ///< writes the good lines all the same
    std::optional<ScopeNumber> scope;  ///< of new people; the replica's only beneficiary when not given
    std::string activity;              ///< code; of an attendance list
};

/// `file` names the sheet in what is said. Throws ErrorKind::usage for a sheet that cannot be read at all.
ImportResult import_participants(Replica& replica, std::string_view bytes, const std::string& file, const ImportOptions& options);
ImportResult import_activities(Replica& replica, std::string_view bytes, const std::string& file, const ImportOptions& options);
ImportResult import_attendance(Replica& replica, std::string_view bytes, const std::string& file, const ImportOptions& options);

}  // namespace tefter
