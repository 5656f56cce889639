// What a server that was broken into can do with ledgers that it may write and sign as it likes, and how an auditor hears of it.

#include "engine/sync/ledger_copy.hpp"

#include <sodium.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "tests/central.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

/// The server's own ledger, as a burglar writes it: its last entry of the scope is signed anew with `secret`.
void sign_last_again(Central& central, ScopeNumber scope, const SecretKey& secret) {
    Database& database = central.offices["server"].replica().store().database;
    const Position last = central.ledger->head(scope).position;
    const std::vector<LedgerEntry> entries = central.ledger->read(scope, Position{last.value - 1}, last, 1U << 20U);
    REQUIRE(entries.size() == 1);
    Segment segment;
    decode_segment(entries.front().bytes, segment);
    REQUIRE(segment.header.first == Sequence{1});
    SealInput input;
    input.header = segment.header;
    input.previous = chain_start(scope, segment.header.device);
    input.changesets = segment.changesets;
    input.seed = segment.seed;
    const Sealed forged = seal_segment(input, secret);
    Transaction transaction(database);
    database.prepare("DELETE FROM tefter_ledger WHERE scope = ?1 AND position = ?2")
        .with(std::int64_t{scope.value}, static_cast<std::int64_t>(last.value))
        .run();
    Segment again;
    decode_segment(forged.bytes, again);
    central.ledger->append(again.header, segment_id(again.header, again.signature), forged.bytes);
    transaction.commit();
}

std::vector<std::string> faults_of(Central& central, const std::string& name) {
    const std::string folder = central.offices["server"].path + "-" + name;
    std::filesystem::create_directory(folder);
    write_ledger_copy(central.offices["server"].replica(), *central.ledger, folder);
    return verify_ledger_copy(folder, "", central.offices.catalog(), {}).faults;
}

}  // namespace

TEST_CASE("a segment that another device signed is named with its place, though the server signs the end") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& shkoder = central.office("shkoder", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    const ScopeNumber scope = central.offices.catalog().find_scope("AL")->number;
    CHECK(faults_of(central, "genuine").empty());
    sign_last_again(central, scope, tirana.replica().identity().secret);
    CHECK(faults_of(central, "signed-by-itself").empty());  // so what is noticed below is the signer
    SecretKey own{};
    PublicKey unused{};
    crypto_sign_keypair(unused.data(), own.data());
    for (const SecretKey& other : {shkoder.replica().identity().secret, central.offices["server"].replica().identity().secret, own}) {
        sign_last_again(central, scope, other);
        const std::vector<std::string> faults = faults_of(central, "forged-" + hexadecimal(BytesView(other).first(4)));
        REQUIRE(faults.size() == 1);
        CHECK(faults.front().find("scope AL, position 1: the segment was not signed by device 2") != std::string::npos);
    }
}
