#include "server/web/form_fields.hpp"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "engine/store/schema.hpp"

namespace tefter::web {

namespace {

using nlohmann::json;

constexpr std::size_t most_choices = 400;

std::vector<std::string> members_of(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(",\n"), text.size());
        std::string_view one = text.substr(0, end);
        while (!one.empty() && (one.front() == ' ' || one.front() == '\r')) one.remove_prefix(1);
        while (!one.empty() && (one.back() == ' ' || one.back() == '\r')) one.remove_suffix(1);
        if (!one.empty()) out.emplace_back(one);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

Markup option(const std::string& value, const std::string& words, bool chosen) {
    return tag("option", {{"value", value}, {"selected", chosen ? "" : std::string(absent)}}, Markup(words));
}

Markup select(const std::string& name, bool required, const Markup& options) {
    return tag("select", {{"id", name}, {"name", name}, {"required", required ? "" : std::string(absent)}}, options);
}

Markup enumeration_field(const Visit& visit, const Column& column, const std::string& text) {
    Markup options = option("", "–", text.empty());
    for (const Enumerator& value : column.enumeration->values) {
        options +=
            option(std::to_string(value.number), enumerator_name(visit, *column.enumeration, value), text == std::to_string(value.number));
    }
    return select(column.name, column.required, options);
}

/// A list where it is short enough to be one; the key itself where it is not.
Markup reference_field(const Visit& visit, const Column& column, const std::string& text) {
    const Table* target = visit.catalog().find(column.target);
    if (target != nullptr && target->key.size() == 1) {
        Statement rows = visit.reader.prepare_once("SELECT " + sql_name(target->key.front().name) + " FROM " + sql_name(target->name) +
                                                   " ORDER BY 1 LIMIT ?1");
        rows.with(static_cast<std::int64_t>(most_choices + 1));
        std::vector<std::pair<std::string, std::string>> choices;
        while (rows.step()) {
            const std::vector<OwnedValue> key{OwnedValue(rows.value(0))};
            choices.emplace_back(row_name(visit, *target, key), key_text(key));
        }
        if (choices.size() <= most_choices) {
            std::sort(choices.begin(), choices.end());
            Markup options = option("", "–", text.empty());
            for (const auto& [words, key] : choices) options += option(key, words, key == text);
            return select(column.name, column.required, options);
        }
    }
    return tag("input",
               {{"id", column.name}, {"name", column.name}, {"value", text}, {"required", column.required ? "" : std::string(absent)}});
}

Markup set_field(const Visit& visit, const Column& column, const std::string& text) {
    if (column.enumeration == nullptr) return tag("input", {{"id", column.name}, {"name", column.name}, {"value", text}});
    const std::vector<std::string> members = members_of(text);
    Markup boxes = hidden(column.name + ".set", "1");
    for (const Enumerator& value : column.enumeration->values) {
        const bool has = std::find(members.begin(), members.end(), value.name) != members.end();
        boxes +=
            tag("label", {},
                tag("input",
                    {{"type", "checkbox"}, {"name", column.name}, {"value", value.name}, {"checked", has ? "" : std::string(absent)}}) +
                    Markup(enumerator_name(visit, *column.enumeration, value)));
    }
    return tag("fieldset", {{"class", "checks"}}, tag("legend", {}, Markup(column_name(visit, column))) + boxes);
}

Markup translated_field(const Visit& visit, const Column& column, const std::string& text) {
    const json all = json::parse(text, nullptr, false);
    Markup out;
    for (std::size_t i = 0; i < languages; ++i) {
        const auto language = static_cast<Language>(i);
        const std::string code(code_of(language));
        const bool has = all.is_object() && all.contains(code) && all[code].is_string();
        if (!has && language != Language::en && language != visit.say.language()) continue;
        const std::string id = column.name + "." + code;
        out += labelled(Markup(column_name(visit, column) + " (" + std::string(own_name_of(language)) + ")"), id,
                        tag("input", {{"id", id},
                                      {"name", id},
                                      {"lang", std::string(html_code_of(language))},
                                      {"value", has ? all[code].get<std::string>() : ""},
                                      {"maxlength", std::to_string(column.max_length)}}));
    }
    return out;
}

std::string limit(const std::optional<double>& value) {
    return value ? std::to_string(static_cast<std::int64_t>(*value)) : std::string(absent);
}

[[noreturn]] void refuse(const Visit& visit, const Column& column) {
    throw Error(ErrorKind::usage, visit.say("web.form.wrong", {column_name(visit, column)}));
}

std::int64_t unix_ms_of(const Visit& visit, const Column& column, const std::string& text) {
    std::tm parts{};
    const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M", &parts);
    if (end == nullptr) refuse(visit, column);
    parts.tm_isdst = -1;
    return std::int64_t{::mktime(&parts)} * 1000;
}

}  // namespace

bool can_fill_in(const Column& column) { return column.type != ColumnType::blob; }

std::string field_text(const Visit&, const Column& column, const Value& value) {
    if (value.is_null()) return {};
    if (column.type == ColumnType::time) return local_day(value.integer()) + "T" + local_clock(value.integer());
    if (value.kind() == ValueKind::integer) return std::to_string(value.integer());
    if (value.kind() == ValueKind::real) return json(value.real()).dump();
    if (column.translated) {  // one form for each text, so that what was not touched is seen as such
        const json all = json::parse(value.text(), nullptr, false);
        return (all.is_object() ? all : json{{"en", value.text()}}).dump();
    }
    if (column.type != ColumnType::set) return std::string(value.text());
    std::string out;
    const json members = json::parse(value.text(), nullptr, false);
    for (const json& member : members.is_array() ? members : json::array()) {
        std::string one = member.is_string() ? member.get<std::string>() : member.dump();
        if (column.enumeration != nullptr && member.is_number_integer()) {
            if (const Enumerator* found = column.enumeration->find(member.get<std::int64_t>())) one = found->name;
        }
        out += (out.empty() ? "" : ", ") + one;
    }
    return out;
}

Markup form_field(const Visit& visit, const Column& column, const std::string& text) {
    const Markup label(column_name(visit, column));
    const std::string required = column.required ? "" : std::string(absent);
    if (column.translated) return translated_field(visit, column, text);
    if (column.type == ColumnType::set && column.enumeration != nullptr) return set_field(visit, column, text);
    Markup control;
    switch (column.type) {
        case ColumnType::enumeration: control = enumeration_field(visit, column, text); break;
        case ColumnType::reference: control = reference_field(visit, column, text); break;
        case ColumnType::set: control = set_field(visit, column, text); break;
        case ColumnType::boolean:
            control = select(column.name, column.required,
                             option("", "–", text.empty()) + option("1", visit.say("web.yes"), text == "1") +
                                 option("0", visit.say("web.no"), text == "0"));
            break;
        case ColumnType::integer:
        case ColumnType::real:
            control = tag("input", {{"type", "number"},
                                    {"id", column.name},
                                    {"name", column.name},
                                    {"value", text},
                                    {"required", required},
                                    {"min", limit(column.least)},
                                    {"max", limit(column.most)},
                                    {"step", column.type == ColumnType::real ? "any" : "1"}});
            break;
        case ColumnType::time:
            control = tag(
                "input", {{"type", "datetime-local"}, {"id", column.name}, {"name", column.name}, {"value", text}, {"required", required}});
            break;
        default:
            if (column.multiline) {
                control = tag("textarea",
                              {{"id", column.name},
                               {"name", column.name},
                               {"rows", "4"},
                               {"required", required},
                               {"maxlength", std::to_string(column.max_length)}},
                              Markup(text));
            } else {
                // A date of birth may be a year alone, which a browser's date field cannot hold.
                const bool whole = column.type == ColumnType::date && (text.empty() || text.size() == 10) && column.name != "birth_date";
                control = tag("input", {{"type", whole ? "date" : "text"},
                                        {"id", column.name},
                                        {"name", column.name},
                                        {"value", text},
                                        {"required", required},
                                        {"maxlength", std::to_string(column.max_length)}});
            }
    }
    return labelled(label, column.name, control, column.required ? Markup() : visit.words("web.form.optional"));
}

std::optional<std::string> filled_in(const Visit& visit, const Column& column) {
    const Fields& form = visit.request.form;
    bool there = false;
    std::string out;
    json translations = json::object();
    for (const auto& [name, value] : form) {
        if (column.translated && name.starts_with(column.name + ".")) {
            there = true;
            if (!value.empty()) translations[name.substr(column.name.size() + 1)] = value;
        } else if (column.type == ColumnType::set && (name == column.name || name == column.name + ".set")) {
            there = true;
            if (name == column.name) out += (out.empty() ? "" : ", ") + value;
        } else if (name == column.name) {
            there = true;
            out = value;
        }
    }
    if (!there) return std::nullopt;
    if (column.translated) return translations.empty() ? "" : translations.dump();
    std::erase(out, '\r');
    return out;
}

OwnedValue value_of(const Visit& visit, const Column& column, const std::string& text) {
    if (column.type == ColumnType::set) return json(members_of(text)).dump();
    if (text.empty()) {
        if (column.required) refuse(visit, column);
        return {};
    }
    if (column.type == ColumnType::time) return unix_ms_of(visit, column, text);
    if (column.type == ColumnType::enumeration || column.type == ColumnType::boolean) {
        if (text.size() > 4 || text.find_first_not_of("0123456789") != std::string::npos) refuse(visit, column);
        return static_cast<std::int64_t>(std::stoi(text));
    }
    if (column.type == ColumnType::real) {
        try {
            return std::stod(text);
        } catch (const std::logic_error&) {
            refuse(visit, column);
        }
    }
    return text;
}

}  // namespace tefter::web
