#include "schema/domain/register_rows.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/store/schema.hpp"
#include "schema/domain/names.hpp"

namespace tefter {

namespace {

constexpr std::size_t most_children = 50;

std::string cache_key(const Table& table, const RowKey& key) {
    std::string out = std::to_string(table.number.value);
    for (const OwnedValue& part : key) {
        const Value value = part.view();
        out += "\x1f" + (value.kind() == ValueKind::integer ? std::to_string(value.integer()) : std::string(value.text()));
    }
    return out;
}

std::string select_row(const Table& table, const std::vector<const Column*>& columns) {
    std::string sql = "SELECT _scope";
    for (const Column& column : table.key) sql += ", " + sql_name(column.name);
    for (const Column* column : columns) sql += ", " + sql_name(column->name);
    return sql + " FROM " + sql_name(table.name);
}

std::string by_key(const Table& table) {
    std::string sql;
    for (std::size_t i = 0; i < table.key.size(); ++i) {
        sql += (i == 0 ? " WHERE " : " AND ") + sql_name(table.key[i].name) + " = ?" + std::to_string(i + 1);
    }
    return sql;
}

void bind_key(Statement& row, const RowKey& key) {
    for (std::size_t i = 0; i < key.size(); ++i) row.bind(static_cast<int>(i) + 1, key[i].view());
}

RowKey key_at(const Table& table, const Statement& row) {
    RowKey key;
    for (std::size_t i = 0; i < table.key.size(); ++i) key.emplace_back(row.value(static_cast<int>(i) + 1));
    return key;
}

ScopeNumber scope_at(const Statement& row) { return ScopeNumber{static_cast<std::uint32_t>(row.integer(0))}; }

/// SQL of one condition; `?n` is its value.
std::string condition(const Column& column, std::size_t n) {
    const std::string name = sql_name(column.name), value = "?" + std::to_string(n);
    if (column.type == ColumnType::set) return "EXISTS (SELECT 1 FROM json_each(" + name + ") WHERE json_each.value = " + value + ")";
    if (column.type == ColumnType::date) return "substr(" + name + ", 1, length(" + value + ")) = " + value;
    return name + " = " + value;
}

}  // namespace

std::vector<std::string> folded_words(std::string_view text) {
    std::vector<std::string> out;
    const std::string all = sort_key(text);
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t end = std::min(all.find(' ', at), all.size());
        if (end > at) out.push_back(name_key(all.substr(at, end - at)));
        at = end + 1;
    }
    return out;
}

std::string RowReader::set_text(const Column& column, std::string_view json) {
    const nlohmann::json members = nlohmann::json::parse(json, nullptr, false);
    std::string out;
    if (!members.is_array()) return out;
    for (const auto& member : members) {
        if (!member.is_string()) continue;
        const auto name = member.get<std::string>();
        const Enumerator* found = column.enumeration == nullptr ? nullptr : column.enumeration->find(name);
        out += (out.empty() ? "" : "; ") + (found == nullptr ? name : enumerator_words(texts_, *column.enumeration, *found));
    }
    return out;
}

std::string RowReader::text(const Column& column, const Value& value) {
    const bool screen = style_ == Style::screen;
    if (value.is_null()) return {};
    if (column.type == ColumnType::reference) return title(*catalog_.find(column.target), {OwnedValue(value)});
    switch (value.kind()) {
        case ValueKind::blob: return texts_("register.bytes", {std::to_string(value.blob().size())});
        case ValueKind::real: return screen ? texts_.number(value.real(), 2) : nlohmann::json(value.real()).dump();
        case ValueKind::integer: break;
        default:
            if (column.type == ColumnType::date) return screen ? texts_.date(value.text()) : std::string(value.text());
            if (column.type == ColumnType::set) return set_text(column, value.text());
            return column.translated ? localized(value.text(), texts_.language()) : std::string(value.text());
    }
    const std::int64_t number = value.integer();
    if (column.type == ColumnType::time) {
        const std::string day = local_day(number);
        return (screen ? texts_.date(day) : day) + " " + local_clock(number);
    }
    if (column.type == ColumnType::boolean) return texts_(number != 0 ? "register.yes" : "register.no");
    if (is_money(column) && screen) return texts_.number(static_cast<double>(number) / 100, 2) + " €";
    if (is_money(column)) return std::to_string(number / 100) + (number % 100 < 10 ? ".0" : ".") + std::to_string(number % 100);
    const Enumerator* found = column.enumeration == nullptr ? nullptr : column.enumeration->find(number);
    if (found != nullptr) return enumerator_words(texts_, *column.enumeration, *found);
    return std::to_string(number) + (screen && column.unit == "%" ? " %" : "");
}

const RegisterPlan& RowReader::plan_of(const Table& table) {
    const auto found = plans_.find(table.number.value);
    return found != plans_.end() ? found->second : plans_.emplace(table.number.value, register_plan(catalog_, table)).first->second;
}

std::string RowReader::made_title(const RegisterPlan& plan, const RowKey& key, const std::function<std::string(const Column&)>& cell) {
    std::string out;
    for (const Column* column : plan.title) {
        const std::string words = cell(*column);
        const bool of_name = column->personal && plan.title.front()->personal;
        if (!words.empty()) out += (out.empty() ? "" : of_name ? " " : " · ") + words;
    }
    return out.empty() ? table_words(texts_, *plan.table) + " " + key_words(*plan.table, key) : out;
}

std::string RowReader::title(const Table& table, const RowKey& key) {
    const std::string cached = cache_key(table, key);
    const auto known = titles_.find(cached);
    if (known != titles_.end()) return known->second;
    const RegisterPlan& plan = plan_of(table);
    std::map<const Column*, OwnedValue> values;
    {
        Statement row = database_.prepare_once(select_row(table, plan.title) + by_key(table));
        bind_key(row, key);
        if (row.step()) {
            for (std::size_t i = 0; i < plan.title.size(); ++i)
                values[plan.title[i]] = OwnedValue(row.value(static_cast<int>(1 + table.key.size() + i)));
        }
    }
    std::string made = made_title(plan, key, [&](const Column& column) { return text(column, values[&column].view()); });
    return titles_[cached] = std::move(made);
}

bool RowReader::matches(const std::string& haystack, const std::vector<std::string>& words) const {
    if (words.empty()) return true;
    const std::vector<std::string> there = folded_words(haystack);
    return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
        return std::any_of(there.begin(), there.end(), [&](const std::string& one) { return one.find(word) != std::string::npos; });
    });
}

RowList RowReader::list(const RegisterPlan& plan, const RowQuery& query) {
    const Table& table = *plan.table;
    std::string where;
    for (std::size_t i = 0; i < query.where.size(); ++i) {
        where += (i == 0 ? " WHERE " : " AND ") + condition(*query.where[i].first, i + 1);
    }
    const auto bind = [&](Statement& row) {
        for (std::size_t i = 0; i < query.where.size(); ++i) row.bind(static_cast<int>(i) + 1, query.where[i].second.view());
    };
    const std::vector<std::string> words = folded_words(query.search);
    // The database turns the pages where it can: it orders by date, and knows nothing of names and words.
    const bool paged = plan.order != nullptr && words.empty();
    RowList out;
    std::string sql = select_row(table, plan.columns) + where;
    if (plan.order != nullptr) sql += " ORDER BY " + sql_name(plan.order->name) + " DESC, " + sql_name(table.key.front().name) + " DESC";
    if (paged) {
        Statement count = database_.prepare_once("SELECT count(*) FROM " + sql_name(table.name) + where);
        bind(count);
        count.step();
        out.total = static_cast<std::size_t>(count.integer(0));
        // The database counts with a sign.
        sql += " LIMIT " + std::to_string(std::min<std::size_t>(query.take, INT64_MAX)) + " OFFSET " + std::to_string(query.skip);
    }
    Statement row = database_.prepare_once(sql);
    bind(row);
    const auto cell = [&](const Column& column) {
        const auto at = std::find(plan.columns.begin(), plan.columns.end(), &column);
        if (at == plan.columns.end()) return std::string();
        return text(column, row.value(static_cast<int>(1 + table.key.size() + static_cast<std::size_t>(at - plan.columns.begin()))));
    };
    while (row.step()) {
        RowLine line{key_at(table, row), {}, {}, scope_at(row)};
        line.title = made_title(plan, line.key, cell);
        if (!words.empty()) {
            std::string haystack = line.title;
            for (const Column* column : plan.columns) {
                if (column->type != ColumnType::blob) haystack += " " + cell(*column);
            }
            if (!matches(haystack, words)) continue;
        }
        for (const Column* column : plan.listed) line.cells.push_back(cell(*column));
        out.lines.push_back(std::move(line));
    }
    if (paged) return out;
    out.total = out.lines.size();
    if (plan.order == nullptr) {
        std::vector<std::pair<std::string, std::size_t>> order;
        for (std::size_t i = 0; i < out.lines.size(); ++i) order.emplace_back(sort_key(out.lines[i].title), i);
        std::sort(order.begin(), order.end());
        std::vector<RowLine> sorted;
        for (const auto& [key, at] : order) sorted.push_back(std::move(out.lines[at]));
        out.lines = std::move(sorted);
    }
    out.lines.erase(out.lines.begin(), out.lines.begin() + static_cast<std::ptrdiff_t>(std::min(query.skip, out.lines.size())));
    if (out.lines.size() > query.take) out.lines.resize(query.take);
    return out;
}

std::optional<RowDetail> RowReader::detail(const RegisterPlan& plan, const RowKey& key) {
    const Table& table = *plan.table;
    RowDetail out;
    {
        Statement row = database_.prepare_once(select_row(table, plan.columns) + by_key(table));
        bind_key(row, key);
        if (!row.step()) return std::nullopt;
        out.key = key_at(table, row);
        out.scope = scope_at(row);
        for (std::size_t i = 0; i < plan.columns.size(); ++i)
            out.cells.push_back({plan.columns[i], OwnedValue(row.value(static_cast<int>(1 + table.key.size() + i))), {}});
    }
    for (RowCell& cell : out.cells) cell.text = text(*cell.column, cell.value.view());
    out.title = title(table, key);
    for (const Referrer& child : plan.children) {
        RowChildren rows{child, register_plan(catalog_, *child.table), {}};
        RowQuery query;
        query.where.emplace_back(child.column, key.front());
        query.take = most_children;
        rows.list = list(rows.plan, query);
        if (rows.list.total > 0) out.children.push_back(std::move(rows));
    }
    return out;
}

std::vector<RowEvent> RowReader::history(const Table& table, const RowKey& key) {
    ScopeNumber scope;
    {
        Statement row = database_.prepare_once(select_row(table, {}) + by_key(table));
        bind_key(row, key);
        if (!row.step()) return {};
        scope = scope_at(row);
    }
    return row_history(database_, catalog_, table, cells_of(key), scope);
}

namespace {
std::string called(std::string_view title) {
    std::vector<std::string> words = folded_words(title);
    std::sort(words.begin(), words.end());
    std::string out;
    for (const std::string& word : words) out += word + " ";
    return out;
}
}  // namespace

std::vector<RowKey> RowReader::find(const Table& table, std::string_view typed) {
    if (const auto key = key_from_words(catalog_, table, typed)) {
        Statement row = database_.prepare_once(select_row(table, {}) + by_key(table));
        bind_key(row, *key);
        if (row.step()) return {*key};
    }
    auto known = called_.find(table.number.value);
    if (known == called_.end()) {
        known = called_.emplace(table.number.value, std::multimap<std::string, RowKey>()).first;
        const RegisterPlan& plan = plan_of(table);
        RowQuery all;
        all.take = SIZE_MAX;
        for (RowLine& line : list(plan, all).lines) known->second.emplace(called(line.title), std::move(line.key));
        // A name in several languages is found in each of them.
        if (plan.title.size() == 1 && plan.title.front()->translated) {
            Statement row = database_.prepare_once(select_row(table, plan.title));
            while (row.step()) {
                const nlohmann::json names = nlohmann::json::parse(row.text(static_cast<int>(1 + table.key.size())), nullptr, false);
                for (const auto& name : names.is_object() ? names : nlohmann::json::object())
                    if (name.is_string()) known->second.emplace(called(name.get<std::string>()), key_at(table, row));
            }
        }
    }
    std::vector<RowKey> out;
    const auto [from, to] = known->second.equal_range(called(typed));
    for (auto at = from; at != to; ++at) {
        if (std::find(out.begin(), out.end(), at->second) == out.end()) out.push_back(at->second);
    }
    return out;
}

std::vector<Value> cells_of(const RowKey& key) {
    std::vector<Value> out;
    for (const OwnedValue& part : key) out.push_back(part.view());
    return out;
}

std::int64_t row_count(Database& reader, const Table& table) {
    Statement row = reader.prepare_once("SELECT count(*) FROM " + sql_name(table.name));
    row.step();
    return row.integer(0);
}

std::string key_words(const Table& table, const RowKey& key) {
    std::string out;
    for (const OwnedValue& part : key) {
        const Value value = part.view();
        const bool number = value.kind() == ValueKind::integer;
        if (number && table.generated_key) {
            out = "R" + std::to_string(value.integer() >> row_counter_bits) + "-" + std::to_string(value.integer() & row_counter_mask);
        } else {
            out += (out.empty() ? "" : "/") + (number ? std::to_string(value.integer()) : std::string(value.text()));
        }
    }
    return out;
}

namespace {

std::optional<std::int64_t> drawn_id(std::string_view words) {
    if (words.starts_with("R")) words.remove_prefix(1);
    const std::size_t dash = words.find('-');
    const auto digits = [](std::string_view text) -> std::optional<std::int64_t> {
        if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
        return std::stoll(std::string(text));
    };
    if (dash == std::string_view::npos) return digits(words);
    const auto device = digits(words.substr(0, dash)), count = digits(words.substr(dash + 1));
    if (!device || !count || *device > max_device_number || *count > row_counter_mask) return std::nullopt;
    return (*device << row_counter_bits) | *count;
}

}  // namespace

std::optional<RowKey> key_from_words(const Catalog& catalog, const Table& table, std::string_view words) {
    RowKey key;
    for (std::size_t i = 0; i < table.key.size(); ++i) {
        const std::size_t end = i + 1 < table.key.size() ? std::min(words.find('/'), words.size()) : words.size();
        const std::string part(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
        if (part.empty()) return std::nullopt;
        const Column& column = table.key[i];
        const Enumerator* value = column.enumeration == nullptr ? nullptr : column.enumeration->find(std::string_view(part));
        const Column& last = column.type == ColumnType::reference ? catalog.find(column.target)->key.front() : column;
        if (value != nullptr) key.emplace_back(value->number);
        else if (last.type == ColumnType::text) key.emplace_back(part);
        else if (const auto id = drawn_id(part)) key.emplace_back(*id);
        else return std::nullopt;
    }
    return key;
}

}  // namespace tefter
