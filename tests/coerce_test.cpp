// What callers give, as columns hold it, and what is refused of what others send: every type of column against every kind of value.

#include <catch2/catch_test_macros.hpp>

#include "engine/base/limits.hpp"
#include "engine/base/text.hpp"
#include "engine/store/apply.hpp"
#include "engine/store/editor.hpp"
#include "tests/offices.hpp"
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
                    {"number": 2, "name": "tags", "rule": "set", "columns": [{"name": "tags", "type": "set"}]}]},
        {"number": 20, "name": "label", "scope": "shared", "key": [{"name": "code", "type": "text"}, {"name": "part", "type": "int"}],
         "groups": [{"number": 1, "name": "marks", "rule": "set", "columns": [{"name": "marks", "type": "set", "enum": "mark"}]},
                    {"number": 2, "name": "note", "columns": [{"name": "note", "type": "text", "required": true}]}]}]})",
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

    CHECK(OwnedValue(Value::real(0.5)) == half);
    CHECK(OwnedValue(held("proof", bytes)) == bytes);
    CHECK(OwnedValue(Value::redacted()) == nothing);

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

TEST_CASE("a text is clean UTF-8 without zeros, and a date is one that there is") {
    for (const std::string_view good : {"", "Hoxha", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
                                        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        INFO(good);
        CHECK(is_clean_utf8(good));
    }
    for (const std::string_view bad :
         {std::string_view("a\0b", 3), std::string_view("\x80"), std::string_view("\xC1\xBF"), std::string_view("\xC2"),
          std::string_view("\xC2"
                           "A"),
          std::string_view("\xE0\x9F\xBF"), std::string_view("\xED\xA0\x80"), std::string_view("\xE1\x80"),
          std::string_view("\xE1"
                           "AA"),
          std::string_view("\xF0\x8F\xBF\xBF"), std::string_view("\xF4\x90\x80\x80"), std::string_view("\xF5\x80\x80\x80"),
          std::string_view("\xF1\x80\x80"),
          std::string_view("\xF1\x80"
                           "AA")})
        CHECK_FALSE(is_clean_utf8(bad));
    for (const char* good : {"2026", "2026-02", "2026-02-28", "2028-02-29", "0000-01-01", "9999-12-31"}) CHECK(is_date(good));
    for (const char* bad : {"", "26", "2026-2", "2026/02", "2026-02/28", "2026-00", "2026-13", "2026-02-00", "2026-02-29", "2026-04-31",
                            "20x6", "2026-0x", "2026-0/", "2026-02-2:", "2026-02-28T", "-026"}) {
        INFO(bad);
        CHECK_FALSE(is_date(bad));
    }
}

TEST_CASE("an edit that cannot be is refused in one sentence, and nothing is written") {
    Offices offices;
    Office& tirana = offices.add("tirana", "shared AL");
    Office& staff = offices.add("staff", "shared regional AL BA", Role::staff);
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    Office& server = offices["server"];
    server.put("topic", {"law"}, {{"name", "Law"}});
    server.give(tirana);
    const std::string before = tirana.dump();
    const auto put = [&](const std::string& table, std::vector<OwnedValue> key, std::vector<std::pair<std::string, OwnedValue>> values,
                         ErrorKind kind, std::optional<std::string> scope = std::nullopt) {
        return sentence_of([&] { tirana.put(table, std::move(key), std::move(values), std::move(scope)); }, kind);
    };
    CHECK(put("person", {arta}, {{"shoe", 44}}, ErrorKind::usage) == "The table person has no column \"shoe\".");
    CHECK(put("person", {arta}, {{"id", 7}}, ErrorKind::usage) == "person.id is part of the key and never changes.");
    CHECK(put("person", {OwnedValue()}, {{"family", "Leka"}}, ErrorKind::usage, "AL") == "The key of person has an empty column.");
    CHECK(put("person", {8}, {{"family", "Leka"}}, ErrorKind::usage) == "A new row of person needs a scope.");
    CHECK(put("person", {8}, {{"family", "Leka"}}, ErrorKind::refused, "BA") == "This device may not write person in the scope BA.");
    CHECK(put("person", {arta}, {{"languages", "sq"}}, ErrorKind::usage) == "person.languages must be a JSON list of texts.");
    CHECK(put("person", {arta}, {{"languages", "{}"}}, ErrorKind::usage) == "person.languages must be a JSON list of texts.");
    CHECK(put("person", {arta}, {{"languages", "[1]"}}, ErrorKind::usage) == "person.languages must be a JSON list of texts.");
    CHECK(put("attendance", {7, 7, 1}, {{"status", "late"}}, ErrorKind::refused) ==
          "attendance 7 7 1 needs a person that exists in person.");
    CHECK(put("attendance", {arta, 7, 1}, {{"status", "late"}}, ErrorKind::refused) ==
          "attendance.course names no course that exists here.");
    CHECK(put("paper", {9}, {{"content", Bytes(32)}}, ErrorKind::refused) == "paper 9 needs a person that exists in person.");
    CHECK(put("paper", {9}, {{"content", Bytes(32)}, {"person", 12}}, ErrorKind::refused) ==
          "paper 9 needs a person that exists in person.");
    CHECK(put("topic", {"law"}, {{"name", "Laws"}}, ErrorKind::refused) == "Writing topic needs the role staff.");
    CHECK(sentence_of([&] { tirana.remove("person", {12}); }, ErrorKind::usage) == "There is no person 12.");
    CHECK(sentence_of([&] { server.remove("topic", {"none"}); }, ErrorKind::usage) == "There is no topic none.");
    CHECK(sentence_of([&] { tirana.erase("person", {arta}); }, ErrorKind::refused) ==
          "Only the server erases personal data, when two people have asked it to.");
    CHECK(sentence_of([&] { server.erase("person", {12}); }, ErrorKind::usage) == "There is no person 12.");
    tirana.give(staff);
    const std::int64_t elsewhere = staff.replica().new_id(), everywhere = staff.replica().new_id();
    staff.put("course", {elsewhere}, {{"title", "Evidence"}}, "BA");
    staff.put("course", {everywhere}, {{"title", "Evidence"}}, "regional");
    CHECK(sentence_of(
              [&] {
                  staff.put("attendance", {arta, elsewhere, 1}, {{"status", "late"}});
              },
              ErrorKind::refused) == "attendance.course names a course of another scope.");
    staff.put("attendance", {arta, everywhere, 1}, {{"status", "late"}});
    CHECK(staff.get("SELECT count(*) FROM attendance") == "1");
    std::vector<Edit> twice(2);
    for (Edit& edit : twice) {
        edit.table = "person";
        edit.key = {arta};
        edit.values = {{"position", &edit == twice.data() ? "judge" : "clerk"}};
    }
    CHECK(sentence_of([&] { tirana.replica().write(0, twice); }, ErrorKind::usage) ==
          "One action edits the same row twice; put the edits of a row together.");
    std::vector<Edit> many(limits::segment_changes + 1);
    for (Edit& edit : many) {
        edit.table = "person";
        edit.key = {tirana.replica().new_id()};
        edit.scope = offices.catalog().find_scope("AL")->number;
        edit.values = {{"family", "Leka"}};
    }
    CHECK(sentence_of([&] { tirana.replica().write(0, many); }, ErrorKind::refused) == "This is too much for one action; split it.");
    for (Edit& edit : many) edit.values.emplace_back("position", std::string(400, 'x'));
    CHECK(sentence_of([&] { tirana.replica().write(0, std::span(many).first(limits::segment_changes / 2)); }, ErrorKind::refused) ==
          "This is too much for one action; split it.");
    CHECK(tirana.dump() == before);
    tirana.put("person", {arta}, {{"position", "judge"}, {"position", "clerk"}});  // the last one counts
    CHECK(tirana.get("SELECT position FROM person") == "clerk");
    tirana.put("person", {arta}, {{"languages", "[\"sq\",\"en\",\"sq\"]"}});
    CHECK(tirana.get("SELECT languages FROM person") == "[\"en\",\"sq\"]");
    tirana.put("person", {arta}, {{"languages", OwnedValue()}});
    CHECK(tirana.get("SELECT coalesce(languages, '[]') FROM person") == "[]");
}

TEST_CASE("a row may begin with a set, and a set holds what its column lists") {
    const Folder folder;
    Identity identity;
    identity.device = server_device;
    identity.role = Role::server;
    identity.office = "server";
    identity.scopes = {ScopeNumber{1}};
    crypto_sign_keypair(identity.server_key.data(), identity.secret.data());
    const DatabaseKey key{1};
    Replica::create(folder.file("one"), key, every_type(), identity, JournalMode::rollback);
    Replica replica(folder.file("one"), key, every_type(), system_environment(), JournalMode::rollback);
    const auto put = [&](std::vector<std::pair<std::string, OwnedValue>> values) {
        Edit edit;
        edit.table = "label";
        edit.key = {"EU", 1};
        edit.values = std::move(values);
        replica.write(0, {&edit, 1});
    };
    const auto held = [&](const char* sql) {
        Statement row = replica.store().database.prepare_once(sql);
        return !row.step() ? "none" : row.is_null(0) ? "-" : std::string(row.text(0));
    };
    CHECK(sentence_of([&] { put({{"marks", "[\"late\"]"}}); }, ErrorKind::usage) == "label.marks: \"late\" is no choice.");
    CHECK(held("SELECT code FROM label") == "none");
    CHECK(sentence_of([&] { put({{"marks", "[\"present\"]"}}); }, ErrorKind::refused) == "label.note is missing.");
    put({{"note", "first"}});
    CHECK(held("SELECT marks FROM label") == "-");
    put({{"marks", "[\"present\"]"}});
    CHECK(held("SELECT marks FROM label") == "[\"present\"]");
    CHECK(held("SELECT note FROM label") == "first");
    Edit remove;
    remove.kind = EditKind::remove;
    remove.table = "label";
    remove.key = {"EU", 1};
    replica.write(0, {&remove, 1});
    CHECK(held("SELECT code FROM label") == "none");
    put({{"note", "second"}});  // comes back with what it had
    CHECK(held("SELECT note || marks FROM label") == "second[\"present\"]");
    replica.write(0, {&remove, 1});
    put({{"marks", "[\"absent\"]"}});  // and so where the set itself calls it back
    CHECK(held("SELECT note || marks FROM label") == "second[\"absent\"]");
}
