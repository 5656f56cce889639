#include "kiosk/view/ui.hpp"

namespace tefter::kiosk {

namespace {

std::string amount(const Ui& ui, std::size_t bytes) {
    if (bytes < 1024) return ui.t("send.bytes", {std::to_string(bytes)});
    if (bytes < 1024 * 1024) return ui.t("send.kilobytes", {ui.t.number(static_cast<double>(bytes) / 1024, 1)});
    if (bytes < 1024 * 1024 * 1024) return ui.t("send.megabytes", {ui.t.number(static_cast<double>(bytes) / (1024 * 1024), 1)});
    return ui.t("send.gigabytes", {ui.t.number(static_cast<double>(bytes) / (1024 * 1024 * 1024), 1)});
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
        if (sync.people > 0) ui.line(ui.fonts.body, ui.theme.muted, ui.t("send.people", {std::to_string(sync.people)}));
        ui.line(ui.fonts.body, ui.theme.muted,
                ui.t("send.progress", {amount(ui, sync.report.bytes_sent), amount(ui, sync.report.bytes_received),
                                       std::to_string(sync.report.changesets_received)}));
        if (ui.button("cancel", icon::close, ui.t("cancel"), Ui::Weight::normal, ui.px(260), 52)) desk.cancel_sync();
    } else {
        if (ui.button("sync", icon::send, ui.t("send.now"), Ui::Weight::primary, ui.px(260), 52)) desk.sync();
        if (!sync.problem.empty()) {
            ui.gap(4);
            ui.notice(icon::warning, sync.problem, ui.theme.bad, ui.theme.bad_soft);
            if (sync.estranged && ui.button("enrol_again", icon::refresh, ui.t("again.title"), Ui::Weight::normal, ui.px(260), 52)) {
                ui.end_card();
                return ui.kiosk.ask_to_enrol_again();
            }
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

/// What became of this device's changes when it began anew.
void again_card(Ui& ui, const EnrolledAgain& done) {
    ui.begin_card("again");
    ui.notice(icon::check, ui.t("again.done", {std::to_string(done.carried.changes)}), ui.theme.good, ui.theme.good_soft);
    for (const std::string& reason : done.carried.refused)
        ui.notice(icon::warning, ui.t("again.not", {reason}), ui.theme.warn, ui.theme.warn_soft);
    for (const std::string& sentence : done.carried.left)
        ui.notice(icon::warning, ui.t("again.left", {sentence}), ui.theme.warn, ui.theme.warn_soft);
    if (!done.kept_in.empty()) ui.paragraph(ui.fonts.small, ui.theme.muted, ui.t("again.kept", {done.kept_in}));
    ui.end_card();
}

void medium_rows(Ui& ui, StickModel& model) {
    for (std::size_t i = 0; i < model.media.size(); ++i) {
        const Medium& one = model.media[i];
        if (ui.begin_row(("medium" + std::to_string(i)).c_str(), 64, i == model.chosen)) model.chosen = i;
        ui.line(ui.fonts.strong, ui.theme.text, std::string(icon::stick) + "  " + one.name, ImGui::GetContentRegionAvail().x - ui.px(20));
        ui.line(ui.fonts.small, ui.theme.muted, ui.t("stick.free", {amount(ui, one.free_bytes)}),
                ImGui::GetContentRegionAvail().x - ui.px(20));
        ui.end_row();
    }
}

void stick_files(Ui& ui, StickModel& model) {
    const Medium* medium = model.medium();
    if (medium == nullptr) return;
    if (ui.button("write", icon::send, ui.t("stick.write"), Ui::Weight::primary, 0, 52)) {
        model.write_to(*ui.kiosk.desk, medium->path);
        return;
    }
    ui.gap(4);
    ui.label(ui.t(medium->bundles.empty() ? "stick.no_files" : "stick.files"));
    const std::string today = local_day(ui.kiosk.now_ms());
    for (const MediumFile& file : medium->bundles) {
        ImGui::PushID(file.name.c_str());
        const bool pressed = ui.begin_row("file", 64);
        ui.line(ui.fonts.body, ui.theme.text, file.name, ImGui::GetContentRegionAvail().x - ui.px(20));
        ui.line(ui.fonts.small, ui.theme.muted, ui.t.moment(file.at_ms, today) + "  ·  " + amount(ui, file.bytes),
                ImGui::GetContentRegionAvail().x - ui.px(20));
        ui.end_row();
        ImGui::PopID();
        if (pressed) return model.read_from(*ui.kiosk.desk, file.path);
    }
}

/// What runs, or how the last one ended.
void stick_work(Ui& ui, StickModel& model) {
    const StickModel::Progress& done = model.progress;
    const bool writing = (model.work != StickModel::Work::none ? model.work : model.last) == StickModel::Work::writing;
    const std::string figures =
        writing ? ui.t("stick.written", {std::to_string(done.changes), amount(ui, done.bytes)})
                : ui.t("stick.taken", {std::to_string(done.changes), std::to_string(done.people), amount(ui, done.bytes)});
    if (model.work != StickModel::Work::none) {
        ui.line(ui.fonts.strong, ui.theme.text, ui.t(writing ? "stick.writing" : "stick.reading"));
        ui.line(ui.fonts.small, ui.theme.muted, model.file);
        ui.paragraph(ui.fonts.body, ui.theme.muted, figures);
        if (ui.button("cancel_stick", icon::close, ui.t("cancel"), Ui::Weight::normal, ui.px(260), 52)) model.cancel();
    } else if (!model.problem.empty()) {
        ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    } else if (model.last != StickModel::Work::none) {
        ui.notice(icon::check, figures + "  " + ui.t(writing ? "stick.remove" : "stick.may_go"), ui.theme.good, ui.theme.good_soft);
        if (done.held > 0) ui.notice(icon::clock, ui.t("stick.held", {std::to_string(done.held)}), ui.theme.warn, ui.theme.warn_soft);
        if (done.refused > 0)
            ui.notice(icon::warning, ui.t("stick.refused", {std::to_string(done.refused)}), ui.theme.bad, ui.theme.bad_soft);
    }
}

void stick_card(Ui& ui) {
    StickModel& model = ui.kiosk.stick;
    ui.begin_card("stick");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("stick.title"));
    ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t("stick.words"));
    ui.gap(4);
    stick_work(ui, model);
    if (model.work == StickModel::Work::none) {
        if (model.looked && model.media.empty()) ui.notice(icon::stick, ui.t("stick.none"), ui.theme.warn, ui.theme.warn_soft);
        medium_rows(ui, model);
        stick_files(ui, model);
        ui.gap(4);
        if (ui.button("look", icon::refresh, ui.t(model.looked ? "stick.again" : "stick.look"))) ui.kiosk.look_for_sticks();
    }
    ui.end_card();
}

void history_card(Ui& ui, const std::vector<SyncLine>& history) {
    if (history.empty()) return;
    const std::string today = local_day(ui.kiosk.now_ms());
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("send.history"));
    ui.begin_card("history");
    for (const SyncLine& line : history) {
        const bool stick = line.how == by_stick;
        const std::string end = line.identical ? std::string(icon::check) + "  " + ui.t("send.same") : std::string();
        ui.line(ui.fonts.strong, ui.theme.text,
                std::string(stick ? icon::stick : icon::send) + "  " + ui.t.moment(line.at_ms, today) + "   " + end);
        ui.line(ui.fonts.small, ui.theme.muted,
                ui.t("send.line",
                     {std::to_string(line.sent), std::to_string(line.received), amount(ui, static_cast<std::size_t>(line.bytes))}));
        if (!line.identical && line.outcome != "done") ui.paragraph(ui.fonts.small, ui.theme.bad, line.outcome);
        ui.gap(4);
    }
    ui.end_card();
}

}  // namespace

void draw_send(Ui& ui) {
    ui.header(ui.t("nav.send"), ui.t("send.words"));
    if (ui.kiosk.enrolled_again) again_card(ui, *ui.kiosk.enrolled_again);
    state_card(ui);
    if (!ui.kiosk.desk) return;
    stick_card(ui);
    history_card(ui, ui.kiosk.sending.history);
}

}  // namespace tefter::kiosk
