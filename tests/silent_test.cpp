// Ways to lose or to leak without a word: see the list in docs/testing.md, which names the tests of the others.

#include <catch2/catch_test_macros.hpp>

#include "engine/base/file.hpp"
#include "tests/central.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

void write(const std::string& path, const Bytes& bytes) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

/// What a damaged replica says: that it is damaged, or all that was in it.
std::string said_by(Office& office) {
    try {
        office.reopen();
        std::string rows = office.dump();
        const bool whole = verify_replica(office.replica(), {}).faults.empty();
        office.close();
        return whole ? rows : "noticed";
    } catch (const Error&) {
        office.close();
        return "noticed";
    }
}

/// What `asker` gets from the server now, and what a new office of the same scopes is filled with.
std::vector<Bytes> answers(Central& central, Office& asker, Office& fresh) {
    SyncRequest request;
    request.device = asker.replica().identity().device;
    request.counter = std::uint64_t{1} << 50U;
    for (const ScopeState& scope : asker.replica().scopes()) request.cursors.push_back({scope.scope, Position{0}, {}, Sequence{0}});
    const SecretKey& key = asker.replica().identity().secret;
    std::vector<Bytes> out{central.answer_to(encode_request(request, sync_path, key))};
    request.cursors.push_back({central.offices.catalog().find_scope("BA")->number, Position{0}, {}, Sequence{0}});
    ++request.counter;
    out.push_back(central.answer_to(encode_request(request, sync_path, key)));  // asks for what it may not have
    request.device = fresh.replica().identity().device;
    request.cursors.clear();
    out.push_back(central.snapshot_for(encode_request(request, snapshot_path, fresh.replica().identity().secret)));
    request.device = DeviceNumber{99};
    const std::string refusal = central.server->accept(encode_request(request, sync_path, key), central.offices["server"].now_ms).error;
    out.emplace_back(refusal.begin(), refusal.end());
    return out;
}

}  // namespace

TEST_CASE("a bit that flips in a file, or a sector that is torn, is noticed: never is there quietly less") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    for (int i = 0; i < 60; ++i) tirana.person("Hoxha " + std::to_string(i), "Arta");
    central.sync(tirana);
    tirana.put("person", {tirana.person("Leka", "Ilir")}, {{"position", "judge"}});  // not sent yet
    tirana.close();
    const Bytes whole = read_file(tirana.path, 1U << 30U);
    const std::string before = said_by(tirana);
    REQUIRE(before != "noticed");
    REQUIRE(before.find("judge") != std::string::npos);
    std::size_t noticed = 0, tried = 0;
    const auto damage = [&](const std::function<void(Bytes&)>& how) {
        Bytes damaged = whole;
        how(damaged);
        write(tirana.path, damaged);
        const std::string said = said_by(tirana);
        if (said != "noticed") CHECK(said == before);
        noticed += said == "noticed" ? 1 : 0;
        ++tried;
    };
    constexpr std::size_t page = 4096, sector = 512;
    REQUIRE(whole.size() % page == 0);
    for (std::size_t at = 0; at < whole.size(); at += page) {
        for (const std::size_t byte : {std::size_t{1}, page / 2, page - 1}) {  // the last lies in the page's authentication code
            damage([&](Bytes& bytes) { bytes[at + byte] ^= 0x20U; });
        }
        damage([&](Bytes& bytes) {
            std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at + page - 2 * sector), sector, std::uint8_t{0});
        });
    }
    CHECK(noticed == tried);
    damage([](Bytes& bytes) { bytes.resize(bytes.size() - page); });
    write(tirana.path, whole);
    CHECK(said_by(tirana) == before);
}

TEST_CASE("of a thousand changes ten break a rule: the others arrive, the ten are listed, nothing is deleted") {
    Offices offices;
    Office& older = offices.add("older", "shared regional AL", Role::staff);
    Office& office = offices.add("office", "shared regional AL", Role::staff);
    Replica& replica = older.replica();
    const ScopeNumber al = offices.catalog().find_scope("AL")->number;
    const TableNumber person = offices.catalog().table("person").number;
    for (std::int64_t i = 1; i <= 1000; ++i) {
        const std::int64_t grade = i % 100 == 0 ? 99 : 5;  // an older program, without the rule, took 99
        const Value key[] = {Value::integer(replica.new_id())};
        const Value name[] = {Value::text("Hoxha").as_personal(), Value{}}, work[] = {Value::text("judge"), Value::integer(grade)};
        const GroupValues groups[] = {{GroupNumber{1}, name}, {GroupNumber{3}, work}};
        Change change;
        change.table = person;
        change.op = Op::create;
        change.key = key;
        change.groups = groups;
        const Version version = Version::from_tick(HybridClock::wall_tick(older.now_ms + i), replica.identity().device);
        Transaction transaction(replica.store().database);
        replica.store().log.append(al, replica.store().log.next(al), {version, 0, {&change, 1}});
        transaction.commit();
    }
    office.now_ms += 10'000;
    for (const Received& received : older.give(office)) CHECK(received.refusal == Refusal::none);
    CHECK(office.get("SELECT count(*) FROM person") == "990");
    CHECK(office.get("SELECT count(*) || ' ' || group_concat(DISTINCT reason) FROM tefter_quarantine") ==
          "10 grade is above its greatest value");
    CHECK(office.replica().head(al, replica.identity().device).sequence == Sequence{1000});
    CHECK(verify_replica(office.replica(), {}).faults.empty());
}

TEST_CASE("what one office receives is the same to the byte, whatever another holds that it may not see") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& sarajevo = central.office("sarajevo", "shared regional BA", Role::staff);
    Office& mostar = central.office("mostar", "shared regional BA", Role::staff);
    Office& fresh = central.not_filled("shared regional AL");
    Office& server = central.offices["server"];
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);

    // As it is, and as it would have been: the server's file is put back in between.
    const auto with = [&](const std::function<void()>& others) {
        central.keep({&server});
        others();
        std::vector<Bytes> got = answers(central, tirana, fresh);
        central.go_back({&server});
        return got;
    };
    const std::vector<Bytes> alone = with([] {});
    REQUIRE(alone.size() == 4);
    const std::vector<Bytes> beside = with([&] {
        const std::int64_t ana = sarajevo.person("Kovac", "Ana", "BA");
        const std::int64_t gone = sarajevo.person("Begic", "Emir", "BA");
        central.sync(sarajevo);
        central.sync(mostar);
        sarajevo.put("person", {ana}, {{"family", "Kovacevic"}});
        mostar.put("person", {ana}, {{"family", "Hadzic"}});
        for (int i = 0; i < 50; ++i) mostar.person("Delic " + std::to_string(i), "Lejla", "BA");
        central.sync(sarajevo);
        central.sync(mostar);
        central.erase("person", {gone});
        REQUIRE(server.get("SELECT count(*) FROM tefter_conflict") == "1");
        REQUIRE(server.get("SELECT count(*) FROM person WHERE _scope = 4") == "52");
    });
    for (std::size_t i = 0; i < alone.size(); ++i) {
        CAPTURE(i);
        CHECK(hexadecimal(alone[i]) == hexadecimal(beside[i]));
    }
}
