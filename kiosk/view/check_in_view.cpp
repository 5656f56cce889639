#include "kiosk/view/activity_tabs.hpp"
#include "kiosk/view/signature.hpp"

namespace tefter::kiosk {

namespace {

/// A person as one of those who can be checked in.
void person_row(Ui& ui, ActivityModel& model, const PersonLine& person) {
    const Participant* known = model.find(person.id);
    const Mark mark = known != nullptr ? model.mark_at(*known, model.session) : Mark::none;
    const bool here = mark == Mark::present || mark == Mark::late;
    const bool pressed = ui.begin_row(std::to_string(person.id).c_str(), 64);
    const float width = ImGui::GetContentRegionAvail().x - ui.px(170);
    ui.line(ui.fonts.strong, ui.theme.text, person.name(), width);
    ui.line(ui.fonts.small, ui.theme.muted, person.known_by(), width);
    if (here) ui.chip_at_end(std::string(icon::check) + " " + ui.t("door.here"), ui.theme.good, ui.theme.good_soft);
    else if (known == nullptr) ui.chip_at_end(ui.t("door.not_on_list"), ui.theme.warn, ui.theme.warn_soft);
    else ui.chip_at_end(ui.t("door.on_list"), ui.theme.muted, ui.theme.page);
    ui.end_row();
    if (pressed && !here) model.check_in(*ui.kiosk.desk, person, false);
}

void who(Ui& ui, ActivityModel& model) {
    std::vector<Ui::Choice> sessions;
    for (const SessionLine& session : model.sessions) {
        sessions.push_back({std::to_string(session.number), ui.t("grid.session", {std::to_string(session.number)}) +
                                                                (session.date.empty() ? "" : "  ·  " + ui.t.day_and_month(session.date))});
    }
    if (sessions.size() > 1 && sessions.size() <= 8) {
        std::string chosen = std::to_string(model.session);
        if (ui.choices("session", sessions, chosen)) model.session = std::stoll(chosen);
        ui.gap(2);
    } else if (sessions.size() > 8) {
        ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x);
        const std::string now = ui.t("grid.session", {std::to_string(model.session)});
        if (ImGui::BeginCombo("##session", now.c_str(), ImGuiComboFlags_HeightLarge)) {
            for (const Ui::Choice& one : sessions) {
                if (ImGui::Selectable(one.words.c_str(), one.value == std::to_string(model.session), 0, {0, ui.px(40)}))
                    model.session = std::stoll(one.value);
            }
            ImGui::EndCombo();
        }
    }
    ImGui::PushFont(ui.fonts.title);
    // A scanner types wherever one is: after every tap the keyboard comes back here. Keys that move the focus may move it.
    const bool popup = ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel);
    if (model.wants_focus && !popup && !ImGui::IsAnyItemActive()) ui.focus_next_field();
    const bool entered = ui.search_field("who", model.typed, ui.t("door.who"));
    ImGui::PopFont();
    if (ImGui::IsItemActive()) model.wants_focus = false;
    if (ImGui::IsMouseReleased(ImGuiMouseButton_Left)) model.wants_focus = true;
    if (entered) model.enter(*ui.kiosk.desk);
    model.search(ui.kiosk.people);
    ui.gap(2);
    ui.begin_card("found");
    if (!model.typed.empty()) {
        for (const PersonLine* person : model.found) person_row(ui, model, *person);
        if (model.found.empty()) ui.nothing(icon::search, ui.t("nothing.found"), ui.t("door.nobody"));
        if (ui.button("new", icon::add_person, ui.t("door.new"), Ui::Weight::quiet, 0, 48)) {
            const std::string typed = model.typed;
            ui.kiosk.new_person();
            ui.kiosk.person.enrol_in = model.code;
            ui.kiosk.person.check_in_to = model.session;
            if (ui.kiosk.person.form == PersonForm{}) {
                const std::size_t space = typed.find(' ');
                ui.kiosk.person.form.family = typed.substr(0, space);
                if (space != std::string::npos) ui.kiosk.person.form.given = typed.substr(space + 1);
            }
            model.typed.clear();
        }
    } else {
        ui.label(ui.t("door.missing"));
        std::size_t shown = 0;
        for (const Participant& one : model.people) {
            const PersonLine* line = ui.kiosk.people ? ui.kiosk.people->find(one.person) : nullptr;
            if (line == nullptr || model.mark_at(one, model.session) != Mark::none) continue;
            person_row(ui, model, *line);
            ++shown;
        }
        if (shown == 0) ui.nothing(icon::check, ui.t("door.all_here"), ui.t("door.all_here.words"));
    }
    ui.end_card();
}

void arrived(Ui& ui, ActivityModel& model) {
    ui.begin_card("counter");
    ui.label(ui.t("grid.session", {std::to_string(model.session)}));
    ui.line(ui.fonts.huge, ui.theme.good, std::to_string(model.here()) + " / " + std::to_string(model.people.size()));
    ui.bar(model.people.empty() ? 0 : static_cast<float>(model.here()) / static_cast<float>(model.people.size()),
           ImGui::GetContentRegionAvail().x, ui.theme.good);
    ui.end_card();
    if (!model.problem.empty()) ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    ui.begin_card("arrivals");
    ui.label(ui.t("door.recent"));
    if (model.arrivals.empty()) ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t("door.recent.none"));
    for (std::size_t i = 0; i < model.arrivals.size(); ++i) {
        const Arrival& arrival = model.arrivals[i];
        ImGui::PushID(static_cast<int>(i));
        const float width = ImGui::GetContentRegionAvail().x - ui.px(52);
        ImGui::BeginGroup();
        ui.line(ui.fonts.strong, ui.theme.text, arrival.name, width);
        ui.line(ui.fonts.small, arrival.durable ? ui.theme.good : ui.theme.muted,
                std::string(arrival.durable ? icon::check : icon::clock) + " " + arrival.at, width);
        ImGui::EndGroup();
        ImGui::SameLine(width + ui.px(8) + ImGui::GetCursorStartPos().x);
        const bool undone = ui.icon_button("undo", icon::undo, ui.t("undo"));
        ImGui::PopID();
        if (undone) {
            model.undo(*ui.kiosk.desk, i);
            break;
        }
    }
    ui.end_card();
    Settings changed = ui.kiosk.settings;
    if (ui.toggle("signs", ui.t("door.signs"), changed.signs)) ui.kiosk.change_settings(changed);
}

/// A question over the door, until it is answered.
bool begin_question(Ui& ui, const char* id, float width) {
    ImGui::OpenPopup(id);
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({size.x / 2, size.y / 2}, 0, {0.5F, 0.5F});
    ImGui::SetNextWindowSize({std::min(size.x - ui.px(24), ui.px(width)), 0});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {ui.px(22), ui.px(20)});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, ui.px(14));
    const bool open = ImGui::BeginPopupModal(id, nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_AlwaysAutoResize);
    if (!open) ImGui::PopStyleVar(2);
    return open;
}

void end_question() {
    ImGui::EndPopup();
    ImGui::PopStyleVar(2);
}

void ask_to_sign(Ui& ui, ActivityModel& model) {
    if (model.signing.person == 0 || !begin_question(ui, "sign", 510)) return;
    const PersonLine* person = ui.kiosk.people ? ui.kiosk.people->find(model.signing.person) : nullptr;
    ui.line(ui.fonts.title, ui.theme.text, person != nullptr ? person->name() : "");
    signature_pad(ui, model.signing.strokes);
    ui.gap(4);
    const bool fresh = ImGui::IsWindowAppearing();  // the Enter that brought it here answers nothing
    const bool done = ui.button("done", icon::check, ui.t("door.signed"), Ui::Weight::primary, 0, 56) ||
                      (!fresh && ImGui::IsKeyPressed(ImGuiKey_Enter, false));
    ImGui::SameLine();
    const bool no = ui.button("no", nullptr, ui.t("cancel"), Ui::Weight::normal, 0, 56) || ImGui::IsKeyPressed(ImGuiKey_Escape, false);
    if (done) model.sign(*ui.kiosk.desk);
    else if (no) model.signing = {};
    if (done || no) ImGui::CloseCurrentPopup();
    end_question();
}

void ask_about_unlisted(Ui& ui, ActivityModel& model) {
    if (model.unlisted == 0 || !begin_question(ui, "unlisted", 480)) return;
    const PersonLine* person = ui.kiosk.people ? ui.kiosk.people->find(model.unlisted) : nullptr;
    ui.line(ui.fonts.title, ui.theme.text, person != nullptr ? person->name() : "");
    ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t("door.unlisted"));
    ui.gap(8);
    const bool fresh = ImGui::IsWindowAppearing();  // the Enter that brought it here answers nothing
    const bool yes = ui.button("add", icon::check, ui.t("door.add"), Ui::Weight::primary, 0, 48) ||
                     (!fresh && ImGui::IsKeyPressed(ImGuiKey_Enter, false));
    ImGui::SameLine();
    const bool no = ui.button("no", nullptr, ui.t("cancel"), Ui::Weight::normal, 0, 48) || ImGui::IsKeyPressed(ImGuiKey_Escape, false);
    if (yes && person != nullptr) model.check_in(*ui.kiosk.desk, *person, false, true);
    if (no) model.unlisted = 0;
    if (yes || no) ImGui::CloseCurrentPopup();
    end_question();
}

}  // namespace

void draw_check_in(Ui& ui) {
    ActivityModel& model = ui.kiosk.activity;
    draw_activity_top(ui, model, true);
    if (!model.loaded) return;
    const float room = ImGui::GetContentRegionAvail().x, side = ui.px(320);
    if (ui.narrow()) {
        who(ui, model);
        arrived(ui, model);
    } else {
        const float height = ImGui::GetContentRegionAvail().y;
        ImGui::BeginChild("left", {room - side - ui.px(20), height}, 0, ImGuiWindowFlags_NavFlattened);
        who(ui, model);
        ImGui::EndChild();
        ImGui::SameLine(0, ui.px(20));
        ImGui::BeginChild("right", {side, height}, 0, ImGuiWindowFlags_NavFlattened);
        arrived(ui, model);
        ImGui::EndChild();
    }
    ask_about_unlisted(ui, model);
    ask_to_sign(ui, model);
}

}  // namespace tefter::kiosk
