#include "kiosk/view/programme_view.hpp"

namespace tefter::kiosk {

namespace {

constexpr std::size_t most_offered = 5;

}  // namespace

bool draw_programme_top(Ui& ui) {
    const ActivityModel& model = ui.kiosk.activity;
    if (ui.icon_button("back", icon::back, ui.t("back"))) {
        ui.kiosk.back();
        return false;
    }
    ImGui::SameLine();
    ImGui::BeginGroup();
    const float side = ui.px(ui.narrow() ? 56 : 220), room = ImGui::GetContentRegionAvail().x - side - ui.px(12);
    ui.line(ui.fonts.title, ui.theme.text, model.header.title, room);
    ui.line(ui.fonts.body, ui.theme.muted, model.code + "  ·  " + ui.t.period(model.header.starts_on, model.header.ends_on), room);
    ImGui::EndGroup();
    ImGui::SameLine(ImGui::GetContentRegionMax().x - side);
    if (ui.button("grid", icon::grid, ui.narrow() ? "" : ui.t("activity.grid"), Ui::Weight::normal, side, 48)) {
        ui.kiosk.back();
        return false;
    }
    ui.gap(6);
    return true;
}

void institution_field(Ui& ui, const char* id, const std::string& label, InstitutionPick& pick, const Institutions* known,
                       const std::string& fault) {
    ImGui::PushID(id);
    ui.field("institution", label, pick.typed, fault, 0, 0, ui.t("programme.institution.search"));
    if (pick.chosen() == 0 && !pick.typed.empty() && known != nullptr) {
        const auto found = known->search(pick.typed, most_offered);
        for (const InstitutionLine* line : found) {
            const bool pressed = ui.begin_row(std::to_string(line->id).c_str(), 48);
            const float room = ImGui::GetContentRegionAvail().x;
            ui.line(ui.fonts.body, ui.theme.text, line->name + (line->place.empty() ? "" : "  ·  " + line->place), room);
            ui.end_row();
            if (pressed) pick.choose(*line);
        }
        if (found.empty()) ui.paragraph(ui.fonts.small, ui.theme.warn, ui.t("programme.institution.none"));
    }
    ImGui::PopID();
}

void labelled_date(Ui& ui, const char* id, const std::string& label, std::array<std::string, 3>& parts, const std::string& fault) {
    ImGui::PushID(id);
    ImGui::BeginGroup();
    ui.line(ui.fonts.small, fault.empty() ? ui.theme.muted : ui.theme.bad, label, ui.px(280));
    ui.date_fields(parts[0], parts[1], parts[2]);
    if (!fault.empty()) ui.line(ui.fonts.small, ui.theme.bad, fault, ui.px(280));
    ImGui::EndGroup();
    ImGui::PopID();
}

}  // namespace tefter::kiosk
