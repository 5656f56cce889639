#pragma once
// All activities with their figures; Today shows those of today and this week.

#include "kiosk/model/desk.hpp"
#include "schema/texts/texts.hpp"

namespace tefter::kiosk {

struct ActivityLine {
    std::string code, title, kind, state, place, starts_on, ends_on, beneficiary;
    std::int64_t enrolled = 0, sessions = 0;
    std::int64_t here = 0;  ///< of one that runs today: attended anything today, or ever where sessions have no dates
    bool on(const std::string& day) const { return starts_on <= day && day <= ends_on; }
};

struct ActivitiesModel {
    std::vector<ActivityLine> lines;  ///< latest first
    std::uint64_t seen = 0;           ///< the revision that `lines` show; 0: none yet
    std::string filter, kind;         ///< of the list: words, and a kind or empty

    void refresh(Desk& desk, Language language);
    /// On the given day, then those that begin in the seven days after it.
    std::vector<const ActivityLine*> on(const std::string& day) const;
    std::vector<const ActivityLine*> soon(const std::string& day) const;
    std::vector<const ActivityLine*> filtered() const;
};

/// All of them, latest first, or the one with the code.
std::vector<ActivityLine> load_activities(Database& reader, const Catalog& catalog, Language language, const std::string& today,
                                          const std::string& code = {});

/// 2026-03-16 and some days.
std::string days_after(const std::string& day, int days);

}  // namespace tefter::kiosk
