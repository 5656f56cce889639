#pragma once
// Sync by USB stick: segments in a file that only the devices named can open. Whoever carries it learns how many bytes
// it has, and for whom it is. docs/sync-protocol.md is its specification.
//
// Each segment is signed by the device that made it, so the file itself proves nothing and need not: what comes out is
// received like any other segment. What the recipients hold comes in; nothing is taken as sent until the server has it.

#include <functional>
#include <iosfwd>

#include "engine/store/replica.hpp"

namespace tefter {

struct BundleReport {
    std::size_t segments = 0, changesets = 0;  ///< written, or applied
    std::size_t bytes = 0;                     ///< of the file
    std::size_t known = 0, held = 0;           ///< segments that were here already; that wait for others
    std::vector<std::string> refused;          ///< one sentence each
    std::vector<DeviceNumber> recipients;
};

/// Called for each segment; returning false stops the work, which throws ErrorKind::refused. What was imported stays.
using BundleProgress = std::function<bool(const BundleReport&)>;

/// Who may carry this replica's changes to the server: every device of staff, a manager or an administrator that is not
/// revoked, whose registration has not ended, and that holds all of this replica's scopes, and the server itself.
std::vector<DeviceNumber> usual_recipients(Replica& replica);

/// Writes what the server has not confirmed; `everything`: all segments that are kept, for a device that never meets a
/// network. Throws ErrorKind::refused for a recipient that is unknown, revoked, or does not hold the scopes.
BundleReport export_bundle(Replica& replica, const std::vector<DeviceNumber>& recipients, bool everything,
                           const std::function<void(BytesView)>& sink, const BundleProgress& progress);

/// Receives, segment by segment; what is cut off or damaged ends it with ErrorKind::corrupt, and what came before stays.
/// Throws ErrorKind::not_replica for another kind of file, ErrorKind::wrong_key when it is sealed for others.
BundleReport import_bundle(Replica& replica, std::istream& file, const BundleProgress& progress);

}  // namespace tefter
