// What servers do at the same time to one database: ledgers one at a time, different ones beside each other, and one log.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <future>

#include "engine/base/crypto.hpp"
#include "engine/base/limits.hpp"
#include "engine/sync/compaction.hpp"
#include "engine/sync/mirrored_ledger.hpp"
#include "server/cluster/records.hpp"
#include "tests/central.hpp"
#include "tests/cluster/ledgers.hpp"
#include "tests/sentence.hpp"

using namespace tefter;
using namespace tefter::test;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr ScopeNumber al{3}, ba{4};

struct Shared {
    Folder folder;
    std::string url = schema_for(folder.file("servers"));

    Shared() { PostgresLedger(url, sealing_of_tests()).create({al, ba}); }
    PostgresLedger server() const { return {url, sealing_of_tests()}; }
    Records records() const { return {url, sealing_of_tests()}; }
};

LedgerHead append(PostgresLedger& ledger, ScopeNumber scope, const std::string& bytes) {
    SegmentHeader header;
    header.scope = scope;
    header.device = DeviceNumber{2};
    return ledger.append(header, blake2b(as_bytes(bytes)), as_bytes(bytes));
}

/// That many of this database wait for a lock that another one holds.
void await_waiting(Postgres& database, std::int64_t count) {
    while (database.run("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
               .integer(0, 0) != count) {
        std::this_thread::yield();
    }
}

}  // namespace

TEST_CASE("one ledger is appended to by one server at a time, and others go on beside it") {
    Shared shared;
    PostgresLedger first = shared.server(), second = shared.server(), third = shared.server();
    first.begin({al});
    second.begin({ba});  // while the first holds its ledger
    CHECK(append(second, ba, "beside").position.value == 1);
    second.commit();
    std::future<LedgerHead> waiting = std::async(std::launch::async, [&] {
        third.begin({al});
        const LedgerHead head = append(third, al, "after");
        third.commit();
        return head;
    });
    Postgres database(shared.url);
    await_waiting(database, 1);
    const LedgerHead before = append(first, al, "before");
    first.commit();
    const LedgerHead after = waiting.get();
    CHECK(before.position.value == 1);
    CHECK(after.position.value == 2);
    CHECK(after.hash == ledger_next(before.hash, blake2b(as_bytes("after"))));
}

TEST_CASE("servers that append at once leave every position once, and what one gives up is not there") {
    Shared shared;
    constexpr int servers = 6, appends = 20;
    std::vector<std::future<void>> all;
    for (int server = 0; server < servers; ++server) {
        all.push_back(std::async(std::launch::async, [&, server] {
            PostgresLedger ledger = shared.server();
            for (int i = 0; i < appends; ++i) {
                const ScopeNumber scope = (server + i) % 3 == 0 ? ba : al;
                ledger.begin(i % 5 == 0 ? std::set{al, ba} : std::set{scope});
                append(ledger, scope, std::to_string(server) + "/" + std::to_string(i));
                if (i % 4 == 0) ledger.abandon();
                else ledger.commit();
            }
        }));
    }
    for (std::future<void>& one : all) one.get();
    PostgresLedger ledger = shared.server();
    std::set<std::string> found;
    for (const ScopeNumber scope : {al, ba}) {
        const LedgerHead end = ledger.head(scope);
        Hash hash{};
        std::uint64_t position = 0;
        for (const LedgerEntry& entry : ledger.read(scope, Position{0}, end.position, 1U << 24U)) {
            CHECK(entry.position.value == ++position);
            hash = ledger_next(hash, blake2b(entry.bytes));
            found.insert(std::string(as_text(entry.bytes)));
        }
        CHECK(position == end.position.value);
        CHECK(hash == end.hash);
    }
    CHECK(found.size() == servers * (appends - appends / 4));
}

TEST_CASE("the log of several servers is one, each entry after all before it") {
    Shared shared;
    shared.records().create();
    constexpr int servers = 5, entries = 20;
    std::vector<std::future<std::vector<std::string>>> all;
    for (int server = 0; server < servers; ++server) {
        all.push_back(std::async(std::launch::async, [&, server] {
            Records records = shared.records();
            std::vector<std::string> seen;
            const auto take = [&](std::int64_t place, BytesView entry) {
                if (place > static_cast<std::int64_t>(seen.size())) seen.emplace_back(as_text(entry));
            };
            for (int i = 0; i < entries; ++i) {
                std::int64_t place = static_cast<std::int64_t>(seen.size());
                const std::int64_t known = place;
                std::string mine = std::to_string(server) + "/" + std::to_string(i);
                if (place > 0) --place;  // the last one is given again
                records.go_on(
                    known, [&](BytesView entry) { take(++place, entry); },
                    [&] { return std::pair(static_cast<std::int64_t>(seen.size()) + 1, Bytes(mine.begin(), mine.end())); });
                seen.push_back(mine);
            }
            return seen;
        }));
    }
    std::vector<std::string> longest;
    std::vector<std::vector<std::string>> each;
    for (auto& one : all) each.push_back(one.get());
    Records records = shared.records();
    records.go_on(
        0, [&](BytesView entry) { longest.emplace_back(as_text(entry)); }, nullptr);
    CHECK(longest.size() == servers * entries);
    for (const std::vector<std::string>& seen : each) CHECK(std::equal(seen.begin(), seen.end(), longest.begin()));

    // A database that was restored from an older copy.
    Postgres(shared.url).run("DELETE FROM tefter_log WHERE place > 90");
    CHECK_THROWS_WITH(records.go_on(
                          100, [](BytesView) {}, nullptr),
                      ContainsSubstring("lacks entry 100"));
    // Entries that somebody moved.
    Postgres(shared.url).run("UPDATE tefter_log SET place = 100 WHERE place = 90");
    CHECK_THROWS_AS(records.go_on(
                        0, [](BytesView) {}, nullptr),
                    Error);
}

TEST_CASE("a server that shares ledgers says so where these do not follow from what it has, or are not there, and takes nothing of them") {
    Central central;
    Office& server = central.offices["server"];
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    const std::string before = server.dump();
    Postgres database(schema_for(server.replica().path()));
    std::string expected;
    ErrorKind kind = ErrorKind::corrupt;
    SECTION("an entry that is not the next of its device") {
        for (const char* family : {"Leka", "Duka"}) {
            tirana.person(family, "Era");
            tirana.replica().segments_to_send(al);
        }
        const Bytes last = tirana.replica().segments_to_send(al).back().bytes;
        Segment segment;
        decode_segment(last, segment);
        const std::unique_ptr<Ledger> other = origin_of(server.replica());
        other->begin({al});
        other->append(segment.header, segment_id(segment.header, segment.signature), last);
        other->commit();
        expected = "Entry 2 of the shared ledger of AL does not follow from those before it";
    }
    SECTION("another history of the same length") {
        database.run("UPDATE tefter_ledger_head SET hash = decode(repeat('07', 32), 'hex') WHERE scope = 3");
        expected = "The shared ledger of AL ends at 1, and is another one than this server has followed to 1";
    }
    SECTION("an older copy") {
        database.run("UPDATE tefter_ledger_head SET position = 0 WHERE scope = 3");
        expected = "The shared ledger of AL ends at 0, and is another one than this server has followed to 1";
    }
    SECTION("no ledgers") {
        database.run("DELETE FROM tefter_ledger_head");
        expected = "The ledgers are no longer in this database";
        kind = ErrorKind::refused;
    }
    auto& mirrored = dynamic_cast<MirroredLedger&>(*central.ledger);
    CHECK_THAT(sentence_of([&] { mirrored.follow(); }, kind), ContainsSubstring(expected));
    CHECK_THAT(sentence_of([&] { mirrored.begin({al}); }, kind), ContainsSubstring(expected));
    CHECK(server.dump() == before);
}

namespace {

Compaction compact_al(Replica& server, Ledger& ledger) {
    for (const Compaction& one : compact(server, ledger, server.environment().now_ms(), 0)) {
        if (one.scope == al) return one;
    }
    return {};
}

/// Another server of the set that `central` is one of, made from a copy of it.
struct Another {
    Office& first;
    const std::string path = first.path + ".another";
    std::unique_ptr<Replica> replica;
    std::unique_ptr<SqliteLedger> copy;
    PostgresLedger shared{schema_for(first.path), sealing_of_tests()};
    std::unique_ptr<MirroredLedger> ledger;

    explicit Another(Office& server) : first(server) { make(); }
    void make() {
        ledger.reset(), copy.reset(), replica.reset();
        std::filesystem::copy_file(first.path, path, std::filesystem::copy_options::overwrite_existing);
        Environment environment = system_environment();
        environment.now_ms = [this] { return first.now_ms; };
        replica = std::make_unique<Replica>(path, first.key(), first.replica().catalog(), environment, JournalMode::rollback);
        copy = std::make_unique<SqliteLedger>(replica->store().database);
        ledger = std::make_unique<MirroredLedger>(*replica, *copy, shared, "another");
    }
    std::string digest() { return replica->store().meta.scope(al)->digest.hexadecimal(); }
};

}  // namespace

TEST_CASE("what a device has read of one server all know; a compaction waits for the servers that follow, and their copies go with it") {
    Central central;
    Office& server = central.offices["server"];
    Office& tirana = central.office("tirana", "shared regional AL");
    Another another(server);
    another.ledger->follow();
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    another.ledger->follow();
    CHECK(compact_al(*another.replica, *another.ledger).behind == std::vector{tirana.replica().identity().device});
    tirana.person("Leka", "Gent");
    for (Office* office : {&tirana, &tirana}) central.sync(*office);

    // The other one has followed to the first entry, and stands still.
    const auto compact_here = [&] { return compact_al(server.replica(), *central.ledger); };
    const Compaction held = compact_here();
    CHECK(held.base == Position{1});
    CHECK(held.server_behind);
    CHECK(held.behind.empty());
    CHECK(another.copy->base(al) == Position{0});
    another.ledger->follow();
    CHECK(another.copy->base(al) == Position{1});
    CHECK(another.ledger->base(al) == Position{1});
    CHECK(compact_here().base == Position{2});
    another.ledger->follow();
    CHECK(another.copy->base(al) == Position{2});
    CHECK(another.copy->head(al).hash == central.ledger->head(al).hash);
    CHECK(another.ledger->chain_at_base(al, tirana.replica().identity().device) ==
          central.ledger->chain_at_base(al, tirana.replica().identity().device));
    CHECK(another.digest() == server.digest());
    CHECK(another.shared.base(al) == Position{2});
    CHECK_THROWS_WITH(another.shared.read(al, Position{0}, Position{2}, SIZE_MAX), ContainsSubstring("has been compacted"));

    // Erasing does not ask for what is gone.
    tirana.person("Duka", "Era");
    central.sync(tirana);
    const std::int64_t duka = std::stoll(server.get("SELECT id FROM person WHERE family = 'Duka'"));
    central.erase("person", {duka});
    another.ledger->follow();
    CHECK(another.digest() == server.digest());
    CHECK(central.sync(tirana).identical());
}

TEST_CASE("a server that was silent for long holds no compaction back; it says that it is left behind, and is made again from a backup") {
    Central central;
    Office& server = central.offices["server"];
    Office& tirana = central.office("tirana", "shared regional AL");
    Another another(server);
    another.ledger->follow();
    tirana.person("Hoxha", "Arta");
    for (Office* office : {&tirana, &tirana}) central.sync(*office);
    another.ledger->follow();
    const auto segments = [&] { return compact_al(server.replica(), *central.ledger).segments; };
    CHECK(segments() == 1);
    server.now_ms += limits::server_silence_ms;
    tirana.now_ms += limits::server_silence_ms;
    another.ledger->follow();  // a quiet one says again that it is there
    another.make();
    server.now_ms += limits::server_silence_ms;
    tirana.now_ms += limits::server_silence_ms;
    tirana.person("Leka", "Gent");
    for (Office* office : {&tirana, &tirana}) central.sync(*office);
    CHECK(segments() == 0);
    server.now_ms += 1;
    CHECK(segments() == 1);
    const std::string sentence = sentence_of([&] { another.ledger->follow(); }, ErrorKind::refused);
    CHECK_THAT(sentence,
               ContainsSubstring("AL has been compacted up to 2, and this server has followed it to 1; make it again from a newer backup"));
    CHECK_THROWS_AS(another.ledger->begin({al}), Error);
    another.make();
    another.ledger->follow();
    CHECK(another.digest() == server.digest());
}

TEST_CASE("tables of a set that an older version made are brought to what they are now, and what they hold stays") {
    Shared shared;
    PostgresLedger ledger = shared.server();
    ledger.begin({al});
    append(ledger, al, "one");
    ledger.take_counter(DeviceNumber{2}, 7);
    ledger.commit();
    Postgres database(shared.url);
    database.run("ALTER TABLE tefter_ledger_head DROP COLUMN base");
    database.run("ALTER TABLE tefter_contact DROP COLUMN read");
    database.run("DROP TABLE tefter_server");
    ledger.create({});
    CHECK(ledger.base(al) == Position{0});
    CHECK(ledger.head(al).position == Position{1});
    CHECK(ledger.copied_since(0).empty());
    const auto contacts = ledger.contacts_since(0);
    REQUIRE(contacts.size() == 1);
    CHECK(contacts.begin()->second.first == 7);
    CHECK(contacts.begin()->second.second.read.empty());
}

TEST_CASE("entries of a shared ledger are compacted whole or not at all, and their places stay") {
    Shared shared;
    PostgresLedger ledger = shared.server();
    constexpr std::uint64_t entries = 23;
    ledger.begin({al});
    for (std::uint64_t i = 0; i < entries; ++i) append(ledger, al, std::to_string(i));
    ledger.commit();
    const auto kept = [&] { return Postgres(shared.url).run("SELECT count(*) FROM tefter_ledger WHERE length(bytes) > 0").integer(0, 0); };
    ledger.begin({al});
    ledger.compact(al, Position{21});
    CHECK(ledger.base(al) == Position{21});
    ledger.abandon();
    CHECK(ledger.base(al) == Position{0});
    CHECK(kept() == entries);
    ledger.begin({al});
    ledger.compact(al, Position{15});
    ledger.compact(al, Position{21});
    ledger.commit();
    CHECK(shared.server().base(al) == Position{21});
    CHECK(kept() == 2);
    CHECK(ledger.read(al, Position{21}, Position{entries}, SIZE_MAX).size() == 2);
    CHECK(ledger.hash_at(al, Position{1}).has_value());
    ledger.begin({al});
    append(ledger, al, "next");
    ledger.commit();
    CHECK(ledger.base(al) == Position{21});
}
