// Stories of offices that work apart and meet again: one for each rule of merging, and for each way in which a segment
// can be wrong.
#include <catch2/catch_test_macros.hpp>

#include "engine/base/limits.hpp"
#include "tests/offices.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

/// Two offices in Tirana that hold the same person.
struct Tirana : Offices {
    Tirana() {
        add("a", "shared regional AL", Role::staff);
        add("b", "shared regional AL", Role::staff);
        person = (*this)["a"].person("Hoxha", "Arta");
        settle();
    }
    Office& a() { return (*this)["a"]; }
    Office& b() { return (*this)["b"]; }
    void require_agreement() {
        settle();
        CHECK(a().dump() == b().dump());
        CHECK(a().digest() == (*this)["server"].digest());
        for (const char* name : {"a", "b", "server"}) CHECK(verify_replica((*this)[name].replica(), {}).faults.empty());
    }
    std::int64_t person = 0;
};

std::string family(Office& office) { return office.get("SELECT family FROM person"); }

}  // namespace

TEST_CASE("a write that has seen another replaces it, whatever the clocks say") {
    Tirana world;
    world.a().put("person", {world.person}, {{"family", "Hoxha-Leka"}});
    world.a().give(world.b());
    world.b().now_ms -= 3'600'000;  // an hour behind
    world.b().put("person", {world.person}, {{"family", "Leka"}});
    world.require_agreement();
    CHECK(family(world.a()) == "Leka");
    CHECK(world.a().conflicts() == 0);
}

TEST_CASE("what a device writes is newer than all that has come, however slow its clock is") {
    Tirana world;
    world.a().now_ms += 240'000;
    const Written first = world.a().put("person", {world.person}, {{"family", "Leka"}});
    world.a().give(world.b());
    const std::int64_t another = world.b().person("Kola", "Besa");
    CHECK(world.b().get("SELECT _version > " + std::to_string(first.version.value) +
                        " FROM person WHERE id = " + std::to_string(another)) == "1");
}

TEST_CASE("a row is as old as the oldest of its groups that stands") {
    Tirana world;
    world.a().now_ms += 1000;
    const Written changed = world.a().put("person", {world.person}, {{"position", "judge"}});
    world.b().remove("person", {world.person});
    world.require_agreement();
    CHECK(world.b().get("SELECT _version FROM person") == std::to_string(changed.version.value));
}

TEST_CASE("a row that is deleted here and referred to there stays, whichever column of a group refers to it") {
    Tirana world;
    Office& server = world["server"];
    server.put("topic", {std::string("law")}, {{"name", "Law"}});
    server.give(world.a());
    server.give(world.b());
    server.remove("topic", {std::string("law")});
    world.a().put("course", {world.a().replica().new_id()}, {{"title", "Procedure"}, {"topic", "law"}}, "AL");
    world.require_agreement();
    CHECK(server.get("SELECT count(*) FROM topic WHERE code = 'law'") == "1");
}

TEST_CASE("two offices change the same group apart: both keep both values, until someone who has seen them writes") {
    Tirana world;
    world.a().put("person", {world.person}, {{"family", "Leka"}});
    world.b().now_ms += 1000;
    world.b().put("person", {world.person}, {{"family", "Kola"}});
    world.require_agreement();
    CHECK(family(world.a()) == "Kola");
    CHECK(world.a().conflicts() == 1);
    world.a().put("person", {world.person}, {{"family", "Leka"}});
    world.require_agreement();
    CHECK(family(world.b()) == "Leka");
    CHECK(world.b().conflicts() == 0);
}

TEST_CASE("two offices change different groups of a row: both changes stand and there is no conflict") {
    Tirana world;
    world.a().put("person", {world.person}, {{"position", "Prosecutor"}});
    world.b().put("person", {world.person}, {{"birth_date", "1980-02-29"}});
    world.require_agreement();
    CHECK(world.b().get("SELECT position || birth_date FROM person") == "Prosecutor1980-02-29");
    CHECK(world.a().conflicts() == 0);
}

TEST_CASE("two offices write the same value apart: that is no conflict") {
    Tirana world;
    world.a().put("person", {world.person}, {{"family", "Leka"}});
    world.b().put("person", {world.person}, {{"family", "Leka"}});
    world.require_agreement();
    CHECK(world.a().conflicts() == 0);
}

TEST_CASE("an editor who had not seen a change does not overwrite it") {
    Tirana world;
    Arena arena;
    const Value key[] = {Value::integer(world.person)};
    const Table& table = world.catalog().table("person");
    const Version on_screen = world.b().replica().state(table, key, arena)->groups.front().leaves.front().version;
    world.a().put("person", {world.person}, {{"family", "Leka"}});
    world.a().give(world.b());  // arrives while b's form is open
    Edit edit;
    edit.table = "person";
    edit.key = {world.person};
    edit.values = {{"family", "Kola"}};
    edit.seen = std::vector<Version>{on_screen};
    world.b().replica().write(0, {&edit, 1});
    world.require_agreement();
    CHECK(world.a().conflicts() == 1);
}

TEST_CASE("a check-in recorded anywhere is never undone by a stale list") {
    Tirana world;
    const std::int64_t course = world.a().replica().new_id();
    world.a().put("course", {course}, {{"title", "Evidence"}}, "AL");
    world.settle();
    world.a().put("attendance", {world.person, course, 1}, {{"status", "present"}});
    world.b().now_ms += 60'000;
    world.b().put("attendance", {world.person, course, 1}, {{"status", "absent"}});
    world.require_agreement();
    CHECK(world.b().get("SELECT status FROM attendance") == "4");
    CHECK(world.a().conflicts() == 0);
    // Someone who sees it may still correct it.
    world.b().put("attendance", {world.person, course, 1}, {{"status", "excused"}});
    world.require_agreement();
    CHECK(world.a().get("SELECT status FROM attendance") == "2");
}

TEST_CASE("the least of two values is shown where the catalog says min") {
    Tirana world;
    world.a().put("person", {world.person}, {{"first_seen", 2019}});
    world.b().now_ms += 1000;
    world.b().put("person", {world.person}, {{"first_seen", 2021}});
    world.require_agreement();
    CHECK(world.b().get("SELECT first_seen FROM person") == "2019");
    CHECK(world.b().conflicts() == 0);
}

TEST_CASE("a set keeps what anyone added and loses what someone who saw it removed") {
    Tirana world;
    world.a().put("person", {world.person}, {{"languages", R"(["en","sq"])"}});
    world.settle();
    world.a().put("person", {world.person}, {{"languages", R"(["sq"])"}});
    world.b().put("person", {world.person}, {{"languages", R"(["de","en","sq"])"}});
    world.require_agreement();
    CHECK(world.a().get("SELECT languages FROM person") == R"(["de","sq"])");
    CHECK(world.a().conflicts() == 0);
}

TEST_CASE("a delete that has seen everything takes the row away everywhere") {
    Tirana world;
    world.b().remove("person", {world.person});
    world.require_agreement();
    CHECK(world.a().get("SELECT count(*) FROM person") == "0");
    CHECK(world.a().conflicts() == 0);
}

TEST_CASE("a delete against an edit that it had not seen: the row lives, and people decide") {
    Tirana world;
    world.a().remove("person", {world.person});
    world.b().put("person", {world.person}, {{"position", "Judge"}});
    world.require_agreement();
    CHECK(world.a().get("SELECT family || position FROM person") == "HoxhaJudge");
    CHECK(world.a().conflicts() == 1);
    SECTION("it is deleted after all") {
        world.a().remove("person", {world.person});
        world.require_agreement();
        CHECK(world.b().get("SELECT count(*) FROM person") == "0");
        CHECK(world.b().conflicts() == 0);
    }
    SECTION("it is kept: a write that has seen the delete settles it") {
        world.b().put("person", {world.person}, {{"position", "Judge of appeal"}});
        world.require_agreement();
        CHECK(world.a().get("SELECT family || position FROM person") == "HoxhaJudge of appeal");
        CHECK(world.a().conflicts() == 0);
    }
}

TEST_CASE("a row that somebody refers to stays, though another office has deleted it") {
    Tirana world;
    const std::int64_t course = world.a().replica().new_id();
    world.a().put("course", {course}, {{"title", "Evidence"}}, "AL");
    world.settle();
    world.a().remove("course", {course});
    world.b().put("attendance", {world.person, course, 1}, {{"status", "present"}});
    world.require_agreement();
    CHECK(world.a().get("SELECT title FROM course") == "Evidence");
    CHECK(world.a().conflicts() == 1);
    world.a().remove("attendance", {world.person, course, 1});
    world.require_agreement();
    CHECK(world.b().get("SELECT count(*) FROM course") == "0");
    CHECK(world.b().conflicts() == 0);
}

TEST_CASE("what a row keeps, that keeps another, goes with it") {
    Tirana world;
    const std::int64_t paper = world.a().replica().new_id(), remark = world.a().replica().new_id();
    world.a().put("paper", {paper}, {{"person", world.person}, {"content", Bytes(32, 7)}});
    world.settle();
    world.a().put("remark", {remark}, {{"paper", paper}, {"remark", "to be signed"}});
    world.b().remove("paper", {paper});
    world.b().remove("person", {world.person});
    world.require_agreement();
    const auto there = [&](Office& office) {
        return office.get("SELECT (SELECT count(*) FROM remark) || (SELECT count(*) FROM paper) || (SELECT count(*) FROM person)");
    };
    for (Office* office : {&world.a(), &world.b()}) CHECK(there(*office) == "111");
    world.a().remove("remark", {remark});
    world.require_agreement();
    for (Office* office : {&world.a(), &world.b()}) CHECK(there(*office) == "000");
}

TEST_CASE("what is still used cannot be deleted by someone who can see that") {
    Tirana world;
    const std::int64_t course = world.a().replica().new_id();
    world.a().put("course", {course}, {{"title", "Evidence"}}, "AL");
    world.a().put("attendance", {world.person, course, 1}, {{"status", "present"}});
    CHECK_THROWS_AS(world.a().remove("course", {course}), Error);
    world.require_agreement();
}

TEST_CASE("a row that was deleted can be written again, and comes back whole") {
    Tirana world;
    world.a().remove("person", {world.person});
    world.settle();
    world.b().put("person", {world.person}, {{"position", "Judge"}});
    world.require_agreement();
    CHECK(world.a().get("SELECT family || given || position FROM person") == "HoxhaArtaJudge");
    CHECK(world.a().conflicts() == 0);
}

TEST_CASE("erasure beats everything, for ever, what is still on its way included") {
    Tirana world;
    world.b().put("person", {world.person}, {{"family", "Leka"}, {"position", "Judge"}});
    world["server"].erase("person", {world.person});
    world.require_agreement();
    CHECK(world.a().get("SELECT count(*) FROM person") == "1");
    CHECK(world.a().get("SELECT family FROM person") == "-");
    CHECK(world.a().get("SELECT position FROM person") == "Judge");
    CHECK_THROWS_AS(world.a().put("person", {world.person}, {{"family", "Leka"}}), Error);
}

TEST_CASE("one action is one changeset: all of it or nothing") {
    Tirana world;
    const std::int64_t id = world.a().replica().new_id();
    Edit edits[2];
    edits[0].table = "person";
    edits[0].key = {id};
    edits[0].values = {{"family", "Kola"}};
    edits[0].scope = world.catalog().find_scope("AL")->number;
    edits[1].table = "attendance";
    edits[1].key = {id, 12345, 1};
    edits[1].values = {{"status", "present"}};
    CHECK_THROWS_AS(world.a().replica().write(0, edits), Error);
    CHECK(world.a().get("SELECT count(*) FROM person") == "1");
    world.require_agreement();
}

TEST_CASE("writing what is there already writes nothing") {
    Tirana world;
    CHECK(world.a().put("person", {world.person}, {{"family", "Hoxha"}, {"given", "Arta"}}).changes == 0);
    CHECK(world.a().replica().unsent_changesets() == world.a().replica().unsent_changesets());
    CHECK(world.a().put("person", {world.person}, {{"languages", "[]"}}).changes == 0);
}

TEST_CASE("bad edits are refused with table, column and reason") {
    Tirana world;
    const auto sentence = [&](const std::string& table, std::vector<OwnedValue> key, std::vector<std::pair<std::string, OwnedValue>> values,
                              std::optional<std::string> scope = "AL") -> std::string {
        try {
            world.a().put(table, std::move(key), std::move(values), std::move(scope));
            return "accepted";
        } catch (const Error& error) {
            return error.what();
        }
    };
    CHECK(sentence("nothing", {1}, {}) == "There is no table \"nothing\" in the catalog.");
    CHECK(sentence("person", {1}, {{"colour", "red"}}) == "The table person has no column \"colour\".");
    CHECK(sentence("person", {1}, {{"given", "Arta"}}) == "person 1: family is missing.");
    CHECK(sentence("person", {1}, {{"family", "Kola"}, {"birth_date", "1980-02-30"}}) ==
          "person 1: birth_date is no date (2026-03-16, 2026-03 or 2026).");
    CHECK(sentence("person", {1}, {{"family", "Kola"}, {"grade", 10}}) == "person 1: grade is above its greatest value.");
    CHECK(sentence("person", {1}, {{"family", "Kola"}, {"grade", "many"}}) == "person.grade must be a whole number.");
    CHECK(sentence("person", {1}, {{"family", "K\xC3"}}) == "person 1: family is no clean UTF-8 text.");
    CHECK(sentence("person", {1}, {{"family", "Kola"}}, "BA") == "This device may not write person in the scope BA.");
    CHECK(sentence("person", {1}, {{"family", "Kola"}}, std::nullopt) == "A new row of person needs a scope.");
    CHECK(sentence("attendance", {world.person, 77, 1}, {{"status", "present"}}) == "attendance.course names no course that exists here.");
    CHECK(sentence("attendance", {world.person, 77, 1}, {{"status", "there"}}) ==
          "attendance.status must be one of: absent, excused, late, present.");
    CHECK(sentence("device", {9}, {{"office", "x"}}) == "Writing device needs the role server.");
}

TEST_CASE("a segment that is wrong is refused or held with the reason, and nothing of it is applied") {
    Tirana world;
    world.a().put("person", {world.person}, {{"family", "Leka"}});
    const ScopeNumber al = world.catalog().find_scope("AL")->number;
    const Bytes good = world.a().replica().segments_to_send(al).back().bytes;
    const std::string before = world.b().dump();
    const auto receive = [&](Bytes bytes, Carrier carrier = Carrier::device) {
        const Received received = world.b().replica().receive(bytes, carrier, world.b().now_ms);
        CHECK(world.b().dump() == before);
        return received.refusal;
    };
    SECTION("a flipped bit anywhere") {
        for (std::size_t i = 0; i < good.size(); ++i) {
            Bytes bad = good;
            bad[i] = static_cast<std::uint8_t>(bad[i] ^ 1U);
            CHECK(receive(bad) != Refusal::none);
        }
    }
    SECTION("cut short") {
        for (std::size_t i = 0; i < good.size(); ++i)
            CHECK(receive(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i))) == Refusal::damaged);
    }
    SECTION("from the future it is held, and comes when its time has come") {
        world.b().now_ms -= limits::future_ms + 1000;
        CHECK(receive(good) == Refusal::future);
        CHECK(receive(good, Carrier::peer) == Refusal::future);
        REQUIRE(world.b().replica().held().size() == 1);
        world.b().now_ms += limits::future_ms;
        world.b().reopen();
        Replica& replica = world.b().replica();
        {
            Transaction transaction(replica.store().database);
            CHECK(replica.store().receiver.release(world.b().now_ms) == 1);
            replica.commit(transaction);
        }
        CHECK(family(world.b()) == "Leka");
    }
    SECTION("what only its author can sign") {
        const Identity& a = world.a().replica().identity();
        const Head head = world.b().replica().head(al, a.device);
        const Value key = Value::integer(world.person), values[] = {Value::text("Judge"), Value{}};
        const GroupValues group{GroupNumber{3}, values};
        Change change;
        change.table = TableNumber{17};
        change.key = {&key, 1};
        change.groups = {&group, 1};
        const auto later = [&](std::int64_t ticks) {
            return Version::from_tick(HybridClock::wall_tick(world.b().now_ms) + 1000 + ticks, a.device);
        };
        const Changeset changesets[] = {{later(0), 0, {&change, 1}}, {later(1), 0, {&change, 1}}};
        SealInput input;
        input.header.scope = al;
        input.header.device = a.device;
        input.header.catalog = 1;
        input.previous = head.hash;
        input.changesets = changesets;
        input.header.first = head.sequence;
        CHECK(receive(seal_segment(input, a.secret).bytes) == Refusal::fork);  // a number that is taken, behind the very end of the chain
        input.header.first.value += 1;
        const Changeset falling[] = {changesets[1], changesets[0]};
        input.changesets = falling;
        CHECK(receive(seal_segment(input, a.secret).bytes) == Refusal::order);
        Changeset of_another = changesets[0];
        of_another.version = Version::from_tick(of_another.version.tick(), world.b().replica().identity().device);
        input.changesets = {&of_another, 1};
        CHECK(receive(seal_segment(input, a.secret).bytes) == Refusal::order);
        input.changesets = changesets;
        CHECK(world.b().replica().receive(seal_segment(input, a.secret).bytes, Carrier::device, world.b().now_ms).outcome ==
              Outcome::applied);
    }
    SECTION("a gap: held until what is missing comes") {
        world.a().put("person", {world.person}, {{"family", "Kola"}});
        const Bytes next = world.a().replica().segments_to_send(al).back().bytes;
        CHECK(receive(next) == Refusal::gap);
        CHECK(receive(next, Carrier::peer) == Refusal::gap);
        CHECK(world.b().replica().receive(good, Carrier::peer, world.b().now_ms).released == 1);
        CHECK(family(world.b()) == "Kola");
        CHECK(world.b().replica().held().empty());
    }
    SECTION("what is let go is that one alone") {
        world.a().put("person", {world.person}, {{"family", "Kola"}});
        const Bytes next = world.a().replica().segments_to_send(al).back().bytes;
        world.a().put("person", {world.person}, {{"family", "Duka"}});
        const Bytes third = world.a().replica().segments_to_send(al).back().bytes;
        CHECK(receive(next, Carrier::peer) == Refusal::gap);
        CHECK(receive(third, Carrier::peer) == Refusal::gap);
        world.b().replica().store().receiver.let_go(decode_segment_header(third));
        REQUIRE(world.b().replica().held().size() == 1);
        CHECK(world.b().replica().receive(good, Carrier::peer, world.b().now_ms).released == 1);
        CHECK(family(world.b()) == "Kola");
    }
    SECTION("a stick of a device that has been revoked") {
        world["server"].put("device", {2}, {{"revoked_at", world["server"].now_ms}, {"revocation_reason", "stolen"}});
        world["server"].give(world.b());
        CHECK(world.b().replica().receive(good, Carrier::peer, world.b().now_ms).refusal == Refusal::revoked);
    }
    SECTION("a device that nobody knows") {
        Offices others;
        others.add("x", "shared AL");
        others.add("y", "shared AL");
        others.add("z", "shared AL");
        others["z"].person("Nobody", "Known");
        const Bytes foreign = others["z"].replica().segments_to_send(al).back().bytes;
        CHECK(receive(foreign) == Refusal::device);
    }
    SECTION("another device's chain with this device's name") {
        Offices others;
        others.add("x", "shared AL");
        others["x"].person("Forged", "Name");
        others["x"].person("Forged", "Again");
        CHECK(receive(others["x"].replica().segments_to_send(al).back().bytes) != Refusal::none);
    }
    SECTION("the same again is known and changes nothing") {
        world.b().replica().receive(good, Carrier::peer, world.b().now_ms);
        const std::string after = world.b().dump();
        CHECK(world.b().replica().receive(good, Carrier::peer, world.b().now_ms).outcome == Outcome::known);
        CHECK(world.b().dump() == after);
    }
}

TEST_CASE("a device may not write a scope, a table or an erasure that it has not been granted") {
    Offices world;
    Office& officer = world.add("officer", "shared AL");
    world.add("other", "shared AL");
    // The officer's program has been tampered with: it believes that it is staff.
    world["server"].put("topic", {"jit"}, {{"name", "Joint investigation teams"}});
    officer.replica().store().database.execute("UPDATE device SET role = 'administrator' WHERE number = 2");
    officer.reopen();
    officer.put("topic", {"x"}, {{"name", "Smuggled"}});
    const Bytes bad = officer.replica().segments_to_send(shared_scope).back().bytes;
    const Received received = world["server"].replica().receive(bad, Carrier::device, world["server"].now_ms);
    CHECK(received.refusal == Refusal::rights);
    CHECK(world["server"].get("SELECT count(*) FROM topic") == "1");
}

TEST_CASE("a segment waits for what its author had seen") {
    Offices world;
    for (const char* name : {"a", "b", "c"}) world.add(name, "shared AL");
    const std::int64_t id = world["a"].person("Hoxha", "Arta");
    world["a"].give(world["b"]);
    world["b"].put("person", {id}, {{"position", "Judge"}});
    const ScopeNumber al = world.catalog().find_scope("AL")->number;
    const Bytes from_b = world["b"].replica().segments_to_send(al).back().bytes;
    CHECK(world["c"].replica().receive(from_b, Carrier::peer, world["c"].now_ms).refusal == Refusal::missing);
    world["a"].give(world["c"]);
    CHECK(world["c"].get("SELECT position FROM person") == "Judge");
    CHECK(world["c"].replica().held().empty());
}

TEST_CASE("a change that breaks a rule is held in quarantine, everything else goes on") {
    Tirana world;
    // An older program without the rule wrote a grade that is too high.
    Replica& replica = world.a().replica();
    const Value key[] = {Value::integer(world.person)};
    const Value values[] = {Value::text("Judge"), Value::integer(99)};
    const GroupValues groups[] = {{GroupNumber{3}, values}};
    Change change;
    change.table = TableNumber{17};
    change.key = key;
    change.groups = groups;
    const ScopeNumber al = world.catalog().find_scope("AL")->number;
    {
        Transaction transaction(replica.store().database);
        replica.store().log.append(al, replica.store().log.next(al),
                                   {Version::from_tick(HybridClock::wall_tick(world.a().now_ms) + 100, DeviceNumber{2}), 0, {&change, 1}});
        transaction.commit();
    }
    world.a().give(world.b());
    CHECK(world.b().get("SELECT reason FROM tefter_quarantine") == "grade is above its greatest value");
    Writer kept;
    encode_change(kept, change);
    CHECK(world.b().get("SELECT lower(hex(bytes)) FROM tefter_quarantine") == hexadecimal(kept.view()));
    CHECK(world.b().get("SELECT position FROM person") == "-");
    CHECK(verify_replica(world.b().replica(), {}).faults.empty());
}

TEST_CASE("a deleted row that a reference keeps alive goes when the row that refers to it is taken out") {
    Tirana world;
    Office& a = world.a();
    const std::int64_t course = a.replica().new_id();
    a.put("course", {course}, {{"title", "Evidence"}}, "AL");
    world.require_agreement();
    a.put("attendance", {world.person, course, 1}, {{"status", "present"}});
    world.b().remove("person", {world.person});
    world.require_agreement();
    REQUIRE(a.get("SELECT count(*) FROM person") == "1");
    Rows& rows = a.replica().store().applier.rows();
    const TableNumber attendance = world.catalog().table("attendance").number;
    const Value key[] = {Value::integer(world.person), Value::integer(course), Value::integer(1)};
    Arena arena;
    rows.take_out(attendance, key, *rows.load(attendance, key, arena));
    CHECK(a.get("SELECT count(*) FROM attendance") == "0");
    CHECK(a.get("SELECT count(*) FROM person") == "0");
}

TEST_CASE("of a row that is taken out nothing stays, whether it is shown, in conflict or deleted") {
    Tirana world;
    Office& a = world.a();
    const std::string before = a.digest();
    const std::int64_t torn = a.person("Kola", "Besa"), gone = a.person("Leka", "Gent");
    world.require_agreement();
    a.put("person", {torn}, {{"family", "Kolaj"}});
    world.b().put("person", {torn}, {{"family", "Kolla"}});
    a.remove("person", {gone});
    world.require_agreement();
    REQUIRE(a.conflicts() == 1);
    Rows& rows = a.replica().store().applier.rows();
    const TableNumber person = world.catalog().table("person").number;
    for (const std::int64_t id : {torn, gone}) {
        Arena arena;
        const Value key = Value::integer(id);
        rows.take_out(person, {&key, 1}, *rows.load(person, {&key, 1}, arena));
        CHECK_FALSE(rows.load(person, {&key, 1}, arena));
    }
    Transaction transaction(a.replica().store().database);
    a.replica().commit(transaction);
    CHECK(a.digest() == before);
    CHECK(a.conflicts() == 0);
    CHECK(a.get("SELECT count(*) FROM person") == "1");
    CHECK(a.get("SELECT count(*) FROM tefter_state") == "0");
}

TEST_CASE("a clock that was a year ahead: what nobody has taken gets versions of today, in rows and log") {
    Tirana world;
    Office& a = world.a();
    const std::int64_t today = a.now_ms;
    a.now_ms += 365LL * 24 * 3600 * 1000;
    a.put("person", {world.person}, {{"family", "Leka"}});
    a.put("person", {world.person}, {{"languages", R"(["en"])"}});
    const ScopeNumber al = world.catalog().find_scope("AL")->number;
    a.replica().segments_to_send(al);  // sealed, but nobody took it
    a.put("person", {world.person}, {{"position", "Judge"}});
    const std::string shown = a.get("SELECT family || position || languages FROM person");
    CHECK(a.replica().restamp(today) == 3);
    CHECK(a.get("SELECT family || position || languages FROM person") == shown);
    a.now_ms = today;
    for (const Received& received : a.give(world.b())) CHECK(received.refusal == Refusal::none);
    CHECK(Version{std::stoll(world.b().get("SELECT max(version) FROM tefter_head WHERE scope = 3"))}.unix_ms() < today + 1000);
    world.b().put("person", {world.person}, {{"family", "Kola"}, {"languages", R"([])"}});
    world.require_agreement();
    CHECK(family(a) == "Kola");
    CHECK(a.conflicts() == 0);
}

TEST_CASE("who acted in one scope is not taken for who acted in another") {
    Offices offices;
    Office& tirana = offices.add("tirana", "shared regional AL");
    const auto write_as = [&](std::int64_t officer, const char* table, const char* column, const char* scope) {
        Edit edit;
        edit.table = table;
        edit.key = {tirana.replica().new_id()};
        edit.values = {{column, "Leka"}};
        if (edit.table == "person") edit.values.emplace_back("given", "Ana");
        edit.scope = offices.catalog().find_scope(scope)->number;
        return author_of(tirana.replica().store().database, *edit.scope, tirana.replica().write(officer, {&edit, 1}).version);
    };
    CHECK(write_as(7, "person", "family", "AL") == 7);
    CHECK(write_as(8, "course", "title", "regional") == 8);
    CHECK(write_as(8, "person", "family", "AL") == 8);
    CHECK(write_as(7, "course", "title", "regional") == 7);
}

TEST_CASE("after a clock was put right each change has its own author, and the elements of a set are as old as their change") {
    Tirana world;
    Office& a = world.a();
    const std::int64_t today = a.now_ms;
    a.now_ms += 365LL * 24 * 3600 * 1000;
    const auto write_as = [&](std::int64_t officer, const char* column, const char* value) {
        Edit edit;
        edit.table = "person";
        edit.key = {world.person};
        edit.values = {{column, value}};
        a.replica().write(officer, {&edit, 1});
    };
    write_as(7, "family", "Leka");
    write_as(8, "languages", R"(["en"])");
    write_as(9, "position", "Judge");
    REQUIRE(a.replica().restamp(today) == 3);
    Arena arena;
    const Value key[] = {Value::integer(world.person)};
    const RowState state = *a.replica().store().applier.rows().load(world.catalog().table("person").number, key, arena);
    const auto leaf = [&](std::uint32_t group) { return state.find(GroupNumber{group})->leaves.at(0); };
    const ScopeNumber al = world.catalog().find_scope("AL")->number;
    CHECK(author_of(a.replica().store().database, al, leaf(1).version) == 7);
    CHECK(author_of(a.replica().store().database, al, leaf(4).version) == 8);
    CHECK(author_of(a.replica().store().database, al, leaf(3).version) == 9);
    const SetValue languages = SetValue::decode(leaf(4).values[0].blob());
    REQUIRE(languages.held.size() == 1);
    CHECK(languages.held[0].added == leaf(4).version);
}

TEST_CASE("a clock in a year that no version can say: what was written is ordered, and gets versions of today") {
    Tirana world;
    Office& a = world.a();
    const std::int64_t today = a.now_ms;
    a.now_ms = 5'000'000'000'000;  // 2128
    for (const char* name : {"Leka", "Kola", "Duka", "Hoxha"}) a.put("person", {world.person}, {{"family", name}});
    for (int i = 0; i < 40; ++i) a.put("person", {world.person}, {{"position", "judge " + std::to_string(i)}});
    CHECK(a.get("SELECT family || position FROM person") == "Hoxhajudge 39");
    CHECK(a.get("SELECT count(*) FROM tefter_unsent WHERE version <= 0") == "0");
    CHECK(a.replica().restamp(today) == 44);
    a.now_ms = today;
    for (const Received& received : a.give(world.b())) CHECK(received.refusal == Refusal::none);
    world.require_agreement();
    CHECK(world.b().get("SELECT family || position FROM person") == "Hoxhajudge 39");
}

TEST_CASE("what lies in a bundle keeps its versions when the clock is put right") {
    Tirana world;
    Office& a = world.a();
    const std::int64_t today = a.now_ms;
    a.now_ms += 365LL * 24 * 3600 * 1000;
    a.put("person", {world.person}, {{"family", "Leka"}});
    const ScopeNumber al = world.catalog().find_scope("AL")->number;
    a.replica().segments_to_send(al);
    a.replica().mark_exported(al);
    CHECK(a.replica().restamp(today) == 0);
    CHECK(verify_replica(a.replica(), {}).faults.empty());
}

TEST_CASE("a row id is never drawn twice, not even by a device that was restored from a backup") {
    Tirana world;
    Office& a = world.a();
    std::filesystem::copy_file(a.path, world.folder().file("backup.db"));
    const std::int64_t lost = a.person("Kola", "Besa");
    world.settle();
    world.b().give(world["server"]);
    std::filesystem::copy_file(world.folder().file("backup.db"), a.path, std::filesystem::copy_options::overwrite_existing);
    a.reopen();
    CHECK(a.get("SELECT count(*) FROM person") == "1");
    world.b().give(a);
    CHECK(a.get("SELECT count(*) FROM person") == "2");
    CHECK(a.replica().new_id() > lost);
    a.person("Gjoka", "Ana");
    world.require_agreement();
}

TEST_CASE("verification finds rows that were changed behind the engine's back") {
    Tirana world;
    world.a().replica().store().database.execute("UPDATE person SET family = 'Forged'");
    CHECK(verify_replica(world.a().replica(), {}).faults ==
          std::vector<std::string>{"The rows of the scope AL are not what its digest says."});
}

TEST_CASE("verification finds a segment that was changed behind the engine's back") {
    Tirana world;
    world.a().replica().store().database.execute("UPDATE tefter_segment SET last = last + 1 WHERE scope = 3");
    CHECK(verify_replica(world.a().replica(), {}).faults.size() == 1);
}
