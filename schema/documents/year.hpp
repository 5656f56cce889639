#pragma once
// What the yearly report says, for its PDF and its workbook alike.

#include <array>

#include "schema/domain/indicators.hpp"

namespace tefter::documents {

struct Year {
    int number = 0;
    std::optional<ScopeNumber> beneficiary;
    /// Throws ErrorKind::usage for what is no year of this century.
    Filter filter() const;
};

struct YearLine {
    const Indicator* indicator = nullptr;
    bool of_the_one_above = false;  ///< a part of it: S2.1 stands under S2
    std::array<std::optional<double>, 4> quarters;
    std::optional<double> whole, baseline, target;
    std::optional<double> reached() const;  ///< percent of the target
};

struct YearSection {
    std::string_view words;  ///< see Section
    std::vector<YearLine> lines;
};

/// Sections without anything to say are left out.
std::vector<YearSection> sections_of(const Facts& facts, const Year& year);

/// The indicators that people are cut by.
inline constexpr std::array<std::string_view, 6> cut_codes{"C1", "C2", "C3", "C4", "C5", "C6"};
struct YearPart {
    std::string key;
    std::array<std::optional<double>, cut_codes.size()> values;
};
std::vector<YearPart> parts_of(const Facts& facts, const Year& year, Cut cut);
inline constexpr std::array<Cut, 4> year_cuts{Cut::beneficiary, Cut::institution_type, Cut::category, Cut::gender};

/// The page that opens an indicator's figure of the year down to its rows and their signed changes; empty without a server.
/// `server` is https://HOST:PORT.
std::string figure_address(const std::string& server, const Facts& facts, const Indicator& indicator, const Year& year);

}  // namespace tefter::documents
