// Internships: the list, and one of them with its log and evaluations.

#include "kiosk/view/programme_view.hpp"

namespace tefter::kiosk {

namespace {

void list(Ui& ui, InternshipModel& model) {
    ui.begin_card("placed");
    for (const InternshipLine& line : model.lines) {
        const bool pressed = ui.begin_row(std::to_string(line.id).c_str(), 64);
        const float room = ImGui::GetContentRegionAvail().x - ui.px(150);
        ui.line(ui.fonts.strong, ui.theme.text, line.name, room);
        ui.line(ui.fonts.small, ui.theme.muted, line.host + "  ·  " + ui.t.period(line.from, line.to), room);
        if (line.evaluated)
            ui.chip_at_end(std::string(icon::check) + " " + ui.t("internship.evaluated"), ui.theme.good, ui.theme.good_soft);
        else ui.chip_at_end(ui.t("internship.weeks", {std::to_string(line.weeks)}), ui.theme.muted, ui.theme.page);
        ui.end_row();
        if (pressed) model.edit(*ui.kiosk.desk, line.id);
    }
    if (model.lines.empty()) ui.nothing(icon::work, ui.t("internship.none"), ui.t("internship.none.words"));
    ui.end_card();
    const auto placed = [&](const Participant& one) {
        return std::any_of(model.lines.begin(), model.lines.end(), [&](const InternshipLine& line) { return line.person == one.person; });
    };
    const std::vector<Participant>& people = ui.kiosk.activity.people;
    if (std::all_of(people.begin(), people.end(), placed)) return;
    ui.begin_card("free");
    ui.label(ui.t("internship.place"));
    for (const Participant& one : people) {
        if (placed(one)) continue;
        const bool pressed = ui.begin_row(("p" + std::to_string(one.person)).c_str(), 52);
        ui.line(ui.fonts.body, ui.theme.text, one.name(), ImGui::GetContentRegionAvail().x - ui.px(60));
        ui.chip_at_end(icon::add, ui.theme.accent, ui.theme.accent_soft);
        ui.end_row();
        if (pressed) model.begin(one.person, one.name());
    }
    ui.end_card();
}

void log(Ui& ui, InternshipModel& model) {
    InternshipForm& form = model.form;
    ui.begin_card("log");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("internship.log"));
    std::vector<Ui::Choice> weeks;
    for (std::int64_t week = 1; week <= form.length_in_weeks(); ++week) {
        const auto found = form.weeks.find(week);
        const bool written = found != form.weeks.end() && !found->second.empty();
        weeks.push_back({std::to_string(week), std::to_string(week) + (written ? std::string(" ") + icon::check : "")});
    }
    std::string chosen = std::to_string(model.week);
    if (ui.choices("weeks", weeks, chosen)) model.week = std::stoll(chosen);
    ui.gap(2);
    std::string& words = form.weeks[model.week];
    ui.text_area("log", ui.t("internship.week", {std::to_string(model.week)}), words);
    if (words.empty()) form.weeks.erase(model.week);
    ui.end_card();
}

void evaluation(Ui& ui, const char* id, const char* label, std::string& score, std::string& words) {
    ImGui::PushID(id);
    ui.begin_card(id);
    ui.line(ui.fonts.strong, ui.theme.text, ui.t(label));
    std::vector<Ui::Choice> marks{{"", ui.t("internship.no_score")}};
    for (int i = 1; i <= 5; ++i) marks.push_back({std::to_string(i), std::to_string(i)});
    ui.choices("score", marks, score);
    ui.gap(2);
    ui.text_area("words", ui.t("internship.words"), words);
    ui.end_card();
    ImGui::PopID();
}

void form(Ui& ui, InternshipModel& model) {
    InternshipForm& form = model.form;
    const auto fault = [&](const char* field) {
        const auto found = model.faults.find(field);
        return found == model.faults.end() ? std::string() : std::string(ui.t(found->second));
    };
    ui.begin_card("posting");
    ui.line(ui.fonts.strong, ui.theme.text, form.name);
    institution_field(ui, "host", ui.t("column.host") + std::string(" *"), form.host, model.institutions.get(), fault("host"));
    ui.field("mentor", ui.t("column.mentor"), form.mentor);
    labelled_date(ui, "from", ui.t("column.from_on") + std::string(" *"), form.from, fault("from"));
    if (ImGui::GetContentRegionAvail().x > ui.px(640)) Ui::beside(ui.px(24));
    labelled_date(ui, "to", ui.t("column.to_on"), form.to, fault("to"));
    ui.text_area("plan", ui.t("column.plan"), form.plan);
    ui.end_card();
    log(ui, model);
    evaluation(ui, "mentor-says", "internship.by_mentor", form.mentor_score, form.mentor_words);
    evaluation(ui, "intern-says", "internship.by_intern", form.intern_score, form.intern_words);
    ImGui::BeginDisabled(model.saving);
    const bool save = ui.button("save", icon::check, ui.t("save"), Ui::Weight::primary, ui.px(190), 48);
    ImGui::EndDisabled();
    if (save || (ImGui::GetIO().KeyCtrl && ImGui::IsKeyPressed(ImGuiKey_S, false))) model.save(*ui.kiosk.desk);
    ImGui::SameLine();
    if (ui.button("cancel", nullptr, ui.t("cancel"), Ui::Weight::normal, 0, 48)) model.close(*ui.kiosk.desk);
}

}  // namespace

void draw_internship(Ui& ui) {
    InternshipModel& model = ui.kiosk.internship;
    if (!draw_programme_top(ui) || !model.loaded) return;
    if (!model.problem.empty()) ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    if (model.editing) form(ui, model);
    else list(ui, model);
}

}  // namespace tefter::kiosk
