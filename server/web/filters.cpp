#include "server/web/filters.hpp"

#include <array>
#include <chrono>

#include "engine/base/text.hpp"
#include "server/web/labels.hpp"

namespace tefter::web {

namespace {

/// The filters by enumeration: the name in the address, and where the filter keeps it.
struct ByEnumeration {
    std::string_view name, enumeration;
    std::optional<std::int64_t> Filter::*place;
};
constexpr std::array<ByEnumeration, 5> by_enumeration{{{"kind", "activity_kind", &Filter::activity_kind},
                                                       {"institution_type", "institution_type", &Filter::institution_type},
                                                       {"category", "category", &Filter::category},
                                                       {"gender", "gender", &Filter::gender},
                                                       {"stage", "", &Filter::stage}}};
constexpr std::string_view not_recorded = "none";

[[noreturn]] void refuse(const Visit& visit, std::string_view given) {
    throw Error(ErrorKind::usage, visit.say("web.filter.wrong", {std::string(given.substr(0, 60))}));
}

/// A day, a month, or a year.
std::string date_of(const Visit& visit, std::string_view given) {
    if (given.empty()) return {};
    if (!is_date(given)) refuse(visit, given);
    return std::string(given);
}

Markup select(const Visit& visit, std::string_view name, const Markup& label,
              const std::vector<std::pair<std::string, std::string>>& choices, const std::string& chosen) {
    Markup options = tag("option", {{"value", ""}}, visit.words("web.filter.all"));
    for (const auto& [value, words] : choices) {
        options += tag("option", {{"value", value}, {"selected", value == chosen ? "" : std::string(absent)}}, words);
    }
    return labelled(label, "filter-" + std::string(name),
                    tag("select", {{"id", "filter-" + std::string(name)}, {"name", std::string(name)}}, options));
}

Markup date(std::string_view name, const Markup& label, const std::string& day) {
    const std::string id = "filter-" + std::string(name);
    return labelled(label, id, tag("input", {{"type", "date"}, {"id", id}, {"name", std::string(name)}, {"value", day}}));
}

/// Of a year or a month, which is_date() has seen: its first or last day.
std::string whole_day(const std::string& given, bool last) {
    if (given.empty() || given.size() == 10) return given;
    const std::string month = given.size() == 7 ? given : given + (last ? "-12" : "-01");
    if (!last) return month + "-01";
    const auto end =
        std::chrono::year(std::stoi(month)) / std::chrono::month(static_cast<unsigned>(std::stoi(month.substr(5)))) / std::chrono::last;
    return month + "-" + std::to_string(static_cast<unsigned>(end.day()));
}

}  // namespace

std::string scope_name(const Visit& visit, std::string_view scope) {
    if (scope.empty()) return visit.say("web.not_recorded");
    if (scope == "shared" || scope == "regional") return visit.say("scope." + std::string(scope));
    Statement row = visit.reader.prepare_once("SELECT name FROM beneficiary WHERE code = ?1");
    row.with(scope);
    return row.step() ? in_language(visit.say, row.text(0)) : std::string(scope);
}

Filter filter_of(const Visit& visit) {
    const Fields& query = visit.request.query;
    Filter out;
    out.from = date_of(visit, field(query, "from"));
    out.to = date_of(visit, field(query, "to"));
    if (!out.from.empty() && !out.to.empty() && first_day(out.from) > last_day(out.to)) refuse(visit, out.from + " – " + out.to);
    if (const std::string_view given = field(query, "beneficiary"); !given.empty()) {
        const Scope* scope = visit.catalog().find_scope(given);
        if (scope == nullptr) refuse(visit, given);
        out.beneficiary = scope->number;
    }
    for (const ByEnumeration& one : by_enumeration) {
        const std::string_view given = field(query, one.name);
        if (given.empty()) continue;
        if (given == not_recorded) {
            out.*one.place = 0;
        } else if (one.enumeration.empty()) {
            const std::string number(given.substr(0, 3));
            if (number.find_first_not_of("0123456789") != std::string::npos) refuse(visit, given);
            out.*one.place = std::stoll(number);
        } else {
            const Enumerator* found = visit.catalog().enumerations().find(one.enumeration)->second.find(given);
            if (found == nullptr) refuse(visit, given);
            out.*one.place = found->number;
        }
    }
    return out;
}

Fields fields_of(const Visit& visit, const Filter& filter) {
    Fields out;
    if (!filter.from.empty()) out.emplace_back("from", filter.from);
    if (!filter.to.empty()) out.emplace_back("to", filter.to);
    if (filter.beneficiary) out.emplace_back("beneficiary", visit.catalog().scope_name(*filter.beneficiary));
    for (const ByEnumeration& one : by_enumeration) {
        const std::optional<std::int64_t>& value = filter.*one.place;
        if (!value) continue;
        if (*value == 0) out.emplace_back(one.name, not_recorded);
        else if (one.enumeration.empty()) out.emplace_back(one.name, std::to_string(*value));
        else out.emplace_back(one.name, visit.catalog().enumerations().find(one.enumeration)->second.find(*value)->name);
    }
    return out;
}

std::string address_of(const std::string& path, const Fields& fields) {
    const std::string query = encode_fields(fields);
    return path + (query.empty() ? "" : "?" + query);
}

Markup filter_form(const Visit& visit, const std::string& path, const Filter& filter, const Fields& keep) {
    std::vector<std::pair<std::string, std::string>> scopes;
    for (const Scope& scope : visit.catalog().scopes()) {
        if (scope.number != shared_scope) scopes.emplace_back(scope.name, scope_name(visit, scope.name));
    }
    const Fields chosen = fields_of(visit, filter);
    Markup inside;
    for (const auto& [name, value] : keep) inside += hidden(name, value);
    inside += date("from", visit.words("web.filter.from"), whole_day(filter.from, false));
    inside += date("to", visit.words("web.filter.to"), whole_day(filter.to, true));
    inside += select(visit, "beneficiary", visit.words("filter_by.beneficiary"), scopes, std::string(field(chosen, "beneficiary")));
    for (const ByEnumeration& one : by_enumeration) {
        if (one.enumeration.empty()) continue;
        std::vector<std::pair<std::string, std::string>> values;
        for (const Enumerator& value : visit.catalog().enumerations().find(one.enumeration)->second.values) {
            values.emplace_back(value.name, visit.say(std::string(one.enumeration) + "." + value.name));
        }
        inside += select(visit, one.name, visit.words("filter_by." + std::string(one.name)), values, std::string(field(chosen, one.name)));
    }
    Markup actions = tag("button", {{"type", "submit"}, {"class", "button quiet"}}, visit.words("web.filter.show"));
    if (!chosen.empty()) actions += link(address_of(path, keep), visit.words("web.filter.clear"), "button quiet");
    return tag("form",
               {{"method", "get"}, {"action", path}, {"class", "filters"}, {"data-at-once", ""}, {"aria-label", visit.say("web.filter")}},
               inside + tag("div", {{"class", "actions"}}, actions));
}

std::string filter_words(const Visit& visit, const Filter& filter) {
    std::vector<std::string> words;
    if (!filter.from.empty() && !filter.to.empty()) words.push_back(visit.say.period(filter.from, filter.to));
    else if (!filter.from.empty()) words.push_back(visit.say("web.filter.since", {visit.say.date(filter.from)}));
    else if (!filter.to.empty()) words.push_back(visit.say("web.filter.until", {visit.say.date(filter.to)}));
    if (filter.beneficiary) words.push_back(scope_name(visit, visit.catalog().scope_name(*filter.beneficiary)));
    for (const ByEnumeration& one : by_enumeration) {
        const std::optional<std::int64_t>& value = filter.*one.place;
        if (!value || one.enumeration.empty()) continue;
        const Enumerator* found = visit.catalog().enumerations().find(one.enumeration)->second.find(*value);
        words.push_back(found == nullptr ? visit.say("web.not_recorded") : visit.say(std::string(one.enumeration) + "." + found->name));
    }
    std::string out;
    for (const std::string& one : words) out += (out.empty() ? "" : " · ") + one;
    return out.empty() ? visit.say("web.filter.everything") : out;
}

}  // namespace tefter::web
