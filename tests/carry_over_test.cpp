// A device that has forked enrols again: what it wrote is made again under its new number, and nothing that others wrote is lost to it.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "engine/store/carry_over.hpp"
#include "engine/store/files.hpp"
#include "engine/sync/file_transfer.hpp"
#include "tests/central.hpp"
#include "tests/sentence.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

/// An office that was put back to an older copy and has gone on by itself since.
struct TwoLives {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    Office* again = nullptr;
    std::int64_t known = 0, marked = 0;  ///< persons that all know

    TwoLives() {
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
        REQUIRE_THROWS_AS(central.sync(tirana), Forked);
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
    TwoLives lives;
    Office& tirana = lives.tirana;
    const std::int64_t fresh = tirana.person("Duka", "Era");
    tirana.put("person", {fresh}, {{"position", "judge"}});  // on top of what is unsent itself
    tirana.put("person", {lives.known}, {{"position", "clerk"}, {"languages", R"(["sq", "en"])"}});
    tirana.put("person", {fresh}, {{"languages", R"(["sq"])"}});
    tirana.remove("person", {lives.marked});
    const CarriedOver carried = lives.carry();
    CHECK(carried.changes == 5);
    CHECK(carried.refused.empty());
    CHECK(lives.durres.get("SELECT group_concat(family) FROM (SELECT family FROM person ORDER BY family)") == "Basha,Duka,Hoxha");
    CHECK(lives.shown("position", fresh) == "judge");
    CHECK(lives.shown("position", lives.known) == "clerk");
    CHECK(lives.durres.conflicts() == 0);

    CHECK(carry_over(tirana.replica(), lives.again->replica()).changes == 0);
    tirana.put("person", {fresh}, {{"birth_date", "1980-02-03"}});  // somebody went on with the earlier replica
    CHECK(lives.carry().changes == 1);
    CHECK(lives.shown("birth_date", fresh) == "1980-02-03");
}

TEST_CASE("what both lives of a forked device share is not made again, also where something has taken its place") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    SECTION("and was sealed in one piece with what parts them") {}
    SECTION("and was sent before the copy was made, which no answer had told") {
        central.answer_to(ClientSession(tirana.replica()).request());
    }
    central.keep({&tirana});
    tirana.put("person", {arta}, {{"family", "Kola"}});
    central.sync(tirana);
    central.go_back({&tirana});
    tirana.now_ms += 7'200'000;
    tirana.put("person", {arta}, {{"position", "judge"}});
    for (int i = 0; i < 2; ++i) REQUIRE_THROWS_AS(central.sync(tirana), Forked);
    Office& again = central.office("tirana again", "shared regional AL");
    CHECK(carry_over(tirana.replica(), again.replica()).changes == 1);
    for (Office* office : {&again, &durres}) central.sync(*office);
    CHECK(again.dump() == durres.dump());
    CHECK(durres.conflicts() == 0);
    CHECK(durres.get("SELECT family || ' ' || position FROM person") == "Kola judge");
}

TEST_CASE("what both lives share is not made again where a restored server has it under the seal of the other one") {
    Central central;
    Office& server = central.offices["server"];
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    central.keep({&server, &tirana});
    tirana.put("person", {arta}, {{"family", "Kola"}});
    tirana.give(durres);  // both in one segment
    central.go_back({&tirana});
    central.sync(tirana);  // the first of them alone
    central.go_back({&server});
    central.sync(durres);
    tirana.now_ms += 7'200'000;
    tirana.put("person", {arta}, {{"position", "judge"}});
    for (int i = 0; i < 2; ++i) REQUIRE_THROWS_AS(central.sync(tirana), Forked);
    Office& again = central.office("tirana again", "shared regional AL");
    CHECK(carry_over(tirana.replica(), again.replica()).changes == 1);
    for (Office* office : {&again, &durres}) CHECK(central.sync(*office).identical());
    CHECK(durres.conflicts() == 0);
    CHECK(durres.get("SELECT family || ' ' || position FROM person") == "Kola judge");
}

TEST_CASE("what both lives share is not made again, nor refused, where it has been erased since") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    const std::int64_t arta = tirana.person("Hoxha", "Arta"), besa = tirana.person("Kola", "Besa");
    central.sync(tirana);
    tirana.put("person", {arta}, {{"birth_date", "1980-01-01"}});
    central.keep({&tirana});
    tirana.put("person", {besa}, {{"position", "clerk"}});
    central.sync(tirana);  // both in one segment
    central.erase("person", {arta});
    central.go_back({&tirana});
    tirana.now_ms += 7'200'000;
    tirana.put("person", {besa}, {{"position", "judge"}});
    for (int i = 0; i < 2; ++i) REQUIRE_THROWS_AS(central.sync(tirana), Forked);
    Office& again = central.office("tirana again", "shared regional AL");
    const CarriedOver carried = carry_over(tirana.replica(), again.replica());
    CHECK(carried.changes == 1);
    CHECK(carried.refused.empty());
    CHECK(central.sync(again).identical());
    CHECK(again.conflicts() == 1);
}

TEST_CASE("two lives that wrote in the same moment share nothing of it where anything differs") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    const std::int64_t arta = tirana.person("Hoxha", "Arta"), besa = tirana.person("Kola", "Besa");
    central.sync(tirana);
    const auto edit = [&](const std::string& table, std::int64_t key, std::vector<std::pair<std::string, OwnedValue>> values) {
        Edit out;
        out.table = table;
        out.key = {key};
        out.kind = values.empty() ? EditKind::remove : EditKind::put;
        out.values = std::move(values);
        out.scope = central.offices.catalog().find_scope("AL")->number;
        return out;
    };
    const Edit first = edit("person", arta, {{"position", "judge"}});
    bool has_seen_more = false;
    std::vector<Edit> others{first};
    std::int64_t actor = 0;
    SECTION("the row") { others = {edit("person", besa, {{"position", "judge"}})}; }
    SECTION("its table") { others = {edit("course", tirana.replica().new_id(), {{"title", "Procedure"}})}; }
    SECTION("what is done to it") { others = {edit("person", arta, {})}; }
    SECTION("the group") { others = {edit("person", arta, {{"birth_date", "1980-01-01"}})}; }
    SECTION("the value") { others = {edit("person", arta, {{"position", "clerk"}})}; }
    SECTION("how many there are") { others.push_back(edit("person", besa, {{"position", "judge"}})); }
    SECTION("who did it") { actor = 7; }
    SECTION("what its author had seen") {
        central.sync(durres);
        durres.put("person", {arta}, {{"position", "clerk"}});
        has_seen_more = true;
    }
    tirana.now_ms += 10;
    central.keep({&tirana});
    const Version version = tirana.replica().write(0, {&first, 1}).version;
    central.sync(tirana);
    central.go_back({&tirana});
    if (has_seen_more) durres.give(tirana);
    REQUIRE(tirana.replica().write(actor, others).version == version);
    tirana.now_ms += 7'200'000;
    for (int i = 0; i < 2; ++i) REQUIRE_THROWS_AS(central.sync(tirana), Forked);
    Office& again = central.office("tirana again", "shared regional AL");
    CHECK(carry_over(tirana.replica(), again.replica()).refused.empty());
    for (Office* office : {&again, &durres}) CHECK(central.sync(*office).identical());
    CHECK(again.dump() == durres.dump());
}

TEST_CASE("what others wrote meanwhile stands beside what is carried over, as a conflict") {
    TwoLives lives;
    lives.durres.put("person", {lives.known}, {{"position", "prosecutor"}});
    lives.central.sync(lives.durres);
    lives.tirana.put("person", {lives.known}, {{"position", "clerk"}});
    CHECK(lives.carry().changes == 1);
    CHECK(lives.durres.conflicts() == 1);
}

TEST_CASE("to whom a stick has brought what the server does not have of a forked device, enrols again as well") {
    TwoLives lives;
    Office &tirana = lives.tirana, &durres = lives.durres;
    const std::int64_t fresh = tirana.person("Duka", "Era");
    tirana.give(durres);
    durres.put("person", {fresh}, {{"position", "judge"}});
    for (int i = 0; i < 2; ++i) {
        CHECK(sentence_of([&] { lives.central.sync(durres); }, ErrorKind::refused) ==
              "The server has other changes of device " + number(tirana.replica().identity().device.value) +
                  " than this device; enrol it again: its unsent changes are kept.");
        durres.now_ms += 7'200'000;
    }
    REQUIRE_THROWS_AS(lives.central.sync(tirana), Forked);
    Office& tirana_again = lives.central.office("tirana again", "shared regional AL");
    CHECK(carry_over(tirana.replica(), tirana_again.replica()).changes == 1);
    lives.central.sync(tirana_again);
    Office& durres_again = lives.central.office("durres again", "shared regional AL");
    const CarriedOver carried = carry_over(durres.replica(), durres_again.replica());
    CHECK(carried.changes == 1);
    CHECK(carried.segments == 0);
    CHECK(carried.left == std::vector{"What the earlier folder has of device " + number(tirana.replica().identity().device.value) +
                                      " in the scope AL from its changeset 3 on is not what the server has; it stays there."});
    for (Office* office : {&durres_again, &tirana_again}) CHECK(lives.central.sync(*office).identical());
    CHECK(durres_again.dump() == tirana_again.dump());
    CHECK(durres_again.get("SELECT family || ' ' || position FROM person WHERE id = " + number(fresh)) == "Duka judge");
    CHECK(durres_again.conflicts() == 0);
}

TEST_CASE("what is made again replaces what its author had seen replaced, although that replacement does not come") {
    TwoLives lives;
    Office &tirana = lives.tirana, &durres = lives.durres;
    tirana.put("person", {lives.known}, {{"family", "Duka"}});
    tirana.remove("person", {lives.marked});
    tirana.put("person", {lives.marked}, {{"position", "clerk"}});
    tirana.give(durres);
    durres.put("person", {lives.known}, {{"family", "Leka"}});
    durres.remove("person", {lives.marked});
    REQUIRE_THROWS_AS(lives.central.sync(durres), Forked);
    Office& again = lives.central.office("durres again", "shared regional AL");
    CHECK(carry_over(durres.replica(), again.replica()).changes == 2);
    CHECK(lives.central.sync(again).identical());
    CHECK(again.conflicts() == 0);
    CHECK(again.get("SELECT group_concat(family) FROM (SELECT family FROM person ORDER BY family)") == "Basha,Leka");
}

TEST_CASE("what the rules of now forbid is said one by one, and the rest is carried over") {
    TwoLives lives;
    Office& tirana = lives.tirana;
    tirana.put("person", {lives.known}, {{"birth_date", "1980-02-03"}});
    tirana.put("person", {lives.marked}, {{"position", "clerk"}});
    lives.central.erase("person", {lives.known});
    const CarriedOver carried = lives.carry();
    CHECK(carried.changes == 1);
    REQUIRE(carried.refused.size() == 1);
    CHECK(carried.refused.front() == "person " + number(lives.known) + ": it has been erased meanwhile.");
    CHECK(lives.shown("position", lives.marked) == "clerk");
    CHECK(lives.shown("birth_date", lives.known) == "-");
}

TEST_CASE("what a server took of a revoked device, whose answer was lost, is not made again") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    const std::int64_t kept = tirana.person("Hoxha", "Arta"), gone = tirana.person("Kola", "Besa");
    central.sync(tirana);
    tirana.put("person", {kept}, {{"position", "judge"}});
    tirana.put("person", {gone}, {{"position", "clerk"}});
    tirana.remove("person", {gone});
    central.answer_to(ClientSession(tirana.replica()).request());
    central.register_anew(tirana, "revoked_at", Offices::start_ms);
    tirana.person("Duka", "Era");
    Office& again = central.office("tirana again", "shared regional AL");
    const CarriedOver carried = carry_over(tirana.replica(), again.replica());
    CHECK(carried.changes == 1);
    CHECK(carried.segments == 0);
    CHECK(carried.refused.empty());
    CHECK(central.sync(again).identical());
    CHECK(again.get("SELECT group_concat(family) FROM (SELECT family FROM person ORDER BY family)") == "Duka,Hoxha");
    CHECK(again.conflicts() == 0);
}

TEST_CASE("an action in several scopes is made again as one") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Edit person, course;
    person.table = "person";
    person.key = {tirana.replica().new_id()};
    person.values = {{"family", "Duka"}};
    person.scope = central.offices.catalog().find_scope("AL")->number;
    course.table = "course";
    course.key = {tirana.replica().new_id()};
    course.values = {{"title", "Legal English"}};
    course.scope = central.offices.catalog().find_scope("regional")->number;
    const std::vector edits{person, course};
    tirana.replica().write(0, edits);
    central.register_anew(tirana, "revoked_at", Offices::start_ms);
    Office& again = central.office("tirana again", "shared regional AL");
    CHECK(carry_over(tirana.replica(), again.replica()).changes == 2);
    CHECK(central.sync(again).identical());
    Replica& server = central.offices["server"].replica();
    const DeviceNumber device = again.replica().identity().device;
    const Head there = server.head(*person.scope, device);
    CHECK(there.sequence == Sequence{1});
    CHECK(there.version == server.head(*course.scope, device).version);
}

TEST_CASE("what a device may not write any more is not made again, nor what its program does not know, nor what another row stands for") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL", Role::staff);
    const std::int64_t person = tirana.person("Hoxha", "Arta"), course = tirana.replica().new_id();
    central.sync(tirana);
    central.keep({&tirana});
    tirana.put("course", {course}, {{"title", "Legal English"}}, "regional");
    central.sync(tirana);
    central.go_back({&tirana});
    tirana.now_ms += 7'200'000;
    tirana.put("topic", {"law"}, {{"name", "Law"}});
    const std::int64_t paper = tirana.replica().new_id();
    tirana.put("person", {person}, {{"first_seen", std::int64_t{7}}});
    tirana.put("paper", {paper}, {{"person", person}, {"content", Bytes(32, 1)}});
    tirana.put("course", {course}, {{"title", "Procedure"}}, "AL");
    central.register_anew(tirana, "revoked_at", Offices::start_ms);
    Office& again = central.office("tirana again", "shared regional AL");

    std::string text = test_catalog;
    const std::size_t from = text.find(",\n  {\"number\": 20"), set = text.find(",\n    {\"number\": 5, \"name\": \"first_seen\"");
    text.replace(from, text.rfind("\n ]}") - from, "");
    text.replace(set, text.find("]}]}", set) + 2 - set, "");
    const Catalog older = Catalog::parse(text, "older.json");
    REQUIRE(older.find("paper") == nullptr);
    REQUIRE(older.table("person").groups.size() == 4);
    again.close();
    std::vector<std::string> refused;
    {
        Replica replica(again.path, again.key(), older, system_environment(), JournalMode::rollback);
        const CarriedOver carried = carry_over(tirana.replica(), replica);
        refused = carried.refused;
        CHECK(carried.changes == 1);
    }
    CHECK(refused == std::vector<std::string>{"topic law: writing it needs the role staff.",
                                              "A row of table 20: this program does not know its table.",
                                              "course " + number(course) + ": the row belongs to another scope."});
    again.reopen();
    CHECK(central.sync(again).identical());
    CHECK(again.get("SELECT first_seen FROM person WHERE id = " + number(person)) == "7");  // to the bit, although nobody here knew it
    CHECK(again.get("SELECT title FROM course WHERE id = " + number(course)) == "Legal English");
}

TEST_CASE("what others brought by a stick and may not write any more stays where it is, by name") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL", Role::staff);
    durres.put("topic", {"law"}, {{"name", "Law"}});
    durres.put("topic", {"prison"}, {{"name", "Prisons"}});
    durres.give(tirana);
    REQUIRE(tirana.get("SELECT count(*) FROM topic") == "2");
    central.register_anew(durres, "role", "officer");
    Office& again = central.office("tirana again", "shared regional AL");
    const CarriedOver carried = carry_over(tirana.replica(), again.replica());
    CHECK(carried.segments == 0);
    CHECK(carried.left == std::vector{"What the earlier folder has of device " + number(durres.replica().identity().device.value) +
                                      " in the scope shared from its changeset 1 on is not what the server has; it stays there."});
    CHECK(tirana.get("SELECT count(*) FROM topic") == "2");
    CHECK(again.get("SELECT count(*) FROM topic") == "0");
}

TEST_CASE("what a stick had brought and what still waits is not left behind") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    const ScopeNumber al = tirana.replica().identity().scopes.back();
    const auto gives_the_last = [&] {
        const std::vector<StoredSegment> all = durres.replica().segments_to_send(al);
        REQUIRE_FALSE(all.empty());
        CHECK(tirana.replica().receive(all.back().bytes, Carrier::peer, tirana.now_ms).outcome == Outcome::held);
    };
    durres.person("Hoxha", "Arta");
    central.sync(durres);
    durres.person("Leka", "Ana");
    bool comes = true;
    SECTION("of which the new replica has what it waits for") { gives_the_last(); }
    SECTION("of which nobody but its author has it") {
        durres.replica().segments_to_send(al);
        durres.person("Zogu", "Era");
        gives_the_last();
        comes = false;
    }
    REQUIRE(tirana.replica().held().size() == 1);
    Office& again = central.office("tirana again", "shared regional AL");
    const CarriedOver carried = carry_over(tirana.replica(), again.replica());
    CHECK(carried.left.empty());
    CHECK(carried.segments == (comes ? 1 : 0));
    CHECK(again.replica().held().size() == (comes ? 0 : 1));
    for (Office* office : {&durres, &again}) central.sync(*office);
    CHECK(central.sync(again).identical());
    CHECK(again.replica().held().empty());
    CHECK(again.dump() == durres.dump());
}

TEST_CASE("a row that cannot be carried over takes with it what refers to it, by name") {
    TwoLives lives;
    const std::int64_t course = lives.tirana.replica().new_id();
    lives.tirana.put("course", {course}, {{"title", "Legal English"}}, "regional");
    lives.tirana.put("attendance", {lives.known, course, std::int64_t{1}}, {{"status", std::string("present")}});
    REQUIRE_THROWS_AS(lives.central.sync(lives.tirana), Error);
    Office& narrower = lives.central.office("narrower", "shared AL");
    const CarriedOver carried = carry_over(lives.tirana.replica(), narrower.replica());
    CHECK(carried.changes == 0);
    REQUIRE(carried.refused.size() == 2);
    CHECK(carried.refused[0].find("this device does not hold its scope any more") != std::string::npos);
    CHECK(carried.refused[1].find("course names no course that exists here") != std::string::npos);
    CHECK(narrower.get("SELECT count(*) FROM tefter_quarantine") == "0");
}

TEST_CASE("files that were not sent, and what sticks had brought, are carried over too") {
    TwoLives lives;
    Office& tirana = lives.tirana;
    const Bytes content(50'000, 7);
    const Hash hash = FileStore(tirana.replica().store().database).put(content);
    FileStore(tirana.replica().store().database).put(Bytes(10, 1));  // which no row names
    tirana.put("paper", {tirana.replica().new_id()}, {{"person", lives.known}, {"content", Bytes(hash.begin(), hash.end())}});
    const Bytes begun(10, 2), there(10, 3);
    const auto name = [&](BytesView file) {
        const Hash of = blake2b(file);
        tirana.put("paper", {tirana.replica().new_id()}, {{"person", lives.known}, {"content", Bytes(of.begin(), of.end())}});
        return of;
    };
    FileStore(tirana.replica().store().database).append(name(begun), 10, 0, BytesView(begun).first(5));
    FileStore(tirana.replica().store().database).append(name(there), 10, 0, there);
    const std::int64_t brought = lives.durres.person("Leka", "Ana");
    lives.durres.give(tirana);
    Office& again = lives.central.office("tirana again", "shared regional AL");
    FileStore(again.replica().store().database).put(there);
    const CarriedOver carried = carry_over(tirana.replica(), again.replica());
    CHECK(carried.files == 1);  // not what has not come here itself, nor what is there already
    CHECK(FileStore(again.replica().store().database).read_all(hash) == content);
    CHECK(FileSending(again.replica()).waiting == 2);
    CHECK(carried.segments == 1);
    CHECK(again.get("SELECT family FROM person WHERE id = " + number(brought)) == "Leka");
    for (Office* office : {&again, &lives.durres}) CHECK(lives.central.sync(*office).identical());
    CHECK(again.dump() == lives.durres.dump());
}

TEST_CASE("what a server has lost of a device that enrols again comes back as it was signed, with what others wrote upon it") {
    Central central;
    Office& server = central.offices["server"];
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    central.keep({&server, &durres});
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    central.sync(durres);
    durres.put("person", {arta}, {{"position", "judge"}});
    central.sync(durres);
    central.sync(tirana);
    tirana.put("person", {arta}, {{"languages", R"(["sq"])"}});
    central.go_back({&server, &durres});
    central.start();
    ClientSession hears(tirana.replica());  // what was lost, and brings nothing of it
    hears.feed(central.answer_to(hears.request()));

    Office& again = central.office("tirana again", "shared regional AL");
    SECTION("once") {}
    SECTION("and not a second time") { carry_over(tirana.replica(), again.replica()); }
    SECTION("although the end did not come") {
        const ScopeNumber al = tirana.replica().identity().scopes.back();
        again.replica().receive(tirana.replica().store().log.untaken(al).front().bytes, Carrier::peer, again.now_ms);
    }
    carry_over(tirana.replica(), again.replica());
    for (Office* office : {&again, &durres}) CHECK(central.sync(*office).identical());
    CHECK(durres.get("SELECT family || position || languages FROM person") == R"(Hoxhajudge["sq"])");
    CHECK(durres.conflicts() == 0);
    CHECK(again.dump() == durres.dump());
    const ScopeNumber al = again.replica().identity().scopes.back();
    CHECK(server.replica().head(al, tirana.replica().identity().device).sequence >= Sequence{1});
    CHECK(server.replica().head(al, durres.replica().identity().device).sequence == Sequence{1});
    CHECK(again.replica().held().empty());
}

TEST_CASE("changes are carried over to a new number of the same server, which has been filled") {
    TwoLives lives, elsewhere;
    lives.tirana.person("Duka", "Era");
    CHECK(
        sentence_of([&] { carry_over(lives.tirana.replica(), lives.tirana.replica()); }, ErrorKind::usage).starts_with("Both are device "));
    Office& empty = lives.central.not_filled("shared regional AL");
    CHECK(sentence_of([&] { carry_over(lives.tirana.replica(), empty.replica()); }, ErrorKind::usage) ==
          "The new replica is empty still; sync it once, then carry over.");
    CHECK(sentence_of([&] { carry_over(lives.tirana.replica(), elsewhere.durres.replica()); }, ErrorKind::usage)
              .starts_with("The two replicas belong to two"));
}

TEST_CASE("what a restored server has lost of others comes back from a device that it does not know, or that has forked") {
    const bool is_revoked = GENERATE(false, true);  // the author, since
    Central central;
    Office& server = central.offices["server"];
    Office& durres = central.office("durres", "shared regional AL");
    bool is_known = false;
    SECTION("which it does not know") { central.keep({&server}); }
    SECTION("which has forked") { is_known = true; }
    Office& tirana = central.office("tirana", "shared regional AL");
    if (is_known) central.keep({&server});
    const std::int64_t person = durres.person("Leka", "Ana");
    central.sync(durres);
    central.sync(tirana);
    if (is_known) {
        central.keep({&tirana});
        tirana.person("Basha", "Ilir");
        central.sync(tirana);
        central.go_back({&tirana});
        tirana.now_ms += 7'200'000;
        tirana.person("Duka", "Era");
        REQUIRE_THROWS_AS(central.sync(tirana), Forked);
    }
    central.go_back({&server});
    if (is_revoked) central.register_anew(durres, "revoked_at", Offices::start_ms);
    Office& again = central.office("tirana again", "shared regional AL");
    CHECK(carry_over(tirana.replica(), again.replica()).segments == 1);
    CHECK(central.sync(again).identical());
    CHECK(server.get("SELECT family FROM person WHERE id = " + number(person)) == "Leka");
    CHECK(server.replica().head(again.replica().identity().scopes.back(), DeviceNumber{2}).sequence == Sequence{1});
}

TEST_CASE("what a restored server has lost together with somebody's erasure comes back without that person, and nothing of it is stuck") {
    Central central;
    Office &server = central.offices["server"], &tirana = central.office("tirana", "shared regional AL");
    central.office("durres", "shared regional AL");
    central.keep({&server});
    Office& later = central.office("later", "shared regional AL");
    const std::int64_t arta = tirana.person("Hoxha", "Arta"), ilir = tirana.person("Basha", "Ilir");
    central.sync(tirana);
    std::vector<std::string> left;
    SECTION("what is applied") {}
    SECTION("and what still waits for what a burnt laptop had written") {
        const ScopeNumber al = tirana.replica().identity().scopes.back();
        tirana.person("Leka", "Ana");
        tirana.replica().segments_to_send(al);
        tirana.put("person", {arta}, {{"family", "Leka"}});
        const StoredSegment last = tirana.replica().segments_to_send(al).back();
        CHECK(later.replica().receive(last.bytes, Carrier::peer, later.now_ms).outcome == Outcome::held);
        left = {
            "What the earlier folder has of device 2 in the scope AL from its changeset 4 on is not what the server has; it stays there."};
    }
    central.erase("person", {arta});
    central.sync(later);
    central.go_back({&server});
    CHECK_THROWS_AS(central.sync(later), Error);
    Office& again = central.office("again", "shared regional AL");
    const CarriedOver carried = carry_over(later.replica(), again.replica());
    CHECK(carried.changes == 1);
    CHECK(carried.refused == std::vector<std::string>(1, "person " + number(arta) + ": it has been erased meanwhile."));
    CHECK(carried.left == left);
    CHECK(again.replica().held().empty());
    CHECK(central.sync(again).identical());
    CHECK(again.get("SELECT family FROM person WHERE id = " + number(ilir)) == "Basha");
    CHECK(again.get("SELECT count(*) FROM person WHERE id = " + number(arta)) == "0");
}

TEST_CASE("who has sent what a server lost together with an erasure is told to enrol again, unless the server waits for him") {
    if (ledgers_are_shared) return;
    Central central;
    Office &server = central.offices["server"], &tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    central.keep({&server});
    const std::int64_t arta = tirana.person("Hoxha", "Arta"), ilir = tirana.person("Basha", "Ilir");
    central.sync(tirana);
    central.sync(durres);
    central.erase("person", {arta});
    central.sync(tirana);
    tirana.put("person", {ilir}, {{"position", "judge"}});
    central.go_back({&server});
    SECTION("it was put back by hand") {
        CHECK(
            sentence_of([&] { central.sync(tirana); }, ErrorKind::refused).starts_with("The server has lost changes of device 2 and that"));
        Office& again = central.office("again", "shared regional AL");
        const CarriedOver carried = carry_over(tirana.replica(), again.replica());
        CHECK(carried.refused == std::vector<std::string>(1, "person " + number(arta) + ": it has been erased meanwhile."));
        CHECK(central.sync(again).identical());
        CHECK(again.get("SELECT family || position FROM person WHERE id = " + number(ilir)) == "Bashajudge");
        CHECK(again.get("SELECT count(*) FROM person WHERE id = " + number(arta)) == "0");
    }
    SECTION("somebody has given it back who had not heard of the erasure") {
        CHECK_THROWS_AS(central.sync(tirana), Forked);
        central.sync(durres);
        Office& again = central.office("again", "shared regional AL");
        const CarriedOver carried = carry_over(tirana.replica(), again.replica());
        CHECK(carried.changes == 0);
        CHECK(carried.segments == 2);  // the erasure, and what its author wrote then
        for (Office* office : {&again, &durres}) CHECK(central.sync(*office).identical());
        CHECK(durres.get("SELECT family || position FROM person WHERE id = " + number(ilir)) == "Bashajudge");
        CHECK(durres.get("SELECT family FROM person WHERE id = " + number(arta)) == "-");
    }
    SECTION("somebody has given it back, and who enrols again is filled with rows") {
        CHECK_THROWS_AS(central.sync(tirana), Forked);
        central.sync(durres);
        const Head there = server.replica().head(tirana.replica().identity().scopes.back(), tirana.replica().identity().device);
        Office& again = central.not_filled("shared regional AL");
        central.fill(again);
        const CarriedOver carried = carry_over(tirana.replica(), again.replica());
        CHECK(there.sequence == Sequence{2});
        CHECK(carried.changes == 0);
        CHECK(carried.segments == 2);
        for (Office* office : {&again, &durres}) CHECK(central.sync(*office).identical());
        CHECK(durres.get("SELECT family || position FROM person WHERE id = " + number(ilir)) == "Bashajudge");
        CHECK(durres.get("SELECT family FROM person WHERE id = " + number(arta)) == "-");
        CHECK(durres.conflicts() == 0);
    }
    SECTION("it waits") {
        Awaited(server.replica()).begin();
        CHECK(central.sync(tirana).changesets_sent == 4);
        for (Office* office : {&durres, &tirana}) CHECK(central.sync(*office).identical());
        CHECK(tirana.get("SELECT family || position FROM person WHERE id = " + number(ilir)) == "Bashajudge");
        Arena arena;
        const Value key = Value::integer(arta);
        CHECK(server.replica().state(central.offices.catalog().table("person"), {&key, 1}, arena)->erased);
    }
}

TEST_CASE("what a burnt device wrote whom a restored server has forgotten too does not wait for its registration") {
    if (ledgers_are_shared) return;
    Central central;
    Office& server = central.offices["server"];
    central.office("tirana", "shared regional AL");
    central.keep({&server});
    Office &burnt = central.office("burnt", "shared regional AL"), &later = central.office("later", "shared regional AL");
    const std::int64_t arta = burnt.person("Hoxha", "Arta");
    central.sync(burnt);
    central.sync(later);
    later.put("person", {arta}, {{"position", "judge"}});
    central.go_back({&server});
    Office& again = central.office("again", "shared regional AL");
    const CarriedOver carried = carry_over(later.replica(), again.replica());
    CHECK(carried.changes == 2);
    CHECK(carried.refused.empty());
    CHECK(again.replica().held().empty());
    CHECK(central.sync(again).identical());
    CHECK(again.get("SELECT family || position FROM person WHERE id = " + number(arta)) == "Hoxhajudge");
    CHECK(again.conflicts() == 0);
}

TEST_CASE("a device that a restored server does not know any more brings back all that it ever wrote") {
    Central central;
    Office& server = central.offices["server"];
    central.keep({&server});
    Office& tirana = central.office("tirana", "shared regional AL");
    const std::int64_t person = tirana.person("Hoxha", "Arta");
    tirana.put("person", {person}, {{"position", "judge"}});
    central.sync(tirana);
    tirana.person("Kola", "Besa");  // after the last sync
    central.go_back({&server});
    CHECK(sentence_of([&] { central.sync(tirana); }, ErrorKind::refused) ==
          "This device is not registered with this server; enrol it again: what it holds is kept.");
    SECTION("under another number") {
        Office& durres = central.office("durres", "shared regional AL");
        Office& again = central.office("tirana again", "shared regional AL");
        CHECK(carry_over(tirana.replica(), again.replica()).changes == 3);
        for (Office* office : {&again, &durres}) CHECK(central.sync(*office).identical());
        CHECK(durres.get("SELECT family || position FROM person WHERE id = " + number(person)) == "Hoxhajudge");
        CHECK(durres.get("SELECT count(*) FROM person") == "2");
    }
    SECTION("under its number, which the server gives again: no row is numbered twice") {
        Identity identity = tirana.replica().identity();
        PublicKey key{};
        crypto_sign_keypair(key.data(), identity.secret.data());
        server.put(
            "device", {std::int64_t{identity.device.value}},
            {{"public_key", Bytes(key.begin(), key.end())}, {"office", "tirana"}, {"role", "officer"}, {"scopes", "shared regional AL"}});
        central.start();
        Office again(central.offices, identity, central.offices.folder().file("again.db"));
        central.sync(again);
        CHECK(carry_over(tirana.replica(), again.replica()).changes == 3);
        CHECK(again.replica().new_id() > person + 1);
        CHECK(central.sync(again).identical());
        CHECK(server.get("SELECT family || position FROM person WHERE id = " + number(person)) == "Hoxhajudge");
    }
}

TEST_CASE("what is made again stands in the place of what its device wrote first, although another's change between them does not come") {
    Central central;
    Office &server = central.offices["server"], &durres = central.office("durres", "shared regional AL");
    central.keep({&server, &durres});
    Office& tirana = central.office("tirana", "shared regional AL");
    const std::int64_t person = tirana.person("Hoxha", "Arta");
    for (Office* office : {&tirana, &durres}) central.sync(*office);
    durres.put("person", {person}, {{"family", "Hoxha-Leka"}});
    for (Office* office : {&durres, &tirana}) central.sync(*office);
    tirana.put("person", {person}, {{"family", "Hoxha-Deda"}});
    central.go_back({&server, &durres});
    Office& again = central.office("tirana again", "shared regional AL");
    CHECK(carry_over(tirana.replica(), again.replica()).changes == 2);
    CHECK(central.sync(again).identical());
    CHECK(server.get("SELECT family FROM person WHERE id = " + number(person)) == "Hoxha-Deda");
    CHECK(again.conflicts() == 0);
}
