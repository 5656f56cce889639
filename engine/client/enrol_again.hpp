#pragma once
// A device that has forked (see engine/store/carry_over.hpp) begins anew under another number, with what it wrote carried over.

#include <string>
#include <vector>

#include "engine/client/home.hpp"
#include "engine/store/carry_over.hpp"

namespace tefter {

struct EnrolledAgain {
    DeviceNumber device;  ///< the new number
    CarriedOver carried;
    SyncReport report;                    ///< of the sync that sent it
    std::string kept_in;                  ///< the folder of the earlier replica, as it was
    std::vector<std::string> lost_slots;  ///< written by an older version: their owners are added again
};

/// Enrols beside the folder, fills, carries over, sends, and only then puts the new replica into the folder's place, with the key slots
/// of all who could open the earlier one and whatever else lies in the folder. Whatever fails or is killed before that leaves the folder
/// as it was, and the same call goes on. The earlier replica stays beside it. Throws as Home::enrol, Home::open, Home::sync and carry_over do; ErrorKind::busy while
/// another program writes to the folder.
EnrolledAgain enrol_again(const std::string& folder, std::string_view code, std::string_view passphrase, const Catalog& catalog,
                          const Environment& environment, const SyncProgress& progress = {});

}  // namespace tefter
