#include <functional>

#include "kiosk/view/programme_view.hpp"

namespace tefter::kiosk {

namespace {

/// Two fields beside each other where there is room.
void pair(Ui& ui, const std::function<void(float)>& first, const std::function<void(float)>& second) {
    const float room = ImGui::GetContentRegionAvail().x;
    const float width = room < ui.px(520) ? room : (room - ui.px(14)) / 2;
    first(width);
    if (width < room) Ui::beside(ui.px(14));
    second(width);
}

void topic(Ui& ui, ActivityForm& form) {
    ui.label(ui.t("column.topic"));
    std::vector<Ui::Choice> all;
    for (const auto& [code, name] : form.topics) all.push_back({code, name});
    std::string chosen = form.topic;
    if (ui.choices("topic", all, chosen)) form.topic = chosen == form.topic ? "" : chosen;
}

void where_card(Ui& ui, ActivityForm& form) {
    ui.begin_card("where");
    pair(
        ui, [&](float width) { ui.field("place", ui.t("column.place"), form.place, {}, 0, width); },
        [&](float width) {
            ui.field("country", ui.t("column.country"), form.country, {}, ImGuiInputTextFlags_CharsUppercase, width, "NL");
        });
    ui.gap(4);
    ui.label(ui.t("column.working_language"));
    ui.choices("language", ui.enumerators("language"), form.working_language);
    ui.gap(4);
    ui.field("organiser", ui.t("column.organiser"), form.organiser);
    ui.field("trainers", ui.t("column.trainers"), form.trainers);
    ui.end_card();
}

void figures_card(Ui& ui, ActivityForm& form, const std::function<std::string(const char*)>& fault) {
    ui.begin_card("figures");
    const auto number = [&](const char* id, const std::string& label, std::string& typed) {
        return [&ui, &fault, id, label, &typed](float width) {
            ui.field(id, label, typed, fault(id), ImGuiInputTextFlags_CharsDecimal, width);
        };
    };
    pair(ui, number("capacity", ui.t("column.capacity"), form.capacity), number("share", ui.t("column.certificate_share"), form.share));
    pair(ui, number("cost", ui.t("column.cost_cents") + std::string(", EUR"), form.cost),
         [&](float width) { ui.field("budget_line", ui.t("column.budget_line"), form.budget_line, {}, 0, width); });
    ui.text_area("description", ui.t("column.description"), form.description);
    ui.end_card();
}

}  // namespace

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
    if (!form.loaded) return;
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
    ui.gap(4);
    ui.label(ui.t("column.state"));
    ui.choices("state", ui.enumerators("activity_state"), form.state);
    ui.gap(4);
    topic(ui, form);
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
    where_card(ui, form);
    figures_card(ui, form, fault);
    if (form.begun() && ui.button("discard", icon::close, ui.t("cancel"), Ui::Weight::quiet)) {
        form.discard(*ui.kiosk.desk);
        ui.kiosk.back();
    }
}

}  // namespace tefter::kiosk
