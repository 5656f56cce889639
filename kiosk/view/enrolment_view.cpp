#include "kiosk/view/activity_tabs.hpp"

namespace tefter::kiosk {

namespace {

struct Colours {
    ImU32 ink, soft;
};

Colours of_state(const Ui& ui, const std::string& state) {
    if (state == "accepted" || state == "completed") return {ui.theme.good, ui.theme.good_soft};
    if (state == "refused" || state == "withdrawn") return {ui.theme.bad, ui.theme.bad_soft};
    if (state == "waiting_list") return {ui.theme.warn, ui.theme.warn_soft};
    return {ui.theme.accent, ui.theme.accent_soft};
}

/// Whom one wants to put on the list.
void nominate(Ui& ui, EnrolmentsModel& model) {
    ui.field("who", "", model.typed, {}, 0, 0, ui.t("enrolment.add"));
    model.search(ui.kiosk.people);
    if (model.typed.empty()) return;
    ui.begin_card("found");
    std::int64_t chosen = 0;
    for (const PersonLine* person : model.found) {
        if (ui.begin_row(std::to_string(person->id).c_str(), 60)) chosen = person->id;
        ui.line(ui.fonts.strong, ui.theme.text, person->name());
        ui.line(ui.fonts.small, ui.theme.muted, std::string(person->institution));
        ui.end_row();
    }
    if (model.found.empty()) ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t("nothing.found"));
    ui.end_card();
    if (chosen != 0) model.nominate(*ui.kiosk.desk, chosen);
}

void row(Ui& ui, const EnrolmentLine& line) {
    const bool pressed = ui.begin_row(std::to_string(line.person).c_str(), 60);
    const std::string state = ui.t("enrolment_state." + line.state);
    const float width = ImGui::GetContentRegionAvail().x - ui.text_width(ui.fonts.small, state) - ui.px(60);
    ui.line(ui.fonts.strong, ui.theme.text, line.name, width);
    ui.line(ui.fonts.small, ui.theme.muted,
            ui.t("participant_role." + line.role) + (line.institution.empty() ? "" : "  ·  " + line.institution), width);
    const Colours colours = of_state(ui, line.state);
    ui.chip_at_end(state, colours.ink, colours.soft);
    ui.end_row();
    if (pressed) ui.kiosk.open_enrolment(line);
}

void selection_card(Ui& ui, EnrolmentForm& form, const std::map<std::string, std::string>& faults) {
    const auto fault = [&](const char* field) {
        const auto found = faults.find(field);
        return found == faults.end() ? std::string() : std::string(ui.t(found->second));
    };
    ui.begin_card("selection");
    ui.field("nominated_by", ui.t("column.nominated_by"), form.nominated_by);
    ui.field("score", ui.t("column.score"), form.score, fault("score"), ImGuiInputTextFlags_CharsDecimal, ui.px(200));
    ui.text_area("reason", ui.t("column.reason"), form.reason);
    ui.end_card();
    ui.begin_card("travel");
    const float room = ImGui::GetContentRegionAvail().x;
    const float width = room < ui.px(520) ? room : (room - ui.px(14)) / 2;
    ui.field("travel", ui.t("column.travel_cents") + std::string(", EUR"), form.travel, fault("travel"), ImGuiInputTextFlags_CharsDecimal,
             width);
    if (width < room) Ui::beside(ui.px(14));
    ui.field("per_diem", ui.t("column.per_diem_cents") + std::string(", EUR"), form.per_diem, fault("per_diem"),
             ImGuiInputTextFlags_CharsDecimal, width);
    ui.end_card();
}

}  // namespace

void draw_enrolments(Ui& ui) {
    EnrolmentsModel& model = ui.kiosk.enrolments;
    if (!model.loaded) return;
    if (!model.problem.empty()) ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    nominate(ui, model);
    std::vector<Ui::Choice> states{{"", ui.t("activities.all") + std::string("  ") + std::to_string(model.lines.size())}};
    for (Ui::Choice& state : ui.enumerators("enrolment_state")) {
        const std::size_t count = model.count(state.value);
        if (count > 0) states.push_back({state.value, state.words + "  " + std::to_string(count)});
    }
    if (states.size() > 2) ui.choices("states", states, model.state);
    ui.begin_card("list");
    std::vector<const EnrolmentLine*> shown;
    for (const EnrolmentLine& line : model.lines) {
        if (model.state.empty() || line.state == model.state) shown.push_back(&line);
    }
    if (shown.empty()) ui.nothing(icon::people, ui.t("activity.nobody"), ui.t("enrolment.nobody.words"));
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(shown.size()), ui.px(60) + ui.px(1) + ImGui::GetStyle().ItemSpacing.y);
    while (clipper.Step()) {
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) row(ui, *shown[static_cast<std::size_t>(i)]);
    }
    ui.end_card();
}

void draw_enrolment(Ui& ui) {
    EnrolmentModel& model = ui.kiosk.enrolment;
    if (model.saved) {
        model.saved = false;
        return ui.kiosk.back();
    }
    if (ui.icon_button("back", icon::back, ui.t("back"))) return ui.kiosk.back();
    ImGui::SameLine();
    ImGui::BeginGroup();
    const float save = ui.px(190);
    const float room = ImGui::GetContentRegionAvail().x - save - ui.px(16);
    ui.line(ui.fonts.title, ui.theme.text, model.form.name, room);
    ui.line(ui.fonts.body, ui.theme.muted, ui.kiosk.activity.header.title, room);
    ImGui::EndGroup();
    ImGui::SameLine(ImGui::GetContentRegionMax().x - save);
    ImGui::BeginDisabled(model.saving || !model.loaded || !model.changed());
    const bool pressed = ui.button("save", icon::check, ui.t("save"), Ui::Weight::primary, save, 48);
    ImGui::EndDisabled();
    if (pressed || (ImGui::GetIO().KeyCtrl && ImGui::IsKeyPressed(ImGuiKey_S, false))) model.save(*ui.kiosk.desk);
    ui.gap(6);
    if (!model.problem.empty()) ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    if (!model.loaded) return;
    ui.begin_card("state");
    ui.label(ui.t("column.state"));
    ui.choices("state", ui.enumerators("enrolment_state"), model.form.state);
    ui.gap(4);
    ui.label(ui.t("column.role"));
    ui.choices("role", ui.enumerators("participant_role"), model.form.role);
    ui.end_card();
    selection_card(ui, model.form, model.faults);
    if (model.changed() && ui.button("discard", icon::close, ui.t("cancel"), Ui::Weight::quiet)) {
        model.discard(*ui.kiosk.desk);
        return ui.kiosk.back();
    }
    if (ui.button("person", icon::person, ui.t("enrolment.person"), Ui::Weight::quiet)) ui.kiosk.open_person(model.form.person);
}

}  // namespace tefter::kiosk
