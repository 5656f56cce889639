// A course: groups beside each other, below them the learners with their levels and how they stand with the certificate.

#include "kiosk/view/programme_view.hpp"

namespace tefter::kiosk {

namespace {

struct StandingLook {
    const char* key;
    ImU32 ink, soft;
};

StandingLook look_of(const Ui& ui, Standing standing) {
    switch (standing) {
        case Standing::entitled: return {"course.entitled", ui.theme.good, ui.theme.good_soft};
        case Standing::at_risk: return {"course.at_risk", ui.theme.warn, ui.theme.warn_soft};
        case Standing::lost: return {"course.lost", ui.theme.bad, ui.theme.bad_soft};
        default: return {"course.on_the_way", ui.theme.muted, ui.theme.page};
    }
}

void summary(Ui& ui, const CourseModel& model) {
    ui.begin_card("summary");
    ui.line(ui.fonts.body, ui.theme.muted,
            ui.t("course.rule", {std::to_string(model.share), std::to_string(progress_of(0, 0, model.sessions, model.share).needed),
                                 std::to_string(model.sessions)}));
    ui.bar(model.sessions == 0 ? 0 : static_cast<float>(model.held) / static_cast<float>(model.sessions), ImGui::GetContentRegionAvail().x,
           ui.theme.accent);
    ui.gap(4);
    bool first = true;
    for (const Standing standing : {Standing::entitled, Standing::on_the_way, Standing::at_risk, Standing::lost}) {
        const std::size_t count = model.count(standing);
        if (count == 0) continue;
        if (!std::exchange(first, false)) Ui::beside(ui.px(8));
        const StandingLook look = look_of(ui, standing);
        ui.chip(std::to_string(count) + "  " + ui.t(look.key), look.ink, look.soft);
    }
    ui.end_card();
}

void group_form(Ui& ui, CourseModel& model) {
    ui.begin_card("group-form");
    ui.label(ui.t("course.level"));
    ui.choices("level", ui.enumerators("cefr_level"), model.form.level);
    ui.gap(4);
    ui.field("teacher", ui.t("column.teacher"), model.form.teacher);
    ui.field("timetable", ui.t("column.timetable"), model.form.timetable, {}, 0, 0, ui.t("course.timetable.hint"));
    ui.gap(4);
    ImGui::BeginDisabled(model.form.level.empty());
    if (ui.button("save", icon::check, ui.t("save"), Ui::Weight::primary, 0, 48)) model.save_group(*ui.kiosk.desk);
    ImGui::EndDisabled();
    ImGui::SameLine();
    if (ui.button("cancel", nullptr, ui.t("cancel"), Ui::Weight::normal, 0, 48)) model.editing = false;
    ui.end_card();
}

std::string group_words(const Ui& ui, const CourseGroup& group) {
    return ui.t("cefr_level." + group.level) + std::string(group.teacher.empty() ? "" : "  ·  " + group.teacher);
}

void groups(Ui& ui, CourseModel& model) {
    std::vector<Ui::Choice> all{{"0", ui.t("course.all")}};
    for (const CourseGroup& group : model.groups) {
        all.push_back({std::to_string(group.id), group_words(ui, group) + "  (" + std::to_string(group.members) + ")"});
    }
    ui.choices("group", all, model.group);
    if (ui.button("new-group", icon::add, ui.t("course.new_group"), Ui::Weight::quiet)) model.new_group();
    for (const CourseGroup& group : model.groups) {
        if (std::to_string(group.id) != model.group) continue;
        ImGui::SameLine();
        if (ui.button("edit-group", icon::pencil, ui.t("course.edit_group"), Ui::Weight::quiet)) model.edit_group(group);
        if (!group.timetable.empty()) ui.label(group.timetable);
    }
}

/// What can be set of a learner, in a window of its own.
void learner_popup(Ui& ui, CourseModel& model, const Learner& learner) {
    if (!ImGui::BeginPopup("learner")) return;
    ImGui::Dummy({ui.px(ui.narrow() ? 280 : 420), ui.px(4)});
    ImGui::Indent(ui.px(10));
    ui.line(ui.fonts.strong, ui.theme.text, learner.name);
    Desk& desk = *ui.kiosk.desk;
    std::vector<Ui::Choice> into{{"0", ui.t("course.no_group")}};
    for (const CourseGroup& group : model.groups) into.push_back({std::to_string(group.id), group_words(ui, group)});
    std::string chosen = std::to_string(learner.group);
    if (into.size() > 1) {
        ui.label(ui.t("course.group"));
        if (ui.choices("into", into, chosen)) model.assign(desk, learner, std::stoll(chosen));
    }
    std::vector<Ui::Choice> levels{{"", ui.t("course.no_level")}};
    for (Ui::Choice& level : ui.enumerators("cefr_level")) levels.push_back(std::move(level));
    const struct {
        const char *id, *label, *kind;
        const std::string& now;
    } tests[] = {{"placement", "test_kind.placement", "placement", learner.placement},
                 {"final", "test_kind.final", "final", learner.final_level}};
    for (const auto& test : tests) {
        ui.label(ui.t(test.label));
        std::string level = test.now;
        if (ui.choices(test.id, levels, level)) model.set_level(desk, learner.person, test.kind, level);
    }
    ui.gap(4);
    if (ui.button("done", icon::check, ui.t("course.done"), Ui::Weight::primary, 0, 48)) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    if (ui.button("person", icon::person, ui.t("course.person"), Ui::Weight::quiet, 0, 48)) {
        ImGui::CloseCurrentPopup();
        ui.kiosk.open_person(learner.person);
    }
    ImGui::Unindent(ui.px(10));
    ImGui::Dummy({0, ui.px(6)});
    ImGui::EndPopup();
}

void learner_row(Ui& ui, CourseModel& model, const Learner& learner) {
    ImGui::PushID(static_cast<const void*>(&learner));
    const bool pressed = ui.begin_row("learner", 64);
    const StandingLook look = look_of(ui, learner.progress.standing);
    const float room = ImGui::GetContentRegionAvail().x - ui.px(ui.narrow() ? 150 : 220);
    ui.line(ui.fonts.strong, ui.theme.text, learner.name, room);
    std::string below;
    for (const CourseGroup& group : model.groups) {
        if (group.id == learner.group) below = group_words(ui, group) + "   ";
    }
    if (!learner.placement.empty()) below += learner.placement + (learner.final_level.empty() ? "" : " – " + learner.final_level) + "   ";
    below += std::to_string(learner.progress.attended) + " / " + std::to_string(model.held);
    if (learner.progress.standing == Standing::at_risk)
        below += "   " + ui.t("course.may_miss", {std::to_string(learner.progress.may_miss)});
    ui.line(ui.fonts.small, ui.theme.muted, below, room);
    ui.chip_at_end(ui.t(look.key), look.ink, look.soft);
    ui.end_row();
    if (pressed) ImGui::OpenPopup("learner");
    learner_popup(ui, model, learner);
    ImGui::PopID();
}

}  // namespace

void draw_course(Ui& ui) {
    CourseModel& model = ui.kiosk.course;
    if (!draw_programme_top(ui) || !model.loaded) return;
    if (!model.problem.empty()) ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    summary(ui, model);
    if (model.editing) group_form(ui, model);
    else groups(ui, model);
    ui.begin_card("learners");
    const auto shown = model.shown();
    for (const Learner* learner : shown) learner_row(ui, model, *learner);
    if (shown.empty()) ui.nothing(icon::people, ui.t("course.nobody"), ui.t("course.nobody.words"));
    ui.end_card();
}

}  // namespace tefter::kiosk
