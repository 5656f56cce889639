// A replica whose every byte of input is given: clock, chance, keys, edits. Machines of another kind must make the same
// segments and digests of it, and be able to go on with the file. Used by tools/cross.
//
// usage: tefter_exchange make|go-on FILE

#include <sodium.h>

#include <iostream>

#include "engine/base/crypto.hpp"
#include "engine/store/verify.hpp"
#include "tests/offices.hpp"

using namespace tefter;

namespace {

/// Bytes that look like chance and are the same everywhere.
Environment given_environment(std::int64_t now_ms) {
    auto drawn = std::make_shared<std::uint64_t>(static_cast<std::uint64_t>(now_ms));
    return {[now_ms] { return now_ms; },
            [drawn](std::span<std::uint8_t> out) {
                std::array<std::uint8_t, randombytes_SEEDBYTES> seed{};
                std::memcpy(seed.data(), &++*drawn, sizeof *drawn);  // both kinds of machine are little-endian
                randombytes_buf_deterministic(out.data(), out.size(), seed.data());
            }};
}

const DatabaseKey key{1, 2, 3};

Identity given_identity() {
    Identity identity;
    identity.device = server_device;  // its own register: its chain needs no other to be checked
    identity.office = "exchange";
    identity.role = Role::server;
    std::array<std::uint8_t, 32> seed{9};
    crypto_sign_seed_keypair(identity.server_key.data(), identity.secret.data(), seed.data());
    identity.scopes = {ScopeNumber{1}, ScopeNumber{2}, ScopeNumber{3}, ScopeNumber{4}};
    return identity;
}

void write_some(Replica& replica, int from, int to) {
    for (int i = from; i < to; ++i) {
        Edit person{EditKind::put, "person", {replica.new_id()}, {}, ScopeNumber{3}, {}};
        person.values = {{"family", "Čavić " + std::to_string(i)},
                         {"given", "Љиљана"},
                         {"birth_date", "19" + std::to_string(50 + i % 50) + "-02-28"},
                         {"position", "Tužilac"},
                         {"grade", i % 9 + 1},
                         {"languages", R"(["sr","en"])"},
                         {"first_seen", std::int64_t{1} << (i % 62)}};
        Edit course{EditKind::put,  "course", {replica.new_id()}, {{"title", "T" + std::to_string(i)}, {"starts_on", "2026-03-16"}},
                    ScopeNumber{2}, {}};
        replica.write(i, std::vector{person, course});
        if (i % 10 == 3) {
            Edit erase{EditKind::erase, "person", person.key, {}, {}, {}};
            replica.write(0, {&erase, 1});
        }
        if (i % 10 == 7) {
            Edit gone{EditKind::remove, "course", course.key, {}, {}, {}};
            replica.write(0, {&gone, 1});
        }
    }
}

void tell(Replica& replica) {
    for (const ScopeState& scope : replica.scopes()) {
        std::cout << "scope " << scope.scope.value << " digest " << scope.digest.hexadecimal() << "\n";
        for (const StoredSegment& segment : replica.segments_to_send(scope.scope)) {
            std::cout << "  segment " << segment.first.value << "-" << segment.last.value << " " << segment.bytes.size() << " bytes "
                      << hexadecimal(blake2b(segment.bytes)) << "\n";
        }
    }
    const Verification checked = verify_replica(replica, {});
    for (const std::string& fault : checked.faults) std::cout << "fault: " << fault << "\n";
    std::cout << checked.rows << " rows and " << checked.segments << " segments verified\n";
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) return 2;
    const bool make = std::string_view(argv[1]) == "make";
    ensure(sodium_init() >= 0, "the cryptographic library starts");
    const Catalog catalog = Catalog::parse(test::test_catalog, "test.json");
    if (make) Replica::create(argv[2], key, catalog, given_identity(), JournalMode::rollback);
    const std::int64_t now_ms = test::Offices::start_ms + (make ? 0 : 86'400'000);
    Replica replica(argv[2], key, catalog, given_environment(now_ms), JournalMode::rollback);
    write_some(replica, make ? 0 : 200, make ? 200 : 300);
    tell(replica);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "tefter_exchange: " << error.what() << "\n";
    return 1;
}
