#include "kiosk/view/signature.hpp"

namespace tefter::kiosk {

void signature_pad(Ui& ui, Strokes& strokes) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 size{std::min(ImGui::GetContentRegionAvail().x, ui.px(460)), ui.px(130)};
    ImGui::InvisibleButton("pad", size);
    if (ImGui::IsItemActive()) {
        const ImVec2 mouse = ImGui::GetIO().MousePos;
        const auto part = [](float from, float extent) { return static_cast<std::uint16_t>(std::clamp(from / extent, 0.0F, 1.0F) * 1000); };
        const std::pair point(part(mouse.x - at.x, size.x), part(mouse.y - at.y, size.y));
        if (strokes.empty() || strokes.back() != point) strokes.push_back(point);
    }
    if (ImGui::IsItemDeactivated() && !strokes.empty()) strokes.emplace_back(pen_up, pen_up);
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(at, {at.x + size.x, at.y + size.y}, ui.theme.page, ui.px(8));
    list->AddLine({at.x + ui.px(20), at.y + size.y * 0.75F}, {at.x + size.x - ui.px(20), at.y + size.y * 0.75F}, ui.theme.line,
                  ui.px(1.5F));
    const auto place = [&](const std::pair<std::uint16_t, std::uint16_t>& point) {
        return ImVec2(at.x + size.x * static_cast<float>(point.first) / 1000, at.y + size.y * static_cast<float>(point.second) / 1000);
    };
    for (std::size_t i = 1; i < strokes.size(); ++i) {
        if (strokes[i].first == pen_up || strokes[i - 1].first == pen_up) continue;
        list->AddLine(place(strokes[i - 1]), place(strokes[i]), ui.theme.text, ui.px(2.5F));
    }
    if (strokes.empty())
        list->AddText(ui.fonts.small, ui.fonts.small->FontSize, {at.x + ui.px(20), at.y + size.y * 0.8F}, ui.theme.muted,
                      ui.t("person.sign"));
    else if (ui.button("clear", icon::undo, ui.t("person.sign.again"), Ui::Weight::quiet)) strokes.clear();
}

}  // namespace tefter::kiosk
