#include "schema/domain/indicators.hpp"

#include <algorithm>

#include "engine/base/text.hpp"
#include "schema/domain/tally.hpp"

namespace tefter {

namespace {

constexpr std::array<std::string_view, 8> cut_names{"none",     "beneficiary", "activity_kind", "institution_type",
                                                    "category", "gender",      "stage",         "quarter"};

/// code, table, unit, combined, of people, of activities, dated, stages
// NOLINTNEXTLINE(cert-err58-cpp): where this throws there is no memory to say so with
const std::vector<Indicator> all{
    {"C1", "person", Unit::count, Combine::count, true, true, true, {}},
    {"C2", "person", Unit::percent, Combine::ratio, true, true, true, {}},
    {"C3", "enrolment", Unit::count, Combine::count, true, true, true, {}},
    {"C4", "attendance", Unit::days, Combine::sum, true, true, true, {}},
    {"C5", "attendance", Unit::percent, Combine::ratio, true, true, true, {}},
    {"C6", "enrolment", Unit::count, Combine::count, true, true, true, {}},
    {"C7", "test_result", Unit::percent, Combine::mean, true, true, true, {}},
    {"C8", "evaluation", Unit::points, Combine::mean, false, true, true, {}},
    {"C8.high", "evaluation", Unit::percent, Combine::ratio, false, true, true, {}},
    {"C9", "enrolment", Unit::count, Combine::count, true, false, true, {}},
    {"C9.risen", "enrolment", Unit::percent, Combine::ratio, true, false, true, {}},
    {"C10", "activity", Unit::count, Combine::count, false, true, true, {}},
    {"C10.days", "attendance", Unit::days, Combine::sum, true, true, true, {}},
    {"C11", "activity", Unit::euro, Combine::ratio, false, true, true, {}},
    {"C12", "person", Unit::count, Combine::count, true, true, true, {}},
    {"S1", "supported_case", Unit::count, Combine::count, false, false, true, {}},
    {"S2", "meeting", Unit::count, Combine::count, false, false, true, {}},
    {"S3", "investigation_team", Unit::count, Combine::count, false, false, true, {}},
    {"S4", "assistance_request", Unit::days, Combine::median, false, false, true, {}},
    {"A1", "agreement", Unit::count, Combine::count, false, false, true, "agreement_stage"},
    {"A2", "liaison_posting", Unit::months, Combine::sum, false, false, true, {}},
    {"L1", "law", Unit::count, Combine::count, false, false, true, "law_stage"},
    {"L2", "law_comment", Unit::percent, Combine::ratio, false, false, false, "comment_state"},
    {"X1", "exchange_step", Unit::count, Combine::count, false, false, true, "step_state"},
    {"X2", "analysis_product", Unit::count, Combine::count, false, false, true, "analysis_kind"},
    {"Q1", "", Unit::days, Combine::most, false, false, false, {}},
    {"Q2", "", Unit::count, Combine::count, false, false, false, {}},
    {"Q3", "", Unit::count, Combine::count, false, false, false, {}},
    {"Q4", "", Unit::count, Combine::count, false, false, false, {}},
};

const Enumeration& enumeration_of(const Catalog& catalog, const Indicator& indicator, Cut cut) {
    std::string_view name = cut == Cut::stage ? indicator.stages : to_text(cut);
    return catalog.enumerations().find(name)->second;
}

}  // namespace

bool Indicator::can(Cut cut) const {
    switch (cut) {
        case Cut::activity_kind: return of_activities;
        case Cut::institution_type:
        case Cut::category:
        case Cut::gender: return of_people;
        case Cut::stage: return !stages.empty();
        case Cut::quarter: return dated;
        default: return true;
    }
}

const std::vector<Indicator>& indicators() { return all; }

const std::vector<Section>& sections() {
    static const std::vector<Section> list{{"section.c", 'C'}, {"section.s", 'S'}, {"section.a", 'A'},
                                           {"section.l", 'L'}, {"section.x", 'X'}, {"section.q", 'Q'}};
    return list;
}

const Indicator& indicator(std::string_view code) {
    for (const Indicator& one : all) {
        if (one.code == code) return one;
    }
    throw Error(ErrorKind::usage, "There is no indicator \"" + std::string(code) + "\".");
}

std::optional<Cut> cut_from_text(std::string_view name) {
    for (std::size_t i = 0; i < cut_names.size(); ++i) {
        if (cut_names[i] == name) return static_cast<Cut>(i);
    }
    return std::nullopt;
}

std::string_view to_text(Cut cut) { return cut_names[static_cast<std::size_t>(cut)]; }

Filter narrowed(const Facts& facts, const Indicator& indicator, const Filter& filter, Cut cut, std::string_view key) {
    Filter out = filter;
    const auto refuse = [&] {
        return Error(ErrorKind::usage,
                     "\"" + std::string(key) + "\" is no " + std::string(to_text(cut)) + " of " + std::string(indicator.code) + ".");
    };
    if (!indicator.can(cut)) throw refuse();
    if (cut == Cut::none) return out;
    if (cut == Cut::quarter) {
        if (key.size() != 7 || key.substr(4, 2) != "-Q" || key[6] < '1' || key[6] > '4') throw refuse();
        const int last = (key[6] - '0') * 3;
        const auto month = [&](int number) { return std::string(key.substr(0, 5)) + (number < 10 ? "0" : "") + std::to_string(number); };
        // What was asked for may begin or end within the quarter.
        if (first_day(month(last - 2)) > first_day(out.from)) out.from = month(last - 2);
        if (out.to.empty() || last_day(month(last)) < last_day(out.to)) out.to = month(last);
        return out;
    }
    if (cut == Cut::beneficiary) {
        const Scope* scope = facts.catalog->find_scope(key);
        if (scope == nullptr) throw refuse();
        out.beneficiary = scope->number;
        return out;
    }
    const Enumerator* found = key.empty() ? nullptr : enumeration_of(*facts.catalog, indicator, cut).find(key);
    if (found == nullptr && !key.empty()) throw refuse();
    const std::int64_t number = found == nullptr ? 0 : found->number;
    if (cut == Cut::activity_kind) out.activity_kind = number;
    if (cut == Cut::institution_type) out.institution_type = number;
    if (cut == Cut::category) out.category = number;
    if (cut == Cut::gender) out.gender = number;
    if (cut == Cut::stage) out.stage = number;
    return out;
}

std::vector<IndicatorFigures> overview(const Facts& facts, const Filter& filter, Cut cut) {
    std::vector<IndicatorFigures> out;
    const Selection selection(facts, filter, cut);
    const std::vector<MarkTally> marks = tally_marks(selection);
    for (const Indicator& one : all) out.push_back({&one, slices_of(selection, one, marks)});
    return out;
}

std::vector<IndicatorRow> indicator_table(const Facts& facts) {
    std::vector<IndicatorRow> out;
    for (std::size_t cut = 0; cut < cut_names.size(); ++cut) {
        for (IndicatorFigures& one : overview(facts, {}, static_cast<Cut>(cut))) {
            for (Slice& slice : one.slices) {
                if (slice.figure.applies) out.push_back({one.indicator, static_cast<Cut>(cut), std::move(slice)});
            }
        }
    }
    return out;
}

std::vector<Slice> figures_of(const Facts& facts, const Indicator& indicator, const Filter& filter, Cut cut) {
    const Selection selection(facts, filter, cut);
    return slices_of(selection, indicator, counts_marks(indicator) ? tally_marks(selection) : std::vector<MarkTally>());
}

std::optional<Target> target_of(const Facts& facts, const Indicator& indicator, const Filter& filter) {
    // A target is for everybody of a beneficiary: part of them has none.
    if (filter.activity_kind || filter.institution_type || filter.category || filter.gender || filter.stage || !filter.activity.empty())
        return std::nullopt;
    const TargetFact* best = nullptr;
    for (const TargetFact& target : facts.targets) {
        if (target.indicator != indicator.code || target.beneficiary != filter.beneficiary.value_or(ScopeNumber{})) continue;
        const bool holds = first_day(target.from) <= (filter.from.empty() ? INT32_MAX : first_day(filter.from)) &&
                           last_day(target.to) >= (filter.to.empty() ? 0 : last_day(filter.to));
        if (holds && (best == nullptr || best->to < target.to)) best = &target;
    }
    if (best == nullptr) return std::nullopt;
    return Target{best->from, best->to, best->baseline, best->target};
}

}  // namespace tefter
