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
    std::vector<Edit> others{first};
    std::int64_t actor = 0;
    SECTION("the row") { others = {edit("person", besa, {{"position", "judge"}})}; }
    SECTION("its table") { others = {edit("course", tirana.replica().new_id(), {{"title", "Procedure"}})}; }
    SECTION("what is done to it") { others = {edit("person", arta, {})}; }
    SECTION("the group") { others = {edit("person", arta, {{"birth_date", "1980-01-01"}})}; }
    SECTION("the value") { others = {edit("person", arta, {{"position", "clerk"}})}; }
    SECTION("how many there are") { others.push_back(edit("person", besa, {{"position", "judge"}})); }
    SECTION("who did it") { actor = 7; }
    central.keep({&tirana});
    const Version version = tirana.replica().write(0, {&first, 1}).version;
    central.sync(tirana);
    central.go_back({&tirana});
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
    CHECK(carried.left == std::vector{"What a stick had brought of device " + number(tirana.replica().identity().device.value) +
                                      " in the scope AL from its changeset 3 on is not what the server has."});
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
    const std::int64_t brought = lives.durres.person("Leka", "Ana");
    lives.durres.give(tirana);
    Office& again = lives.central.office("tirana again", "shared regional AL");
    const CarriedOver carried = carry_over(tirana.replica(), again.replica());
    CHECK(carried.files == 1);
    CHECK(FileStore(again.replica().store().database).read_all(hash) == content);
    CHECK(FileSending(again.replica()).waiting == 1);
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
