#pragma once
// The history of syncs, and what this office and others have.

#include "kiosk/model/desk.hpp"

namespace tefter::kiosk {

struct SyncLine {
    std::int64_t at_ms = 0, sent = 0, received = 0, bytes = 0;
    std::string how, outcome;
    bool identical = false;
};

struct SendModel {
    std::vector<SyncLine> history;  ///< latest first, at most twenty
    int works_seen = 0;
    std::int64_t read_at_ms = -1;  ///< the end of the sync that the history holds
    /// `stick`: what was last done with a stick; it has added a line when it changes.
    void refresh(Desk& desk, int stick_works);
};

}  // namespace tefter::kiosk
