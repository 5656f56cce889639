// Compaction and its law: compact, then sync, gives the same as sync, then compact; and nobody loses anything by it.

#include <catch2/catch_test_macros.hpp>

#include "engine/store/carry_over.hpp"
#include "engine/store/replay.hpp"
#include "engine/sync/awaited.hpp"
#include "engine/sync/compaction.hpp"
#include "engine/sync/ledger_copy.hpp"
#include "tests/central.hpp"
#include "tests/pages.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

constexpr ScopeNumber albania{3};
constexpr std::int64_t days = day_ms;

struct Compacting : Central {
    Office& home() { return offices["server"]; }
    std::vector<Compaction> compact(std::int64_t keep_ms = 0, std::uint64_t at_once = limits::compacted_segments) {
        return tefter::compact(home().replica(), *ledger, home().now_ms, keep_ms, at_once);
    }
    Compaction compact_al(std::int64_t keep_ms = 0, std::uint64_t at_once = limits::compacted_segments) {
        for (const Compaction& one : compact(keep_ms, at_once)) {
            if (one.scope == albania) return one;
        }
        return {};
    }
    void pass(std::int64_t ms) {
        for (const char* name : {"server", "tirana", "staff"}) offices[name].now_ms += ms;
    }
    /// What `author` has written is compacted before `other` reads it: that one is filled with rows.
    void fill_with_rows(Office& author, Office& other, std::size_t segments) {
        author.person("Duka", "Era");
        sync(author);
        pass(60 * days);
        sync(author), sync(author);
        REQUIRE(compact_al().segments == segments);
        sync(other);
        REQUIRE(filled == 1);
    }
    Verification verify() { return verify_ledgers(home().replica(), *ledger, offices.folder().path().string()); }
};

}  // namespace

TEST_CASE(
    "compact then sync is sync then compact: for a device that was away for 180 days, with a thousand edits and deletions of its own") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    std::vector<std::int64_t> people;
    for (int i = 0; i < 100; ++i) people.push_back(tirana.person("Hoxha " + std::to_string(i), "Arta"));
    central.sync(tirana);
    central.sync(staff);
    for (int i = 0; i < 1000; ++i) {
        const std::int64_t person = people.at(static_cast<std::size_t>(i) % people.size());
        tirana.now_ms += 60'000;
        if (i % 10 == 3) tirana.remove("person", {person});
        else tirana.put("person", {person}, {{"family", "Hoxha " + std::to_string(i)}, {"grade", std::int64_t{1 + i % 9}}});
        if (i % 10 == 5) tirana.person("Duka", std::to_string(i));
    }
    for (std::size_t i = 0; i < people.size(); ++i) {
        if (i % 4 == 0) staff.put("person", {people.at(i)}, {{"family", "Basha"}, {"position", "judge"}});
        if (i % 4 == 1) staff.remove("person", {people.at(i)});
        if (i % 4 == 2) staff.put("person", {people.at(i)}, {{"given", "Era"}});
        central.sync(staff);
    }
    central.pass(180 * days);
    central.sync(staff);
    central.sync(staff);  // says that it has read it all

    const std::vector<Office*> all{&central.home(), &tirana, &staff};
    central.keep(all);
    REQUIRE(central.sync(tirana).identical());
    central.sync(staff);
    central.sync(tirana);
    central.sync(staff);
    CHECK(central.compact_al().segments > 50);
    const std::string expected = tirana.dump();
    REQUIRE(staff.dump() == expected);
    REQUIRE(central.filled == 0);

    if (ledgers_are_shared) return;  // these do not go back with the server
    central.go_back(all);
    CHECK(central.compact_al().segments > 50);
    REQUIRE(central.sync(tirana).identical());
    CHECK(central.filled == 1);
    CHECK(tirana.dump() == expected);
    CHECK(central.home().digest() == tirana.digest());
    central.sync(staff);
    CHECK(staff.dump() == expected);
    for (Office* office : all) CHECK(verify_replica(office->replica(), {}).faults == std::vector<std::string>{});
    CHECK(central.verify().faults == std::vector<std::string>{});
    tirana.person("Leka", "Gent");  // and life goes on
    central.sync(tirana);
    central.sync(staff);
    CHECK(staff.dump() == tirana.dump());
    CHECK(central.filled == 1);
}

TEST_CASE("what was written upon what a stick had brought is made again behind it in a replica that is filled anew") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    Office& durres = central.office("durres", "shared regional AL");
    REQUIRE(tirana.replica().identity().device < staff.replica().identity().device);
    central.sync(tirana);
    const auto kept_of_server = [&] { return tirana.replica().store().log.kept(shared_scope, server_device, Sequence{0}).size(); };
    const std::size_t kept = kept_of_server();
    REQUIRE(kept != 0);
    for (Office* office : {&tirana, &staff}) office->now_ms += 400 * days;  // so that the server does not take it yet
    const std::int64_t person = staff.person("Hoxha", "Arta");
    staff.give(tirana);
    tirana.put("person", {person}, {{"position", "judge"}});
    for (Office* office : {&tirana, &staff}) office->now_ms -= 400 * days;
    durres.person("Duka", "Era");
    central.pass(180 * days);
    durres.now_ms += 180 * days;
    for (int i = 0; i < 2; ++i) central.sync(durres);
    REQUIRE(central.compact_al().segments == 1);
    central.sync(tirana);
    CHECK(central.filled == 1);
    CHECK(kept_of_server() == kept);  // a chain that ends where it ends there is not begun anew
    CHECK(tirana.get("SELECT position FROM person WHERE id = " + std::to_string(person)) == "judge");
    central.pass(300 * days);
    for (Office* office : {&staff, &tirana, &staff}) central.sync(*office);
    CHECK(central.sync(tirana).identical());
    CHECK(tirana.get("SELECT count(*) FROM tefter_quarantine") == "0");
    CHECK(staff.get("SELECT position FROM person WHERE id = " + std::to_string(person)) == "judge");
    CHECK(tirana.dump() == staff.dump());
}

TEST_CASE("what is in quarantine of what the server knows stays listed in a replica that is filled anew") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    const std::int64_t person = staff.person("Hoxha", "Arta");
    for (Office* office : {&staff, &tirana}) central.sync(*office);
    {  // an older program without the rule wrote a grade that is too high
        Replica& replica = staff.replica();
        const Value key[] = {Value::integer(person)}, values[] = {Value::text("Judge"), Value::integer(99)};
        const GroupValues groups[] = {{GroupNumber{3}, values}};
        Change change;
        change.table = TableNumber{17};
        change.key = key;
        change.groups = groups;
        Transaction transaction(replica.store().database);
        replica.store().log.append(
            albania, replica.store().log.next(albania),
            {Version::from_tick(HybridClock::wall_tick(staff.now_ms) + 100, staff.replica().identity().device), 0, {&change, 1}});
        transaction.commit();
    }
    for (Office* office : {&staff, &tirana}) central.sync(*office);
    const auto listed = [&] { return tirana.get("SELECT reason FROM tefter_quarantine"); };
    REQUIRE(listed() == "grade is above its greatest value");
    central.pass(180 * days);
    Office& durres = central.office("durres", "shared regional AL");
    durres.now_ms += 180 * days;
    durres.person("Duka", "Era");
    for (int i = 0; i < 2; ++i) central.sync(durres);
    REQUIRE(central.compact_al().segments != 0);
    central.sync(tirana);
    CHECK(central.filled == 1);
    CHECK(listed() == "grade is above its greatest value");
}

TEST_CASE(
    "nothing goes that a device with a lease has not read, nor what is younger than is to be kept; those who hold it back are named") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    for (int i = 0; i < 5; ++i) {
        tirana.person("Hoxha", std::to_string(i));
        central.sync(tirana);
        if (i == 1) central.sync(staff), central.sync(staff);
    }
    central.sync(tirana);
    const Compaction held = central.compact_al();
    CHECK(held.base == Position{2});
    CHECK(held.head == Position{5});
    CHECK(held.segments == 2);
    CHECK(held.behind == std::vector{staff.replica().identity().device});
    CHECK(central.ledger->base(albania) == Position{2});
    CHECK(central.ledger->head(albania).position == Position{5});
    CHECK_THROWS_AS(central.ledger->read(albania, Position{1}, Position{5}, SIZE_MAX), Error);
    CHECK(central.ledger->read(albania, Position{2}, Position{5}, SIZE_MAX).size() == 3);
    CHECK(central.sync(staff).identical());
    CHECK(central.filled == 0);

    central.sync(staff);
    CHECK(central.compact_al(1 * days).segments == 0);  // all of it is of today
    central.pass(2 * days);
    CHECK(central.compact_al(3 * days).segments == 0);
    CHECK(central.compact_al(1 * days).segments == 3);
    CHECK(central.compact_al().behind.empty());

    central.offices["server"].put("device", {std::int64_t{staff.replica().identity().device.value}}, {{"lease_days", std::int64_t{0}}});
    central.start();
    tirana.person("Duka", "Era");
    central.sync(tirana);
    central.pass(400 * days);
    central.sync(tirana);
    CHECK(central.compact_al().segments == 0);  // a lease that does not end
    central.offices["server"].put("device", {std::int64_t{staff.replica().identity().device.value}}, {{"lease_days", std::int64_t{90}}});
    central.start();
    central.sync(tirana);
    CHECK(central.compact_al().segments == 1);
    CHECK(central.sync(staff).identical());
    CHECK(central.filled == 1);
    CHECK(staff.dump() == tirana.dump());
}

TEST_CASE("a long history is compacted in steps, of which each stands, and what is said of them is said of all") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    for (int i = 0; i < 7; ++i) {
        tirana.person("Hoxha", std::to_string(i));
        central.sync(tirana);
        if (i == 4) central.sync(staff), central.sync(staff);
    }
    central.sync(tirana);
    const auto steps = [&] { return central.compact_al(0, 2); };
    const Compaction some = steps();
    CHECK(some.base == Position{5});
    CHECK(some.segments == 5);
    CHECK(some.behind == std::vector{staff.replica().identity().device});
    CHECK_FALSE(some.server_behind);
    for (int i = 0; i < 2; ++i) central.sync(staff);
    CHECK(steps().segments == 2);
    CHECK(steps().segments == 0);
    CHECK(central.verify().faults == std::vector<std::string>{});
}

TEST_CASE("who never came, or was revoked, holds nothing back; who got a scope since the last sync holds back all of it") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    for (int i = 0; i < 3; ++i) {
        tirana.person("Hoxha", std::to_string(i));
        central.home().put("person", {central.home().replica().new_id()}, {{"family", "Begić"}}, "BA");
        central.start();
        central.sync(tirana);
    }
    central.sync(tirana);
    central.register_anew(tirana, "scopes", "shared regional AL BA");
    CHECK(central.compact_al().behind == std::vector{staff.replica().identity().device});
    CHECK(central.ledger->base(albania) == Position{0});
    central.register_anew(staff, "revoked_at", Offices::start_ms);
    central.offices.add("unpacked", "shared regional AL");
    const std::vector<Compaction> all = central.compact();
    const auto of = [&](const char* scope) {
        return *std::find_if(all.begin(), all.end(),
                             [&](const Compaction& one) { return one.scope == central.offices.catalog().find_scope(scope)->number; });
    };
    CHECK(of("AL").base == of("AL").head);
    CHECK(of("AL").behind.empty());
    CHECK(of("BA").head == Position{3});
    CHECK(of("BA").base == Position{0});
    CHECK(of("BA").behind == std::vector{tirana.replica().identity().device});
}

TEST_CASE("a scope is held back by all who hold it, also by those behind one who does not") {
    Compacting central;
    central.office("sarajevo", "shared regional BA");
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    central.sync(tirana);
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    central.sync(staff);
    tirana.person("Leka", "Gent");
    central.sync(tirana);
    central.sync(tirana);
    const Compaction one = central.compact_al();
    CHECK(one.base == Position{1});
    CHECK(one.behind == std::vector{staff.replica().identity().device});
}

TEST_CASE("what is written, or brought on a stick, between the exchange and the filling is made again on the rows that came") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    const std::int64_t person = tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    central.sync(staff);
    staff.put("person", {person}, {{"position", "judge"}});
    central.sync(staff);
    tirana.put("person", {person}, {{"family", "Basha"}});  // unsent, and taken in the exchange
    central.pass(60 * days);
    central.sync(staff), central.sync(staff);
    REQUIRE(central.compact_al().segments == 2);
    central.before_filling = [&] {
        tirana.put("person", {person}, {{"given", "Era"}});
        tirana.person("Duka", "Gent");
        staff.put("person", {person}, {{"grade", std::int64_t{4}}});
        staff.replica().segments_to_send(albania);
        staff.give(tirana);
    };
    CHECK(central.sync(tirana).identical());
    CHECK(central.filled == 1);
    CHECK(tirana.get("SELECT family || ' ' || given || ' ' || position || ' ' || grade FROM person WHERE id = " + std::to_string(person)) ==
          "Basha Era judge 4");
    CHECK(tirana.get("SELECT count(*) FROM person") == "2");
    central.sync(staff);
    central.sync(tirana);
    CHECK(staff.dump() == tirana.dump());
    CHECK(verify_replica(tirana.replica(), {}).faults == std::vector<std::string>{});
    CHECK(central.verify().faults == std::vector<std::string>{});
}

TEST_CASE("a device that is filled anew forgets who was erased while it was away, in rows, log, drafts and pages") {
    const std::string mark = "Zq7Marked";
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    const std::int64_t person = tirana.person(mark, "Arta");
    central.sync(tirana);
    central.sync(staff);
    const Value name[] = {Value::integer(person)};
    tirana.replica().set_fact("draft", mark, central.offices.catalog().table("person"), name);
    tirana.put("person", {person}, {{"given", mark}});
    central.erase("person", {person});
    central.sync(staff);
    central.pass(60 * days);
    central.sync(staff), central.sync(staff);
    REQUIRE(central.compact_al().segments > 0);
    CHECK(central.sync(tirana).identical());
    CHECK(central.filled == 1);
    CHECK(decrypted(tirana.path, tirana.key()).find(mark) == std::string::npos);
    CHECK(tirana.replica().facts("draft").empty());
    CHECK(tirana.get("SELECT family FROM person") == "-");
    central.sync(staff);
    CHECK(staff.dump() == tirana.dump());
}

TEST_CASE("a snapshot that is damaged on the way leaves a replica that was to be filled anew as it was") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    staff.person("Hoxha", "Arta");
    central.sync(staff);
    central.pass(60 * days);
    central.sync(staff), central.sync(staff);
    REQUIRE(central.compact_al().segments == 1);
    tirana.person("Duka", "Era");
    const std::string before = tirana.dump();
    for (std::size_t wrong = 0;; wrong += 5) {
        SnapshotSession filling(tirana.replica());
        Bytes answer = central.snapshot_for(filling.request());
        if (wrong >= answer.size()) break;
        answer[wrong] ^= 4;
        CHECK_THROWS_AS((filling.feed(answer), filling.finish()), Error);
    }
    CHECK(tirana.dump() == before);
    CHECK(central.sync(tirana).identical());
    central.sync(staff);
    CHECK(staff.dump() == tirana.dump());
}

TEST_CASE("what is left of a compacted ledger is checked link by link, and cannot be copied for an auditor as if it were whole") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    for (int i = 0; i < 6; ++i) {
        tirana.person("Hoxha", std::to_string(i));
        central.sync(tirana);
        if (i == 2) central.sync(tirana), central.compact();
    }
    REQUIRE(central.ledger->base(albania) == Position{3});
    CHECK(central.home().get("SELECT group_concat(position, ' ') FROM tefter_ledger WHERE scope = 3 AND bytes = x''") == "1 2 3");
    CHECK(central.verify().faults == std::vector<std::string>{});
    CHECK(central.verify().segments == 3);
    std::filesystem::create_directory(central.offices.folder().file("copy"));
    CHECK_THROWS_AS(write_ledger_copy(central.home().replica(), *central.ledger, central.offices.folder().file("copy")), Error);
    const auto breaks = [&](const std::string& sql) {
        central.home().replica().store().database.execute("SAVEPOINT tampering; " + sql);
        const bool found = !central.verify().faults.empty();
        central.home().replica().store().database.execute("ROLLBACK TO tampering; RELEASE tampering");
        return found;
    };
    CHECK_FALSE(breaks("SELECT 1"));
    CHECK(breaks("UPDATE tefter_ledger SET hash = zeroblob(32) WHERE scope = 3 AND position = 3"));
    CHECK(breaks("UPDATE tefter_ledger SET hash = zeroblob(32) WHERE scope = 3 AND position = 5"));
    CHECK(breaks("UPDATE tefter_ledger SET position = 9 WHERE scope = 3 AND position = 5"));
    CHECK(breaks("DELETE FROM tefter_ledger WHERE scope = 3 AND position = 6"));
    CHECK(breaks("DELETE FROM tefter_ledger_base WHERE scope = 3"));
    CHECK(
        breaks("UPDATE tefter_ledger SET bytes = (SELECT bytes FROM tefter_ledger WHERE scope = 3 AND position = 5) "
               "WHERE scope = 3 AND position = 4"));
}

TEST_CASE("what a ledger has let go it knows by its name alone") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    const std::vector<StoredSegment> kept = tirana.replica().store().log.kept(albania, tirana.replica().identity().device, Sequence{0});
    REQUIRE(kept.size() == 1);
    Segment segment;
    decode_segment(kept[0].bytes, segment);
    const Hash name = segment_id(segment.header, segment.signature);
    CHECK(central.ledger->holds(segment.header, name, kept[0].bytes));
    CHECK(central.ledger->holds(segment.header, Hash{1}, kept[0].bytes));  // under another seal
    for (Office* office : {&central.home(), &tirana}) office->now_ms += 180 * days;
    central.sync(tirana);
    REQUIRE(central.compact_al().segments == 1);
    CHECK(central.ledger->holds(segment.header, name, kept[0].bytes));
    CHECK_FALSE(central.ledger->holds(segment.header, Hash{1}, kept[0].bytes));
}

TEST_CASE("a restored server that still waits compacts nothing, and one that has compacted gets back what it had lost") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    tirana.person("Hoxha", "Arta");
    for (Office* office : {&tirana, &staff, &tirana, &staff}) central.sync(*office);
    REQUIRE(central.compact_al().segments == 1);
    central.keep({&central.home()});
    tirana.person("Duka", "Era");
    for (Office* office : {&tirana, &staff}) central.sync(*office);
    const std::string before = tirana.dump();
    central.go_back({&central.home()});
    Awaited(central.home().replica()).begin();
    central.start();
    CHECK_THROWS_AS(central.compact(), Error);
    central.sync(staff);
    central.sync(tirana);
    central.sync(staff);
    CHECK(central.home().get("SELECT count(*) FROM person") == "2");
    CHECK(tirana.dump() == before);
    CHECK(staff.dump() == before);
    CHECK(central.verify().faults == std::vector<std::string>{});
    CHECK_NOTHROW(central.compact());
}

TEST_CASE("what a restored server has lost, and a device has only as rows, is not overwritten by filling that device anew") {
    if (ledgers_are_shared) return;
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    tirana.person("Hoxha", "Arta");
    for (Office* office : {&tirana, &tirana, &staff}) central.sync(*office);
    central.keep({&central.home()});
    central.fill_with_rows(tirana, staff, 2);
    const std::string before = staff.dump();
    central.go_back({&central.home()});
    CHECK_THROWS_AS(central.sync(staff), Forked);
    central.home().now_ms += 60 * days;
    REQUIRE(central.compact_al().segments == 1);
    staff.replica().rewind(albania);  // as a damaged answer does
    CHECK_THROWS_AS(central.sync(staff), Forked);
    CHECK(staff.dump() == before);
    central.sync(tirana);  // who has written it gives it back
    CHECK(central.sync(staff).identical());
    CHECK(staff.dump() == before);
}

TEST_CASE("what a restored server has lost altogether, and a device has only as rows, is not overwritten by filling that device anew") {
    if (ledgers_are_shared) return;
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    central.keep({&central.home()});
    central.fill_with_rows(tirana, staff, 1);
    central.go_back({&central.home()});
    Office& durres = central.office("durres", "shared regional AL");
    for (int i = 0; i < 3; ++i) {
        durres.person("Kola", std::to_string(i));
        central.sync(durres);
    }
    central.home().now_ms += 60 * days;
    REQUIRE(central.compact_al().segments == 3);
    CHECK_THROWS_AS(central.sync(staff), Forked);
    CHECK(staff.get("SELECT family FROM person") == "Duka");
    central.sync(tirana);
    CHECK(central.sync(staff).identical());
    CHECK(staff.get("SELECT count(*) FROM person") == "4");
}

TEST_CASE("who was away while the register was compacted gets what one wrote who was enrolled meanwhile") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    staff.person("Hoxha", "Arta");
    for (Office* office : {&staff, &tirana}) central.sync(*office);
    central.keep({&tirana});
    Office& durres = central.office("durres", "shared regional AL");
    central.go_back({&tirana});  // it has not heard of durres
    central.pass(400 * days);
    durres.now_ms += 400 * days;
    for (Office* office : {&staff, &durres, &staff, &durres}) central.sync(*office);
    central.compact();
    REQUIRE(central.ledger->base(shared_scope).value != 0);
    const std::int64_t person = durres.person("Kola", "Besa");
    central.sync(durres);
    tirana.person("Duka", "Era");
    CHECK(central.sync(tirana).identical());
    CHECK(central.filled == 1);
    CHECK(tirana.get("SELECT family FROM person WHERE id = " + std::to_string(person)) == "Kola");
    for (Office* office : {&durres, &staff}) CHECK(central.sync(*office).identical());
    CHECK(tirana.dump() == staff.dump());
}

TEST_CASE("a device that was restored from before what is compacted enrols again: it could not give back what it had sent") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    central.keep({&tirana});
    tirana.person("Duka", "Era");
    for (int i = 0; i < 2; ++i) central.sync(tirana);
    REQUIRE(central.compact_al().segments == 2);
    central.go_back({&tirana});
    const std::string before = tirana.dump();
    CHECK_THROWS_AS(central.sync(tirana), Error);
    CHECK(tirana.dump() == before);
    CHECK(central.home().get("SELECT count(*) FROM person") == "2");
}

TEST_CASE("who enrols again makes again what stands on what the new replica was filled with as rows") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    const std::int64_t person = staff.person("Hoxha", "Arta");
    SECTION("of which it has the segment, and the new one the rows") {
        staff.give(tirana);
        tirana.put("person", {person}, {{"position", "judge"}});
        central.sync(staff);
    }
    SECTION("of which both have the rows alone") {
        for (int i = 0; i < 2; ++i) central.sync(staff);
        tirana.now_ms += 180 * days;
        central.home().now_ms += 180 * days;
        REQUIRE(central.compact_al().segments == 1);
        central.sync(tirana);
        REQUIRE(central.filled == 1);
        tirana.put("person", {person}, {{"position", "judge"}});
    }
    central.pass(180 * days);
    for (int i = 0; i < 2; ++i) central.sync(staff);
    central.compact_al();
    REQUIRE(central.ledger->base(albania) == Position{1});
    Office& again = central.office("tirana again", "shared regional AL");
    const CarriedOver carried = carry_over(tirana.replica(), again.replica());
    CHECK(carried.changes + carried.segments == 1);
    CHECK(carried.refused.empty());
    CHECK(central.sync(again).identical());
    CHECK(central.sync(staff).identical());
    CHECK(staff.get("SELECT position FROM person WHERE id = " + std::to_string(person)) == "judge");
    CHECK(staff.conflicts() == 0);
    CHECK(again.replica().held().empty());
}

TEST_CASE("what the server has not taken yet stands on rows of a snapshot in whichever part of it they come") {
    Compacting central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    Office& durres = central.office("durres", "shared regional AL");
    const std::int64_t first = staff.person("Hoxha", "Arta");
    for (Office* office : {&staff, &tirana, &durres}) central.sync(*office);
    for (Office* office : {&tirana, &durres}) office->now_ms += 400 * days;
    durres.put("person", {first}, {{"position", "judge"}});
    durres.give(tirana);
    for (Office* office : {&tirana, &durres}) office->now_ms -= 400 * days;
    std::vector<Edit> many(4000);
    for (Edit& edit : many) {
        edit.table = "person";
        edit.key = {staff.replica().new_id()};
        edit.values = {{"family", std::string(80, 'x')}};
        edit.scope = albania;
    }
    staff.replica().write(0, many);
    central.sync(staff);
    central.pass(180 * days);
    for (int i = 0; i < 2; ++i) central.sync(staff);
    REQUIRE(central.compact_al().segments != 0);
    REQUIRE(central.ledger->base(albania) == central.ledger->head(albania).position);
    central.sync(tirana);
    REQUIRE(central.filled == 1);
    CHECK(tirana.get("SELECT family || position FROM person WHERE id = " + std::to_string(first)) == "Hoxhajudge");
    CHECK(tirana.get("SELECT count(*) FROM person") == "4001");
    central.pass(400 * days);
    for (Office* office : {&tirana, &staff}) CHECK(central.sync(*office).identical());
    CHECK(staff.dump() == tirana.dump());
}
