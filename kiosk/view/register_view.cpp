// The registers: a shelf, a list, a row with what refers to it, and a form, whatever the table is.

#include <imgui_internal.h>

#include <algorithm>

#include "kiosk/view/ui.hpp"

namespace tefter::kiosk {

namespace {

constexpr std::size_t most_chips = 9, most_children = 8;

/// The way back and a title; a button at the right where it has words. True when that was pressed.
bool top(Ui& ui, const std::string& title, const std::string& below, const char* symbol, const std::string& action, bool able = true) {
    const float width = action.empty() ? 0 : ui.px(ui.narrow() ? 150 : 190);
    if (ui.icon_button("back", icon::back, ui.t("back"))) ui.kiosk.back();
    ImGui::SameLine();
    ImGui::BeginGroup();
    const float room = ImGui::GetContentRegionAvail().x - width - ui.px(16);
    ui.line(ui.fonts.title, ui.theme.text, title, room);
    if (!below.empty()) ui.line(ui.fonts.body, ui.theme.muted, below, room);
    ImGui::EndGroup();
    if (action.empty()) return false;
    ImGui::SameLine(ImGui::GetContentRegionMax().x - width);
    ImGui::BeginDisabled(!able);
    const bool pressed = ui.button("action", symbol, action, Ui::Weight::primary, width, 48);
    ImGui::EndDisabled();
    ui.gap(6);
    return pressed;
}

/// What a line says beside its title: the first cells that have something, and not what the title says already, as far as there is room.
std::string cells_in_a_line(const Ui& ui, const RowLine& line) {
    std::string out;
    const float room = ImGui::GetContentRegionAvail().x;
    for (const std::string& cell : line.cells) {
        if (cell.empty() || line.title.find(cell) != std::string::npos) continue;
        const std::size_t fits = out.size();
        out.append(out.empty() ? "" : "  ·  ").append(cell);
        if (ui.text_width(ui.fonts.small, out) <= room) continue;
        out.resize(fits);
        break;
    }
    return out;
}

bool row_line(Ui& ui, const RowLine& line, const Table& table) {
    const bool pressed = ui.begin_row(key_words(table, line.key).c_str(), 60);
    ui.line(ui.fonts.strong, ui.theme.text, line.title);
    ui.line(ui.fonts.small, ui.theme.muted, cells_in_a_line(ui, line));
    ui.end_row();
    return pressed;
}

void values_card(Ui& ui, const RegisterModel& model) {
    ui.begin_card("values");
    const float left = ui.px(ui.narrow() ? 0 : 220);
    for (std::size_t i = 0; i < model.row->cells.size(); ++i) {
        const RowCell& cell = model.row->cells[i];
        if (cell.text.empty() || cell.column->type == ColumnType::blob) continue;
        const float at = ImGui::GetCursorPosX();
        if (ui.narrow()) {
            ui.label(model.labels[i]);
        } else {
            ui.line(ui.fonts.body, ui.theme.muted, model.labels[i], left - ui.px(14));
            ImGui::SameLine(at + left);
        }
        ui.paragraph(ui.fonts.body, ui.theme.text, cell.text);
    }
    ui.end_card();
}

/// Rows that refer to this one, table by table, and a way to add one.
void children_cards(Ui& ui, const RegisterModel& model) {
    const Table* opened = nullptr;
    RowKey key;
    std::optional<Referrer> all;
    std::vector<const Referrer*> others;
    for (const Referrer& child : model.referrers) {
        const auto rows = std::find_if(model.row->children.begin(), model.row->children.end(), [&](const RowChildren& one) {
            return one.by.table == child.table && one.by.column == child.column;
        });
        const bool there = rows != model.row->children.end();
        const bool can_add = !child.table->area.empty() && RegisterModel::may_write(*ui.kiosk.desk, *child.table);
        if (!there && can_add && child.column->weak) others.push_back(&child);
        if (!there && (!can_add || child.column->weak)) continue;
        const std::string id = child.table->name + "." + child.column->name;
        ui.begin_card(id.c_str());
        const float add = ui.px(120);
        ui.line(ui.fonts.strong, ui.theme.text,
                tables_words(ui.t, *child.table) + (there ? "  ·  " + std::to_string(rows->list.total) : ""),
                ImGui::GetContentRegionAvail().x - add - ui.px(10));
        if (can_add) {
            ImGui::SameLine(ImGui::GetContentRegionMax().x - add);
            if (ui.button("add", icon::add, ui.t("registers.new"), Ui::Weight::quiet, add))
                ui.kiosk.new_row(*child.table, model.parent_by(*child.column));
        }
        for (std::size_t i = 0; there && i < std::min(most_children, rows->list.lines.size()); ++i) {
            if (!row_line(ui, rows->list.lines[i], *child.table)) continue;
            opened = child.table;
            key = rows->list.lines[i].key;
        }
        const bool more = there && rows->list.total > most_children;
        if (more && ui.button("all", icon::down, ui.t("registers.all"), Ui::Weight::quiet)) all = child;
        ui.end_card();
    }
    if (!others.empty()) {  // what may refer to it, and need not
        ui.begin_card("others");
        ui.label(ui.t("registers.add"));
        std::vector<Ui::Choice> choices;
        for (std::size_t i = 0; i < others.size(); ++i) choices.push_back({std::to_string(i), table_words(ui.t, *others[i]->table)});
        std::string chosen;
        if (ui.choices("others", choices, chosen)) {
            const Referrer& child = *others[std::stoul(chosen)];
            ui.kiosk.new_row(*child.table, model.parent_by(*child.column));
        }
        ui.end_card();
    }
    if (all) ui.kiosk.open_children(*all);
    if (opened != nullptr) ui.kiosk.open_row(*opened, key);
}

void files_card(Ui& ui, RegisterModel& model) {
    if (model.files.empty()) return;
    ui.begin_card("files");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("web.files"));
    const float save = ui.px(150);
    for (const Attachment& file : model.files) {
        ImGui::PushID(static_cast<int>(file.id & row_counter_mask));
        ui.line(ui.fonts.body, ui.theme.text,
                file.name + "  ·  " + ui.t("web.files.size", {ui.t.number(static_cast<double>(file.size) / 1024, 0)}),
                ImGui::GetContentRegionAvail().x - save - ui.px(10));
        ImGui::SameLine(ImGui::GetContentRegionMax().x - save);
        ImGui::BeginDisabled(ui.kiosk.desk->fetching() || ui.kiosk.desk->syncing().running);
        if (ui.button("save", icon::document, ui.t("save"), Ui::Weight::quiet, save))
            model.save_file(*ui.kiosk.desk, file, ui.kiosk.documents.folder);
        ImGui::EndDisabled();
        ImGui::PopID();
    }
    if (!model.file_saved.empty()) ui.notice(icon::check, model.file_saved, ui.theme.good, ui.theme.good_soft);
    ui.end_card();
}

void changes_card(Ui& ui, const RegisterModel& model) {
    if (model.steps.empty()) return;
    ui.begin_card("changes");
    ui.label(ui.t("registers.changes"));
    const std::string today = local_day(ui.kiosk.now_ms());
    for (const auto& [at, office] : model.steps)
        ui.line(ui.fonts.body, ui.theme.text, ui.t("registers.by", {ui.t.moment(at, today), office.empty() ? "–" : office}));
    ui.end_card();
}

void deletion(Ui& ui, RegisterModel& model) {
    if (!model.deleting) {
        model.deleting = ui.button("delete", nullptr, ui.t("web.form.delete"), Ui::Weight::quiet);
        return;
    }
    ui.paragraph(ui.fonts.body, ui.theme.text, ui.t("web.form.delete.words"));
    if (ui.button("delete", nullptr, ui.t("web.form.delete"), Ui::Weight::danger)) model.remove(*ui.kiosk.desk);
    Ui::beside(ui.px(10));
    if (ui.button("keep", nullptr, ui.t("cancel"), Ui::Weight::quiet)) model.deleting = false;
}

/// Chips where they are few, a list that opens where they are many. What is chosen can be taken back.
void pick(Ui& ui, const std::vector<Ui::Choice>& all, std::string& typed) {
    if (all.size() <= most_chips) {
        std::string chosen = typed;
        if (ui.choices("choices", all, chosen)) typed = chosen == typed ? "" : chosen;
        return;
    }
    const auto now = std::find_if(all.begin(), all.end(), [&](const Ui::Choice& one) { return one.value == typed; });
    ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x);
    if (!ImGui::BeginCombo("##choices", now == all.end() ? "–" : now->words.c_str(), ImGuiComboFlags_HeightLarge)) return;
    if (ImGui::Selectable("–", typed.empty(), 0, {0, ui.px(40)})) typed.clear();
    for (const Ui::Choice& one : all) {
        if (ImGui::Selectable(one.words.c_str(), one.value == typed, 0, {0, ui.px(40)})) typed = one.value;
    }
    ImGui::EndCombo();
}

void set_toggles(Ui& ui, RowField& field) {
    for (const Ui::Choice& one : ui.enumerators(field.column->enumeration->name.c_str())) {
        bool in = field.has(one.value);
        if (ui.toggle(one.value.c_str(), one.words, in)) field.put(one.value, in);
    }
}

/// A few letters, and the row that they mean.
void reference(Ui& ui, RegisterModel& model, std::size_t at) {
    RowField& field = model.form.fields[at];
    if (!field.typed.empty()) {
        const float width = ImGui::GetContentRegionAvail().x - ui.px(60);
        ui.line(ui.fonts.strong, ui.theme.text, field.chosen.empty() ? field.typed : field.chosen, width);
        ImGui::SameLine(width + ui.px(8) + ImGui::GetCursorStartPos().x);
        if (ui.icon_button("away", icon::close, ui.t("registers.take_away"))) {
            field.typed.clear();
            field.chosen.clear();
        }
        return;
    }
    ui.field("search", "", field.search, {}, 0, 0, ui.t("registers.find"));
    if (field.search.empty() || model.form.found_for != at) return;
    std::optional<RowChoice> chosen;
    for (const RowChoice& one : model.form.found) {
        if (ui.begin_row(one.key.c_str(), 44)) chosen = one;
        ui.line(ui.fonts.body, ui.theme.text, one.words);
        ui.end_row();
    }
    if (model.form.found.empty()) ui.line(ui.fonts.small, ui.theme.muted, ui.t("nothing.found"));
    if (chosen) model.choose(field, *chosen);
}

const char* hint_of(const Column& column) {
    if (column.type == ColumnType::date) return "16.3.2026";
    return column.type == ColumnType::time ? "2026-03-16 08:30" : "";
}

void field_of(Ui& ui, RegisterModel& model, std::size_t at) {
    RowField& field = model.form.fields[at];
    const Column& column = *field.column;
    ImGui::PushID(column.name.c_str());
    const std::string unit = is_money(column) ? ", EUR" : column.unit.empty() ? "" : ", " + column.unit;
    const std::string label = field.label + unit + (column.required || field.group == nullptr ? " *" : "");
    std::vector<Ui::Choice> choices;
    for (const RowChoice& one : field.choices) choices.push_back({one.key, one.words});
    if (column.type == ColumnType::enumeration) choices = ui.enumerators(column.enumeration->name.c_str());
    if (column.type == ColumnType::boolean) choices = {{"1", ui.t("register.yes")}, {"0", ui.t("register.no")}};
    const bool is_set = column.type == ColumnType::set && column.enumeration != nullptr;
    if (!choices.empty() || is_set || column.type == ColumnType::reference) {
        ui.line(ui.fonts.small, field.fault.empty() ? ui.theme.muted : ui.theme.bad, label);
        if (is_set) set_toggles(ui, field);
        else if (!choices.empty()) pick(ui, choices, field.typed);
        else reference(ui, model, at);
        if (!field.fault.empty()) ui.line(ui.fonts.small, ui.theme.bad, field.fault);
    } else {
        const bool number = column.type == ColumnType::integer || column.type == ColumnType::real;
        const ImGuiInputTextFlags flags = column.multiline ? ImGuiInputTextFlags_Multiline : number ? ImGuiInputTextFlags_CharsDecimal : 0;
        const bool may_be_today = column.type == ColumnType::date && !column.personal;
        const float today = may_be_today ? ui.px(44) + ui.text_width(ui.fonts.strong, ui.t("nav.today")) : 0;
        ui.field("value", label, field.typed, field.fault, flags, may_be_today ? ImGui::GetContentRegionAvail().x - today - ui.px(10) : 0,
                 hint_of(column));
        if (may_be_today) {
            Ui::beside(ui.px(10));
            ImGui::SetCursorPosY(ImGui::GetCursorPosY() + ui.fonts.small->FontSize + ImGui::GetStyle().ItemSpacing.y);
            if (ui.button("today", nullptr, ui.t("nav.today"), Ui::Weight::quiet, today)) field.typed = local_day(ui.kiosk.now_ms());
        }
    }
    ui.gap(4);
    ImGui::PopID();
}

/// The table that was chosen; null: none.
const Table* area_card(Ui& ui, const ShelfArea& area, float width) {
    const Table* chosen = nullptr;
    ui.begin_card(area.words.c_str(), width);
    ui.line(ui.fonts.strong, ui.theme.text, area.words);
    for (const ShelfLine& line : area.lines) {
        if (ui.begin_row(line.table->name.c_str(), 40)) chosen = line.table;
        const float room = ImGui::GetContentRegionAvail().x - ui.px(10);
        const std::string rows = ui.t.number(static_cast<double>(line.rows), 0);
        const float number = ui.text_width(ui.fonts.body, rows);
        ui.line(ui.fonts.body, ui.theme.text, line.words, room - number - ui.px(10));
        ImGui::SameLine(room - number);  // from where the row begins
        ui.text(ui.fonts.body, ui.theme.muted, rows);
        ui.end_row();
    }
    ui.end_card();
    return chosen;
}

}  // namespace

void draw_registers(Ui& ui) {
    ui.header(ui.t("nav.registers"), ui.t("web.registers.words"));
    const float room = ImGui::GetContentRegionAvail().x, between = ui.px(18);
    const std::size_t count = ui.narrow() ? 1 : 2;
    const float width = (room - between * static_cast<float>(count - 1)) / static_cast<float>(count);
    // Each area goes where there is less so far.
    std::vector<std::vector<const ShelfArea*>> columns(count);
    std::vector<std::size_t> heights(count);
    for (const ShelfArea& area : ui.kiosk.registers.shelf) {
        const auto at = static_cast<std::size_t>(std::min_element(heights.begin(), heights.end()) - heights.begin());
        columns[at].push_back(&area);
        heights[at] += area.lines.size() + 1;
    }
    const Table* chosen = nullptr;
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) Ui::beside(between);
        ImGui::BeginGroup();
        for (const ShelfArea* area : columns[i]) {
            if (const Table* one = area_card(ui, *area, width)) chosen = one;
        }
        ImGui::EndGroup();
    }
    if (chosen != nullptr) ui.kiosk.open_register(*chosen);
}

void draw_register_list(Ui& ui) {
    RegisterModel& model = ui.kiosk.registers;
    if (model.at.table == nullptr) return ui.kiosk.back();
    const Table& table = *model.at.table;
    const bool can_add = RegisterModel::may_write(*ui.kiosk.desk, table);
    const std::string count = !model.listed ? std::string()
                              : model.list.lines.size() < model.list.total
                                  ? ui.t("registers.of", {ui.t.number(static_cast<double>(model.list.lines.size()), 0),
                                                          ui.t.number(static_cast<double>(model.list.total), 0)})
                                  : ui.t.number(static_cast<double>(model.list.total), 0);
    const std::string below = !model.at.parent ? count : model.at.parent->title + "  ·  " + count;
    if (top(ui, tables_words(ui.t, table), below, icon::add, can_add ? ui.t("registers.new") : ""))
        return ui.kiosk.new_row(table, model.at.parent);
    if (ImGui::IsWindowAppearing()) ui.focus_next_field();
    ui.field("search", "", model.at.typed, {}, 0, 0, ui.t("registers.search"));
    ui.gap(4);
    if (!model.listed) return;
    ui.begin_card("list");
    if (model.list.lines.empty()) {
        const bool searched = !model.at.typed.empty();
        ui.nothing(searched ? icon::search : icon::book, ui.t(searched ? "nothing.found" : "registers.empty"),
                   ui.t(searched ? "people.none" : "registers.empty.words"));
    }
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(model.list.lines.size()), ui.px(60) + ui.px(1) + ImGui::GetStyle().ItemSpacing.y);
    std::optional<RowKey> chosen;
    while (clipper.Step()) {
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
            const RowLine& line = model.list.lines[static_cast<std::size_t>(i)];
            if (row_line(ui, line, table)) chosen = line.key;
        }
    }
    ui.end_card();
    if (chosen) ui.kiosk.open_row(table, *chosen);
}

void draw_row(Ui& ui) {
    RegisterModel& model = ui.kiosk.registers;
    if (model.at.row_table == nullptr) return ui.kiosk.back();
    const bool can_edit = model.row.has_value() && RegisterModel::may_write(*ui.kiosk.desk, *model.at.row_table);
    if (top(ui, model.row ? model.row->title : "", table_words(ui.t, *model.at.row_table), icon::pencil,
            can_edit ? ui.t("registers.edit") : ""))
        return ui.kiosk.edit_row();
    if (!model.row_loaded) return;
    if (!model.row) return ui.nothing(icon::book, ui.t("registers.gone"), ui.t("registers.gone.words"));
    if (!model.row_problem.empty()) ui.notice(icon::warning, model.row_problem, ui.theme.bad, ui.theme.bad_soft);
    values_card(ui, model);
    files_card(ui, model);
    children_cards(ui, model);
    changes_card(ui, model);
    if (can_edit) deletion(ui, model);
}

void draw_row_form(Ui& ui) {
    RegisterModel& model = ui.kiosk.registers;
    RowForm& form = model.form;
    if (form.table == nullptr) return ui.kiosk.back();
    if (form.saved) {
        form.saved = false;
        return ui.kiosk.row_saved();
    }
    const std::string name = table_words(ui.t, *form.table);
    const bool able = form.loaded && !form.saving && (form.fresh() || form.changed());
    const bool pressed =
        top(ui, form.fresh() ? name : form.title, form.fresh() ? ui.t("registers.new") : name, icon::check, ui.t("save"), able);
    if (able && (pressed || (ImGui::GetIO().KeyCtrl && ImGui::IsKeyPressed(ImGuiKey_S, false))))
        model.save(*ui.kiosk.desk, ui.kiosk.settings.language);
    if (!form.problem.empty()) ui.notice(icon::warning, form.problem, ui.theme.bad, ui.theme.bad_soft);
    if (!form.loaded) return;
    ui.begin_card("fields", std::min(ImGui::GetContentRegionAvail().x, ui.px(760)));
    if (form.scopes.size() > 1) {
        ui.line(ui.fonts.small, ui.theme.muted, ui.t("register.scope") + std::string(" *"));
        std::vector<Ui::Choice> scopes;
        for (const RowChoice& one : form.scopes) scopes.push_back({one.key, one.words});
        ui.choices("scope", scopes, form.scope);
        ui.gap(4);
    }
    for (std::size_t i = 0; i < form.fields.size(); ++i) field_of(ui, model, i);
    ui.end_card();
    if (form.changed() && ui.button("discard", icon::close, ui.t("cancel"), Ui::Weight::quiet)) ui.kiosk.discard_row();
}

}  // namespace tefter::kiosk
