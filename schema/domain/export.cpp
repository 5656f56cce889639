#include "schema/domain/export.hpp"

#include "engine/base/text.hpp"
#include "engine/store/schema.hpp"
#include "schema/domain/disclosure.hpp"
#include "schema/domain/export_target.hpp"
#include "schema/domain/indicators.hpp"
#include "schema/domain/moment.hpp"

namespace tefter {

namespace {

constexpr std::size_t rows_between_reports = 1000;

std::vector<const Column*> columns_of(const Table& table) {
    std::vector<const Column*> out;
    for (const Column& column : table.key) out.push_back(&column);
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) out.push_back(&column);
    }
    return out;
}

}  // namespace

Value export_value(const Value& value, const Column& column, std::string& text) {
    if (value.kind() != ValueKind::integer) return value;
    if (column.type == ColumnType::time) text = time_text(value.integer());
    else if (const Enumerator* found = column.enumeration != nullptr ? column.enumeration->find(value.integer()) : nullptr)
        text = found->name;
    else return value;
    return Value::text(text);
}

void log_export(Replica& replica, const std::vector<const Table*>& tables, const std::string& what) {
    std::map<std::int64_t, std::int64_t> rows;
    for (const Table* table : tables) {
        Statement count = replica.store().database.prepare_once("SELECT _scope, count(*) FROM " + sql_name(table->name) + " GROUP BY 1");
        while (count.step()) rows[count.integer(0)] += count.integer(1);
    }
    std::vector<Edit> edits;
    for (const ScopeNumber scope : replica.identity().scopes) edits.push_back(note_export(replica, scope, what, rows[scope.value]));
    replica.write(0, edits);
}

namespace {

/// One export at work.
class Export {
public:
    Export(Database& reader, const Catalog& catalog, const std::string& format, const std::string& path,
           const std::function<bool(const ExportReport&)>& progress)
        : reader_(reader),
          catalog_(catalog),
          path_(path),
          progress_(progress),
          target_(open_export(format, path, ExportShape::all_tables)) {}

    void add(const Table& table, const std::vector<const Column*>& columns) {
        std::vector<std::string> names;
        std::string sql;
        for (const Column* column : columns) {
            names.push_back(column->name);
            sql += (sql.empty() ? "SELECT " : ", ") + sql_name(column->name);
        }
        names.emplace_back("scope");
        begin(table.name, names);
        Statement row =
            reader_.prepare_once(sql + ", _scope FROM " + sql_name(table.name) + " ORDER BY 1" + (columns.size() > 1 ? ", 2" : ""));
        std::vector<std::string> texts(columns.size());
        std::vector<Value> cells(names.size());
        while (row.step()) {
            for (std::size_t i = 0; i < columns.size(); ++i) cells[i] = export_value(row.value(static_cast<int>(i)), *columns[i], texts[i]);
            const Scope* scope =
                catalog_.find_scope(ScopeNumber{static_cast<std::uint32_t>(row.integer(static_cast<int>(columns.size())))});
            cells.back() = scope != nullptr ? Value::text(scope->name) : Value();
            add_row(cells);
        }
    }

    void add(const Facts& facts) {
        begin("indicators", {"code", "cut", "part", "value", "basis", "rows", "people"});
        for (const IndicatorRow& row : indicator_table(facts)) {
            const Figure& figure = row.slice.figure;
            add_row(std::array{Value::text(row.indicator->code), Value::text(to_text(row.cut)), Value::text(row.slice.key),
                               figure.value ? Value::real(*figure.value) : Value(), Value::real(figure.basis), Value::integer(figure.rows),
                               Value::integer(figure.people)});
        }
    }

    ExportReport finish() {
        target_->finish();
        return report_;
    }

private:
    void begin(const std::string& name, const std::vector<std::string>& columns) {
        target_->begin_table(name, columns);
        ++report_.tables;
    }
    void add_row(std::span<const Value> cells) {
        target_->add(cells);
        if (++report_.rows % rows_between_reports == 0 && progress_ && !progress_(report_))
            throw Error(ErrorKind::cancelled, "Cancelled; nothing was written to " + path_ + ".");
    }

    Database& reader_;
    const Catalog& catalog_;
    const std::string& path_;
    const std::function<bool(const ExportReport&)>& progress_;
    std::unique_ptr<ExportTarget> target_;
    ExportReport report_;
};

}  // namespace

ExportReport export_tables(Database& reader, const Catalog& catalog, const ExportSelection& selection, const std::string& format,
                           const std::string& path, const std::function<bool(const ExportReport&)>& progress) {
    for (const std::string& name : selection.tables) catalog.table(name);  // a name that there is not is told before anything is written
    const Moment moment(reader);
    Export out(reader, catalog, format, path, progress);
    for (const Table& table : catalog.tables()) {
        if (!selection.tables.empty() && !selection.tables.contains(table.name)) continue;
        std::vector<const Column*> columns = columns_of(table);
        std::erase_if(columns, [&](const Column* column) { return selection.allowed && !selection.allowed(table, *column); });
        if (!columns.empty()) out.add(table, columns);
    }
    if (selection.indicators) out.add(*selection.indicators);
    return out.finish();
}

ExportReport export_rows(Replica& replica, const std::string& format, const std::string& path,
                         const std::function<bool(const ExportReport&)>& progress) {
    check_export(format, path);
    std::vector<const Table*> tables;
    for (const Table& table : replica.catalog().tables()) tables.push_back(&table);
    log_export(replica, tables, "all tables as " + format);
    const std::unique_ptr<Database> reader = replica.open_reader();
    ExportSelection all;
    all.indicators = Facts::load(*reader, replica.catalog(), time_text(replica.environment().now_ms()).substr(0, 10));
    return export_tables(*reader, replica.catalog(), all, format, path, progress);
}

}  // namespace tefter
