#pragma once
// How indicators are counted: which facts a filter lets through, into which part of a cut each falls, and one walk over
// the marks for all figures that come from them.

#include "schema/domain/indicators.hpp"

namespace tefter {

/// Where nothing is let through, and the part of a cut otherwise.
using Part = std::int16_t;
inline constexpr Part left_out = -1;

/// A filter and a cut, worked out for each person and session. Lives as long as `facts` and `filter`.
class Selection {
public:
    Selection(const Facts& facts, const Filter& filter, Cut cut);

    const Facts& facts() const { return facts_; }
    const Filter& filter() const { return filter_; }
    Cut cut() const { return cut_; }
    std::size_t parts() const { return keys_.size(); }
    const std::string& key(std::size_t part) const { return keys_[part]; }
    bool applies(const Indicator& indicator) const;
    /// What a mark is counted in.
    Part of(std::uint32_t one, std::uint32_t session) const {
        const Part person = people_[one], own = sessions_[session];
        return person == left_out || own == left_out ? left_out : static_cast<Part>(person + own);
    }
    bool has(std::uint32_t one) const { return people_[one] != left_out; }
    Part of(const Indicator& indicator, const Fact& fact) const;
    /// Days from and to, 0 and INT32_MAX where open.
    Day from() const { return from_; }
    Day to() const { return to_; }
    /// The part of a cut by quarter that a day is in.
    Part quarter(Day day) const;

private:
    Part person(const PersonFact& person) const;
    Part activity(std::uint32_t activity) const;
    Part period(Day day) const;
    void name_quarters();

    const Facts& facts_;
    const Filter& filter_;
    const Cut cut_;
    Day from_, to_;
    std::uint32_t activity_ = nobody;  ///< the one that is asked for
    int first_quarter_ = 0;
    std::vector<std::string> keys_;
    std::vector<Part> people_;    ///< by who is counted
    std::vector<Part> sessions_;  ///< the part by kind or quarter, 0 in other cuts
};

struct MarkTally {
    std::int64_t people = 0, women = 0, gender_said = 0, participations = 0, again = 0;
    std::int64_t half_days = 0, attended = 0, due = 0, people_due = 0;
};

/// What a mark is the first of, in its part.
struct MarkStep {
    Part part = 0;
    bool first_of_person = false;    ///< an attended one
    bool first_of_activity = false;  ///< likewise
    bool third_activity = false;     ///< likewise
};

/// Marks by person and session: visit(one, mark, step).
template <class Visit>
void walk_marks(const Selection& selection, Visit visit) {
    struct Last {
        std::uint32_t one = nobody, activity = nobody;
        int activities = 0;
    };
    const Facts& facts = selection.facts();
    std::vector<Last> last(selection.parts());
    for (std::uint32_t one = 0; one < facts.people.size(); ++one) {
        if (!selection.has(one)) continue;
        for (std::size_t at = facts.marks_of[one]; at < facts.marks_of[one + 1]; ++at) {
            const MarkFact& mark = facts.marks[at];
            MarkStep step;
            step.part = selection.of(one, mark.session);
            if (step.part == left_out) continue;
            if (mark.attended()) {
                Last& before = last[static_cast<std::size_t>(step.part)];
                const std::uint32_t activity = facts.sessions[mark.session].activity;
                step.first_of_person = before.one != one;
                step.first_of_activity = step.first_of_person || before.activity != activity;
                before.activities = step.first_of_person ? 1 : before.activities + (step.first_of_activity ? 1 : 0);
                step.third_activity = step.first_of_activity && before.activities == 3;
                before.one = one;
                before.activity = activity;
            }
            visit(one, mark, step);
        }
    }
}

/// C1 to C5 and C12 come from marks, the others from lists.
bool counts_marks(const Indicator& indicator);
std::vector<MarkTally> tally_marks(const Selection& selection);
/// `marks` are needed where the indicator counts them.
std::vector<Slice> slices_of(const Selection& selection, const Indicator& indicator, const std::vector<MarkTally>& marks);
/// Months of a posting within a period, both inclusive.
double months_within(const Fact& posting, Day from, Day to);

}  // namespace tefter
