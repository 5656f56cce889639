#include <algorithm>

#include "schema/documents/documents.hpp"
#include "schema/documents/letterhead.hpp"

namespace tefter::documents {

namespace {

constexpr double card_width = 85.6, card_height = 54;  // of a bank card: holders fit
constexpr std::size_t columns = 2, rows = 5;

void draw(Pdf& pdf, const Box& card, const Participant& person, const Activity& activity, const Texts& texts) {
    constexpr double inset = 5, code = 24;
    pdf.frame(card, rule, 0.4);
    pdf.fill({card.x, card.y, 2, card.height}, accent);
    pdf.emblem(card.x + inset + 1, card.y + inset, 5.6);
    pdf.text_in({card.x + inset + 11.5, card.y + inset, card.width - inset * 2 - 11.5, 5.6}, texts("document.funded"),
                {.size = 6.5, .weight = Weight::medium, .color = accent});
    const double x = card.x + inset + 1, width = card.width - 2 * inset - 1;
    pdf.text_in({x, card.y + 13, width, 7.5}, person.given, {.size = 15, .weight = Weight::regular, .lines = 1});
    pdf.text_in({x, card.y + 20, width, 8}, person.family, {.size = 16, .weight = Weight::strong, .lines = 1});
    const double beside = width - code - 3;
    pdf.text_in({x, card.y + 29, beside, 10}, person.institution, {.size = 8, .color = quiet, .leading = 1.15});
    pdf.text_in({x, card.y + 40, beside, 9}, activity.title, {.size = 7, .weight = Weight::medium, .color = accent, .leading = 1.15});
    pdf.qr_code(card.x + card.width - inset - code + 1, card.y + card.height - inset - code + 1, code, person.badge);
}

/// Where to cut: short lines outside the cards.
void cut_marks(Pdf& pdf, double left, double top) {
    constexpr double length = 4, gap = 1.5;
    const double right = left + columns * card_width, bottom = top + rows * card_height;
    for (std::size_t i = 0; i <= columns; ++i) {
        const double x = left + static_cast<double>(i) * card_width;
        pdf.line(x, top - gap - length, x, top - gap, quiet, 0.4);
        pdf.line(x, bottom + gap, x, bottom + gap + length, quiet, 0.4);
    }
    for (std::size_t i = 0; i <= rows; ++i) {
        const double y = top + static_cast<double>(i) * card_height;
        pdf.line(left - gap - length, y, left - gap, y, quiet, 0.4);
        pdf.line(right + gap, y, right + gap + length, y, quiet, 0.4);
    }
}

}  // namespace

Bytes badges(Database& database, const Texts& texts, std::string_view code) {
    const Activity activity = read_activity(database, texts, code);
    std::vector<Participant> people = read_participants(database, code);
    std::erase_if(people, [](const Participant& person) { return person.badge.empty(); });
    if (people.empty()) throw Error(ErrorKind::refused, "Nobody in " + activity.code + " has a badge yet.");
    Pdf pdf(a4_short, a4_long, texts("document.badge") + std::string(" ") + activity.code);
    const double left = (pdf.width() - columns * card_width) / 2, top = (pdf.height() - rows * card_height) / 2;
    for (std::size_t i = 0; i < people.size(); ++i) {
        const std::size_t place = i % (columns * rows);
        if (place == 0) {
            pdf.add_page();
            cut_marks(pdf, left, top);
        }
        const std::size_t column = place % columns, row = place / columns;
        const Box card{left + static_cast<double>(column) * card_width, top + static_cast<double>(row) * card_height, card_width,
                       card_height};
        draw(pdf, card, people[i], activity, texts);
    }
    return pdf.finish();
}

}  // namespace tefter::documents
