// The catalog: what is released stays as it is.

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <set>

#include "schema/domain/catalog_text.hpp"

using namespace tefter;

namespace {

const char* type_name(const Column& column) {
    switch (column.type) {
        case ColumnType::text: return "text";
        case ColumnType::integer: return "int";
        case ColumnType::real: return "real";
        case ColumnType::boolean: return "bool";
        case ColumnType::date: return "date";
        case ColumnType::time: return "time";
        case ColumnType::enumeration: return "enum";
        case ColumnType::reference: return "ref";
        case ColumnType::set: return "set";
        case ColumnType::blob: return "blob";
    }
    return "";
}

std::string describe(const Column& column) {
    std::string text = column.name + ":" + type_name(column);
    if (column.enumeration != nullptr) text += "(" + column.enumeration->name + ")";
    if (column.type == ColumnType::reference) text += "(" + std::to_string(column.target.value) + ")";
    return text + (column.personal ? ":personal" : "");
}

const char* rule_name(MergeRule rule) {
    switch (rule) {
        case MergeRule::newest: return "newest";
        case MergeRule::maximum: return "max";
        case MergeRule::minimum: return "min";
        case MergeRule::set: return "set";
    }
    return "";
}

/// One line for each thing whose number or shape travels or lies in files.
std::set<std::string> frozen_lines(const Catalog& catalog) {
    std::set<std::string> lines;
    for (const Scope& scope : catalog.scopes()) lines.insert("scope " + std::to_string(scope.number.value) + " " + scope.name);
    for (const auto& [name, enumeration] : catalog.enumerations()) {
        for (const Enumerator& value : enumeration.values) {
            lines.insert("enumeration " + std::to_string(enumeration.number) + " " + name + " " + std::to_string(value.number) + " " +
                         value.name);
        }
    }
    for (const Table& table : catalog.tables()) {
        const std::string number = std::to_string(table.number.value);
        std::string key;
        for (const Column& column : table.key) key += " " + describe(column);
        lines.insert("table " + number + " " + table.name + " key" + key);
        for (const Group& group : table.groups) {
            std::string columns;
            for (const Column& column : group.columns) columns += " " + describe(column);
            lines.insert("group " + number + "." + std::to_string(group.number.value) + " " + rule_name(group.rule) + columns);
        }
    }
    return lines;
}

std::string join(const std::set<std::string>& lines, const std::set<std::string>& without) {
    std::string out;
    for (const std::string& line : lines) {
        if (!without.contains(line)) out += line + "\n";
    }
    return out;
}

}  // namespace

TEST_CASE("what the catalog has released is as it was") {
    std::ifstream file(TEFTER_SOURCE_DIR "/schema/frozen.txt");
    REQUIRE(file);
    std::set<std::string> released;
    for (std::string line; std::getline(file, line);) {
        if (!line.empty() && line.front() != '#') released.insert(line);
    }
    const std::set<std::string> now = frozen_lines(load_built_in_catalog());
    INFO("Released, and changed or gone (never do this; give what is new a new number):\n" << join(released, now));
    INFO("New (add these lines to schema/frozen.txt with the release that brings them):\n" << join(now, released));
    CHECK(now == released);
}
