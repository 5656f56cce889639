// The first page: every indicator against its target, with its trend, and how fresh it is.

#include <algorithm>

#include "server/web/charts.hpp"
#include "server/web/figures.hpp"
#include "server/web/freshness.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

Markup trend(const std::vector<IndicatorFigures>& quarters, const Indicator* indicator) {
    for (const IndicatorFigures& one : quarters) {
        if (one.indicator != indicator) continue;
        std::vector<double> values;
        for (const Slice& slice : one.slices) values.push_back(slice.figure.value.value_or(0));
        return spark(values);
    }
    return {};
}

Markup target_line(const Visit& visit, const Facts& facts, const Indicator& indicator, const Filter& filter, const Figure& figure) {
    const std::optional<Target> target = target_of(facts, indicator, filter);
    if (!target || !figure.value || is_masked(visit, figure)) return {};
    const double from = target->baseline.value_or(0), way = target->target - from;
    const double share = way == 0 ? 1 : (*figure.value - from) / way;
    Figure wanted = figure;
    wanted.value = target->target;
    return progress(share) + tag("p", {{"class", "of"}},
                                 tag("span", {}, visit.words("web.target", {value_words(visit, indicator, wanted)})) +
                                     tag("span", {}, visit.say.number(share * 100, 0) + " %"));
}

Markup figure_card(const Visit& visit, const Facts& facts, const Filter& filter, const IndicatorFigures& one,
                   const std::vector<IndicatorFigures>& quarters) {
    const Figure figure = one.slices.empty() ? Figure{} : one.slices.front().figure;
    const std::string code(one.indicator->code);
    const std::string address = address_of("/figures/" + code, fields_of(visit, filter));
    Markup below;
    if (!is_masked(visit, figure)) below = trend(quarters, one.indicator) + target_line(visit, facts, *one.indicator, filter, figure);
    return tag("article", {{"class", "card figure"}, {"data-live", "figure-" + code}},
               tag("h3", {}, Markup(indicator_name(visit, *one.indicator))) +
                   tag("p", {{"class", "value"}}, link(address, value_markup(visit, *one.indicator, figure))) + below);
}

Markup section_of(const Visit& visit, const Facts& facts, const Filter& filter, const Section& section,
                  const std::vector<IndicatorFigures>& now, const std::vector<IndicatorFigures>& quarters) {
    Markup cards;
    for (const IndicatorFigures& one : now) {
        const bool applies = !one.slices.empty() && one.slices.front().figure.applies;
        if (one.indicator->code.front() == section.letter && applies) cards += figure_card(visit, facts, filter, one, quarters);
    }
    if (cards.empty()) return {};
    const bool wide = section.letter == 'C' || section.letter == 'S';
    return tag("section", {{"class", wide ? "group wide-group" : "group"}},
               tag("h2", {}, visit.words(section.words)) + tag("div", {{"class", "figures"}}, cards));
}

Markup parts_card(const Visit& visit, Computed& computed, const Filter& filter, std::string_view code, Cut cut) {
    const Facts& facts = *computed.facts();
    const Indicator& counted = indicator(code);
    std::vector<Bar> rows;
    const Computed::Slices slices = computed.figures_of(counted, filter, cut);
    for (const Slice& slice : *slices) {
        if (!slice.figure.applies) continue;
        Fields fields = fields_of(visit, narrowed(facts, counted, filter, cut, slice.key));
        rows.push_back({link(address_of("/figures/" + std::string(code), fields), Markup(part_name(visit, counted, cut, slice.key))),
                        is_masked(visit, slice.figure) ? std::nullopt : slice.figure.value, value_markup(visit, counted, slice.figure)});
    }
    if (rows.empty()) return {};
    const std::string title = visit.say("web.by", {indicator_name(visit, counted), visit.say("cut." + std::string(to_text(cut)))});
    return tag("section", {{"class", "card"}, {"data-live", "parts-" + std::string(code) + "-" + std::string(to_text(cut))}},
               tag("h2", {}, title) +
                   bars(visit, title, visit.words("cut." + std::string(to_text(cut))), Markup(indicator_name(visit, counted)), rows));
}

}  // namespace

Response overview_page(Visit& visit, Desk& desk) {
    const Filter filter = filter_of(visit);
    const std::shared_ptr<Computed> computed = desk.figures.computed();
    const Facts& facts = *computed->facts();
    const Computed::Overview now = computed->overview(filter), quarters = computed->overview(filter, Cut::quarter);
    Markup groups;
    const Markup actions =
        (visit.who->role == Role::officer
             ? Markup()
             : link(address_of("/exports", fields_of(visit, filter)), visit.words("web.export"), "button quiet")) +
        tag("button", {{"type", "button"}, {"class", "button quiet"}, {"data-print", ""}, {"hidden", ""}}, visit.words("web.print"));
    const Markup parts =
        parts_card(visit, *computed, filter, "C1", Cut::beneficiary) + parts_card(visit, *computed, filter, "C3", Cut::activity_kind) +
        parts_card(visit, *computed, filter, "C1", Cut::category) + parts_card(visit, *computed, filter, "C1", Cut::gender);
    for (const Section& section : sections()) {
        groups += section_of(visit, facts, filter, section, *now, *quarters);
        if (section.letter == 'C') groups += tag("div", {{"class", "columns wide-group"}}, parts);
    }
    return page(visit, visit.say("web.nav.overview"), "/",
                heading(visit, visit.say("web.nav.overview"), Markup(filter_words(visit, filter)), actions) +
                    tag("section", {{"class", "card"}}, filter_form(visit, "/", filter)) + tag("div", {{"class", "groups"}}, groups) +
                    freshness_card(visit));
}

}  // namespace tefter::web
