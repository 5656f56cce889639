#include "schema/domain/reference.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "schema/domain/catalog_text.hpp"

namespace tefter {

namespace {

using Json = nlohmann::ordered_json;  // the order of the file is the order of the ids

OwnedValue cell(const Json& value) {
    if (value.is_number_integer()) return OwnedValue(value.get<std::int64_t>());
    if (value.is_string()) return OwnedValue(value.get<std::string>());
    return OwnedValue(value.dump());  // one text in several languages
}

Edit row(const Table& table, const Json& given, Replica& replica) {
    Edit edit;
    edit.table = table.name;
    if (table.generated_key) edit.key = {replica.new_id()};
    else
        for (const Column& column : table.key) edit.key.push_back(cell(given.at(column.name)));
    for (const auto& [name, value] : given.items()) {
        const bool in_key =
            std::any_of(table.key.begin(), table.key.end(), [&, &own = name](const Column& column) { return column.name == own; });
        if (!in_key) edit.values.emplace_back(name, cell(value));
    }
    return edit;
}

}  // namespace

std::vector<Edit> reference_data(Replica& replica) {
    std::vector<Edit> edits;
    const Json tables = Json::parse(reference_text());
    for (const auto& [name, rows] : tables.items()) {
        for (const Json& given : rows) edits.push_back(row(replica.catalog().table(name), given, replica));
    }
    return edits;
}

Edit first_administrator(Replica& replica, const std::string& name) {
    Edit user;
    user.table = "staff_user";
    user.key = {replica.new_id()};
    user.values = {{"name", name}, {"role", "administrator"}, {"active", 1}};
    return user;
}

}  // namespace tefter
