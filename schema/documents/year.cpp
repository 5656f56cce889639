#include "schema/documents/year.hpp"

namespace tefter::documents {

Filter Year::filter() const {
    if (number < 2000 || number > 2100) throw Error(ErrorKind::usage, std::to_string(number) + " is no year to report on.");
    Filter out;
    out.from = std::to_string(number) + "-01-01";
    out.to = std::to_string(number) + "-12-31";
    out.beneficiary = beneficiary;
    return out;
}

std::optional<double> YearLine::reached() const {
    if (!target || !whole || *target == 0) return std::nullopt;
    return 100 * *whole / *target;
}

namespace {

YearLine line_of(const Facts& facts, const Indicator& one, const Filter& filter, int year, const Figure& whole) {
    YearLine out;
    out.indicator = &one;
    out.of_the_one_above = one.code.find('.') != std::string_view::npos;
    out.whole = whole.value;
    for (const Slice& slice : figures_of(facts, one, filter, Cut::quarter)) {
        for (std::size_t quarter = 0; quarter < out.quarters.size(); ++quarter) {
            if (slice.key == std::to_string(year) + "-Q" + std::to_string(quarter + 1)) out.quarters[quarter] = slice.figure.value;
        }
    }
    if (const std::optional<Target> target = target_of(facts, one, filter)) {
        out.baseline = target->baseline;
        out.target = target->target;
    }
    return out;
}

}  // namespace

std::vector<YearSection> sections_of(const Facts& facts, const Year& year) {
    const Filter filter = year.filter();
    std::vector<YearSection> out;
    for (const Section& section : sections()) {
        YearSection made{section.words, {}};
        for (const Indicator& one : indicators()) {
            if (one.code.front() != section.letter) continue;
            const Figure whole = figures_of(facts, one, filter).front().figure;
            if (whole.applies) made.lines.push_back(line_of(facts, one, filter, year.number, whole));
        }
        if (!made.lines.empty()) out.push_back(std::move(made));
    }
    return out;
}

std::vector<YearPart> parts_of(const Facts& facts, const Year& year, Cut cut) {
    const Filter filter = year.filter();
    std::vector<YearPart> out;
    for (const Slice& slice : figures_of(facts, indicator("C1"), filter, cut)) {
        YearPart made{slice.key, {}};
        for (std::size_t i = 0; i < cut_codes.size(); ++i) {
            const Indicator& one = indicator(cut_codes[i]);
            made.values[i] = figures_of(facts, one, narrowed(facts, one, filter, cut, slice.key)).front().figure.value;
        }
        out.push_back(std::move(made));
    }
    return out;
}

std::string figure_address(const std::string& server, const Facts& facts, const Indicator& indicator, const Year& year) {
    if (server.empty()) return {};
    const Filter filter = year.filter();
    std::string out = server + "/figures/" + std::string(indicator.code) + "?from=" + filter.from + "&to=" + filter.to;
    if (const Scope* scope = year.beneficiary ? facts.catalog->find_scope(*year.beneficiary) : nullptr)
        out += "&beneficiary=" + scope->name;
    return out;
}

}  // namespace tefter::documents
