#include "kiosk/view/activity_tabs.hpp"

namespace tefter::kiosk {

namespace {

struct Tab {
    ActivityTab tab;
    const char *id, *words;
};
constexpr Tab all_tabs[] = {{ActivityTab::attendance, "attendance", "activity.grid"},
                            {ActivityTab::people, "people", "activity.people"},
                            {ActivityTab::results, "results", "activity.results"},
                            {ActivityTab::evaluation, "evaluation", "activity.evaluation"},
                            {ActivityTab::documents, "documents", "activity.documents"}};

/// Beside the last one where there is room, else below. True when it was pressed.
bool tab_button(Ui& ui, const char* id, const std::string& words, bool on) {
    const float width = ui.text_width(ui.fonts.strong, words) + ui.px(24);
    if (ImGui::GetItemRectMax().x + width < ImGui::GetWindowPos().x + ImGui::GetWindowContentRegionMax().x) ImGui::SameLine(0, 0);
    const bool pressed = ImGui::InvisibleButton(id, {width, ui.px(44)});
    const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
    ImDrawList* list = ImGui::GetWindowDrawList();
    if (ImGui::IsItemHovered()) list->AddRectFilled(from, to, ui.theme.accent_soft, ui.px(8));
    const float size = ui.fonts.strong->FontSize;
    list->AddText(ui.fonts.strong, size, {from.x + ui.px(12), from.y + (ui.px(44) - size) / 2}, on ? ui.theme.accent : ui.theme.muted,
                  words.c_str());
    list->AddRectFilled({from.x, to.y - ui.px(on ? 3 : 1)}, to, on ? ui.theme.accent : ui.theme.line);
    ui.focus_ring(ui.px(6));
    return pressed;
}

/// What the kind of the activity has on a screen of its own; null: nothing.
const char* programme_of(const std::string& kind) {
    if (kind == "legal_english") return "programme.course";
    if (kind == "internship") return "programme.internships";
    return kind == "study_tour" || kind == "working_visit" ? "programme.tour" : nullptr;
}

/// False when the screen was left.
bool tabs(Ui& ui, ActivityModel& model) {
    ImGui::Dummy({0, 0});
    for (const Tab& tab : all_tabs) {
        if (tab_button(ui, tab.id, ui.t(tab.words), tab.tab == model.tab)) model.tab = tab.tab;
    }
    if (const char* programme = programme_of(model.header.kind); programme != nullptr) {
        if (tab_button(ui, "programme", ui.t(programme), false)) {
            ui.kiosk.open_programme();
            return false;
        }
    }
    if (tab_button(ui, "more", ui.t("registers.more"), false)) {  // costs, experts, selection, follow-up: as the registers have them
        ui.kiosk.open_whole_row(ui.kiosk.catalog().table("activity"), {OwnedValue(model.code)});
        return false;
    }
    ui.gap(2);
    return true;
}

}  // namespace

void draw_activity_top(Ui& ui, const ActivityModel& model, bool at_the_door) {
    if (ui.icon_button("back", icon::back, ui.t("back"))) ui.kiosk.back();
    ImGui::SameLine();
    ImGui::BeginGroup();
    const std::string other = ui.t(at_the_door ? "activity.grid" : "activity.check_in");
    const float side = ui.px(ui.narrow() ? 56 : 220), pencil = at_the_door ? 0 : ui.px(54);
    const float room = ImGui::GetContentRegionAvail().x - side - pencil - ui.px(12);
    ui.line(ui.fonts.title, ui.theme.text, model.header.title, room);
    ui.line(ui.fonts.body, ui.theme.muted,
            model.code + "  ·  " + ui.t.period(model.header.starts_on, model.header.ends_on) +
                (model.header.place.empty() ? "" : "  ·  " + model.header.place),
            room);
    ImGui::EndGroup();
    ImGui::SameLine(ImGui::GetContentRegionMax().x - side - pencil);
    if (!at_the_door) {
        if (ui.icon_button("edit", icon::pencil, ui.t("activity.edit"))) ui.kiosk.edit_activity();
        ImGui::SameLine(ImGui::GetContentRegionMax().x - side);
    }
    if (ui.button("other", at_the_door ? icon::grid : icon::check, ui.narrow() ? "" : other,
                  at_the_door ? Ui::Weight::normal : Ui::Weight::primary, side, 48)) {
        ui.kiosk.screen = at_the_door ? Screen::activity : Screen::check_in;
    }
    ui.gap(6);
}

void draw_activity(Ui& ui) {
    ActivityModel& model = ui.kiosk.activity;
    draw_activity_top(ui, model, false);
    if (ui.kiosk.screen != Screen::activity || !model.loaded) return;
    if (!tabs(ui, model)) return;
    switch (model.tab) {
        case ActivityTab::attendance: return draw_grid(ui);
        case ActivityTab::people: return draw_enrolments(ui);
        case ActivityTab::results: return draw_results(ui);
        case ActivityTab::evaluation: return draw_evaluation(ui);
        case ActivityTab::documents: return draw_documents(ui);
    }
}

}  // namespace tefter::kiosk
