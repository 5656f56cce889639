#pragma once
// The indicators of the project (C people and trainings, S cases, A agreements, L laws, X exchange, Q quality of the
// records): what each counts, under a filter, cut by one dimension, and the rows that it counts. Pure, on `Facts`.
//
// The period of a mark is its session's day (the activity's first, where the session has none); what is said of a whole
// activity (certificates, learning, cost) belongs to its last day; registers count on the day that each indicator names.

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/domain/facts.hpp"

namespace tefter {

enum class Unit { count, percent, days, months, euro, points };

/// How single facts make one figure.
enum class Combine {
    count,   ///< how many
    sum,     ///< of `top`
    ratio,   ///< sum of `top` by sum of `bottom`
    mean,    ///< of `top`
    median,  ///< of `top`
    most,    ///< the greatest `top`
};

enum class Cut { none, beneficiary, activity_kind, institution_type, category, gender, stage, quarter };
/// `beneficiary` …, as addresses and command lines write it. Nothing when it is none of them.
std::optional<Cut> cut_from_text(std::string_view name);
std::string_view to_text(Cut cut);

struct Indicator {
    std::string_view code;   ///< C1 …; its words are indicator.CODE in the texts
    std::string_view table;  ///< of the rows that it counts; empty: of any table
    Unit unit;
    Combine combine;
    bool of_people;           ///< can be cut by gender, category and institution type
    bool of_activities;       ///< can be cut by the kind of activity
    bool dated;               ///< can be cut by period
    std::string_view stages;  ///< the enumeration of its stages; empty: it has none
    bool can(Cut cut) const;
};

const std::vector<Indicator>& indicators();

/// What the indicators are shown under, in their order: the four areas of the project's work, its agreements apart, and the records.
struct Section {
    std::string_view words;  ///< key of its name in the texts
    char letter;             ///< that the codes of its indicators begin with
};
const std::vector<Section>& sections();

/// Throws ErrorKind::usage where there is none of that code.
const Indicator& indicator(std::string_view code);

/// Numbers of enumerators; 0 stands for "not recorded".
struct Filter {
    std::string from{}, to{};  ///< ISO 8601, inclusive, also 2026 or 2026-03; empty: open
    std::optional<ScopeNumber> beneficiary{};
    std::optional<std::int64_t> activity_kind{}, institution_type{}, category{}, gender{}, stage{};
    std::string activity{};  ///< the code of one; empty: all

    auto operator<=>(const Filter&) const = default;
};

struct Figure {
    bool applies = true;          ///< false: the indicator cannot be asked under this filter (satisfaction has no gender)
    std::optional<double> value;  ///< nothing: there is nothing to count it from. Percent as 0 to 100
    std::int64_t rows = 0;        ///< that it opens to
    double basis = 0;             ///< what a ratio or mean is taken of: answers, sessions due, people with gender said
    std::int64_t people = 0;      ///< distinct people behind it, where it is of people: for masking small cells
};

struct Slice {
    std::string key;  ///< scope, enumerator or quarter (2026-Q1) by name; empty: not recorded; of Cut::none, empty too
    Figure figure;
};

/// Parts without rows are left out, but for quarters: a trend has no gaps. With Cut::none there is one slice.
std::vector<Slice> figures_of(const Facts& facts, const Indicator& indicator, const Filter& filter, Cut cut = Cut::none);

struct IndicatorFigures {
    const Indicator* indicator = nullptr;
    std::vector<Slice> slices;
};
/// All of them, in one pass over the marks. 1,000,000 marks: about 10 ms.
std::vector<IndicatorFigures> overview(const Facts& facts, const Filter& filter, Cut cut = Cut::none);

struct IndicatorRow {
    const Indicator* indicator = nullptr;
    Cut cut = Cut::none;
    Slice slice;
};
/// Every figure, whole and by each cut that it has: for sheets and feeds.
std::vector<IndicatorRow> indicator_table(const Facts& facts);

/// The filter of one slice: what its figure opens to. Throws ErrorKind::usage for a key that there is not.
Filter narrowed(const Facts& facts, const Indicator& indicator, const Filter& filter, Cut cut, std::string_view key);

struct RowPage {
    std::int64_t total = 0;
    std::vector<RowReference> rows;
};
/// The rows that the figure counts, ordered by their key's parts (people, activity, session).
RowPage rows_of(const Facts& facts, const Indicator& indicator, const Filter& filter, std::size_t skip, std::size_t take);

struct Target {
    std::string from, to;
    std::optional<double> baseline;
    double target = 0;
};
/// The target for the filter's beneficiary (or for all) whose period is the filter's, or holds it; with an open period, the latest.
std::optional<Target> target_of(const Facts& facts, const Indicator& indicator, const Filter& filter);

}  // namespace tefter
