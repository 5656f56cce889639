// A device that has forked enrols again: what it wrote is made again under its new number, and nothing that others wrote is lost to it.

#include <catch2/catch_test_macros.hpp>

#include "engine/store/carry_over.hpp"
#include "engine/store/files.hpp"
#include "engine/sync/file_transfer.hpp"
#include "tests/central.hpp"
#include "tests/sentence.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

/// An office that was put back to an older copy and has gone on by itself since.
struct Forked {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    Office* again = nullptr;
    std::int64_t known = 0, marked = 0;  ///< persons that all know

    Forked() {
        known = tirana.person("Hoxha", "Arta");
        marked = tirana.person("Kola", "Besa");
        central.sync(tirana);
        central.sync(durres);
        central.keep({&tirana});
        tirana.person("Basha", "Ilir");  // in the life that is undone
        central.sync(tirana);
        central.go_back({&tirana});
        tirana.now_ms += 1000;
    }
    CarriedOver carry() {
        REQUIRE_THROWS_AS(central.sync(tirana), Error);
        if (again == nullptr) again = &central.office("tirana again", "shared regional AL");
        CarriedOver out = carry_over(tirana.replica(), again->replica());
        for (Office* office : {again, &durres, again}) central.sync(*office);
        CHECK(again->dump() == durres.dump());
        return out;
    }
    std::string shown(const std::string& column, std::int64_t person) {
        return durres.get("SELECT " + column + " FROM person WHERE id = " + std::to_string(person));
    }
};

std::string number(std::int64_t value) { return std::to_string(value); }

}  // namespace

TEST_CASE("what a forked device wrote is made again under its new number, once, and both branches are there") {
    Forked forked;
    Office& tirana = forked.tirana;
    const std::int64_t fresh = tirana.person("Duka", "Era");
    tirana.put("person", {fresh}, {{"position", "judge"}});  // on top of what is unsent itself
    tirana.put("person", {forked.known}, {{"position", "clerk"}, {"languages", R"(["sq", "en"])"}});
    tirana.put("person", {fresh}, {{"languages", R"(["sq"])"}});
    tirana.remove("person", {forked.marked});
    const CarriedOver carried = forked.carry();
    CHECK(carried.changes == 5);
    CHECK(carried.refused.empty());
    CHECK(forked.durres.get("SELECT group_concat(family) FROM (SELECT family FROM person ORDER BY family)") == "Basha,Duka,Hoxha");
    CHECK(forked.shown("position", fresh) == "judge");
    CHECK(forked.shown("position", forked.known) == "clerk");
    CHECK(forked.durres.conflicts() == 0);

    CHECK(carry_over(tirana.replica(), forked.again->replica()).changes == 0);
    tirana.put("person", {fresh}, {{"birth_date", "1980-02-03"}});  // somebody went on with the earlier replica
    CHECK(forked.carry().changes == 1);
    CHECK(forked.shown("birth_date", fresh) == "1980-02-03");
}

TEST_CASE("what others wrote meanwhile stands beside what is carried over, as a conflict") {
    Forked forked;
    forked.durres.put("person", {forked.known}, {{"position", "prosecutor"}});
    forked.central.sync(forked.durres);
    forked.tirana.put("person", {forked.known}, {{"position", "clerk"}});
    CHECK(forked.carry().changes == 1);
    CHECK(forked.durres.conflicts() == 1);
}

TEST_CASE("what the rules of now forbid is said one by one, and the rest is carried over") {
    Forked forked;
    Office& tirana = forked.tirana;
    tirana.put("person", {forked.known}, {{"birth_date", "1980-02-03"}});
    tirana.put("person", {forked.marked}, {{"position", "clerk"}});
    forked.central.erase("person", {forked.known});
    const CarriedOver carried = forked.carry();
    CHECK(carried.changes == 1);
    REQUIRE(carried.refused.size() == 1);
    CHECK(carried.refused.front() == "person " + number(forked.known) + ": it has been erased meanwhile.");
    CHECK(forked.shown("position", forked.marked) == "clerk");
    CHECK(forked.shown("birth_date", forked.known) == "-");
}

TEST_CASE("a row that cannot be carried over takes with it what refers to it, by name") {
    Forked forked;
    const std::int64_t course = forked.tirana.replica().new_id();
    forked.tirana.put("course", {course}, {{"title", "Legal English"}}, "regional");
    forked.tirana.put("attendance", {forked.known, course, std::int64_t{1}}, {{"status", std::string("present")}});
    REQUIRE_THROWS_AS(forked.central.sync(forked.tirana), Error);
    Office& narrower = forked.central.office("narrower", "shared AL");
    const CarriedOver carried = carry_over(forked.tirana.replica(), narrower.replica());
    CHECK(carried.changes == 0);
    REQUIRE(carried.refused.size() == 2);
    CHECK(carried.refused[0].find("this device does not hold its scope any more") != std::string::npos);
    CHECK(carried.refused[1].find("course names no course that exists here") != std::string::npos);
    CHECK(narrower.get("SELECT count(*) FROM tefter_quarantine") == "0");
}

TEST_CASE("files that were not sent, and what sticks had brought, are carried over too") {
    Forked forked;
    Office& tirana = forked.tirana;
    const Bytes content(50'000, 7);
    const Hash hash = FileStore(tirana.replica().store().database).put(content);
    FileStore(tirana.replica().store().database).put(Bytes(10, 1));  // which no row names
    tirana.put("paper", {tirana.replica().new_id()}, {{"person", forked.known}, {"content", Bytes(hash.begin(), hash.end())}});
    const std::int64_t brought = forked.durres.person("Leka", "Ana");
    forked.durres.give(tirana);
    Office& again = forked.central.office("tirana again", "shared regional AL");
    const CarriedOver carried = carry_over(tirana.replica(), again.replica());
    CHECK(carried.files == 1);
    CHECK(FileStore(again.replica().store().database).read_all(hash) == content);
    CHECK(FileSending(again.replica()).waiting == 1);
    CHECK(carried.segments == 1);
    CHECK(again.get("SELECT family FROM person WHERE id = " + number(brought)) == "Leka");
    for (Office* office : {&again, &forked.durres}) CHECK(forked.central.sync(*office).identical());
    CHECK(again.dump() == forked.durres.dump());
}

TEST_CASE("changes are carried over to a new number of the same server, which has been filled") {
    Forked forked, elsewhere;
    forked.tirana.person("Duka", "Era");
    CHECK(sentence_of([&] { carry_over(forked.tirana.replica(), forked.tirana.replica()); }, ErrorKind::usage)
              .starts_with("Both are device "));
    Office& empty = forked.central.not_filled("shared regional AL");
    CHECK(sentence_of([&] { carry_over(forked.tirana.replica(), empty.replica()); }, ErrorKind::usage) ==
          "The new replica is empty still; sync it once, then carry over.");
    CHECK(sentence_of([&] { carry_over(forked.tirana.replica(), elsewhere.durres.replica()); }, ErrorKind::usage)
              .starts_with("The two replicas belong to two"));
}
