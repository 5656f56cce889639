// What a catalog may not say, and the sentence that it gets for it: one change of a good catalog for each.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/error.hpp"
#include "engine/catalog/catalog.hpp"
#include "tests/offices.hpp"

using namespace tefter;
using namespace tefter::test;
using nlohmann::json;

namespace {

constexpr const char* good = R"({
  "name": "test", "number": 1,
  "scopes": [{"number": 1, "name": "shared"}, {"number": 2, "name": "AL"}],
  "enumerations": {"mark": {"number": 1, "values": [{"number": 1, "name": "present"}, {"number": 2, "name": "excused"}]}},
  "tables": [
    {"number": 17, "name": "topic", "scope": "shared", "write": "staff", "key": [{"name": "code", "type": "text"}],
     "groups": [{"number": 1, "name": "all", "columns": [{"name": "title", "type": "text"}]}]},
    {"number": 18, "name": "person", "scope": "chosen", "key": "id", "indexes": [["family"]], "title": ["family"],
     "groups": [{"number": 1, "name": "name", "columns": [{"name": "family", "type": "text"}, {"name": "grade", "type": "int", "min": 1}]},
                {"number": 2, "name": "tags", "rule": "set", "columns": [{"name": "tags", "type": "set", "enum": "mark"}]},
                {"number": 3, "name": "seen", "rule": "min", "columns": [{"name": "first_seen", "type": "int"}]}]},
    {"number": 19, "name": "attendance", "scope": "of:person", "key": [{"name": "person", "type": "ref", "table": "person"}],
     "groups": [{"number": 1, "name": "mark", "rule": "max", "columns": [{"name": "status", "type": "enum", "enum": "mark"}]}]}]})";

/// What the parser says to the good catalog with one change (RFC 6902); empty where it takes it.
std::string said(const char* change) {
    const std::string text = json::parse(good).patch(json::array({json::parse(change)})).dump();
    try {
        Catalog::parse(text, "bad.json");
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.what();
    }
    return {};
}

struct Spoilt {
    const char* change;
    const char* where;
    const char* reason;
};

}  // namespace

TEST_CASE("a bad catalog is refused with file, table, column and reason") {
    const Spoilt changes[] = {
        {R"({"op": "remove", "path": "/name"})", "", R"("name" must be a text)"},
        {R"({"op": "replace", "path": "", "value": [1]})", "", R"("name" must be a text)"},
        {R"({"op": "replace", "path": "/number", "value": 0})", "", R"("number" must be a number from 1)"},
        {R"({"op": "replace", "path": "/number", "value": 2000000})", "", R"("number" must be a number from 1)"},
        {R"({"op": "replace", "path": "/number", "value": "1"})", "", R"("number" must be a number from 1)"},
        {R"({"op": "remove", "path": "/number"})", "", R"("number" must be a number from 1)"},
        {R"({"op": "remove", "path": "/tables"})", "", R"(it has no list "tables")"},
        {R"({"op": "replace", "path": "/tables", "value": {}})", "", R"(it has no list "tables")"},

        {R"({"op": "remove", "path": "/scopes"})", "", R"(it has no list "scopes")"},
        {R"({"op": "replace", "path": "/scopes", "value": "all"})", "", R"(it has no list "scopes")"},
        {R"({"op": "replace", "path": "/scopes", "value": []})", ", scopes", R"(scope 1 must be "shared")"},
        {R"({"op": "replace", "path": "/scopes/0/name", "value": "common"})", ", scopes", R"(scope 1 must be "shared")"},
        {R"({"op": "replace", "path": "/scopes/0/number", "value": 3})", ", scopes", R"(scope 1 must be "shared")"},
        {R"({"op": "replace", "path": "/scopes/1/number", "value": 1})", ", scope AL", "its number or name is taken"},
        {R"({"op": "replace", "path": "/scopes/1/name", "value": "shared"})", ", scope shared", "its number or name is taken"},
        {R"({"op": "replace", "path": "/scopes/1", "value": 2})", ", scopes", R"("number" must be a number from 1)"},

        {R"({"op": "add", "path": "/enumerations/role", "value": {"number": 1, "values": []}})", ", enumeration role",
         "its number is taken"},
        {R"({"op": "add", "path": "/enumerations/role", "value": {"number": 2, "values": []}})", ", enumeration role",
         R"(it has no list "values")"},
        {R"({"op": "add", "path": "/enumerations/role", "value": {"number": 2, "values": 7}})", ", enumeration role",
         R"(it has no list "values")"},
        {R"({"op": "add", "path": "/enumerations/role", "value": {"number": 2}})", ", enumeration role", R"(it has no list "values")"},
        {R"({"op": "replace", "path": "/enumerations/mark/values/1/number", "value": 1})", ", enumeration mark",
         R"(the value "excused" or its number stands twice)"},
        {R"({"op": "replace", "path": "/enumerations/mark/values/1/name", "value": "present"})", ", enumeration mark",
         R"(the value "present" or its number stands twice)"},

        {R"({"op": "replace", "path": "/tables/1/name", "value": ""})", ", tables", R"("" is no name (small letters, digits and _))"},
        {R"({"op": "replace", "path": "/tables/1/name", "value": "Person"})", ", tables",
         R"("Person" is no name (small letters, digits and _))"},
        {R"({"op": "replace", "path": "/tables/1/name", "value": "_person"})", ", tables",
         R"("_person" is no name (small letters, digits and _))"},
        {R"({"op": "replace", "path": "/tables/1/name", "value": "a name"})", ", tables",
         R"("a name" is no name (small letters, digits and _))"},
        {R"({"op": "replace", "path": "/tables/1/name", "value": "pers~n"})", ", tables",
         R"("pers~n" is no name (small letters, digits and _))"},
        {R"({"op": "replace", "path": "/tables/1/name", "value": "a_name_that_goes_on_and_on_and_on_until_it_is_longer_than_sixty"})",
         ", tables", R"("a_name_that_goes_on_and_on_and_on_until_it_is_longer_than_sixty" is no name (small letters, digits and _))"},
        {R"({"op": "replace", "path": "/tables/1/name", "value": "1st"})", ", tables", R"("1st" is no name (small letters, digits and _))"},
        {R"({"op": "replace", "path": "/tables/1/name", "value": "tefter_person"})", ", tables", R"("tefter_person" is a reserved name)"},
        {R"({"op": "replace", "path": "/tables/1/name", "value": "sqlite_person"})", ", tables", R"("sqlite_person" is a reserved name)"},
        {R"({"op": "replace", "path": "/tables/1/name", "value": "topic"})", ", table topic", "the name stands twice"},
        {R"({"op": "add", "path": "/tables/1/colour", "value": "red"})", ", table person", R"("colour" is no field that is known here)"},
        {R"({"op": "replace", "path": "/tables/1/number", "value": 15})", ", table person", R"("number" must be a number from 16)"},
        {R"({"op": "replace", "path": "/tables/1/number", "value": 17})", ", table person", "its number is that of topic"},
        {R"({"op": "add", "path": "/tables/1/label", "value": 5})", ", table person", R"("label" must be a text)"},
        {R"({"op": "add", "path": "/tables/1/area", "value": 5})", ", table person", R"("area" must be a text)"},
        {R"({"op": "add", "path": "/tables/1/retention_months", "value": 0})", ", table person",
         R"("retention_months" must be a number from 1)"},
        {R"({"op": "replace", "path": "/tables/1/scope", "value": "XX"})", ", table person",
         R"("scope" must be "chosen", "of:COLUMN" or the name of a scope)"},
        {R"({"op": "replace", "path": "/tables/2/scope", "value": "of:persons"})", ", table attendance",
         R"("scope" names no reference of the table)"},
        {R"({"op": "replace", "path": "/tables/2/scope", "value": "of:status"})", ", table attendance",
         R"("scope" names no reference of the table)"},
        {R"({"op": "replace", "path": "/tables/0/write", "value": "everyone"})", ", table topic", R"("write" must be a role)"},

        {R"({"op": "remove", "path": "/tables/1/key"})", ", table person", R"(it has no "key")"},
        {R"({"op": "replace", "path": "/tables/1/key", "value": "code"})", ", table person", R"("key" must be "id" or 1 to 3 columns)"},
        {R"({"op": "replace", "path": "/tables/1/key", "value": []})", ", table person", R"("key" must be "id" or 1 to 3 columns)"},
        {R"({"op": "replace", "path": "/tables/1/key", "value": [1, 2, 3, 4]})", ", table person",
         R"("key" must be "id" or 1 to 3 columns)"},
        {R"({"op": "replace", "path": "/tables/0/key/0/type", "value": "real"})", ", table topic, column code",
         "a key column is a text, an int, an enum or a ref"},
        {R"({"op": "add", "path": "/tables/0/key/0/personal", "value": true})", ", table topic, column code",
         "a key holds no personal data: it outlives erasure"},

        {R"({"op": "remove", "path": "/tables/1/groups"})", ", table person", R"(it has no list "groups")"},
        {R"({"op": "replace", "path": "/tables/1/groups", "value": 1})", ", table person", R"(it has no list "groups")"},
        {R"({"op": "replace", "path": "/tables/1/groups", "value": []})", ", table person", R"(it has no list "groups")"},
        {R"({"op": "add", "path": "/tables/1/groups/0/colour", "value": 1})", ", table person, group name",
         R"("colour" is no field that is known here)"},
        {R"({"op": "replace", "path": "/tables/1/groups/0/number", "value": 64})", ", table person, group name",
         R"("number" is at most 63)"},
        {R"({"op": "replace", "path": "/tables/1/groups/1/number", "value": 1})", ", table person, group tags",
         "its name or number stands twice"},
        {R"({"op": "replace", "path": "/tables/1/groups/1/name", "value": "name"})", ", table person, group name",
         "its name or number stands twice"},
        {R"({"op": "remove", "path": "/tables/1/groups/0/columns"})", ", table person, group name", R"(it has no list "columns")"},
        {R"({"op": "replace", "path": "/tables/1/groups/0/columns", "value": 1})", ", table person, group name",
         R"(it has no list "columns")"},
        {R"({"op": "replace", "path": "/tables/1/groups/0/columns", "value": []})", ", table person, group name",
         R"(it has no list "columns")"},
        {R"({"op": "replace", "path": "/tables/1/groups/2/rule", "value": "least"})", ", table person, group seen",
         R"("rule" must be newest, max, min or set)"},
        {R"({"op": "replace", "path": "/tables/1/groups/2/rule", "value": 1})", ", table person, group seen", R"("rule" must be a text)"},
        {R"({"op": "replace", "path": "/tables/1/groups/2/columns/0/type", "value": "text"})", ", table person, group seen",
         "max and min need a first column that is an enum or an int"},
        {R"({"op": "replace", "path": "/tables/1/groups/1/rule", "value": "newest"})", ", table person, group tags",
         "a set stands alone in a group with the rule set, and nothing else has that rule"},
        {R"({"op": "add", "path": "/tables/1/groups/0/rule", "value": "set"})", ", table person, group name",
         "a set stands alone in a group with the rule set, and nothing else has that rule"},
        {R"({"op": "add", "path": "/tables/1/groups/1/columns/1", "value": {"name": "more", "type": "text"}})",
         ", table person, group tags", "a set stands alone in a group with the rule set, and nothing else has that rule"},
        {R"({"op": "add", "path": "/tables/1/groups/1/columns/0/personal", "value": true})", ", table person, group tags",
         "a set cannot hold personal data"},

        {R"({"op": "replace", "path": "/tables/1/groups/0/columns/1/name", "value": "family"})", ", table person, column family",
         "the name stands twice"},
        {R"({"op": "replace", "path": "/tables/1/groups/2/columns/0/name", "value": "family"})", ", table person, column family",
         "the name is taken"},
        {R"({"op": "replace", "path": "/tables/1/groups/0/columns/1/name", "value": "scope"})", ", table person, column scope",
         "the name is taken"},
        {R"({"op": "add", "path": "/tables/1/groups/0/columns/1/least", "value": 1})", ", table person, column grade",
         R"("least" is no field that is known here)"},
        {R"({"op": "replace", "path": "/tables/1/groups/0/columns/1/type", "value": "integer"})", ", table person, column grade",
         R"("integer" is no column type)"},
        {R"({"op": "replace", "path": "/tables/1/groups/0/columns/1/min", "value": "1"})", ", table person, column grade",
         R"("min" and "max" are numbers)"},
        {R"({"op": "add", "path": "/tables/1/groups/0/columns/0/required", "value": "yes"})", ", table person, column family",
         R"("required" must be true or false)"},
        {R"({"op": "add", "path": "/tables/1/groups/0/columns/0/label", "value": []})", ", table person, column family",
         R"("label" must be a text)"},
        {R"({"op": "add", "path": "/tables/1/groups/0/columns/0/file", "value": true})", ", table person, column family",
         "only a blob refers to a file"},
        {R"({"op": "add", "path": "/tables/1/groups/0/columns/0/enum", "value": "mark"})", ", table person, column family",
         "only an enum or a set has an enumeration"},
        {R"({"op": "replace", "path": "/tables/2/groups/0/columns/0/enum", "value": "marks"})", ", table attendance, column status",
         "there is no such enumeration"},
        {R"({"op": "remove", "path": "/tables/2/groups/0/columns/0/enum"})", ", table attendance, column status",
         R"(an enum names its enumeration in "enum")"},
        {R"({"op": "remove", "path": "/tables/2/key/0/table"})", ", table attendance, column person",
         R"(a ref, and only a ref, names its table in "table")"},
        {R"({"op": "add", "path": "/tables/0/key/0/table", "value": "person"})", ", table topic, column code",
         R"(a ref, and only a ref, names its table in "table")"},
        {R"({"op": "replace", "path": "/tables/2/key/0/table", "value": "persons"})", ", table attendance, column person",
         R"(there is no table "persons")"},
        {R"({"op": "add", "path": "/tables/2/key/1", "value": {"name": "day", "type": "ref", "table": "attendance"}})",
         ", table attendance, column day", "a reference needs a target with one key column"},
        {R"({"op": "add", "path": "/tables/1/groups/0/columns/2", "value": {"name": "latest", "type": "ref", "table": "attendance"}})",
         ", table person", R"(its references come back to itself; mark one of them "weak")"},

        {R"({"op": "replace", "path": "/tables/1/indexes", "value": [["family", "colour"]]})", ", table person, indexes",
         "an index names columns of its table"},
        {R"({"op": "replace", "path": "/tables/1/indexes", "value": [[1]]})", ", table person, indexes",
         "an index names columns of its table"},
        {R"({"op": "replace", "path": "/tables/1/title", "value": ["colour"]})", ", table person, title",
         "a title names columns of its table"},
        {R"({"op": "replace", "path": "/tables/1/title", "value": [1]})", ", table person, title", "a title names columns of its table"},
    };
    for (const auto& [change, where, reason] : changes) {
        INFO(change);
        CHECK(said(change) == std::string("The catalog is wrong at bad.json") + where + ": " + reason + ".");
    }
    CHECK(said(R"({"op": "test", "path": "/number", "value": 1})").empty());
}

TEST_CASE("what is no JSON is no catalog, and a catalog that cannot be read says so") {
    CHECK_THROWS_WITH(Catalog::parse("{", "bad.json"), "The catalog bad.json is not valid JSON.");
    CHECK_THROWS_WITH(Catalog::load("/nowhere/catalog.json"), "The catalog /nowhere/catalog.json cannot be read.");
    const Folder folder;
    std::ofstream(folder.file("catalog.json")) << good;
    CHECK(Catalog::load(folder.file("catalog.json")).tables().size() == Catalog::parse(good, "good.json").tables().size());
}

TEST_CASE("a weak reference may come back to where it began, and a set needs no list of its values") {
    CHECK(said(R"({"op": "add", "path": "/tables/1/groups/0/columns/2",
                   "value": {"name": "latest", "type": "ref", "table": "attendance", "weak": true}})")
              .empty());
    CHECK(said(R"({"op": "remove", "path": "/tables/1/groups/1/columns/0/enum"})").empty());
}
