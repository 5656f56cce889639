// The rows that a figure counts.

#include <algorithm>

#include "schema/domain/tally.hpp"

namespace tefter {

namespace {

/// Keeps one page of what is counted.
class Page {
public:
    Page(std::size_t skip, std::size_t take) : skip_(skip), take_(take) {}
    template <class Make>
    void add(Make make) {
        const auto at = static_cast<std::size_t>(page_.total++);
        if (at >= skip_ && at - skip_ < take_) page_.rows.push_back(make());
    }
    RowPage finish() { return std::move(page_); }

private:
    std::size_t skip_, take_;
    RowPage page_;
};

RowReference reference(const Facts& facts, const Table& table, const Fact& fact) {
    RowReference out{&table, {}};
    if (table.generated_key) {
        out.key = {fact.id};
    } else if (fact.person == nobody) {
        out.key = {facts.activities[fact.activity].code};
    } else {
        out.key = {facts.people[fact.person].id, facts.activities[fact.activity].code};
        if (table.key.size() > 2) out.key.emplace_back(std::int64_t{fact.number});
    }
    return out;
}

void add_marks(Page& page, const Selection& selection, const Indicator& indicator, const Table& table) {
    constexpr std::uint8_t female = 1;
    const Facts& facts = selection.facts();
    walk_marks(selection, [&](std::uint32_t one, const MarkFact& mark, const MarkStep& step) {
        const SessionFact& session = facts.sessions[mark.session];
        Fact fact;
        fact.id = facts.people[one].id;
        fact.person = mark.person;
        fact.activity = session.activity;
        fact.number = session.number;
        bool counted = false;
        if (indicator.code == "C1") counted = step.first_of_person;
        else if (indicator.code == "C2") counted = step.first_of_person && facts.people[one].gender == female;
        else if (indicator.code == "C4") counted = mark.attended();
        else if (indicator.code == "C5") counted = mark.due();
        else if (indicator.code == "C12") counted = step.third_activity;
        else if (step.first_of_activity) {
            const EnrolmentFact* enrolment = facts.enrolment(one, session.activity);
            counted = enrolment != nullptr;
            if (counted) fact.person = enrolment->person;
        }
        if (counted) page.add([&] { return reference(facts, table, fact); });
    });
}

}  // namespace

RowPage rows_of(const Facts& facts, const Indicator& indicator, const Filter& filter, std::size_t skip, std::size_t take) {
    Page page(skip, take);
    const Selection selection(facts, filter, Cut::none);
    const Table* table = facts.catalog->find(indicator.table);
    const auto found = facts.lists.find(indicator.code);
    if (!selection.applies(indicator)) return page.finish();
    if (counts_marks(indicator)) {
        add_marks(page, selection, indicator, *table);
    } else if (found != facts.lists.end()) {
        for (Fact fact : found->second) {
            if (indicator.unit == Unit::months) {
                if (months_within(fact, selection.from(), std::min(selection.to(), facts.today)) == 0) continue;
                fact.day = std::max(fact.day, selection.from());
            }
            if (selection.of(indicator, fact) == left_out) continue;
            page.add([&] { return table == nullptr ? facts.other[static_cast<std::size_t>(fact.id)] : reference(facts, *table, fact); });
        }
    }
    return page.finish();
}

}  // namespace tefter
