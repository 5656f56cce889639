#include <imgui_internal.h>
#include "kiosk/view/activity_tabs.hpp"

#include "schema/domain/names.hpp"

namespace tefter::kiosk {

namespace {

struct MarkLook {
    const char* key;
    ImU32 ink, soft;
};

MarkLook look_of(const Ui& ui, Mark mark) {
    switch (mark) {
        case Mark::present: return {"mark.present", ui.theme.good, ui.theme.good_soft};
        case Mark::late: return {"mark.late", ui.theme.warn, ui.theme.warn_soft};
        case Mark::excused: return {"mark.excused", ui.theme.accent, ui.theme.accent_soft};
        case Mark::absent: return {"mark.absent", ui.theme.bad, ui.theme.bad_soft};
        default: return {"mark.none", ui.theme.muted, ui.theme.page};
    }
}

void tools(Ui& ui, ActivityModel& model) {
    std::vector<Ui::Choice> all;
    for (const Mark mark : {Mark::present, Mark::late, Mark::excused, Mark::absent, Mark::none}) {
        all.push_back({std::to_string(static_cast<int>(mark)),
                       std::string(ui.t(std::string(look_of(ui, mark).key) + ".letter")) + "  " + ui.t(look_of(ui, mark).key)});
    }
    std::string chosen = std::to_string(static_cast<int>(model.tool));
    if (ui.choices("tool", all, chosen)) model.tool = static_cast<Mark>(std::stoi(chosen));
    ImGui::Dummy({0, 0});
}

/// The mark of the key that was struck: its letter in the language, on a Latin or a Cyrillic keyboard, or Delete for none.
std::optional<Mark> struck_mark(const Ui& ui) {
    if (ImGui::IsKeyPressed(ImGuiKey_Delete, false)) return Mark::none;
    for (const ImWchar letter : ImGui::GetIO().InputQueueCharacters) {
        char typed[5];
        ImTextCharToUtf8(typed, letter);
        for (const Mark mark : {Mark::present, Mark::late, Mark::excused, Mark::absent}) {
            if (name_key(typed) == name_key(ui.t(std::string(look_of(ui, mark).key) + ".letter"))) return mark;
        }
    }
    return std::nullopt;
}

/// One tap writes the chosen mark, a letter on the keyboard its own; a second tap takes it away.
void cell(Ui& ui, ActivityModel& model, const Participant& person, std::size_t at) {
    const Mark mark = person.marks[at];
    const MarkLook look = look_of(ui, mark);
    ImGui::PushID(static_cast<int>(at));
    const float width = ImGui::GetContentRegionAvail().x, height = ui.px(38);
    if (model.next == Cell{person.person, model.sessions[at].number}) {
        ImGui::SetKeyboardFocusHere();
        model.next = {};
    }
    const bool pressed = ImGui::InvisibleButton("mark", {std::max(width, 1.0F), height});
    const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(from, to, ImGui::IsItemHovered() ? ui.theme.line : look.soft, ui.px(6));
    if (mark != Mark::none) {
        const char* letter = ui.t(std::string(look.key) + ".letter");
        const float size = ui.fonts.strong->CalcTextSizeA(ui.fonts.strong->FontSize, FLT_MAX, 0, letter).x;
        list->AddText(ui.fonts.strong, ui.fonts.strong->FontSize,
                      {(from.x + to.x - size) / 2, from.y + (height - ui.fonts.strong->FontSize) / 2}, look.ink, letter);
    }
    if (ImGui::IsItemFocused()) list->AddRect(from, to, ui.theme.accent, ui.px(6), 0, ui.px(2));
    const std::int64_t session = model.sessions[at].number;
    if (pressed) model.set_mark(*ui.kiosk.desk, person.person, session, mark == model.tool ? Mark::none : model.tool);
    if (ImGui::IsItemFocused()) {
        const auto row = static_cast<std::size_t>(&person - model.people.data());
        if (const std::optional<Mark> struck = struck_mark(ui)) model.strike_mark(*ui.kiosk.desk, row, session, *struck);
    }
    ImGui::PopID();
}

/// In the middle of what is left of a cell of the grid.
void centred(Ui& ui, ImFont* font, ImU32 ink, const std::string& words, float height) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x;
    ImGui::GetWindowDrawList()->AddText(font, font->FontSize,
                                        {at.x + (room - ui.text_width(font, words)) / 2, at.y + (ui.px(height) - font->FontSize) / 2}, ink,
                                        words.c_str());
    ImGui::Dummy({room, ui.px(height)});
}

void column_head(Ui& ui, ActivityModel& model, std::size_t at) {
    const SessionLine& session = model.sessions[at];
    ImGui::PushID(static_cast<int>(at));
    const std::string words = std::to_string(session.number);
    if (ui.button("head", nullptr, words, Ui::Weight::quiet, ImGui::GetContentRegionAvail().x)) ImGui::OpenPopup("column");
    centred(ui, ui.fonts.small, session.here > 0 ? ui.theme.good : ui.theme.muted, std::to_string(session.here), 18);
    if (ImGui::BeginPopup("column")) {
        ImGui::Dummy({ui.px(240), ui.px(6)});
        ImGui::Indent(ui.px(10));
        ui.line(ui.fonts.strong, ui.theme.text, ui.t("grid.session", {words}));
        if (!session.date.empty()) ui.label(ui.t.date(session.date));
        for (const std::string& known : {session.subject, session.trainer, session.place}) {
            if (!known.empty()) ui.label(known);
        }
        if (ui.button("all", icon::check, ui.t("grid.all", {ui.t(look_of(ui, Mark::present).key)}), Ui::Weight::primary)) {
            model.mark_all(*ui.kiosk.desk, session.number, Mark::present);
            ImGui::CloseCurrentPopup();
        }
        if (ui.button("rest", icon::close, ui.t("grid.all", {ui.t(look_of(ui, Mark::absent).key)}))) {
            model.mark_all(*ui.kiosk.desk, session.number, Mark::absent);
            ImGui::CloseCurrentPopup();
        }
        if (ui.button("edit", icon::pencil, ui.t("grid.edit"))) {
            ImGui::CloseCurrentPopup();
            ui.kiosk.open_whole_row(ui.kiosk.catalog().table("session"), {OwnedValue(model.code), OwnedValue(session.number)});
        }
        ImGui::Unindent(ui.px(10));
        ImGui::Dummy({0, ui.px(6)});
        ImGui::EndPopup();
    }
    ImGui::PopID();
}

void grid(Ui& ui, ActivityModel& model) {
    const int columns = static_cast<int>(model.sessions.size()) + 2;  // the name, and how many sessions the person attended
    if (columns < 3 || columns > 500) return;
    const float name = ui.px(ui.narrow() ? 170 : 300);
    const float height = std::max(ui.px(260), ImGui::GetContentRegionAvail().y - ui.px(8));
    ImGui::PushStyleColor(ImGuiCol_ChildBg, ui.theme.card);
    if (ImGui::BeginTable("grid", columns,
                          ImGuiTableFlags_ScrollX | ImGuiTableFlags_ScrollY | ImGuiTableFlags_RowBg | ImGuiTableFlags_BordersInnerH,
                          {0, height})) {
        ImGui::TableSetupScrollFreeze(1, 1);
        ImGui::TableSetupColumn("person", ImGuiTableColumnFlags_WidthFixed, name);
        for (const SessionLine& session : model.sessions) {
            ImGui::TableSetupColumn(std::to_string(session.number).c_str(), ImGuiTableColumnFlags_WidthFixed, ui.px(48));
        }
        ImGui::TableSetupColumn("sum", ImGuiTableColumnFlags_WidthFixed, ui.px(52));
        ImGui::TableNextRow(ImGuiTableRowFlags_Headers);
        ImGui::TableNextColumn();
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() + ui.px(10));
        ui.label(ui.t("grid.people", {std::to_string(model.people.size())}));
        for (std::size_t i = 0; i < model.sessions.size(); ++i) {
            ImGui::TableNextColumn();
            column_head(ui, model, i);
        }
        ImGui::TableNextColumn();
        centred(ui, ui.fonts.small, ui.theme.muted, icon::check, 44);
        ImGuiListClipper clipper;
        clipper.Begin(static_cast<int>(model.people.size()), ui.px(46));
        while (clipper.Step()) {
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
                const Participant& person = model.people[static_cast<std::size_t>(i)];
                ImGui::PushID(static_cast<const void*>(&person));
                ImGui::TableNextRow(0, ui.px(46));
                ImGui::TableNextColumn();
                if (ui.begin_row("person", 40)) ui.kiosk.open_person(person.person);
                ui.line(ui.fonts.strong, ui.theme.text, person.name(), name - ui.px(20));
                ImGui::EndGroup();
                ImGui::PopID();
                for (std::size_t at = 0; at < model.sessions.size(); ++at) {
                    ImGui::TableNextColumn();
                    cell(ui, model, person, at);
                }
                ImGui::TableNextColumn();
                centred(ui, ui.fonts.strong, person.attended * 5 >= model.sessions.size() * 4 ? ui.theme.good : ui.theme.muted,
                        std::to_string(person.attended), 38);
                ImGui::PopID();
            }
        }
        ImGui::EndTable();
    }
    ImGui::PopStyleColor();
}

}  // namespace

void draw_grid(Ui& ui) {
    ActivityModel& model = ui.kiosk.activity;
    if (!model.problem.empty()) ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    if (model.people.empty()) {
        ui.begin_card("empty");
        ui.nothing(icon::people, ui.t("activity.nobody"), ui.t("activity.nobody.words"));
        ui.end_card();
        return;
    }
    tools(ui, model);
    grid(ui, model);
}

}  // namespace tefter::kiosk
