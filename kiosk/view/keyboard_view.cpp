#include "kiosk/view/keyboard_view.hpp"

#include <imgui_internal.h>

#include <algorithm>

namespace tefter::kiosk {

namespace {

constexpr float finger = 44, between = 4, widest = 84, edge = 6;

const char* symbol_of(const Key& key) {
    switch (key.kind) {
        case Key::Kind::shift: return icon::shift;
        case Key::Kind::erase: return icon::erase;
        case Key::Kind::enter: return icon::enter;
        case Key::Kind::hide: return icon::down;
        default: return nullptr;
    }
}

std::string words_on(const Key& key) {
    switch (key.kind) {
        case Key::Kind::page: return key.lit ? "ABC" : "123";
        case Key::Kind::script: return "AБ";
        case Key::Kind::text: return key.text;
        default: return {};
    }
}

void strike(ImGuiKey key) {
    ImGui::GetIO().AddKeyEvent(key, true);
    ImGui::GetIO().AddKeyEvent(key, false);
}

void press(Keyboard& keyboard, const Key& key) {
    const std::string typed = keyboard.press(key);
    if (!typed.empty()) ImGui::GetIO().AddInputCharactersUTF8(typed.c_str());
    if (key.kind == Key::Kind::erase) strike(ImGuiKey_Backspace);
    if (key.kind == Key::Kind::enter) strike(ImGuiKey_Enter);
    if (key.kind == Key::Kind::hide) keyboard.hide_for(ImGui::GetCurrentContext()->ActiveId);
}

bool inside(const ImVec2& at, const ImVec2& from, const ImVec2& to) {
    return at.x >= from.x && at.x < to.x && at.y >= from.y && at.y < to.y;
}

}  // namespace

std::vector<PlacedKey> placed_keys(const Ui& ui) {
    std::vector<PlacedKey> out;
    const ImGuiContext& context = *ImGui::GetCurrentContext();
    const Keyboard& keyboard = ui.kiosk.keyboard;
    if (!ui.kiosk.settings.keyboard || !context.IO.WantTextInput || keyboard.hidden_for(context.ActiveId)) return out;
    const ImVec2 size = context.IO.DisplaySize;
    const float gap = ui.px(between), pad = ui.px(edge), height = ui.px(finger + 2);
    const auto columns = static_cast<std::size_t>(std::max(5.0F, (size.x + gap) / (ui.px(finger) + gap)));
    const std::vector<std::vector<Key>> rows = keyboard.rows(ui.kiosk.settings.language, columns);
    float y = size.y - pad - static_cast<float>(rows.size()) * (height + gap) + gap;
    for (const std::vector<Key>& row : rows) {
        float units = 0;
        for (const Key& key : row) units += key.width;
        const float gaps = gap * static_cast<float>(row.size() - 1);
        const float one = std::floor(std::min(ui.px(widest), (size.x - gaps) / units));
        float x = std::floor((size.x - one * units - gaps) / 2);
        for (const Key& key : row) {
            out.push_back({key, {x, y}, {x + one * key.width, y + height}});
            x += one * key.width + gap;
        }
        y += height + gap;
    }
    return out;
}

float take_touches(Ui& ui, const std::vector<PlacedKey>& keys) {
    if (keys.empty()) return 0;
    ImGuiIO& io = ImGui::GetIO();
    const float top = keys.front().from.y - ui.px(edge);
    if (io.MouseClicked[0] && io.MousePos.y >= top) {
        // A field loses the focus by a click beside it; this click is none.
        io.MouseClicked[0] = io.MouseDown[0] = false;
        const auto hit =
            std::find_if(keys.begin(), keys.end(), [&](const PlacedKey& one) { return inside(io.MousePos, one.from, one.to); });
        if (hit != keys.end()) press(ui.kiosk.keyboard, hit->key);
    }
    return io.DisplaySize.y - top;
}

void draw_keyboard(const Ui& ui, const std::vector<PlacedKey>& keys) {
    if (keys.empty()) return;
    const ImVec2 size = ImGui::GetIO().DisplaySize, at = ImGui::GetIO().MousePos;
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled({0, keys.front().from.y - ui.px(edge)}, size, ui.theme.line);
    for (const PlacedKey& one : keys) {
        const bool plain = one.key.kind == Key::Kind::text || one.key.kind == Key::Kind::space;
        const ImU32 back = one.key.lit || inside(at, one.from, one.to) ? ui.theme.accent_soft : plain ? ui.theme.card : ui.theme.page;
        list->AddRectFilled(one.from, one.to, back, ui.px(7));
        const char* symbol = symbol_of(one.key);
        const std::string words = symbol != nullptr ? symbol : words_on(one.key);
        const ImVec2 extent = ui.fonts.strong->CalcTextSizeA(ui.fonts.strong->FontSize, FLT_MAX, 0, words.c_str());
        list->AddText(ui.fonts.strong, ui.fonts.strong->FontSize,
                      {std::floor((one.from.x + one.to.x - extent.x) / 2), std::floor((one.from.y + one.to.y - extent.y) / 2)},
                      one.key.lit ? ui.theme.accent : ui.theme.text, words.c_str());
    }
}

}  // namespace tefter::kiosk
