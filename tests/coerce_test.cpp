// What callers give, as columns hold it, and what is refused of what others send: every type of column against every kind of value.

#include <catch2/catch_test_macros.hpp>

#include "engine/base/limits.hpp"
#include "engine/store/apply.hpp"
#include "engine/store/editor.hpp"
#include "tests/sentence.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

const Catalog& every_type() {
    static const Catalog catalog = Catalog::parse(R"({
      "name": "types", "number": 1, "scopes": [{"number": 1, "name": "shared"}],
      "enumerations": {"mark": {"number": 1, "values": [{"number": 0, "name": "absent"}, {"number": 3, "name": "present"}]}},
      "tables": [
        {"number": 17, "name": "topic", "scope": "shared", "key": [{"name": "code", "type": "text"}, {"name": "part", "type": "int"}],
         "groups": [{"number": 1, "name": "title", "columns": [{"name": "title", "type": "text"}]}]},
        {"number": 18, "name": "course", "scope": "shared", "key": [{"name": "code", "type": "text"}],
         "groups": [{"number": 1, "name": "title", "columns": [{"name": "title", "type": "text"}]}]},
        {"number": 19, "name": "visit", "scope": "chosen", "key": "id",
         "groups": [{"number": 1, "name": "all", "columns": [
            {"name": "words", "type": "text", "max_length": 10}, {"name": "whole", "type": "int", "min": 0, "max": 9},
            {"name": "part", "type": "real", "min": 0, "max": 1},
            {"name": "agreed", "type": "bool"}, {"name": "day", "type": "date"}, {"name": "moment", "type": "time"},
            {"name": "mark", "type": "enum", "enum": "mark"}, {"name": "course", "type": "ref", "table": "course"},
            {"name": "before", "type": "ref", "table": "visit", "weak": true}, {"name": "proof", "type": "blob"}]},
                    {"number": 2, "name": "tags", "rule": "set", "columns": [{"name": "tags", "type": "set"}]}]}]})",
                                                  "types.json");
    return catalog;
}

}  // namespace

TEST_CASE("what callers give becomes what a column holds, or is refused by the column's name") {
    const Catalog& catalog = every_type();
    const Table& visit = catalog.table("visit");
    Arena arena;
    const OwnedValue nothing, one = std::int64_t{1}, three = std::int64_t{3}, half = 0.5, bytes = Bytes{1, 2};
    const auto given = [](const char* text) { return OwnedValue(std::string(text)); };
    const auto held = [&](const char* column, const OwnedValue& value) {
        return coerce(catalog, visit, *visit.find_column(column).second, value, arena);
    };
    const auto refused = [&](const char* column, const OwnedValue& value) {
        return sentence_of([&] { held(column, value); }, ErrorKind::usage);
    };
    for (const char* column : {"words", "whole", "part", "agreed", "day", "moment", "mark", "course", "before", "proof", "tags"}) {
        INFO(column);
        CHECK(held(column, nothing).is_null());
    }

    CHECK(held("words", given("Hoxha")) == Value::text("Hoxha"));
    CHECK(held("words", three) == Value::text("3"));
    for (const OwnedValue& value : {half, bytes}) CHECK(refused("words", value) == "visit.words must be a text.");

    CHECK(held("whole", three) == Value::integer(3));
    CHECK(held("whole", given("-3")) == Value::integer(-3));
    for (const OwnedValue& value : {half, bytes, given(""), given("3x"), given(" 3"), given("9223372036854775808")})
        CHECK(refused("whole", value) == "visit.whole must be a whole number.");
    CHECK(held("moment", three) == Value::integer(3));
    CHECK(refused("moment", given("noon")) == "visit.moment must be a whole number.");

    for (const OwnedValue& value : {one, given("true"), given("yes"), given("1")}) CHECK(held("agreed", value) == Value::integer(1));
    for (const OwnedValue& value : {OwnedValue(std::int64_t{0}), given("false"), given("no"), given("0")})
        CHECK(held("agreed", value) == Value::integer(0));
    for (const OwnedValue& value : {three, half, bytes, given("perhaps"), given("")})
        CHECK(refused("agreed", value) == "visit.agreed must be yes or no.");

    CHECK(held("day", given("2026-03")) == Value::text("2026-03"));  // whether it is a date is looked at where all changes are
    CHECK(refused("day", half) == "visit.day must be a text.");

    for (const OwnedValue& value : {three, given("present")}) CHECK(held("mark", value) == Value::integer(3));
    for (const OwnedValue& value : {one, half, bytes, given("late")})
        CHECK(refused("mark", value) == "visit.mark must be one of: absent, present.");

    CHECK(held("course", given("EU-1")) == Value::text("EU-1"));  // as the key of what it names
    CHECK(held("course", three) == Value::text("3"));
    CHECK(refused("course", half) == "visit.course must be a text.");
    CHECK(held("before", given("7")) == Value::integer(7));
    CHECK(refused("before", given("EU-1")) == "visit.before must be a whole number.");

    CHECK(held("proof", bytes) == bytes.view());
    CHECK(refused("proof", given("bytes")) == "visit.proof must be bytes.");
    CHECK(held("tags", given("[\"a\"]")) == Value::text("[\"a\"]"));
    CHECK(refused("tags", three) == "visit.tags must be a JSON list of texts.");

    const Table& topic = catalog.table("topic");
    const std::vector<OwnedValue> whole{given("EU"), given("2")}, part{given("EU")};
    const std::span<const Value> key = coerce_key(catalog, topic, whole, arena);
    CHECK(key[0] == Value::text("EU"));
    CHECK(key[1] == Value::integer(2));
    CHECK(sentence_of([&] { coerce_key(catalog, topic, part, arena); }, ErrorKind::usage) == "The key of topic has 2 column(s).");
}

TEST_CASE("what others send is held to the catalog, and what the catalog does not know is not") {
    const Catalog& catalog = every_type();
    const Table& visit = catalog.table("visit");
    const Bytes large(limits::cell_bytes + 1), no_set{9, 9, 9};
    /// With one value in its column, none in the others.
    const auto refused = [&](const char* column, const Value& value) {
        const auto [group, position] = visit.find_column(column);
        std::vector<Value> values(group->columns.size());
        values[static_cast<std::size_t>(position - group->columns.data())] = value;
        const Value id = Value::integer(1);
        const GroupValues written{group->number, values};
        Change change;
        change.table = visit.number;
        change.key = {&id, 1};
        change.groups = {&written, 1};
        return violation(catalog, change);
    };
    const Value integer = Value::integer(1), text = Value::text("x"), real = Value::real(0.5), blob = Value::blob(no_set);
    for (const char* column : {"words", "whole", "part", "agreed", "day", "moment", "mark", "course", "before", "proof", "tags"}) {
        INFO(column);
        CHECK(refused(column, Value()).empty());
        CHECK(refused(column, Value::redacted()).empty());
        const std::string name = column, another = name + " holds a value of another type";
        const bool reference = name == "course" || name == "before", words = name == "words" || name == "day";
        CHECK((refused(column, integer) == another) == (words || name == "part" || name == "proof" || name == "tags"));
        CHECK((refused(column, text) == another) == !(words || reference));
        CHECK((refused(column, real) == another) == (name != "part"));
        CHECK((refused(column, blob) == another) == (name != "proof" && name != "tags"));
    }
    CHECK(refused("words", Value::text("eleven long")) == "words is longer than 10 bytes");
    CHECK(refused("words", Value::text("a\xFF")) == "words is no clean UTF-8 text");
    CHECK(refused("day", text) == "day is no date (2026-03-16, 2026-03 or 2026)");
    CHECK(refused("proof", Value::blob(large)) == "proof is too large");
    CHECK(refused("proof", Value::blob(BytesView(large).first(limits::cell_bytes))).empty());
    CHECK(refused("tags", blob) == "tags is no set");
    CHECK(refused("whole", Value::integer(-1)) == "whole is below its least value");
    CHECK(refused("whole", Value::integer(10)) == "whole is above its greatest value");
    CHECK(refused("part", Value::real(-0.5)) == "part is below its least value");
    CHECK(refused("part", Value::real(1.5)) == "part is above its greatest value");

    const Value id = integer, keys[] = {integer, integer}, values[] = {text, text};
    Change change;
    change.table = visit.number;
    CHECK(violation(catalog, change) == "the key has a wrong number of columns");
    change.key = keys;
    CHECK(violation(catalog, change) == "the key has a wrong number of columns");
    change.key = {&real, 1};
    CHECK(violation(catalog, change) == "the key holds a value of another type in id");
    change.key = {&id, 1};
    const GroupValues of_two{visit.groups.front().number, values}, of_tomorrow{GroupNumber{60}, values};
    change.groups = {&of_two, 1};
    CHECK(violation(catalog, change) == "group all has a wrong number of columns");
    change.groups = {&of_tomorrow, 1};
    CHECK(violation(catalog, change).empty());
    change.groups = {&of_two, 1};
    change.table = TableNumber{4000};
    CHECK(violation(catalog, change).empty());
}
