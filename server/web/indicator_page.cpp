// One figure, opened: its trend, its parts, and the rows that it counts.

#include "server/web/charts.hpp"
#include "server/web/figures.hpp"
#include "server/web/labels.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

constexpr std::size_t rows_a_page = 50;
constexpr std::array<Cut, 7> cuts{Cut::beneficiary, Cut::activity_kind, Cut::institution_type, Cut::category,
                                  Cut::gender,      Cut::stage,         Cut::quarter};

Cut cut_of(const Visit& visit, const Indicator& indicator) {
    const std::string_view given = field(visit.request.query, "cut");
    if (given.empty()) {
        for (const Cut cut : {Cut::stage, Cut::beneficiary}) {
            if (indicator.can(cut)) return cut;
        }
        return Cut::none;
    }
    const std::optional<Cut> cut = cut_from_text(given);
    if (!cut || !indicator.can(*cut)) throw Error(ErrorKind::usage, visit.say("web.filter.wrong", {std::string(given.substr(0, 60))}));
    return *cut;
}

Fields with(Fields fields, std::string_view name, std::string value) {
    fields.emplace_back(name, std::move(value));
    return fields;
}

Markup trend_card(const Visit& visit, Computed& computed, const Indicator& indicator, const Filter& filter) {
    if (!indicator.dated) return {};
    std::vector<Point> points;
    const Computed::Slices slices = computed.figures_of(indicator, filter, Cut::quarter);
    for (const Slice& slice : *slices) {
        if (!slice.figure.applies || slice.key.empty()) continue;
        points.push_back({part_name(visit, indicator, Cut::quarter, slice.key),
                          is_masked(visit, slice.figure) ? std::nullopt : slice.figure.value, value_words(visit, indicator, slice.figure)});
    }
    if (points.empty()) return {};
    const Markup table = columns(visit.words("cut.quarter"), Markup(indicator_name(visit, indicator)), points);
    return tag("section", {{"class", "card"}, {"data-columns", ""}},
               tag("h2", {}, visit.words("web.trend")) + tag("div", {{"class", "drawing"}, {"aria-hidden", "true"}}, Markup()) +
                   tag("div", {{"class", "plain"}, {"data-live", "trend"}}, table));
}

Markup parts_card(const Visit& visit, Computed& computed, const Indicator& indicator, const Filter& filter, Cut cut) {
    Markup choices;
    const std::string path = "/figures/" + std::string(indicator.code);
    for (const Cut one : cuts) {
        if (!indicator.can(one)) continue;
        choices += tag("a",
                       {{"href", address_of(path, with(fields_of(visit, filter), "cut", std::string(to_text(one))))},
                        {"class", one == cut ? "tag" : "tag plain"},
                        {"aria-current", std::string(one == cut ? "true" : absent)}},
                       visit.words("cut." + std::string(to_text(one))));
    }
    if (choices.empty()) return {};
    std::vector<Bar> rows;
    const Computed::Slices slices = computed.figures_of(indicator, filter, cut);
    for (const Slice& slice : *slices) {
        const Fields fields =
            with(fields_of(visit, narrowed(*computed.facts(), indicator, filter, cut, slice.key)), "cut", std::string(to_text(cut)));
        rows.push_back({link(address_of(path, fields), Markup(part_name(visit, indicator, cut, slice.key))),
                        is_masked(visit, slice.figure) ? std::nullopt : slice.figure.value, value_markup(visit, indicator, slice.figure)});
    }
    const std::string title = visit.say("web.parts");
    return tag("section", {{"class", "card"}, {"data-live", "parts"}},
               tag("h2", {}, title) + tag("p", {{"class", "actions"}}, choices) +
                   (rows.empty() ? empty_state(visit.words("nothing.found"), Markup())
                                 : bars(visit, title, visit.words("cut." + std::string(to_text(cut))),
                                        Markup(indicator_name(visit, indicator)), rows)));
}

Markup rows_card(const Visit& visit, const Facts& facts, const Indicator& indicator, const Filter& filter, const Figure& figure) {
    if (is_masked(visit, figure)) {
        return card(visit.words("web.rows"), tag("p", {}, visit.words("web.masked.words", {"5"})));
    }
    const std::string from(field(visit.request.query, "from_row"));
    const bool number = !from.empty() && from.size() < 10 && from.find_first_not_of("0123456789") == std::string::npos;
    if (!from.empty() && !number) throw Error(ErrorKind::usage, visit.say("web.filter.wrong", {from.substr(0, 60)}));
    const std::size_t skip = number ? static_cast<std::size_t>(std::stoul(from)) : 0;
    const RowPage found = rows_of(facts, indicator, filter, skip, rows_a_page);
    std::vector<std::vector<Markup>> rows;
    std::size_t personal = 0;
    for (const RowReference& row : found.rows) {
        const bool closed = row.table->name == "person" && !visit.sees_personal();
        personal += row.table->has_personal_data() ? 1 : 0;
        const Markup name(row_name(visit, *row.table, row.key));
        rows.push_back({closed ? name : link(row_address(*row.table, row.key), name), Markup(table_name(visit, *row.table)),
                        link("/proof/" + row.table->name + "/" + encode_part(key_text(row.key)), visit.words("web.proof"))});
    }
    if (visit.sees_personal() && personal > 0)
        visit.note("view", "figure " + std::string(indicator.code), static_cast<std::int64_t>(rows.size()));
    const std::string path = "/figures/" + std::string(indicator.code);
    Markup pages;
    if (skip > 0)
        pages +=
            link(address_of(path, with(fields_of(visit, filter), "from_row", std::to_string(skip < rows_a_page ? 0 : skip - rows_a_page))),
                 visit.words("web.earlier"), "button quiet");
    pages += tag("span", {{"class", "muted"}}, visit.words("web.rows.count", {visit.say.number(static_cast<double>(found.total), 0)}));
    if (skip + rows.size() < static_cast<std::size_t>(found.total))
        pages += link(address_of(path, with(fields_of(visit, filter), "from_row", std::to_string(skip + rows_a_page))),
                      visit.words("web.later"), "button quiet");
    return tag(
        "section", {{"class", "card"}, {"data-live", "rows"}},
        tag("h2", {}, visit.words("web.rows")) + tag("p", {{"class", "muted"}}, visit.words("web.rows.words")) +
            (rows.empty()
                 ? empty_state(visit.words("nothing.found"), Markup())
                 : tag("div", {{"class", "pages"}}, pages) +
                       table(visit.words("web.rows"),
                             {{visit.words("web.row"), false}, {visit.words("web.register"), false}, {visit.words("web.proof"), false}},
                             rows)));
}

}  // namespace

Response indicator_page(Visit& visit, Desk& desk) {
    const Indicator* counted = nullptr;
    for (const Indicator& one : indicators()) {
        if (one.code == visit.parts.front()) counted = &one;
    }
    if (counted == nullptr) return not_found(visit);
    const Filter filter = filter_of(visit);
    const Cut cut = cut_of(visit, *counted);
    const std::shared_ptr<Computed> computed = desk.figures.computed();
    const Computed::Slices whole = computed->figures_of(*counted, filter, Cut::none);
    const Figure figure = whole->empty() ? Figure{} : whole->front().figure;
    const std::string name = indicator_name(visit, *counted);
    const Markup crumbs = tag("nav", {{"class", "crumbs"}, {"aria-label", visit.say("back")}},
                              link(address_of("/", fields_of(visit, filter)), visit.words("web.nav.overview")) + Markup(" / ") +
                                  tag("span", {}, Markup(counted->code)));
    const Markup value =
        tag("section", {{"class", "card figure"}, {"data-live", "value"}},
            tag("h3", {}, Markup(filter_words(visit, filter))) + tag("p", {{"class", "value"}}, value_markup(visit, *counted, figure)) +
                tag("p", {{"class", "muted"}}, visit.words("indicator." + std::string(counted->code) + ".how")));
    return page(
        visit, name, "/",
        crumbs + heading(visit, name) +
            tag("section", {{"class", "card"}}, filter_form(visit, visit.request.path, filter, {{"cut", std::string(to_text(cut))}})) +
            tag("div", {{"class", "split"}},
                tag("div", {{"class", "stack"}}, value + trend_card(visit, *computed, *counted, filter)) +
                    parts_card(visit, *computed, *counted, filter, cut)) +
            rows_card(visit, *computed->facts(), *counted, filter, figure));
}

}  // namespace tefter::web
