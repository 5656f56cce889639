// What a store of ledgers has to do, whichever it is.

#include <catch2/catch_test_macros.hpp>

#include "engine/base/crypto.hpp"
#include "tests/central.hpp"

#include <sodium.h>

using namespace tefter;
using namespace tefter::test;

namespace {

constexpr ScopeNumber shared{1}, al{3};

struct Store {
    Folder folder;
    Database file{folder.file("ledger.db"), DatabaseKey{1}, OpenMode::create, JournalMode::rollback};
    std::unique_ptr<Ledger> ledger = bare_ledger(file);

    LedgerHead put(ScopeNumber scope, std::uint32_t device, std::uint64_t first, std::uint64_t count, const std::string& bytes) {
        SegmentHeader header;
        header.scope = scope;
        header.device = DeviceNumber{device};
        header.first = Sequence{first};
        header.count = count;
        return ledger->append(header, blake2b(as_bytes(bytes)), as_bytes(bytes));
    }
    template <class Work>
    void within(const std::set<ScopeNumber>& scopes, Work work) {
        ledger->begin(scopes);
        Transaction transaction(file);
        work();
        ledger->commit();
        transaction.commit();
    }
};

struct SealedHere {
    Bytes bytes;
    SegmentHeader header;
    Hash id{};
};

/// Four changesets of device 5.
std::unique_ptr<SealedHere> sealed(const std::string& title, std::vector<Seen> seen, std::uint32_t catalog) {
    PublicKey key{};
    SecretKey secret;
    const std::array<std::uint8_t, crypto_sign_SEEDBYTES> seed{5};
    crypto_sign_seed_keypair(key.data(), secret.data(), seed.data());
    const std::vector<Value> row{Value::integer(1)}, values{Value::text(title)};
    const std::vector<GroupValues> groups{{GroupNumber{1}, values}};
    const std::vector<Change> changes{Change{TableNumber{18}, Op::put, row, {}, groups, nullptr, nullptr}};
    std::vector<Changeset> changesets;
    for (std::int64_t i = 1; i <= 4; ++i) changesets.push_back({Version{i << 20}, 0, changes});
    SealInput input;
    input.header.scope = al;
    input.header.device = DeviceNumber{5};
    input.header.first = Sequence{1};
    input.header.catalog = catalog;
    input.header.seen = std::move(seen);
    input.changesets = changesets;
    auto out = std::make_unique<SealedHere>();
    out->bytes = seal_segment(input, secret).bytes;
    Segment segment;
    decode_segment(out->bytes, segment);
    out->header = segment.header;
    out->id = segment_id(segment.header, segment.signature);
    return out;
}

std::string said(const LedgerEntry& entry) { return std::string(as_text(entry.bytes)); }

}  // namespace

TEST_CASE("a ledger begins at nothing, and each entry is hashed with all before it") {
    Store store;
    CHECK(store.ledger->head(al).position.value == 0);
    CHECK(store.ledger->hash_at(al, Position{0}) == Hash{});
    store.within({shared, al}, [&] {
        CHECK(store.put(al, 2, 1, 3, "one").position.value == 1);
        CHECK(store.put(al, 3, 1, 1, "two").position.value == 2);
        CHECK(store.put(shared, 2, 1, 1, "another ledger").position.value == 1);
    });
    const Hash first = ledger_next(Hash{}, blake2b(as_bytes("one")));
    const Hash second = ledger_next(first, blake2b(as_bytes("two")));
    CHECK(store.ledger->head(al).hash == second);
    CHECK(store.ledger->hash_at(al, Position{1}) == first);
    CHECK(store.ledger->hash_at(al, Position{2}) == second);
    CHECK_FALSE(store.ledger->hash_at(al, Position{3}));
    CHECK(store.ledger->head(shared).position.value == 1);
    CHECK(store.ledger->head(ScopeNumber{4}).position.value == 0);
}

TEST_CASE("entries are read in order, between two positions, at least one and then no more than fits") {
    Store store;
    store.within({al}, [&] {
        for (std::uint64_t i = 1; i <= 600; ++i) store.put(al, 2, i, 1, "entry " + std::to_string(i));
    });
    const auto all = store.ledger->read(al, Position{0}, Position{600}, SIZE_MAX);
    REQUIRE(all.size() == 600);
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(all[i].position.value == i + 1);
        CHECK(said(all[i]) == "entry " + std::to_string(i + 1));
        CHECK(all[i].device.value == 2);
        CHECK((all[i].first.value == i + 1 && all[i].last.value == i + 1));
    }
    const auto some = store.ledger->read(al, Position{10}, Position{20}, SIZE_MAX);
    REQUIRE(some.size() == 10);
    CHECK(said(some.front()) == "entry 11");
    CHECK(store.ledger->read(al, Position{10}, Position{20}, 1).size() == 1);
    CHECK(store.ledger->read(al, Position{10}, Position{600}, 16).size() == 2);  // "entry 11" and "entry 12" have eight bytes each
    CHECK(store.ledger->read(al, Position{600}, Position{600}, SIZE_MAX).empty());
}

TEST_CASE("the segment that ends a chain is found, and is told from another that ends there") {
    Store store;
    const auto mine = sealed("mine", {{DeviceNumber{3}, Sequence{2}}}, 1);
    const auto& header = mine->header;
    store.within({al}, [&] {
        store.put(al, 2, 1, 4, "of another device");
        store.ledger->append(header, mine->id, mine->bytes);
    });
    const auto holds = [&](const std::unique_ptr<SealedHere>& one) { return store.ledger->holds(one->header, one->id, one->bytes); };
    CHECK(store.ledger->position_of(al, DeviceNumber{5}, Sequence{4}) == Position{2});
    CHECK_FALSE(store.ledger->position_of(al, DeviceNumber{5}, Sequence{3}));
    CHECK_FALSE(store.ledger->position_of(shared, DeviceNumber{5}, Sequence{4}));
    CHECK(holds(mine));
    CHECK_FALSE(holds(sealed("yours", {{DeviceNumber{3}, Sequence{2}}}, 1)));
    SegmentHeader shorter = header;
    shorter.count = 3;  // the ledger has a longer segment, none that ends there
    CHECK_FALSE(store.ledger->holds(shorter, mine->id, mine->bytes));

    // Under another seal it is the same, where the one that is here states all that the other one's author had seen.
    CHECK(holds(sealed("mine", {{DeviceNumber{3}, Sequence{2}}}, 2)));
    CHECK(holds(sealed("mine", {{DeviceNumber{3}, Sequence{1}}}, 1)));
    CHECK(holds(sealed("mine", {}, 1)));
    CHECK_FALSE(holds(sealed("mine", {{DeviceNumber{3}, Sequence{3}}}, 1)));
    CHECK_FALSE(holds(sealed("mine", {{DeviceNumber{4}, Sequence{1}}}, 1)));
}

TEST_CASE("a request's number is taken once, and only upwards") {
    Store store;
    const auto take = [&](std::uint32_t device, std::uint64_t counter) {
        bool taken = false;
        store.within({}, [&] { taken = store.ledger->take_counter(DeviceNumber{device}, counter); });
        return taken;
    };
    CHECK(take(2, 1'770'000'000'000));
    CHECK_FALSE(take(2, 1'770'000'000'000));
    CHECK_FALSE(take(2, 5));
    CHECK(take(3, 5));
    CHECK(take(2, 1'770'000'000'001));
    CHECK_FALSE(take(2, UINT64_MAX));
}

TEST_CASE("what a store shares with others is not taken when its work fails") {
    if (!ledgers_are_shared) return;  // the file's own transaction does it
    Store store;
    store.ledger->begin({al});
    store.put(al, 2, 1, 1, "never");
    CHECK(store.ledger->take_counter(DeviceNumber{2}, 7));
    store.ledger->abandon();
    CHECK(store.ledger->head(al).position.value == 0);
    store.within({al}, [&] {
        CHECK(store.ledger->take_counter(DeviceNumber{2}, 7));
        CHECK(store.put(al, 2, 1, 1, "then").position.value == 1);
    });
    CHECK(store.ledger->read(al, Position{0}, Position{1}, SIZE_MAX).size() == 1);
}
