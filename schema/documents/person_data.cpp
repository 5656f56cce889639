// What a register holds of a person, for that person: everything, by the catalog, whatever tables it comes to have.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "engine/base/text.hpp"
#include "engine/store/schema.hpp"
#include "schema/documents/documents.hpp"
#include "schema/documents/table.hpp"
#include "schema/documents/words.hpp"

namespace tefter::documents {

namespace {

using Cell = std::pair<const Column*, OwnedValue>;
struct Record {
    const Table* table = nullptr;
    std::vector<Cell> cells;
};

constexpr TableNumber person_table{32};

/// The rows that were linked as the same person, itself first.
std::vector<std::int64_t> rows_of_person(Database& database, std::int64_t id) {
    std::vector<std::int64_t> out{id};
    Statement row = database.prepare_once(
        "WITH RECURSIVE same(id) AS (SELECT ?1 UNION SELECT CASE WHEN l.duplicate = same.id THEN l.canonical ELSE l.duplicate END FROM same "
        "JOIN same_person l ON same.id IN (l.duplicate, l.canonical)) SELECT id FROM same WHERE id <> ?1 ORDER BY id");
    row.with(id);
    while (row.step()) out.push_back(row.integer(0));
    return out;
}

std::vector<const Column*> columns_of(const Table& table) {
    std::vector<const Column*> out;
    for (const Column& column : table.key) out.push_back(&column);
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) out.push_back(&column);
    }
    return out;
}

void add_records(std::vector<Record>& out, Database& database, const Table& table, const std::string& column, std::int64_t id) {
    const std::vector<const Column*> columns = columns_of(table);
    std::string sql;
    for (const Column* one : columns) sql += (sql.empty() ? "SELECT " : ", ") + sql_name(one->name);
    Statement row = database.prepare_once(sql + " FROM " + sql_name(table.name) + " WHERE " + sql_name(column) + " = ?1 ORDER BY 1, 2");
    row.with(id);
    while (row.step()) {
        Record record{&table, {}};
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const Value value = row.value(static_cast<int>(i));
            if (!value.is_null()) record.cells.emplace_back(columns[i], OwnedValue(value));
        }
        out.push_back(std::move(record));
    }
}

std::vector<Record> records_of(Database& database, const Catalog& catalog, std::int64_t id) {
    read_person(database, id);
    std::vector<Record> out;
    for (const std::int64_t person : rows_of_person(database, id)) {
        add_records(out, database, *catalog.find(person_table), "id", person);
        for (const Table& table : catalog.tables()) {
            for (const Column* column : columns_of(table)) {
                if (column->type == ColumnType::reference && column->target == person_table)
                    add_records(out, database, table, column->name, person);
            }
        }
    }
    return out;
}

nlohmann::json json_of(const Column& column, const Value& value) {
    if (column.type == ColumnType::reference || column.name == "id")
        return value.kind() == ValueKind::integer ? std::to_string(value.integer()) : std::string(value.text());
    if (const Enumerator* found = column.type == ColumnType::enumeration ? column.enumeration->find(value.integer()) : nullptr)
        return found->name;
    switch (value.kind()) {
        case ValueKind::integer:
            if (column.type == ColumnType::time) return time_text(value.integer());
            if (column.type == ColumnType::boolean) return value.integer() != 0;
            return value.integer();
        case ValueKind::real: return value.real();
        case ValueKind::blob: {
            std::string hexadecimal;
            for (const std::uint8_t byte : value.blob()) {
                constexpr std::string_view digits = "0123456789abcdef";
                hexadecimal += digits[byte >> 4U];
                hexadecimal += digits[byte & 0xFU];
            }
            return hexadecimal;
        }
        default: break;
    }
    if (column.type == ColumnType::set || column.translated) {
        nlohmann::json parsed = nlohmann::json::parse(value.text(), nullptr, false);
        if (!parsed.is_discarded()) return parsed;
    }
    return value.text();
}

/// What tells the person something: neither keys that only the register knows, nor bytes.
bool tells(const Column& column) {
    const bool own = column.type == ColumnType::reference && column.target == person_table;
    return !own && column.name != "id" && column.type != ColumnType::blob;
}

/// One record as names and values; several of a table as rows, as long as their columns fit on the page.
double draw(Sheet& sheet, double y, std::span<const Record> records) {
    constexpr std::size_t most_columns = 6;
    const Texts& texts = sheet.texts;
    std::vector<const Column*> columns;
    for (const Record& record : records) {
        for (const auto& [column, value] : record.cells) {
            if (tells(*column) && std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
        }
    }
    if (records.size() == 1 || columns.size() > most_columns) {
        for (const Record& record : records) {
            TableWriter table(sheet, y, {{"", 3}, {"", 7}});
            for (const auto& [column, value] : record.cells) {
                if (tells(*column)) table.row({catalog_word(texts, "column.", column->name), cell_text(texts, *column, value.view())});
            }
            y = table.finish() + 2;
        }
        return y;
    }
    std::vector<TableColumn> heads;
    for (const Column* column : columns) heads.push_back({catalog_word(texts, "column.", column->name)});
    if (heads.empty()) return y;
    TableWriter table(sheet, y, std::move(heads));
    for (const Record& record : records) {
        std::vector<std::string> cells(columns.size());
        for (const auto& [column, value] : record.cells) {
            const auto place = std::find(columns.begin(), columns.end(), column);
            if (place != columns.end()) cells[static_cast<std::size_t>(place - columns.begin())] = cell_text(texts, *column, value.view());
        }
        table.row(cells);
    }
    return table.finish();
}

}  // namespace

std::string person_data_json(Database& database, const Catalog& catalog, std::int64_t id) {
    nlohmann::json out = nlohmann::json::object();
    for (const Record& record : records_of(database, catalog, id)) {
        nlohmann::json row = nlohmann::json::object();
        for (const auto& [column, value] : record.cells) row[column->name] = json_of(*column, value.view());
        out[record.table->name].push_back(std::move(row));
    }
    return out.dump(1);
}

Bytes person_data(Database& database, const Catalog& catalog, const Texts& texts, std::int64_t id, std::string_view today) {
    const Project project = read_project(database, texts);
    const std::vector<Record> records = records_of(database, catalog, id);
    const Participant person = read_person(database, id);
    Sheet sheet(Orientation::portrait, project, texts, texts("data.title"));
    double y = sheet.heading(sheet.begin(), texts("data.title"), person.full_name());
    y += sheet.pdf.text(sheet.left(), y, sheet.inner(), texts("data.words", {texts.date(today)}),
                        {.size = 9, .color = quiet, .leading = 1.4}) +
         2;
    for (std::size_t at = 0; at < records.size();) {
        std::size_t end = at;
        while (end < records.size() && records[end].table == records[at].table) ++end;
        y = part(sheet, y, catalog_word(texts, "table.", records[at].table->name));
        y = draw(sheet, y, std::span(records).subspan(at, end - at));
        at = end;
    }
    return sheet.finish();
}

}  // namespace tefter::documents
