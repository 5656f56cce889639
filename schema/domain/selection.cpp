#include <algorithm>

#include "schema/domain/tally.hpp"

namespace tefter {

namespace {

bool passes(const std::optional<std::int64_t>& wanted, std::int64_t value) { return !wanted || *wanted == value; }

int quarter_number(Day day) { return day / 10000 * 4 + (day / 100 % 100 - 1) / 3; }

/// Part 0 is what is not recorded, then the enumerators by number.
std::vector<std::string> names_of(const Enumeration& enumeration) {
    std::vector<std::string> out(1);
    for (const Enumerator& value : enumeration.values) {
        out.resize(std::max(out.size(), static_cast<std::size_t>(value.number) + 1));
        out[static_cast<std::size_t>(value.number)] = value.name;
    }
    return out;
}

}  // namespace

Selection::Selection(const Facts& facts, const Filter& filter, Cut cut)
    : facts_(facts),
      filter_(filter),
      cut_(cut),
      from_(first_day(filter.from)),
      to_(filter.to.empty() ? INT32_MAX : last_day(filter.to)),
      keys_(1) {
    if (!filter.activity.empty()) activity_ = facts.find_activity(filter.activity);
    const auto& enumerations = facts.catalog->enumerations();
    if (cut == Cut::quarter) name_quarters();
    if (cut == Cut::stage) keys_.resize(UINT8_MAX + 1);  // each indicator has its own names
    if (cut == Cut::beneficiary) {
        for (const Scope& scope : facts.catalog->scopes()) {
            keys_.resize(std::max<std::size_t>(keys_.size(), scope.number.value + 1));
            keys_[scope.number.value] = scope.name;
        }
    } else if (const auto found = enumerations.find(to_text(cut)); found != enumerations.end()) {
        keys_ = names_of(found->second);
    }
    people_.reserve(facts.people.size());
    for (const PersonFact& one : facts.people) people_.push_back(person(one));
    std::vector<Part> kinds;
    for (std::uint32_t i = 0; i < facts.activities.size(); ++i) kinds.push_back(activity(i));
    for (const SessionFact& session : facts.sessions) {
        const Part kind = kinds[session.activity], day = period(session.day);
        sessions_.push_back(kind == left_out || day == left_out ? left_out : static_cast<Part>(kind + day));
    }
}

void Selection::name_quarters() {
    Day first = INT32_MAX, last = 0;
    const auto take = [&](Day day) {
        if (day == 0 || day < from_ || day > to_) return;
        first = std::min(first, day);
        last = std::max(last, day);
    };
    for (const SessionFact& session : facts_.sessions) take(session.day);
    for (const auto& [code, list] : facts_.lists) {
        for (const Fact& fact : list) take(fact.day);
    }
    keys_.clear();
    first_quarter_ = quarter_number(first);
    for (int quarter = first_quarter_; quarter <= quarter_number(last); ++quarter)
        keys_.push_back(std::to_string(quarter / 4) + "-Q" + std::to_string(quarter % 4 + 1));
}

bool Selection::applies(const Indicator& indicator) const {
    const bool of_people = filter_.institution_type || filter_.category || filter_.gender;
    return indicator.can(cut_) && (indicator.of_people || !of_people) &&
           (indicator.of_activities || (!filter_.activity_kind && filter_.activity.empty())) &&
           (!indicator.stages.empty() || !filter_.stage) && (indicator.dated || (filter_.from.empty() && filter_.to.empty()));
}

Part Selection::quarter(Day day) const { return static_cast<Part>(quarter_number(day) - first_quarter_); }

Part Selection::person(const PersonFact& person) const {
    const bool in = (!filter_.beneficiary || filter_.beneficiary->value == person.scope) && passes(filter_.gender, person.gender) &&
                    passes(filter_.category, person.category) && passes(filter_.institution_type, person.institution_type);
    if (!in) return left_out;
    int part = 0;
    if (cut_ == Cut::beneficiary) part = person.scope;
    if (cut_ == Cut::gender) part = person.gender;
    if (cut_ == Cut::category) part = person.category;
    if (cut_ == Cut::institution_type) part = person.institution_type;
    // What a newer catalog calls by a number that is unknown here is as if it were not recorded.
    return static_cast<Part>(part < static_cast<int>(keys_.size()) ? part : 0);
}

Part Selection::activity(std::uint32_t activity) const {
    const std::uint8_t kind = facts_.activities[activity].kind;
    if (!passes(filter_.activity_kind, kind) || (!filter_.activity.empty() && activity != activity_)) return left_out;
    return static_cast<Part>(cut_ == Cut::activity_kind && kind < keys_.size() ? kind : 0);
}

Part Selection::period(Day day) const {
    const bool open = from_ == 0 && to_ == INT32_MAX;
    if (!open && (day == 0 || day < from_ || day > to_)) return left_out;
    if (cut_ != Cut::quarter) return 0;
    return day == 0 ? left_out : quarter(day);
}

Part Selection::of(const Indicator& indicator, const Fact& fact) const {
    if (!applies(indicator)) return left_out;
    Part part = indicator.dated ? period(fact.day) : Part{0};
    if (part == left_out || !passes(filter_.stage, fact.stage)) return left_out;
    const auto add = [&](Part more) { part = more == left_out || part == left_out ? left_out : static_cast<Part>(part + more); };
    if (fact.activity != nobody) add(activity(fact.activity));
    if (cut_ == Cut::stage) add(fact.stage);
    if (fact.person != nobody) {
        add(people_[facts_.people[fact.person].one]);
    } else {
        if (filter_.beneficiary && filter_.beneficiary->value != fact.scope) return left_out;
        if (cut_ == Cut::beneficiary) add(static_cast<Part>(fact.scope < keys_.size() ? fact.scope : 0));
    }
    return part;
}

}  // namespace tefter
