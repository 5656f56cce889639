// What an action costs does not grow with what was done before: in steps of SQLite's machine, which no clock decides.

#include <sqlcipher/sqlite3.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/central.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

/// Of all connections, in tens.
std::size_t steps = 0;

int count(void*) {
    ++steps;
    return 0;
}

int watch(sqlite3* connection, char**, const struct sqlite3_api_routines*) {
    sqlite3_progress_handler(connection, 10, &count, nullptr);
    return SQLITE_OK;
}

}  // namespace

TEST_CASE("a sync costs as much after four hundred syncs as after fifty") {
    REQUIRE(sqlite3_auto_extension(reinterpret_cast<void (*)()>(&watch)) == SQLITE_OK);
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    struct Cost {
        std::size_t write = 0, send = 0, receive = 0, ask = 0;
    };
    const auto day = [&] {
        Cost out;
        const auto spent = [](const std::function<void()>& action) {
            steps = 0;
            action();
            return steps;
        };
        out.write = spent([&] { tirana.person("Hoxha", "Arta"); });
        out.send = spent([&] { central.sync(tirana); });
        out.receive = spent([&] { central.sync(durres); });
        out.ask = spent([&] { durres.replica().unsent_changesets(); });
        return out;
    };
    Cost early, late;
    for (int i = 0; i < 400; ++i) {
        const Cost one = day();
        if (i == 49) early = one;
        late = one;
    }
    CHECK(early.send > 10);
    CHECK(early.receive > 10);
    CHECK(late.write <= early.write + early.write / 5);
    CHECK(late.send <= early.send + early.send / 5);
    CHECK(late.receive <= early.receive + early.receive / 5);
    CHECK(late.ask <= early.ask + 1);
    sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&watch));
}
