#include "schema/documents/table.hpp"

#include <algorithm>

namespace tefter::documents {

namespace {

constexpr double pad = 1.6, least_height = 6.2, gap = 1.5;

}  // namespace

TableWriter::TableWriter(Sheet& sheet, double y, std::vector<TableColumn> columns, double size)
    : sheet_(sheet), columns_(std::move(columns)), y_(y), size_(size) {
    for (const TableColumn& column : columns_) shares_ += column.share;
    head();
}

double TableWriter::width_of(std::size_t column) const { return sheet_.inner() * columns_[column].share / shares_; }

double TableWriter::height_of(const std::vector<std::string>& cells, Weight weight) {
    double height = least_height - 2 * pad;
    for (std::size_t i = 0; i < cells.size(); ++i)
        height = std::max(height, sheet_.pdf.text_height(width_of(i) - 2 * gap, cells[i], {.size = size_, .weight = weight}));
    return height + 2 * pad;
}

void TableWriter::head() {
    if (std::all_of(columns_.begin(), columns_.end(), [](const TableColumn& column) { return column.title.empty(); })) {
        sheet_.pdf.line(sheet_.left(), y_, sheet_.right(), y_);
        return;
    }
    std::vector<std::string> titles;
    for (const TableColumn& column : columns_) titles.push_back(column.title);
    const double height = height_of(titles, Weight::strong);
    sheet_.pdf.fill({sheet_.left(), y_, sheet_.inner(), height}, wash);
    double x = sheet_.left();
    for (std::size_t i = 0; i < titles.size(); ++i) {
        sheet_.pdf.text(x + gap, y_ + pad, width_of(i) - 2 * gap, titles[i],
                        {.size = size_ - 0.5, .weight = Weight::strong, .align = columns_[i].align});
        x += width_of(i);
    }
    y_ += height;
    sheet_.pdf.line(sheet_.left(), y_, sheet_.right(), y_, ink, 0.8);
}

void TableWriter::row(const std::vector<std::string>& cells, Weight weight, const std::string& address) {
    // A row that is taller than a page is cut at its end.
    const double height = std::min(height_of(cells, weight), sheet_.bottom() - 60);
    if (y_ + height > sheet_.bottom()) {
        y_ = sheet_.begin();
        head();
    }
    double x = sheet_.left();
    for (std::size_t i = 0; i < cells.size(); ++i) {
        sheet_.pdf.text_in({x + gap, y_ + pad, width_of(i) - 2 * gap, height - 2 * pad}, cells[i],
                           {.size = size_, .weight = weight, .align = columns_[i].align});
        x += width_of(i);
    }
    if (!address.empty()) sheet_.pdf.link({sheet_.left(), y_, sheet_.inner(), height}, address);
    y_ += height;
    sheet_.pdf.line(sheet_.left(), y_, sheet_.right(), y_);
}

double part(Sheet& sheet, double y, std::string_view title, double needs) {
    if (y + needs > sheet.bottom()) y = sheet.begin();
    return y + 4 + sheet.pdf.text(sheet.left(), y + 4, sheet.inner(), title, {.size = 12, .weight = Weight::strong}) + 2;
}

}  // namespace tefter::documents
