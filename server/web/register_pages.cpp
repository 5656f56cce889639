// The registers: the shelf of them all, one as a list, and one row with what refers to it.

#include "engine/store/schema.hpp"
#include "schema/domain/register_rows.hpp"
#include "server/web/around.hpp"
#include "server/web/erasures.hpp"
#include "server/web/files.hpp"
#include "server/web/filters.hpp"
#include "server/web/registers.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

constexpr std::size_t rows_a_page = 50;
constexpr std::size_t rows_of_related = 8;

std::size_t skipped(const Visit& visit) {
    const std::string from(field(visit.request.query, "skip"));
    if (from.empty()) return 0;
    if (from.size() > 9 || from.find_first_not_of("0123456789") != std::string::npos) {
        throw Error(ErrorKind::usage, visit.say("web.filter.wrong", {from.substr(0, 60)}));
    }
    return std::stoul(from);
}

Markup pages_of(const Visit& visit, const RowList& rows, std::size_t skip) {
    Fields fields;
    for (const auto& [name, value] : visit.request.query) {
        if (name != "skip") fields.emplace_back(name, value);
    }
    const auto at = [&](std::size_t place) {
        Fields there = fields;
        if (place > 0) there.emplace_back("skip", std::to_string(place));
        return address_of(visit.request.path, there);
    };
    Markup out;
    if (skip > 0) out += link(at(skip < rows_a_page ? 0 : skip - rows_a_page), visit.words("web.earlier"), "button quiet small");
    out += tag("span", {{"class", "muted"}}, visit.words("web.rows.count", {visit.say.number(static_cast<double>(rows.total), 0)}));
    if (skip + rows.shown < rows.total) out += link(at(skip + rows_a_page), visit.words("web.later"), "button quiet small");
    return tag("nav", {{"class", "pages"}, {"aria-label", visit.say("web.nav")}}, out);
}

Markup search_form(const Visit& visit, const std::string& search) {
    return tag("form", {{"method", "get"}, {"action", visit.request.path}, {"class", "search"}, {"role", "search"}},
               tag("input", {{"type", "search"},
                             {"name", "q"},
                             {"value", search},
                             {"aria-label", visit.say("web.search")},
                             {"placeholder", visit.say("web.search")},
                             {"maxlength", "100"}}) +
                   tag("button", {{"type", "submit"}, {"class", "button quiet"}}, visit.words("web.find")));
}

/// ?column=key: rows that refer to one row.
ListOptions options_of(const Visit& visit, const Table& table) {
    ListOptions out;
    out.search = field(visit.request.query, "q").substr(0, 100);
    out.skip = skipped(visit);
    out.take = rows_a_page;
    for (const auto& [name, value] : visit.request.query) {
        const Column* column = table.find_column(name).second;
        for (const Column& part : table.key) {
            if (part.name == name) column = &part;
        }
        if (column == nullptr || column->type != ColumnType::reference) continue;
        const Table* target = visit.catalog().find(column->target);
        const std::vector<OwnedValue> key = target == nullptr ? std::vector<OwnedValue>() : parse_key_text(visit, *target, value);
        if (key.size() != 1) throw Error(ErrorKind::usage, visit.say("web.filter.wrong", {value.substr(0, 60)}));
        out.where = sql_name(name) + " = ?1";
        out.parameter = key.front();
    }
    return out;
}

Response list_page(Visit& visit, const Table& table, std::string_view section) {
    const std::string title = section == "/people" ? visit.say("web.nav.people") : table_name(visit, table);
    const ListOptions options = options_of(visit, table);
    const RowList rows = list_rows(visit, table, options);
    if (table.has_personal_data() && visit.sees_personal()) {
        visit.note("view", "list " + table.name, static_cast<std::int64_t>(rows.shown));
    }
    const Markup actions = may_write(visit.who->role, table) && !is_administration(table)
                               ? link("/new/" + table.name, visit.words("web.new"), "button primary")
                               : Markup();
    Markup list = pages_of(visit, rows, options.skip);
    list += rows.shown == 0 ? empty_state(visit.words("nothing.found"), visit.words("people.none")) : rows.table;
    return page(visit, title, section,
                (section == "/registers" ? tag("nav", {{"class", "crumbs"}, {"aria-label", visit.say("back")}},
                                               link("/registers", visit.words("web.nav.registers")))
                                         : Markup()) +
                    heading(visit, title, {}, actions) + (table.name == "budget_line" ? budget_card(visit) : Markup()) +
                    search_form(visit, options.search) + tag("section", {{"class", "card"}, {"data-live", "list"}}, list));
}

Markup new_link(const Visit& visit, const Table& table, const Column& column, const std::vector<OwnedValue>& key, const Markup& words) {
    if (is_administration(table) || !may_write(visit.who->role, table)) return {};
    return link(address_of("/new/" + table.name, {{column.name, key_text(key)}}), words, "button quiet small");
}

/// Tables that refer to this one, each with its first rows and a way to add one.
Markup related(const Visit& visit, const Table& table, const std::vector<OwnedValue>& key) {
    Markup out, others;
    if (key.size() != 1) return out;
    for (const Referrer& by : register_plan(visit.catalog(), table).children) {
        const Table& other = *by.table;
        if (!may_read(visit, other)) continue;
        ListOptions options;
        options.where = sql_name(by.column->name) + " = ?1";
        options.parameter = key.front();
        options.take = rows_of_related;
        const RowList rows = list_rows(visit, other, options);
        if (rows.total == 0) {
            others += new_link(visit, other, *by.column, key, Markup(table_name(visit, other)));
            continue;
        }
        Markup inside = rows.table;
        if (rows.total > rows.shown) {
            inside += tag("p", {},
                          link(address_of("/registers/" + other.name, {{by.column->name, key_text(key)}}),
                               visit.words("web.rows.count", {visit.say.number(static_cast<double>(rows.total), 0)})));
        }
        out += tag("section", {{"class", "card"}, {"data-live", "of-" + other.name + "-" + by.column->name}},
                   tag("div", {{"class", "between"}},
                       tag("h2", {}, Markup(table_name(visit, other))) + new_link(visit, other, *by.column, key, visit.words("web.new"))) +
                       inside);
    }
    if (!others.empty()) out += card(visit.words("registers.add"), tag("p", {{"class", "actions"}}, others));
    return out;
}

Markup values(const Visit& visit, const Table& table, const Statement& row) {
    Markup out;
    int at = 0;
    for (const Column& column : table.key) {
        if (!table.generated_key)
            out += tag("dt", {}, Markup(column_name(visit, column))) + tag("dd", {}, cell(visit, column, row.value(at)));
        ++at;
    }
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) {
            out += tag("dt", {}, Markup(column_name(visit, column))) + tag("dd", {}, cell(visit, column, row.value(at++)));
        }
    }
    return tag("dl", {}, out);
}

}  // namespace

Response registers_page(Visit& visit, Desk&) {
    Markup cards;
    for (const Shelf& shelf : shelves()) {
        Markup items;
        for (const std::string_view name : shelf.tables) {
            const Table& table = visit.catalog().table(name);
            if (!may_read(visit, table)) continue;
            items += tag("li", {},
                         link("/registers/" + table.name, Markup(table_name(visit, table))) +
                             tag("span", {{"class", "number muted"}},
                                 Markup(visit.say.number(static_cast<double>(row_count(visit.reader, table)), 0))));
        }
        if (!items.empty()) cards += card(visit.words(shelf.words), tag("ul", {{"class", "index"}}, items));
    }
    if (visit.sees_personal())
        cards += card(visit.words("known.title"),
                      tag("p", {}, visit.words("known.words")) + link("/known", visit.words("known.open"), "button quiet"));
    return page(visit, visit.say("web.nav.registers"), "/registers",
                heading(visit, visit.say("web.nav.registers"), visit.words("web.registers.words")) +
                    tag("div", {{"class", "columns"}, {"data-live", "registers"}}, cards));
}

Response register_page(Visit& visit, Desk&) {
    const Register found = find_register(visit);
    if (found.table == nullptr) return not_found(visit);
    if (!may_read(visit, *found.table)) return not_for(visit);
    return list_page(visit, *found.table, found.table->name == "person" ? "/people" : "/registers");
}

Response people_page(Visit& visit, Desk&) { return list_page(visit, visit.catalog().table("person"), "/people"); }

Response row_page(Visit& visit, Desk&) {
    const Register found = find_register(visit);
    if (found.table == nullptr) return not_found(visit);
    if (!may_read(visit, *found.table)) return not_for(visit);
    const Table& table = *found.table;
    std::string sql;
    for (const Column& column : table.key) sql += (sql.empty() ? "SELECT " : ", ") + sql_name(column.name);
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) sql += ", " + sql_name(column.name);
    }
    Statement row = visit.reader.prepare_once(sql + ", _scope, _version FROM " + sql_name(table.name) + key_condition(table));
    bind_key(row, found.key);
    if (!row.step()) return not_found(visit);
    if (table.has_personal_data() && visit.sees_personal()) visit.note("view", table.name + " " + key_text(found.key), 1);
    const int last = row.columns();
    const Scope* scope = visit.catalog().find_scope(ScopeNumber{static_cast<std::uint32_t>(row.integer(last - 2))});
    const Version version{row.integer(last - 1)};
    const std::string address = row_address(table, found.key);
    Markup actions = link("/proof" + address.substr(std::string_view("/registers").size()), visit.words("web.proof"), "button quiet");
    if (table.name == "person") {
        actions += link("/documents/person/" + encode_part(key_text(found.key)), visit.words("web.documents.person"), "button quiet");
        actions += link("/documents/person/" + encode_part(key_text(found.key)) + "?as=json", Markup("JSON"), "button quiet");
    }
    if (may_write(visit.who->role, table) && !is_administration(table))
        actions += link("/edit" + address.substr(std::string_view("/registers").size()), visit.words("web.edit"), "button primary");
    const std::string name = row_name(visit, table, found.key);
    const std::string section = table.name == "person" ? "/people" : "/registers";
    return page(visit, name, section,
                tag("nav", {{"class", "crumbs"}, {"aria-label", visit.say("back")}},
                    link("/registers/" + table.name, Markup(table_name(visit, table)))) +
                    heading(visit, name,
                            Markup((scope == nullptr ? "" : scope_name(visit, scope->name) + " · ") +
                                   visit.say("web.since", {visit.say.date(local_day(version.unix_ms()))})),
                            actions) +
                    tag("section", {{"class", "card"}, {"data-live", "row"}}, values(visit, table, row)) +
                    files_card(visit, table, found.key) + related(visit, table, found.key) + erasure_form(visit, table, found.key));
}

}  // namespace tefter::web
