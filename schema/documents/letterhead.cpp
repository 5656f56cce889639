#include "schema/documents/letterhead.hpp"

namespace tefter::documents {

Sheet::Sheet(Orientation orientation, const Project& project, const Texts& words, const std::string& title)
    : pdf(orientation == Orientation::portrait ? a4_short : a4_long, orientation == Orientation::portrait ? a4_long : a4_short, title),
      texts(words),
      project_(project) {
    pdf.on_text([this](std::string_view text) {
        if (has_designation(text)) designated_pages_.insert(pdf.pages());
    });
}

double Sheet::begin() {
    constexpr double top = 11, emblem = 9;
    pdf.add_page();
    pdf.emblem(left(), top, emblem);
    pdf.text_in({left() + 1.5 * emblem + 3, top, 0.4 * inner() - 16.5, emblem}, texts("document.funded"),
                {.size = 9, .weight = Weight::strong, .color = accent});
    pdf.text_in({right() - 0.55 * inner(), top, 0.55 * inner(), emblem}, project_.name,
                {.size = 8.5, .color = quiet, .align = Align::right});
    pdf.line(left(), top + emblem + 3.5, right(), top + emblem + 3.5);
    return top + emblem + 8.5;
}

double Sheet::heading(double y, std::string_view kind, std::string_view title) {
    y += pdf.text(left(), y, inner(), kind, {.size = 9, .weight = Weight::strong, .color = accent, .spacing = 0.3}) + 0.8;
    return y + pdf.text(left(), y, inner(), title, {.size = 17, .weight = Weight::strong, .leading = 1.15}) + 2.5;
}

double Sheet::facts(double y, const std::vector<std::pair<std::string, std::string>>& facts) {
    constexpr double gap = 10;
    const Style label{.size = 7.5, .color = quiet}, value{.size = 9.5, .weight = Weight::medium};
    double x = left(), row = y, end = y;
    for (const auto& [name, text] : facts) {
        if (text.empty()) continue;
        const double width = std::min(inner(), std::max(pdf.text_width(name, label), pdf.text_width(text, value)) + 0.5);
        if (x > left() && x + width > right()) {
            x = left();
            row = end + 2;
        }
        const double label_height = pdf.text(x, row, width, name, label);
        end = std::max(end, row + label_height + pdf.text(x, row + label_height, width, text, value));
        x += width + gap;
    }
    return end + 4;
}

void Sheet::signature(double x, double y, double width, std::string_view who, std::string_view name) {
    pdf.text(x, y, width, who, {.size = 8, .color = quiet, .lines = 1});
    pdf.line(x, y + 15, x + width, y + 15, ink, 0.6);
    pdf.text(x, y + 16, width, name, {.size = 9, .weight = Weight::medium, .lines = 2});
}

Bytes Sheet::finish() {
    const Style small{.size = 6.5, .color = quiet};
    return pdf.finish([&](std::size_t page, std::size_t pages) {
        const double width = inner() - 32, y = pdf.height() - 17;
        pdf.line(left(), y - 2, right(), y - 2);
        const double height = pdf.text(left(), y, width, project_.funding_statement, small);
        if (designated_pages_.contains(page)) pdf.text(left(), y + height + 0.8, width, texts("kosovo"), small);
        pdf.text(right() - 30, y, 30, texts("document.page", {std::to_string(page), std::to_string(pages)}),
                 {.size = 7.5, .color = quiet, .align = Align::right});
    });
}

}  // namespace tefter::documents
