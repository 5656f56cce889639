#include "schema/domain/export_target.hpp"

#include <xlsxwriter.h>

#include <filesystem>
#include <utility>

#include "engine/base/error.hpp"
#include "engine/base/file.hpp"
#include "engine/store/plain_file.hpp"

namespace tefter {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t exact_in_a_double = std::int64_t{1} << 53;

class SqliteTarget : public ExportTarget {
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

class CsvTarget : public ExportTarget {
public:
    CsvTarget(std::string path, ExportShape shape) : path_(std::move(path)), shape_(shape), building_(path_ + ".new") {
        if (shape_ == ExportShape::one_table) return;
        fs::remove_all(building_);
        fs::create_directories(building_);
        fs::permissions(building_, fs::perms::owner_all);
    }
    ~CsvTarget() override {
        file_.reset();
        std::error_code ignored;
        if (shape_ == ExportShape::all_tables) fs::remove_all(building_, ignored);
    }
    void begin_table(const std::string& name, const std::vector<std::string>& columns) override {
        close();
        file_ = std::make_unique<NewFile>(shape_ == ExportShape::one_table ? path_ : building_ + "/" + name + ".csv");
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
        if (shape_ == ExportShape::all_tables) fs::rename(building_, path_);
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

    std::string path_;
    ExportShape shape_;
    std::string building_, line_;
    std::unique_ptr<NewFile> file_;
};

class XlsxTarget : public ExportTarget {
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

}  // namespace

void check_export(const std::string& format, const std::string& path) {
    if (fs::exists(path)) throw Error(ErrorKind::refused, "There is something at " + path + " already; name a new place for the export.");
    if (format != "csv" && format != "xlsx" && format != "sqlite")
        throw Error(ErrorKind::usage, "\"" + format + "\" is no format; write csv, xlsx or sqlite.");
}

std::unique_ptr<ExportTarget> open_export(const std::string& format, const std::string& path, ExportShape shape) {
    check_export(format, path);
    if (format == "csv") return std::make_unique<CsvTarget>(path, shape);
    if (format == "xlsx") return std::make_unique<XlsxTarget>(path);
    return std::make_unique<SqliteTarget>(path);
}

}  // namespace tefter
