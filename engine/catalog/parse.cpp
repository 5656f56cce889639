// Reads and checks the catalog. Every refusal names file, table, column and reason.

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "engine/base/error.hpp"
#include "engine/catalog/catalog.hpp"

namespace tefter {

using nlohmann::json;

class CatalogParser {
public:
    explicit CatalogParser(std::string file_name) : where_(std::move(file_name)) {}

    Catalog parse(std::string_view text) {
        const json root = read(text);
        catalog_.name_ = text_of(root, "name", where_);
        catalog_.number_ = number_of(root, "number", where_, 1);
        parse_scopes(root);
        if (root.contains("enumerations")) parse_enumerations(root.at("enumerations"));
        add_device_table();
        if (!root.contains("tables") || !root.at("tables").is_array()) fail(where_, "it has no list \"tables\"");
        for (const json& table : root.at("tables")) parse_table(table);
        std::sort(catalog_.tables_.begin(), catalog_.tables_.end(), [](const Table& a, const Table& b) { return a.number < b.number; });
        resolve_references();
        check_scope_columns();
        check_acyclic();
        return std::move(catalog_);
    }

private:
    [[noreturn]] static void fail(const std::string& where, const std::string& reason) {
        throw Error(ErrorKind::usage, "The catalog is wrong at " + where + ": " + reason + ".");
    }

    json read(std::string_view text) const {
        try {
            return json::parse(text, nullptr, true, true);
        } catch (const json::exception& problem) {
            throw Error(ErrorKind::usage, "The catalog " + where_ + " is not valid JSON.", problem.what());
        }
    }

    static std::string text_of(const json& object, const char* field, const std::string& where) {
        if (!object.is_object() || !object.contains(field) || !object.at(field).is_string()) {
            fail(where, std::string("\"") + field + "\" must be a text");
        }
        return object.at(field).get<std::string>();
    }

    static std::string text_or(const json& object, const char* field, std::string otherwise, const std::string& where) {
        return object.contains(field) ? text_of(object, field, where) : std::move(otherwise);
    }

    static std::string name_of(const json& object, const std::string& where) {
        const std::string name = text_of(object, "name", where);
        const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
        if (name.empty() || name.size() > 60 || !std::all_of(name.begin(), name.end(), plain) || name[0] == '_' ||
            (name[0] >= '0' && name[0] <= '9')) {
            fail(where, "\"" + name + "\" is no name (small letters, digits and _)");
        }
        if (name.starts_with("tefter_") || name.starts_with("sqlite_")) fail(where, "\"" + name + "\" is a reserved name");
        return name;
    }

    static std::uint32_t number_of(const json& object, const char* field, const std::string& where, std::uint32_t least) {
        if (!object.contains(field) || !object.at(field).is_number_unsigned() || object.at(field).get<std::uint64_t>() < least ||
            object.at(field).get<std::uint64_t>() > 1'000'000) {
            fail(where, std::string("\"") + field + "\" must be a number from " + std::to_string(least));
        }
        return object.at(field).get<std::uint32_t>();
    }

    static bool flag_of(const json& object, const char* field, const std::string& where) {
        if (!object.contains(field)) return false;
        if (!object.at(field).is_boolean()) fail(where, std::string("\"") + field + "\" must be true or false");
        return object.at(field).get<bool>();
    }

    static void only_fields(const json& object, std::initializer_list<std::string_view> known, const std::string& where) {
        for (const auto& [field, value] : object.items()) {
            if (std::find(known.begin(), known.end(), field) == known.end()) {
                fail(where, "\"" + field + "\" is no field that is known here");
            }
        }
    }

    void parse_scopes(const json& root) {
        if (!root.contains("scopes") || !root.at("scopes").is_array()) fail(where_, "it has no list \"scopes\"");
        for (const json& entry : root.at("scopes")) {
            const Scope scope{ScopeNumber{number_of(entry, "number", where_ + ", scopes", 1)}, text_of(entry, "name", where_ + ", scopes")};
            if (catalog_.find_scope(scope.number) != nullptr || catalog_.find_scope(scope.name) != nullptr) {
                fail(where_ + ", scope " + scope.name, "its number or name is taken");
            }
            catalog_.scopes_.push_back(scope);
        }
        const Scope* shared = catalog_.find_scope("shared");
        if (shared == nullptr || shared->number != shared_scope) fail(where_ + ", scopes", "scope 1 must be \"shared\"");
    }

    void parse_enumerations(const json& list) {
        std::set<std::uint32_t> numbers;
        for (const auto& [name, entry] : list.items()) {
            const std::string where = where_ + ", enumeration " + name;
            Enumeration enumeration{number_of(entry, "number", where, 1), name, {}};
            if (!numbers.insert(enumeration.number).second) fail(where, "its number is taken");
            if (!entry.contains("values") || !entry.at("values").is_array() || entry.at("values").empty()) {
                fail(where, "it has no list \"values\"");
            }
            for (const json& value : entry.at("values")) {
                const Enumerator enumerator{number_of(value, "number", where, 0), text_of(value, "name", where)};
                if (enumeration.find(enumerator.number) != nullptr || enumeration.find(enumerator.name) != nullptr) {
                    fail(where, "the value \"" + enumerator.name + "\" or its number stands twice");
                }
                enumeration.values.push_back(enumerator);
            }
            catalog_.enumerations_.emplace(name, std::move(enumeration));
        }
    }

    void parse_table(const json& entry) {
        Table table;
        table.name = name_of(entry, where_ + ", tables");
        const std::string where = where_ + ", table " + table.name;
        only_fields(entry, {"number", "name", "scope", "key", "write", "groups", "indexes", "retention_months", "label", "area", "title"},
                    where);
        table.number = TableNumber{number_of(entry, "number", where, first_catalog_table)};
        if (catalog_.find(table.name) != nullptr) fail(where, "the name stands twice");
        for (const Table& other : catalog_.tables_) {
            if (other.number == table.number) fail(where, "its number is that of " + other.name);
        }
        table.label = text_or(entry, "label", "table." + table.name, where);
        parse_scope_rule(text_of(entry, "scope", where), table, where);
        if (entry.contains("write")) {
            const auto role = role_from_text(text_of(entry, "write", where));
            if (!role) fail(where, "\"write\" must be a role");
            table.write_role = *role;
        }
        parse_key(entry, table, where);
        parse_groups(entry, table, where);
        parse_indexes(entry, table, where);
        if (entry.contains("area")) table.area = text_of(entry, "area", where);
        parse_title(entry, table, where);
        if (entry.contains("retention_months")) {
            table.retention_months = static_cast<int>(number_of(entry, "retention_months", where, 1));
        }
        catalog_.tables_.push_back(std::move(table));
    }

    void parse_scope_rule(const std::string& rule, Table& table, const std::string& where) const {
        if (rule == "chosen") return;
        if (rule.starts_with("of:")) {
            table.scope_rule = Table::ScopeRule::of_reference;
            table.scope_column = rule.substr(3);
            return;
        }
        const Scope* scope = catalog_.find_scope(rule);
        if (scope == nullptr) fail(where, "\"scope\" must be \"chosen\", \"of:COLUMN\" or the name of a scope");
        table.scope_rule = Table::ScopeRule::fixed;
        table.fixed_scope = scope->number;
    }

    void parse_key(const json& entry, Table& table, const std::string& where) {
        if (!entry.contains("key")) fail(where, "it has no \"key\"");
        const json& key = entry.at("key");
        if (key == "id") {
            Column id;
            id.name = "id";
            id.type = ColumnType::integer;
            id.required = true;
            id.label = table.name + ".id";
            table.key.push_back(std::move(id));
            return;
        }
        if (!key.is_array() || key.empty() || key.size() > 3) fail(where, "\"key\" must be \"id\" or 1 to 3 columns");
        table.generated_key = false;
        for (const json& column : key) {
            table.key.push_back(parse_column(column, table, where));
            Column& parsed = table.key.back();
            parsed.required = true;
            if (parsed.type != ColumnType::text && parsed.type != ColumnType::integer && parsed.type != ColumnType::enumeration &&
                parsed.type != ColumnType::reference) {
                fail(where + ", column " + parsed.name, "a key column is a text, an int, an enum or a ref");
            }
            if (parsed.personal) fail(where + ", column " + parsed.name, "a key holds no personal data: it outlives erasure");
        }
    }

    void parse_groups(const json& entry, Table& table, const std::string& where) {
        if (!entry.contains("groups") || !entry.at("groups").is_array() || entry.at("groups").empty()) {
            fail(where, "it has no list \"groups\"");
        }
        for (const json& item : entry.at("groups")) {
            Group group;
            group.name = name_of(item, where + ", groups");
            const std::string here = where + ", group " + group.name;
            only_fields(item, {"number", "name", "rule", "columns"}, here);
            group.number = GroupNumber{number_of(item, "number", here, 1)};
            if (group.number.value > 63) fail(here, "\"number\" is at most 63");
            if (table.find_group(group.name) != nullptr || table.find_group(group.number) != nullptr) {
                fail(here, "its name or number stands twice");
            }
            group.rule = rule_of(text_or(item, "rule", "newest", here), here);
            if (!item.contains("columns") || !item.at("columns").is_array() || item.at("columns").empty()) {
                fail(here, "it has no list \"columns\"");
            }
            for (const json& column : item.at("columns")) {
                Column parsed = parse_column(column, table, where);
                for (const Column& other : group.columns) {
                    if (other.name == parsed.name) fail(where + ", column " + parsed.name, "the name stands twice");
                }
                group.columns.push_back(std::move(parsed));
            }
            check_rule(group, here);
            table.groups.push_back(std::move(group));
        }
        std::sort(table.groups.begin(), table.groups.end(), [](const Group& a, const Group& b) { return a.number < b.number; });
    }

    static MergeRule rule_of(const std::string& name, const std::string& where) {
        if (name == "newest") return MergeRule::newest;
        if (name == "max") return MergeRule::maximum;
        if (name == "min") return MergeRule::minimum;
        if (name == "set") return MergeRule::set;
        fail(where, "\"rule\" must be newest, max, min or set");
    }

    static void check_rule(const Group& group, const std::string& where) {
        const ColumnType first = group.columns.front().type;
        const bool ordered = first == ColumnType::enumeration || first == ColumnType::integer;
        if ((group.rule == MergeRule::maximum || group.rule == MergeRule::minimum) && !ordered) {
            fail(where, "max and min need a first column that is an enum or an int");
        }
        const bool has_set =
            std::any_of(group.columns.begin(), group.columns.end(), [](const Column& c) { return c.type == ColumnType::set; });
        if ((group.rule == MergeRule::set) != has_set || (has_set && group.columns.size() != 1)) {
            fail(where, "a set stands alone in a group with the rule set, and nothing else has that rule");
        }
        if (has_set && group.columns.front().personal) fail(where, "a set cannot hold personal data");
    }

    Column parse_column(const json& entry, const Table& table, const std::string& table_where) {
        Column column;
        column.name = name_of(entry, table_where + ", columns");
        const std::string where = table_where + ", column " + column.name;
        only_fields(entry,
                    {"name", "type", "enum", "table", "weak", "personal", "required", "multiline", "languages", "max_length", "min", "max",
                     "unit", "suggests", "label", "file"},
                    where);
        if (column.name == "scope" || table.find_column(column.name).second != nullptr) fail(where, "the name is taken");
        column.type = type_of(text_of(entry, "type", where), where);
        if (entry.contains("enum")) {
            const auto found = catalog_.enumerations_.find(text_of(entry, "enum", where));
            if (found == catalog_.enumerations_.end()) fail(where, "there is no such enumeration");
            if (column.type != ColumnType::enumeration && column.type != ColumnType::set) {
                fail(where, "only an enum or a set has an enumeration");
            }
            column.enumeration = &found->second;
        } else if (column.type == ColumnType::enumeration) {
            fail(where, "an enum names its enumeration in \"enum\"");
        }
        if ((column.type == ColumnType::reference) != entry.contains("table")) {
            fail(where, "a ref, and only a ref, names its table in \"table\"");
        }
        if (entry.contains("table")) targets_.emplace_back(table.name, column.name, text_of(entry, "table", where));
        column.weak = flag_of(entry, "weak", where);
        column.personal = flag_of(entry, "personal", where);
        column.required = flag_of(entry, "required", where);
        column.multiline = flag_of(entry, "multiline", where);
        column.translated = flag_of(entry, "languages", where);
        column.file = flag_of(entry, "file", where);
        if (column.file && column.type != ColumnType::blob) fail(where, "only a blob refers to a file");
        if (entry.contains("max_length")) column.max_length = number_of(entry, "max_length", where, 1);
        if (entry.contains("min")) column.least = bound_of(entry.at("min"), where);
        if (entry.contains("max")) column.most = bound_of(entry.at("max"), where);
        if (entry.contains("unit")) column.unit = text_of(entry, "unit", where);
        if (entry.contains("suggests")) column.suggests = text_of(entry, "suggests", where);
        column.label = text_or(entry, "label", table.name + "." + column.name, where);
        return column;
    }

    static double bound_of(const json& value, const std::string& where) {
        if (!value.is_number()) fail(where, "\"min\" and \"max\" are numbers");
        return value.get<double>();
    }

    static ColumnType type_of(const std::string& name, const std::string& where) {
        static constexpr std::pair<std::string_view, ColumnType> types[] = {
            {"text", ColumnType::text}, {"int", ColumnType::integer}, {"real", ColumnType::real},        {"bool", ColumnType::boolean},
            {"date", ColumnType::date}, {"time", ColumnType::time},   {"enum", ColumnType::enumeration}, {"ref", ColumnType::reference},
            {"set", ColumnType::set},   {"blob", ColumnType::blob}};
        for (const auto& [candidate, type] : types) {
            if (candidate == name) return type;
        }
        fail(where, "\"" + name + "\" is no column type");
    }

    void parse_indexes(const json& entry, Table& table, const std::string& where) {
        if (!entry.contains("indexes")) return;
        for (const json& index : entry.at("indexes")) {
            std::vector<std::string> columns;
            for (const json& column : index) {
                if (!column.is_string() || table.find_column(column.get<std::string>()).second == nullptr) {
                    fail(where + ", indexes", "an index names columns of its table");
                }
                columns.push_back(column.get<std::string>());
            }
            table.indexes.push_back(std::move(columns));
        }
    }

    static void parse_title(const json& entry, Table& table, const std::string& where) {
        if (!entry.contains("title")) return;
        for (const json& column : entry.at("title")) {
            if (!column.is_string() || table.find_column(column.get<std::string>()).second == nullptr) {
                fail(where + ", title", "a title names columns of its table");
            }
            table.title.push_back(column.get<std::string>());
        }
    }

    /// The engine's own register of devices. Written by the server's device alone.
    void add_device_table() {
        const json entry = json::parse(R"({
            "number": 16, "name": "device", "scope": "shared", "write": "server",
            "key": [{"name": "number", "type": "int"}],
            "groups": [
                {"number": 1, "name": "identity", "columns": [
                    {"name": "public_key", "type": "blob", "required": true},
                    {"name": "office", "type": "text", "required": true, "max_length": 100},
                    {"name": "role", "type": "text", "required": true, "max_length": 20},
                    {"name": "scopes", "type": "text", "required": true, "max_length": 2000},
                    {"name": "enrolled_at", "type": "time"}]},
                {"number": 2, "name": "revocation", "columns": [
                    {"name": "revoked_at", "type": "time"},
                    {"name": "revocation_reason", "type": "text", "max_length": 500}]},
                {"number": 3, "name": "term", "columns": [
                    {"name": "valid_until", "type": "time"},
                    {"name": "lease_days", "type": "int", "min": 0}]}]})");
        parse_table(entry);
        catalog_.tables_.back().number = device_table;
    }

    void resolve_references() {
        for (const auto& [table_name, column_name, target_name] : targets_) {
            const std::string where = where_ + ", table " + table_name + ", column " + column_name;
            const Table* target = catalog_.find(target_name);
            if (target == nullptr) fail(where, "there is no table \"" + target_name + "\"");
            if (target->key.size() != 1) fail(where, "a reference needs a target with one key column");
            for (Table& table : catalog_.tables_) {
                if (table.name != table_name) continue;
                auto* column = const_cast<Column*>(table.find_column(column_name).second);  // ours while parsing
                column->target = target->number;
            }
        }
        for (const Table& table : catalog_.tables_) {
            const auto note = [&](const Column& column) {
                if (column.type == ColumnType::reference && !column.weak) {
                    catalog_.referrers_[column.target.value].push_back({&table, &column});
                }
            };
            for (const Column& column : table.key) note(column);
            for (const Group& group : table.groups) {
                for (const Column& column : group.columns) note(column);
            }
        }
    }

    void check_scope_columns() const {
        for (const Table& table : catalog_.tables_) {
            if (table.scope_rule != Table::ScopeRule::of_reference) continue;
            const Column* column = table.find_column(table.scope_column).second;
            const std::string where = where_ + ", table " + table.name;
            if (column == nullptr || column->type != ColumnType::reference) {
                fail(where, "\"scope\" names no reference of the table");
            }
        }
    }

    /// A row kept alive by a reference must not, in a circle, keep alive what keeps it.
    void check_acyclic() const {
        std::set<std::uint32_t> done;
        std::set<std::uint32_t> open;
        const auto visit = [&](const auto& self, const Table& table) -> void {
            if (done.contains(table.number.value)) return;
            if (!open.insert(table.number.value).second) {
                fail(where_ + ", table " + table.name, "its references come back to itself; mark one of them \"weak\"");
            }
            for (const Referrer& referrer : catalog_.strong_referrers(table.number)) self(self, *referrer.table);
            open.erase(table.number.value);
            done.insert(table.number.value);
        };
        for (const Table& table : catalog_.tables_) visit(visit, table);
    }

    std::string where_;
    Catalog catalog_;
    std::vector<std::tuple<std::string, std::string, std::string>> targets_;  ///< table, column, target's name
};

Catalog Catalog::parse(std::string_view text, const std::string& file_name) { return CatalogParser(file_name).parse(text); }

Catalog Catalog::load(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Error(ErrorKind::usage, "The catalog " + path + " cannot be read.");
    std::ostringstream text;
    text << file.rdbuf();
    return parse(text.str(), path);
}

}  // namespace tefter
