#include "schema/documents/documents.hpp"
#include "schema/documents/letterhead.hpp"
#include "schema/domain/certificates.hpp"

namespace tefter::documents {

namespace {

/// A page of its own: a double frame, everything in the middle, and the code that proves it.
void draw(Pdf& pdf, const Certificate& certificate, const Activity& activity, const Project& project, const Texts& texts) {
    constexpr double edge = 10, column = 40, code = 32;
    const double width = pdf.width() - 2 * column, bottom = pdf.height() - 58;
    const auto middle = [&](double y, std::string_view text, double size, Weight weight, Color color, double spacing = 0) {
        return y + pdf.text(column, y, width, text,
                            {.size = size, .weight = weight, .color = color, .align = Align::center, .spacing = spacing, .leading = 1.2});
    };
    pdf.add_page();
    pdf.frame({edge, edge, pdf.width() - 2 * edge, pdf.height() - 2 * edge}, accent, 1.6);
    pdf.frame({edge + 1.8, edge + 1.8, pdf.width() - 2 * edge - 3.6, pdf.height() - 2 * edge - 3.6}, accent, 0.4);
    pdf.emblem(pdf.width() / 2 - 12, 22, 16);
    double y = middle(41, texts("document.funded"), 9, Weight::medium, accent);
    y = middle(y + 1, project.name, 9, Weight::regular, quiet);
    y = middle(y + 8, texts("certificate.title"), 38, Weight::strong, accent, 1.5);
    y = middle(y + 3, texts("certificate.awarded"), 11, Weight::regular, quiet);
    y = middle(y + 4, certificate.name, 30, Weight::strong, ink);
    pdf.line(pdf.width() / 2 - 45, y + 2, pdf.width() / 2 + 45, y + 2, rule, 0.8);
    y = middle(y + 6, texts("certificate.for"), 11, Weight::regular, quiet);
    y = middle(y + 2.5, designated(certificate.title), 15, Weight::strong, ink);
    const std::string where = (activity.place.empty() ? "" : activity.place + ", ") + texts.period(certificate.from, certificate.to);
    y = middle(y + 2, where, 10.5, Weight::regular, ink);
    middle(y + 0.5, texts("certificate.share", {std::to_string(certificate.share)}), 9.5, Weight::regular, quiet);

    const double left = edge + 14;
    pdf.line(left, bottom + 17, left + 75, bottom + 17, ink, 0.6);
    pdf.text(left, bottom + 18.2, 90, project.signatory.empty() ? texts("document.for_project") : project.signatory,
             {.size = 10, .weight = Weight::medium});
    pdf.text(left, bottom + 23, 90, project.signatory_position.empty() ? project.organisation : project.signatory_position,
             {.size = 8.5, .color = quiet});
    const double right = pdf.width() - edge - 14;
    pdf.qr_code(right - code, bottom + 5, code, project.verify_address + code_of(certificate));
    const Style beside{.size = 8.5, .color = quiet, .align = Align::right};
    double line = bottom + 18;
    for (const std::string& text :
         {texts("certificate.number", {certificate.number}), texts("certificate.issued", {texts.date(certificate.issued_on)}),
          std::string(texts("certificate.scan"))})
        line += pdf.text(right - code - 75, line, 71, text, beside);
    const Style small{.size = 6.3, .color = quiet, .align = Align::center};
    const std::string footnote = has_designation(certificate.title + " " + where) ? std::string("\n") + texts("kosovo") : "";
    const std::string statement = project.funding_statement + footnote;
    pdf.text(edge + 14, pdf.height() - edge - 5 - pdf.text_height(pdf.width() - 2 * edge - 28, statement, small),
             pdf.width() - 2 * edge - 28, statement, small);
}

}  // namespace

Bytes certificates(Database& database, const Texts& texts, std::string_view code, std::optional<std::int64_t> person) {
    const Activity activity = read_activity(database, texts, code);
    const Project project = read_project(database, texts);
    std::vector<std::int64_t> people;
    if (person) people.push_back(*person);
    else
        for (const Participant& one : read_participants(database, code)) people.push_back(one.id);
    Pdf pdf(a4_long, a4_short, texts("certificate.title") + std::string(" ") + activity.code);
    std::string codes;
    for (const std::int64_t id : people) {
        const std::optional<Certificate> certificate = find_certificate(database, id, code);
        if (!certificate) continue;
        draw(pdf, *certificate, activity, project, texts);
        codes += (codes.empty() ? "" : " ") + code_of(*certificate);
    }
    if (pdf.pages() == 0)
        throw Error(ErrorKind::refused, person ? "This person has no certificate for " + activity.code + "."
                                               : "No certificate was issued for " + activity.code + " yet.");
    pdf.set_keywords(codes);
    return pdf.finish();
}

}  // namespace tefter::documents
