#include "server/web/registers.hpp"

#include <algorithm>

#include "engine/store/schema.hpp"
#include "schema/domain/names.hpp"

namespace tefter::web {

namespace {

constexpr std::size_t most_columns = 6;
constexpr std::size_t longest_cell = 160;

/// For tables whose first columns are not what tells most.
const std::map<std::string_view, std::vector<std::string_view>>& chosen_columns() {
    static const std::map<std::string_view, std::vector<std::string_view>> list{
        {"person", {"family_name", "given_name", "category", "institution_text", "gender"}},
        {"activity", {"title", "kind", "starts_on", "ends_on", "place", "state"}},
        {"institution", {"name", "kind", "beneficiary", "place"}},
        {"enrolment", {"state", "role", "nominated_by"}},
    };
    return list;
}

std::vector<const Column*> columns_of(const Table& table) {
    std::vector<const Column*> out;
    if (const auto found = chosen_columns().find(table.name); found != chosen_columns().end()) {
        for (const std::string_view name : found->second) out.push_back(table.find_column(name).second);
        return out;
    }
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) {
            const bool tells = !column.multiline && column.type != ColumnType::blob;
            if (tells && out.size() < most_columns) out.push_back(&column);
        }
    }
    return out;
}

bool is_number(const Column& column) {
    return (column.type == ColumnType::integer || column.type == ColumnType::real) && column.enumeration == nullptr;
}

/// One row as a list shows it. The first cell is its name and leads to it.
std::vector<Markup> row_cells(const Visit& visit, const Table& table, const std::vector<const Column*>& columns, const Statement& row,
                              const std::vector<OwnedValue>& key) {
    std::vector<Markup> out;
    if (!table.generated_key) {
        Markup names;
        for (std::size_t i = 0; i < table.key.size(); ++i)
            names += (i == 0 ? Markup() : Markup(" · ")) + Markup(cell_text(visit, table.key[i], key[i].view()));
        out.push_back(link(row_address(table, key), names));
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Value value = row.value(static_cast<int>(table.key.size() + i));
        std::string text = cell_text(visit, *columns[i], value);
        if (text.size() > longest_cell) text = text.substr(0, longest_cell - 40) + "…";
        const bool leads = table.generated_key && i == 0;
        if (leads) out.push_back(link(row_address(table, key), Markup(text.empty() ? row_name(visit, table, key) : text)));
        else out.push_back(columns[i]->type == ColumnType::reference || text.empty() ? cell(visit, *columns[i], value) : Markup(text));
    }
    return out;
}

/// All words of `search` stand somewhere in the row, in any script and without diacritics.
bool has_words(const std::string& row, const std::vector<std::string>& words) {
    return std::all_of(words.begin(), words.end(), [&](const std::string& word) { return row.find(word) != std::string::npos; });
}

std::vector<std::string> words_of(const std::string& search) {
    std::vector<std::string> out;
    const std::string folded = sort_key(search);
    for (std::size_t at = 0; at < folded.size();) {
        const std::size_t end = std::min(folded.find(' ', at), folded.size());
        if (end > at) out.push_back(folded.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

}  // namespace

const std::vector<Shelf>& shelves() {
    static const std::vector<Shelf> list{
        {"web.shelf.people", {"person", "institution", "consent", "same_person", "not_same_person"}},
        {"web.shelf.training", {"activity", "session", "enrolment", "attendance", "test_result", "evaluation", "follow_up", "certificate"}},
        {"web.shelf.stays", {"internship", "internship_week", "study_tour_day", "course_group", "course_member"}},
        {"web.shelf.cases", {"supported_case", "meeting", "investigation_team", "assistance_request", "recommendation"}},
        {"web.shelf.cooperation", {"agreement", "agreement_stage_date", "liaison_posting", "contact_point"}},
        {"web.shelf.law", {"law", "law_stage_date", "working_group", "working_group_member", "law_comment"}},
        {"web.shelf.exchange", {"analysis_product", "exchange_step"}},
        {"web.shelf.reference", {"beneficiary", "topic", "indicator_target", "consent_text"}},
    };
    return list;
}

bool is_administration(const Table& table) { return table.number == device_table || table.name == "staff_user" || table.name == "access"; }

bool may_read(const Visit& visit, const Table& table) {
    if (is_administration(table)) return visit.who->role == Role::administrator;
    return visit.sees_personal() || (table.name != "person" && visit.who->role != Role::officer);
}

std::string key_condition(const Table& table) {
    std::string sql;
    for (std::size_t i = 0; i < table.key.size(); ++i) {
        sql += (i == 0 ? " WHERE " : " AND ") + sql_name(table.key[i].name) + " = ?" + std::to_string(i + 1);
    }
    return sql;
}

void bind_key(Statement& row, const std::vector<OwnedValue>& key) {
    for (std::size_t i = 0; i < key.size(); ++i) row.bind(static_cast<int>(i) + 1, key[i].view());
}

Register find_register(const Visit& visit) {
    const Table* table = visit.catalog().find(visit.parts.front());
    if (table == nullptr) return {};
    Register out{table, {}};
    if (visit.parts.size() < 2) return out;
    out.key = parse_key_text(visit, *table, visit.parts[1]);
    return out.key.empty() ? Register{} : out;
}

RowList list_rows(const Visit& visit, const Table& table, const ListOptions& options) {
    const std::vector<const Column*> columns = columns_of(table);
    std::string sql;
    for (const Column& column : table.key) sql += (sql.empty() ? "SELECT " : ", ") + sql_name(column.name);
    for (const Column* column : columns) sql += ", " + sql_name(column->name);
    if (!options.search.empty()) {
        for (const Group& group : table.groups) {
            for (const Column& column : group.columns) {
                if (column.type == ColumnType::text && (!column.personal || visit.sees_personal())) sql += ", " + sql_name(column.name);
            }
        }
    }
    sql += " FROM " + sql_name(table.name) + (options.where.empty() ? "" : " WHERE " + options.where) + " ORDER BY ";
    // The newest first where rows are drawn; people and institutions by name.
    const bool named = table.name == "person" || table.name == "institution";
    sql += named ? sql_name(columns.front()->name) + " COLLATE NOCASE, 1" : table.generated_key ? "1 DESC" : "1, 2";
    Statement row = visit.reader.prepare_once(sql);
    const Value parameter = options.parameter.view();
    if (!parameter.is_null()) row.bind(1, parameter);
    const std::vector<std::string> words = words_of(options.search);
    const std::size_t text_at = table.key.size() + columns.size();
    RowList out;
    std::vector<std::vector<Markup>> cells;
    while (row.step()) {
        if (!words.empty()) {
            std::string text;
            for (std::size_t i = text_at; i < static_cast<std::size_t>(row.columns()); ++i) (text += row.text(static_cast<int>(i))) += ' ';
            for (std::size_t i = 0; i < table.key.size(); ++i) {
                if (table.key[i].type == ColumnType::text || !table.generated_key) (text += row.text(static_cast<int>(i))) += ' ';
            }
            if (!has_words(sort_key(text), words)) continue;
        }
        if (out.total++ < options.skip || cells.size() >= options.take) continue;
        std::vector<OwnedValue> key;
        for (std::size_t i = 0; i < table.key.size(); ++i) key.emplace_back(row.value(static_cast<int>(i)));
        cells.push_back(row_cells(visit, table, columns, row, key));
    }
    std::vector<TableColumn> headings;
    if (!table.generated_key) headings.push_back({Markup(table_name(visit, table)), false});
    for (const Column* column : columns) headings.push_back({Markup(column_name(visit, *column)), is_number(*column)});
    out.shown = cells.size();
    if (!cells.empty()) out.table = web::table(Markup(table_name(visit, table)), headings, cells);
    return out;
}

}  // namespace tefter::web
