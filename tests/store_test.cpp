// The file on the disk: who can open it, what lies in it, and what is refused and left alone.

#include <sys/wait.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "engine/base/crypto.hpp"
#include "engine/base/file.hpp"
#include "engine/store/conflicts.hpp"
#include "engine/store/history.hpp"
#include "tests/format_1.hpp"
#include "tests/offices.hpp"
#include "tests/sentence.hpp"
#include "tests/tampering.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

/// What a program says, and how it ended.
std::pair<std::string, int> output_of(const std::string& command) {
    FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    ensure(pipe != nullptr, "a program can be started");
    std::string out;
    char piece[256];
    while (std::fgets(piece, sizeof piece, pipe) != nullptr) out += piece;
    return {out, WEXITSTATUS(::pclose(pipe))};
}

const DatabaseKey hives_key{7};

/// A device's file over a catalog of its own.
void create_hives(const std::string& path, const Catalog& catalog) {
    Identity identity;
    identity.device = DeviceNumber{2};
    identity.scopes = {shared_scope};
    Replica::create(path, hives_key, catalog, identity, JournalMode::rollback);
}

}  // namespace

TEST_CASE("sqlcipher opens the replica with its key, sqlite3 does not, and no name lies in any file of it") {
    Offices offices;
    Office& tirana = offices.add("tirana", "shared regional AL");
    for (int i = 0; i < 200; ++i) tirana.person("Zhvlahurëxyz" + std::to_string(i), "Arta");
    const std::string key = hexadecimal(offices.key());
    const auto [counted, code] =
        output_of("sqlcipher '" + tirana.path + "' \"PRAGMA key = \\\"x'" + key + "'\\\"; SELECT count(*) FROM person;\"");
    INFO(counted);
    CHECK(code == 0);
    CHECK(counted.find("200") != std::string::npos);
    CHECK(output_of("sqlite3 '" + tirana.path + "' 'SELECT count(*) FROM person'").second != 0);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(offices.folder().path())) {
        const Bytes bytes = read_file(entry.path().string(), 100'000'000);
        CHECK(as_text(bytes).find("Zhvlahur") == std::string_view::npos);
        CHECK(as_text(bytes).find("SQLite format") == std::string_view::npos);
        CHECK((std::filesystem::status(entry.path()).permissions() & std::filesystem::perms(077)) == std::filesystem::perms::none);
        ++files;
    }
    CHECK(files >= 2);
}

TEST_CASE("a wrong key, a file that is no replica, and one of a newer format are refused and left alone") {
    Offices offices;
    Office& tirana = offices.add("tirana", "shared regional AL");
    const Environment environment = system_environment();
    const auto open = [&](const std::string& path, const DatabaseKey& key) {
        return [&, path, key] { const Replica replica(path, key, offices.catalog(), environment, JournalMode::rollback); };
    };
    const auto left_alone = [&](const std::string& path, const DatabaseKey& key, ErrorKind kind) {
        const Bytes before = read_file(path, 100'000'000);
        const std::string sentence = sentence_of(open(path, key), kind);
        CHECK(read_file(path, 100'000'000) == before);
        return sentence;
    };
    CHECK(left_alone(tirana.path, DatabaseKey{9}, ErrorKind::wrong_key).find(tirana.path) != std::string::npos);

    const std::string letter = offices.folder().file("letter.txt");
    std::ofstream(letter) << std::string(5000, 'x');
    left_alone(letter, offices.key(), ErrorKind::wrong_key);
    const std::string plain = offices.folder().file("plain.db");
    REQUIRE(output_of("sqlite3 '" + plain + "' 'CREATE TABLE person (name)'").second == 0);
    CHECK(left_alone(plain, offices.key(), ErrorKind::not_replica).find("plain SQLite file") != std::string::npos);
    sentence_of(open(offices.folder().file("nothing.db"), offices.key()), ErrorKind::usage);
    CHECK_FALSE(std::filesystem::exists(offices.folder().file("nothing.db")));

    const std::string other = offices.folder().file("other.db");
    Database(other, offices.key(), OpenMode::create, JournalMode::rollback).execute("CREATE TABLE person (name)");
    CHECK(left_alone(other, offices.key(), ErrorKind::not_replica).find("no replica") != std::string::npos);

    tirana.replica().store().database.execute("UPDATE tefter_meta SET value = 0 WHERE name = 'format'");
    left_alone(tirana.path, offices.key(), ErrorKind::not_replica);
    tirana.replica().store().database.execute("UPDATE tefter_meta SET value = 1000 WHERE name = 'format'");
    CHECK(left_alone(tirana.path, offices.key(), ErrorKind::not_replica).find("newer version") != std::string::npos);
}

TEST_CASE("keys of numbers are stored in the order of the numbers, and come back with what stands beside them") {
    const std::vector<std::int64_t> numbers{std::numeric_limits<std::int64_t>::min(), -128, -1, 0, 1, 127, 128, 255, 256, 65'536,
                                            std::numeric_limits<std::int64_t>::max()};
    Bytes before;
    for (const std::int64_t number : numbers) {
        const Value key[] = {Value::integer(number), Value::text("TR-01").as_personal(), Value::integer(number / -2)};
        const Bytes bytes = encode_ordered_key(key);
        CHECK(before < bytes);
        before = bytes;
        Arena arena;
        CHECK(encode_key(decode_ordered_key(bytes, arena)) == encode_key(key));
    }
    Arena arena;
    before.pop_back();
    CHECK_THROWS_AS(decode_ordered_key(before, arena), Error);
}

TEST_CASE("a replica of format 1 is brought to this one as it is opened, once nobody else writes to it, and shows what it showed") {
    Offices offices;
    Office& tirana = offices.add("tirana", "shared regional AL");
    Office& shkoder = offices.add("shkoder", "shared regional AL");
    std::vector<std::int64_t> people;
    for (int i = 0; i < 40; ++i) people.push_back(tirana.person("Hoxha" + std::to_string(i), "Arta"));
    tirana.put("course", {std::int64_t{77}}, {{"title", "Evidence"}}, "AL");
    for (const std::int64_t number : {1, 2, 200}) {
        tirana.put("attendance", {people[3], std::int64_t{77}, number}, {{"status", "late"}, {"signature", "A. H."}});
    }
    offices.settle();
    for (std::size_t i = 0; i < people.size(); i += 3) {
        tirana.put("person", {people[i]}, {{"position", "judge"}});
        shkoder.put("person", {people[i]}, {{"position", "clerk"}});
    }
    tirana.put("attendance", {people[3], std::int64_t{77}, std::int64_t{200}}, {{"signature", "Arta"}});
    shkoder.put("attendance", {people[3], std::int64_t{77}, std::int64_t{200}}, {{"signature", "Hoxha"}});
    tirana.remove("person", {people[1]});
    shkoder.put("person", {people[1]}, {{"position", "clerk"}});
    tirana.remove("person", {people[2]});
    offices.settle();
    REQUIRE(tirana.conflicts() == 16);
    const std::string shown = tirana.dump();
    bring_to_format_1(tirana.replica().store().database);
    CHECK(tirana.get("SELECT count(DISTINCT row_key) FROM tefter_state") != "0");
    tirana.close();
    {
        const FileLock other(tirana.path + ".writer", "");
        CHECK(sentence_of([&] { tirana.reopen(); }, ErrorKind::busy) ==
              "Another program is writing to " + tirana.path + "; close it first. Nothing was changed.");
    }
    {
        Database reader(tirana.path, offices.key(), OpenMode::read_only, JournalMode::rollback);
        Statement format =
            reader.prepare_once("SELECT value, (SELECT count(row_key) FROM tefter_conflict) FROM tefter_meta WHERE name = 'format'");
        REQUIRE(format.step());
        CHECK(format.integer(0) == 1);
        CHECK(format.integer(1) == 16);
    }
    for (int opened = 0; opened < 2; ++opened) {
        tirana.reopen();
        CHECK(tirana.dump() == shown);
        CHECK(tirana.get("SELECT value FROM tefter_meta WHERE name = 'format'") == std::to_string(replica_format));
        CHECK(tirana.get("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'tefter%_1'") == "0");
        CHECK(open_conflicts(tirana.replica()).size() == 16);
        CHECK(verify_replica(tirana.replica(), {}).faults.empty());
        tirana.close();
    }
    tirana.reopen();
    tirana.put("person", {people[0]}, {{"position", "judge"}});  // after both: settled
    offices["server"].erase("person", {people[3]});
    offices.settle();
    CHECK(tirana.dump() == shkoder.dump());
    CHECK(tirana.digest() == offices["server"].digest());
}

TEST_CASE("one program writes at a time; another may read, and goes on where the first stopped") {
    Offices offices;
    Office& tirana = offices.add("tirana", "shared regional AL");
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    Replica second(tirana.path, offices.key(), offices.catalog(), system_environment(), JournalMode::rollback);
    CHECK(second.open_reader()->prepare_once("SELECT count(*) FROM person").step());
    Edit edit;
    edit.table = "person";
    edit.key = {arta};
    edit.values = {{"position", "judge"}};
    CHECK(sentence_of([&] { second.write(0, {&edit, 1}); }, ErrorKind::busy).find("close it first") != std::string::npos);
    CHECK(sentence_of([&] { second.new_id(); }, ErrorKind::busy).find("close it first") != std::string::npos);
    const std::int64_t ilir = tirana.person("Basha", "Ilir");
    tirana.close();
    CHECK(second.new_id() > ilir);
    CHECK(second.write(0, {&edit, 1}).changes == 1);
    CHECK(verify_replica(second, {}).faults.empty());
}

TEST_CASE("a real number is one that the file gives back to the bit, whoever wrote it") {
    const Catalog catalog = Catalog::parse(R"({"name": "t", "number": 1, "scopes": [{"number": 1, "name": "shared"}], "tables": [
            {"number": 16, "name": "hive", "scope": "chosen", "key": "id", "groups": [
                {"number": 1, "name": "weight", "columns": [{"name": "weight", "type": "real"}]}]}]})",
                                           "test");
    const Folder folder;
    const std::string path = folder.file("hives.db");
    create_hives(path, catalog);
    Replica replica(path, hives_key, catalog, system_environment(), JournalMode::rollback);
    replica.hold_granted_scopes();
    Edit edit;
    edit.table = "hive";
    edit.key = {replica.new_id()};
    edit.scope = shared_scope;
    const auto weigh = [&](const OwnedValue& weight) {
        edit.values = {{"weight", weight}};
        replica.write(0, {&edit, 1});
        CHECK(verify_replica(replica, {}).faults.empty());
        Statement row = replica.store().database.prepare("SELECT weight FROM hive");
        REQUIRE(row.step());
        return row.value(0).real();
    };
    constexpr double least = std::numeric_limits<double>::denorm_min(), greatest = std::numeric_limits<double>::max();
    for (const double weight : {31.5, 87.0, greatest, least, -least}) CHECK(weigh(weight) == weight);
    CHECK(weigh(std::int64_t{-3}) == -3.0);
    CHECK(weigh(std::string("2.5e3")) == 2500.0);
    CHECK_FALSE(std::signbit(weigh(-0.0)));
    weigh(1.0);
    CHECK_FALSE(std::signbit(weigh(std::string("-0"))));

    constexpr double infinite = std::numeric_limits<double>::infinity(), none = std::numeric_limits<double>::quiet_NaN();
    const OwnedValue nobodys[] = {infinite,           -infinite,     none,    std::string("nan"), std::string("inf"), std::string("1e999"),
                                  std::string("1,5"), std::string(), Bytes{1}};
    for (const OwnedValue& weight : nobodys)
        CHECK(sentence_of([&] { weigh(weight); }, ErrorKind::usage) == "hive.weight must be a number.");
    const auto refused = [&](double weight) {  // from a device whose program does not look
        Change change;
        change.table = TableNumber{16};
        const Value id = Value::integer(1), value = Value::real(weight);
        change.key = {&id, 1};
        const GroupValues group{GroupNumber{1}, {&value, 1}};
        change.groups = {&group, 1};
        return violation(catalog, change);
    };
    for (const double weight : {-0.0, infinite, -infinite, none}) CHECK(refused(weight) == "weight is no number that a file keeps");
    for (const double weight : {0.0, least, -greatest}) CHECK(refused(weight).empty());
}

TEST_CASE("a key is held to its column as other values are: what no page could show names no row") {
    const Catalog catalog = Catalog::parse(R"({"name": "t", "number": 1, "scopes": [{"number": 1, "name": "shared"}], "tables": [
            {"number": 16, "name": "hive", "scope": "chosen", "key": [{"name": "code", "type": "text", "max_length": 8}], "groups": [
                {"number": 1, "name": "place", "columns": [{"name": "place", "type": "text"}]}]}]})",
                                           "test");
    const auto refused = [&](std::string_view code) {
        Change change;
        change.table = TableNumber{16};
        const Value key = Value::text(code);
        change.key = {&key, 1};
        return violation(catalog, change);
    };
    CHECK(refused("orchard").empty());
    CHECK(refused("orchard 2") == "code is longer than 8 bytes");
    CHECK(refused("a\xFF") == "code is no clean UTF-8 text");
    CHECK(refused(std::string_view("a\0b", 3)) == "code is no clean UTF-8 text");
}

TEST_CASE("indexes follow the catalog, and what a commit brings is counted by table") {
    const auto catalog = [](const std::string& indexes) {
        return Catalog::parse(R"({"name": "t", "number": 1, "scopes": [{"number": 1, "name": "shared"}], "tables": [
            {"number": 16, "name": "hive", "scope": "chosen", "key": "id", "indexes": )" +
                                  indexes + R"(, "groups": [
                {"number": 1, "name": "place", "columns": [{"name": "place", "type": "text"}, {"name": "queen", "type": "text"}]}]}]})",
                              "test");
    };
    const Catalog first = catalog(R"([["place"], ["queen"]])"), second = catalog(R"([["queen", "place"], ["queen"]])");
    const Folder folder;
    const std::string path = folder.file("hives.db");
    create_hives(path, first);
    const auto names = [&] {
        std::string out;
        Database reader(path, hives_key, OpenMode::read_only, JournalMode::rollback);
        Statement index = reader.prepare_once("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE INDEX%hive%' ORDER BY 1");
        while (index.step()) out += std::string(index.text(0)) + " ";
        return out;
    };
    CHECK(names() == "index_hive_place index_hive_queen ");
    Replica replica(path, hives_key, second, system_environment(), JournalMode::rollback);
    CHECK(names() == "index_hive_queen index_hive_queen_place ");

    replica.hold_granted_scopes();
    std::vector<Changed> commits;
    replica.on_commit([&](const Changed& changed) { commits.push_back(changed); });
    std::vector<Edit> edits(2);
    for (Edit& edit : edits) {
        edit.table = "hive";
        edit.key = {replica.new_id()};
        edit.scope = shared_scope;
        edit.values = {{"place", "orchard"}};
    }
    replica.write(0, edits);
    edits[0].values = {{"queen", "1"}};
    replica.write(0, {edits.data(), 1});
    edits[1].kind = EditKind::remove;
    edits[1].values.clear();
    replica.write(0, {&edits[1], 1});
    const TableNumber hive{16};
    CHECK(commits == std::vector<Changed>{{{hive, 2}}, {{hive, 0}}, {{hive, -1}}});
}

TEST_CASE("a row that an update makes known keeps what it refers to, though that was deleted here meanwhile") {
    const auto catalog = [](int number, const std::string& more) {
        return Catalog::parse(R"({"name": "t", "number": )" + std::to_string(number) +
                                  R"(, "scopes": [{"number": 1, "name": "shared"}], "tables": [
            {"number": 16, "name": "hive", "scope": "chosen", "key": "id", "groups": [
                {"number": 1, "name": "place", "columns": [{"name": "place", "type": "text"}]}]})" +
                                  more + "]}",
                              "test");
    };
    const Catalog first = catalog(1, ""),
                  second = catalog(2, R"(, {"number": 17, "name": "visit", "scope": "of:hive", "key": "id", "groups": [
        {"number": 1, "name": "hive", "columns": [{"name": "hive", "type": "ref", "table": "hive", "required": true}]}]})");
    const Folder folder;
    const DatabaseKey key{7};
    Identity server, device;
    PublicKey ignored{};
    crypto_sign_keypair(server.server_key.data(), server.secret.data());
    crypto_sign_keypair(ignored.data(), device.secret.data());
    server.device = server_device;
    server.role = Role::server;
    device.device = DeviceNumber{2};
    device.server_key = server.server_key;
    server.scopes = device.scopes = {shared_scope};
    Replica::create(folder.file("server.db"), key, second, server, JournalMode::rollback);
    Replica::create(folder.file("device.db"), key, first, device, JournalMode::rollback);
    Replica there(folder.file("server.db"), key, second, system_environment(), JournalMode::rollback);
    auto here = std::make_unique<Replica>(folder.file("device.db"), key, first, system_environment(), JournalMode::rollback);
    there.hold_granted_scopes();
    here->hold_granted_scopes();
    const std::int64_t hive = there.new_id();
    std::uint64_t position = 0;
    const auto write = [&](Replica& replica, const std::string& table, std::int64_t id,
                           std::vector<std::pair<std::string, OwnedValue>> values) {
        Edit edit;
        edit.table = table;
        edit.key = {id};
        edit.kind = values.empty() ? EditKind::remove : EditKind::put;
        if (table == "hive") edit.scope = shared_scope;
        edit.values = std::move(values);
        replica.write(0, {&edit, 1});
    };
    const auto carry = [&] {
        for (const StoredSegment& segment : there.segments_to_send(shared_scope)) {
            const Received got = here->receive(segment.bytes, Carrier::server, there.environment().now_ms(), Position{++position});
            CHECK(got.outcome == Outcome::applied);
            there.mark_taken(shared_scope, server_device, segment.last);
        }
    };
    const auto hives = [&] {
        Statement row = here->store().database.prepare_once("SELECT count(*) FROM hive");
        row.step();
        return row.integer(0);
    };
    write(there, "hive", hive, {{"place", "orchard"}});
    carry();
    write(*here, "hive", hive, {});
    write(there, "visit", there.new_id(), {{"hive", hive}});
    carry();
    CHECK(hives() == 0);
    here.reset();
    here = std::make_unique<Replica>(folder.file("device.db"), key, second, system_environment(), JournalMode::rollback);
    CHECK(hives() == 1);
    CHECK(verify_replica(*here, {}).faults.empty());
}

TEST_CASE("a version that cannot be is refused where a row is read") {
    const std::vector<Value> cells{Value::text("Hoxha")};
    RowState state{ScopeNumber{3}, {}, {Version{INT64_MAX}}, false};
    state.groups.push_back({GroupNumber{1}, {Leaf{Version{INT64_MAX}, cells}}, {Buried{Version{INT64_MAX}, cells, {Version{INT64_MAX}}}}});
    const Bytes good = encode_row_state(state);
    Arena arena;
    CHECK(decode_row_state(good, arena).deletes == state.deletes);
    const Bytes latest{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
    int places = 0;
    for (auto at = good.begin(); (at = std::search(at, good.end(), latest.begin(), latest.end())) != good.end(); ++at, ++places) {
        const auto before = static_cast<std::size_t>(at - good.begin());
        Bytes none = good, negative = good;
        none.erase(none.begin() + static_cast<std::ptrdiff_t>(before), none.begin() + static_cast<std::ptrdiff_t>(before + latest.size()));
        none.insert(none.begin() + static_cast<std::ptrdiff_t>(before), 0x00);
        negative[before + latest.size() - 1] = 0xff;
        negative.insert(negative.begin() + static_cast<std::ptrdiff_t>(before + latest.size()), 0x01);
        CHECK_THROWS_AS(decode_row_state(none, arena), Error);
        CHECK_THROWS_AS(decode_row_state(negative, arena), Error);
    }
    CHECK(places == 4);
}

TEST_CASE("verification names what somebody has done to a file that he could open, and can be cancelled") {
    Offices offices;
    Office& tirana = offices.add("tirana", "shared regional AL");
    Office& durres = offices.add("durres", "shared regional AL");
    for (int i = 0; i < 3; ++i) {
        durres.person("Hoxha", std::to_string(i));
        durres.give(tirana);
    }
    for (int i = 0; i < 3; ++i) tirana.person("Leka", std::to_string(i));
    Database& database = tirana.replica().store().database;
    const auto verify = [&] { return verify_replica(tirana.replica(), {}); };
    const Verification good = verify();
    CHECK(good.faults.empty());
    CHECK(good.rows >= 6);
    const auto fault_after = [&](const std::string& sql) { return test::fault_after(database, sql, verify); };
    CHECK(fault_after("UPDATE person SET family = 'Basha' WHERE family = 'Leka'") ==
          "The rows of the scope AL are not what its digest says.");
    const std::string chain = "The chain of device 3 in the scope AL";
    CHECK(fault_after("DELETE FROM tefter_segment WHERE device = 3 AND first = 2") == chain + " has a gap before changeset 3.");
    CHECK(fault_after("UPDATE tefter_segment SET previous = zeroblob(32) WHERE device = 3 AND first = 1") ==
          chain + " has a gap before changeset 1.");
    CHECK(fault_after("DELETE FROM tefter_segment WHERE device = 3 AND first = 3") == chain + " does not end where it should.");
    CHECK(fault_after("UPDATE tefter_segment SET bytes = zeroblob(100) WHERE device = 3 AND first = 2")
              .starts_with(chain + ", changeset 2: The data is damaged: "));
    CHECK(fault_after("UPDATE tefter_segment SET bytes = (SELECT bytes FROM tefter_segment WHERE device = 3 AND first = 2) "
                      "WHERE device = 3 AND first = 3") == chain + " was not signed by that device at changeset 3.");
    CHECK(fault_after("DELETE FROM tefter_unsent WHERE sequence = 2") == "The unsent changes of the scope AL have a gap.");
    CHECK(fault_after("UPDATE tefter_unsent SET version = version + 4096 WHERE sequence = 2") ==
          "The unsent changes of the scope AL have a gap.");
    CHECK(fault_after("DELETE FROM device WHERE number = 3").starts_with("The rows of the scope shared"));
    CHECK(verify().faults.empty());
    CHECK(sentence_of([&] { verify_replica(tirana.replica(), [](const Verification&) { return false; }); }, ErrorKind::cancelled) ==
          "Cancelled; nothing was changed.");
}

TEST_CASE("what was done to a row is told newest first, from segments, from what waits, and from rows that came without them") {
    Offices offices;
    Office& tirana = offices.add("tirana", "shared regional AL");
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    tirana.person("Basha", "Ilir");
    tirana.put("person", {arta}, {{"languages", "[\"sq\",\"en\"]"}});
    tirana.give(offices["server"]);  // and so sealed
    tirana.put("person", {arta}, {{"position", "judge"}});
    tirana.remove("person", {arta});
    const Table& person = offices.catalog().table("person");
    const Value key[] = {Value::integer(arta)};
    const auto told = [&](Office& office) {
        std::string out;
        for (const RowEvent& event : row_history(office.replica().store().database, offices.catalog(), person, key, ScopeNumber{3})) {
            out += event.office + (event.op == Op::create ? " makes" : event.op == Op::remove ? " deletes" : " writes");
            for (const auto& [column, value] : event.values) {
                if (!value.view().is_null()) out += " " + column->name + "=" + std::string(value.view().text());
            }
            out += "; ";
        }
        return out;
    };
    const Value nobody[] = {Value::integer(12)};
    CHECK(row_history(tirana.replica().store().database, offices.catalog(), person, nobody, ScopeNumber{3}).empty());
    CHECK(told(tirana) ==
          "tirana deletes; tirana writes position=judge; tirana writes languages=[\"en\",\"sq\"]; "
          "tirana makes family=Hoxha given=Arta; ");
    // Where the segments are gone the rows still say who said last what stands there, and who deleted it.
    Database& database = tirana.replica().store().database;
    Transaction transaction(database);
    database.execute("DELETE FROM tefter_segment; DELETE FROM tefter_unsent; DELETE FROM device");
    CHECK(told(tirana) == " deletes; ");
}

TEST_CASE("a device that the register names without a key or a role is none") {
    Offices offices;
    Office& server = offices["server"];
    const auto registered = [&](std::int64_t number, std::size_t key, const char* role, const char* scopes) {
        server.put("device", {number}, {{"public_key", Bytes(key, 1)}, {"office", "x"}, {"role", role}, {"scopes", scopes}});
        return server.replica().device(DeviceNumber{static_cast<std::uint32_t>(number)});
    };
    CHECK(registered(7, 32, "officer", "  AL  none BA ")->scopes == std::vector{ScopeNumber{3}, ScopeNumber{4}});
    CHECK_FALSE(registered(8, 31, "officer", "AL"));
    CHECK_FALSE(registered(9, 32, "king", "AL"));
    std::vector<DeviceNumber> all;
    for (const Device& device : list_devices(server.replica().store().database, offices.catalog())) all.push_back(device.number);
    CHECK(all == std::vector{DeviceNumber{7}});
}
