// A register as a table on paper.

#include "engine/store/schema.hpp"
#include "schema/documents/documents.hpp"
#include "schema/documents/table.hpp"
#include "schema/documents/words.hpp"

namespace tefter::documents {

namespace {

constexpr std::int64_t most_rows = 5000;
constexpr std::size_t most_columns = 9;

/// What a reader understands of a row: no ids that only the register knows, no bytes.
std::vector<const Column*> readable(const Table& table) {
    std::vector<const Column*> out;
    const auto take = [&](const Column& column) {
        if (column.type != ColumnType::blob && column.name != "id") out.push_back(&column);
    };
    for (const Column& column : table.key) take(column);
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) take(column);
    }
    return out;
}

/// How a row of another table is called: its first text.
std::string name_of(Database& database, const Catalog& catalog, const Texts& texts, const Column& column, const Value& key) {
    const Table* table = catalog.find(column.target);
    const std::string own = key.kind() == ValueKind::text ? std::string(key.text()) : std::to_string(key.integer());
    if (table == nullptr || !table->generated_key) return own;
    std::string names;
    for (const Column& one : table->groups.front().columns) {
        if (one.type == ColumnType::text) names += (names.empty() ? "" : " || ' ' || ") + ("coalesce(" + sql_name(one.name) + ", '')");
    }
    if (names.empty()) return own;
    Statement row = database.prepare_once("SELECT " + names + " FROM " + sql_name(table->name) + " WHERE id = ?1");
    row.with(key.integer());
    return row.step() ? designated(localized(row.text(0), texts.language())) : own;
}

}  // namespace

Bytes register_extract(Database& database, const Catalog& catalog, const Texts& texts, std::string_view name, std::string_view today,
                       std::optional<ScopeNumber> scope) {
    const Table& table = catalog.table(name);
    const std::vector<const Column*> columns = readable(table);
    const Project project = read_project(database, texts);
    std::string sql;
    for (const Column* column : columns) sql += (sql.empty() ? "SELECT " : ", ") + sql_name(column->name);
    Statement row = database.prepare_once(sql + " FROM " + sql_name(table.name) + " WHERE ?1 = 0 OR _scope = ?1 ORDER BY 1, 2 LIMIT ?2");
    row.with(scope ? std::int64_t{scope->value} : 0, most_rows + 1);
    std::vector<std::vector<std::string>> rows;
    std::vector<bool> told(columns.size());
    while (row.step()) {
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const Value value = row.value(static_cast<int>(i));
            const bool reference = columns[i]->type == ColumnType::reference && !value.is_null();
            cells.push_back(reference ? name_of(database, catalog, texts, *columns[i], value) : cell_text(texts, *columns[i], value));
            if (!cells.back().empty()) told[i] = true;
        }
        rows.push_back(std::move(cells));
    }
    if (rows.size() > static_cast<std::size_t>(most_rows))
        throw Error(ErrorKind::refused,
                    "The register has more than " + std::to_string(most_rows) + " rows; take a sheet (XLSX or CSV) instead of a PDF.");
    Sheet sheet(Orientation::landscape, project, texts, catalog_word(texts, "table.", name));
    double y = sheet.heading(sheet.begin(), texts("data.extract"), catalog_word(texts, "table.", name));
    y = sheet.facts(y, {{texts("document.dates"), texts.date(today)}});
    std::vector<TableColumn> heads;
    for (std::size_t i = 0; i < columns.size() && heads.size() < most_columns; ++i) {
        if (!told[i]) continue;
        const bool wide = columns[i]->type == ColumnType::text || columns[i]->type == ColumnType::reference;
        heads.push_back({catalog_word(texts, "column.", columns[i]->name), wide ? 2.0 : 1.3});
    }
    const std::size_t shown = heads.size();
    if (shown == 0) return sheet.finish();
    TableWriter out(sheet, y, std::move(heads), shown > 6 ? 7.5 : 8.5);
    for (const std::vector<std::string>& cells : rows) {
        std::vector<std::string> line;
        for (std::size_t i = 0; i < cells.size() && line.size() < shown; ++i) {
            if (told[i]) line.push_back(cells[i]);
        }
        out.row(line);
    }
    return sheet.finish();
}

}  // namespace tefter::documents
