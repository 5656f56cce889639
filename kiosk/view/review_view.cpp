#include "kiosk/view/ui.hpp"

namespace tefter::kiosk {

namespace {

/// A word for a name of the catalog, where there is one.
std::string words_for(const Ui& ui, const std::string& family, const std::string& name) {
    const std::string key = family + "." + name;
    if (ui.t.has(key)) return ui.t(key);
    std::string out = name;
    std::replace(out.begin(), out.end(), '_', ' ');
    return out;
}

std::string shown(const Ui& ui, const ReviewValue& value) {
    if (value.value.empty()) return "–";
    if (value.enumeration != nullptr) return words_for(ui, value.enumeration->name, value.value);
    return value.value;
}

/// Who wrote it and when, what it says, and the button that keeps it. True when it was pressed.
bool side_card(Ui& ui, const ReviewSide& side, const char* id, const std::string& action, Ui::Weight weight, float width) {
    ImGui::PushStyleColor(ImGuiCol_ChildBg, ui.theme.page);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {ui.px(14), ui.px(12)});
    ImGui::BeginChild(id, {width, 0}, ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_AlwaysUseWindowPadding,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NavFlattened);
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
    const std::string today = local_day(ui.kiosk.now_ms());
    ui.label(std::string(icon::place) + "  " + side.office + "  ·  " + ui.t.moment(side.at_ms, today));
    for (const ReviewValue& value : side.values) {
        if (value.value.empty() && !value.differs) continue;
        ui.label(words_for(ui, "column", value.column));
        ui.paragraph(value.differs ? ui.fonts.strong : ui.fonts.body, value.differs ? ui.theme.text : ui.theme.muted, shown(ui, value));
    }
    ui.gap(4);
    const bool pressed = ui.button("keep", icon::check, action, weight, ImGui::GetContentRegionAvail().x, 48);
    ImGui::EndChild();
    return pressed;
}

void values(Ui& ui, ReviewModel& model, std::size_t at) {
    const ReviewItem& item = model.items[at];
    const float room = ImGui::GetContentRegionAvail().x;
    const bool wide = room > ui.px(560) && item.sides.size() < 4;
    const float between = ui.px(14), count = static_cast<float>(item.sides.size());
    const float width = wide ? (room - between * (count - 1)) / count : room;
    for (std::size_t side = 0; side < item.sides.size(); ++side) {
        if (wide && side > 0) Ui::beside(between);
        if (side_card(ui, item.sides[side], std::to_string(side).c_str(), ui.t("review.keep"), Ui::Weight::normal, width)) {
            model.keep_side(*ui.kiosk.desk, at, side);
        }
    }
}

void deletion(Ui& ui, ReviewModel& model, std::size_t at) {
    const ReviewItem& item = model.items[at];
    const std::string today = local_day(ui.kiosk.now_ms());
    for (const ReviewSide& side : item.sides) {
        ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t("review.deleted", {side.office, ui.t.moment(side.at_ms, today)}));
    }
    if (ui.button("keep", icon::check, ui.t("review.keep_row"), Ui::Weight::primary, 0, 48)) model.keep_row(*ui.kiosk.desk, at);
    ImGui::SameLine();
    if (ui.button("delete", icon::close, ui.t("review.delete_row"), Ui::Weight::danger, 0, 48)) model.delete_row(*ui.kiosk.desk, at);
}

/// A value of his own, by the one who decides.
void third(Ui& ui, ReviewModel& model) {
    ui.gap(6);
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("review.third"));
    const float width = std::min(ImGui::GetContentRegionAvail().x, ui.px(460));
    for (ThirdValue::Field& field : model.third->fields) {
        const Column& column = *field.column;
        if (column.enumeration == nullptr) {
            ui.field(column.name.c_str(), words_for(ui, "column", column.name), field.typed, {}, 0, width);
            continue;
        }
        ui.label(words_for(ui, "column", column.name));
        std::vector<Ui::Choice> all;
        for (const Enumerator& value : column.enumeration->values)
            all.push_back({value.name, words_for(ui, column.enumeration->name, value.name)});
        ui.choices(column.name.c_str(), all, field.typed);
    }
    ui.gap(4);
    if (ui.button("save_third", icon::check, ui.t("save"), Ui::Weight::primary, 0, 48)) return model.keep_third(*ui.kiosk.desk);
    ImGui::SameLine();
    if (ui.button("cancel_third", nullptr, ui.t("cancel"), Ui::Weight::normal, 0, 48)) model.third.reset();
}

void item_card(Ui& ui, ReviewModel& model, std::size_t at) {
    const ReviewItem& item = model.items[at];
    ui.begin_card(("item" + std::to_string(at)).c_str());
    ui.label(words_for(ui, "table", item.conflict.table->name));
    ui.line(ui.fonts.title, ui.theme.text, item.subject);
    ui.gap(4);
    if (item.deleted()) {
        deletion(ui, model, at);
    } else {
        values(ui, model, at);
        if (model.third && model.third->item.same_as(item)) third(ui, model);
        else if (ui.button("third", icon::pencil, ui.t("review.type_third"), Ui::Weight::quiet, 0, 48)) model.type_third(at);
    }
    ui.end_card();
}

void held_card(Ui& ui, const std::vector<HeldBack>& held) {
    if (held.empty()) return;
    const char* why[] = {"held.order", "held.clock", "held.device", "held.rights", "held.scope", "held.value", "held.other"};
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("held.title"));
    ui.begin_card("held");
    for (const HeldBack& one : held) {
        const std::string office = one.office.empty() ? std::string(ui.t("held.unknown")) : one.office;
        ui.paragraph(ui.fonts.strong, ui.theme.text, std::string(one.waits ? icon::clock : icon::warning) + "  " + office);
        ui.paragraph(ui.fonts.body, ui.theme.text, ui.t(why[static_cast<int>(one.why)]));
        ui.paragraph(ui.fonts.small, ui.theme.muted, one.detail);
        ui.gap(6);
    }
    ui.end_card();
}

void draw_conflicts(Ui& ui, ReviewModel& model) {
    if (!model.loaded) return;
    for (std::size_t i = 0; i < model.items.size(); ++i) item_card(ui, model, i);
    held_card(ui, model.held);
    if (!model.items.empty() || !model.held.empty()) return;
    ui.begin_card("nothing");
    ui.nothing(icon::check, ui.t("review.nothing"), ui.t("review.nothing.words"));
    ui.end_card();
}

}  // namespace

void draw_review(Ui& ui) {
    ReviewModel& model = ui.kiosk.review;
    ui.header(ui.t("nav.review"), ui.t(model.people ? "same.words" : "review.words"));
    const Ui::Choice sides[] = {{"0", ui.t("review.values")}, {"1", ui.t("same.title")}};
    std::string side = model.people ? "1" : "0";
    if (ui.choices("sides", sides, side)) model.people = side == "1";
    ui.gap(8);
    if (!model.problem.empty()) ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    if (model.people) draw_same_people(ui);
    else draw_conflicts(ui, model);
}

}  // namespace tefter::kiosk
