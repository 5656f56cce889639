#include "kiosk/model/register_model.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/store/rows.hpp"
#include "engine/store/schema.hpp"
#include "kiosk/model/typed.hpp"
#include "schema/domain/register_cells.hpp"
#include "schema/domain/staff.hpp"

namespace tefter::kiosk {

namespace {

constexpr std::size_t most_listed = 200, most_steps = 20, few_choices = 8, found_at_once = 6;

/// Each row its own, and each table one of a new row.
std::string row_draft(const RowForm& form) {
    return "row:" + form.table->name + (form.fresh() ? "" : ":" + key_words(*form.table, form.key));
}

/// Whom what is typed is about: the person whose row it is, or whom it names; 0: nobody.
std::int64_t person_of(const RowForm& form, const Table& people) {
    if (form.table == &people) return form.fresh() ? 0 : form.key.front().view().integer();
    for (const RowField& field : form.fields) {
        if (field.column->type != ColumnType::reference || field.column->target != people.number || field.typed.empty()) continue;
        return std::stoll(field.typed);
    }
    return 0;
}

const Table* target_of(const Catalog& catalog, const Column& column) {
    if (column.type == ColumnType::reference) return catalog.find(column.target);
    return column.suggests.empty() || column.type == ColumnType::set ? nullptr : catalog.find(column.suggests);
}

std::string key_of(const Table& table, const RowKey& key) {
    return table.key.front().type == ColumnType::text ? std::string(key.front().view().text()) : key_words(table, key);
}

std::vector<RowChoice> choices_in(RowReader& rows, const Catalog& catalog, const Table& table, const std::string& search,
                                  std::size_t at_most) {
    RowQuery query;
    query.search = search;
    query.take = at_most;
    std::vector<RowChoice> out;
    for (const RowLine& line : rows.list(register_plan(catalog, table), query).lines) out.push_back({key_of(table, line.key), line.title});
    return out;
}

std::string enumerator_name(const Enumeration& enumeration, std::int64_t number) {
    const Enumerator* found = enumeration.find(number);
    return found == nullptr ? std::to_string(number) : found->name;
}

/// As read_cell() takes it back, in whatever language that is read.
std::string typed_of(RowReader& rows, const Catalog& catalog, const Column& column, const Value& value) {
    if (value.is_null()) return {};
    switch (column.type) {
        case ColumnType::enumeration: return enumerator_name(*column.enumeration, value.integer());
        case ColumnType::boolean: return value.integer() != 0 ? "1" : "0";
        case ColumnType::reference: return key_of(*catalog.find(column.target), {OwnedValue(value)});
        case ColumnType::set: return joined(value.text(), "; ");
        case ColumnType::blob: return {};
        default: return rows.text(column, value);
    }
}

struct LoadedForm {
    std::string title;
    std::vector<RowField> fields;
    std::vector<RowChoice> scopes;
    std::vector<Version> seen;
};

/// Those that the device holds and a row can lie in, as people call them.
std::vector<RowChoice> scope_choices(RowReader& rows, const Catalog& catalog, const std::vector<ScopeNumber>& held) {
    std::vector<RowChoice> out;
    for (const ScopeNumber number : held) {
        if (number == shared_scope) continue;
        const std::string name = catalog.scope_name(number);
        const std::string words = "scope." + name;
        out.push_back({name, rows.texts().has(words) ? rows.texts()(words) : rows.title(catalog.table("beneficiary"), {OwnedValue(name)})});
    }
    return out;
}

void fill_in(RowReader& rows, const Catalog& catalog, RowField& field, const Value& value) {
    field.stored = OwnedValue(value);
    field.typed = field.was = typed_of(rows, catalog, *field.column, value);
    if (field.column->type == ColumnType::reference && !value.is_null())
        field.chosen = rows.title(*catalog.find(field.column->target), {OwnedValue(value)});
}

LoadedForm load_form(Database& reader, const Catalog& catalog, const Table& table, const RowKey& key, const std::vector<ScopeNumber>& held,
                     const Texts& texts) {
    RowReader rows(reader, catalog, texts, RowReader::Style::sheet);
    LoadedForm out;
    std::optional<RowDetail> row;
    if (key.empty() && scope_is_chosen(table)) out.scopes = scope_choices(rows, catalog, held);
    if (!key.empty()) {
        row = rows.detail(register_plan(catalog, table), key);
        if (!row) return out;
        out.title = row->title;
        Arena arena;
        if (const std::optional<RowState> state = Rows(reader, catalog).load(table.number, cells_of(key), arena)) {
            for (const GroupState& group : state->groups) {
                for (const Leaf& leaf : group.leaves) out.seen.push_back(leaf.version);
            }
            std::sort(out.seen.begin(), out.seen.end());
        }
    }
    for (const Column* column : register_columns(table)) {
        RowField field;
        field.column = column;
        field.group = table.find_column(column->name).first;
        if (field.group == nullptr && row) continue;  // what a row is found by does not change
        if (column->type == ColumnType::blob) continue;
        field.label = column_words(texts, table, *column);
        if (row) {
            const auto cell = std::find_if(row->cells.begin(), row->cells.end(), [&](const RowCell& one) { return one.column == column; });
            fill_in(rows, catalog, field, cell->value.view());
        }
        const Table* target = target_of(catalog, *column);
        if (target != nullptr && row_count(reader, *target) <= static_cast<std::int64_t>(few_choices))
            field.choices = choices_in(rows, catalog, *target, "", few_choices);
        out.fields.push_back(std::move(field));
    }
    return out;
}

/// One group of the row as it is to be written; faults go to their fields.
void add_group(RowReader& rows, std::vector<RowField>& fields, const Group& group, Edit& edit) {
    for (RowField& field : fields) {
        if (field.group != &group) continue;
        const bool untouched = !field.changed() && !field.stored.view().is_null();
        ReadCell read = untouched ? ReadCell{field.stored, CellFault::none} : read_cell(rows, *field.column, field.typed);
        field.fault = sentence(rows.texts(), *field.column, read.fault, field.typed);
        if (!untouched && field.column->translated && read.value.view().kind() == ValueKind::text) {
            const Value stored = field.stored.view();
            read.value = OwnedValue(with_language(stored.kind() == ValueKind::text ? stored.text() : std::string_view(),
                                                  rows.texts().language(), std::string(read.value.view().text())));
        }
        edit.values.emplace_back(field.column->name, std::move(read.value));
    }
}

/// The edit that the form means; none where something in it is wrong.
std::vector<Edit> edits_of(Replica& replica, RowForm& form, const Texts& texts) {
    const Catalog& catalog = replica.catalog();
    RowReader rows(replica.store().database, catalog, texts, RowReader::Style::sheet);
    Edit edit;
    edit.table = form.table->name;
    edit.key = form.key;
    edit.seen = form.seen;
    if (form.fresh() && scope_is_chosen(*form.table)) edit.scope = catalog.find_scope(form.scope)->number;
    for (RowField& field : form.fields) {
        field.fault.clear();
        if (field.group != nullptr) continue;
        Column part = *field.column;
        part.required = true;
        ReadCell read = read_cell(rows, part, field.typed);
        field.fault = sentence(texts, part, read.fault, field.typed);
        edit.key.push_back(std::move(read.value));
    }
    for (const Group& group : form.table->groups) {
        const bool changed = std::any_of(form.fields.begin(), form.fields.end(), [&](const RowField& field) {
            return field.group == &group && (form.fresh() ? !field.typed.empty() : field.changed());
        });
        if (changed || (form.fresh() && &group == &form.table->groups.front())) add_group(rows, form.fields, group, edit);
    }
    if (std::any_of(form.fields.begin(), form.fields.end(), [](const RowField& field) { return !field.fault.empty(); })) return {};
    if (edit.key.empty()) edit.key = {replica.new_id()};
    form.key = edit.key;
    return {edit};
}

}  // namespace

bool RowField::has(const std::string& member) const { return ("; " + typed + "; ").find("; " + member + "; ") != std::string::npos; }

void RowField::put(const std::string& member, bool in) {
    if (has(member) == in) return;
    if (in) {
        typed += (typed.empty() ? "" : "; ") + member;
        return;
    }
    std::string all = "; " + typed + "; ";
    all.replace(all.find("; " + member + "; "), member.size() + 4, "; ");
    typed = all.size() > 4 ? all.substr(2, all.size() - 4) : "";
}

bool RowForm::changed() const {
    return std::any_of(fields.begin(), fields.end(), [](const RowField& field) { return field.changed(); });
}

std::string RowForm::to_draft() const {
    if (!changed()) return {};
    nlohmann::json out{{"scope", scope}};
    for (const RowField& field : fields) {
        if (field.changed()) out["fields"][field.column->name] = {field.typed, field.chosen};
    }
    return out.dump();
}

void RowForm::put_back(const std::string& draft) {
    const nlohmann::json kept = nlohmann::json::parse(draft, nullptr, false);
    if (!kept.is_object() || !kept.contains("fields")) return;
    const std::string was = kept.value("scope", "");
    if (std::any_of(scopes.begin(), scopes.end(), [&](const RowChoice& one) { return one.key == was; })) scope = was;
    for (RowField& field : fields) {
        const auto typed = kept["fields"].find(field.column->name);
        if (typed == kept["fields"].end()) continue;
        field.typed = typed->at(0);
        field.chosen = typed->at(1);
    }
}

void RegisterModel::open_list(const Table& which) {
    if (at.table == &which && !at.parent) return;
    return_to({&which, std::nullopt, "", at.row_table, at.row_key});
}

void RegisterModel::open_children(const Referrer& by) { return_to({by.table, parent_by(*by.column), "", at.row_table, at.row_key}); }

void RegisterModel::return_to(const RegisterPlace& place) {
    at = place;
    list = RowList{};
    listed = false;
    list_seen_ = 0;
    row.reset();
    steps.clear();
    files.clear();
    file_saved.clear();
    row_loaded = false;
    deleting = false;
    row_problem.clear();
    row_seen_ = 0;
}

RowParent RegisterModel::parent_by(const Column& column) const {
    return {&column, at.row_key, row ? row->title : "", row ? row->scope : ScopeNumber{}};
}

void RegisterModel::open_row(const Table& which, const RowKey& key) {
    RegisterPlace place = at;
    place.row_table = &which;
    place.row_key = key;
    return_to(place);
}

void RegisterModel::edit() {
    form = RowForm{};
    form.table = at.row_table;
    form.key = at.row_key;
    asked_ = false;
    parent_.reset();
}

void RegisterModel::begin(const Table& which, std::optional<RowParent> parent) {
    form = RowForm{};
    form.table = &which;
    asked_ = false;
    parent_ = std::move(parent);
}

std::shared_ptr<const Texts> RegisterModel::texts_in(Language language) {
    if (!texts_ || texts_->language() != language) {
        Texts made;
        made.choose(language);
        texts_ = std::make_shared<const Texts>(std::move(made));
    }
    return texts_;
}

void RegisterModel::forget() {
    RegisterModel fresh;
    fresh.texts_ = texts_;
    fresh.at = at;
    fresh.form.table = form.table;
    fresh.form.key = form.key;
    fresh.parent_ = parent_;
    *this = std::move(fresh);
}

void RegisterModel::refresh_shelf(Desk& desk, Language language) {
    if (shelf_seen_ == desk.revision()) return;
    shelf_seen_ = desk.revision();
    desk.read(
        [&catalog = desk.catalog(), texts = texts_in(language)](Database& reader) {
            std::vector<ShelfArea> out;
            std::vector<Area> all = areas(catalog);
            // What the others are made with is asked for least.
            std::stable_partition(all.begin(), all.end(), [](const Area& area) { return area.name != "reference"; });
            for (const Area& area : all) {
                ShelfArea& shown = out.emplace_back(ShelfArea{area_words(*texts, area.name), {}});
                for (const Table* one : area.tables) shown.lines.push_back({one, tables_words(*texts, *one), row_count(reader, *one)});
            }
            return out;
        },
        [this](std::vector<ShelfArea> found) { shelf = std::move(found); });
}

void RegisterModel::refresh_list(Desk& desk, Language language) {
    const std::uint64_t now = desk.revision();
    if (at.table == nullptr || listing_ || (list_seen_ == now && list_typed_ == at.typed)) return;
    listing_ = true;
    list_seen_ = now;
    list_typed_ = at.typed;
    desk.read_at_leisure(
        [&catalog = desk.catalog(), place = at, texts = texts_in(language)](Database& reader) {
            RowReader rows(reader, catalog, *texts);
            RowQuery query;
            query.search = place.typed;
            query.take = most_listed;
            if (place.parent) query.where.emplace_back(place.parent->by, place.parent->key.front());
            return rows.list(register_plan(catalog, *place.table), query);
        },
        [this, place = at](RowList found) {
            listing_ = false;
            const bool same = place.table == at.table && place.parent.has_value() == at.parent.has_value() &&
                              (!place.parent || (place.parent->by == at.parent->by && place.parent->key == at.parent->key));
            if (!same) return;
            list = std::move(found);
            listed = true;
        });
}

void RegisterModel::refresh_row(Desk& desk, Language language) {
    const std::uint64_t now = desk.revision();
    if (at.row_table == nullptr || row_seen_ == now) return;
    row_seen_ = now;
    struct Found {
        std::optional<RowDetail> row;
        std::vector<std::string> labels;
        std::vector<std::pair<std::int64_t, std::string>> steps;
        std::vector<Attachment> files;
        std::vector<Referrer> referrers;
    };
    desk.read_at_leisure(
        [&catalog = desk.catalog(), table = at.row_table, key = at.row_key, texts = texts_in(language)](Database& reader) {
            RowReader rows(reader, catalog, *texts);
            const RegisterPlan plan = register_plan(catalog, *table);
            Found found{rows.detail(plan, key), {}, {}, attachments_of(reader, *table, cells_of(key)), plan.children};
            for (const Column* column : plan.columns) found.labels.push_back(column_words(*texts, *table, *column));
            for (const RowEvent& event : rows.history(*table, key)) {
                if (found.steps.size() < most_steps)
                    found.steps.emplace_back(event.version.unix_ms(), office_and_name(reader, event.office, event.actor));
            }
            return found;
        },
        [this, table = at.row_table, key = at.row_key](Found found) {
            if (table != at.row_table || !(key == at.row_key)) return;
            row = std::move(found.row);
            labels = std::move(found.labels);
            steps = std::move(found.steps);
            files = std::move(found.files);
            referrers = std::move(found.referrers);
            row_loaded = true;
        });
}

void RegisterModel::look_for(Desk& desk, Language language) {
    if (looking_) return;
    for (std::size_t i = 0; i < form.fields.size(); ++i) {
        const RowField& field = form.fields[i];
        const Table* target = target_of(desk.catalog(), *field.column);
        if (target == nullptr || field.search.empty() || (form.found_for == i && form.found_by == field.search)) continue;
        looking_ = true;
        desk.read(
            [&catalog = desk.catalog(), target, search = field.search, texts = texts_in(language)](Database& reader) {
                RowReader rows(reader, catalog, *texts);
                return choices_in(rows, catalog, *target, search, found_at_once);
            },
            [this, i, search = field.search](std::vector<RowChoice> found) {
                looking_ = false;
                form.found = std::move(found);
                form.found_for = i;
                form.found_by = search;
            });
        return;
    }
}

void RegisterModel::refresh_form(Desk& desk, Language language) {
    if (form.table == nullptr) return;
    if (form.loaded) {
        if (!form.saving && !form.saved) desk.keep_draft(row_draft(form), form.to_draft(), person_of(form, desk.catalog().table("person")));
        return look_for(desk, language);
    }
    if (asked_) return;
    asked_ = true;
    desk.read([&catalog = desk.catalog(), held = desk.enrolled().scopes, which = form.table, key = form.key,
               texts = texts_in(language)](Database& reader) { return load_form(reader, catalog, *which, key, held, *texts); },
              [this, which = form.table, key = form.key, &desk](LoadedForm found) {
                  if (which != form.table || !(key == form.key) || form.loaded) return;
                  form.title = std::move(found.title);
                  form.fields = std::move(found.fields);
                  form.scopes = std::move(found.scopes);
                  if (!form.scopes.empty()) form.scope = desk.usual_scope();
                  const Scope* of_parent = parent_ ? desk.catalog().find_scope(parent_->scope) : nullptr;
                  if (of_parent != nullptr && of_parent->number != shared_scope) form.scope = of_parent->name;
                  form.seen = std::move(found.seen);
                  form.loaded = true;
                  for (RowField& field : form.fields) {
                      if (!parent_ || field.column != parent_->by) continue;
                      field.typed = field.was = key_of(*desk.catalog().find(field.column->target), parent_->key);
                      field.chosen = parent_->title;
                  }
                  form.put_back(desk.draft(row_draft(form)));
              });
}

void RegisterModel::choose(RowField& field, const RowChoice& choice) {
    field.typed = choice.key;
    field.chosen = choice.words;
    field.search.clear();
    form.found.clear();
    form.found_for = SIZE_MAX;
}

void RegisterModel::save(Desk& desk, Language language) {
    if (!form.loaded || form.saving) return;
    form.saving = true;
    form.problem.clear();
    auto filled = std::make_shared<RowForm>(form);
    auto wrong = std::make_shared<bool>(false);
    desk.write_form(
        form.opening, row_draft(form),
        [filled, wrong, texts = texts_in(language)](Replica& replica) {
            std::vector<Edit> edits = edits_of(replica, *filled, *texts);
            *wrong = edits.empty();
            return edits;
        },
        [this, filled, wrong](const std::string& problem) {
            form.saving = false;
            form.problem = problem;
            for (std::size_t i = 0; i < form.fields.size(); ++i) form.fields[i].fault = filled->fields[i].fault;
            if (*wrong || !problem.empty()) return;
            form.saved = true;
            form.key = filled->key;
        });
}

void RegisterModel::discard(Desk& desk) {
    desk.keep_draft(row_draft(form), "");
    form = RowForm{};
}

void RegisterModel::save_file(Desk& desk, const Attachment& file, const std::string& folder) {
    row_problem.clear();
    file_saved.clear();
    std::filesystem::create_directories(folder);
    const std::string path = folder + "/" + std::filesystem::path(file.name.empty() ? "file" : file.name).filename().string();
    desk.save_file(file.hash, path, "file " + key_words(desk.catalog().table("attachment"), {file.id}),
                   [this, path](const std::string& problem) {
                       row_problem = problem;
                       if (problem.empty()) file_saved = path;
                   });
}

void RegisterModel::remove(Desk& desk) {
    deleting = false;
    Edit edit;
    edit.kind = EditKind::remove;
    edit.table = at.row_table->name;
    edit.key = at.row_key;
    desk.write({edit}, [this](const std::string& problem) { row_problem = problem; });
}

}  // namespace tefter::kiosk
