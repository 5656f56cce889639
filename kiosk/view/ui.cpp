#include "kiosk/view/ui.hpp"

#include <imgui_freetype.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include "engine/base/error.hpp"

extern "C" {
extern const unsigned char tefter_font_regular[], tefter_font_regular_end[], tefter_font_strong[], tefter_font_strong_end[],
    tefter_font_icons[], tefter_font_icons_end[];
}

namespace tefter::kiosk {

namespace {

constexpr ImU32 rgb(unsigned value) { return IM_COL32((value >> 16U) & 0xFFU, (value >> 8U) & 0xFFU, value & 0xFFU, 0xFF); }
ImVec4 colour(ImU32 packed) { return ImGui::ColorConvertU32ToFloat4(packed); }
ImU32 mix(ImU32 a, ImU32 b, float share) {
    const ImVec4 x = colour(a), y = colour(b);
    return ImGui::ColorConvertFloat4ToU32({x.x + (y.x - x.x) * share, x.y + (y.y - x.y) * share, x.z + (y.z - x.z) * share, 1});
}

constexpr ImWchar text_ranges[] = {0x20,   0x7E,   0xA0,   0x17F,  0x218,  0x21B,  0x400,  0x45F,  0x490, 0x491,
                                   0x2010, 0x2026, 0x2030, 0x203A, 0x20AC, 0x20AC, 0x2116, 0x2122, 0};

const ImWchar* icon_ranges() {
    static const ImVector<ImWchar> ranges = [] {
        ImFontGlyphRangesBuilder used;
        for (const char* one : icon::all) used.AddText(one);
        ImVector<ImWchar> out;
        used.BuildRanges(&out);
        return out;
    }();
    return ranges.Data;
}

ImFont* add_font(ImFontAtlas& atlas, const unsigned char* from, const unsigned char* to, float size, bool with_icons) {
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    ImFont* font = atlas.AddFontFromMemoryTTF(const_cast<unsigned char*>(from), static_cast<int>(to - from), size, &config, text_ranges);
    if (with_icons) {
        config.MergeMode = true;
        config.GlyphMinAdvanceX = size * 1.25F;
        atlas.AddFontFromMemoryTTF(const_cast<unsigned char*>(tefter_font_icons),
                                   static_cast<int>(tefter_font_icons_end - tefter_font_icons), size, &config, icon_ranges());
    }
    if (font == nullptr) throw Error(ErrorKind::internal, "The letters that are built in cannot be read.");
    return font;
}

}  // namespace

const Theme& Theme::of(Look look) {
    static const Theme light{rgb(0xF3F5F9), rgb(0xFFFFFF), rgb(0x14284B), rgb(0xDCE2EB), rgb(0x16202E), rgb(0x586779),
                             rgb(0x1F5BD8), rgb(0xE7EFFD), rgb(0xFFFFFF), rgb(0x18794E), rgb(0xDFF5E8), rgb(0x8A5A00),
                             rgb(0xFFF1D0), rgb(0xB3261E), rgb(0xFCE6E4), rgb(0xFFFFFF)};
    static const Theme dark{rgb(0x10161F), rgb(0x1A222E), rgb(0x0B1017), rgb(0x303B4B), rgb(0xE9EEF5), rgb(0x9FAEC0),
                            rgb(0x6FA1FF), rgb(0x1E2F52), rgb(0x0B1524), rgb(0x5FD39A), rgb(0x14352A), rgb(0xF0BC5A),
                            rgb(0x3B2F15), rgb(0xFF8A80), rgb(0x44201F), rgb(0x131A24)};
    static const Theme contrast{rgb(0xFFFFFF), rgb(0xFFFFFF), rgb(0x000000), rgb(0x000000), rgb(0x000000), rgb(0x202020),
                                rgb(0x0030A0), rgb(0xE0E8FF), rgb(0xFFFFFF), rgb(0x005020), rgb(0xD8F5E0), rgb(0x5A3A00),
                                rgb(0xFFF0B8), rgb(0x900000), rgb(0xFFE0E0), rgb(0xFFFFFF)};
    return look == Look::light ? light : look == Look::dark ? dark : contrast;
}

Fonts load_fonts(ImFontAtlas& atlas, float measure) {
    atlas.Clear();
    atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
    const auto size = [&](float units) { return std::floor(units * measure + 0.5F); };
    Fonts out;
    out.body = add_font(atlas, tefter_font_regular, tefter_font_regular_end, size(17), true);
    out.small = add_font(atlas, tefter_font_regular, tefter_font_regular_end, size(14), true);
    out.strong = add_font(atlas, tefter_font_strong, tefter_font_strong_end, size(17), true);
    out.title = add_font(atlas, tefter_font_strong, tefter_font_strong_end, size(26), true);
    out.huge = add_font(atlas, tefter_font_strong, tefter_font_strong_end, size(44), false);
    if (!atlas.Build()) throw Error(ErrorKind::internal, "The letters cannot be drawn.");
    return out;
}

void apply_style(const Theme& theme, float measure) {
    ImGuiStyle style;
    style.WindowPadding = {0, 0};
    style.WindowBorderSize = 0;
    style.ChildBorderSize = 0;
    style.FrameBorderSize = 1;
    style.FrameRounding = 8;
    style.ChildRounding = 12;
    style.PopupRounding = 10;
    style.ScrollbarRounding = 8;
    style.ScrollbarSize = 12;
    style.FramePadding = {12, 12};
    style.ItemSpacing = {10, 8};
    style.CellPadding = {4, 3};
    style.TouchExtraPadding = {2, 2};
    style.ScaleAllSizes(measure);
    style.FrameBorderSize = std::max(1.0F, std::floor(measure));
    const auto set = [&](ImGuiCol which, ImU32 value) { style.Colors[which] = colour(value); };
    set(ImGuiCol_Text, theme.text);
    set(ImGuiCol_TextDisabled, theme.muted);
    set(ImGuiCol_WindowBg, theme.page);
    set(ImGuiCol_ChildBg, 0);
    set(ImGuiCol_PopupBg, theme.card);
    set(ImGuiCol_Border, mix(theme.line, theme.text, 0.12F));
    set(ImGuiCol_FrameBg, theme.field);
    set(ImGuiCol_FrameBgHovered, theme.field);
    set(ImGuiCol_FrameBgActive, theme.field);
    set(ImGuiCol_ScrollbarBg, 0);
    set(ImGuiCol_ScrollbarGrab, mix(theme.line, theme.text, 0.15F));
    set(ImGuiCol_ScrollbarGrabHovered, mix(theme.line, theme.text, 0.3F));
    set(ImGuiCol_ScrollbarGrabActive, theme.muted);
    set(ImGuiCol_TextSelectedBg, theme.accent_soft);
    set(ImGuiCol_NavHighlight, theme.accent);
    set(ImGuiCol_TableHeaderBg, theme.card);
    set(ImGuiCol_TableBorderLight, theme.line);
    set(ImGuiCol_TableBorderStrong, theme.line);
    set(ImGuiCol_TableRowBg, 0);
    set(ImGuiCol_TableRowBgAlt, mix(theme.card, theme.page, 0.6F));
    set(ImGuiCol_ModalWindowDimBg, IM_COL32(0, 0, 0, 120));
    ImGui::GetStyle() = style;
}

float Ui::text_width(ImFont* font, const std::string& words) const {
    return font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, words.data(), words.data() + words.size()).x;
}

void Ui::text(ImFont* font, ImU32 tint, const std::string& words) const {
    ImGui::PushFont(font);
    ImGui::PushStyleColor(ImGuiCol_Text, tint);
    ImGui::TextUnformatted(words.data(), words.data() + words.size());
    ImGui::PopStyleColor();
    ImGui::PopFont();
}

void Ui::line(ImFont* font, ImU32 tint, const std::string& words, float width) {
    const float room = width > 0 ? width : ImGui::GetContentRegionAvail().x;
    if (text_width(font, words) <= room) return text(font, tint, words);
    cut.push_back(words);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::PushFont(font);
    ImGui::PushStyleColor(ImGuiCol_Text, tint);
    ImGui::RenderTextEllipsis(ImGui::GetWindowDrawList(), at, {at.x + room, at.y + font->FontSize}, at.x + room, at.x + room, words.data(),
                              words.data() + words.size(), nullptr);
    ImGui::PopStyleColor();
    ImGui::PopFont();
    ImGui::Dummy({room, font->FontSize});
}

void Ui::paragraph(ImFont* font, ImU32 tint, const std::string& words) const {
    ImGui::PushTextWrapPos(0);
    text(font, tint, words);
    ImGui::PopTextWrapPos();
}

void Ui::label(const std::string& words) { line(fonts.small, theme.muted, words); }

void Ui::focus_ring(float rounding) const {
    if (!ImGui::IsItemFocused() || ImGui::GetCurrentContext()->NavDisableHighlight) return;
    const float out = px(2);
    const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
    ImGui::GetWindowDrawList()->AddRect({from.x - out, from.y - out}, {to.x + out, to.y + out}, theme.accent, rounding + out, 0, px(2.5F));
}

bool Ui::button(const char* id, const char* symbol, const std::string& words, Weight weight, float width, float height) {
    const bool has_words = !words.empty();
    const float symbol_width = symbol != nullptr ? text_width(fonts.strong, symbol) : 0;
    const float between = symbol != nullptr && has_words ? px(6) : 0;
    const float words_width = text_width(fonts.strong, words);
    const ImVec2 size{width > 0 ? width : symbol_width + between + words_width + px(has_words ? 28 : 16), px(height)};
    ImGui::PushID(id);
    const bool pressed = ImGui::InvisibleButton("button", size);
    ImGui::PopID();
    const bool held = ImGui::IsItemActive(), hovered = ImGui::IsItemHovered();
    const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
    ImU32 back = 0, ink = 0, edge = 0;
    switch (weight) {
        case Weight::primary: back = theme.accent, ink = theme.on_accent; break;
        case Weight::normal: back = theme.card, ink = theme.text, edge = mix(theme.line, theme.text, 0.12F); break;
        case Weight::quiet: ink = theme.accent; break;
        case Weight::danger: back = theme.bad_soft, ink = theme.bad; break;
    }
    if ((ImGui::GetItemFlags() & ImGuiItemFlags_Disabled) != 0) {
        back = mix(theme.line, theme.page, 0.2F);
        ink = theme.muted;
    }
    if (hovered || held) back = back == 0 ? theme.accent_soft : mix(back, theme.text, held ? 0.18F : 0.07F);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float rounding = px(8);
    if (back != 0) list->AddRectFilled(from, to, back, rounding);
    if (edge != 0) list->AddRect(from, to, edge, rounding, 0, std::max(1.0F, std::floor(measure)));
    const float room = size.x - px(12);
    const float wanted = symbol_width + between + words_width;
    if (wanted > room + 1) cut.push_back(words);
    float x = from.x + std::max(px(6), (size.x - wanted) / 2);
    const float y = from.y + (size.y - fonts.strong->FontSize) / 2;
    list->PushClipRect(from, to, true);
    if (symbol != nullptr) list->AddText(fonts.strong, fonts.strong->FontSize, {x, y}, ink, symbol);
    x += symbol_width + between;
    list->AddText(fonts.strong, fonts.strong->FontSize, {x, y}, ink, words.data(), words.data() + words.size());
    list->PopClipRect();
    focus_ring(rounding);
    return pressed;
}

bool Ui::icon_button(const char* id, const char* symbol, const std::string& meaning) {
    const bool pressed = button(id, symbol, "", Weight::quiet, px(44));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(10), px(6)});
    if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", meaning.c_str());
    ImGui::PopStyleVar();
    return pressed;
}

bool Ui::choices(const char* id, std::span<const Choice> all, std::string& chosen) {
    ImGui::PushID(id);
    bool changed = false;
    const float right = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
    bool first = true;
    for (const Choice& choice : all) {
        const float width = text_width(fonts.body, choice.words) + px(28);
        if (!first && ImGui::GetItemRectMax().x + px(8) + width < right) ImGui::SameLine(0, px(8));
        first = false;
        const bool on = choice.value == chosen;
        if (ImGui::InvisibleButton(choice.value.empty() ? "none" : choice.value.c_str(), {width, px(40)})) {
            chosen = choice.value;
            changed = true;
        }
        const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
        ImDrawList* list = ImGui::GetWindowDrawList();
        const ImU32 back = on ? theme.accent : ImGui::IsItemHovered() ? theme.accent_soft : theme.card;
        list->AddRectFilled(from, to, back, px(20));
        if (!on) list->AddRect(from, to, mix(theme.line, theme.text, 0.12F), px(20), 0, std::max(1.0F, std::floor(measure)));
        list->AddText(fonts.body, fonts.body->FontSize, {from.x + px(14), from.y + (px(40) - fonts.body->FontSize) / 2},
                      on ? theme.on_accent : theme.text, choice.words.c_str());
        focus_ring(px(20));
    }
    ImGui::PopID();
    return changed;
}

std::vector<Ui::Choice> Ui::enumerators(const char* enumeration) const {
    std::vector<Choice> out;
    for (const Enumerator& value : kiosk.catalog().enumerations().find(enumeration)->second.values) {
        out.push_back({value.name, t(std::string(enumeration) + "." + value.name)});
    }
    return out;
}

bool Ui::language_choices(Language& chosen) {
    std::vector<Choice> all;
    for (std::size_t i = 0; i < languages; ++i) all.push_back({std::to_string(i), std::string(own_name_of(static_cast<Language>(i)))});
    std::string number = std::to_string(static_cast<int>(chosen));
    if (!choices("languages", all, number)) return false;
    chosen = static_cast<Language>(std::stoi(number));
    return true;
}

void Ui::date_fields(std::string& day, std::string& month, std::string& year) {
    field("day", "", day, {}, ImGuiInputTextFlags_CharsDecimal, px(76), t("person.birth.day"));
    beside(px(8));
    field("month", "", month, {}, ImGuiInputTextFlags_CharsDecimal, px(76), t("person.birth.month"));
    beside(px(8));
    field("year", "", year, {}, ImGuiInputTextFlags_CharsDecimal, px(110), t("person.birth.year"));
}

bool Ui::toggle(const char* id, const std::string& words, bool& on) {
    ImGui::PushID(id);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x;
    const float words_room = room - px(70);
    const ImVec2 size = fonts.body->CalcTextSizeA(fonts.body->FontSize, FLT_MAX, words_room, words.c_str());
    const float height = std::max(px(44), size.y + px(12));
    const bool pressed = ImGui::InvisibleButton("toggle", {std::min(room, size.x + px(70)), height});
    if (pressed) on = !on;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 track{at.x, at.y + (height - px(26)) / 2};
    list->AddRectFilled(track, {track.x + px(46), track.y + px(26)}, on ? theme.accent : mix(theme.line, theme.text, 0.25F), px(13));
    list->AddCircleFilled({track.x + (on ? px(33) : px(13)), track.y + px(13)}, px(10), theme.card, 24);
    list->AddText(fonts.body, fonts.body->FontSize, {at.x + px(58), at.y + (height - size.y) / 2}, theme.text, words.c_str(), nullptr,
                  words_room);
    focus_ring(px(8));
    ImGui::PopID();
    return pressed;
}

/// SetKeyboardFocusHere() goes astray while the item that has the navigation's focus is drawn later in the frame.
void Ui::give_keyboard() {
    if (!std::exchange(focus_next_, false)) return;
    ImGuiContext& context = *ImGui::GetCurrentContext();
    context.NavNextActivateId = ImGui::GetID("##field");
    context.NavNextActivateFlags = ImGuiActivateFlags_PreferInput;
}

/// The keyboard on the screen never covers what is typed in.
void Ui::keep_in_sight() const {
    if (keyboard_height > 0 && ImGui::IsItemActive()) ImGui::ScrollToItem();
}

bool Ui::field(const char* id, const std::string& name, std::string& typed, const std::string& fault, ImGuiInputTextFlags flags,
               float width, const char* hint) {
    ImGui::BeginGroup();
    const float room = width > 0 ? width : ImGui::GetContentRegionAvail().x;
    if (!name.empty()) line(fonts.small, fault.empty() ? theme.muted : theme.bad, name, room);
    ImGui::SetNextItemWidth(room);
    if (!fault.empty()) ImGui::PushStyleColor(ImGuiCol_Border, theme.bad);
    ImGui::PushID(id);
    give_keyboard();
    const bool many = (flags & ImGuiInputTextFlags_Multiline) != 0;
    const bool result = many ? ImGui::InputTextMultiline("##field", &typed, {room, px(96)}, flags & ~ImGuiInputTextFlags_Multiline)
                             : ImGui::InputTextWithHint("##field", hint, &typed, flags);
    keep_in_sight();
    ImGui::PopID();
    if (!fault.empty()) {
        ImGui::PopStyleColor();
        line(fonts.small, theme.bad, fault, room);
    }
    ImGui::EndGroup();
    return result;
}

bool Ui::text_area(const char* id, const std::string& name, std::string& typed) {
    return field(id, name, typed, {}, ImGuiInputTextFlags_Multiline);
}

namespace {

/// Enter has selected everything: what was taken is emptied, what was not is gone on with. What was typed meanwhile has
/// replaced the selection already.
int after_enter(ImGuiInputTextCallbackData* data) {
    const bool all_selected = data->BufTextLen > 0 && std::abs(data->SelectionEnd - data->SelectionStart) == data->BufTextLen;
    auto& [typed, entered] = *static_cast<std::pair<std::string*, bool>*>(data->UserData);
    if (!entered || !all_selected) return 0;
    if (typed->empty()) data->DeleteChars(0, data->BufTextLen);
    data->ClearSelection();
    data->CursorPos = data->BufTextLen;
    return 0;
}

}  // namespace

bool Ui::search_field(const char* id, std::string& typed, const char* hint) {
    static bool entered_before = false;  // there is one keyboard
    ImGui::GetIO().ConfigInputTextEnterKeepActive = true;
    ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x);
    ImGui::PushID(id);
    give_keyboard();
    std::pair<std::string*, bool> state(&typed, entered_before);
    const bool entered = ImGui::InputTextWithHint(
        "##field", hint, &typed, ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_CallbackAlways, after_enter, &state);
    keep_in_sight();
    ImGui::PopID();
    ImGui::GetIO().ConfigInputTextEnterKeepActive = false;
    entered_before = entered;
    return entered;
}

bool Ui::begin_row(const char* id, float height, bool selected) {
    row_from_ = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    row_to_ = {row_from_.x + width, row_from_.y + px(height)};
    ImGui::PushID(id);
    const bool pressed = ImGui::InvisibleButton("row", {width, px(height)});
    ImDrawList* list = ImGui::GetWindowDrawList();
    if (selected || ImGui::IsItemHovered() || ImGui::IsItemActive()) list->AddRectFilled(row_from_, row_to_, theme.accent_soft, px(8));
    focus_ring(px(8));
    ImGui::SetCursorScreenPos({row_from_.x + px(10), row_from_.y + px(8)});
    ImGui::BeginGroup();
    return pressed;
}

void Ui::end_row() {
    ImGui::EndGroup();
    ImGui::PopID();
    ImGui::GetWindowDrawList()->AddLine({row_from_.x + px(10), row_to_.y}, {row_to_.x - px(10), row_to_.y}, theme.line);
    ImGui::SetCursorScreenPos({row_from_.x, row_to_.y + px(1)});
    ImGui::Dummy({0, 0});
}

void Ui::draw_chip(ImVec2 at, float width, const std::string& words, ImU32 ink, ImU32 soft) const {
    const float height = px(26);
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(at, {at.x + width, at.y + height}, soft, height / 2);
    list->AddText(fonts.small, fonts.small->FontSize, {at.x + px(10), at.y + std::floor((height - fonts.small->FontSize) / 2)}, ink,
                  words.c_str());
}

void Ui::chip(const std::string& words, ImU32 ink, ImU32 soft) {
    const float width = text_width(fonts.small, words) + px(20);
    draw_chip(ImGui::GetCursorScreenPos(), width, words, ink, soft);
    ImGui::Dummy({width, px(26)});
}

void Ui::chip_at_end(const std::string& words, ImU32 ink, ImU32 soft) {
    const float width = text_width(fonts.small, words) + px(20);
    draw_chip({row_to_.x - width - px(12), std::floor((row_from_.y + row_to_.y - px(26)) / 2)}, width, words, ink, soft);
}

void Ui::beside(float between) {
    ImGui::SameLine(0, between);
    ImGui::GetCurrentWindow()->DC.CurrLineTextBaseOffset = 0;
}

void Ui::bar(float share, float width, ImU32 ink) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = px(8);
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(at, {at.x + width, at.y + height}, theme.line, height / 2);
    if (share > 0) list->AddRectFilled(at, {at.x + std::max(height, width * std::min(1.0F, share)), at.y + height}, ink, height / 2);
    ImGui::Dummy({width, height});
}

void Ui::strength(int level, float width) {
    const ImU32 inks[] = {theme.line, theme.bad, theme.warn, theme.good, theme.good};
    bar(static_cast<float>(level) / 4, width, inks[level]);
    line(fonts.small, level == 1 ? theme.bad : theme.muted, t("unlock.strength." + std::to_string(level)), width);
}

void Ui::notice(const char* symbol, const std::string& words, ImU32 ink, ImU32 soft) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, left = px(44), room = width - left - px(14);
    const ImVec2 size = fonts.body->CalcTextSizeA(fonts.body->FontSize, FLT_MAX, room, words.c_str());
    const float height = size.y + px(20);
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(at, {at.x + width, at.y + height}, soft, px(8));
    list->AddText(fonts.strong, fonts.strong->FontSize, {at.x + px(14), at.y + px(10)}, ink, symbol);
    list->AddText(fonts.body, fonts.body->FontSize, {at.x + left, at.y + px(10)}, theme.text, words.c_str(), nullptr, room);
    ImGui::Dummy({width, height});
}

void Ui::nothing(const char* symbol, const std::string& title, const std::string& words) {
    gap(30);
    const float width = ImGui::GetContentRegionAvail().x;
    const auto centred = [&](ImFont* font, ImU32 tint, const std::string& what) {
        const float room = std::min(width, px(520));
        const ImVec2 size = font->CalcTextSizeA(font->FontSize, FLT_MAX, room, what.c_str());
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::GetWindowDrawList()->AddText(font, font->FontSize, {at.x + (width - size.x) / 2, at.y}, tint, what.c_str(), nullptr, room);
        ImGui::Dummy({width, size.y});
    };
    centred(fonts.title, theme.muted, symbol);
    centred(fonts.strong, theme.text, title);
    centred(fonts.body, theme.muted, words);
    gap(20);
}

void Ui::header(const std::string& title, const std::string& below) {
    line(fonts.title, theme.text, title);
    if (!below.empty()) paragraph(fonts.body, theme.muted, below);
    gap(8);
}

void Ui::begin_card(const char* id, float width) {
    ImGui::PushStyleColor(ImGuiCol_ChildBg, theme.card);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(18), px(16)});
    if (kiosk.settings.look == Look::high_contrast) ImGui::PushStyleVar(ImGuiStyleVar_ChildBorderSize, px(1.5F));
    ImGui::BeginChild(id, {width, 0}, ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_AlwaysUseWindowPadding | ImGuiChildFlags_Border,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NavFlattened);
    if (kiosk.settings.look == Look::high_contrast) ImGui::PopStyleVar();
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
}

void Ui::end_card() {
    ImGui::EndChild();
    gap(4);
}

void Ui::page(const char* id, ImVec2 at, ImVec2 size) {
    // Where nothing scrolls the bar's room stays free, so that nothing moves when one comes; a narrow window cannot spare it.
    ImGuiStorage* kept = ImGui::GetStateStorage();
    const ImGuiID scrolls = ImGui::GetID((std::string(id) + ".scrolls").c_str());
    if (!narrow() && !kept->GetBool(scrolls)) size.x -= ImGui::GetStyle().ScrollbarSize;
    ImGui::SetCursorPos(at);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(narrow() ? 14 : 28), px(narrow() ? 12 : 22)});
    ImGui::BeginChild(id, size, ImGuiChildFlags_AlwaysUseWindowPadding, ImGuiWindowFlags_NavFlattened);
    ImGui::PopStyleVar();
    if (ImGui::IsWindowAppearing()) {
        // The keys have lost the item that they were at; without a highlight, Tab begins with the first one (NavUpdateCreateTabbingRequest).
        ImGui::SetWindowFocus();
        if (ImGui::GetCurrentContext()->NavId == 0) ImGui::GetCurrentContext()->NavDisableHighlight = true;
    }
    kept->SetBool(scrolls, ImGui::GetScrollMaxY() > 0);
}

void Ui::end_page() { ImGui::EndChild(); }

}  // namespace tefter::kiosk
