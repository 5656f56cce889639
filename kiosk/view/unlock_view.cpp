#include "kiosk/view/ui.hpp"
#include "schema/domain/passphrase.hpp"

namespace tefter::kiosk {

namespace {

/// The code may come in a file, on a stick.
void invitations(Ui& ui) {
    StickModel& stick = ui.kiosk.stick;
    if (ui.button("file", icon::stick, ui.t("unlock.file"), Ui::Weight::quiet)) ui.kiosk.look_for_sticks();
    if (!stick.looked) return;
    bool any = false;
    for (const Medium& medium : stick.media) {
        for (const MediumFile& file : medium.invitations) {
            any = true;
            ImGui::PushID(file.path.c_str());
            const bool pressed = ui.begin_row("invitation", 48);
            ui.line(ui.fonts.body, ui.theme.accent, file.name, ImGui::GetContentRegionAvail().x - ui.px(20));
            ui.end_row();
            ImGui::PopID();
            if (pressed) ui.kiosk.take_invitation(file.path);
        }
    }
    if (!any) ui.paragraph(ui.fonts.small, ui.theme.warn, ui.t("unlock.no_file"));
}

void first_start(Ui& ui, UnlockModel& model) {
    ui.header(ui.t("unlock.first.title"), "");
    ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t("unlock.first.words"));
    ui.gap(6);
    if (ImGui::IsWindowAppearing()) ui.focus_next_field();
    const bool scanned = ui.field("code", ui.t("unlock.code"), model.code, {}, ImGuiInputTextFlags_EnterReturnsTrue, 0, "TEFTER1-…");
    invitations(ui);
    if (scanned) ui.focus_next_field();  // a scanner ends with Enter
    ui.field("passphrase", ui.t("unlock.new_passphrase"), model.passphrase, {}, ImGuiInputTextFlags_Password);
    ui.strength(strength_of(model.passphrase), ImGui::GetContentRegionAvail().x);
    ui.gap(4);
    const bool entered =
        ui.field("again", ui.t("unlock.again"), model.again, {}, ImGuiInputTextFlags_Password | ImGuiInputTextFlags_EnterReturnsTrue);
    ui.paragraph(ui.fonts.small, ui.theme.muted, ui.t("unlock.forgotten"));
    ui.gap(6);
    const bool busy = model.state != UnlockModel::State::ready;
    ImGui::BeginDisabled(busy || model.code.empty());
    const bool pressed = ui.button("enrol", icon::check, ui.t(busy ? "unlock.enrolling" : "unlock.enrol"), Ui::Weight::primary,
                                   ImGui::GetContentRegionAvail().x, 52);
    ImGui::EndDisabled();
    if ((pressed || entered) && !busy) ui.kiosk.enrol();
}

/// Who it is: chosen where there are several.
void officer(Ui& ui, const std::vector<std::string>& names, std::size_t& chosen) {
    if (names.size() > 1) {
        std::vector<Ui::Choice> choices;
        for (const std::string& name : names) choices.push_back({name, name});
        std::string now = names[std::min(chosen, names.size() - 1)];
        if (ui.choices("names", choices, now))
            chosen = static_cast<std::size_t>(std::find(names.begin(), names.end(), now) - names.begin());
    } else if (!names.empty()) {
        ui.line(ui.fonts.strong, ui.theme.text, names.front());
    }
}

void known_device(Ui& ui, UnlockModel& model) {
    ui.header(ui.t("unlock.title"), "");
    officer(ui, model.names, model.chosen);
    ui.gap(4);
    const std::int64_t wait_ms = ui.kiosk.patience.wait_until_ms() - ui.kiosk.now_ms();
    const bool busy = model.state != UnlockModel::State::ready || wait_ms > 0;
    if (!busy && std::exchange(model.ask, false)) ui.focus_next_field();
    const bool entered = ui.field("passphrase", ui.t("unlock.passphrase"), model.passphrase, {},
                                  ImGuiInputTextFlags_Password | ImGuiInputTextFlags_EnterReturnsTrue);
    ui.gap(6);
    ImGui::BeginDisabled(busy);
    const bool calling = model.state == UnlockModel::State::calling_home;
    if (calling) ui.notice(icon::warning, ui.t("unlock.lease_over", {""}), ui.theme.warn, ui.theme.warn_soft);
    const std::string words = calling                                      ? ui.t("unlock.calling_home")
                              : model.state == UnlockModel::State::opening ? ui.t("unlock.opening")
                              : wait_ms > 0                                ? ui.t("unlock.wait", {std::to_string((wait_ms + 999) / 1000)})
                                                                           : ui.t("unlock.open");
    const bool pressed = ui.button("unlock", icon::lock, words, Ui::Weight::primary, ImGui::GetContentRegionAvail().x, 52);
    ImGui::EndDisabled();
    if ((pressed || entered) && !busy) ui.kiosk.unlock();
}

/// The replica that is here cannot go on; it begins anew with another code, and whoever can unlock it may give that.
void forked_device(Ui& ui, UnlockModel& model) {
    ui.header(ui.t("again.title"), "");
    ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t("again.words"));
    ui.gap(6);
    const std::int64_t wait_ms = ui.kiosk.patience.wait_until_ms() - ui.kiosk.now_ms();
    const bool busy = model.state != UnlockModel::State::ready || wait_ms > 0;
    const bool ask = !busy && std::exchange(model.ask, false);
    if (ask && model.code.empty()) ui.focus_next_field();
    const bool scanned = ui.field("code", ui.t("unlock.code"), model.code, {}, ImGuiInputTextFlags_EnterReturnsTrue, 0, "TEFTER1-…");
    invitations(ui);
    if (scanned || (ask && !model.code.empty())) ui.focus_next_field();
    const bool entered = ui.field("passphrase", ui.t("unlock.passphrase"), model.passphrase, {},
                                  ImGuiInputTextFlags_Password | ImGuiInputTextFlags_EnterReturnsTrue);
    ui.gap(6);
    ImGui::BeginDisabled(busy || model.code.empty());
    const std::string words =
        wait_ms > 0 ? ui.t("unlock.wait", {std::to_string((wait_ms + 999) / 1000)}) : ui.t(busy ? "unlock.enrolling" : "again.button");
    const bool pressed = ui.button("enrol_again", icon::check, words, Ui::Weight::primary, ImGui::GetContentRegionAvail().x, 52);
    ImGui::EndDisabled();
    const bool back = !busy && ui.button("back", nullptr, ui.t("cancel"), Ui::Weight::quiet, ImGui::GetContentRegionAvail().x);
    if (back) ui.kiosk.lock();
    else if ((pressed || entered) && !busy) ui.kiosk.enrol_again();
}

/// The program runs, and shows nothing until a PIN is given.
void covered(Ui& ui, CoverModel& model) {
    ui.header(ui.t("unlock.title"), "");
    officer(ui, model.names, model.chosen);
    ui.gap(4);
    if (!model.busy && std::exchange(model.ask, false)) ui.focus_next_field();
    const bool entered =
        ui.field("pin", ui.t("cover.pin"), model.typed, {}, ImGuiInputTextFlags_Password | ImGuiInputTextFlags_EnterReturnsTrue);
    ui.gap(6);
    ImGui::BeginDisabled(model.busy);
    const bool pressed = ui.button("uncover", icon::lock, ui.t(model.busy ? "unlock.opening" : "unlock.open"), Ui::Weight::primary,
                                   ImGui::GetContentRegionAvail().x, 52);
    ImGui::EndDisabled();
    const bool wholly = ui.button("wholly", nullptr, ui.t("cover.lock"), Ui::Weight::quiet, ImGui::GetContentRegionAvail().x);
    if (!model.problem.empty()) {
        ui.gap(6);
        ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    }
    if (wholly) ui.kiosk.lock();
    else if (pressed || entered) ui.kiosk.uncover();
}

}  // namespace

void draw_unlock(Ui& ui) {
    UnlockModel& model = ui.kiosk.unlocking;
    const ImVec2 size = ui.room();
    ImDrawList* list = ImGui::GetWindowDrawList();
    const bool wide = !ui.narrow();
    const float band = wide ? std::min(size.x * 0.4F, ui.px(520)) : 0;
    if (wide) {
        list->AddRectFilled({0, 0}, {band, size.y}, ui.theme.rail);
        const ImU32 white = IM_COL32(255, 255, 255, 255), pale = IM_COL32(178, 192, 214, 255);
        const float x = ui.px(56);
        list->AddText(ui.fonts.huge, ui.fonts.huge->FontSize, {x, size.y * 0.36F}, white, "Tefter");
        list->AddText(ui.fonts.body, ui.fonts.body->FontSize * 1.15F, {x, size.y * 0.36F + ui.px(62)}, pale, ui.t("unlock.claim"), nullptr,
                      band - 2 * x);
    }
    ui.page("unlock", {band, 0}, {size.x - band, size.y});
    const float room = ImGui::GetContentRegionAvail().x, width = std::min(room, ui.px(460));
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + (room - width) / 2);
    ImGui::BeginGroup();
    const float height = ui.px(model.first_start || model.enrols_again ? 690 : 600);
    if (size.y > height + ui.px(40)) ImGui::Dummy({0, (size.y - height) / 2});
    ImGui::PushItemWidth(width);
    ImGui::BeginChild("form", {width, 0}, ImGuiChildFlags_AutoResizeY, ImGuiWindowFlags_NavFlattened | ImGuiWindowFlags_NoScrollbar);
    if (!wide) ui.line(ui.fonts.huge, ui.theme.accent, "Tefter");
    if (ui.kiosk.covered()) covered(ui, ui.kiosk.covering);
    else if (model.first_start) first_start(ui, model);
    else if (model.enrols_again) forked_device(ui, model);
    else known_device(ui, model);
    if (!model.problem.empty()) {
        ui.gap(6);
        ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    }
    ui.gap(16);
    Settings settings = ui.kiosk.settings;
    ui.language_choices(settings.language);
    ui.toggle("keyboard", ui.t("settings.keyboard"), settings.keyboard);
    ui.kiosk.change_settings(settings);
    ImGui::EndChild();
    ImGui::PopItemWidth();
    ImGui::EndGroup();
    ui.end_page();
}

}  // namespace tefter::kiosk
