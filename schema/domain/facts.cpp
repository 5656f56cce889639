#include "schema/domain/facts.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "schema/domain/moment.hpp"

namespace tefter {

namespace {

constexpr std::uint8_t default_share = 80;

Day day_of(std::string_view iso, int missing_month, int missing_day) {
    const auto part = [&](std::size_t at, std::size_t size, int missing) {
        if (iso.size() < at + size) return missing;
        int out = missing;
        std::from_chars(iso.data() + at, iso.data() + at + size, out);
        return out;
    };
    return iso.size() < 4 ? 0 : (part(0, 4, 0) * 100 + part(5, 2, missing_month)) * 100 + part(8, 2, missing_day);
}

std::uint8_t small(const Statement& row, int column) { return static_cast<std::uint8_t>(row.integer(column)); }

void load_people(Facts& facts, Database& database) {
    Statement row = database.prepare_once(
        "SELECT p.id, p._scope, p.gender, p.category, i.kind FROM person p LEFT JOIN institution i ON i.id = p.institution ORDER BY p.id");
    while (row.step()) {
        PersonFact person;
        person.id = row.integer(0);
        person.one = static_cast<std::uint32_t>(facts.people.size());
        person.scope = static_cast<std::uint16_t>(row.integer(1));
        person.gender = small(row, 2);
        person.category = small(row, 3);
        person.institution_type = small(row, 4);
        facts.people.push_back(person);
    }
}

/// Each link leads on to the next one, until a person who is linked to nobody. Of a ring, which two offices may make together, the
/// first is the one.
void follow_links(Facts& facts, Database& database) {
    std::map<std::uint32_t, std::uint32_t> links;
    Statement row = database.prepare_once("SELECT duplicate, canonical FROM same_person");
    while (row.step()) {
        const std::uint32_t duplicate = facts.find_person(row.integer(0)), canonical = facts.find_person(row.integer(1));
        if (duplicate != nobody && canonical != nobody) links[duplicate] = canonical;
    }
    for (const auto& [duplicate, canonical] : links) {
        std::vector<std::uint32_t> path;
        std::uint32_t at = duplicate;
        const auto passed = [&] { return std::find(path.begin(), path.end(), at); };
        while (links.contains(at) && passed() == path.end()) {
            path.push_back(at);
            at = links.at(at);
        }
        facts.people[duplicate].one = passed() == path.end() ? at : *std::min_element(passed(), path.end());
    }
}

void load_activities(Facts& facts, Database& database, const std::string& today) {
    constexpr std::int64_t done = 4;
    Statement row = database.prepare_once(
        "SELECT code, _scope, kind, starts_on, ends_on, coalesce(state, 0), cost_cents, certificate_share FROM activity ORDER BY code");
    while (row.step()) {
        ActivityFact activity;
        activity.code = row.text(0);
        activity.scope = static_cast<std::uint16_t>(row.integer(1));
        activity.kind = small(row, 2);
        activity.starts = first_day(row.text(3));
        activity.ends = last_day(row.text(4));
        activity.done = row.integer(5) == done || (row.integer(5) == 0 && activity.ends < first_day(today));
        if (!row.is_null(6)) activity.cost = static_cast<double>(row.integer(6)) / 100;
        activity.share = row.is_null(7) ? default_share : small(row, 7);
        facts.activities.push_back(std::move(activity));
    }
}

/// Rows come in the order of activities and numbers; a mark of a session that has no row makes one.
class Sessions {
public:
    Sessions(Facts& facts, Database& database) : facts_(facts), of_(facts.activities.size()) {
        Statement row = database.prepare_once("SELECT activity, number, date, coalesce(half_days, 1) FROM session ORDER BY 1, 2");
        while (row.step()) {
            const std::uint32_t activity = facts.find_activity(row.text(0));
            if (activity == nobody) continue;
            ++facts.activities[activity].sessions;
            const Day own = first_day(row.text(2));
            add(activity, row.integer(1), own != 0 ? own : facts.activities[activity].starts, row.integer(3));
        }
    }
    std::uint32_t of(std::uint32_t activity, std::int64_t number) {
        const auto found = of_[activity].find(number);
        return found != of_[activity].end() ? found->second : add(activity, number, facts_.activities[activity].starts, 1);
    }
    /// Sessions that marks have made stand at the end: puts all in their order, and the marks with them.
    void sort() {
        std::vector<std::uint32_t> order, place(facts_.sessions.size());
        for (const auto& of : of_) {
            for (const auto& [number, session] : of) order.push_back(session);
        }
        std::vector<SessionFact> sorted;
        for (const std::uint32_t session : order) {
            place[session] = static_cast<std::uint32_t>(sorted.size());
            sorted.push_back(facts_.sessions[session]);
        }
        facts_.sessions = std::move(sorted);
        for (MarkFact& mark : facts_.marks) mark.session = place[mark.session];
    }

private:
    std::uint32_t add(std::uint32_t activity, std::int64_t number, Day day, std::int64_t half_days) {
        const auto out = static_cast<std::uint32_t>(facts_.sessions.size());
        facts_.sessions.push_back({activity, static_cast<std::int32_t>(number), day, static_cast<std::int32_t>(half_days)});
        of_[activity][number] = out;
        return out;
    }
    Facts& facts_;
    std::vector<std::map<std::int64_t, std::uint32_t>> of_;
};

/// Remembers the last answer: rows come by person and then by activity.
class Places {
public:
    explicit Places(const Facts& facts) : facts_(facts) {}
    std::uint32_t person(std::int64_t id) {
        if (person_ == nobody || id != facts_.people[person_].id) person_ = facts_.find_person(id);
        return person_;
    }
    std::uint32_t activity(std::string_view code) {
        if (activity_ == nobody || code != facts_.activities[activity_].code) activity_ = facts_.find_activity(code);
        return activity_;
    }

private:
    const Facts& facts_;
    std::uint32_t person_ = nobody, activity_ = nobody;
};

bool enough(const ActivityFact& activity, std::int64_t attended) {
    return activity.sessions > 0 && attended * 100 >= activity.share * activity.sessions;
}

/// Marks are by the row's own person and by activity still.
void count_rows(Facts& facts) {
    for (std::size_t at = 0; at < facts.marks.size();) {
        const std::uint32_t person = facts.marks[at].person, activity = facts.sessions[facts.marks[at].session].activity;
        std::int64_t attended = 0;
        for (; at < facts.marks.size(); ++at) {
            if (facts.marks[at].person != person || facts.sessions[facts.marks[at].session].activity != activity) break;
            attended += facts.marks[at].attended() ? 1 : 0;
        }
        facts.activities[activity].person_sessions += attended;
        facts.activities[activity].eligible += enough(facts.activities[activity], attended) ? 1 : 0;
    }
}

/// Marks are by who is counted and by activity.
void count_people(Facts& facts) {
    constexpr std::uint8_t female = 1;
    std::uint32_t last_one = nobody, last_activity = nobody;
    for (const MarkFact& mark : facts.marks) {
        const std::uint32_t one = facts.people[mark.person].one, activity = facts.sessions[mark.session].activity;
        if (!mark.attended() || (one == last_one && activity == last_activity)) continue;
        ++facts.activities[activity].people;
        facts.activities[activity].women += facts.people[one].gender == female ? 1 : 0;
        last_one = one;
        last_activity = activity;
    }
}

void load_marks(Facts& facts, Database& database) {
    Sessions sessions(facts, database);
    Places places(facts);
    Statement row = database.prepare_once("SELECT person, activity, session_number, status FROM attendance ORDER BY 1, 2, 3");
    while (row.step()) {
        const std::uint32_t person = places.person(row.integer(0)), activity = places.activity(row.text(1));
        if (person != nobody && activity != nobody) facts.marks.push_back({person, sessions.of(activity, row.integer(2)), small(row, 3)});
    }
    count_rows(facts);
    sessions.sort();
    const auto one = [&](const MarkFact& mark) { return facts.people[mark.person].one; };
    const auto before = [&](const MarkFact& a, const MarkFact& b) {
        return std::make_tuple(one(a), a.session, -int{a.status}, a.person) < std::make_tuple(one(b), b.session, -int{b.status}, b.person);
    };
    if (!std::is_sorted(facts.marks.begin(), facts.marks.end(), before)) std::sort(facts.marks.begin(), facts.marks.end(), before);
    const auto same = [&](const MarkFact& a, const MarkFact& b) { return one(a) == one(b) && a.session == b.session; };
    facts.marks.erase(std::unique(facts.marks.begin(), facts.marks.end(), same), facts.marks.end());
    count_people(facts);
}

void load_enrolments(Facts& facts, Database& database) {
    Places places(facts);
    Statement row = database.prepare_once("SELECT person, activity, state FROM enrolment ORDER BY 1, 2");
    while (row.step()) {
        const std::uint32_t person = places.person(row.integer(0)), activity = places.activity(row.text(1));
        if (person != nobody && activity != nobody) facts.enrolments.push_back({person, activity, small(row, 2)});
    }
    for (const EnrolmentFact& enrolment : facts.enrolments) ++facts.activities[enrolment.activity].enrolled;
    const auto order = [&](const EnrolmentFact& at) { return std::make_tuple(facts.people[at.person].one, at.activity, at.person); };
    std::sort(facts.enrolments.begin(), facts.enrolments.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
}

template <class Row>
std::vector<std::size_t> runs(const Facts& facts, const std::vector<Row>& rows) {
    std::vector<std::size_t> out(facts.people.size() + 1);
    for (const Row& row : rows) ++out[facts.people[row.person].one + 1];
    for (std::size_t i = 1; i < out.size(); ++i) out[i] += out[i - 1];
    return out;
}

void load_targets(Facts& facts, Database& database) {
    Statement row =
        database.prepare_once("SELECT indicator, from_on, to_on, beneficiary, baseline, target FROM indicator_target ORDER BY id");
    while (row.step()) {
        TargetFact target;
        target.indicator = row.text(0);
        target.from = row.text(1);
        target.to = row.text(2);
        if (const Scope* scope = facts.catalog->find_scope(row.text(3))) target.beneficiary = scope->number;
        if (!row.is_null(4)) target.baseline = row.value(4).real();
        target.target = row.value(5).real();
        facts.targets.push_back(std::move(target));
    }
}

}  // namespace

Day first_day(std::string_view iso) { return day_of(iso, 1, 1); }
Day last_day(std::string_view iso) { return day_of(iso, 12, 31); }

std::uint32_t Facts::find_person(std::int64_t id) const {
    const auto found =
        std::lower_bound(people.begin(), people.end(), id, [](const PersonFact& at, std::int64_t wanted) { return at.id < wanted; });
    return found != people.end() && found->id == id ? static_cast<std::uint32_t>(found - people.begin()) : nobody;
}

std::uint32_t Facts::find_activity(std::string_view code) const {
    const auto found = std::lower_bound(activities.begin(), activities.end(), code,
                                        [](const ActivityFact& at, std::string_view wanted) { return at.code < wanted; });
    return found != activities.end() && found->code == code ? static_cast<std::uint32_t>(found - activities.begin()) : nobody;
}

const EnrolmentFact* Facts::enrolment(std::uint32_t one, std::uint32_t activity) const {
    const EnrolmentFact* end = enrolments.data() + enrolments_of[one + 1];
    const EnrolmentFact* found = std::lower_bound(enrolments.data() + enrolments_of[one], end, activity,
                                                  [](const EnrolmentFact& at, std::uint32_t wanted) { return at.activity < wanted; });
    return found != end && found->activity == activity ? found : nullptr;
}

std::shared_ptr<const Facts> Facts::load(Database& database, const Catalog& catalog, const std::string& today) {
    const auto facts = std::make_shared<Facts>();
    facts->catalog = &catalog;
    facts->today = first_day(today);
    const Moment moment(database);
    load_people(*facts, database);
    follow_links(*facts, database);
    load_activities(*facts, database, today);
    load_marks(*facts, database);
    load_enrolments(*facts, database);
    facts->marks_of = runs(*facts, facts->marks);
    facts->enrolments_of = runs(*facts, facts->enrolments);
    load_targets(*facts, database);
    load_lists(*facts, database, today);
    return facts;
}

void LiveFacts::touched(const Changed& tables) {
    // What is looked at and taken out is noted in a row, and changes no figure.
    const Table* access = catalog_.find("access");
    if (tables.size() == 1 && access != nullptr && tables.contains(access->number)) return;
    const std::lock_guard lock(mutex_);
    ++commits_;
}

std::shared_ptr<const Facts> LiveFacts::fresh(Database& reader, const std::string& today) {
    const std::lock_guard loading(loading_);
    std::uint64_t commits = 0;
    {
        const std::lock_guard lock(mutex_);
        if (facts_ && loaded_ == commits_ && today_ == today) return facts_;
        commits = commits_;
    }
    std::shared_ptr<const Facts> facts = Facts::load(reader, catalog_, today);
    const std::lock_guard lock(mutex_);
    facts_ = std::move(facts);
    loaded_ = commits;
    today_ = today;
    return facts_;
}

std::shared_ptr<const Facts> LiveFacts::last() const {
    const std::lock_guard lock(mutex_);
    return facts_;
}

}  // namespace tefter
