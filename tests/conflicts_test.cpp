// What people decide: one of two values, or whether a row that somebody deleted lives.

#include <catch2/catch_test_macros.hpp>

#include "engine/store/conflicts.hpp"
#include "tests/offices.hpp"
#include "tests/sentence.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

/// A person whom one office has deleted while another wrote about her.
struct DeletedAndEdited {
    Offices offices;
    Office& tirana = offices.add("tirana", "shared regional AL");
    Office& staff = offices.add("staff", "shared regional AL BA", Role::staff);
    std::vector<Conflict> open;

    DeletedAndEdited() {
        const std::int64_t arta = tirana.person("Hoxha", "Arta");
        offices.settle();
        tirana.remove("person", {arta});
        staff.put("person", {arta}, {{"position", "prosecutor"}});
        offices.settle();
        open = open_conflicts(staff.replica());
        REQUIRE(open.size() == 1);
    }
};

}  // namespace

TEST_CASE("a conflict shows both values with their offices, newest first, and one of them is kept everywhere") {
    Offices offices;
    Office& tirana = offices.add("tirana", "shared regional AL");
    Office& staff = offices.add("staff", "shared regional AL BA", Role::staff);
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    offices.settle();
    tirana.put("person", {arta}, {{"position", "judge"}, {"grade", 3}});
    staff.now_ms += 1000;
    staff.put("person", {arta}, {{"position", "prosecutor"}});
    offices.settle();
    const std::vector<Conflict> open = open_conflicts(tirana.replica());
    REQUIRE(open.size() == 1);
    CHECK(open[0].table->name == "person");
    CHECK(open[0].group->name == "work");
    REQUIRE(open[0].leaves.size() == 2);
    CHECK(open[0].leaves[0].office == "staff");
    CHECK(open[0].leaves[0].values[0] == OwnedValue("prosecutor"));
    CHECK(open[0].leaves[1].values == std::vector<OwnedValue>{"judge", 3});
    const Edit edit = keep(open[0], 1);
    tirana.replica().write(0, {&edit, 1});
    offices.settle();
    for (Office* office : {&tirana, &staff}) {
        CHECK(office->conflicts() == 0);
        CHECK(office->get("SELECT position || grade FROM person") == "judge3");
    }
}

TEST_CASE("a decision does not swallow a value that came after the screen was drawn") {
    Offices offices;
    Office& tirana = offices.add("tirana", "shared regional AL");
    Office& staff = offices.add("staff", "shared regional AL BA", Role::staff);
    Office& other = offices.add("other", "shared regional AL");
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    offices.settle();
    tirana.put("person", {arta}, {{"position", "judge"}});
    staff.put("person", {arta}, {{"position", "prosecutor"}});
    other.put("person", {arta}, {{"position", "president of the court"}});
    staff.give(tirana);
    const std::vector<Conflict> open = open_conflicts(tirana.replica());
    REQUIRE(open[0].leaves.size() == 2);
    other.give(tirana);
    const Edit edit = keep(open[0], 0);
    tirana.replica().write(0, {&edit, 1});
    CHECK(open_conflicts(tirana.replica()).at(0).leaves.size() == 2);  // what was decided, and what nobody had seen
}

TEST_CASE("a row that was deleted here and edited there lives or goes, as people decide") {
    for (const bool lives : {true, false}) {
        DeletedAndEdited world;
        Offices& offices = world.offices;
        Office &tirana = world.tirana, &staff = world.staff;
        const std::vector<Conflict>& open = world.open;
        CHECK(open[0].group == nullptr);
        REQUIRE(open[0].leaves.size() == 1);
        CHECK(open[0].leaves[0].office == "tirana");
        const Edit edit = lives ? keep_after_all(staff.replica(), open[0]) : delete_after_all(open[0]);
        staff.replica().write(0, {&edit, 1});
        offices.settle();
        for (Office* office : {&tirana, &staff}) {
            CHECK(office->conflicts() == 0);
            CHECK(office->get("SELECT count(*) FROM person WHERE given = 'Arta'") == (lives ? "1" : "0"));
        }
        CHECK(tirana.digest() == staff.digest());
    }
}

TEST_CASE("a decision about a row that somebody else has deleted meanwhile is refused, and what is unknown here is passed over") {
    DeletedAndEdited world;
    Offices& offices = world.offices;
    Office &tirana = world.tirana, &staff = world.staff;
    const std::vector<Conflict>& open = world.open;
    const Edit gone = delete_after_all(open[0]);
    staff.replica().write(0, {&gone, 1});
    CHECK(sentence_of([&] { keep_after_all(staff.replica(), open[0]); }, ErrorKind::refused) ==
          "The row is not there any more; look at the list again.");
    // The server's own changes have its name; a table or a group of a newer catalog, and a row that is none, have no page.
    const std::int64_t ilir = tirana.person("Basha", "Ilir");
    offices.settle();
    tirana.put("person", {ilir}, {{"position", "judge"}});
    offices["server"].put("person", {ilir}, {{"position", "clerk"}});
    offices.settle();
    const std::vector<Conflict> two = open_conflicts(tirana.replica());
    REQUIRE(two.size() == 1);
    std::set<std::string> names;
    for (const ConflictLeaf& leaf : two[0].leaves) names.insert(leaf.office);
    CHECK(names == std::set<std::string>{"server", "tirana"});
    Database& database = tirana.replica().store().database;
    Transaction transaction(database);
    database.execute(
        "INSERT INTO tefter_conflict (scope, table_number, ordered_key, group_number) SELECT scope, 999, ordered_key, 1 FROM tefter_conflict");
    database.execute(
        "INSERT INTO tefter_conflict (scope, table_number, ordered_key, group_number) SELECT scope, 17, ordered_key, 99 FROM tefter_conflict WHERE table_number = 17");
    const Value nobody[] = {Value::integer(12)};
    const Bytes name = encode_ordered_key(nobody);
    database.prepare("INSERT INTO tefter_conflict (scope, table_number, ordered_key, group_number) VALUES (3, 17, ?1, 1)")
        .with(BytesView(name))
        .run();
    CHECK(open_conflicts(tirana.replica()).size() == 1);
    database.execute("DELETE FROM device");
    std::set<std::string> unnamed;
    const std::vector<Conflict> same = open_conflicts(tirana.replica());
    for (const ConflictLeaf& leaf : same.at(0).leaves) unnamed.insert(leaf.office);
    CHECK(unnamed == std::set<std::string>{"", "server"});
}
