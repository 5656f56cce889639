#pragma once
// The right to erasure, by two people: one asks, another approves, and the server erases in the same action. Both are
// written down in the table `erasure`, which names nobody.

#include "engine/store/replica.hpp"

namespace tefter {

struct ErasureRequest {
    std::string table;
    std::vector<OwnedValue> key;
    std::string reason;   ///< of the enumeration erasure_reason
    std::int64_t by = 0;  ///< row id of a staff user
};

struct OpenErasure {
    std::int64_t id = 0;
    std::string table, key, reason, asked_by;
    std::int64_t by = 0;        ///< row id of who asked
    std::int64_t asked_at = 0;  ///< Unix ms
};

/// The row that asks. Throws ErrorKind::usage where there is no such row or no personal data in it, ErrorKind::refused for
/// who may not ask.
Edit request_erasure(Replica& replica, const ErasureRequest& request);
std::vector<OpenErasure> open_erasures(Database& reader, const Catalog& catalog);
/// The approval, and the erasure of the row, of those that are linked to it as the same person, of what belongs to them
/// and of the names of files attached to them. Throws ErrorKind::refused for who may not approve: whoever asked, and who
/// is not staff.
std::vector<Edit> approve_erasure(Replica& replica, std::int64_t id, std::int64_t by);

}  // namespace tefter
