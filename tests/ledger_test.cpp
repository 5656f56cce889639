// What a store of ledgers has to do, whichever it is.

#include <catch2/catch_test_macros.hpp>

#include "engine/base/crypto.hpp"
#include "tests/central.hpp"

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
    SegmentHeader header;
    header.scope = al;
    header.device = DeviceNumber{5};
    header.first = Sequence{1};
    header.count = 4;
    const Hash id = blake2b(as_bytes("mine"));
    store.within({al}, [&] {
        store.put(al, 2, 1, 4, "of another device");
        store.ledger->append(header, id, as_bytes("mine"));
    });
    CHECK(store.ledger->position_of(al, DeviceNumber{5}, Sequence{4}) == Position{2});
    CHECK_FALSE(store.ledger->position_of(al, DeviceNumber{5}, Sequence{3}));
    CHECK_FALSE(store.ledger->position_of(shared, DeviceNumber{5}, Sequence{4}));
    CHECK(store.ledger->holds(header, id));
    CHECK_FALSE(store.ledger->holds(header, blake2b(as_bytes("yours"))));
    header.count = 3;  // the ledger has a longer segment, none that ends there
    CHECK_FALSE(store.ledger->holds(header, id));
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
