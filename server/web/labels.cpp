#include "server/web/labels.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/text.hpp"
#include "engine/store/schema.hpp"

namespace tefter::web {

namespace {

constexpr std::size_t longest_name = 120;

/// Columns that name a row, best first: those of a person stand together.
std::vector<const Column*> naming(const Table& table) {
    std::vector<const Column*> out;
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) {
            if (column.type != ColumnType::text || column.multiline) continue;
            if (column.required) out.push_back(&column);
        }
        if (!out.empty()) break;
    }
    return out;
}

bool hidden_from(const Visit& visit, const Column& column) { return column.personal && !visit.sees_personal(); }

std::string short_id(std::int64_t id) {
    // Rows that a device draws are counted from 1: 3-14 is its fourteenth.
    return std::to_string(id >> row_counter_bits) + "-" + std::to_string(id & row_counter_mask);
}

}  // namespace

std::string in_language(const Texts& say, std::string_view json) {
    const nlohmann::json all = nlohmann::json::parse(json, nullptr, false);
    if (!all.is_object()) return std::string(json);
    const std::string_view own = code_of(say.language());
    for (const std::string_view code : {own, own == "sr_cyrl" ? std::string_view("sr_latn") : own, std::string_view("en")}) {
        const auto found = all.find(std::string(code));
        if (found != all.end() && found->is_string()) return found->get<std::string>();
    }
    for (const auto& one : all) {
        if (one.is_string()) return one.get<std::string>();
    }
    return {};
}

std::string table_name(const Visit& visit, const Table& table) { return visit.say("table." + table.name); }
std::string column_name(const Visit& visit, const Column& column) { return visit.say("column." + column.name); }

std::string enumerator_name(const Visit& visit, const Enumeration& enumeration, const Enumerator& value) {
    const std::string key = enumeration.name + "." + value.name;
    return visit.say.has(key) ? visit.say(key) : value.name;
}

std::string cell_text(const Visit& visit, const Column& column, const Value& value) {
    if (value.is_null()) return {};
    if (hidden_from(visit, column)) return visit.say("web.hidden");
    if (value.kind() == ValueKind::blob) return visit.say("web.bytes", {std::to_string(value.blob().size())});
    if (value.kind() == ValueKind::real) return visit.say.number(value.real(), 2);
    if (value.kind() == ValueKind::integer) {
        if (column.type == ColumnType::time) return visit.say.date(local_day(value.integer())) + " " + local_clock(value.integer());
        if (column.type == ColumnType::boolean) return visit.say(value.integer() != 0 ? "web.yes" : "web.no");
        if (column.name.ends_with("_cents")) return visit.say.number(static_cast<double>(value.integer()) / 100, 2) + " €";
        const Enumerator* found = column.enumeration == nullptr ? nullptr : column.enumeration->find(value.integer());
        if (found != nullptr) return enumerator_name(visit, *column.enumeration, *found);
        if (column.type == ColumnType::reference) {
            const Table* target = visit.catalog().find(column.target);
            return target == nullptr ? std::to_string(value.integer()) : row_name(visit, *target, {value.integer()});
        }
        return std::to_string(value.integer());
    }
    if (column.type == ColumnType::date) return visit.say.date(value.text());
    if (column.translated) return in_language(visit.say, value.text());
    if (column.type == ColumnType::reference) {
        const Table* target = visit.catalog().find(column.target);
        return target == nullptr ? std::string(value.text()) : row_name(visit, *target, {std::string(value.text())});
    }
    if (column.type == ColumnType::set) {
        const nlohmann::json members = nlohmann::json::parse(value.text(), nullptr, false);
        std::string out;
        for (const auto& member : members.is_array() ? members : nlohmann::json::array()) {
            const Enumerator* found = nullptr;
            if (column.enumeration != nullptr && member.is_number_integer()) found = column.enumeration->find(member.get<std::int64_t>());
            if (column.enumeration != nullptr && member.is_string()) found = column.enumeration->find(member.get<std::string>());
            out += (out.empty() ? "" : ", ") + (found != nullptr     ? enumerator_name(visit, *column.enumeration, *found)
                                                : member.is_string() ? member.get<std::string>()
                                                                     : member.dump());
        }
        return out;
    }
    return std::string(value.text());
}

Markup cell(const Visit& visit, const Column& column, const Value& value) {
    if (value.is_null()) return tag("span", {{"class", "muted"}}, Markup("–"));
    if (hidden_from(visit, column))
        return tag("span", {{"class", "masked"}, {"title", visit.say("web.hidden.words")}}, visit.words("web.hidden"));
    const std::string text = cell_text(visit, column, value);
    if (column.type != ColumnType::reference) return Markup(text);
    const Table* target = visit.catalog().find(column.target);
    if (target == nullptr || (target->name == "person" && !visit.sees_personal())) return Markup(text);
    return link(row_address(*target, {OwnedValue(value)}), Markup(text));
}

std::string row_name(const Visit& visit, const Table& table, const std::vector<OwnedValue>& key) {
    const std::vector<const Column*> columns = naming(table);
    std::string fallback;
    for (std::size_t i = 0; i < key.size() && i < table.key.size(); ++i) {
        const Value value = key[i].view();
        const bool drawn = table.generated_key && value.kind() == ValueKind::integer;
        fallback += (fallback.empty() ? "" : " · ") +
                    (drawn ? table_name(visit, table) + " " + short_id(value.integer()) : cell_text(visit, table.key[i], value));
    }
    const bool hides = std::any_of(columns.begin(), columns.end(), [&](const Column* column) { return hidden_from(visit, *column); });
    if (columns.empty() || hides) return fallback;
    std::string sql;
    for (const Column* column : columns) sql += (sql.empty() ? "SELECT " : ", ") + sql_name(column->name);
    sql += " FROM " + sql_name(table.name) + " WHERE ";
    for (std::size_t i = 0; i < table.key.size(); ++i) {
        sql += (i == 0 ? "" : " AND ") + sql_name(table.key[i].name) + " = ?" + std::to_string(i + 1);
    }
    Statement row = visit.reader.prepare_once(sql);
    std::vector<Value> values;
    for (const OwnedValue& part : key) values.push_back(part.view());
    for (std::size_t i = 0; i < values.size(); ++i) row.bind(static_cast<int>(i) + 1, values[i]);
    if (!row.step()) return fallback;
    std::string out;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string text = cell_text(visit, *columns[i], row.value(static_cast<int>(i)));
        if (!text.empty()) out += (out.empty() ? "" : " ") + text;
        if (table.name != "person") break;
    }
    if (out.size() > longest_name) {
        std::size_t end = longest_name;
        while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
        out = out.substr(0, end) + "…";
    }
    return out.empty() ? fallback : out;
}

std::string key_text(const std::vector<OwnedValue>& key) {
    std::string out;
    for (const OwnedValue& part : key) {
        const Value value = part.view();
        out +=
            (out.empty() ? "" : "/") + (value.kind() == ValueKind::integer ? std::to_string(value.integer()) : std::string(value.text()));
    }
    return out;
}

std::vector<OwnedValue> parse_key_text(const Visit& visit, const Table& table, const std::string& text) {
    std::vector<OwnedValue> out;
    std::string_view left = text;
    for (std::size_t i = 0; i < table.key.size(); ++i) {
        const std::size_t end = i + 1 < table.key.size() ? std::min(left.find('/'), left.size()) : left.size();
        const std::string part(left.substr(0, end));
        left.remove_prefix(std::min(end + 1, left.size()));
        const Column& column = table.key[i];
        const bool is_text = column.type == ColumnType::text || column.type == ColumnType::date;
        const Table* target = column.type == ColumnType::reference ? visit.catalog().find(column.target) : nullptr;
        if (is_text || (target != nullptr && target->key.front().type == ColumnType::text)) {
            out.emplace_back(part);
            continue;
        }
        if (part.empty() || part.size() > 18 || part.find_first_not_of("0123456789") != std::string::npos) return {};
        out.emplace_back(static_cast<std::int64_t>(std::stoll(part)));
    }
    return out;
}

std::string row_address(const Table& table, const std::vector<OwnedValue>& key) {
    return "/registers/" + table.name + "/" + encode_part(key_text(key));
}

}  // namespace tefter::web
