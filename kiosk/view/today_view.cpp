#include "kiosk/view/ui.hpp"

namespace tefter::kiosk {

namespace {

const char* icon_of(const std::string& kind) {
    if (kind == "study_tour" || kind == "working_visit") return icon::travel;
    if (kind == "internship") return icon::work;
    if (kind == "legal_english") return icon::book;
    return icon::training;
}

std::string where_and_when(const Ui& ui, const ActivityLine& line) {
    return ui.t.period(line.starts_on, line.ends_on) + (line.place.empty() ? "" : "  ·  " + line.place);
}

/// A card of an activity that runs today.
void today_card(Ui& ui, const ActivityLine& line) {
    ui.begin_card(line.code.c_str());
    ui.label(std::string(icon_of(line.kind)) + "  " + ui.t("activity_kind." + line.kind) + "  ·  " + line.code);
    ui.line(ui.fonts.title, ui.theme.text, line.title);
    ui.line(ui.fonts.body, ui.theme.muted, where_and_when(ui, line));
    ui.gap(4);
    const float share = line.enrolled > 0 ? static_cast<float>(line.here) / static_cast<float>(line.enrolled) : 0;
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("today.here", {std::to_string(line.here), std::to_string(line.enrolled)}));
    ui.bar(share, ImGui::GetContentRegionAvail().x, ui.theme.good);
    ui.gap(6);
    if (ui.button("check-in", icon::check, ui.t("activity.check_in"), Ui::Weight::primary, 0, 48))
        ui.kiosk.open_activity(line.code, Screen::check_in);
    ImGui::SameLine();
    if (ui.button("grid", icon::grid, ui.t("activity.grid"), Ui::Weight::normal, 0, 48))
        ui.kiosk.open_activity(line.code, Screen::activity);
    ui.end_card();
}

void row(Ui& ui, const ActivityLine& line) {
    const bool pressed = ui.begin_row(line.code.c_str(), 68);
    const float width = ImGui::GetContentRegionAvail().x - ui.px(120);
    ui.line(ui.fonts.strong, ui.theme.text, line.title, width);
    ui.line(ui.fonts.small, ui.theme.muted,
            std::string(icon_of(line.kind)) + " " + ui.t("activity_kind." + line.kind) + "  ·  " + line.code + "  ·  " +
                where_and_when(ui, line),
            width);
    ui.chip_at_end(std::string(icon::people) + " " + std::to_string(line.enrolled), ui.theme.muted, ui.theme.page);
    ui.end_row();
    if (pressed) ui.kiosk.open_activity(line.code, Screen::activity);
}

void sync_strip(Ui& ui) {
    const Desk& desk = *ui.kiosk.desk;
    const SyncState& sync = desk.syncing();
    const std::string today = local_day(ui.kiosk.now_ms());
    std::string words = sync.running ? ui.t("send.running")
                        : !sync.ever ? ui.t("send.never")
                                     : ui.t("send.last", {ui.t.moment(sync.ended_ms, today)});
    if (desk.unsent() > 0) words = ui.t("send.unsent", {std::to_string(desk.unsent())}) + "  ·  " + words;
    const bool waits = desk.unsent() > 0;
    ui.notice(waits ? icon::clock : icon::check, words, waits ? ui.theme.warn : ui.theme.good,
              waits ? ui.theme.warn_soft : ui.theme.good_soft);
}

}  // namespace

void draw_today(Ui& ui) {
    const std::string today = local_day(ui.kiosk.now_ms());
    const ImVec2 corner = ImGui::GetCursorPos();
    const float figures = ui.px(ui.narrow() ? 56 : 190);
    ImGui::SetCursorPosX(ImGui::GetContentRegionMax().x - figures);
    if (ui.button("figures", icon::chart, ui.narrow() ? "" : ui.t("dashboard.title"), Ui::Weight::normal, figures))
        return ui.kiosk.go(Screen::dashboard);
    if (ui.narrow()) {  // the rail has no room for them there
        ImGui::SetCursorPos({ImGui::GetContentRegionMax().x - 2 * figures - ui.px(8), corner.y});
        if (ui.button("registers", icon::book, "", Ui::Weight::normal, figures)) return ui.kiosk.go(Screen::registers);
    }
    ImGui::SetCursorPos(corner);
    ui.header(ui.t.date(today), ui.kiosk.desk->enrolled().office);
    sync_strip(ui);
    ui.gap(8);
    const ActivitiesModel& model = ui.kiosk.activities;
    const auto now = model.on(today);
    const auto soon = model.soon(today);
    for (const ActivityLine* line : now) today_card(ui, *line);
    if (now.empty()) {
        ui.begin_card("nothing");
        ui.nothing(icon::calendar, ui.t("today.nothing"), ui.t("today.nothing.words"));
        ui.end_card();
    }
    if (!soon.empty()) {
        ui.gap(4);
        ui.line(ui.fonts.strong, ui.theme.text, ui.t("today.soon"));
        ui.begin_card("soon");
        for (const ActivityLine* line : soon) row(ui, *line);
        ui.end_card();
    }
    if (now.empty() && soon.empty() && !model.lines.empty()) {
        ui.line(ui.fonts.strong, ui.theme.text, ui.t("today.latest"));
        ui.begin_card("latest");
        for (std::size_t i = 0; i < std::min<std::size_t>(4, model.lines.size()); ++i) row(ui, model.lines[i]);
        ui.end_card();
    }
}

void draw_activities(Ui& ui) {
    ActivitiesModel& model = ui.kiosk.activities;
    ui.header(ui.t("nav.activities"), "");
    const float add = ui.px(220);
    ui.field("filter", "", model.filter, {}, 0, ui.narrow() ? 0 : ImGui::GetContentRegionAvail().x - add - ui.px(14),
             ui.t("activities.search"));
    if (!ui.narrow()) Ui::beside(ui.px(14));
    if (ui.button("new", icon::add, ui.t("activities.new"), Ui::Weight::primary, ui.narrow() ? ImGui::GetContentRegionAvail().x : add)) {
        return ui.kiosk.new_activity();
    }
    std::vector<Ui::Choice> kinds{{"", ui.t("activities.all")}};
    for (Ui::Choice& kind : ui.enumerators("activity_kind")) {
        const auto of_kind = [&](const ActivityLine& line) { return line.kind == kind.value; };
        if (std::any_of(model.lines.begin(), model.lines.end(), of_kind)) kinds.push_back(std::move(kind));
    }
    ui.choices("kinds", kinds, model.kind);
    ui.gap(4);
    ui.begin_card("list");
    const auto lines = model.filtered();
    for (const ActivityLine* line : lines) row(ui, *line);
    if (lines.empty()) ui.nothing(icon::search, ui.t("nothing.found"), ui.t("activities.none.words"));
    ui.end_card();
}

}  // namespace tefter::kiosk
