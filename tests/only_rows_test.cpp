// A server that is restored from before a device was filled: what others wrote in between that device has as rows alone.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "engine/store/carry_over.hpp"
#include "tests/central.hpp"
#include "tests/sentence.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

std::string number(std::int64_t value) { return std::to_string(value); }

/// Tirana wrote after the server's backup; an office was filled after that, and then the server was restored.
struct Filled {
    Central central;
    Office& server = central.offices["server"];
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    Office& fresh = central.not_filled("shared regional AL");
    std::int64_t arta, besa;

    Filled() {
        arta = tirana.person("Hoxha", "Arta");
        besa = tirana.person("Kola", "Besa");
        tirana.put("person", {arta}, {{"position", "judge"}, {"languages", R"(["sq", "en"])"}});
        for (Office* office : {&tirana, &durres}) central.sync(*office);
        central.keep({&server, &durres});
    }
    void fill() {
        central.sync(tirana);
        central.fill(fresh);
        fresh.now_ms += 1000;
    }
    /// Tirana's laptop has burnt, and durres has not synced since.
    CarriedOver carry() {
        central.go_back({&server, &durres});
        REQUIRE_THROWS_AS(central.sync(fresh), Forked);
        Office& again = central.office("again", "shared regional AL");
        const std::string before = rows_of(fresh);
        CarriedOver out = carry_over(fresh.replica(), again.replica());
        CHECK(rows_of(again) == before);
        for (Office* office : {&again, &durres, &again}) CHECK(central.sync(*office).identical());
        CHECK(again.dump() == durres.dump());
        CHECK(again.replica().held().empty());
        CHECK(carry_over(fresh.replica(), again.replica()).changes == 0);
        return out;
    }
    static std::string rows_of(Office& office) {
        return office.get(
                   "SELECT group_concat(row, char(10)) FROM (SELECT id || family || coalesce(given, '') || coalesce(birth_date, '') || "
                   "coalesce(position, '') || coalesce(languages, '') AS row FROM person ORDER BY id)") +
               office.get(
                   "SELECT group_concat(row, char(10)) FROM (SELECT person || course || number || status AS row FROM attendance "
                   "ORDER BY 1)") +
               office.get("SELECT group_concat(id || title) FROM course");
    }
    std::string shown(const std::string& column, std::int64_t person) {
        return durres.get("SELECT " + column + " FROM person WHERE id = " + number(person));
    }
};

}  // namespace

TEST_CASE("what a restored server has lost, and one device has as rows alone, is made again by that device when it enrols again") {
    Filled filled;
    Office& tirana = filled.tirana;
    const std::int64_t ilir = tirana.person("Basha", "Ilir");
    tirana.put("person", {filled.arta}, {{"position", "prosecutor"}, {"languages", R"(["sq", "sr"])"}});
    tirana.remove("person", {filled.besa});
    const std::int64_t course = tirana.replica().new_id();
    tirana.put("course", {course}, {{"title", "Legal English"}}, "AL");
    tirana.put("attendance", {ilir, course, std::int64_t{1}}, {{"status", "present"}});
    filled.fill();
    const CarriedOver carried = filled.carry();
    CHECK(carried.changes == 5);
    CHECK(carried.refused.empty());
    CHECK(carried.left.empty());
    CHECK(filled.shown("position", filled.arta) == "prosecutor");
    CHECK(filled.shown("languages", filled.arta) == R"(["sq","sr"])");
    CHECK(filled.shown("family", filled.besa) == "none");
    CHECK(filled.shown("family", ilir) == "Basha");
    CHECK(filled.durres.conflicts() == 0);
}

TEST_CASE("what still comes from its author is not made again, and one who waits for it need not enrol again") {
    Filled filled;
    filled.tirana.put("person", {filled.arta}, {{"position", "prosecutor"}});
    filled.fill();
    filled.central.go_back({&filled.server});
    const std::string before = filled.fresh.dump();
    CHECK(sentence_of([&] { filled.central.sync(filled.fresh); }, ErrorKind::refused) ==
          "The server was restored and has lost changes of device 2 which this device has as rows alone. They come back when that device "
          "syncs; where it is gone, enrol this one again: what it holds is carried over.");
    CHECK(filled.fresh.dump() == before);
    CHECK_THROWS_AS(filled.central.sync(filled.fresh), Forked);  // again, also when the server does not ask any more
    CHECK(filled.central.sync(filled.tirana).identical());
    CHECK(filled.central.sync(filled.fresh).identical());
    CHECK(filled.fresh.dump() == before);
    CHECK(filled.central.sync(filled.fresh).identical());
}

TEST_CASE("what its author has given back after it was noted as lost is not made again") {
    Filled filled;
    filled.tirana.put("person", {filled.arta}, {{"position", "prosecutor"}});
    filled.fill();
    filled.central.go_back({&filled.server, &filled.durres});
    CHECK_THROWS_AS(filled.central.sync(filled.fresh), Forked);
    const bool goes_on = GENERATE(false, true), is_filled = GENERATE(false, true);
    if (goes_on) filled.tirana.put("person", {filled.arta}, {{"position", "clerk"}});
    filled.central.sync(filled.tirana);
    Office& again = is_filled ? filled.central.not_filled("shared regional AL", Role::officer, "again")
                              : filled.central.office("again", "shared regional AL");
    if (is_filled) filled.central.fill(again);
    CHECK(carry_over(filled.fresh.replica(), again.replica()).changes == 0);
    for (Office* office : {&again, &filled.durres}) CHECK(filled.central.sync(*office).identical());
    CHECK(filled.shown("position", filled.arta) == (goes_on ? "clerk" : "prosecutor"));
    CHECK(filled.durres.conflicts() == 0);
}

TEST_CASE("what a device wrote upon rows that are made again goes upon these, whatever of them still stands") {
    Filled filled;
    Office &tirana = filled.tirana, &fresh = filled.fresh;
    const std::int64_t ilir = tirana.person("Basha", "Ilir");
    std::int64_t era = 0;
    SECTION("of a person of whom nothing stands that its author wrote") {
        filled.fill();
        fresh.put("person", {ilir}, {{"family", "Basha-Leka"}, {"given", "Ilir"}});
        CHECK(filled.carry().changes == 1);
        CHECK(filled.shown("family", ilir) == "Basha-Leka");
    }
    SECTION("of a person who was written anew after he was marked") {
        const std::int64_t course = tirana.replica().new_id();
        tirana.put("course", {course}, {{"title", "Legal English"}}, "AL");
        tirana.put("attendance", {ilir, course, std::int64_t{1}}, {{"status", "late"}});
        tirana.put("person", {ilir}, {{"family", "Leka"}});
        tirana.put("course", {course}, {{"title", "Legal French"}});
        filled.fill();
        fresh.put("attendance", {ilir, course, std::int64_t{2}}, {{"status", "present"}});
        const CarriedOver carried = filled.carry();
        CHECK(carried.changes == 4);
        CHECK(filled.shown("family", ilir) == "Leka");
        CHECK(filled.durres.get("SELECT count(*) FROM attendance") == "2");
    }
    SECTION("of a person whom it had known, and whose other groups stand") {
        tirana.put("person", {filled.arta}, {{"birth_date", "1980-02-03"}, {"position", "clerk"}});
        filled.fill();
        fresh.put("person", {filled.arta}, {{"position", "prosecutor"}});
        era = fresh.person("Duka", "Era");
        CHECK(filled.carry().changes == 4);
        CHECK(filled.shown("birth_date || position", filled.arta) == "1980-02-03prosecutor");
        CHECK(filled.shown("family", era) == "Duka");
    }
    CHECK(filled.durres.conflicts() == 0);
}

TEST_CASE("what is made again stands upon what others have given back of its author") {
    Central central;
    Office& server = central.offices["server"];
    Office &tirana = central.office("tirana", "shared regional AL"), &durres = central.office("durres", "shared regional AL");
    Office& fresh = central.not_filled("shared regional AL");
    central.keep({&server});
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    for (Office* office : {&tirana, &durres}) central.sync(*office);
    tirana.put("person", {arta}, {{"family", "Hoxha-Leka"}});
    central.sync(tirana);
    central.fill(fresh);
    central.go_back({&server});
    REQUIRE_THROWS_AS(central.sync(fresh), Forked);  // nothing of tirana's is there
    central.sync(durres);
    Office& again = central.office("again", "shared regional AL");
    CHECK(carry_over(fresh.replica(), again.replica()).changes == 1);
    for (Office* office : {&again, &durres}) CHECK(central.sync(*office).identical());
    CHECK(durres.get("SELECT family FROM person") == "Hoxha-Leka");
    CHECK(durres.conflicts() == 0);
    CHECK(again.dump() == durres.dump());
}

TEST_CASE("a server that got back another life of a device is not taken for one that lost nothing, and neither life overwrites the other") {
    Filled filled;
    Office &tirana = filled.tirana, &fresh = filled.fresh;
    const bool one_person = GENERATE(false, true), is_longer = GENERATE(false, true);
    const std::int64_t other = one_person ? filled.arta : filled.besa;
    filled.central.keep({&filled.server, &tirana});
    tirana.put("person", {filled.arta}, {{"position", "clerk"}});
    if (is_longer) tirana.put("person", {filled.arta}, {{"birth_date", "1980-02-03"}});
    tirana.give(filled.durres);
    filled.central.go_back({&tirana});
    tirana.now_ms += 1000;
    tirana.put("person", {other}, {{"position", "prosecutor"}});
    filled.fill();
    filled.central.go_back({&filled.server});
    const bool is_noted = GENERATE(false, true);  // that it is lost, before the other life came
    if (is_noted) CHECK_THROWS_AS(filled.central.sync(fresh), Forked);
    CHECK(filled.central.sync(filled.durres).identical());
    fresh.now_ms += 7'200'000;
    if (!is_noted)
        CHECK(sentence_of([&] { filled.central.sync(fresh); }, ErrorKind::refused) ==
              "The server has other changes of device 2 than this device; enrol it again: its unsent changes are kept.");
    Office& again = filled.central.office("again", "shared regional AL");
    CHECK(carry_over(fresh.replica(), again.replica()).changes == 1);
    for (Office* office : {&again, &filled.durres}) CHECK(filled.central.sync(*office).identical());
    CHECK(again.dump() == filled.durres.dump());
    CHECK(filled.shown("position", other) == "prosecutor");
    if (!one_person) CHECK(filled.shown("position", filled.arta) == "clerk");
    CHECK(filled.durres.conflicts() == (one_person ? 1 : 0));
}

TEST_CASE("of two who remember the same rows the second adds nothing to what the first has made again") {
    Filled filled;
    Office& staff = filled.central.offices.add("staff", "shared regional AL", Role::staff, Offices::Filled::not_yet);
    filled.central.start();
    filled.central.keep({&filled.server, &filled.durres});
    filled.tirana.put("person", {filled.arta}, {{"position", "prosecutor"}});
    const std::int64_t ilir = filled.tirana.person("Basha", "Ilir");
    filled.fill();
    filled.central.fill(staff);
    CHECK(filled.carry().changes == 2);
    CHECK_THROWS_AS(filled.central.sync(staff), Forked);
    Office& again = filled.central.office("staff again", "shared regional AL", Role::staff);
    CHECK(carry_over(staff.replica(), again.replica()).changes == 0);
    CHECK(filled.central.sync(again).identical());
    CHECK(again.get("SELECT position FROM person WHERE id = " + number(filled.arta)) == "prosecutor");
    CHECK(again.get("SELECT family FROM person WHERE id = " + number(ilir)) == "Basha");
    CHECK(again.conflicts() == 0);
}

TEST_CASE("what others wrote at the server meanwhile stands beside what is made again, and nothing is overwritten") {
    Filled filled;
    filled.tirana.put("person", {filled.arta}, {{"position", "prosecutor"}});
    filled.tirana.remove("person", {filled.besa});
    filled.fill();
    filled.durres.put("person", {filled.arta}, {{"position", "clerk"}});
    filled.durres.put("person", {filled.besa}, {{"position", "clerk"}});
    filled.central.keep({&filled.durres});
    filled.central.go_back({&filled.server});
    filled.central.sync(filled.durres);
    REQUIRE_THROWS_AS(filled.central.sync(filled.fresh), Forked);
    Office& again = filled.central.office("again", "shared regional AL");
    CHECK(carry_over(filled.fresh.replica(), again.replica()).changes == 2);
    for (Office* office : {&again, &filled.durres}) CHECK(filled.central.sync(*office).identical());
    CHECK(filled.durres.get("SELECT count(*) FROM tefter_conflict WHERE group_number = 3") == "1");
    CHECK(filled.shown("position", filled.besa) == "clerk");
}

TEST_CASE("who has been erased where a server remembers it no more does not come back by those who do, and is named") {
    Filled filled;
    Office& tirana = filled.tirana;
    tirana.put("person", {filled.arta}, {{"position", "prosecutor"}});
    filled.central.sync(tirana);
    filled.central.erase("person", {filled.arta});
    filled.fill();
    filled.central.go_back({&filled.server, &filled.durres});
    CHECK_THROWS_AS(filled.central.sync(filled.fresh), Forked);
    Office& again = filled.central.office("again", "shared regional AL");
    const CarriedOver carried = carry_over(filled.fresh.replica(), again.replica());
    CHECK(carried.changes == 0);
    REQUIRE(carried.refused.size() == 1);
    CHECK(carried.refused.front().ends_with(": it has been erased meanwhile."));
    REQUIRE(carried.left.size() == 1);
    CHECK(carried.left.front().ends_with(" had been erased, which the server has lost: it is to be erased again."));
    CHECK(filled.central.sync(again).identical());
    CHECK(again.get("SELECT position FROM person WHERE id = " + number(filled.arta)) == "judge");
}

TEST_CASE("what a manager corrected at a server that remembers it no more is made again, also where the server has written since") {
    Filled filled;
    const auto corrects = [&](std::int64_t person, const char* position) {
        Edit edit;
        edit.table = "person";
        edit.key = {person};
        edit.values = {{"position", position}};
        filled.central.server->write({&edit, 1});
    };
    corrects(filled.arta, "prosecutor");
    filled.fill();
    filled.central.go_back({&filled.server, &filled.durres});
    SECTION("not yet") { CHECK_THROWS_AS(filled.central.sync(filled.fresh), Forked); }
    SECTION("another person") {
        CHECK_THROWS_AS(filled.central.sync(filled.fresh), Forked);
        filled.server.now_ms += 1000;
        corrects(filled.besa, "clerk");
        CHECK_THROWS_AS(filled.central.sync(filled.fresh), Forked);
    }
    Office& again = filled.central.office("again", "shared regional AL");
    CHECK(carry_over(filled.fresh.replica(), again.replica()).changes == 1);
    CHECK(filled.central.sync(again).identical());
    CHECK(again.get("SELECT position FROM person WHERE id = " + number(filled.arta)) == "prosecutor");
    CHECK(again.conflicts() == 0);
}

TEST_CASE("whose changes were made again may still come back: everybody has the same rows then, whatever came first") {
    Filled filled;
    filled.tirana.put("person", {filled.arta}, {{"position", "prosecutor"}, {"birth_date", "1980-02-03"}});
    const std::int64_t ilir = filled.tirana.person("Basha", "Ilir");
    filled.fill();
    filled.fresh.put("person", {filled.arta}, {{"position", "clerk"}});
    filled.fresh.put("person", {ilir}, {{"family", "Basha-Leka"}, {"given", "Ilir"}});
    filled.carry();
    Office& again = filled.central.offices["again"];
    for (Office* office : {&filled.tirana, &filled.durres, &again, &filled.tirana}) CHECK(filled.central.sync(*office).identical());
    CHECK(filled.durres.dump() == again.dump());
    CHECK(filled.tirana.dump() == again.dump());
    CHECK(again.get("SELECT birth_date FROM person WHERE id = " + number(filled.arta)) == "1980-02-03");
}
