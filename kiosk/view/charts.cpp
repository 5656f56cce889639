#include "kiosk/view/charts.hpp"

#include <algorithm>

namespace tefter::kiosk {

namespace {

double greatest(const std::vector<ChartPoint>& points) {
    double out = 0;
    for (const ChartPoint& one : points) out = std::max(out, one.value);
    return out > 0 ? out : 1;
}

}  // namespace

void bar_chart(Ui& ui, const std::vector<ChartPoint>& points) {
    const double most = greatest(points);
    const float width = ImGui::GetContentRegionAvail().x;
    float label = 0, value = 0;
    for (const ChartPoint& one : points) {
        label = std::max(label, ui.text_width(ui.fonts.body, one.words));
        value = std::max(value, ui.text_width(ui.fonts.strong, one.text));
    }
    // Where the words would leave no room for the bars, they stand above them.
    const bool above = label > width * 0.45F;
    const float from = above ? 0 : label + ui.px(14);
    const float room = std::max(ui.px(20), width - from - value - ui.px(14));
    ImDrawList* list = ImGui::GetWindowDrawList();
    for (const ChartPoint& one : points) {
        if (above) ui.paragraph(ui.fonts.body, ui.theme.text, one.words);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float height = ui.px(26), size = ui.fonts.body->FontSize, y = at.y + (height - size) / 2;
        if (!above) list->AddText(ui.fonts.body, size, {at.x, y}, ui.theme.text, one.words.c_str());
        const float bar = std::max(ui.px(3), room * static_cast<float>(std::max(0.0, one.value) / most));
        list->AddRectFilled({at.x + from, at.y + ui.px(3)}, {at.x + from + room, at.y + height - ui.px(3)}, ui.theme.page, ui.px(5));
        list->AddRectFilled({at.x + from, at.y + ui.px(3)}, {at.x + from + bar, at.y + height - ui.px(3)}, ui.theme.accent, ui.px(5));
        list->AddText(ui.fonts.strong, size, {at.x + from + room + ui.px(10), y}, ui.theme.text, one.text.c_str());
        ImGui::Dummy({width, height});
    }
}

void line_chart(Ui& ui, const std::vector<ChartPoint>& points) {
    const double most = greatest(points);
    const float width = ImGui::GetContentRegionAvail().x, height = ui.px(170), side = ui.px(34), foot = ui.px(26), head = ui.px(26);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float bottom = at.y + height - foot;
    for (int i = 0; i <= 2; ++i) {
        const float y = bottom - (height - foot - head) * static_cast<float>(i) / 2;
        list->AddLine({at.x, y}, {at.x + width, y}, ui.theme.line, std::max(1.0F, ui.px(1)));
    }
    const auto place = [&](std::size_t i) {
        const float share = points.size() < 2 ? 0.5F : static_cast<float>(i) / static_cast<float>(points.size() - 1);
        return ImVec2(at.x + side + (width - 2 * side) * share,
                      bottom - (height - foot - head) * static_cast<float>(std::max(0.0, points[i].value) / most));
    };
    for (std::size_t i = 1; i < points.size(); ++i) list->AddLine(place(i - 1), place(i), ui.theme.accent, ui.px(3));
    const float each = points.empty() ? width : (width - 2 * side) / static_cast<float>(points.size());
    float free_words = at.x, free_text = at.x;  // no word is drawn over another one
    for (std::size_t i = 0; i < points.size(); ++i) {
        const ImVec2 dot = place(i);
        list->AddCircleFilled(dot, ui.px(each < ui.px(16) ? 3 : 5), ui.theme.accent, 16);
        const auto words = [&](const std::string& what, float y, ImU32 ink, float& free) {
            const float size = ui.text_width(ui.fonts.small, what), x = dot.x - size / 2;
            if (x < free) return;
            list->AddText(ui.fonts.small, ui.fonts.small->FontSize, {x, y}, ink, what.c_str());
            free = x + size + ui.px(8);
        };
        words(points[i].words, bottom + ui.px(6), ui.theme.muted, free_words);
        words(points[i].text, dot.y - ui.px(22), ui.theme.text, free_text);
    }
    ImGui::Dummy({width, height});
}

}  // namespace tefter::kiosk
