#include "kiosk/view/activity_tabs.hpp"

namespace tefter::kiosk {

namespace {

struct Offer {
    Document document;
    const char *id, *name, *words;
};
constexpr Offer offers[] = {
    {Document::attendance_list, "list", "document.attendance_list", "documents.list.words"},
    {Document::badges, "badges", "document.badge", "documents.badges.words"},
    {Document::certificates, "certificates", "documents.certificates", "documents.certificates.words"},
    {Document::activity_report, "report", "report.activity", "documents.report.words"},
};

}  // namespace

void draw_document_outcome(Ui& ui) {
    const DocumentsModel& model = ui.kiosk.documents;
    if (!model.problem.empty()) ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    if (model.working) ui.notice(icon::clock, ui.t("documents.working"), ui.theme.accent, ui.theme.accent_soft);
    if (model.printed) ui.notice(icon::check, ui.t("documents.printed"), ui.theme.good, ui.theme.good_soft);
    if (!model.written.empty())
        ui.notice(icon::check, ui.t("documents.written", {model.written}) + " " + ui.t("documents.plain"), ui.theme.good,
                  ui.theme.good_soft);
}

void draw_documents(Ui& ui) {
    Kiosk& kiosk = ui.kiosk;
    draw_document_outcome(ui);
    for (const Offer& offer : offers) {
        ui.begin_card(offer.id);
        ui.line(ui.fonts.strong, ui.theme.text, ui.t(offer.name));
        ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t(offer.words));
        ui.gap(4);
        ImGui::BeginDisabled(kiosk.documents.working);
        const bool file = ui.button("file", icon::document, ui.t("documents.file"), Ui::Weight::primary, 0, 48);
        ImGui::SameLine();
        const bool paper = ui.button("print", icon::printer, ui.t("documents.print"), Ui::Weight::normal, 0, 48);
        ImGui::EndDisabled();
        ui.end_card();
        if (file || paper)
            kiosk.documents.make(*kiosk.desk, offer.document, kiosk.activity.code, kiosk.settings.language,
                                 file ? Target::file : Target::printer);
    }
}

}  // namespace tefter::kiosk
