#include "kiosk/view/programme_view.hpp"

namespace tefter::kiosk {

void draw_activity_form(Ui& ui) {
    ActivityForm& form = ui.kiosk.activity_form;
    if (form.saved) {
        form.saved = false;
        ui.kiosk.back();
        if (form.fresh) ui.kiosk.open_activity(form.code, Screen::activity);
        return;
    }
    if (ui.icon_button("back", icon::back, ui.t("back"))) return ui.kiosk.back();
    ImGui::SameLine();
    const float save = ui.px(190);
    ui.line(ui.fonts.title, ui.theme.text, form.fresh ? ui.t("activities.new") : form.code,
            ImGui::GetContentRegionAvail().x - save - ui.px(16));
    ImGui::SameLine(ImGui::GetContentRegionMax().x - save);
    ImGui::BeginDisabled(form.saving);
    const bool pressed = ui.button("save", icon::check, ui.t("save"), Ui::Weight::primary, save, 48);
    ImGui::EndDisabled();
    if (pressed || (ImGui::GetIO().KeyCtrl && ImGui::IsKeyPressed(ImGuiKey_S, false))) form.save(*ui.kiosk.desk, ui.kiosk.activities);
    ui.gap(6);
    if (!form.problem.empty()) ui.notice(icon::warning, form.problem, ui.theme.bad, ui.theme.bad_soft);
    const auto fault = [&](const char* field) {
        const auto found = form.faults.find(field);
        return found == form.faults.end() ? std::string() : std::string(ui.t(found->second));
    };
    ui.begin_card("what");
    ui.label(ui.t("activity.kind"));
    ui.choices("kind", ui.enumerators("activity_kind"), form.kind);
    ui.gap(4);
    if (form.fresh) ui.field("code", ui.t("activity.code") + std::string(" *"), form.code, fault("code"), 0, ui.px(280), "TR-12");
    ui.field("title", ui.t("column.title") + std::string(" *"), form.title, fault("title"));
    ui.field("place", ui.t("column.place"), form.place);
    ui.end_card();
    ui.begin_card("when");
    labelled_date(ui, "from", ui.t("column.starts_on"), form.from, fault("from"));
    if (ImGui::GetContentRegionAvail().x > ui.px(640)) Ui::beside(ui.px(24));
    labelled_date(ui, "to", ui.t("column.ends_on"), form.to, fault("to"));
    if (form.fresh) {
        ui.gap(4);
        ui.label(ui.t("activity.sessions"));
        const Ui::Choice each[] = {{"2", ui.t("activity.half_days")}, {"1", ui.t("activity.whole_days")}};
        ui.choices("sessions", each, form.sessions_a_day);
    }
    ui.end_card();
}

}  // namespace tefter::kiosk
