// A device that holds a valid key and a program of its own: it signs whatever it likes, and the server takes what the
// device was granted, and nothing else.

#include <catch2/catch_test_macros.hpp>
#include <deque>

#include "tests/central.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

/// Signs changes as a device would that checks nothing.
struct Forger {
    Central central;
    Office& office;
    Office& other = central.office("sarajevo", "shared regional BA");
    std::int64_t mine = 0, theirs = 0, next_id = 1000;
    std::deque<std::vector<Value>> values;
    std::deque<GroupValues> groups;
    std::vector<Change> changes;

    explicit Forger(Role role = Role::officer) : office(central.office("tirana", "shared regional AL", role)) {
        mine = office.person("Hoxha", "Arta");
        theirs = other.person("Kovac", "Ana", "BA");
        central.sync(office);
        central.sync(other);
    }
    const Table& table(const char* name) { return central.offices.catalog().table(name); }
    Change& change(const char* name, Op op, std::vector<Value> key, std::vector<Value> first_group = {}) {
        Change& out = changes.emplace_back();
        out.table = table(name).number;
        out.op = op;
        out.key = values.emplace_back(std::move(key));
        if (!first_group.empty()) {
            out.groups = std::span(
                &groups.emplace_back(GroupValues{table(name).groups.front().number, values.emplace_back(std::move(first_group))}), 1);
        }
        return out;
    }
    std::vector<Value> name() { return {Value::text("X").as_personal(), Value{}}; }
    Value id() { return Value::integer((std::int64_t{office.replica().identity().device.value} << row_counter_bits) | next_id++); }

    Received send(const std::string& scope, DeviceNumber as = {}) {
        Replica& replica = office.replica();
        const DeviceNumber device = as.value == 0 ? replica.identity().device : as;
        const ScopeNumber number = central.offices.catalog().find_scope(scope)->number;
        const Head head = central.offices["server"].replica().head(number, device);
        const Changeset changeset{Version::from_tick(HybridClock::wall_tick(office.now_ms += 1000), device), 0, changes};
        SealInput input;
        input.header.scope = number;
        input.header.device = device;
        input.header.first = Sequence{head.sequence.value + 1};
        input.header.catalog = 1;
        input.previous = head.hash;
        input.changesets = {&changeset, 1};
        const Sealed sealed = seal_segment(input, replica.identity().secret);
        Office& server = central.offices["server"];
        server.now_ms = office.now_ms;
        const Received received = server.replica().receive(sealed.bytes, Carrier::device, server.now_ms);
        changes.clear();
        return received;
    }
    Refusal refusal(const std::string& scope) {
        const Received received = send(scope);
        INFO(received.reason);
        CHECK(received.outcome == Outcome::refused);
        return received.refusal;
    }
};

}  // namespace

TEST_CASE("a forged segment that keeps to what was granted is taken: the forger signs as a device does") {
    Forger forger;
    const Value person = forger.id();
    forger.change("person", Op::create, {person}, forger.name());
    const Value course = forger.id();
    forger.change("course", Op::create, {course}, {Value::text("Evidence"), Value{}});
    forger.change("attendance", Op::create, {person, course, Value::integer(1)}, {Value::integer(4), Value{}});
    const Received received = forger.send("AL");
    CHECK(received.reason == "");
    CHECK(received.outcome == Outcome::applied);
}

TEST_CASE("a device cannot write a scope, a table or an erasure that it has not been granted, however it signs") {
    Forger forger;
    forger.change("person", Op::create, {forger.id()}, forger.name());
    CHECK(forger.refusal("BA") == Refusal::scope);
    forger.change("topic", Op::create, {Value::text("x")}, {Value::text("Smuggled")});
    CHECK(forger.refusal("shared") == Refusal::rights);
    forger.change("topic", Op::create, {Value::text("x")}, {Value::text("Smuggled")});
    CHECK(forger.refusal("AL") == Refusal::rights);  // in a scope that it may write, where no topic lies
    forger.change("person", Op::erase, {Value::integer(forger.mine)});
    CHECK(forger.refusal("AL") == Refusal::rights);
    // Behind a change that is allowed, in the same segment.
    forger.change("person", Op::create, {forger.id()}, forger.name());
    forger.change("person", Op::erase, {Value::integer(forger.mine)});
    CHECK(forger.refusal("AL") == Refusal::rights);
    CHECK(forger.central.offices["server"].get("SELECT count(*) FROM person") == "2");
    CHECK(forger.central.offices["server"].get("SELECT family FROM person WHERE id = " + std::to_string(forger.mine)) == "Hoxha");
}

TEST_CASE("a device cannot reach across scopes: by a row's key, by a reference, by what a row belongs to") {
    Forger forger;
    const Value theirs = Value::integer(forger.theirs), mine = Value::integer(forger.mine);
    forger.change("person", Op::put, {theirs}, forger.name());
    CHECK(forger.refusal("AL") == Refusal::rights);
    forger.change("person", Op::create, {theirs}, forger.name());
    CHECK(forger.refusal("AL") == Refusal::rights);
    forger.change("person", Op::remove, {theirs});
    CHECK(forger.refusal("AL") == Refusal::rights);
    const Value course = forger.id();
    forger.change("course", Op::create, {course}, {Value::text("Evidence"), Value{}});
    forger.change("attendance", Op::create, {theirs, course, Value::integer(1)}, {Value::integer(4), Value{}});
    CHECK(forger.refusal("AL") == Refusal::rights);
    forger.change("course", Op::create, {course}, {Value::text("Evidence"), Value{}});
    forger.change("attendance", Op::create, {mine, course, Value::integer(1)}, {Value::integer(4), Value{}});
    CHECK(forger.refusal("regional") == Refusal::rights);  // it belongs to a person of AL
    forger.change("attendance", Op::create, {mine, forger.id(), Value::integer(1)}, {Value::integer(4), Value{}});
    CHECK(forger.refusal("AL") == Refusal::missing);  // a course that nobody has
}

TEST_CASE("a reference may name what is common to all offices, and nothing of another office") {
    Forger forger(Role::staff);
    const Value mine = Value::integer(forger.mine);
    Edit course;
    course.table = "course";
    course.values = {{"title", "Evidence"}};
    const auto made_in = [&](const char* scope) {
        course.key = {forger.central.offices["server"].replica().new_id()};
        course.scope = forger.central.offices.catalog().find_scope(scope)->number;
        forger.central.server->write({&course, 1});
        return course.key[0].view();
    };
    const Value theirs = made_in("BA");
    forger.change("attendance", Op::create, {mine, theirs, Value::integer(1)}, {Value::integer(4), Value{}});
    const Received refused = forger.send("AL");
    CHECK(refused.refusal == Refusal::rights);
    CHECK(refused.reason.find("attendance.course names a course of another scope") != std::string::npos);
    const Value common = made_in("regional");
    forger.change("attendance", Op::create, {mine, common, Value::integer(1)}, {Value::integer(4), Value{}});
    const Received taken = forger.send("AL");
    CHECK(taken.reason == "");
    CHECK(taken.outcome == Outcome::applied);
}

TEST_CASE("a change that names its row by too many values is taken and put aside") {
    Forger forger;
    forger.change("person", Op::create, {forger.id(), forger.id()}, forger.name());
    const Received received = forger.send("AL");
    CHECK(received.reason == "");
    CHECK(received.outcome == Outcome::applied);
    Office& server = forger.central.offices["server"];
    CHECK(server.get("SELECT reason FROM tefter_quarantine") == "the key has a wrong number of columns");
    CHECK(server.get("SELECT count(*) FROM person") == "2");
}

TEST_CASE("behind a change of a table that nobody here knows the others are looked at as well") {
    Forger forger;
    Change& unknown = forger.change("person", Op::create, {forger.id()}, forger.name());
    unknown.table = TableNumber{999};
    forger.change("topic", Op::create, {Value::text("x")}, {Value::text("Smuggled")});
    CHECK(forger.refusal("AL") == Refusal::rights);
    forger.change("person", Op::erase, {Value::integer(forger.mine)}).table = TableNumber{999};
    const Received received = forger.send("AL");
    CHECK(received.refusal == Refusal::rights);
    CHECK(received.reason.find("erasing in table 999 needs the role server") != std::string::npos);
}

TEST_CASE("a table that lies in one scope is written there by whose role may, and nowhere else") {
    Forger forger(Role::staff);
    forger.change("topic", Op::create, {Value::text("x")}, {Value::text("Smuggled")});
    CHECK(forger.refusal("AL") == Refusal::rights);
    forger.change("topic", Op::create, {Value::text("x")}, {Value::text("Evidence")});
    const Received received = forger.send("shared");
    CHECK(received.reason == "");
    CHECK(received.outcome == Outcome::applied);
    CHECK(forger.central.offices["server"].get("SELECT name FROM topic") == "Evidence");
}

TEST_CASE("a personal value that is not marked as one is refused: it could never be erased") {
    Forger forger;
    forger.change("person", Op::create, {forger.id()}, {Value::text("Hidden"), Value{}});
    CHECK(forger.refusal("AL") == Refusal::rights);
}

TEST_CASE("behind a group of another shape than it has here the others are looked at as well") {
    Forger forger;
    Change& change = forger.change("person", Op::create, {forger.id()});
    const std::vector<Group>& known = forger.table("person").groups;
    const auto birth = std::find_if(known.begin(), known.end(), [](const Group& group) { return group.columns[0].name == "birth_date"; });
    const std::vector<Value>& wide = forger.values.emplace_back(4, Value::text("X").as_personal());
    const std::vector<Value>& hidden = forger.values.emplace_back(1, Value::text("1980-02-03"));
    const std::vector<GroupValues> groups{{known.front().number, wide}, {birth->number, hidden}};
    change.groups = groups;
    CHECK(forger.refusal("AL") == Refusal::rights);
}

TEST_CASE("a device cannot write in another's name") {
    Forger forger;
    forger.change("person", Op::create, {forger.id()}, forger.name());
    CHECK(forger.send("AL", server_device).refusal == Refusal::signature);
    forger.change("person", Op::create, {forger.id()}, forger.name());
    CHECK(forger.send("BA", forger.other.replica().identity().device).refusal == Refusal::signature);
    forger.change("person", Op::create, {forger.id()}, forger.name());
    CHECK(forger.send("AL", DeviceNumber{77}).refusal == Refusal::device);
}
