#include "schema/domain/export.hpp"

#include <xlsxwriter.h>

#include <filesystem>

#include "engine/base/file.hpp"
#include "engine/base/text.hpp"
#include "engine/store/plain_file.hpp"
#include "schema/domain/indicators.hpp"
#include "schema/domain/moment.hpp"

namespace tefter {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t rows_between_reports = 1000;
constexpr std::int64_t exact_in_a_double = std::int64_t{1} << 53;

/// Where tables go; what is not finished leaves nothing.
class Target {
public:
    virtual ~Target() = default;
    virtual void begin_table(const std::string& name, const std::vector<std::string>& columns) = 0;
    virtual void add(std::span<const Value> cells) = 0;
    virtual void finish() = 0;
};

class SqliteTarget : public Target {
public:
    explicit SqliteTarget(const std::string& path) : file_(path) {}
    void begin_table(const std::string& name, const std::vector<std::string>& columns) override { file_.begin_table(name, columns); }
    void add(std::span<const Value> cells) override { file_.add(cells); }
    void finish() override { file_.finish(); }

private:
    PlainFile file_;
};

std::string plain_text(const Value& cell) {
    switch (cell.kind()) {
        case ValueKind::integer: return std::to_string(cell.integer());
        case ValueKind::real: {
            char text[32];
            std::snprintf(text, sizeof text, "%.15g", cell.real());
            return text;
        }
        case ValueKind::text: return std::string(cell.text());
        case ValueKind::blob: return "(" + std::to_string(cell.blob().size()) + " bytes)";
        default: return {};
    }
}

class CsvTarget : public Target {
public:
    explicit CsvTarget(std::string folder) : folder_(std::move(folder)), building_(folder_ + ".new") {
        fs::remove_all(building_);
        fs::create_directories(building_);
        fs::permissions(building_, fs::perms::owner_all);
    }
    ~CsvTarget() override {
        file_.reset();
        std::error_code ignored;
        fs::remove_all(building_, ignored);
    }
    void begin_table(const std::string& name, const std::vector<std::string>& columns) override {
        close();
        file_ = std::make_unique<NewFile>(building_ + "/" + name + ".csv");
        line_ = "\xEF\xBB\xBF";
        for (const std::string& column : columns) cell(column, &column == &columns.front());
        end_line();
    }
    void add(std::span<const Value> cells) override {
        for (const Value& value : cells) {
            // A spreadsheet must not take a person's words for a formula (OWASP, CSV injection).
            const bool formula = value.kind() == ValueKind::text && !value.text().empty() &&
                                 std::string_view("=+-@\t\r").find(value.text().front()) != std::string_view::npos;
            cell((formula ? "'" : "") + plain_text(value), &value == &cells.front());
        }
        end_line();
    }
    void finish() override {
        close();
        fs::rename(building_, folder_);
    }

private:
    void cell(const std::string& text, bool first) {
        if (!first) line_ += ',';
        if (text.find_first_of(",\"\r\n") == std::string::npos) {
            line_ += text;
            return;
        }
        line_ += '"';
        for (const char c : text) line_ += c == '"' ? std::string("\"\"") : std::string(1, c);
        line_ += '"';
    }
    void end_line() {
        line_ += "\r\n";
        file_->write(as_bytes(line_));
        line_.clear();
    }
    void close() {
        if (file_) file_->commit();
        file_.reset();
    }

    std::string folder_, building_, line_;
    std::unique_ptr<NewFile> file_;
};

class XlsxTarget : public Target {
public:
    explicit XlsxTarget(const std::string& path) : path_(path), building_(path + ".new") {
        lxw_workbook_options options{};
        options.constant_memory = LXW_TRUE;
        book_ = workbook_new_opt(building_.c_str(), &options);
        ensure(book_ != nullptr, "a workbook can be made");
        bold_ = workbook_add_format(book_);
        format_set_bold(bold_);
    }
    ~XlsxTarget() override {
        if (book_ != nullptr) workbook_close(book_);
        std::error_code ignored;
        fs::remove(building_, ignored);
    }
    void begin_table(const std::string& name, const std::vector<std::string>& columns) override {
        name_ = name;
        columns_ = columns;
        sheet_ = nullptr;
    }
    void add(std::span<const Value> cells) override {
        if (sheet_ == nullptr) begin_sheet();
        for (std::size_t i = 0; i < cells.size(); ++i) write(static_cast<lxw_col_t>(i), cells[i]);
        ++row_;
    }
    void finish() override {
        const lxw_error error = workbook_close(std::exchange(book_, nullptr));
        if (error != LXW_NO_ERROR) throw Error(ErrorKind::disk, "The file " + path_ + " cannot be written: " + lxw_strerror(error));
        fs::permissions(building_, fs::perms::owner_read | fs::perms::owner_write);
        fs::rename(building_, path_);
    }

private:
    void begin_sheet() {
        sheet_ = workbook_add_worksheet(book_, name_.substr(0, LXW_SHEETNAME_MAX).c_str());
        ensure(sheet_ != nullptr, "a table's name is a sheet's name");
        worksheet_freeze_panes(sheet_, 1, 0);
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            worksheet_write_string(sheet_, 0, static_cast<lxw_col_t>(i), columns_[i].c_str(), bold_);
        }
        row_ = 1;
    }
    void write(lxw_col_t column, const Value& cell) {
        const bool number = cell.kind() == ValueKind::real || (cell.kind() == ValueKind::integer && cell.integer() < exact_in_a_double &&
                                                               cell.integer() > -exact_in_a_double);
        lxw_error error = LXW_NO_ERROR;
        if (number)
            error = worksheet_write_number(sheet_, row_, column,
                                           cell.kind() == ValueKind::real ? cell.real() : static_cast<double>(cell.integer()), nullptr);
        else if (cell.kind() != ValueKind::null) error = worksheet_write_string(sheet_, row_, column, plain_text(cell).c_str(), nullptr);
        if (error != LXW_NO_ERROR) throw Error(ErrorKind::disk, "The sheet " + name_ + " cannot be written: " + lxw_strerror(error));
    }

    std::string path_, building_, name_;
    std::vector<std::string> columns_;
    lxw_workbook* book_ = nullptr;
    lxw_worksheet* sheet_ = nullptr;
    lxw_format* bold_ = nullptr;
    lxw_row_t row_ = 0;
};

void check_target(const std::string& format, const std::string& path) {
    if (fs::exists(path)) throw Error(ErrorKind::refused, "There is something at " + path + " already; name a new place for the export.");
    if (format != "csv" && format != "xlsx" && format != "sqlite")
        throw Error(ErrorKind::usage, "\"" + format + "\" is no format; write csv, xlsx or sqlite.");
}

std::unique_ptr<Target> open_target(const std::string& format, const std::string& path) {
    check_target(format, path);
    if (format == "csv") return std::make_unique<CsvTarget>(path);
    if (format == "xlsx") return std::make_unique<XlsxTarget>(path);
    if (format == "sqlite") return std::make_unique<SqliteTarget>(path);
    throw Error(ErrorKind::usage, "\"" + format + "\" is no format; write csv, xlsx or sqlite.");
}

std::vector<const Column*> columns_of(const Table& table) {
    std::vector<const Column*> out;
    for (const Column& column : table.key) out.push_back(&column);
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) out.push_back(&column);
    }
    return out;
}

/// As people read it. Text that is made lives in `texts`.
Value shown(const Value& value, const Column& column, std::string& text) {
    if (value.kind() != ValueKind::integer) return value;
    if (column.type == ColumnType::time) text = time_text(value.integer());
    else if (const Enumerator* found = column.enumeration != nullptr ? column.enumeration->find(value.integer()) : nullptr)
        text = found->name;
    else return value;
    return Value::text(text);
}

void log_export(Replica& replica, const std::string& format) {
    std::map<std::int64_t, std::int64_t> rows;
    for (const Table& table : replica.catalog().tables()) {
        Statement count = replica.store().database.prepare_once("SELECT _scope, count(*) FROM " + quoted(table.name) + " GROUP BY 1");
        while (count.step()) rows[count.integer(0)] += count.integer(1);
    }
    std::vector<Edit> edits;
    for (const ScopeNumber scope : replica.identity().scopes) {
        Edit edit;
        edit.table = "access";
        edit.key = {replica.new_id()};
        edit.scope = scope;
        edit.values = {{"kind", "export"},
                       {"at", replica.environment().now_ms()},
                       {"what", "all tables as " + format + ", by " + replica.identity().office},
                       {"rows", rows[scope.value]}};
        edits.push_back(std::move(edit));
    }
    replica.write(0, edits);
}

}  // namespace

namespace {

/// One export at work.
class Export {
public:
    Export(Database& reader, const Catalog& catalog, const std::string& format, const std::string& path,
           const std::function<bool(const ExportReport&)>& progress)
        : reader_(reader), catalog_(catalog), path_(path), progress_(progress), target_(open_target(format, path)) {}

    void add(const Table& table, const std::vector<const Column*>& columns) {
        std::vector<std::string> names;
        std::string sql;
        for (const Column* column : columns) {
            names.push_back(column->name);
            sql += (sql.empty() ? "SELECT " : ", ") + quoted(column->name);
        }
        names.emplace_back("scope");
        begin(table.name, names);
        Statement row =
            reader_.prepare_once(sql + ", _scope FROM " + quoted(table.name) + " ORDER BY 1" + (columns.size() > 1 ? ", 2" : ""));
        std::vector<std::string> texts(columns.size());
        std::vector<Value> cells(names.size());
        while (row.step()) {
            for (std::size_t i = 0; i < columns.size(); ++i) cells[i] = shown(row.value(static_cast<int>(i)), *columns[i], texts[i]);
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
    std::unique_ptr<Target> target_;
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
    check_target(format, path);
    log_export(replica, format);
    const std::unique_ptr<Database> reader = replica.open_reader();
    ExportSelection all;
    all.indicators = Facts::load(*reader, replica.catalog(), time_text(replica.environment().now_ms()).substr(0, 10));
    return export_tables(*reader, replica.catalog(), all, format, path, progress);
}

}  // namespace tefter
