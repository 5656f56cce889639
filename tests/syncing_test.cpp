// A sync finds out what the line carries, and gets through in as few requests as that allows.

#include <catch2/catch_test_macros.hpp>

#include <random>

#include "engine/client/syncing.hpp"
#include "engine/sync/compaction.hpp"
#include "tests/central.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

/// What a line carries of a request, and of an answer, before it is cut.
struct Line {
    std::size_t upward = SIZE_MAX, downward = SIZE_MAX;
};

struct OnLine : Central {
    std::vector<std::size_t> sent;    ///< the sizes of all requests
    std::vector<std::string> wanted;  ///< and where they went
    SyncReport report;                ///< of the last sync that came to its end

    /// One try, by a program that is started for it. True when the sync came to its end.
    bool try_on(const Line& line, Office& office) {
        Syncing syncing(office.replica());
        for (;;) {
            const Syncing::Request request = syncing.request();
            sent.push_back(request.body.size());
            wanted.push_back(request.path);
            if (request.body.size() > line.upward) return false;
            Bytes answer = request.path == snapshot_path ? snapshot_for(request.body) : answer_to(request.body);
            answer.resize(std::min(answer.size(), line.downward));
            if (!answer.empty()) syncing.feed(answer);
            try {
                if (syncing.end_answer()) continue;
                report = syncing.report();
                return true;
            } catch (const Error& cut) {
                CHECK(cut.kind() == ErrorKind::network);
                return false;
            }
        }
    }
    std::size_t tries_on(const Line& line, Office& office) {
        for (std::size_t tries = 1; tries < 100; ++tries) {
            if (try_on(line, office)) return tries;
        }
        return 100;
    }
};

/// People whose names do not pack well; the same at every run.
void register_people(Office& office, std::size_t count, std::size_t letters_each = 300) {
    std::mt19937 chance(7);
    const auto letters = [&chance](std::size_t length) {
        std::string out;
        while (out.size() < length) out += static_cast<char>('a' + chance() % 26);
        return out;
    };
    for (std::size_t i = 0; i < count; ++i) office.person(letters(letters_each / 2), letters(letters_each / 2));
}

std::size_t largest(const std::vector<std::size_t>& sizes) { return *std::max_element(sizes.begin(), sizes.end()); }

}  // namespace

TEST_CASE("requests that a line does not carry are halved until it does, and grow again where it carries more") {
    OnLine central;
    Office& tirana = central.office("tirana", "shared AL");
    register_people(tirana, 1000);
    const Line poor{40'000};
    REQUIRE(central.tries_on(poor, tirana) < 8);
    const std::size_t whole = central.sent.front();
    CHECK(whole > 4 * poor.upward);
    CHECK(central.sent.at(1) <= whole / 2 + 2'000);
    CHECK(central.sent.at(2) <= central.sent.at(1) / 2 + 2'000);
    CHECK(tirana.digest() == central.offices["server"].digest());

    // It remembers what the line carried: as much again goes through at the first try.
    register_people(tirana, 200);
    central.sent.clear();
    CHECK(central.tries_on(poor, tirana) == 1);
    CHECK(largest(central.sent) <= poor.upward);
    // What does go through says that more may: over a good line it is soon one request, and stays so.
    central.sent.clear();
    register_people(tirana, 1000);
    CHECK(central.tries_on({}, tirana) == 1);
    CHECK(central.sent.size() > 1);
    CHECK(largest(central.sent) > poor.upward);
    for (int i = 0; i < 5; ++i) {
        central.sent.clear();
        register_people(tirana, 1400, 900);
        CHECK(central.tries_on({}, tirana) == 1);
    }
    CHECK(central.sent.size() == 1);
    CHECK(central.sent.front() > 500'000);
    CHECK(tirana.digest() == central.offices["server"].digest());
}

TEST_CASE("an answer that is cut says nothing of what goes upward") {
    OnLine central;
    Office& tirana = central.office("tirana", "shared AL");
    register_people(tirana, 1000);
    CHECK_FALSE(central.try_on({SIZE_MAX, 100}, tirana));
    register_people(tirana, 1000);
    const std::size_t first = central.sent.front();
    CHECK(central.try_on({}, tirana));
    CHECK(central.sent.at(1) > first);
    CHECK(tirana.digest() == central.offices["server"].digest());
}

TEST_CASE(
    "a replica that two snapshots did not fill is filled segment by segment; one that was compacted past gets its rows in the same sync") {
    OnLine central;
    Office& tirana = central.office("tirana", "shared AL");
    register_people(tirana, 500);
    central.sync(tirana);
    Office& fresh = central.not_filled("shared AL");
    for (int i = 0; i < 2; ++i) CHECK_FALSE(central.try_on({SIZE_MAX, 20'000}, fresh));
    CHECK(central.wanted == std::vector<std::string>(2, std::string(snapshot_path)));
    CHECK(fresh.replica().is_empty());
    CHECK_FALSE(central.try_on({SIZE_MAX, 60'000}, fresh));
    CHECK(central.wanted.back() == sync_path);
    CHECK_FALSE(fresh.replica().is_empty());
    CHECK(central.tries_on({}, fresh) == 1);
    CHECK(fresh.digest() == tirana.digest());

    Office& server = central.offices["server"];
    for (Office* one : {&tirana, &fresh, &server}) one->now_ms += 100 * day_ms;
    register_people(tirana, 500);
    central.sync(tirana);
    central.sync(tirana);  // says that it has read it all
    compact(server.replica(), dynamic_cast<SqliteLedger&>(*central.ledger), server.now_ms, 0);
    fresh.person("Hoxha", "Arta");
    central.wanted.clear();
    CHECK(central.tries_on({}, fresh) == 1);
    CHECK(central.wanted == std::vector<std::string>{std::string(sync_path), std::string(snapshot_path), std::string(sync_path)});
    central.sync(tirana);
    CHECK(fresh.dump() == tirana.dump());
    CHECK(fresh.get("SELECT count(*) FROM person") == "1001");
}

TEST_CASE("a device that was revoked before it was filled is told so, and gets nothing") {
    OnLine central;
    Office& tirana = central.office("tirana", "shared AL");
    register_people(tirana, 10);
    central.sync(tirana);
    Office& fresh = central.not_filled("shared AL");
    central.register_anew(fresh, "revoked_at", Offices::start_ms);
    REQUIRE(central.try_on({}, fresh));
    CHECK(central.wanted == std::vector{std::string(snapshot_path)});
    CHECK(central.report.revoked);
    CHECK(fresh.replica().is_empty());
    CHECK(fresh.get("SELECT count(*) FROM person") == "0");
}
