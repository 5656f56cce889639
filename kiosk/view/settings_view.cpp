#include "kiosk/model/diagnostics.hpp"
#include "kiosk/view/ui.hpp"
#include "schema/domain/passphrase.hpp"

namespace tefter::kiosk {

namespace {

void look_card(Ui& ui, Settings& settings) {
    ui.begin_card("look");
    ui.label(ui.t("settings.language"));
    ui.language_choices(settings.language);
    ui.gap(6);
    ui.label(ui.t("settings.look"));
    const Ui::Choice looks[] = {{"0", ui.t("settings.light")}, {"1", ui.t("settings.dark")}, {"2", ui.t("settings.contrast")}};
    std::string chosen = std::to_string(static_cast<int>(settings.look));
    if (ui.choices("looks", looks, chosen)) settings.look = static_cast<Look>(std::stoi(chosen));
    ui.gap(6);
    ui.label(ui.t("settings.size"));
    const Ui::Choice sizes[] = {{"0.9", ui.t("settings.small")},
                                {"1.0", ui.t("settings.medium")},
                                {"1.2", ui.t("settings.large")},
                                {"1.45", ui.t("settings.huge")}};
    char now[8];
    std::snprintf(now, sizeof now, settings.text_size == 1.45 ? "%.2f" : "%.1f", settings.text_size);
    chosen = now;
    if (ui.choices("sizes", sizes, chosen)) settings.text_size = std::stod(chosen);
    ui.gap(6);
    ui.toggle("keyboard", ui.t("settings.keyboard"), settings.keyboard);
    ui.end_card();
}

std::string said(Ui& ui, const OfficersModel& model) {
    switch (model.outcome) {
        case OfficersModel::Outcome::wrong: return ui.t("officers.wrong");
        case OfficersModel::Outcome::short_one: return ui.t("unlock.short");
        case OfficersModel::Outcome::easy: return ui.t("unlock.easy");
        case OfficersModel::Outcome::differ: return ui.t(model.form == OfficersModel::Form::pin ? "officers.pin.differ" : "unlock.differ");
        case OfficersModel::Outcome::no_pin: return ui.t("officers.pin.digits");
        case OfficersModel::Outcome::nameless: return ui.t("officers.nameless");
        case OfficersModel::Outcome::taken: return ui.t("officers.taken");
        case OfficersModel::Outcome::failed: return model.problem;
        default: return {};
    }
}

void officer_form(Ui& ui, OfficersModel& model) {
    using Form = OfficersModel::Form;
    const std::int64_t wait_ms = ui.kiosk.patience.wait_until_ms() - ui.kiosk.now_ms();
    const bool busy = model.outcome == OfficersModel::Outcome::busy || wait_ms > 0;
    ui.gap(8);
    const char* titles[] = {"", "officers.add", "officers.change", "officers.remove", "officers.pin"};
    ui.line(ui.fonts.strong, ui.theme.text,
            ui.t(titles[static_cast<int>(model.form)]) + (model.form == Form::remove ? ": " + model.name : ""));
    const float width = std::min(ImGui::GetContentRegionAvail().x, ui.px(460));
    if (model.form == Form::add) ui.field("name", ui.t("officers.name"), model.name, {}, 0, width);
    if (model.form == Form::pin) {
        ui.paragraph(ui.fonts.small, ui.theme.muted, ui.t("officers.pin.words"));
        std::vector<Ui::Choice> names;
        for (const std::string& name : model.names) names.push_back({name, name});
        if (names.size() > 1) ui.choices("whose", names, model.name);
    }
    ui.field("own", ui.t("officers.own", {model.owner(ui.kiosk.officer)}), model.own, {}, ImGuiInputTextFlags_Password, width);
    if (model.form != Form::remove) {
        ui.field("fresh", ui.t(model.form == Form::pin ? "officers.pin.new" : "unlock.new_passphrase"), model.fresh, {},
                 ImGuiInputTextFlags_Password, width);
        if (model.form != Form::pin) ui.strength(strength_of(model.fresh, {model.holder(ui.kiosk.officer)}), width);
        ui.field("again", ui.t("unlock.again"), model.again, {}, ImGuiInputTextFlags_Password, width);
    }
    if (const std::string words = said(ui, model); !words.empty()) ui.notice(icon::warning, words, ui.theme.bad, ui.theme.bad_soft);
    ui.gap(4);
    ImGui::BeginDisabled(busy);
    const std::string wait = wait_ms > 0 ? ui.t("unlock.wait", {std::to_string((wait_ms + 999) / 1000)}) : std::string();
    const bool removing = model.form == Form::remove;
    if (ui.button("save", removing ? icon::close : icon::check, !wait.empty() ? wait : ui.t(removing ? "officers.remove" : "save"),
                  removing ? Ui::Weight::danger : Ui::Weight::primary))
        ui.kiosk.save_officers();
    ImGui::EndDisabled();
    ImGui::SameLine();
    if (ui.button("cancel", nullptr, ui.t("cancel"))) model.begin(Form::none);
}

void officers_card(Ui& ui, Settings& settings) {
    OfficersModel& model = ui.kiosk.officers;
    using Form = OfficersModel::Form;
    ui.begin_card("officers");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("officers.title"));
    ui.paragraph(ui.fonts.small, ui.theme.muted, ui.t("officers.words"));
    for (const std::string& name : model.names) {
        const bool me = name == ui.kiosk.officer;
        ImGui::PushID(name.c_str());
        const float room = ImGui::GetContentRegionAvail().x;
        const float at = ImGui::GetCursorPosX();
        ImGui::AlignTextToFramePadding();
        ui.line(ui.fonts.body, ui.theme.text,
                std::string(icon::person) + "  " + name + (me ? "  ·  " + std::string(ui.t("officers.you")) : ""), room - ui.px(60));
        if (!me && model.form == Form::none) {
            ImGui::SameLine(at + room - ui.px(48));
            if (ui.icon_button("remove", icon::close, ui.t("officers.remove"))) model.begin(Form::remove, name);
        }
        ImGui::PopID();
    }
    if (model.form != Form::none) {
        officer_form(ui, model);
    } else {
        if (model.outcome == OfficersModel::Outcome::done) ui.notice(icon::check, ui.t("officers.done"), ui.theme.good, ui.theme.good_soft);
        if (ui.button("add", icon::add_person, ui.t("officers.add"))) model.begin(Form::add);
        const auto beside = [&ui](const char* words) {  // where there is room
            const float next = ui.fonts.strong->CalcTextSizeA(ui.fonts.strong->FontSize, FLT_MAX, 0, ui.t(words)).x + ui.px(70);
            if (ImGui::GetItemRectMax().x + next < ImGui::GetWindowPos().x + ImGui::GetWindowWidth()) ImGui::SameLine();
        };
        beside("officers.change");
        if (ui.button("change", icon::lock, ui.t("officers.change"))) model.begin(Form::change);
        beside("officers.pin");
        if (ui.button("pin", icon::lock, ui.t("officers.pin"))) model.begin(Form::pin, ui.kiosk.officer);
    }
    ui.gap(6);
    ui.label(ui.t("settings.lock"));
    std::vector<Ui::Choice> minutes;
    for (const int one : {1, 5, 15, 60}) minutes.push_back({std::to_string(one), ui.t("settings.minutes", {std::to_string(one)})});
    std::string chosen = std::to_string(settings.lock_minutes);
    if (ui.choices("lock", minutes, chosen)) settings.lock_minutes = std::stoi(chosen);
    ui.end_card();
}

void keys_card(Ui& ui) {
    ui.begin_card("keys");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("keys.title"));
    for (const auto& [keys, words] : {std::pair("Ctrl + 1 … 7", "keys.places"), std::pair("Alt + Left", "back"),
                                      std::pair("Ctrl + S", "save"), std::pair("Ctrl + L", "nav.lock"), std::pair("Tab", "keys.move")}) {
        ui.paragraph(ui.fonts.body, ui.theme.text, std::string(keys) + "   " + ui.t(words));
    }
    ui.end_card();
}

void scanner_card(Ui& ui) {
    ScannerTest& test = ui.kiosk.scanner;
    ui.begin_card("scanner");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("scanner.title"));
    ui.paragraph(ui.fonts.small, ui.theme.muted, ui.t("scanner.words"));
    const bool entered = ui.search_field("scan", test.typed, ui.t("scanner.here"));
    test.heard(ui.kiosk.now_ms(), entered);
    if (!test.sent.empty()) {
        ui.line(ui.fonts.strong, ui.theme.text, test.sent);
        ui.paragraph(ui.fonts.body, ui.theme.muted,
                     ui.t("scanner.took", {std::to_string(test.letters()), std::to_string(test.took_ms())}) + "  " +
                         ui.t(test.entered ? "scanner.enter" : "scanner.no_enter"));
    }
    ui.end_card();
}

void about_card(Ui& ui) {
    ui.begin_card("about");
    const Enrolled& enrolled = ui.kiosk.desk->enrolled();
    ui.line(ui.fonts.strong, ui.theme.text, "Tefter " TEFTER_VERSION);
    ui.paragraph(
        ui.fonts.small, ui.theme.muted,
        ui.t("settings.about", {enrolled.office, std::to_string(enrolled.device.value), std::to_string(ui.kiosk.catalog().number())}));
    std::string parts;
    for (const std::string& part : parts_of_tefter()) parts += (parts.empty() ? "" : "  ·  ") + part;
    ui.gap(4);
    ui.label(ui.t("about.parts"));
    ui.paragraph(ui.fonts.small, ui.theme.muted, parts);
    ui.gap(4);
    if (ui.button("diagnostics", icon::work, ui.t("about.diagnostics"))) ui.kiosk.save_diagnostics();
    if (ui.kiosk.diagnostics_at.empty()) ui.paragraph(ui.fonts.small, ui.theme.muted, ui.t("about.diagnostics.words"));
    else ui.paragraph(ui.fonts.small, ui.theme.good, ui.t("about.diagnostics.done", {ui.kiosk.diagnostics_at}));
    ui.gap(4);
    ui.paragraph(ui.fonts.small, ui.theme.muted, ui.t("kosovo"));
    ui.end_card();
}

}  // namespace

void draw_settings(Ui& ui) {
    Settings settings = ui.kiosk.settings;
    ui.header(ui.t("nav.settings"), "");
    look_card(ui, settings);
    officers_card(ui, settings);
    scanner_card(ui);
    keys_card(ui);
    about_card(ui);
    ui.kiosk.change_settings(settings);
}

}  // namespace tefter::kiosk
