#include "server/web/figures.hpp"

#include <cmath>

namespace tefter::web {

namespace {

constexpr std::int64_t smallest_cell = 5;

}  // namespace

std::string indicator_name(const Visit& visit, const Indicator& indicator) { return visit.say("indicator." + std::string(indicator.code)); }

bool is_masked(const Visit& visit, const Figure& figure) {
    return !visit.sees_personal() && figure.people > 0 && figure.people < smallest_cell;
}

std::string value_words(const Visit& visit, const Indicator& indicator, const Figure& figure) {
    if (is_masked(visit, figure)) return visit.say("web.masked", {std::to_string(smallest_cell)});
    if (!figure.applies || !figure.value) return "–";
    const double value = *figure.value;
    const int decimals = std::abs(value - std::round(value)) < 0.05 ? 0 : 1;
    switch (indicator.unit) {
        case Unit::percent: return visit.say.number(value, decimals) + " %";
        case Unit::euro: return visit.say.number(value, 0) + " €";
        case Unit::points: return visit.say.number(value, 1) + " / 5";
        default: return visit.say.number(value, decimals);
    }
}

Markup value_markup(const Visit& visit, const Indicator& indicator, const Figure& figure) {
    const Markup words(value_words(visit, indicator, figure));
    if (!is_masked(visit, figure)) return words;
    return tag("span", {{"class", "masked"}, {"title", visit.say("web.masked.words", {std::to_string(smallest_cell)})}}, words);
}

std::string part_name(const Visit& visit, const Indicator& indicator, Cut cut, const std::string& key) {
    if (key.empty()) return visit.say("web.not_recorded");
    if (cut == Cut::beneficiary) return scope_name(visit, key);
    if (cut == Cut::quarter) return key.substr(5) + " " + key.substr(0, 4);
    const std::string enumeration(cut == Cut::stage ? indicator.stages : to_text(cut));
    return visit.say(enumeration + "." + key);
}

}  // namespace tefter::web
