// What ends by itself: the lease of a device that never calls home, the registration that others believe, and the pin of a
// server that has announced another.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "engine/store/lease.hpp"
#include "tests/central.hpp"

using namespace tefter;
using namespace tefter::test;

TEST_CASE("a device that has not synced for its lease is over, and a sync begins the next one") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    CHECK_FALSE(look_at_lease(tirana.replica()).over());
    tirana.now_ms += 30 * day_ms - 1;
    CHECK_NOTHROW(ensure_lease(tirana.replica()));
    tirana.now_ms += 1;
    CHECK(look_at_lease(tirana.replica()).over());
    CHECK_THROWS_AS(ensure_lease(tirana.replica()), Error);
    tirana.person("Hoxha", "Arta");  // what is written meanwhile is not lost
    central.offices["server"].now_ms = tirana.now_ms;
    CHECK(central.sync(tirana).changesets_sent == 1);
    CHECK_FALSE(look_at_lease(tirana.replica()).over());
    tirana.now_ms += 31 * day_ms;
    tirana.reopen();
    CHECK(look_at_lease(tirana.replica()).over());
}

TEST_CASE("the filling of a replica begins the next lease") {
    Central central;
    Office& tirana = central.not_filled("shared regional AL");
    look_at_lease(tirana.replica());
    tirana.now_ms += 31 * day_ms;
    central.offices["server"].now_ms = tirana.now_ms;
    CHECK(look_at_lease(tirana.replica()).over());
    central.fill(tirana);
    CHECK_FALSE(look_at_lease(tirana.replica()).over());
}

TEST_CASE("the lease of a device that has never synced begins when it is looked at for the first time") {
    Offices offices;
    Office& tirana = offices.add("tirana", "shared regional AL");
    CHECK(look_at_lease(tirana.replica()).began_ms == Offices::start_ms);
    tirana.now_ms += 5 * day_ms;
    CHECK(look_at_lease(tirana.replica()).began_ms == Offices::start_ms);
    tirana.now_ms += 26 * day_ms;
    CHECK(look_at_lease(tirana.replica()).over());
}

TEST_CASE("a clock that is set back does not lengthen a lease; a sync mends a clock that was ahead") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.now_ms = Offices::start_ms + 31 * day_ms;
    CHECK(look_at_lease(tirana.replica()).over());
    tirana.now_ms = Offices::start_ms - 400 * day_ms;
    tirana.reopen();
    CHECK(look_at_lease(tirana.replica()).over());
    tirana.now_ms = Offices::start_ms + 5 * day_ms;
    central.offices["server"].now_ms = tirana.now_ms;
    central.sync(tirana);
    const Lease lease = look_at_lease(tirana.replica());
    CHECK_FALSE(lease.over());
    CHECK(lease.now_ms == tirana.now_ms);
}

TEST_CASE("the server says how long a lease is, and its own device has none") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    central.offices["server"].put("device", {std::int64_t{tirana.replica().identity().device.value}}, {{"lease_days", std::int64_t{7}}});
    central.start();
    central.sync(tirana);
    tirana.now_ms += 7 * day_ms;
    CHECK(look_at_lease(tirana.replica()).over());
    central.offices["server"].now_ms += 1000 * day_ms;
    CHECK_FALSE(look_at_lease(central.offices["server"].replica()).over());
    central.offices["server"].put("device", {std::int64_t{tirana.replica().identity().device.value}}, {{"lease_days", std::int64_t{0}}});
    central.start();
    central.sync(tirana);
    tirana.now_ms += 5000 * day_ms;
    CHECK_FALSE(look_at_lease(tirana.replica()).over());
}

TEST_CASE("others take a device's word until its registration ends; the server takes it always, and renews") {
    Offices world;
    Office& tirana = world.add("tirana", "shared regional AL");
    Office& staff = world.add("staff", "shared regional AL", Role::staff);
    const std::int64_t number = tirana.replica().identity().device.value;
    world["server"].put("device", {number}, {{"valid_until", Offices::start_ms + registration_ms}});
    world.settle();
    tirana.person("Hoxha", "Arta");
    const Bytes first = tirana.replica().segments_to_send(ScopeNumber{3}).back().bytes;
    CHECK(staff.replica().receive(first, Carrier::peer, Offices::start_ms + registration_ms - 1).outcome == Outcome::applied);
    tirana.person("Basha", "Ilir");
    const Bytes second = tirana.replica().segments_to_send(ScopeNumber{3}).back().bytes;
    const std::int64_t late_ms = Offices::start_ms + registration_ms;
    const Received held = staff.replica().receive(second, Carrier::peer, late_ms);
    CHECK(held.outcome == Outcome::held);
    CHECK(held.refusal == Refusal::ended);
    CHECK(staff.get("SELECT count(*) FROM person") == "1");
    CHECK(world["server"].replica().receive(first, Carrier::device, late_ms).outcome == Outcome::applied);
    CHECK(world["server"].replica().receive(second, Carrier::device, late_ms).outcome == Outcome::applied);
    world["server"].now_ms = staff.now_ms = late_ms;
    world["server"].put("device", {number}, {{"valid_until", late_ms + registration_ms}});
    world["server"].give(staff);  // with the renewal comes what waited
    CHECK(staff.get("SELECT count(*) FROM person") == "2");
    CHECK(staff.replica().held().empty());
}

TEST_CASE("the pins that a server announces are kept where it signed them for this request, and nowhere else") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.replica().set_fact(pins_fact, "old");
    central.sync(tirana);
    CHECK(tirana.replica().fact(pins_fact) == "old");
    const Pin today{1}, next{2};
    central.server->announce({today, next});
    central.sync(tirana);
    CHECK(tirana.replica().fact(pins_fact) == hexadecimal(today) + " " + hexadecimal(next));

    const Identity& server = central.offices["server"].replica().identity();
    FrameReader reader;
    reader.feed(encode_pins({today, next, Pin{3}, Pin{4}}, DeviceNumber{2}, 7, server.secret),
                [&](const Frame& one) {  // as many as there may be
                    CHECK(decode_pins(one.payload, DeviceNumber{2}, 7, server.server_key).size() == 4);
                });
    reader.feed(encode_pins({next}, DeviceNumber{2}, 7, server.secret), [&](const Frame& one) {
        CHECK(decode_pins(one.payload, DeviceNumber{2}, 7, server.server_key) == std::vector{next});
        CHECK_THROWS_AS(decode_pins(one.payload, DeviceNumber{2}, 8, server.server_key), Error);
        CHECK_THROWS_AS(decode_pins(one.payload, DeviceNumber{3}, 7, server.server_key), Error);
        CHECK_THROWS_AS(decode_pins(one.payload, DeviceNumber{2}, 7, PublicKey{}), Error);
    });
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{31}, 5 * Pin().size()}) {  // no list of pins, and more than a server has
        Writer payload;
        payload.sized(Bytes(bytes, 1));
        payload.raw(Signature{});
        CHECK_THROWS_WITH(decode_pins(payload.view(), DeviceNumber{2}, 7, server.server_key),
                          Catch::Matchers::ContainsSubstring("the pins are no list"));
    }
}

TEST_CASE("a server signs of each ledger where it ends, with which hash, and what rows come of it") {
    Central central;
    const Identity& server = central.offices["server"].replica().identity();
    const HelloFrame hello{Offices::start_ms, 1, false};
    const std::vector<SignedEnd> ends{{ScopeNumber{3}, Position{5}, Hash{1}, Digest()}};
    const Signature signature = sign_ends(hello, ends, DeviceNumber{2}, 7, server.secret);
    CHECK(verify_ends(hello, ends, DeviceNumber{2}, 7, signature, server.server_key));
    for (const SignedEnd& other :
         {SignedEnd{ScopeNumber{4}, Position{5}, Hash{1}, Digest()}, SignedEnd{ScopeNumber{3}, Position{6}, Hash{1}, Digest()},
          SignedEnd{ScopeNumber{3}, Position{5}, Hash{2}, Digest()}})
        CHECK(!verify_ends(hello, {other}, DeviceNumber{2}, 7, signature, server.server_key));
}

TEST_CASE("what a server signs says first what it is, as the protocol has it, so that one signature never stands for another") {
    Central central;
    const Identity& server = central.offices["server"].replica().identity();
    Writer end;
    end.raw(as_bytes("tefter ledger ends 2"));
    for (const std::uint64_t number : {std::uint64_t{2}, std::uint64_t{7}, std::uint64_t{Offices::start_ms}, std::uint64_t{1}})
        end.varint(number);
    end.u8(0);
    end.varint(3);
    end.varint(5);
    end.raw(Hash{1});
    end.raw(Digest().bytes());
    const std::vector<SignedEnd> ends{{ScopeNumber{3}, Position{5}, Hash{1}, Digest()}};
    CHECK(sign_ends({Offices::start_ms, 1, false}, ends, DeviceNumber{2}, 7, server.secret) == sign(blake2b(end.view()), server.secret));

    Writer pins, payload;
    pins.raw(as_bytes("tefter pins 1"));
    pins.varint(2);
    pins.varint(7);
    pins.sized(Pin{1});
    payload.sized(Pin{1});
    payload.raw(sign(blake2b(pins.view()), server.secret));
    CHECK(encode_pins({Pin{1}}, DeviceNumber{2}, 7, server.secret) == encode_frame(FrameType::pins, payload.view()));
}

TEST_CASE("who acted is kept once for each run of changes of one person, and what has been sent is not unsent") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    const ScopeNumber scope = central.offices.catalog().find_scope("AL")->number;
    for (const std::int64_t actor : {7, 7, 8, 8, 7}) {
        Edit edit;
        edit.table = "person";
        edit.key = {tirana.replica().new_id()};
        edit.values = {{"family", "Hoxha"}};
        edit.scope = scope;
        tirana.replica().write(actor, {&edit, 1});
        central.sync(tirana);
    }
    CHECK(tirana.replica().store().log.authors(scope, tirana.replica().identity().device).size() == 3);
    CHECK(!tirana.replica().store().log.first_unsent(scope));
}
