#include "schema/domain/tally.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tefter {

namespace {

constexpr std::uint8_t female = 1, not_said = 4;
constexpr double days_a_month = 365.25 / 12;

std::optional<double> ratio(double top, double bottom, double of = 100) {
    return bottom == 0 ? std::nullopt : std::optional<double>(of * top / bottom);
}

Figure figure_of(const Indicator& indicator, const MarkTally& tally) {
    const auto number = [](std::int64_t count) { return static_cast<double>(count); };
    Figure out;
    out.people = tally.people;
    if (indicator.code == "C1") {
        out.value = number(tally.people);
        out.rows = tally.people;
    } else if (indicator.code == "C2") {
        out.value = ratio(number(tally.women), number(tally.gender_said));
        out.basis = number(tally.gender_said);
        out.rows = tally.women;
        out.people = tally.women;
    } else if (indicator.code == "C3") {
        out.value = number(tally.participations);
        out.rows = tally.participations;
    } else if (indicator.code == "C4") {
        out.value = number(tally.half_days) / 2;
        out.rows = tally.attended;
    } else if (indicator.code == "C5") {
        out.value = ratio(number(tally.attended), number(tally.due));
        out.basis = number(tally.due);
        out.rows = tally.due;
        out.people = tally.people_due;
    } else {
        out.value = number(tally.again);
        out.rows = tally.again;
        out.people = tally.again;
    }
    return out;
}

/// What falls into one part of a cut, from a list.
struct ListTally {
    double top = 0, bottom = 0, most = 0;
    std::int64_t rows = 0, people = 0;
    std::uint32_t last = nobody;
    std::vector<double> each;  ///< for a median

    void add(const Facts& facts, const Fact& fact, double value, bool keep) {
        top += value;
        bottom += fact.bottom;
        most = std::max(most, value);
        ++rows;
        if (keep) each.push_back(value);
        if (fact.person == nobody) return;
        const std::uint32_t one = facts.people[fact.person].one;
        people += std::exchange(last, one) == one ? 0 : 1;
    }
};

double median(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

Figure figure_of(const Indicator& indicator, ListTally& tally) {
    Figure out;
    out.rows = tally.rows;
    out.people = tally.people;
    out.basis = tally.bottom;
    const bool none = tally.rows == 0;
    switch (indicator.combine) {
        case Combine::count: out.value = static_cast<double>(tally.rows); break;
        case Combine::sum: out.value = tally.top; break;
        case Combine::ratio: out.value = ratio(tally.top, tally.bottom, indicator.unit == Unit::percent ? 100 : 1); break;
        case Combine::mean: out.value = ratio(tally.top, static_cast<double>(tally.rows), 1); break;
        case Combine::median: out.value = none ? std::nullopt : std::optional<double>(median(tally.each)); break;
        case Combine::most: out.value = none ? std::nullopt : std::optional<double>(tally.most); break;
    }
    return out;
}

std::chrono::sys_days calendar(Day day) {
    const auto date =
        std::chrono::year(day / 10000) / static_cast<int>(day / 100 % 100) / std::chrono::day(static_cast<unsigned>(day % 100));
    return date.ok() ? std::chrono::sys_days(date) : std::chrono::sys_days(date.year() / date.month() / std::chrono::last);
}

/// Postings last: each falls into every quarter that it reaches into.
void tally_postings(const Selection& selection, const Indicator& indicator, std::vector<ListTally>& parts) {
    const Facts& facts = selection.facts();
    for (const Fact& fact : facts.lists.find(indicator.code)->second) {
        for (std::size_t i = 0; i < parts.size(); ++i) {
            Day from = selection.from(), to = std::min(selection.to(), facts.today);
            Fact at = fact;
            if (selection.cut() == Cut::quarter) {
                const Filter quarter = narrowed(facts, indicator, selection.filter(), Cut::quarter, selection.key(i));
                from = first_day(quarter.from);
                to = std::min(last_day(quarter.to), facts.today);
            }
            const double months = months_within(fact, from, to);
            if (months == 0) continue;
            at.day = std::max(fact.day, from);
            if (selection.of(indicator, at) == static_cast<Part>(i)) parts[i].add(facts, fact, months, false);
        }
    }
}

}  // namespace

bool counts_marks(const Indicator& indicator) {
    return indicator.code == "C12" || (indicator.code.size() == 2 && indicator.code[0] == 'C' && indicator.code[1] <= '5');
}

double months_within(const Fact& posting, Day from, Day to) {
    const Day first = std::max(posting.day, from);
    const Day last = posting.until == 0 ? to : std::min(posting.until, to);
    if (posting.day == 0 || first > last) return 0;
    return static_cast<double>((calendar(last) - calendar(first)).count() + 1) / days_a_month;
}

std::vector<MarkTally> tally_marks(const Selection& selection) {
    const Facts& facts = selection.facts();
    std::vector<MarkTally> out(selection.parts());
    std::vector<std::uint32_t> last_due(selection.parts(), nobody);
    walk_marks(selection, [&](std::uint32_t one, const MarkFact& mark, const MarkStep& step) {
        const auto part = static_cast<std::size_t>(step.part);
        MarkTally& tally = out[part];
        if (mark.due()) {
            ++tally.due;
            tally.people_due += std::exchange(last_due[part], one) == one ? 0 : 1;
        }
        if (!mark.attended()) return;
        ++tally.attended;
        tally.half_days += facts.sessions[mark.session].half_days;
        if (step.first_of_activity && facts.enrolment(one, facts.sessions[mark.session].activity) != nullptr) ++tally.participations;
        tally.again += step.third_activity ? 1 : 0;
        if (!step.first_of_person) return;
        const std::uint8_t gender = facts.people[one].gender;
        ++tally.people;
        tally.women += gender == female ? 1 : 0;
        tally.gender_said += gender != 0 && gender != not_said ? 1 : 0;
    });
    return out;
}

std::vector<Slice> slices_of(const Selection& selection, const Indicator& indicator, const std::vector<MarkTally>& marks) {
    std::vector<Slice> out;
    if (!selection.applies(indicator)) {
        out.emplace_back().figure.applies = false;
        return out;
    }
    const Facts& facts = selection.facts();
    std::vector<ListTally> parts(selection.parts());
    const auto found = facts.lists.find(indicator.code);
    if (indicator.unit == Unit::months && found != facts.lists.end()) {
        tally_postings(selection, indicator, parts);
    } else if (found != facts.lists.end()) {
        for (const Fact& fact : found->second) {
            const Part part = selection.of(indicator, fact);
            if (part != left_out) parts[static_cast<std::size_t>(part)].add(facts, fact, fact.top, indicator.combine == Combine::median);
        }
    }
    for (std::size_t i = 0; i < selection.parts(); ++i) {
        Slice slice{selection.key(i), counts_marks(indicator) ? figure_of(indicator, marks[i]) : figure_of(indicator, parts[i])};
        if (selection.cut() == Cut::stage) {
            const Enumerator* stage = facts.catalog->enumerations().find(indicator.stages)->second.find(static_cast<std::int64_t>(i));
            if (stage != nullptr) slice.key = stage->name;
        }
        if (slice.figure.rows > 0 || selection.cut() == Cut::none || selection.cut() == Cut::quarter) out.push_back(std::move(slice));
    }
    return out;
}

}  // namespace tefter
