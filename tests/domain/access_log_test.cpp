// The log of views: whatever is altered, taken out, put elsewhere or cut off, is named.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>

#include "server/web/access_log.hpp"
#include "tests/offices.hpp"

using namespace tefter;
using namespace tefter::test;
using namespace tefter::web;

namespace {

struct Logged {
    Folder folder;
    std::string path = folder.file("web.db");
    DatabaseKey key{3};
    Database database{path, key, OpenMode::create, JournalMode::rollback};
    AccessLog log{database};

    Logged() {
        for (std::int64_t i = 1; i <= 6; ++i) log.add({i * 1000, 7, "Ana", "view", "person " + std::to_string(i), "127.0.0.1", 1});
    }
    std::vector<std::string> faults_after(const std::string& sql, std::span<const AccessHead> anchors = {}) {
        database.execute(sql);
        return log.faults(anchors);
    }
};

using Faults = std::vector<std::string>;

}  // namespace

TEST_CASE("the log of views is a chain: each tampering is named with its place") {
    Logged here;
    const AccessHead head = here.log.head();
    CHECK(head.id == 6);
    CHECK(here.log.faults({}) == Faults{});
    CHECK(here.log.faults({&head, 1}) == Faults{});
    SECTION("altered") {
        CHECK(here.faults_after("UPDATE access SET what = 'person 9' WHERE id = 3") == Faults{"Entry 3 of the log of views was altered."});
    }
    SECTION("another's name") {
        CHECK(here.faults_after("UPDATE access SET user = 8, name = 'Sara' WHERE id = 6") ==
              Faults{"Entry 6 of the log of views was altered."});
    }
    SECTION("taken out") {
        CHECK(here.faults_after("DELETE FROM access WHERE id = 2") == Faults{"Entry 2 of the log of views is missing."});
    }
    SECTION("put in another order") {
        CHECK(
            here.faults_after(
                "UPDATE access SET id = 99 WHERE id = 4; UPDATE access SET id = 4 WHERE id = 5; UPDATE access SET id = 5 WHERE id = 99") ==
            Faults{"Entry 4 of the log of views was altered."});
    }
    SECTION("cut off") {
        CHECK(here.faults_after("DELETE FROM access WHERE id > 4", {&head, 1}) ==
              Faults{"Entry 6 of the log of views is missing; the offices know of it."});
    }
    SECTION("written anew from the beginning") {
        here.database.execute("DELETE FROM access");
        for (std::int64_t i = 1; i <= 6; ++i) here.log.add({i * 1000, 7, "Ana", "view", "list institution", "127.0.0.1", 1});
        CHECK(here.log.faults({}) == Faults{});  // a chain alone does not tell
        CHECK(here.log.faults({&head, 1}) ==
              Faults{"Entry 6 of the log of views is not the one that the offices know: the log was written anew."});
    }
}

TEST_CASE("a restored log may lack its last entries, and says that it was restored") {
    Logged here;
    const AccessHead head = here.log.head();
    here.database.execute("DELETE FROM access WHERE id > 3");
    SECTION("as a restore does it") {
        here.log.begin_life(12, 9000);
        here.log.add({9500, 7, "Ana", "view", "person 1", "127.0.0.1", 1});
        here.log.add({9600, 7, "Ana", "view", "person 2", "127.0.0.1", 1});
        REQUIRE(here.log.head().id == head.id);
        CHECK(here.log.faults({&head, 1}) == Faults{});
        CHECK(here.log.list(0, 3).back().access.kind == "restored");
        const AccessHead second = here.log.head();
        CHECK(here.faults_after("DELETE FROM access WHERE id = 6", {&second, 1}) ==
              Faults{"Entry 6 of the log of views is missing; the offices know of it."});
    }
    SECTION("and one that only says that it is another life does not get away with it") {
        here.log.add({9500, 7, "Ana", "view", "person 1", "127.0.0.1", 1});
        CHECK(here.faults_after("UPDATE access SET life = 12 WHERE id = 4", {&head, 1}) ==
              Faults{"Entry 4 of the log of views was altered."});
    }
}

TEST_CASE("a log from before the chain is chained as it stands") {
    Folder folder;
    const DatabaseKey key{3};
    Database database(folder.file("web.db"), key, OpenMode::create, JournalMode::rollback);
    database.execute(
        "CREATE TABLE access (id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, user INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, "
        "what TEXT NOT NULL, address TEXT NOT NULL, rows INTEGER NOT NULL);"
        "INSERT INTO access VALUES (1, 5, 7, 'Ana', 'view', 'person 1', '127.0.0.1', 1), (2, 6, 7, 'Ana', 'view', 'person 2', '127.0.0.1', 1)");
    AccessLog log(database);
    log.add({7, 7, "Ana", "view", "person 3", "127.0.0.1", 1});
    CHECK(log.faults({}) == Faults{});
    CHECK(log.list(0, 10).size() == 3);
    CHECK(AccessLog(database).head().id == 3);
}

TEST_CASE("a head is read from its text, and from nothing else") {
    Logged here;
    const AccessHead head = here.log.head();
    const std::optional<AccessHead> again = access_head_from_text(to_text(head));
    REQUIRE(again);
    CHECK((again->life == head.life && again->id == head.id && again->hash == head.hash));
    for (const std::string text : {"", "1", "1 2", "1 2 zz", "x 2 00", "certificate of 7, by Tirana"})
        CHECK_FALSE(access_head_from_text(text));
    CHECK_FALSE(access_head_from_text(to_text(head).substr(0, 40)));
}

TEST_CASE("another server goes on with the log, and takes nothing that does not follow") {
    Logged here;
    Folder folder;
    Database database(folder.file("web.db"), here.key, OpenMode::create, JournalMode::rollback);
    AccessLog there(database);
    std::vector<Bytes> entries;
    here.log.each_after(0, [&](std::int64_t, BytesView entry) { entries.emplace_back(entry.begin(), entry.end()); });
    REQUIRE(entries.size() == 6);
    for (const Bytes& entry : entries) there.take(entry);
    CHECK(to_text(there.head()) == to_text(here.log.head()));
    there.add({9000, 8, "Sara", "view", "person 9", "127.0.0.2", 1});
    for (const Bytes& entry : entries) {
        if (&entry != &entries.back()) there.take(entry);  // it is here already
    }
    CHECK(there.head().id == 7);
    CHECK(there.faults({}) == Faults{});
    here.log.add({9500, 7, "Ana", "view", "person 7", "127.0.0.1", 1});  // which should have gone on from Sara's
    std::vector<Bytes> other;
    here.log.each_after(6, [&](std::int64_t, BytesView entry) { other.emplace_back(entry.begin(), entry.end()); });
    CHECK_THROWS_WITH(there.take(other.at(0)), "Entry 7 of the log of views does not follow from those before it: another one was there.");
    CHECK_THROWS_AS(there.take(Bytes(5)), Error);
    CHECK(there.head().id == 7);
}
