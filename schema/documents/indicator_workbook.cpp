// The yearly report as a workbook: a sheet of figures, a sheet for each cut, and the rows that every figure counts.

#include <xlsxwriter.h>

#include <filesystem>

#include "schema/documents/documents.hpp"
#include "schema/documents/words.hpp"
#include "schema/documents/year.hpp"

namespace tefter::documents {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t rows_an_indicator = 2'000;  // what is above is counted, and opens with the figure's address

/// A workbook that is whole at the end or not there.
class Workbook {
public:
    explicit Workbook(const std::string& path) : path_(path), building_(path + ".new"), book_(workbook_new(building_.c_str())) {
        ensure(book_ != nullptr, "a workbook can be made");
        heading_ = workbook_add_format(book_);
        format_set_bold(heading_);
        format_set_text_wrap(heading_);
        format_set_align(heading_, LXW_ALIGN_VERTICAL_TOP);
        section_ = workbook_add_format(book_);
        format_set_bold(section_);
        format_set_font_size(section_, 13);
    }
    ~Workbook() {
        if (book_ != nullptr) workbook_close(book_);
        std::error_code ignored;
        fs::remove(building_, ignored);
    }
    Workbook(const Workbook&) = delete;
    Workbook& operator=(const Workbook&) = delete;

    /// Excel takes names of at most 31 letters.
    void sheet(std::string name) {
        for (char& c : name) {
            if (std::string_view("[]:*?/\\").find(c) != std::string_view::npos) c = '-';
        }
        std::size_t end = 0, letters = 0;
        while (end < name.size() && letters < LXW_SHEETNAME_MAX) {
            do ++end;
            while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U);
            ++letters;
        }
        sheet_ = workbook_add_worksheet(book_, name.substr(0, end).c_str());
        ensure(sheet_ != nullptr, "a sheet can be added");
        row_ = 0;
    }
    void widths(std::initializer_list<double> columns) {
        lxw_col_t at = 0;
        for (const double width : columns) {
            worksheet_set_column(sheet_, at, at, width, nullptr);
            ++at;
        }
    }
    void section(const std::string& text) {
        if (row_ > 0) ++row_;
        worksheet_write_string(sheet_, row_++, 0, text.c_str(), section_);
    }
    void headings(const std::vector<std::string>& cells) {
        lxw_col_t at = 0;
        for (const std::string& cell : cells) worksheet_write_string(sheet_, row_, at++, cell.c_str(), heading_);
        ++row_;
    }
    void text(lxw_col_t column, const std::string& text) { worksheet_write_string(sheet_, row_, column, text.c_str(), nullptr); }
    void number(lxw_col_t column, const std::optional<double>& value) {
        if (value) worksheet_write_number(sheet_, row_, column, *value, nullptr);
    }
    void linked(lxw_col_t column, const std::string& address, const std::string& text) {
        if (address.empty()) return this->text(column, text);
        worksheet_write_url_opt(sheet_, row_, column, address.c_str(), nullptr, text.c_str(), nullptr);
    }
    void next() { ++row_; }
    void finish() {
        const lxw_error error = workbook_close(std::exchange(book_, nullptr));
        if (error != LXW_NO_ERROR) throw Error(ErrorKind::disk, "The file " + path_ + " cannot be written: " + lxw_strerror(error));
        fs::permissions(building_, fs::perms::owner_read | fs::perms::owner_write);
        fs::rename(building_, path_);
    }

private:
    std::string path_, building_;
    lxw_workbook* book_;
    lxw_worksheet* sheet_ = nullptr;
    lxw_format *heading_ = nullptr, *section_ = nullptr;
    lxw_row_t row_ = 0;
};

std::string plain_key(const std::vector<OwnedValue>& key) {
    std::string out;
    for (const OwnedValue& part : key) {
        const Value value = part.view();
        out +=
            (out.empty() ? "" : "/") + (value.kind() == ValueKind::integer ? std::to_string(value.integer()) : std::string(value.text()));
    }
    return out;
}

/// As a part of a path.
std::string escaped(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.') out += c;
        else out += {'%', hex[byte >> 4U], hex[byte & 15U]};
    }
    return out;
}

void write_figures(Workbook& book, const Facts& facts, const Texts& texts, const Year& year, const std::string& server) {
    book.sheet(texts("report.indicators") + std::string(" ") + std::to_string(year.number));
    book.widths({8, 70, 12, 12, 12, 12, 12, 12, 12, 12});
    for (const YearSection& section : sections_of(facts, year)) {
        book.section(texts(section.words));
        std::vector<std::string> headings{"", texts("report.indicator")};
        for (int quarter = 1; quarter <= 4; ++quarter)
            headings.push_back(texts("document.quarter", {std::to_string(quarter), std::to_string(year.number)}));
        for (const char* title : {"report.year", "report.baseline", "report.target"}) headings.emplace_back(texts(title));
        headings.push_back(texts("report.reached") + std::string(" (%)"));
        book.headings(headings);
        for (const YearLine& line : section.lines) {
            book.linked(0, figure_address(server, facts, *line.indicator, year), std::string(line.indicator->code));
            book.text(1, indicator_name(texts, *line.indicator));
            lxw_col_t at = 2;
            for (const std::optional<double>& value : line.quarters) book.number(at++, value);
            for (const std::optional<double>& value : {line.whole, line.baseline, line.target, line.reached()}) book.number(at++, value);
            book.next();
        }
    }
}

void write_cut(Workbook& book, const Facts& facts, const Texts& texts, const Year& year, Cut cut) {
    const std::vector<YearPart> parts = parts_of(facts, year, cut);
    if (parts.empty()) return;
    const std::string title = capitalised(texts("cut." + std::string(to_text(cut))));
    book.sheet(title);
    book.widths({40, 16, 16, 16, 16, 16, 16});
    std::vector<std::string> headings{title};
    for (const std::string_view code : cut_codes) headings.push_back(indicator_name(texts, indicator(code)));
    book.headings(headings);
    for (const YearPart& one : parts) {
        book.text(0, slice_name(texts, indicator("C1"), cut, one.key));
        for (std::size_t i = 0; i < cut_codes.size(); ++i) book.number(static_cast<lxw_col_t>(i + 1), one.values[i]);
        book.next();
    }
}

/// By table and key alone: the sheet names nobody.
void write_rows(Workbook& book, const Facts& facts, const Texts& texts, const Year& year, const std::string& server) {
    book.sheet(texts("report.rows"));
    book.widths({8, 28, 44});
    book.headings({texts("report.indicator"), texts("report.table"), texts("report.key")});
    for (const YearSection& section : sections_of(facts, year)) {
        for (const YearLine& line : section.lines) {
            const RowPage rows = rows_of(facts, *line.indicator, year.filter(), 0, rows_an_indicator);
            for (const RowReference& row : rows.rows) {
                const std::string key = plain_key(row.key);
                book.text(0, std::string(line.indicator->code));
                book.text(1, catalog_word(texts, "table.", row.table->name));
                book.linked(2, server.empty() ? "" : server + "/proof/" + row.table->name + "/" + escaped(key), key);
                book.next();
            }
            if (rows.total <= std::ssize(rows.rows)) continue;
            book.text(0, std::string(line.indicator->code));
            book.linked(2, figure_address(server, facts, *line.indicator, year),
                        texts("report.more_rows", {texts.number(static_cast<double>(rows.total - std::ssize(rows.rows)), 0)}));
            book.next();
        }
    }
}

}  // namespace

void indicator_workbook(const Facts& facts, const Texts& texts, int number, std::optional<ScopeNumber> beneficiary,
                        const std::string& server, const std::string& path) {
    const Year year{number, beneficiary};
    Workbook book(path);
    write_figures(book, facts, texts, year, server);
    for (const Cut cut : year_cuts) {
        if (cut != Cut::beneficiary || !beneficiary) write_cut(book, facts, texts, year, cut);
    }
    write_rows(book, facts, texts, year, server);
    book.finish();
}

}  // namespace tefter::documents
