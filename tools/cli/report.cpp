#include "tools/cli/report.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/base/text.hpp"
#include "schema/domain/indicators.hpp"
#include "schema/domain/sheet.hpp"
#include "schema/texts/texts.hpp"
#include "tools/cli/show.hpp"

namespace tefter {

using nlohmann::json;

namespace {

std::string date_of(const std::string& given) {
    if (given.empty() || is_date(given)) return given;
    const auto parsed = parse_date(given);
    if (!parsed) throw Error(ErrorKind::usage, "\"" + given + "\" is no date; write it as 2026-03-16.");
    return *parsed;
}

std::optional<std::int64_t> enumerator(const Catalog& catalog, std::string_view enumeration, const std::string& given) {
    if (given.empty()) return std::nullopt;
    const Enumeration& known = catalog.enumerations().find(enumeration)->second;
    if (const Enumerator* found = known.find(given)) return found->number;
    std::string names;
    for (const Enumerator& value : known.values) names += (names.empty() ? "" : ", ") + value.name;
    throw Error(ErrorKind::usage, "\"" + given + "\" is none of " + names + ".");
}

Filter filter_of(const ReportOptions& options, const Catalog& catalog) {
    Filter filter;
    filter.from = date_of(options.from);
    filter.to = date_of(options.to);
    if (!options.scope.empty()) {
        const Scope* scope = catalog.find_scope(options.scope);
        if (scope == nullptr) throw Error(ErrorKind::usage, "There is no scope \"" + options.scope + "\".");
        filter.beneficiary = scope->number;
    }
    filter.activity_kind = enumerator(catalog, "activity_kind", options.kind);
    filter.institution_type = enumerator(catalog, "institution_type", options.institution_type);
    filter.category = enumerator(catalog, "category", options.category);
    filter.gender = enumerator(catalog, "gender", options.gender);
    return filter;
}

json to_json(const Figure& figure) {
    if (!figure.applies) return {{"applies", false}};
    json out{{"rows", figure.rows}, {"people", figure.people}, {"basis", figure.basis}, {"value", nullptr}};
    if (figure.value) out["value"] = *figure.value;
    return out;
}

/// Those that begin in the period.
json activities_of(const Facts& facts, const Filter& filter) {
    const Enumeration& kinds = facts.catalog->enumerations().find("activity_kind")->second;
    const Day from = first_day(filter.from), to = filter.to.empty() ? INT32_MAX : last_day(filter.to);
    json out = json::object();
    for (const ActivityFact& one : facts.activities) {
        if (one.starts < from || one.starts > to || (filter.beneficiary && filter.beneficiary->value != one.scope)) continue;
        const Enumerator* kind = kinds.find(one.kind);
        out[one.code] = {{"kind", kind == nullptr ? "" : kind->name},
                         {"enrolled", one.enrolled},
                         {"person_sessions_attended", one.person_sessions},
                         {"people_who_attended", one.people},
                         {"women_who_attended", one.women},
                         {"eligible_for_certificate", one.eligible}};
    }
    return out;
}

json totals_of(const Facts& facts, const Filter& filter) {
    json by_scope = json::object();
    for (const Slice& slice : figures_of(facts, indicator("C1"), filter, Cut::beneficiary)) by_scope[slice.key] = slice.figure.rows;
    return {{"people_who_attended", figures_of(facts, indicator("C1"), filter).front().figure.rows},
            {"women_who_attended", figures_of(facts, indicator("C2"), filter).front().figure.rows},
            {"by_beneficiary", by_scope}};
}

json indicators_of(const Facts& facts, const Filter& filter, Cut cut) {
    json out = json::object();
    for (const IndicatorFigures& one : overview(facts, filter, cut)) {
        json& shown = out[std::string(one.indicator->code)];
        if (cut == Cut::none) {
            shown = to_json(one.slices.front().figure);
            if (const auto target = target_of(facts, *one.indicator, filter)) {
                shown["target"] = target->target;
                if (target->baseline) shown["baseline"] = *target->baseline;
            }
            continue;
        }
        shown = json::object();
        for (const Slice& slice : one.slices) {
            if (slice.figure.applies) shown[slice.key] = to_json(slice.figure);
        }
    }
    return out;
}

void print_rows(const RowPage& page, bool as_json) {
    json rows = json::array();
    for (const RowReference& row : page.rows) rows.push_back({{"table", row.table->name}, {"key", key_text(*row.table, row.key)}});
    if (as_json) {
        std::cout << json{{"total", page.total}, {"rows", rows}}.dump(1) << "\n";
        return;
    }
    for (const json& row : rows) std::cout << row["table"].get<std::string>() << " " << row["key"].get<std::string>() << "\n";
    std::cout << page.total << " rows in all.\n";
}

void print_people(const json& report) {
    for (const char* part : {"activities", "totals", "indicators"}) {
        for (const auto& [name, value] : report[part].items()) std::cout << name << "  " << value.dump() << "\n";
    }
}

}  // namespace

void ReportOptions::add_to(CLI::App& command) {
    command.add_option("--from", from, "from this day on");
    command.add_option("--to", to, "up to this day");
    command.add_option("--scope", scope, "one beneficiary, or regional: of activities, and in indicators of people");
    command.add_option("--kind", kind, "indicators of one kind of activity");
    command.add_option("--institution-type", institution_type, "indicators of one type of institution");
    command.add_option("--category", category, "indicators of one profession");
    command.add_option("--gender", gender, "indicators of one gender");
    command.add_option("--by", by, "cuts indicators by beneficiary, activity_kind, institution_type, category, gender, stage or quarter");
    command.add_option("--rows", rows, "lists the rows that an indicator counts, by its code");
    command.add_option("--skip", skip, "of these rows")->capture_default_str();
    command.add_option("--take", take, "of these rows")->capture_default_str();
}

void print_report(const ReportOptions& options, const Access& access, const Catalog& catalog, bool as_json) {
    const Filter filter = filter_of(options, catalog);
    const std::optional<Cut> cut = options.by.empty() ? Cut::none : cut_from_text(options.by);
    if (!cut) throw Error(ErrorKind::usage, "\"" + options.by + "\" is nothing to cut by; tefter report --help names what is.");
    const auto replica = access.open(catalog);
    const auto reader = replica->open_reader();
    const auto facts = Facts::load(*reader, catalog, local_day(replica->environment().now_ms()));
    if (!options.rows.empty()) {
        print_rows(rows_of(*facts, indicator(options.rows), filter, options.skip, options.take), as_json);
        return;
    }
    const json out{{"activities", activities_of(*facts, filter)},
                   {"totals", totals_of(*facts, filter)},
                   {"indicators", indicators_of(*facts, filter, *cut)}};
    if (as_json) std::cout << out.dump(1) << "\n";
    else print_people(out);
}

}  // namespace tefter
