#include "kiosk/view/activity_tabs.hpp"

namespace tefter::kiosk {

namespace {

std::string words_of(const Ui& ui, const char* question) { return ui.t(std::string("evaluation.") + question); }

/// Five numbers to choose from; a second tap takes the answer back.
void rating(Ui& ui, const char* id, int& answer) {
    ImGui::PushID(id);
    const float between = ui.px(8);
    const float each = std::min(ui.px(72), (ImGui::GetContentRegionAvail().x - 4 * between) / 5);
    for (int i = 1; i <= 5; ++i) {
        if (i > 1) ImGui::SameLine(0, between);
        const std::string number = std::to_string(i);
        if (ui.button(number.c_str(), nullptr, number, answer == i ? Ui::Weight::primary : Ui::Weight::normal, each, 48))
            answer = answer == i ? 0 : i;
    }
    ImGui::PopID();
}

void form(Ui& ui, EvaluationModel& model) {
    ui.paragraph(ui.fonts.small, ui.theme.muted, ui.t("evaluation.scale"));
    for (std::size_t i = 0; i < questions.size(); ++i) {
        ui.gap(2);
        ui.paragraph(ui.fonts.strong, ui.theme.text, words_of(ui, questions[i]));
        rating(ui, questions[i], model.form.answers[i]);
    }
    for (std::size_t i = 0; i < open_questions.size(); ++i) {
        ui.gap(2);
        ui.paragraph(ui.fonts.strong, ui.theme.text, words_of(ui, open_questions[i]));
        ui.text_area(open_questions[i], "", model.form.words[i]);
    }
    if (!model.problem.empty()) ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    ui.gap(4);
}

/// How many gave each answer, as a bar that is filled from bad to good.
void answers(Ui& ui, const QuestionSummary& summary) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = ui.px(14);
    const ImU32 colours[] = {ui.theme.bad, ui.theme.warn, ui.theme.line, ui.theme.accent, ui.theme.good};
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(at, {at.x + width, at.y + height}, ui.theme.page, ui.px(4));
    float x = at.x;
    for (std::size_t i = 0; i < summary.counts.size() && summary.total() > 0; ++i) {
        const float part = width * static_cast<float>(summary.counts[i]) / static_cast<float>(summary.total());
        if (part <= 0) continue;
        list->AddRectFilled({x, at.y}, {std::max(x + 1, x + part - ui.px(2)), at.y + height}, colours[i], ui.px(3));
        x += part;
    }
    ImGui::Dummy({width, height});
}

void summary(Ui& ui, const EvaluationModel& model) {
    ui.begin_card("summary");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("evaluation.forms", {std::to_string(model.forms())}));
    for (std::size_t i = 0; i < questions.size(); ++i) {
        if (i == 0 || i == first_about_learning) {
            ui.gap(2);
            ui.label(ui.t(i == 0 ? "evaluation.reaction" : "evaluation.learning"));
        }
        const QuestionSummary& one = model.summary[i];
        const std::string mean = one.total() == 0 ? "–" : ui.t.number(one.mean(), 1);
        ui.paragraph(ui.fonts.body, ui.theme.text, words_of(ui, questions[i]) + "   " + mean + " / 5");
        answers(ui, one);
    }
    for (std::size_t i = 0; i < open_questions.size(); ++i) {
        if (model.words[i].empty()) continue;
        ui.gap(4);
        ui.paragraph(ui.fonts.strong, ui.theme.text, words_of(ui, open_questions[i]));
        for (const std::string& words : model.words[i]) ui.paragraph(ui.fonts.body, ui.theme.muted, "–  " + words);
    }
    ui.end_card();
}

void paper(Ui& ui, EvaluationModel& model) {
    ui.begin_card("paper");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("evaluation.paper"));
    form(ui, model);
    ImGui::BeginDisabled(model.saving || model.form.empty());
    if (ui.button("save", icon::check, ui.t("evaluation.next"), Ui::Weight::primary, 0, 48)) model.save(*ui.kiosk.desk);
    ImGui::EndDisabled();
    ui.end_card();
}

}  // namespace

void draw_evaluation(Ui& ui) {
    EvaluationModel& model = ui.kiosk.evaluation;
    if (!model.loaded) return;
    if (ui.button("around", icon::hand, ui.t("evaluation.pass_around"), Ui::Weight::normal, 0, 48)) return ui.kiosk.pass_around();
    ui.gap(2);
    if (ui.narrow()) {
        summary(ui, model);
        return paper(ui, model);
    }
    const float half = (ImGui::GetContentRegionAvail().x - ui.px(20)) / 2;
    ImGui::BeginGroup();
    ImGui::PushItemWidth(half);
    ImGui::BeginChild("left", {half, 0}, ImGuiChildFlags_AutoResizeY, ImGuiWindowFlags_NavFlattened);
    summary(ui, model);
    ImGui::EndChild();
    ImGui::PopItemWidth();
    ImGui::EndGroup();
    ImGui::SameLine(0, ui.px(20));
    ImGui::BeginChild("right", {half, 0}, ImGuiChildFlags_AutoResizeY, ImGuiWindowFlags_NavFlattened);
    paper(ui, model);
    ImGui::EndChild();
}

void draw_questionnaire(Ui& ui) {
    EvaluationModel& model = ui.kiosk.evaluation;
    ui.paragraph(ui.fonts.title, ui.theme.text, ui.kiosk.activity.header.title);
    ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t("evaluation.anonymous"));
    ui.gap(4);
    ui.begin_card("round");
    if (model.thanked) {
        ui.nothing(icon::check, ui.t("evaluation.thanks"), ui.t("evaluation.thanks.words"));
        if (ui.button("next", icon::hand, ui.t("evaluation.begin"), Ui::Weight::primary, 0, 56)) model.thanked = false;
    } else {
        form(ui, model);
        ImGui::BeginDisabled(model.saving || model.form.empty());
        if (ui.button("hand-in", icon::check, ui.t("evaluation.hand_in"), Ui::Weight::primary, 0, 56)) model.save(*ui.kiosk.desk);
        ImGui::EndDisabled();
    }
    ui.end_card();
    if (ui.button("end", icon::lock, ui.t("evaluation.end"), Ui::Weight::quiet)) ui.kiosk.cover();
}

}  // namespace tefter::kiosk
