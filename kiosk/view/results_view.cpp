#include "kiosk/view/activity_tabs.hpp"

namespace tefter::kiosk {

namespace {

struct TestWords {
    Test test;
    const char* words;
};
constexpr TestWords points[] = {{Test::pre, "results.pre"}, {Test::post, "results.post"}};
constexpr TestWords levels[] = {{Test::placement, "results.placement"}, {Test::final, "results.final"}};

std::string percent(const Ui& ui, std::optional<double> share) { return share ? ui.t.number(*share * 100, 0) + " %" : std::string("–"); }

/// A figure above what it is.
void figure(Ui& ui, const std::string& value, const std::string& words, ImU32 ink) {
    ImGui::BeginGroup();
    const float width = std::max(ui.text_width(ui.fonts.small, words), ui.text_width(ui.fonts.title, value)) + ui.px(2);
    ui.line(ui.fonts.title, ink, value, width);
    ui.line(ui.fonts.small, ui.theme.muted, words, width);
    ImGui::EndGroup();
}

void figures(Ui& ui, const ResultsModel& model, bool course) {
    ui.begin_card("figures");
    const float right = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
    const auto beside = [&](const std::string& words) {
        if (ImGui::GetItemRectMax().x + ui.px(32) + ui.text_width(ui.fonts.small, words) < right) Ui::beside(ui.px(32));
    };
    if (course) {
        figure(ui, std::to_string(model.risen()) + " / " + std::to_string(model.lines.size()), ui.t("results.risen"), ui.theme.good);
    } else {
        figure(ui, percent(ui, model.mean(Test::pre)), ui.t("results.mean_pre"), ui.theme.text);
        beside(ui.t("results.mean_post"));
        figure(ui, percent(ui, model.mean(Test::post)), ui.t("results.mean_post"), ui.theme.text);
        beside(ui.t("results.gain"));
        figure(ui, percent(ui, model.gain()), ui.t("results.gain"), ui.theme.good);
        beside(ui.t("results.both"));
        figure(ui, std::to_string(model.with_both()), ui.t("results.both"), ui.theme.text);
    }
    ui.end_card();
}

void score_cell(Ui& ui, ResultsModel& model, const ResultLine& line, Test test) {
    std::string text = model.cell(line, test);
    const auto fault = model.faults.find({line.person, test});
    const char* id = test == Test::pre ? "pre" : "post";
    ui.field(id, "", text, fault == model.faults.end() ? std::string() : std::string(ui.t(fault->second)), ImGuiInputTextFlags_CharsDecimal,
             ui.px(96));
    if (text != model.cell(line, test)) model.typed[{line.person, test}] = text;
    if (ImGui::IsItemDeactivatedAfterEdit()) model.take(*ui.kiosk.desk, line.person, test);
}

void level_cell(Ui& ui, ResultsModel& model, const ResultLine& line, Test test) {
    const std::int64_t level = line.of(test).level;
    const std::vector<Enumerator>& all = ui.kiosk.catalog().enumerations().find("cefr_level")->second.values;
    const auto name = [&](std::int64_t number) {
        const auto at = std::find_if(all.begin(), all.end(), [&](const Enumerator& one) { return one.number == number; });
        return at == all.end() ? std::string("–") : at->name;
    };
    const char* id = test == Test::placement ? "placement" : "final";
    const bool rose = test == Test::final && level != 0 && level > line.of(Test::placement).level && line.of(Test::placement).level != 0;
    if (ui.button(id, rose ? icon::check : nullptr, name(level), Ui::Weight::normal, ui.px(96))) ImGui::OpenPopup(id);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {ui.px(10), ui.px(10)});
    if (ImGui::BeginPopup(id)) {
        for (const Enumerator& one : all) {
            if (&one != &all.front()) ImGui::SameLine();
            if (ui.button(one.name.c_str(), nullptr, one.name, one.number == level ? Ui::Weight::primary : Ui::Weight::normal, ui.px(58))) {
                model.set_level(*ui.kiosk.desk, line.person, test, one.number == level ? 0 : one.number);
                ImGui::CloseCurrentPopup();
            }
        }
        ImGui::EndPopup();
    }
    ImGui::PopStyleVar();
}

void table(Ui& ui, ResultsModel& model, bool course) {
    ui.begin_card("table");
    const float wide = ui.px(116), from = ImGui::GetCursorPosX();
    const float name = std::min(ImGui::GetContentRegionAvail().x - 2 * wide, ui.px(460));
    for (std::size_t i = 0; i < 2; ++i) {
        if (i > 0) ImGui::SameLine(0, 0);
        ImGui::SetCursorPosX(from + name + static_cast<float>(i) * wide);
        ui.line(ui.fonts.small, ui.theme.muted, ui.t(course ? levels[i].words : points[i].words), wide - ui.px(6));
    }
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(model.lines.size()));
    while (clipper.Step()) {
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
            const ResultLine& line = model.lines[static_cast<std::size_t>(i)];
            ImGui::PushID(static_cast<const void*>(&line));
            ImGui::AlignTextToFramePadding();
            ui.line(ui.fonts.strong, ui.theme.text, line.name, name - ui.px(12));
            for (std::size_t at = 0; at < 2; ++at) {
                ImGui::SameLine(0, 0);
                ImGui::SetCursorPosX(from + name + static_cast<float>(at) * wide);
                if (course) level_cell(ui, model, line, levels[at].test);
                else score_cell(ui, model, line, points[at].test);
            }
            ImGui::PopID();
        }
    }
    ui.end_card();
}

}  // namespace

void draw_results(Ui& ui) {
    ResultsModel& model = ui.kiosk.results;
    if (!model.loaded) return;
    if (!model.problem.empty()) ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    if (model.lines.empty()) {
        ui.begin_card("empty");
        ui.nothing(icon::people, ui.t("activity.nobody"), ui.t("results.nobody.words"));
        return ui.end_card();
    }
    const bool course = ui.kiosk.activity.header.kind == "legal_english";
    figures(ui, model, course);
    if (!course) {
        ui.field("maximum", ui.t("results.maximum"), model.maximum, {}, ImGuiInputTextFlags_CharsDecimal, ui.px(180));
        ui.gap(2);
    }
    table(ui, model, course);
}

}  // namespace tefter::kiosk
