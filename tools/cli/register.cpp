#include "tools/cli/register.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/base/text.hpp"
#include "engine/store/schema.hpp"

namespace tefter {

using nlohmann::json;

namespace {

RowQuery query_of(const RegisterOptions& options, RowReader& rows, const RegisterPlan& plan) {
    RowQuery query;
    query.search = options.search;
    query.take = SIZE_MAX;
    for (const std::string& condition : options.where) {
        const std::size_t equals = condition.find('=');
        if (equals == std::string::npos) throw Error(ErrorKind::usage, "\"" + condition + "\" is no condition; write it as COLUMN=VALUE.");
        const Column* column = column_of_heading(rows.texts(), plan, condition.substr(0, equals));
        if (column == nullptr)
            throw Error(ErrorKind::usage, "The table " + plan.table->name + " has no column \"" + condition.substr(0, equals) + "\".");
        const std::string typed = condition.substr(equals + 1);
        // A part of a date, and one member of a set, are compared as they stand.
        if (column->type == ColumnType::date || column->type == ColumnType::set) {
            const Enumerator* member =
                column->enumeration == nullptr ? nullptr : enumerator_of_text(rows.texts(), *column->enumeration, typed);
            query.where.emplace_back(column, member != nullptr ? member->name : typed);
            continue;
        }
        ReadCell read = read_cell(rows, *column, typed);
        if (read.fault != CellFault::none)
            throw Error(ErrorKind::usage, condition + ": " + sentence(rows.texts(), *column, read.fault, typed) + ".");
        query.where.emplace_back(column, std::move(read.value));
    }
    return query;
}

json line_to_json(const RegisterPlan& plan, const RowLine& line) {
    json cells = json::object();
    for (std::size_t i = 0; i < plan.listed.size(); ++i) {
        if (!line.cells[i].empty()) cells[plan.listed[i]->name] = line.cells[i];
    }
    return {{"key", key_words(*plan.table, line.key)}, {"title", line.title}, {"cells", std::move(cells)}};
}

void print_line(const RegisterPlan& plan, const RowLine& line, const char* indent) {
    std::cout << indent << key_words(*plan.table, line.key) << "  " << line.title;
    for (std::size_t i = 0; i < plan.listed.size(); ++i) {
        const bool in_title = std::find(plan.title.begin(), plan.title.end(), plan.listed[i]) != plan.title.end();
        if (!in_title && !line.cells[i].empty()) std::cout << "  ·  " << line.cells[i];
    }
    std::cout << "\n";
}

const char* word_of(Op op) {
    switch (op) {
        case Op::create: return "created";
        case Op::put: return "changed";
        case Op::remove: return "deleted";
        case Op::erase: return "erased";
    }
    return "";
}

json event_to_json(RowReader& rows, const RowEvent& event) {
    json values = json::object();
    for (const auto& [column, value] : event.values) {
        const std::string text = rows.text(*column, value.view());
        if (!text.empty() || event.op != Op::create) values[column->name] = text;
    }
    return {{"at", time_text(event.version.unix_ms())},       {"office", event.office},   {"actor", std::to_string(event.actor)},
            {"version", std::to_string(event.version.value)}, {"did", word_of(event.op)}, {"values", std::move(values)}};
}

}  // namespace

void RegisterOptions::add_language(CLI::App& command) {
    command.add_option("--language", language, "en, sq, bs, mk, cnr, sr_latn or sr_cyrl")->capture_default_str();
}

namespace {

/// Those that the folder has a sheet of, each after the tables that it refers to.
std::vector<const Table*> tables_in(const std::string& folder, const Catalog& catalog) {
    std::vector<const Table*> waiting, out;
    for (const Table& table : catalog.tables()) {
        if (std::filesystem::exists(folder + "/" + table.name + ".csv")) waiting.push_back(&table);
    }
    while (!waiting.empty()) {
        const auto ready = std::find_if(waiting.begin(), waiting.end(), [&](const Table* table) {
            const std::vector<const Column*> columns = register_columns(*table);
            return std::none_of(columns.begin(), columns.end(), [&](const Column* column) {
                return column->type == ColumnType::reference && column->target != table->number &&
                       std::any_of(waiting.begin(), waiting.end(), [&](const Table* other) { return other->number == column->target; });
            });
        });
        // Tables that refer to each other in a circle: the catalog's order.
        const auto next = ready == waiting.end() ? waiting.begin() : ready;
        out.push_back(*next);
        waiting.erase(next);
    }
    return out;
}

}  // namespace

int import_folder(const std::string& folder, const RegisterOptions& options, const Access& access, const Catalog& catalog) {
    const std::vector<const Table*> tables = tables_in(folder, catalog);
    if (tables.empty()) throw Error(ErrorKind::usage, "There is no sheet TABLE.csv in " + folder + ", with a table of the catalog.");
    const Texts texts = texts_in(options.language);
    const auto replica = access.open(catalog);
    for (const Table* table : tables) {
        const std::string file = folder + "/" + table->name + ".csv";
        std::ifstream in(file, std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(in)), {});
        const ImportResult result = import_rows(*replica, texts, *table, bytes, file, {});
        for (const SheetFault& fault : result.faults) std::cerr << file << ", " << fault.sentence() << ".\n";
        if (!result.written) {
            std::cerr << "Nothing was imported of " << file << " and of those that come after it; correct the lines above.\n";
            return 1;
        }
        std::cout << table->name << ": " << result.rows << " lines read, " << result.changes << " rows new or changed.\n" << std::flush;
    }
    return 0;
}

Texts texts_in(const std::string& language) {
    Texts texts;
    for (std::size_t i = 0; i < languages; ++i) {
        if (code_of(static_cast<Language>(i)) != language) continue;
        texts.choose(static_cast<Language>(i));
        return texts;
    }
    throw Error(ErrorKind::usage, "\"" + language + "\" is no language; write en, sq, bs, mk, cnr, sr_latn or sr_cyrl.");
}

void list_register(const RegisterOptions& options, const Access& access, const Catalog& catalog, bool as_json) {
    const RegisterPlan plan = register_plan(catalog, catalog.table(options.table));
    const Texts texts = texts_in(options.language);
    const auto replica = access.open(catalog);
    const auto reader = replica->open_reader();
    RowReader rows(*reader, catalog, texts);
    const RowList list = rows.list(plan, query_of(options, rows, plan));
    if (as_json) {
        json out = json::array();
        for (const RowLine& line : list.lines) out.push_back(line_to_json(plan, line));
        std::cout << out.dump(1) << "\n";
        return;
    }
    for (const RowLine& line : list.lines) print_line(plan, line, "");
    if (list.lines.empty()) std::cout << texts("nothing.found") << ".\n";
}

void show_register_row(const RegisterOptions& options, const Access& access, const Catalog& catalog, bool as_json) {
    const Table& table = catalog.table(options.table);
    const RegisterPlan plan = register_plan(catalog, table);
    const Texts texts = texts_in(options.language);
    const auto key = key_from_words(catalog, table, options.key);
    const auto replica = access.open(catalog);
    const auto reader = replica->open_reader();
    RowReader rows(*reader, catalog, texts);
    const auto detail = key ? rows.detail(plan, *key) : std::nullopt;
    if (!detail) throw Error(ErrorKind::refused, "There is no row " + options.key + " in " + table.name + ".");
    const std::vector<RowEvent> history = rows.history(table, *key);
    if (as_json) {
        json cells = json::object(), children = json::array(), events = json::array();
        for (const RowCell& cell : detail->cells) cells[cell.column->name] = cell.text;
        for (const RowChildren& child : detail->children) {
            json lines = json::array();
            for (const RowLine& line : child.list.lines) lines.push_back(line_to_json(child.plan, line));
            children.push_back({{"table", child.plan.table->name},
                                {"column", child.by.column->name},
                                {"total", child.list.total},
                                {"rows", std::move(lines)}});
        }
        for (const RowEvent& event : history) events.push_back(event_to_json(rows, event));
        std::cout << json{{"key", key_words(table, detail->key)},
                          {"title", detail->title},
                          {"scope", catalog.find_scope(detail->scope)->name},
                          {"cells", cells},
                          {"children", children},
                          {"history", events}}
                         .dump(1)
                  << "\n";
        return;
    }
    std::cout << detail->title << "  (" << key_words(table, detail->key) << ", " << catalog.find_scope(detail->scope)->name << ")\n";
    for (const RowCell& cell : detail->cells) {
        if (!cell.text.empty()) std::cout << "  " << column_words(texts, table, *cell.column) << ": " << cell.text << "\n";
    }
    for (const RowChildren& child : detail->children) {
        std::cout << tables_words(texts, *child.plan.table) << " (" << child.list.total << ")\n";
        for (const RowLine& line : child.list.lines) print_line(child.plan, line, "  ");
    }
    for (const RowEvent& event : history) {
        std::cout << time_text(event.version.unix_ms()) << "  " << event.office << "  " << word_of(event.op);
        for (const auto& [column, value] : event.values) {
            const std::string text = rows.text(*column, value.view());
            if (!text.empty()) std::cout << "  " << column->name << "=" << text;
        }
        std::cout << "\n";
    }
}

}  // namespace tefter
