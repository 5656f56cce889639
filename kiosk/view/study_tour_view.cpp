// A study tour: itinerary by day, delegation, report.

#include "kiosk/view/programme_view.hpp"

namespace tefter::kiosk {

namespace {

void day_row(Ui& ui, StudyTourModel& model, const TourDay& day) {
    const bool pressed = ui.begin_row(day.date.c_str(), 64);
    const float room = ImGui::GetContentRegionAvail().x - ui.px(100);
    const bool empty = day.host.id == 0 && day.subject.empty();
    ui.line(ui.fonts.strong, empty ? ui.theme.muted : ui.theme.text,
            ui.t.day_and_month(day.date) + "   " + (day.host.typed.empty() ? day.subject : day.host.typed), room);
    ui.line(ui.fonts.small, ui.theme.muted, empty ? ui.t("tour.empty") : day.host.typed.empty() ? day.people_met : day.subject, room);
    ui.chip_at_end(std::string(icon::people) + " " + std::to_string(day.here), day.here > 0 ? ui.theme.good : ui.theme.muted,
                   day.here > 0 ? ui.theme.good_soft : ui.theme.page);
    ui.end_row();
    if (pressed) model.edit(day);
}

void day_form(Ui& ui, StudyTourModel& model) {
    TourDay& day = model.form;
    ui.begin_card("day");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("tour.day", {std::to_string(day.day)}) + "  ·  " + ui.t.date(day.date));
    institution_field(ui, "host", ui.t("column.host"), day.host, model.institutions.get(), {});
    ui.field("subject", ui.t("column.subject"), day.subject);
    ui.text_area("met", ui.t("column.people_met"), day.people_met);
    ui.gap(4);
    ImGui::BeginDisabled(model.saving);
    const bool save = ui.button("save", icon::check, ui.t("save"), Ui::Weight::primary, ui.px(190), 48);
    ImGui::EndDisabled();
    if (save || (ImGui::GetIO().KeyCtrl && ImGui::IsKeyPressed(ImGuiKey_S, false))) model.save_day(*ui.kiosk.desk);
    ImGui::SameLine();
    if (ui.button("cancel", nullptr, ui.t("cancel"), Ui::Weight::normal, 0, 48)) model.close(*ui.kiosk.desk);
    ui.end_card();
}

void delegation(Ui& ui, const StudyTourModel& model) {
    ui.begin_card("delegation");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("tour.delegation", {std::to_string(model.delegation.size())}));
    for (const Delegate& one : model.delegation) {
        const bool pressed = ui.begin_row(std::to_string(one.person).c_str(), 52);
        ui.line(ui.fonts.body, ui.theme.text, one.name + (one.institution.empty() ? "" : "  ·  " + one.institution));
        ui.end_row();
        if (pressed) return ui.end_card(), ui.kiosk.open_person(one.person);
    }
    if (model.delegation.empty()) ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t("activity.nobody.words"));
    ui.end_card();
}

void report(Ui& ui, StudyTourModel& model) {
    ui.begin_card("report");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("tour.report"));
    ui.text_area("report", "", model.report);
    if (model.report != model.stored_report) {
        ImGui::BeginDisabled(model.saving);
        if (ui.button("save-report", icon::check, ui.t("save"), Ui::Weight::primary, 0, 48)) model.save_report(*ui.kiosk.desk);
        ImGui::EndDisabled();
    }
    ui.end_card();
}

}  // namespace

void draw_study_tour(Ui& ui) {
    StudyTourModel& model = ui.kiosk.study_tour;
    if (!draw_programme_top(ui) || !model.loaded) return;
    if (!model.problem.empty()) ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    if (model.editing) return day_form(ui, model);
    ui.begin_card("itinerary");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("tour.itinerary"));
    for (const TourDay& day : model.days) day_row(ui, model, day);
    ui.end_card();
    report(ui, model);
    delegation(ui, model);
}

}  // namespace tefter::kiosk
