#include "schema/domain/register.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "schema/domain/sheet.hpp"

namespace tefter {

namespace {

constexpr std::size_t most_listed = 7;

bool short_enough(const Column& column) { return !column.multiline && column.type != ColumnType::blob; }

bool has_few_choices(const Column& column) {
    return column.type == ColumnType::enumeration || column.type == ColumnType::boolean ||
           (column.type == ColumnType::reference && !column.weak) || !column.suggests.empty() ||
           (column.type == ColumnType::set && column.enumeration != nullptr);
}

/// Where the catalog names none: the first text that must be there, else the key.
std::vector<const Column*> derived_title(const Table& table, const std::vector<const Column*>& columns) {
    for (const Column* column : columns) {
        if (column->type == ColumnType::text && column->required && !column->multiline) return {column};
    }
    std::vector<const Column*> out;
    for (const Column& column : table.key) {
        if (!table.generated_key) out.push_back(&column);
    }
    return out;
}

std::string spaced(std::string name) {
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

bool says(const Texts& texts, const std::string& key, const std::string& folded) {
    const auto found = texts.all().find(key);
    return found != texts.all().end() &&
           std::any_of(found->second.begin(), found->second.end(), [&](const std::string& words) { return fold(words) == folded; });
}

std::string column_key(const Texts& texts, const Table& table, const Column& column) {
    const std::string own = "column." + table.name + "." + column.name;
    return texts.has(own) ? own : "column." + column.name;
}

}  // namespace

RegisterPlan register_plan(const Catalog& catalog, const Table& table) {
    RegisterPlan plan;
    plan.table = &table;
    plan.columns = register_columns(table);
    for (const std::string& name : table.title) plan.title.push_back(table.find_column(name).second);
    if (plan.title.empty()) plan.title = derived_title(table, plan.columns);
    for (const Column* column : plan.columns) {
        if (short_enough(*column) && plan.listed.size() < most_listed) plan.listed.push_back(column);
        if (has_few_choices(*column)) plan.filters.push_back(column);
        const bool dated = column->type == ColumnType::date || column->type == ColumnType::time;
        if (dated && !column->personal && plan.order == nullptr) plan.order = column;
    }
    for (const Table& other : catalog.tables()) {
        for (const Column* column : register_columns(other)) {
            if (column->type == ColumnType::reference && column->target == table.number) plan.children.push_back({&other, column});
        }
    }
    return plan;
}

std::vector<const Column*> register_columns(const Table& table) {
    std::vector<const Column*> out;
    for (const Column& column : table.key) {
        if (!table.generated_key) out.push_back(&column);
    }
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) out.push_back(&column);
    }
    return out;
}

std::vector<Area> areas(const Catalog& catalog) {
    std::vector<Area> out;
    for (const Table& table : catalog.tables()) {
        if (table.area.empty()) continue;
        const bool completes = std::any_of(table.key.begin(), table.key.end(), [&](const Column& column) {
            return column.type == ColumnType::reference && catalog.find(column.target)->area == table.area;
        });
        if (completes) continue;
        auto area = std::find_if(out.begin(), out.end(), [&](const Area& one) { return one.name == table.area; });
        if (area == out.end()) area = out.insert(out.end(), Area{table.area, {}});
        area->tables.push_back(&table);
    }
    return out;
}

std::string area_words(const Texts& texts, const std::string& name) { return texts("area." + name); }

bool scope_is_chosen(const Table& table) { return table.scope_rule == Table::ScopeRule::chosen; }
bool is_money(const Column& column) { return column.unit == "EUR/100"; }

std::string table_words(const Texts& texts, const Table& table) {
    const std::string key = "table." + table.name;
    return texts.has(key) ? texts(key) : spaced(table.name);
}

std::string tables_words(const Texts& texts, const Table& table) {
    const std::string key = "table." + table.name + ".many";
    return texts.has(key) ? texts(key) : table_words(texts, table);
}

std::string column_words(const Texts& texts, const Table& table, const Column& column) {
    const std::string key = column_key(texts, table, column);
    return texts.has(key) ? texts(key) : spaced(column.name);
}

std::string enumerator_words(const Texts& texts, const Enumeration& enumeration, const Enumerator& value) {
    const std::string key = enumeration.name + "." + value.name;
    return texts.has(key) ? texts(key) : spaced(value.name);
}

const Column* column_of_heading(const Texts& texts, const RegisterPlan& plan, std::string_view heading) {
    for (const Column* column : plan.columns) {
        if (column->name == heading) return column;
    }
    const std::string wanted = fold(heading);
    for (const Column* column : plan.columns) {
        if (fold(spaced(column->name)) == wanted || says(texts, column_key(texts, *plan.table, *column), wanted)) return column;
    }
    return nullptr;
}

const Enumerator* enumerator_of_text(const Texts& texts, const Enumeration& enumeration, std::string_view text) {
    if (const Enumerator* exact = enumeration.find(text)) return exact;
    const std::string wanted = fold(text);
    for (const Enumerator& value : enumeration.values) {
        if (fold(spaced(value.name)) == wanted || says(texts, enumeration.name + "." + value.name, wanted)) return &value;
    }
    return nullptr;
}

std::string with_language(std::string_view stored, Language language, const std::string& words) {
    nlohmann::json all = nlohmann::json::parse(stored, nullptr, false);
    if (!all.is_object()) return words;
    all[std::string(code_of(language))] = words;
    return all.dump();
}

}  // namespace tefter
