#include "kiosk/view/charts.hpp"
#include "schema/documents/words.hpp"

namespace tefter::kiosk {

namespace {

void filters(Ui& ui, DashboardModel& model) {
    DashboardQuestion& question = model.question;
    ui.begin_card("filters");
    const std::string year = local_day(ui.kiosk.now_ms()).substr(0, 4);
    const Ui::Choice periods[] = {{"0", ui.t("dashboard.all_time")}, {"1", year}, {"2", std::to_string(std::stoi(year) - 1)}};
    std::string period = std::to_string(static_cast<int>(question.period));
    if (ui.choices("period", periods, period)) question.period = static_cast<Period>(std::stoi(period));
    ui.gap(2);
    std::vector<Ui::Choice> all{{"", ui.t("dashboard.all_beneficiaries")}};
    for (const auto& [code, name] : model.beneficiaries) all.push_back({code, name});
    ui.choices("beneficiary", all, question.beneficiary);
    ui.gap(2);
    all = ui.enumerators("gender");
    all.insert(all.begin(), Ui::Choice{"", ui.t("dashboard.all_genders")});
    ui.choices("gender", all, question.gender);
    ui.gap(2);
    all = ui.enumerators("institution_type");
    all.insert(all.begin(), Ui::Choice{"", ui.t("dashboard.all_institutions")});
    const auto chosen = std::find_if(all.begin(), all.end(), [&](const Ui::Choice& one) { return one.value == question.institution_type; });
    ImGui::SetNextItemWidth(std::min(ImGui::GetContentRegionAvail().x, ui.px(460)));
    if (ImGui::BeginCombo("##institution", chosen->words.c_str(), ImGuiComboFlags_HeightLarge)) {
        for (const Ui::Choice& one : all) {
            if (ImGui::Selectable((one.words + "###" + one.value).c_str(), one.value == question.institution_type, 0, {0, ui.px(40)}))
                question.institution_type = one.value;
        }
        ImGui::EndCombo();
    }
    ui.end_card();
}

/// The value, large, and what it is; a tap draws it below.
void tile(Ui& ui, DashboardModel& model, const Tile& one, ImVec2 size) {
    const std::string code(one.indicator->code);
    if (ImGui::InvisibleButton(code.c_str(), size)) model.choose(*one.indicator);
    const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
    const bool on = code == model.question.code;
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(from, to, on || ImGui::IsItemHovered() ? ui.theme.accent_soft : ui.theme.card, ui.px(12));
    if (on) list->AddRect(from, to, ui.theme.accent, ui.px(12), 0, ui.px(2));
    list->AddText(ui.fonts.title, ui.fonts.title->FontSize, {from.x + ui.px(14), from.y + ui.px(10)}, on ? ui.theme.accent : ui.theme.text,
                  documents::figure_text(ui.t, *one.indicator, one.figure.value).c_str());
    const std::string words = documents::indicator_name(ui.t, *one.indicator);
    const float room = size.x - ui.px(28);
    const ImVec2 lines = ui.fonts.small->CalcTextSizeA(ui.fonts.small->FontSize, FLT_MAX, room, words.c_str());
    if (lines.y > size.y - ui.px(48)) ui.cut.push_back(words);
    list->AddText(ui.fonts.small, ui.fonts.small->FontSize, {from.x + ui.px(14), from.y + ui.px(44)}, ui.theme.muted, words.c_str(),
                  nullptr, room);
    ui.focus_ring(ui.px(12));
}

void tiles(Ui& ui, DashboardModel& model) {
    const float room = ImGui::GetContentRegionAvail().x, between = ui.px(12);
    const int across = std::max(1, static_cast<int>((room + between) / (ui.px(ui.narrow() ? 140 : 190) + between)));
    const float width = (room - between * static_cast<float>(across - 1)) / static_cast<float>(across);
    int at = 0;
    for (const Tile& one : model.figures.tiles) {
        if (at++ % across != 0) ImGui::SameLine(0, between);
        tile(ui, model, one, {width, ui.px(104)});
    }
    ui.gap(4);
}

std::vector<ChartPoint> points_of(const Ui& ui, const Indicator& indicator, Cut cut, const std::vector<Slice>& slices) {
    std::vector<ChartPoint> out;
    for (const Slice& slice : slices) {
        out.push_back({documents::slice_name(ui.t, indicator, cut, slice.key), slice.figure.value.value_or(0),
                       documents::figure_text(ui.t, indicator, slice.figure.value)});
    }
    return out;
}

void drawn(Ui& ui, DashboardModel& model) {
    const Indicator& chosen = indicator(model.question.code);
    ui.begin_card("drawn");
    ui.line(ui.fonts.strong, ui.theme.text, documents::indicator_name(ui.t, chosen));
    std::vector<Ui::Choice> cuts;
    for (const Cut cut : {Cut::beneficiary, Cut::institution_type, Cut::gender, Cut::category, Cut::activity_kind, Cut::stage}) {
        if (chosen.can(cut)) cuts.push_back({std::string(to_text(cut)), ui.t("cut." + std::string(to_text(cut)))});
    }
    std::string cut(to_text(model.question.cut));
    if (ui.choices("cut", cuts, cut)) model.question.cut = cut_from_text(cut).value_or(Cut::beneficiary);
    ui.gap(4);
    if (model.figures.parts.empty()) ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t("dashboard.nothing"));
    bar_chart(ui, points_of(ui, chosen, model.question.cut, model.figures.parts));
    if (model.figures.quarters.size() > 1) {
        ui.gap(8);
        ui.label(ui.t("dashboard.over_time"));
        line_chart(ui, points_of(ui, chosen, Cut::quarter, model.figures.quarters));
    }
    ui.end_card();
}

void freshness(Ui& ui, const DashboardModel& model) {
    constexpr std::int64_t old_ms = 7LL * 24 * 3600 * 1000;
    const std::int64_t now = ui.kiosk.now_ms();
    ui.begin_card("fresh");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("dashboard.fresh"));
    ui.paragraph(ui.fonts.small, ui.theme.muted, ui.t("dashboard.fresh.words"));
    for (std::size_t i = 0; i < model.offices.size(); ++i) {
        const OfficeLine& one = model.offices[i];
        const std::string when = one.known_ms == 0 ? ui.t("dashboard.fresh.none") : ui.t.moment(one.known_ms, local_day(now));
        ui.begin_row(std::to_string(i).c_str(), 48);
        ui.line(ui.fonts.body, ui.theme.text, one.office,
                ImGui::GetContentRegionAvail().x - ui.text_width(ui.fonts.small, when) - ui.px(50));
        const bool old = now - one.known_ms > old_ms;
        ui.chip_at_end(when, old ? ui.theme.warn : ui.theme.good, old ? ui.theme.warn_soft : ui.theme.good_soft);
        ui.end_row();
    }
    ui.end_card();
}

}  // namespace

void draw_dashboard(Ui& ui) {
    DashboardModel& model = ui.kiosk.dashboard;
    if (ui.icon_button("back", icon::back, ui.t("back"))) return ui.kiosk.back();
    ImGui::SameLine();
    ui.line(ui.fonts.title, ui.theme.text, ui.t("dashboard.title"));
    ui.gap(4);
    if (!model.loaded) return ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t("dashboard.counting"));
    filters(ui, model);
    tiles(ui, model);
    drawn(ui, model);
    freshness(ui, model);
    ui.paragraph(ui.fonts.small, ui.theme.muted, ui.t("kosovo"));
}

}  // namespace tefter::kiosk
