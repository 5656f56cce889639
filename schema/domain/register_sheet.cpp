#include "schema/domain/register_sheet.hpp"

#include <algorithm>

#include "engine/store/schema.hpp"
#include "schema/domain/export_target.hpp"

namespace tefter {

namespace {

struct Heading {
    enum class Kind { column, id, scope };
    Kind kind = Kind::column;
    const Column* column = nullptr;
    CellForm form = CellForm::words;
};

bool is_words(const Texts& texts, const char* key, std::string_view heading) {
    const auto& all = texts.all().find(key)->second;
    return std::any_of(all.begin(), all.end(), [&](const std::string& words) { return fold(words) == fold(heading); });
}

/// One sheet at work.
class RegisterImport {
public:
    RegisterImport(Replica& replica, const Texts& texts, const Table& table, const Sheet& sheet, const ImportOptions& options)
        : replica_(replica),
          texts_(texts),
          plan_(register_plan(replica.catalog(), table)),
          sheet_(sheet),
          options_(options),
          rows_(replica.store().database, replica.catalog(), texts) {}

    ImportResult run(const std::string& file) {
        result_.rows = sheet_.rows.size();
        for (const std::string& heading : sheet_.headings) headings_.push_back(heading_of(heading, file));
        check_headings(file);
        if (has_drawn_key()) note_rows();
        for (const SheetRow& row : sheet_.rows) read(row);
        if (!result_.faults.empty() && !options_.skip_bad) return std::move(result_);
        if (!edits_.empty()) result_.changes = replica_.write(0, edits_).changes;
        result_.written = true;
        return std::move(result_);
    }

private:
    const Table& table() const { return *plan_.table; }
    bool has_drawn_key() const { return table().generated_key; }

    Heading heading_of(const std::string& heading, const std::string& file) const {
        if (const Column* column = column_of_heading(texts_, plan_, heading))
            return {Heading::Kind::column, column, column->name == heading ? CellForm::stored : CellForm::words};
        if (has_drawn_key() && (heading == "id" || is_words(texts_, "register.number", heading))) return {Heading::Kind::id, nullptr, {}};
        if (heading == "scope" || is_words(texts_, "register.scope", heading)) return {Heading::Kind::scope, nullptr, {}};
        throw Error(ErrorKind::usage,
                    "The sheet " + file + " cannot be read: the heading \"" + heading + "\" is no column of " + table().name + ".");
    }

    void check_headings(const std::string& file) const {
        for (std::size_t i = 0; i < headings_.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (headings_[i].kind == headings_[j].kind && headings_[i].column == headings_[j].column)
                    throw Error(ErrorKind::usage, "The sheet " + file + " cannot be read: the headings \"" + sheet_.headings[j] +
                                                      "\" and \"" + sheet_.headings[i] + "\" mean the same column.");
            }
        }
        for (const Column& column : table().key) {
            const bool there =
                std::any_of(headings_.begin(), headings_.end(), [&](const Heading& heading) { return heading.column == &column; });
            if (!has_drawn_key() && !there)
                throw Error(ErrorKind::usage,
                            "The sheet " + file + " cannot be read: a column for " + column.name + ", a part of the key, is missing.");
        }
    }

    /// The given columns of every row that is there: a line that has them all is that row.
    std::string values_text(const std::vector<std::pair<const Column*, Value>>& values) const {
        std::string out;
        for (const auto& [column, value] : values) {
            if (value.is_null() || (column->type == ColumnType::set && value.text() == "[]")) continue;
            out += "\x1e" + column->name + "\x1f";
            if (value.kind() == ValueKind::integer) out += std::to_string(value.integer());
            else if (value.kind() == ValueKind::real) out += std::to_string(value.real());
            else if (column->type == ColumnType::set) out += set_order(value.text());
            else out += value.text();
        }
        return out;
    }
    static std::string set_order(std::string_view json) {
        std::vector<std::string> parts(1);
        for (const char c : json) {
            if (c == ',') parts.emplace_back();
            else if (c != '[' && c != ']' && c != ' ') parts.back() += c;
        }
        std::sort(parts.begin(), parts.end());
        std::string out;
        for (const std::string& part : parts) out += part + ",";
        return out;
    }

    void note_rows() {
        std::string sql;
        std::vector<const Column*> columns;
        for (const Heading& heading : headings_) {
            if (heading.kind != Heading::Kind::column) continue;
            columns.push_back(heading.column);
            sql += (sql.empty() ? "SELECT " : ", ") + sql_name(heading.column->name);
        }
        if (columns.empty()) return;
        Statement row = replica_.store().database.prepare_once(sql + " FROM " + sql_name(table().name));
        while (row.step()) {
            std::vector<std::pair<const Column*, Value>> values;
            for (std::size_t i = 0; i < columns.size(); ++i) values.emplace_back(columns[i], row.value(static_cast<int>(i)));
            there_.insert(values_text(values));
        }
    }

    void fault(const SheetRow& row, std::size_t at, const std::string& reason) {
        result_.faults.push_back({row.line, at < sheet_.headings.size() ? sheet_.headings[at] : "", reason});
    }

    void read(const SheetRow& row) {
        const std::size_t before = result_.faults.size();
        if (row.cells.size() > headings_.size()) return fault(row, SIZE_MAX, "it has more cells than the heading");
        Edit edit;
        edit.table = table().name;
        const std::optional<RowKey> id = read_id(row);
        std::vector<std::pair<const Column*, Value>> values;
        std::map<const Column*, OwnedValue> given;
        for (std::size_t i = 0; i < headings_.size(); ++i) {
            const Heading& heading = headings_[i];
            const std::string& cell = row.cells[i];
            if (heading.kind == Heading::Kind::scope) {
                read_scope(row, i, edit);
            } else if (heading.kind == Heading::Kind::column) {
                ReadCell read = read_cell(rows_, *heading.column, cell, heading.form);
                // A line that changes a row says only what changes.
                if (read.fault == CellFault::required && cell.empty() && id) continue;
                if (read.fault != CellFault::none) fault(row, i, sentence(texts_, *heading.column, read.fault, cell));
                given[heading.column] = std::move(read.value);
            }
        }
        if (!id) check_missing(row, given, before);
        if (result_.faults.size() != before) return;
        for (const auto& [column, value] : given) values.emplace_back(column, value.view());
        place(row, edit, id, given, values, before);
    }

    /// The row that the line names; it must be there.
    std::optional<RowKey> read_id(const SheetRow& row) {
        for (std::size_t i = 0; i < headings_.size(); ++i) {
            if (headings_[i].kind != Heading::Kind::id || row.cells[i].empty()) continue;
            auto id = key_from_words(replica_.catalog(), table(), row.cells[i]);
            if (!id || rows_.find(table(), row.cells[i]).empty())
                fault(row, i, sentence(texts_, table().key.front(), CellFault::no_row, row.cells[i]));
            return id;
        }
        return std::nullopt;
    }

    void check_missing(const SheetRow& row, const std::map<const Column*, OwnedValue>& given, std::size_t before) {
        if (result_.faults.size() != before) return;
        for (const Group& group : table().groups) {
            // A group that the line does not touch may wait; the first one makes the row.
            const bool touched = std::any_of(group.columns.begin(), group.columns.end(), [&](const Column& column) {
                const auto found = given.find(&column);
                return found != given.end() && !found->second.view().is_null();
            });
            for (const Column& column : group.columns) {
                if (column.required && (touched || &group == &table().groups.front()) && !given.contains(&column))
                    fault(row, SIZE_MAX, column_words(texts_, table(), column) + ": " + texts_("register.fault.required"));
            }
        }
    }

    void place(const SheetRow& row, Edit& edit, const std::optional<RowKey>& id, std::map<const Column*, OwnedValue>& given,
               const std::vector<std::pair<const Column*, Value>>& values, std::size_t before) {
        if (has_drawn_key() && !id && !there_.insert(in_sheet_order(values)).second) return;  // it is there already
        if (id) edit.key = *id;
        else if (has_drawn_key()) edit.key = {replica_.new_id()};
        else
            for (const Column& column : table().key) edit.key.push_back(given[&column]);
        for (auto& [column, value] : given) {
            const bool of_key =
                std::any_of(table().key.begin(), table().key.end(), [own = column](const Column& one) { return &one == own; });
            if (!of_key && !value.view().is_null()) edit.values.emplace_back(column->name, std::move(value));
        }
        if (scope_is_chosen(table()) && !id) choose_scope(row, edit);
        if (result_.faults.size() == before && (!edit.values.empty() || !id)) edits_.push_back(std::move(edit));
    }

    std::string in_sheet_order(const std::vector<std::pair<const Column*, Value>>& values) const {
        std::vector<std::pair<const Column*, Value>> ordered;
        for (const Heading& heading : headings_) {
            for (const auto& one : values) {
                if (one.first == heading.column) ordered.push_back(one);
            }
        }
        return values_text(ordered);
    }

    void read_scope(const SheetRow& row, std::size_t at, Edit& edit) {
        const std::string& cell = row.cells[at];
        if (cell.empty()) return;
        const Scope* scope = replica_.catalog().find_scope(cell);
        if (scope == nullptr || !holds(scope->number))
            return fault(row, at, sentence(texts_, table().key.front(), CellFault::choice, cell));
        if (scope_is_chosen(table())) edit.scope = scope->number;
    }

    bool holds(ScopeNumber scope) const {
        const auto& held = replica_.identity().scopes;
        return std::find(held.begin(), held.end(), scope) != held.end();
    }

    /// The one of its beneficiary, else the one that was asked for, else the only one that there is.
    void choose_scope(const SheetRow& row, Edit& edit) {
        if (edit.scope) return;
        for (const auto& [name, value] : edit.values) {
            if (name != "beneficiary" || value.view().kind() != ValueKind::text) continue;
            const Scope* scope = replica_.catalog().find_scope(value.view().text());
            if (scope != nullptr && holds(scope->number)) edit.scope = scope->number;
        }
        if (!edit.scope) edit.scope = options_.scope;
        if (!edit.scope) edit.scope = only_beneficiary();
        if (!edit.scope) fault(row, SIZE_MAX, texts_("register.fault.scope"));
    }

    std::optional<ScopeNumber> only_beneficiary() const {
        std::optional<ScopeNumber> only;
        for (const ScopeNumber scope : replica_.identity().scopes) {
            const std::string& name = replica_.catalog().find_scope(scope)->name;
            if (name == "shared" || name == "regional") continue;
            if (only) return std::nullopt;
            only = scope;
        }
        return only;
    }

    Replica& replica_;
    const Texts& texts_;
    RegisterPlan plan_;
    const Sheet& sheet_;
    const ImportOptions& options_;
    RowReader rows_;
    std::vector<Heading> headings_;
    std::set<std::string> there_;
    std::vector<Edit> edits_;
    ImportResult result_;
};

}  // namespace

ImportResult import_rows(Replica& replica, const Texts& texts, const Table& table, std::string_view bytes, const std::string& file,
                         const ImportOptions& options) {
    if (replica.identity().role < table.write_role)
        throw Error(ErrorKind::refused, "The register " + table.name + " is written by those with the role " +
                                            std::string(to_text(table.write_role)) + "; this device has the role " +
                                            std::string(to_text(replica.identity().role)) + ".");
    const Sheet sheet = parse_sheet(bytes, file);
    return RegisterImport(replica, texts, table, sheet, options).run(file);
}

ExportReport export_register(Replica& replica, const Texts& texts, const Table& table, SheetWords words, const std::string& format,
                             const std::string& path) {
    const std::unique_ptr<ExportTarget> target = open_export(format, path, ExportShape::one_table);
    log_export(replica, {&table}, table.name + " as " + format);
    const RegisterPlan plan = register_plan(replica.catalog(), table);
    const std::unique_ptr<Database> reader = replica.open_reader();
    RowReader rows(*reader, replica.catalog(), texts, RowReader::Style::sheet);
    const bool in_words = words == SheetWords::language;
    std::vector<std::string> names;
    std::string sql = "SELECT _scope";
    if (table.generated_key) {
        names.emplace_back(in_words ? texts("register.number") : "id");
        sql += ", id";
    }
    const int first = table.generated_key ? 2 : 1;
    for (const Column* column : plan.columns) {
        names.push_back(in_words ? column_words(texts, table, *column) : column->name);
        sql += ", " + sql_name(column->name);
    }
    names.emplace_back(in_words ? texts("register.scope") : "scope");
    target->begin_table(in_words ? tables_words(texts, table) : table.name, names);
    ExportReport report{1, 0};
    Statement row = reader->prepare_once(sql + " FROM " + sql_name(table.name) + " ORDER BY 2, 3");
    while (row.step()) {
        std::vector<std::string> made(names.size());
        std::vector<Value> cells;
        if (table.generated_key) {
            made[0] = in_words ? key_words(table, {row.integer(1)}) : std::to_string(row.integer(1));
            cells.push_back(Value::text(made[0]));
        }
        for (std::size_t i = 0; i < plan.columns.size(); ++i) {
            std::string& text = made[cells.size()];
            const Value value = row.value(first + static_cast<int>(i));
            if (in_words && !value.is_null()) {
                text = rows.text(*plan.columns[i], value);
                cells.push_back(Value::text(text));
            } else {
                cells.push_back(export_value(value, *plan.columns[i], text));
            }
        }
        const Scope* scope = replica.catalog().find_scope(ScopeNumber{static_cast<std::uint32_t>(row.integer(0))});
        cells.push_back(scope != nullptr ? Value::text(scope->name) : Value());
        target->add(cells);
        ++report.rows;
    }
    target->finish();
    return report;
}

}  // namespace tefter
