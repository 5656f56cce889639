// What a server keeps of its ledgers in memory: it is what the ledgers say, and gone when they say something else.

#include <catch2/catch_test_macros.hpp>

#include "engine/sync/compaction.hpp"
#include "tests/central.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

std::shared_ptr<const FrameCache::Frame> frame_of(std::size_t bytes) {
    return std::make_shared<const FrameCache::Frame>(DeviceNumber{2}, Sequence{1}, Bytes(bytes, 7));
}

constexpr ScopeNumber albania{3};

}  // namespace

TEST_CASE("frames make room for younger ones, and none is kept that is larger than all the room") {
    FrameCache cache(10'000);
    for (std::uint64_t at = 1; at <= 50; ++at) {
        cache.keep(0, albania, Position{at}, frame_of(800));
        CHECK(cache.bytes() <= 10'000);
        CHECK(cache.find(0, albania, Position{at}) != nullptr);
    }
    CHECK(cache.find(0, albania, Position{1}) == nullptr);
    CHECK(cache.find(0, albania, Position{45}) != nullptr);
    CHECK(cache.find(0, ScopeNumber{4}, Position{50}) == nullptr);
    const std::size_t before = cache.bytes();
    cache.keep(0, albania, Position{50}, frame_of(800));
    CHECK(cache.bytes() == before);
    cache.keep(0, albania, Position{51}, frame_of(20'000));
    CHECK(cache.find(0, albania, Position{51}) == nullptr);
    CHECK(cache.find(0, albania, Position{50}) != nullptr);
}

TEST_CASE("frames of before a rewriting are gone with the first who knows of it, and none gets in again") {
    FrameCache cache(10'000);
    cache.keep(4, albania, Position{1}, frame_of(10));
    CHECK(cache.find(4, albania, Position{1}) != nullptr);
    CHECK(cache.find(5, albania, Position{1}) == nullptr);
    CHECK(cache.bytes() == 0);
    cache.keep(4, albania, Position{1}, frame_of(10));  // somebody had read it before
    CHECK(cache.find(4, albania, Position{1}) == nullptr);
    CHECK(cache.find(5, albania, Position{1}) == nullptr);
}

TEST_CASE("an answer out of memory is the answer out of the ledger, after an erasure and a compaction too") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    const std::int64_t id = tirana.person("Hoxha", "Arta");
    tirana.person("Kola", "Besnik");
    central.sync(tirana);

    const auto accepted = [&] { return central.server->accept(ClientSession(durres.replica()).request(), durres.now_ms); };
    const auto streamed = [&](const ServerSession::Answer& answer, FrameCache* cache) {
        Bytes out;
        ServerSession::stream(answer, *central.ledger, cache, [&](BytesView piece) {
            out.insert(out.end(), piece.begin(), piece.end());
            return true;
        });
        return out;
    };
    const ServerSession::Answer answer = accepted();
    const Bytes before = streamed(answer, nullptr);
    for (int i = 0; i < 2; ++i) CHECK(streamed(answer, central.frames.get()) == before);
    const std::size_t kept = central.frames->bytes();
    if (!central.ledger->rewritten()) return;  // what several servers share is read anew each time
    CHECK(kept != 0);

    central.erase("person", {id});
    CHECK(central.ledger->rewritten() == 1);
    const Bytes after = streamed(answer, nullptr);
    CHECK(after != before);
    CHECK(streamed(answer, central.frames.get()) == after);  // though it was promised before

    central.sync(tirana);
    central.sync(durres);
    central.offices["server"].now_ms += 366 * day_ms;
    auto* ledger = dynamic_cast<SqliteLedger*>(central.ledger.get());
    REQUIRE(ledger != nullptr);
    compact(central.offices["server"].replica(), *ledger, central.offices["server"].now_ms, 0);
    CHECK(central.ledger->rewritten() > 1);
    CHECK_THROWS_AS(streamed(answer, central.frames.get()), Error);
}
