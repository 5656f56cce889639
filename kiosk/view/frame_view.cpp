// The window: the rail (below, where the window is narrow), and the screen that is open.

#include "kiosk/view/keyboard_view.hpp"

namespace tefter::kiosk {

namespace {

struct Place {
    Screen screen;
    const char *id, *icon, *words;
};
constexpr Place places[] = {{Screen::today, "today", icon::home, "nav.today"},
                            {Screen::activities, "activities", icon::calendar, "nav.activities"},
                            {Screen::people, "people", icon::people, "nav.people"},
                            {Screen::registers, "registers", icon::book, "nav.registers"},
                            {Screen::review, "review", icon::balance, "nav.review"},
                            {Screen::send, "send", icon::send, "nav.send"},
                            {Screen::settings, "settings", icon::settings, "nav.settings"}};

Screen top_of(Screen screen) {
    switch (screen) {
        case Screen::activity:
        case Screen::activity_form:
        case Screen::enrolment:
        case Screen::questionnaire:
        case Screen::course:
        case Screen::internship:
        case Screen::study_tour:
        case Screen::check_in: return Screen::activities;
        case Screen::dashboard: return Screen::today;
        case Screen::person: return Screen::people;
        case Screen::register_list:
        case Screen::row:
        case Screen::row_form: return Screen::registers;
        default: return screen;
    }
}

/// An icon above a word, on the dark rail.
bool rail_button(Ui& ui, const Place& place, ImVec2 size, bool on) {
    ImGui::PushID(place.id);
    const bool pressed = ImGui::InvisibleButton("place", size);
    ImGui::PopID();
    const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImU32 ink = on ? IM_COL32(255, 255, 255, 255) : IM_COL32(178, 192, 214, 255);
    if (on || ImGui::IsItemHovered() || ImGui::IsItemFocused()) {
        list->AddRectFilled({from.x + ui.px(6), from.y + ui.px(4)}, {to.x - ui.px(6), to.y - ui.px(4)},
                            IM_COL32(255, 255, 255, on ? 36 : 16), ui.px(10));
    }
    const auto centred = [&](ImFont* font, const char* words, float y) {
        const float width = font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, words).x;
        if (width > size.x) ui.cut.push_back(words);
        list->AddText(font, font->FontSize, {from.x + (size.x - width) / 2, from.y + y}, ink, words);
    };
    centred(ui.fonts.strong, place.icon, size.y / 2 - ui.px(24));
    centred(ui.fonts.small, ui.t(place.words), size.y / 2 + ui.px(4));
    ui.focus_ring(ui.px(10));
    const bool waits =
        (place.screen == Screen::send && ui.kiosk.desk->unsent() > 0) || (place.screen == Screen::review && !ui.kiosk.review.items.empty());
    if (waits) {
        list->AddCircleFilled({from.x + size.x / 2 + ui.px(18), from.y + size.y / 2 - ui.px(22)}, ui.px(5), IM_COL32(255, 196, 77, 255),
                              16);
    }
    return pressed;
}

void draw_rail(Ui& ui, ImVec2 at, ImVec2 size, bool upright) {
    ImGui::SetCursorPos(at);
    ImGui::PushStyleColor(ImGuiCol_ChildBg, ui.theme.rail);
    ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, 0);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
    ImGui::BeginChild("rail", size, 0, ImGuiWindowFlags_NavFlattened | ImGuiWindowFlags_NoScrollbar);
    const float count = static_cast<float>(std::size(places)) + (upright ? 1 : 0);  // lying, it has no room for the registers
    const ImVec2 each = upright ? ImVec2(size.x, std::min(ui.px(78), size.y / count)) : ImVec2(size.x / count, size.y);
    if (upright) ImGui::Dummy({0, ui.px(10)});
    for (const Place& place : places) {
        if (!upright && place.screen == Screen::registers) continue;  // Today leads there
        if (!upright && &place != &places[0]) ImGui::SameLine(0, 0);
        if (rail_button(ui, place, each, top_of(ui.kiosk.screen) == place.screen)) ui.kiosk.go(place.screen);
    }
    if (upright) ImGui::SetCursorPosY(size.y - each.y - ui.px(6));
    else ImGui::SameLine(0, 0);
    if (rail_button(ui, {Screen::unlock, "lock", icon::lock, "nav.lock"}, each, false)) ui.kiosk.cover();
    ImGui::EndChild();
    ImGui::PopStyleVar(2);
    ImGui::PopStyleColor();
}

/// The rail without a mouse: Ctrl and the number of a place, Alt and Left back, Ctrl and L locks. Settings tells them.
void take_shortcuts(Kiosk& kiosk) {
    const ImGuiIO& io = ImGui::GetIO();
    for (std::size_t i = 0; io.KeyCtrl && i < std::size(places); ++i) {
        if (ImGui::IsKeyPressed(static_cast<ImGuiKey>(ImGuiKey_1 + static_cast<int>(i)), false)) kiosk.go(places[i].screen);
    }
    if (io.KeyAlt && ImGui::IsKeyPressed(ImGuiKey_LeftArrow, false)) kiosk.back();
    if (io.KeyCtrl && ImGui::IsKeyPressed(ImGuiKey_L, false)) kiosk.cover();
}

void draw_screen(Ui& ui) {
    switch (ui.kiosk.screen) {
        case Screen::unlock: return;
        case Screen::today: return draw_today(ui);
        case Screen::activities: return draw_activities(ui);
        case Screen::activity: return draw_activity(ui);
        case Screen::activity_form: return draw_activity_form(ui);
        case Screen::dashboard: return draw_dashboard(ui);
        case Screen::enrolment: return draw_enrolment(ui);
        case Screen::questionnaire: return draw_questionnaire(ui);
        case Screen::check_in: return draw_check_in(ui);
        case Screen::course: return draw_course(ui);
        case Screen::internship: return draw_internship(ui);
        case Screen::study_tour: return draw_study_tour(ui);
        case Screen::people: return draw_people(ui);
        case Screen::person: return draw_person(ui);
        case Screen::registers: return draw_registers(ui);
        case Screen::register_list: return draw_register_list(ui);
        case Screen::row: return draw_row(ui);
        case Screen::row_form: return draw_row_form(ui);
        case Screen::review: return draw_review(ui);
        case Screen::send: return draw_send(ui);
        case Screen::settings: return draw_settings(ui);
    }
}

}  // namespace

void draw(Ui& ui) {
    const std::vector<PlacedKey> keys = placed_keys(ui);
    ui.keyboard_height = take_touches(ui, keys);
    const ImVec2 size = ui.room();
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::PushFont(ui.fonts.body);
    ImGui::Begin("tefter", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoBackground);  // the frame was cleared in its colour
    const bool going_round = ui.kiosk.screen == Screen::questionnaire;                         // who has it in hand is no officer
    if (ui.kiosk.desk && !ui.kiosk.covered() && !going_round) take_shortcuts(ui.kiosk);
    if (!ui.kiosk.desk || ui.kiosk.covered()) {
        draw_unlock(ui);
    } else {
        const bool upright = !ui.narrow();
        const bool has_rail = !going_round && (upright || keys.empty());  // where there is little room, it is for what is typed
        const float rail = has_rail ? ui.px(upright ? 104 : 64) : 0;
        const ImVec2 screen_size = upright ? ImVec2(size.x - rail, size.y) : ImVec2(size.x, size.y - rail);
        const ImVec2 screen_at = upright ? ImVec2(rail, 0) : ImVec2(0, 0);
        const std::string id = "screen" + std::to_string(static_cast<int>(ui.kiosk.screen));
        ui.page(id.c_str(), screen_at, screen_size);
        draw_screen(ui);
        ui.end_page();
        if (ui.kiosk.desk && has_rail)
            draw_rail(ui, upright ? ImVec2(0, 0) : ImVec2(0, size.y - rail), upright ? ImVec2(rail, size.y) : ImVec2(size.x, rail),
                      upright);
    }
    draw_keyboard(ui, keys);
    ImGui::End();
    ImGui::PopFont();
}

}  // namespace tefter::kiosk
