#pragma once
// What every document has: the emblem and the project above, the funding statement and the page's number below, and the
// footnote where Kosovo* is named.

#include <set>

#include "schema/documents/content.hpp"
#include "schema/documents/pdf.hpp"

namespace tefter::documents {

enum class Orientation { portrait, landscape };

class Sheet {
public:
    Sheet(Orientation orientation, const Project& project, const Texts& texts, const std::string& title);

    static constexpr double margin = 16;
    double left() const { return margin; }
    double right() const { return pdf.width() - margin; }
    double inner() const { return pdf.width() - 2 * margin; }
    double bottom() const { return pdf.height() - 23; }  ///< above the footer

    /// A new page with its letterhead; returns where the content begins.
    double begin();
    /// The page's kind above its title, in large letters; returns where it ends.
    double heading(double y, std::string_view kind, std::string_view title);
    /// Labels above values, side by side; returns where it ends.
    double facts(double y, const std::vector<std::pair<std::string, std::string>>& facts);
    /// A line to sign above a name, in a column of its own.
    void signature(double x, double y, double width, std::string_view who, std::string_view name);
    Bytes finish();

    Pdf pdf;
    const Texts& texts;

private:
    const Project& project_;
    std::set<std::size_t> designated_pages_;
};

}  // namespace tefter::documents
