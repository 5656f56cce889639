#pragma once
// People who may be registered twice, side by side: the same, not the same, and both can be taken back.

#include "kiosk/model/desk.hpp"

namespace tefter::kiosk {

struct SamePerson {
    std::int64_t id = 0, activities = 0;
    std::string family, given, birth, institution, position, email, telephone;
    std::string name() const { return family + " " + given; }
};

struct PersonPair {
    SamePerson one, other;
    double score = 0;
};

/// A decision that stands.
struct PairDecision {
    std::int64_t one = 0, other = 0;  ///< same: `other` is counted with `one`
    std::string one_name, other_name;
    bool same = false;
};

struct SamePeopleModel {
    std::vector<PersonPair> pairs;        ///< likeliest first, at most fifty
    std::vector<PairDecision> decisions;  ///< latest first, at most twenty
    std::uint64_t seen = 0;
    bool loaded = false;
    std::string problem;

    /// Comparing everyone with everyone takes seconds where there are many: beside the other reading.
    void refresh(Desk& desk);
    /// The rows that staff and above may write.
    static bool may_decide(const Desk& desk);
    /// The one who has more activities stays; the other is counted with her.
    void link(Desk& desk, const PersonPair& pair);
    void keep_apart(Desk& desk, const PersonPair& pair);
    void undo(Desk& desk, const PairDecision& decision);

private:
    void write(Desk& desk, Edit edit);
};

}  // namespace tefter::kiosk
