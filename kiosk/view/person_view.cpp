#include "kiosk/view/activity_tabs.hpp"
#include "kiosk/view/signature.hpp"

namespace tefter::kiosk {

namespace {

constexpr std::size_t most_listed = 200;

std::string fault_of(const Ui& ui, const PersonModel& model, const char* field) {
    const auto found = model.faults.find(field);
    return found == model.faults.end() ? std::string() : ui.t(found->second);
}

/// Two fields beside each other where there is room.
float half(const Ui& ui) {
    const float room = ImGui::GetContentRegionAvail().x;
    return room < ui.px(520) ? room : (room - ui.px(14)) / 2;
}
void next_half(const Ui& ui, float width) {
    if (width < ImGui::GetContentRegionAvail().x) Ui::beside(ui.px(14));
}

void name_card(Ui& ui, PersonModel& model) {
    PersonForm& form = model.form;
    ui.begin_card("name");
    const float width = half(ui);
    if (model.wants_focus) ui.focus_next_field();
    ui.field("family", ui.t("person.family") + std::string(" *"), form.family, fault_of(ui, model, "family"), 0, width);
    if (ImGui::IsItemActive()) model.wants_focus = false;
    next_half(ui, width);
    ui.field("given", ui.t("person.given") + std::string(" *"), form.given, fault_of(ui, model, "given"), 0, width);
    ui.gap(4);
    ui.label(ui.t("person.gender"));
    ui.choices("gender", ui.enumerators("gender"), form.gender);
    ui.gap(4);
    ui.label(ui.t("person.birth"));
    ui.date_fields(form.birth_day, form.birth_month, form.birth_year);
    const std::string fault = fault_of(ui, model, "birth");
    if (!fault.empty()) ui.line(ui.fonts.small, ui.theme.bad, fault);
    ui.end_card();
}

/// Typed, and while it is being typed those of the register are offered; what is not there stays as it is typed.
void institution(Ui& ui, PersonModel& model) {
    constexpr std::size_t most_offered = 5;
    PersonForm& form = model.form;
    std::string text = form.institution;
    ui.field("institution", ui.t("person.institution"), text);
    if (text != form.institution) form.type_institution(text);
    if (!form.institution_id.empty() || form.institution == model.stored.institution || !model.institutions) return;
    for (const InstitutionLine* line : model.institutions->search(form.institution, most_offered)) {
        const bool pressed = ui.begin_row(std::to_string(line->id).c_str(), 48);
        ui.line(ui.fonts.body, ui.theme.text, line->name + (line->place.empty() ? "" : "  ·  " + line->place),
                ImGui::GetContentRegionAvail().x);
        ui.end_row();
        if (pressed) form.choose(*line);
    }
}

/// Each language with its level; a tap on a language asks for the level, and the level that it has takes it away.
void spoken(Ui& ui, PersonModel& model) {
    PersonForm& form = model.form;
    ui.label(ui.t("column.languages"));
    std::vector<Ui::Choice> shown = ui.enumerators("language");
    const auto level_of = [&](const std::string& language) {
        const std::size_t at = (" " + form.spoken).find(" " + language + ":");
        return at == std::string::npos ? std::string() : form.spoken.substr(at + language.size() + 1, 2);
    };
    for (Ui::Choice& one : shown) {
        const std::string level = level_of(one.value);
        if (!level.empty()) one.words += "  " + level;
    }
    ui.choices("languages", shown, model.asked_level);
    if (model.asked_level.empty()) return;
    ui.gap(2);
    std::vector<Ui::Choice> levels;
    for (const Enumerator& one : ui.kiosk.catalog().enumerations().find("cefr_level")->second.values)
        levels.push_back({one.name, one.name});
    const std::string before = level_of(model.asked_level);
    std::string chosen = before;
    if (ui.choices("levels", levels, chosen)) {
        form.speak(model.asked_level, chosen == before ? "" : chosen);
        model.asked_level.clear();
    }
}

void work_card(Ui& ui, PersonModel& model) {
    PersonForm& form = model.form;
    ui.begin_card("work");
    institution(ui, model);
    ui.gap(4);
    ui.label(ui.t("person.category"));
    ui.choices("category", ui.enumerators("category"), form.category);
    ui.gap(4);
    ui.field("position", ui.t("person.position"), form.position);
    ui.end_card();
    ui.begin_card("contact");
    const float width = half(ui);
    ui.field("email", ui.t("person.email"), form.email, fault_of(ui, model, "email"), 0, width);
    next_half(ui, width);
    ui.field("telephone", ui.t("person.telephone"), form.telephone, {}, 0, width);
    ui.gap(4);
    ui.text_area("needs", ui.t("person.needs"), form.needs);
    ui.text_area("notes", ui.t("column.notes"), form.notes);
    ui.gap(4);
    spoken(ui, model);
    ui.end_card();
}

void consent_card(Ui& ui, PersonModel& model) {
    ui.begin_card("consent");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("person.consent"));
    if (model.consented) {
        ui.chip(std::string(icon::check) + " " + ui.t("person.consent.given"), ui.theme.good, ui.theme.good_soft);
        if (ui.button("withdraw", icon::close, ui.t("person.consent.withdraw"), Ui::Weight::quiet)) model.withdraw_consent(*ui.kiosk.desk);
    } else {
        const ConsentText* text = model.consent_text(ui.kiosk.settings.language);
        std::vector<Ui::Choice> languages = ui.enumerators("language");
        std::erase_if(languages, [&](const Ui::Choice& one) {
            return std::none_of(model.consents.begin(), model.consents.end(),
                                [&](const ConsentText& has) { return has.language == one.value; });
        });
        std::string chosen = text == nullptr ? std::string() : text->language;
        if (ui.choices("consent-language", languages, chosen)) model.consent_language = chosen;
        ui.gap(4);
        ui.paragraph(ui.fonts.body, ui.theme.muted, text == nullptr ? std::string() : text->words);
        ui.toggle("agrees", ui.t("person.consent.agrees"), model.form.consent);
        if (model.form.consent) signature_pad(ui, model.signature);
    }
    ui.end_card();
}

/// A person may have all that is known of him, as a file or on paper.
void own_data_card(Ui& ui, const PersonModel& model) {
    if (model.id == 0) return;
    Kiosk& kiosk = ui.kiosk;
    ui.begin_card("own-data");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("documents.own_data"));
    ui.paragraph(ui.fonts.body, ui.theme.muted, ui.t("documents.own_data.words"));
    draw_document_outcome(ui);
    ImGui::BeginDisabled(kiosk.documents.working);
    const bool file = ui.button("file", icon::document, ui.t("documents.file"));
    ImGui::SameLine();
    const bool paper = ui.button("print", icon::printer, ui.t("documents.print"));
    ImGui::EndDisabled();
    ui.end_card();
    if (file || paper)
        kiosk.documents.make(*kiosk.desk, Document::person_data, std::to_string(model.id), kiosk.settings.language,
                             file ? Target::file : Target::printer);
}

void history_card(Ui& ui, const PersonModel& model) {
    if (model.history.empty()) return;
    ui.begin_card("history");
    ui.line(ui.fonts.strong, ui.theme.text, ui.t("person.history"));
    for (const HistoryLine& line : model.history) {
        if (ui.begin_row(line.code.c_str(), 60)) {
            ui.end_row();
            ui.kiosk.open_activity(line.code, Screen::activity);
            break;
        }
        const float width = ImGui::GetContentRegionAvail().x - ui.px(90);
        ui.line(ui.fonts.strong, ui.theme.text, line.title, width);
        ui.line(ui.fonts.small, ui.theme.muted, line.code + "  ·  " + ui.t.date(line.starts_on), width);
        const bool most = line.sessions > 0 && line.attended * 10 >= line.sessions * 8;
        ui.chip_at_end(std::to_string(line.attended) + " / " + std::to_string(line.sessions), most ? ui.theme.good : ui.theme.muted,
                       most ? ui.theme.good_soft : ui.theme.page);
        ui.end_row();
    }
    ui.end_card();
}

/// Who it may be already. True when one of them was chosen.
bool likely_card(Ui& ui, PersonModel& model) {
    if (model.likely.empty()) return false;
    ui.begin_card("likely");
    ui.line(ui.fonts.strong, ui.theme.warn, std::string(icon::warning) + "  " + ui.t("person.likely"));
    const PersonLine* chosen = nullptr;
    for (const PersonLine* person : model.likely) {
        if (ui.begin_row(std::to_string(person->id).c_str(), 60)) chosen = person;
        ui.line(ui.fonts.strong, ui.theme.text, person->name());
        ui.line(ui.fonts.small, ui.theme.muted,
                std::string(person->institution) + (person->birth.empty() ? "" : "  ·  " + ui.t.date(std::string(person->birth))));
        ui.end_row();
    }
    ui.end_card();
    if (chosen == nullptr) return false;
    model.discard(*ui.kiosk.desk);
    if (!model.enrol_in.empty()) {
        ui.kiosk.back();
        ui.kiosk.activity.check_in(*ui.kiosk.desk, *chosen, false);
    } else {
        model.open(chosen->id);
    }
    return true;
}

}  // namespace

void draw_people(Ui& ui) {
    ui.header(ui.t("nav.people"),
              ui.kiosk.people ? ui.t("people.count", {ui.t.number(static_cast<double>(ui.kiosk.people->size()), 0)}) : "");
    const float add = ui.px(220);
    if (ImGui::IsWindowAppearing()) ui.focus_next_field();
    ui.field("search", "", ui.kiosk.people_typed, {}, 0, ui.narrow() ? 0 : ImGui::GetContentRegionAvail().x - add - ui.px(14),
             ui.t("people.search"));
    if (!ui.narrow()) Ui::beside(ui.px(14));
    if (ui.button("new", icon::add_person, ui.t("people.new"), Ui::Weight::primary, ui.narrow() ? ImGui::GetContentRegionAvail().x : add))
        return ui.kiosk.new_person();
    ui.gap(4);
    if (!ui.kiosk.people) return;
    ui.begin_card("list");
    const auto found =
        ui.kiosk.people_typed.empty() ? ui.kiosk.people->first(most_listed) : ui.kiosk.people->search(ui.kiosk.people_typed, most_listed);
    if (found.empty()) ui.nothing(icon::search, ui.t("nothing.found"), ui.t("people.none"));
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(found.size()), ui.px(60) + ui.px(1) + ImGui::GetStyle().ItemSpacing.y);
    std::int64_t chosen = 0;
    while (clipper.Step()) {
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
            const PersonLine& person = *found[static_cast<std::size_t>(i)];
            if (ui.begin_row(std::to_string(person.id).c_str(), 60)) chosen = person.id;
            ui.line(ui.fonts.strong, ui.theme.text, person.name());
            ui.line(ui.fonts.small, ui.theme.muted, person.known_by());
            ui.end_row();
        }
    }
    ui.end_card();
    if (chosen != 0) ui.kiosk.open_person(chosen);
}

void draw_person(Ui& ui) {
    PersonModel& model = ui.kiosk.person;
    if (model.saved != 0) {  // durable: back to where it came from
        model.saved = 0;
        return ui.kiosk.back();
    }
    if (ui.icon_button("back", icon::back, ui.t("back"))) return ui.kiosk.back();
    ImGui::SameLine();
    ImGui::BeginGroup();
    const float save = ui.px(190);
    ui.line(ui.fonts.title, ui.theme.text, model.id == 0 ? ui.t("person.new") : model.stored.family + " " + model.stored.given,
            ImGui::GetContentRegionAvail().x - save - ui.px(16));
    ui.line(ui.fonts.body, ui.theme.muted, model.id == 0 ? ui.t("person.new.words") : model.stored.institution,
            ImGui::GetContentRegionAvail().x - save - ui.px(16));
    ImGui::EndGroup();
    ImGui::SameLine(ImGui::GetContentRegionMax().x - save);
    ImGui::BeginDisabled(model.saving || (model.id != 0 && !model.changed() && !(model.form.consent && !model.consented)));
    const bool pressed =
        ui.button("save", icon::check, ui.t(model.enrol_in.empty() ? "save" : "person.save_check_in"), Ui::Weight::primary, save, 48);
    ImGui::EndDisabled();
    if (pressed || (ImGui::GetIO().KeyCtrl && ImGui::IsKeyPressed(ImGuiKey_S, false)))
        model.save(*ui.kiosk.desk, ui.kiosk.settings.language);
    ui.gap(6);
    if (!model.problem.empty()) ui.notice(icon::warning, model.problem, ui.theme.bad, ui.theme.bad_soft);
    if (!model.loaded) return;
    if (likely_card(ui, model)) return;
    name_card(ui, model);
    work_card(ui, model);
    consent_card(ui, model);
    history_card(ui, model);
    own_data_card(ui, model);
    if (model.changed() && ui.button("discard", icon::close, ui.t("cancel"), Ui::Weight::quiet)) {
        model.discard(*ui.kiosk.desk);
        return ui.kiosk.back();
    }
    if (model.id != 0 && ui.button("more", icon::book, ui.t("registers.more"), Ui::Weight::quiet))
        ui.kiosk.open_whole_row(ui.kiosk.catalog().table("person"), {OwnedValue(model.id)});
}

}  // namespace tefter::kiosk
