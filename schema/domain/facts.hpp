#pragma once
// What indicators count, in memory and by columns, as of one moment of a replica. Links between duplicates are followed:
// a person who was recorded twice is one, and two marks of one session are one, the better.
//
// Made in one pass over the rows and then read without the database, in milliseconds; 1,000,000 marks take about a second
// to load and 16 MB. Immutable, so any number of threads may share it; `LiveFacts` makes it anew after commits.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/catalog/catalog.hpp"
#include "engine/store/database.hpp"

namespace tefter {

/// 20260316; 0: none.
using Day = std::int32_t;
/// Of a date that may lack its day or month: the first and the last day that it can mean. 0 for an empty one.
Day first_day(std::string_view iso);
Day last_day(std::string_view iso);

inline constexpr std::uint32_t nobody = UINT32_MAX;

/// Enumerators by number, 0 where nothing is recorded; scopes by number.
struct PersonFact {
    std::int64_t id = 0;
    std::uint32_t one = 0;  ///< the place in `people` of the row that this one is counted as
    std::uint16_t scope = 0;
    std::uint8_t gender = 0, category = 0, institution_type = 0;
};

struct ActivityFact {
    std::string code;
    Day starts = 0, ends = 0;
    std::uint16_t scope = 0;
    std::uint8_t kind = 0, share = 0;
    bool done = false;  ///< by its state; without one, when its last day is past
    std::optional<double> cost;
    std::int64_t sessions = 0;
    std::int64_t people = 0, women = 0;  ///< who attended, links followed
    /// As the lists have them, row by row.
    std::int64_t enrolled = 0, person_sessions = 0, eligible = 0;
};

struct SessionFact {
    std::uint32_t activity = 0;
    std::int32_t number = 0;
    Day day = 0;
    std::int32_t half_days = 1;
};

struct EnrolmentFact {
    std::uint32_t person = 0, activity = 0;
    std::uint8_t state = 0;
};

struct MarkFact {
    std::uint32_t person = 0, session = 0;
    std::uint8_t status = 0;
    bool attended() const { return status >= 3; }  // late, present
    bool due() const { return status != 2; }       // excused ones are not
};

/// One thing that an indicator counts, other than marks.
struct Fact {
    std::int64_t id = 0;  ///< the key, where the table draws it; of an indicator over several tables, the place in `other`
    std::uint32_t person = nobody, activity = nobody;
    std::int32_t number = 0;  ///< the key's third part
    Day day = 0, until = 0;
    std::uint16_t scope = 0;
    std::uint8_t stage = 0;
    double top = 1, bottom = 1;
};

struct RowReference {
    const Table* table = nullptr;
    std::vector<OwnedValue> key;
};

struct TargetFact {
    std::string indicator, from, to;
    ScopeNumber beneficiary;  ///< 0: all together
    std::optional<double> baseline;
    double target = 0;
};

struct Facts {
    /// `database` may be a reader. `today` (2026-03-16) says what is past.
    static std::shared_ptr<const Facts> load(Database& database, const Catalog& catalog, const std::string& today);

    const Catalog* catalog = nullptr;
    Day today = 0;
    std::vector<PersonFact> people;                    ///< by id
    std::vector<ActivityFact> activities;              ///< by code
    std::vector<SessionFact> sessions;                 ///< by activity and number; without a row of its own too, where it has marks
    std::vector<EnrolmentFact> enrolments;             ///< by who is counted, activity, person
    std::vector<MarkFact> marks;                       ///< by who is counted and session, one each
    std::vector<std::size_t> enrolments_of, marks_of;  ///< of people[i]: from [i] to [i + 1]
    std::map<std::string, std::vector<Fact>, std::less<>> lists;  ///< by the indicator's code; by who is counted
    std::vector<RowReference> other;
    std::vector<TargetFact> targets;

    /// Nobody of the id: `nobody`.
    std::uint32_t find_person(std::int64_t id) const;
    std::uint32_t find_activity(std::string_view code) const;
    /// The enrolment of one who is counted; null where there is none.
    const EnrolmentFact* enrolment(std::uint32_t one, std::uint32_t activity) const;
};

/// The facts as of the last commit. Thread-safe.
class LiveFacts {
public:
    explicit LiveFacts(const Catalog& catalog) : catalog_(catalog) {}
    /// For Replica::on_commit.
    void touched(const Changed& tables);
    /// Loaded from `reader` when something was touched since, or the day has changed; other callers wait for it.
    std::shared_ptr<const Facts> fresh(Database& reader, const std::string& today);
    /// What is there, old as it may be; null before the first fresh().
    std::shared_ptr<const Facts> last() const;

private:
    const Catalog& catalog_;
    mutable std::mutex mutex_;
    std::mutex loading_;
    std::shared_ptr<const Facts> facts_;
    std::string today_;
    std::uint64_t commits_ = 1, loaded_ = 0;
};

/// The lists of `facts`, from registers and from the marks that are in it already.
void load_lists(Facts& facts, Database& database, const std::string& today);

}  // namespace tefter
