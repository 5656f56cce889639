// What an action costs does not grow with what was done before: in steps of SQLite's machine, which no clock decides.

#include <sqlcipher/sqlite3.h>

#include <catch2/catch_test_macros.hpp>

#include "engine/base/file.hpp"
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

std::size_t spent(const std::function<void()>& action) {
    steps = 0;
    action();
    return steps;
}

/// Counts from its making to its end.
struct Counting {
    Counting() { REQUIRE(sqlite3_auto_extension(reinterpret_cast<void (*)()>(&watch)) == SQLITE_OK); }
    ~Counting() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&watch)); }
    Counting(const Counting&) = delete;
    Counting& operator=(const Counting&) = delete;
};

}  // namespace

TEST_CASE("a sync costs as much after four hundred syncs as after fifty") {
    const Counting counting;
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    struct Cost {
        std::size_t write = 0, send = 0, receive = 0, ask = 0;
    };
    const auto day = [&] {
        Cost out;
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
}

TEST_CASE("a request that carries one segment costs as much with three hundred that wait as with three") {
    const Counting counting;
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    std::size_t few = 0, many = 0;
    for (int waiting = 1; waiting <= 300; ++waiting) {
        tirana.person("Hoxha", "Arta");
        tirana.replica().seal_all("sealed", "once more");
        ClientSession client(tirana.replica());
        std::size_t sent = 0;
        const std::size_t cost = spent([&] { sent = client.request(1).size(); });
        CHECK(sent < 1000);
        if (waiting == 3) few = cost;
        many = cost;
    }
    CHECK(few > 1);
    CHECK(many <= few + few / 5);
}

TEST_CASE("people who were registered one after the other and are in conflict share pages, however many conflicts there are") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    std::vector<std::int64_t> people;
    const auto write = [&](Office& office, std::size_t from, std::size_t to, std::size_t step, const char* column, const char* value) {
        std::vector<Edit> edits;
        for (std::size_t i = from; i < to; i += step) {
            Edit& edit = edits.emplace_back();
            edit.table = "person";
            edit.key = {people[i]};
            edit.values = {{column, value}};
            edit.scope = office.replica().identity().scopes.back();
        }
        office.replica().write(0, edits);
    };
    for (int i = 0; i < 4000; ++i) people.push_back(tirana.replica().new_id());
    write(tirana, 0, people.size(), 1, "family", "Hoxha");
    central.sync(tirana);
    central.sync(durres);
    const auto differ = [&](std::size_t from, std::size_t to, std::size_t step) {
        write(durres, from, to, step, "position", "clerk");
        write(tirana, from, to, step, "position", "judge");
        central.sync(tirana);
        const Bytes before = read_file(durres.path, 100'000'000);
        central.sync(durres);
        const Bytes after = read_file(durres.path, 100'000'000);
        std::size_t pages = 0;
        for (std::size_t at = 0; at + 4096 <= after.size(); at += 4096) {
            pages += at + 4096 > before.size() ||
                     !std::equal(after.begin() + static_cast<std::ptrdiff_t>(at), after.begin() + static_cast<std::ptrdiff_t>(at + 4096),
                                 before.begin() + static_cast<std::ptrdiff_t>(at));
        }
        return pages;
    };
    const std::size_t many = differ(0, people.size(), 2);
    CHECK(durres.conflicts() == 2000);
    const std::size_t hundred = differ(1001, 1201, 2);
    CHECK(durres.conflicts() == 2100);
    INFO(many << " pages for 2,000 conflicts, " << hundred << " for a hundred of neighbours");
    CHECK(many > 100);
    CHECK(hundred < 50);
}
