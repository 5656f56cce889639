#pragma once
// Rows of `access`: who took personal data out of a replica, and of which scope. They are synced, so administrators read them all.

#include "engine/store/replica.hpp"

namespace tefter {

/// "`what`, by OFFICE" took `rows` rows of `scope`, now.
Edit note_export(Replica& replica, ScopeNumber scope, const std::string& what, std::int64_t rows);

/// A document about a person, in the scope of his row.
Edit note_document_of_person(Replica& replica, std::string_view document, std::int64_t person);
/// About everybody who is enrolled in an activity, in the activity's scope. Both throw ErrorKind::refused when the row is not here.
Edit note_document_of_activity(Replica& replica, std::string_view document, const std::string& code);

}  // namespace tefter
