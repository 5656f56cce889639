#include "schema/documents/documents.hpp"
#include "schema/documents/letterhead.hpp"

namespace tefter::documents {

Bytes letter_of_confirmation(Database& database, const Texts& texts, std::string_view code, std::int64_t id, std::string_view today) {
    const Activity activity = read_activity(database, texts, code);
    const Project project = read_project(database, texts);
    Statement enrolled = database.prepare_once(
        "SELECT (SELECT count(*) FROM attendance t WHERE t.person = ?1 AND t.activity = ?2 AND t.status >= 3), "
        "(SELECT count(*) FROM session s WHERE s.activity = ?2) FROM enrolment WHERE person = ?1 AND activity = ?2");
    enrolled.with(id, code);
    if (!enrolled.step())
        throw Error(ErrorKind::refused, "The person " + std::to_string(id) + " is not enrolled in " + activity.code + ".");
    const Participant person = read_person(database, id);
    Sheet sheet(Orientation::portrait, project, texts, texts("letter.title") + std::string(" ") + activity.code);
    const Style words{.size = 11, .leading = 1.55};
    double y = sheet.begin() + 6;
    sheet.pdf.text(sheet.left(), y, sheet.inner(), texts.date(today), {.size = 10, .color = quiet, .align = Align::right});
    y += 20;
    y = sheet.heading(y, activity.code, texts("letter.title")) + 8;
    const auto paragraph = [&](const std::string& text) { y += sheet.pdf.text(sheet.left(), y, sheet.inner(), text, words) + 5; };
    paragraph(texts("letter.to"));
    paragraph(texts("letter.body",
                    {person.full_name(), person.institution.empty() ? std::string("–") : person.institution, activity.title, activity.code,
                     activity.place.empty() ? std::string("–") : activity.place, texts.period(activity.starts_on, activity.ends_on)}));
    if (enrolled.integer(0) > 0)
        paragraph(texts("letter.attended", {std::to_string(enrolled.integer(0)), std::to_string(enrolled.integer(1))}));
    paragraph(texts("letter.costs", {project.name}));
    sheet.signature(sheet.left(), y + 18, 80, texts("document.for_project"),
                    project.signatory + (project.signatory_position.empty() ? "" : "\n" + project.signatory_position));
    return sheet.finish();
}

}  // namespace tefter::documents
