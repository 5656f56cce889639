#include "kiosk/view/ui.hpp"

namespace tefter::kiosk {

namespace {

struct Row {
    const char* label;
    std::string SamePerson::*value;
};
constexpr Row rows[] = {{"column.family_name", &SamePerson::family}, {"column.given_name", &SamePerson::given},
                        {"column.birth_date", &SamePerson::birth},   {"column.institution_text", &SamePerson::institution},
                        {"column.position", &SamePerson::position},  {"column.email", &SamePerson::email},
                        {"column.telephone", &SamePerson::telephone}};

void person(Ui& ui, const char* id, const SamePerson& one, const SamePerson& other, float width) {
    ImGui::PushStyleColor(ImGuiCol_ChildBg, ui.theme.page);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {ui.px(14), ui.px(12)});
    ImGui::BeginChild(id, {width, 0}, ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_AlwaysUseWindowPadding,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NavFlattened);
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
    for (const Row& row : rows) {
        const std::string &mine = one.*row.value, &theirs = other.*row.value;
        if (mine.empty() && theirs.empty()) continue;
        const bool differs = mine != theirs;
        ui.label(ui.t(row.label));
        ui.paragraph(differs ? ui.fonts.strong : ui.fonts.body, differs ? ui.theme.text : ui.theme.muted,
                     mine.empty()                      ? "–"
                     : row.value == &SamePerson::birth ? ui.t.date(mine)
                                                       : mine);
    }
    ui.label(ui.t("same.activities", {std::to_string(one.activities)}));
    ImGui::EndChild();
}

void pair_card(Ui& ui, SamePeopleModel& model, const PersonPair& pair) {
    ui.begin_card(("pair" + std::to_string(pair.one.id) + "." + std::to_string(pair.other.id)).c_str());
    const float room = ImGui::GetContentRegionAvail().x, between = ui.px(14);
    const bool wide = room > ui.px(560);
    const float width = wide ? (room - between) / 2 : room;
    person(ui, "one", pair.one, pair.other, width);
    if (wide) Ui::beside(between);
    person(ui, "other", pair.other, pair.one, width);
    ui.gap(4);
    ImGui::BeginDisabled(!SamePeopleModel::may_decide(*ui.kiosk.desk));
    if (ui.button("same", icon::people, ui.t("same.link"), Ui::Weight::primary, 0, 48)) model.link(*ui.kiosk.desk, pair);
    ImGui::SameLine();
    if (ui.button("apart", icon::close, ui.t("same.apart"), Ui::Weight::normal, 0, 48)) model.keep_apart(*ui.kiosk.desk, pair);
    ImGui::EndDisabled();
    ui.end_card();
}

void decisions_card(Ui& ui, SamePeopleModel& model) {
    if (model.decisions.empty()) return;
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("same.decided"));
    ui.begin_card("decided");
    for (const PairDecision& one : model.decisions) {
        ImGui::PushID((std::to_string(one.one) + "." + std::to_string(one.other)).c_str());
        ui.paragraph(ui.fonts.body, ui.theme.text, one.one_name + (one.same ? "  =  " : "  /  ") + one.other_name);
        ui.label(ui.t(one.same ? "same.is" : "same.is_not"));
        ImGui::BeginDisabled(!SamePeopleModel::may_decide(*ui.kiosk.desk));
        if (ui.button("undo", icon::undo, ui.t("undo"))) model.undo(*ui.kiosk.desk, one);
        ImGui::EndDisabled();
        ui.gap(6);
        ImGui::PopID();
    }
    ui.end_card();
}

}  // namespace

void draw_same_people(Ui& ui) {
    SamePeopleModel& model = ui.kiosk.same_people;
    if (!model.problem.empty()) ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    if (!model.loaded) return ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t("same.comparing"));
    if (!SamePeopleModel::may_decide(*ui.kiosk.desk)) ui.notice(icon::lock, ui.t("same.staff"), ui.theme.warn, ui.theme.warn_soft);
    for (const PersonPair& pair : model.pairs) pair_card(ui, model, pair);
    if (model.pairs.empty()) {
        ui.begin_card("nothing");
        ui.nothing(icon::check, ui.t("same.nothing"), ui.t("same.nothing.words"));
        ui.end_card();
    }
    decisions_card(ui, model);
}

}  // namespace tefter::kiosk
