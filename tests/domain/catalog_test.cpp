// The catalog: what is released stays as it is, and a bad one is refused with file, table, column and reason.

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <set>

#include "schema/domain/catalog_text.hpp"
#include "tests/offices.hpp"

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

TEST_CASE("a bad catalog is refused with file, table, column and reason") {
    const auto refusal = [](const std::string& what, const std::string& by) -> std::string {
        std::string text = test::test_catalog;
        const std::size_t at = text.find(what);
        REQUIRE(at != std::string::npos);
        text.replace(at, what.size(), by);
        try {
            Catalog::parse(text, "bad.json");
        } catch (const Error& error) {
            CHECK(error.kind() == ErrorKind::usage);
            return error.what();
        }
        return "taken";
    };
    const auto says = [&](const std::string& what, const std::string& by, std::initializer_list<const char*> words) {
        const std::string sentence = refusal(what, by);
        for (const char* word : words) {
            INFO(sentence << "\nshould name: " << word);
            CHECK(sentence.find(word) != std::string::npos);
        }
    };
    says("\"tables\": [", "\"tabels\": [", {"bad.json", "tables"});
    says("\"number\": 1, \"name\": \"shared\"", "\"number\": 1, \"name\": \"common\"", {"bad.json", "shared"});
    says("\"number\": 2, \"name\": \"regional\"", "\"number\": 1, \"name\": \"regional\"", {"bad.json", "regional", "taken"});
    says("\"number\": 17", "\"number\": 16", {"bad.json", "person", "topic"});
    says("\"name\": \"course\"", "\"name\": \"person\"", {"bad.json", "person", "twice"});
    says("\"name\": \"grade\", \"type\": \"int\"", "\"name\": \"grade\", \"type\": \"integer\"",
         {"bad.json", "person", "grade", "integer"});
    says("\"name\": \"grade\"", "\"name\": \"Grade\"", {"bad.json", "person", "Grade"});
    says("\"name\": \"grade\"", "\"name\": \"family\"", {"bad.json", "person", "family", "taken"});
    says("\"enum\": \"mark\"", "\"enum\": \"marks\"", {"bad.json", "attendance", "status", "no such enumeration"});
    says("\"table\": \"topic\"", "\"table\": \"topics\"", {"bad.json", "course", "topic", "topics"});
    says("\"rule\": \"min\"", "\"rule\": \"least\"", {"bad.json", "person", "first_seen", "rule"});
    says("\"of:person\"", "\"of:persons\"", {"bad.json", "attendance", "scope"});
    says("\"write\": \"staff\"", "\"write\": \"everyone\"", {"bad.json", "topic", "role"});
    says("\"grade\", \"type\": \"int\", \"min\": 1", "\"grade\", \"type\": \"int\", \"least\": 1",
         {"bad.json", "person", "grade", "least"});
    says("\"key\": [{\"name\": \"code\", \"type\": \"text\"}]", "\"key\": [{\"name\": \"code\", \"type\": \"text\", \"personal\": true}]",
         {"bad.json", "topic", "code", "personal"});
    says("{\"number\": 2, \"name\": \"excused\"}", "{\"number\": 1, \"name\": \"excused\"}", {"bad.json", "mark", "excused", "twice"});
    CHECK_THROWS_AS(Catalog::parse("{", "bad.json"), Error);
    CHECK(refusal("\"name\": \"test\"", "\"name\": \"test\"") == "taken");
}
