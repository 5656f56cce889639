#pragma once
// A table that goes on over pages, its head repeated on each.

#include "schema/documents/letterhead.hpp"

namespace tefter::documents {

struct TableColumn {
    std::string title;
    double share = 1;  ///< of the width
    Align align = Align::left;
};

class TableWriter {
public:
    TableWriter(Sheet& sheet, double y, std::vector<TableColumn> columns, double size = 8.5);
    /// `address`: where a reader comes who touches it; empty: nowhere.
    void row(const std::vector<std::string>& cells, Weight weight = Weight::regular, const std::string& address = "");
    /// Where it ends.
    double finish() const { return y_; }

private:
    double width_of(std::size_t column) const;
    double height_of(const std::vector<std::string>& cells, Weight weight);
    void head();

    Sheet& sheet_;
    std::vector<TableColumn> columns_;
    double y_, size_, shares_ = 0;
};

/// A title above a part; on a new page where `needs` would not fit on this one.
double part(Sheet& sheet, double y, std::string_view title, double needs = 40);

}  // namespace tefter::documents
