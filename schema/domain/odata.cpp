#include "schema/domain/odata.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/text.hpp"
#include "engine/store/editor.hpp"
#include "engine/store/schema.hpp"
#include "schema/domain/indicators.hpp"
#include "schema/domain/odata_query.hpp"

namespace tefter {

using nlohmann::json;

namespace {

constexpr std::size_t rows_a_page = 5000;
constexpr const char* json_type = "application/json;odata.metadata=minimal;charset=utf-8";
constexpr std::string_view indicators_set = "indicators";
constexpr std::pair<const char*, const char*> indicator_columns[] = {
    {"code", "Edm.String"},  {"cut", "Edm.String"},   {"part", "Edm.String"}, {"unit", "Edm.String"},
    {"value", "Edm.Double"}, {"basis", "Edm.Double"}, {"rows", "Edm.Int64"},  {"people", "Edm.Int64"}};
constexpr const char* unit_names[] = {"count", "percent", "days", "months", "euro", "points"};

struct Asked {
    const ODataRequest& request;
    Database& reader;
    const Catalog& catalog;
    const std::function<bool(const Table&, const Column&)>& allowed;
};

bool is_id(const Table& table, const Column& column) {
    return column.type == ColumnType::reference || (table.generated_key && column.name == "id");
}

const char* edm_type(const Table& table, const Column& column) {
    if (is_id(table, column)) return "Edm.String";
    switch (column.type) {
        case ColumnType::integer: return "Edm.Int64";
        case ColumnType::real: return "Edm.Double";
        case ColumnType::boolean: return "Edm.Boolean";
        case ColumnType::time: return "Edm.DateTimeOffset";
        default: return "Edm.String";
    }
}

/// The columns that are given out, key first; none where the table is not.
std::vector<const Column*> columns_of(const Asked& asked, const Table& table) {
    std::vector<const Column*> out;
    for (const Column& column : table.key) out.push_back(&column);
    for (const Group& group : table.groups) {
        for (const Column& column : group.columns) {
            if (column.type != ColumnType::blob && asked.allowed(table, column)) out.push_back(&column);
        }
    }
    if (out.size() == table.key.size()) out.clear();
    return out;
}

std::string service(const Asked& asked) {
    json sets = json::array({json{{"name", indicators_set}, {"kind", "EntitySet"}, {"url", indicators_set}}});
    for (const Table& table : asked.catalog.tables()) {
        if (!columns_of(asked, table).empty()) sets.push_back({{"name", table.name}, {"kind", "EntitySet"}, {"url", table.name}});
    }
    return json{{"@odata.context", asked.request.root + "$metadata"}, {"value", sets}}.dump();
}

/// The names of the catalog need no escaping in XML.
std::string metadata(const Asked& asked) {
    std::string types, sets;
    const auto add = [&](const std::string& name, const std::string& key, const std::string& properties) {
        types += "<EntityType Name=\"" + name + "\"><Key>" + key + "</Key>" + properties + "</EntityType>";
        sets += "<EntitySet Name=\"" + name + "\" EntityType=\"Tefter." + name + "\"/>";
    };
    const auto property = [](const std::string& name, const char* type, bool key) {
        return "<Property Name=\"" + name + "\" Type=\"" + type + "\"" + (key ? " Nullable=\"false\"" : "") + "/>";
    };
    std::string properties;
    for (const auto& [name, type] : indicator_columns)
        properties += property(name, type, std::string_view("code cut part").find(name) != std::string_view::npos);
    add(std::string(indicators_set), R"(<PropertyRef Name="code"/><PropertyRef Name="cut"/><PropertyRef Name="part"/>)", properties);
    for (const Table& table : asked.catalog.tables()) {
        const std::vector<const Column*> columns = columns_of(asked, table);
        if (columns.empty()) continue;
        std::string key;
        for (const Column& column : table.key) key += "<PropertyRef Name=\"" + column.name + "\"/>";
        properties.clear();
        for (std::size_t i = 0; i < columns.size(); ++i)
            properties += property(columns[i]->name, edm_type(table, *columns[i]), i < table.key.size());
        add(table.name, key, properties + property("scope", "Edm.String", false));
    }
    return R"(<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">)"
           R"(<edmx:DataServices><Schema Namespace="Tefter" xmlns="http://docs.oasis-open.org/odata/ns/edm">)" +
           types + "<EntityContainer Name=\"Register\">" + sets + "</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>";
}

json json_of(const Asked& asked, const Table& table, const Column& column, const Value& value) {
    if (value.is_null()) return nullptr;
    if (value.kind() == ValueKind::real) return value.real();
    if (value.kind() != ValueKind::integer) return value.text();
    if (is_id(table, column)) return std::to_string(value.integer());
    if (column.type == ColumnType::time) return time_text(value.integer());
    if (column.type == ColumnType::boolean) return value.integer() != 0;
    if (column.type == ColumnType::real) return static_cast<double>(value.integer());
    if (column.name == "scope") {
        const Scope* scope = asked.catalog.find_scope(ScopeNumber{static_cast<std::uint32_t>(value.integer())});
        return scope == nullptr ? json() : json(scope->name);
    }
    if (column.enumeration == nullptr) return value.integer();
    const Enumerator* found = column.enumeration->find(value.integer());
    return found == nullptr ? std::to_string(value.integer()) : found->name;
}

/// One register's question as SQL.
class TableQuery {
public:
    TableQuery(const Asked& asked, const Table& table)
        : asked_(asked), table_(table), columns_(columns_of(asked, table)), query_(parse_odata_query(asked.request.query)) {
        scope_.name = "scope";
        scope_.type = ColumnType::integer;
        for (const std::string& name : query_.select) selected_.push_back(&column(name));
        if (selected_.empty()) {
            selected_ = columns_;
            selected_.push_back(&scope_);
        }
        for (const ODataCondition& condition : query_.filter) add(condition);
    }

    std::int64_t count() {
        Statement row = asked_.reader.prepare_once("SELECT count(*) FROM " + sql_name(table_.name) + where_);
        bind(row);
        row.step();
        return row.integer(0);
    }

    ODataAnswer rows() {
        const std::size_t most = std::min(query_.top.value_or(rows_a_page), rows_a_page);
        std::string sql;
        for (const Column* column : selected_) sql += (sql.empty() ? "SELECT " : ", ") + physical(*column);
        Statement row = asked_.reader.prepare_once(sql + " FROM " + sql_name(table_.name) + where_ + " ORDER BY " + order() + " LIMIT " +
                                                   std::to_string(most + 1) + " OFFSET " + std::to_string(query_.skip));
        bind(row);
        json out{{"@odata.context", asked_.request.root + "$metadata#" + table_.name}};
        if (query_.count) out["@odata.count"] = count();
        json values = json::array();
        bool more = false;
        while (row.step()) {
            if (values.size() == most) {
                more = true;
                break;
            }
            json one = json::object();
            for (std::size_t i = 0; i < selected_.size(); ++i)
                one[selected_[i]->name] = json_of(asked_, table_, *selected_[i], row.value(static_cast<int>(i)));
            values.push_back(std::move(one));
        }
        const auto given = static_cast<std::int64_t>(values.size());
        out["value"] = std::move(values);
        if (more && query_.top.value_or(rows_a_page + 1) > most) out["@odata.nextLink"] = next(most);
        return {200, json_type, out.dump(-1, ' ', false, json::error_handler_t::replace), given};
    }

private:
    const Column& column(const std::string& name) const {
        if (name == scope_.name) return scope_;
        for (const Column* column : columns_) {
            if (column->name == name) return *column;
        }
        throw Error(ErrorKind::usage, "\"" + name + "\" is no column of " + table_.name + ".");
    }
    std::string physical(const Column& column) const { return &column == &scope_ ? "_scope" : sql_name(column.name); }

    void add(const ODataCondition& condition) {
        const Column& of = column(condition.column);
        where_ += (where_.empty() ? " WHERE " : " AND ") + physical(of);
        if (!condition.literal) {
            if (condition.operation != "eq" && condition.operation != "ne")
                throw Error(ErrorKind::usage, "null is compared with eq or ne.");
            where_ += condition.operation == "eq" ? " IS NULL" : " IS NOT NULL";
            return;
        }
        const std::map<std::string, const char*> sql{{"eq", " = ?"},  {"ne", " <> ?"}, {"gt", " > ?"},
                                                     {"ge", " >= ?"}, {"lt", " < ?"},  {"le", " <= ?"}};
        where_ += sql.at(condition.operation);
        if (&of == &scope_) {
            const Scope* scope = asked_.catalog.find_scope(*condition.literal);
            values_.emplace_back(scope == nullptr ? std::int64_t{-1} : std::int64_t{scope->number.value});
            return;
        }
        if (of.type == ColumnType::boolean && (*condition.literal == "true" || *condition.literal == "false")) {
            values_.emplace_back(std::int64_t{*condition.literal == "true"});
            return;
        }
        Arena arena;
        values_.emplace_back(coerce(asked_.catalog, table_, of, OwnedValue(*condition.literal), arena));
    }

    void bind(Statement& row) {
        bound_.clear();
        for (const OwnedValue& value : values_) bound_.push_back(value.view());
        for (std::size_t i = 0; i < bound_.size(); ++i) row.bind(static_cast<int>(i + 1), bound_[i]);
    }

    std::string order() const {
        std::string out;
        for (const auto& [name, descending] : query_.order) out += physical(column(name)) + (descending ? " DESC, " : ", ");
        for (const Column& column : table_.key) out += sql_name(column.name) + (&column == &table_.key.back() ? "" : ", ");
        return out;
    }

    std::string next(std::size_t given) const {
        std::string out = asked_.request.root + table_.name + "?$skip=" + std::to_string(query_.skip + given);
        for (const auto& [name, text] : asked_.request.query) {
            if (name == "$skip") continue;
            out += "&" + name + "=";
            const std::string value = name == "$top" ? std::to_string(*query_.top - given) : text;
            for (const char letter : value) {
                constexpr std::string_view digits = "0123456789ABCDEF";
                const auto byte = static_cast<unsigned char>(letter);
                if (std::isalnum(byte) != 0 || letter == '-' || letter == '_' || letter == '.') out += letter;
                else out += std::string("%") + digits[byte >> 4U] + digits[byte & 0xFU];
            }
        }
        return out;
    }

    const Asked& asked_;
    const Table& table_;
    Column scope_;
    std::vector<const Column*> columns_, selected_;
    ODataQuery query_;
    std::string where_;
    std::vector<OwnedValue> values_;
    std::vector<Value> bound_;
};

std::vector<json> indicator_rows(const Facts& facts) {
    std::vector<json> out;
    for (const IndicatorRow& row : indicator_table(facts)) {
        const Figure& figure = row.slice.figure;
        out.push_back({{"code", row.indicator->code},
                       {"cut", to_text(row.cut)},
                       {"part", row.slice.key},
                       {"unit", unit_names[static_cast<std::size_t>(row.indicator->unit)]},
                       {"value", figure.value ? json(*figure.value) : json()},
                       {"basis", figure.basis},
                       {"rows", figure.rows},
                       {"people", figure.people}});
    }
    return out;
}

bool holds(const json& row, const ODataCondition& condition) {
    const auto found = row.find(condition.column);
    if (found == row.end()) throw Error(ErrorKind::usage, "\"" + condition.column + "\" is no column of indicators.");
    if (!condition.literal) return found->is_null() == (condition.operation == "eq");
    if (found->is_null()) return false;
    int order = 0;
    if (found->is_number()) {
        const double difference = found->get<double>() - std::strtod(condition.literal->c_str(), nullptr);
        order = difference < 0 ? -1 : (difference > 0 ? 1 : 0);
    } else {
        order = found->get_ref<const std::string&>().compare(*condition.literal);
    }
    if (condition.operation == "eq") return order == 0;
    if (condition.operation == "ne") return order != 0;
    if (condition.operation == "gt") return order > 0;
    if (condition.operation == "ge") return order >= 0;
    return condition.operation == "lt" ? order < 0 : order <= 0;
}

ODataAnswer indicators_answer(const Asked& asked, const Facts& facts, bool only_count) {
    const ODataQuery query = parse_odata_query(asked.request.query);
    std::vector<json> rows = indicator_rows(facts);
    std::erase_if(rows, [&](const json& row) {
        return !std::all_of(query.filter.begin(), query.filter.end(),
                            [&](const ODataCondition& condition) { return holds(row, condition); });
    });
    if (only_count) return {200, "text/plain", std::to_string(rows.size()), 0};
    for (auto order = query.order.rbegin(); order != query.order.rend(); ++order) {
        std::stable_sort(rows.begin(), rows.end(), [&](const json& a, const json& b) {
            return order->second ? b.value(order->first, json()) < a.value(order->first, json())
                                 : a.value(order->first, json()) < b.value(order->first, json());
        });
    }
    json out{{"@odata.context", asked.request.root + "$metadata#" + std::string(indicators_set)}};
    if (query.count) out["@odata.count"] = rows.size();
    json values = json::array();
    for (std::size_t i = query.skip; i < rows.size() && values.size() < query.top.value_or(rows.size()); ++i) {
        json one = json::object();
        for (const std::string& name : query.select) {
            if (!rows[i].contains(name)) throw Error(ErrorKind::usage, "\"" + name + "\" is no column of indicators.");
            one[name] = rows[i][name];
        }
        values.push_back(query.select.empty() ? std::move(rows[i]) : std::move(one));
    }
    const auto given = static_cast<std::int64_t>(values.size());
    out["value"] = std::move(values);
    return {200, json_type, out.dump(), given};
}

ODataAnswer failure(int status, const std::string& sentence) {
    return {status, json_type, json{{"error", {{"code", std::to_string(status)}, {"message", sentence}}}}.dump(), 0};
}

}  // namespace

ODataAnswer odata(const ODataRequest& request, Database& reader, const Catalog& catalog,
                  const std::function<std::shared_ptr<const Facts>()>& facts,
                  const std::function<bool(const Table&, const Column&)>& allowed) {
    const Asked asked{request, reader, catalog, allowed};
    try {
        if (request.path.empty()) return {200, json_type, service(asked), 0};
        if (request.path == "$metadata") return {200, "application/xml;charset=utf-8", metadata(asked), 0};
        std::string name = request.path;
        const bool only_count = name.ends_with("/$count");
        if (only_count) name.resize(name.size() - std::string_view("/$count").size());
        if (name == indicators_set) return indicators_answer(asked, *facts(), only_count);
        const Table* table = catalog.find(name);
        if (table == nullptr || columns_of(asked, *table).empty()) return failure(404, "There is no entity set \"" + name + "\".");
        TableQuery query(asked, *table);
        return only_count ? ODataAnswer{200, "text/plain", std::to_string(query.count()), 0} : query.rows();
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage) throw;
        return failure(400, error.what());
    }
}

}  // namespace tefter
