#include "kiosk/view/ui.hpp"

namespace tefter::kiosk {

namespace {

std::string amount(const Ui& ui, std::size_t bytes) {
    if (bytes < 1024) return ui.t("send.bytes", {std::to_string(bytes)});
    if (bytes < 1024 * 1024) return ui.t("send.kilobytes", {ui.t.number(static_cast<double>(bytes) / 1024, 1)});
    return ui.t("send.megabytes", {ui.t.number(static_cast<double>(bytes) / (1024 * 1024), 1)});
}

void state_card(Ui& ui) {
    Desk& desk = *ui.kiosk.desk;
    const SyncState& sync = desk.syncing();
    const std::string today = local_day(ui.kiosk.now_ms());
    ui.begin_card("state");
    ui.line(ui.fonts.huge, desk.unsent() > 0 ? ui.theme.warn : ui.theme.good, std::to_string(desk.unsent()));
    ui.line(ui.fonts.body, ui.theme.muted, ui.t(desk.unsent() > 0 ? "send.wait" : "send.nothing_waits"));
    ui.gap(8);
    if (sync.running) {
        ui.line(ui.fonts.strong, ui.theme.text, ui.t("send.running"));
        ui.line(ui.fonts.body, ui.theme.muted,
                ui.t("send.progress", {amount(ui, sync.report.bytes_sent), amount(ui, sync.report.bytes_received),
                                       std::to_string(sync.report.changesets_received)}));
        if (ui.button("cancel", icon::close, ui.t("cancel"), Ui::Weight::normal, ui.px(260), 52)) desk.cancel_sync();
    } else {
        if (ui.button("sync", icon::send, ui.t("send.now"), Ui::Weight::primary, ui.px(260), 52)) desk.sync();
        if (!sync.problem.empty()) {
            ui.gap(4);
            ui.notice(icon::warning, sync.problem, ui.theme.bad, ui.theme.bad_soft);
        } else if (sync.report.round_trips > 0) {
            ui.gap(4);
            const bool same = sync.report.identical();
            ui.notice(icon::check,
                      ui.t(same ? "send.identical" : "send.done",
                           {std::to_string(sync.report.changesets_sent), std::to_string(sync.report.changesets_received)}),
                      ui.theme.good, ui.theme.good_soft);
        } else if (sync.ever) {
            ui.line(ui.fonts.body, ui.theme.muted, ui.t("send.last", {ui.t.moment(sync.ended_ms, today)}));
        }
    }
    ui.end_card();
}

}  // namespace

void draw_send(Ui& ui) {
    ui.header(ui.t("nav.send"), ui.t("send.words"));
    state_card(ui);
    const SendModel& model = ui.kiosk.sending;
    if (model.history.empty()) return;
    const std::string today = local_day(ui.kiosk.now_ms());
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("send.history"));
    ui.begin_card("history");
    for (const SyncLine& line : model.history) {
        ui.line(ui.fonts.strong, ui.theme.text,
                ui.t.moment(line.at_ms, today) + "   " + (line.identical ? std::string(icon::check) + " " + ui.t("send.same") : ""));
        ui.line(ui.fonts.small, ui.theme.muted,
                ui.t("send.line",
                     {std::to_string(line.sent), std::to_string(line.received), amount(ui, static_cast<std::size_t>(line.bytes))}));
        if (!line.identical && line.sent + line.received == 0) ui.paragraph(ui.fonts.small, ui.theme.bad, line.outcome);
        ui.gap(4);
    }
    ui.end_card();
}

void draw_settings(Ui& ui) {
    Settings settings = ui.kiosk.settings;
    ui.header(ui.t("nav.settings"), "");
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
    ui.end_card();
    ui.begin_card("safety");
    ui.label(ui.t("settings.lock"));
    std::vector<Ui::Choice> minutes;
    for (const int one : {1, 5, 15, 60}) minutes.push_back({std::to_string(one), ui.t("settings.minutes", {std::to_string(one)})});
    chosen = std::to_string(settings.lock_minutes);
    if (ui.choices("lock", minutes, chosen)) settings.lock_minutes = std::stoi(chosen);
    ui.end_card();
    ui.begin_card("about");
    const Identity& identity = ui.kiosk.desk->identity();
    ui.line(ui.fonts.strong, ui.theme.text, "Tefter " TEFTER_VERSION);
    ui.paragraph(
        ui.fonts.small, ui.theme.muted,
        ui.t("settings.about", {identity.office, std::to_string(identity.device.value), std::to_string(ui.kiosk.catalog().number())}));
    ui.paragraph(ui.fonts.small, ui.theme.muted, ui.t("kosovo"));
    ui.end_card();
    ui.kiosk.change_settings(settings);
}

}  // namespace tefter::kiosk
