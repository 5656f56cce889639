// Editing a row on the web: by the server's own device, in the name of the person, and over the versions that he saw.

#include <algorithm>

#include "engine/store/rows.hpp"
#include "engine/store/schema.hpp"
#include "schema/domain/register_rows.hpp"
#include "server/web/filters.hpp"
#include "server/web/form_fields.hpp"
#include "server/web/registers.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

/// What stands in the fields, and the leaves that stood behind it when it was read.
struct Shown {
    std::map<std::string, std::string> texts;
    std::string seen;  ///< versions, divided by commas
    bool there = false;
};

Shown read(const Visit& visit, const Table& table, const std::vector<OwnedValue>& key) {
    Shown out;
    std::string sql;
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) sql += (sql.empty() ? "SELECT " : ", ") + sql_name(column.name);
    }
    Statement row = visit.reader.prepare_once(sql + " FROM " + sql_name(table.name) + key_condition(table));
    bind_key(row, key);
    if (!row.step()) return out;
    out.there = true;
    int at = 0;
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) out.texts[column.name] = field_text(visit, column, row.value(at++));
    }
    Arena arena;
    const std::optional<RowState> state = Rows(visit.reader, visit.catalog()).load(table.number, cells_of(key), arena);
    if (!state) return out;
    for (const GroupState& group : state->groups) {
        for (const Leaf& leaf : group.leaves) out.seen += (out.seen.empty() ? "" : ",") + std::to_string(leaf.version.value);
    }
    return out;
}

std::vector<Version> versions_of(std::string_view text) {
    std::vector<Version> out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        const std::string one(text.substr(0, end));
        if (!one.empty() && one.size() < 20 && one.find_first_not_of("0123456789") == std::string::npos)
            out.push_back(Version{std::stoll(one)});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// /new/meeting?supported_case=…: what the new row is to refer to.
std::string given_in_address(const Visit& visit, const Column& column) {
    return column.type == ColumnType::reference ? std::string(field(visit.request.query, column.name).substr(0, 60)) : std::string();
}

Markup fields_of_groups(const Visit& visit, const Table& table, const Shown& shown) {
    Markup out;
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) {
            if (!can_fill_in(column)) continue;
            const auto found = shown.texts.find(column.name);
            const std::string was = found == shown.texts.end() ? "" : found->second;
            // What was typed stays where the form comes back with a fault; what an address gives is filled in.
            std::optional<std::string> typed = visit.request.method == "POST" ? filled_in(visit, column) : std::nullopt;
            if (const std::string given = given_in_address(visit, column); !typed && !shown.there && !given.empty()) typed = given;
            out += hidden("was:" + column.name,
                          visit.request.method == "POST" ? std::string(field(visit.request.form, "was:" + column.name)) : was);
            out += form_field(visit, column, typed.value_or(was));
        }
    }
    return out;
}

Markup scope_field(const Visit& visit) {
    Markup options;
    for (const Scope& scope : visit.catalog().scopes()) {
        if (scope.number != shared_scope) {
            const bool chosen = field(visit.request.form, "_scope") == scope.name;
            options += tag("option", {{"value", scope.name}, {"selected", chosen ? "" : std::string(absent)}},
                           Markup(scope_name(visit, scope.name)));
        }
    }
    return labelled(visit.words("web.form.scope"), "_scope", tag("select", {{"id", "_scope"}, {"name", "_scope"}}, options),
                    visit.words("web.form.scope.hint"));
}

Response form_page(const Visit& visit, const Table& table, const std::vector<OwnedValue>& key, const Shown& shown,
                   const std::string& fault) {
    const bool is_new = key.empty();
    Markup inside;
    if (!fault.empty()) inside += tag("p", {{"class", "fault"}, {"role", "alert"}}, Markup(fault));
    const bool back = visit.request.method == "POST";
    inside += hidden("seen", back ? std::string(field(visit.request.form, "seen")) : shown.seen);
    if (is_new && table.scope_rule == Table::ScopeRule::chosen) inside += scope_field(visit);
    if (is_new && !table.generated_key) {
        for (const Column& column : table.key) {
            Column required = column;
            required.required = true;
            inside +=
                form_field(visit, required, back ? std::string(field(visit.request.form, column.name)) : given_in_address(visit, column));
        }
    }
    inside += fields_of_groups(visit, table, shown);
    const std::string back_to = is_new ? "/registers/" + table.name : row_address(table, key);
    inside += tag("div", {{"class", "actions"}}, button(visit.words("save")) + link(back_to, visit.words("cancel"), "button quiet"));
    const std::string name = is_new ? std::string(visit.say("web.new")) + ": " + table_name(visit, table) : row_name(visit, table, key);
    Markup main =
        heading(visit, name, visit.words("web.form.words")) +
        tag("section", {{"class", "card narrow"}},
            tag("form", {{"method", "post"}, {"action", visit.request.path}, {"class", "form"}, {"enctype", "multipart/form-data"}},
                hidden("token", visit.who->form_token) + inside));
    if (!is_new) {
        main += tag("section", {{"class", "card narrow"}},
                    tag("details", {},
                        tag("summary", {}, visit.words("web.form.delete")) + tag("p", {}, visit.words("web.form.delete.words")) +
                            form(visit, "/delete" + back_to.substr(std::string_view("/registers").size()),
                                 hidden("seen", shown.seen) + button(visit.words("web.form.delete"), "danger"))));
    }
    return page(visit, name, table.name == "person" ? "/people" : "/registers", main, fault.empty() ? 200 : 400);
}

/// Whole groups in which something was changed, as the form has them.
void add_changed(const Visit& visit, const Table& table, bool is_new, Edit& edit) {
    for (const Group& group : table.groups) {
        std::vector<std::pair<std::string, OwnedValue>> values;
        bool changed = false;
        for (const Column& column : group.columns) {
            const std::optional<std::string> text = filled_in(visit, column);
            if (!text) continue;
            changed = changed || *text != field(visit.request.form, "was:" + column.name);
            values.emplace_back(column.name, value_of(visit, column, *text));
        }
        const bool begins = is_new && &group == &table.groups.front();
        if (changed || begins) edit.values.insert(edit.values.end(), values.begin(), values.end());
    }
}

}  // namespace

Response edit_page(Visit& visit, Desk&) {
    const Register found = find_register(visit);
    if (found.table == nullptr || is_administration(*found.table) || !may_write(visit.who->role, *found.table)) return not_found(visit);
    const Shown shown = read(visit, *found.table, found.key);
    if (!shown.there) return not_found(visit);
    if (found.table->has_personal_data()) visit.note("view", found.table->name + " " + key_text(found.key), 1);
    return form_page(visit, *found.table, found.key, shown, "");
}

Response save_row(Visit& visit, Desk&) {
    const Register found = find_register(visit);
    if (found.table == nullptr || is_administration(*found.table) || !may_write(visit.who->role, *found.table)) return not_found(visit);
    const Shown shown = read(visit, *found.table, found.key);
    if (!shown.there) return not_found(visit);
    try {
        Edit edit;
        edit.table = found.table->name;
        edit.key = found.key;
        edit.seen = versions_of(field(visit.request.form, "seen"));
        add_changed(visit, *found.table, false, edit);
        if (!edit.values.empty()) visit.server.write(visit.who->user, {&edit, 1});
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage && error.kind() != ErrorKind::refused) throw;
        return form_page(visit, *found.table, found.key, shown, error.what());
    }
    return redirect(row_address(*found.table, found.key));
}

Response new_page(Visit& visit, Desk&) {
    const Table* table = find_register(visit).table;
    if (table == nullptr || is_administration(*table) || !may_write(visit.who->role, *table)) return not_found(visit);
    return form_page(visit, *table, {}, {}, "");
}

Response add_row(Visit& visit, Desk&) {
    const Table* table = find_register(visit).table;
    if (table == nullptr || is_administration(*table) || !may_write(visit.who->role, *table)) return not_found(visit);
    try {
        Edit edit;
        edit.table = table->name;
        if (table->generated_key) {
            edit.key = {visit.server.new_id()};
        } else {
            for (const Column& column : table->key) edit.key.push_back(value_of(visit, column, filled_in(visit, column).value_or("")));
        }
        if (table->scope_rule == Table::ScopeRule::chosen) {
            const Scope* scope = visit.catalog().find_scope(field(visit.request.form, "_scope"));
            if (scope == nullptr) throw Error(ErrorKind::usage, visit.say("web.form.wrong", {visit.say("web.form.scope")}));
            edit.scope = scope->number;
        }
        edit.seen.emplace();  // there was nothing to see: a row of this key that is there already becomes a conflict, and is not lost
        add_changed(visit, *table, true, edit);
        visit.server.write(visit.who->user, {&edit, 1});
        const std::vector<OwnedValue> key = parse_key_text(visit, *table, key_text(edit.key));
        return redirect(row_address(*table, key));
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage && error.kind() != ErrorKind::refused) throw;
        return form_page(visit, *table, {}, {}, error.what());
    }
}

Response delete_row(Visit& visit, Desk&) {
    const Register found = find_register(visit);
    if (found.table == nullptr || is_administration(*found.table) || !may_write(visit.who->role, *found.table)) return not_found(visit);
    Edit edit;
    edit.kind = EditKind::remove;
    edit.table = found.table->name;
    edit.key = found.key;
    visit.server.write(visit.who->user, {&edit, 1});
    return redirect("/registers/" + found.table->name);
}

}  // namespace tefter::web
