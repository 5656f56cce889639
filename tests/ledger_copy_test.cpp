// What a server that was broken into can do with ledgers that it may write and sign as it likes, and how an auditor hears of it.

#include "engine/sync/ledger_copy.hpp"

#include <sodium.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "engine/base/file.hpp"
#include "engine/base/limits.hpp"
#include "engine/sync/protocol.hpp"
#include "tests/central.hpp"
#include "tests/sentence.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

/// The server's own ledger, as a burglar writes it: its last entry of the scope is changed, and signed anew with `secret`.
void sign_last_again(Central& central, ScopeNumber scope, const SecretKey& secret,
                     const std::function<void(std::vector<Changeset>&)>& change = {}) {
    Database& database = central.offices["server"].replica().store().database;
    const Position last = central.ledger->head(scope).position;
    const std::vector<LedgerEntry> entries = central.ledger->read(scope, Position{last.value - 1}, last, 1U << 20U);
    REQUIRE(entries.size() == 1);
    Segment segment;
    decode_segment(entries.front().bytes, segment);
    REQUIRE(segment.header.first == Sequence{1});
    std::vector<Changeset> changesets(segment.changesets.begin(), segment.changesets.end());
    if (change) change(changesets);
    SealInput input;
    input.header = segment.header;
    input.previous = chain_start(scope, segment.header.device);
    input.changesets = changesets;
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

/// A copy of the ledgers in a folder, which somebody changes before it is verified.
struct Copy {
    Central& central;
    std::string folder;

    Copy(Central& all, const std::string& name) : central(all), folder(all.offices.folder().file(name)) {
        std::filesystem::create_directory(folder);
        write_ledger_copy(central.offices["server"].replica(), *central.ledger, folder);
    }
    ScopeNumber scope(const std::string& name) const { return central.offices.catalog().find_scope(name)->number; }
    std::string segments(const std::string& of) const { return folder + "/scope-" + std::to_string(scope(of).value); }
    Bytes manifest() const { return read_file(folder + "/copy", 1U << 20U); }
    void put(const std::string& path, BytesView bytes) const {
        NewFile file(path);
        file.write(bytes);
        file.commit();
    }
    /// Each with its length before it and the ledger's hash behind it.
    std::vector<Bytes> entries(const std::string& of) const {
        const Bytes all = read_file(segments(of), 1U << 24U);
        std::vector<Bytes> out;
        for (Reader in{BytesView(all)}; !in.done();) {
            Writer entry;
            entry.sized(in.sized());
            entry.raw(in.raw(32));
            out.push_back(entry.take());
        }
        return out;
    }
    void put_entries(const std::string& of, const std::vector<Bytes>& list) const {
        Bytes all;
        for (const Bytes& entry : list) all.insert(all.end(), entry.begin(), entry.end());
        put(segments(of), all);
    }
    std::vector<std::string> faults(const std::string& earlier = "") const {
        return verify_ledger_copy(folder, earlier, central.offices.catalog(), {}).faults;
    }
    std::string fault(const std::string& earlier = "") const {
        const std::vector<std::string> all = faults(earlier);
        REQUIRE_FALSE(all.empty());
        return all.front();
    }
};

}  // namespace

TEST_CASE("a segment that another device signed is named with its place, though the server signs the end") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& shkoder = central.office("shkoder", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    const ScopeNumber scope = central.offices.catalog().find_scope("AL")->number;
    CHECK(Copy(central, "genuine").faults().empty());
    sign_last_again(central, scope, tirana.replica().identity().secret);
    CHECK(Copy(central, "signed-by-itself").faults().empty());  // so what is noticed below is the signer
    SecretKey own{};
    PublicKey unused{};
    crypto_sign_keypair(unused.data(), own.data());
    for (const SecretKey& other : {shkoder.replica().identity().secret, central.offices["server"].replica().identity().secret, own}) {
        sign_last_again(central, scope, other);
        const std::vector<std::string> faults = Copy(central, "forged-" + hexadecimal(BytesView(other).first(4))).faults();
        REQUIRE(faults.size() == 1);
        CHECK(faults.front().find("scope AL, position 1: the segment was not signed by device 2") != std::string::npos);
    }
}

TEST_CASE("a copy of ledgers that is cut off, too long or none at all is named with its place") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    const Copy copy(central, "copy");
    const std::vector<Bytes> good = copy.entries("AL");
    REQUIRE(good.size() == 1);
    const auto told = [&](const Bytes& bytes) {
        copy.put(copy.segments("AL"), bytes);
        return copy.fault();
    };
    const std::string place = "The ledger of the scope AL, position 1: ";
    CHECK(told({0x80}) == place + "The data is damaged: a length is not whole.");
    CHECK(told({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}) == place + "The data is damaged: a length is not whole.");
    Writer too_long;
    too_long.varint(limits::segment_bytes + 1);
    CHECK(told(too_long.take()) == place + "The data is damaged: it is longer than any segment.");
    CHECK(told(Bytes(good[0].begin(), good[0].end() - 1)) == place + "The data is damaged: it is cut off.");
    CHECK(told({}) == "The ledger of the scope AL ends at position 0, and the server signed that it ends at 1.");
    copy.put_entries("AL", good);
    CHECK(copy.faults().empty());
    const auto verify = [&](const std::string& folder) { verify_ledger_copy(folder, "", central.offices.catalog(), {}); };
    CHECK(sentence_of([&] { verify(central.offices.folder().file("none")); }, ErrorKind::not_replica) ==
          "There is no copy of ledgers in " + central.offices.folder().file("none") + ".");
    copy.put(copy.folder + "/copy", as_bytes("tefter ledger copy 9"));
    CHECK(sentence_of([&] { verify(copy.folder); }, ErrorKind::not_replica) == "The folder " + copy.folder + " holds no copy of ledgers.");
}

TEST_CASE("segments of another scope, without what their author had seen, or of a device that nobody registered are named") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL BA");
    Office& shkoder = central.office("shkoder", "shared regional AL BA");
    tirana.person("Hoxha", "Arta");
    tirana.person("Basha", "Ilir", "BA");
    central.sync(tirana);
    central.sync(shkoder);
    shkoder.person("Leka", "Mira");
    central.sync(shkoder);
    const Copy swapped(central, "swapped");
    swapped.put_entries("AL", swapped.entries("BA"));
    CHECK(swapped.fault() == "The ledger of the scope AL, position 1: the segment is of another scope.");
    const Copy unseen(central, "unseen");
    unseen.put_entries("AL", {unseen.entries("AL").at(1)});
    CHECK(unseen.fault() ==
          "The ledger of the scope AL, position 1: device 3 had seen changeset 1 of device 2, which does not stand before it.");
    const Copy unregistered(central, "unregistered");
    unregistered.put_entries("shared", {});
    const std::vector<std::string> faults = unregistered.faults();
    REQUIRE(faults.size() == 3);
    CHECK(faults[1] == "The ledger of the scope AL, position 1: the register of devices does not name device 2.");
    // A name in the catalog is a convenience: an auditor may have another one.
    const Catalog other =
        Catalog::parse(R"({"name": "other", "number": 1, "scopes": [{"number": 1, "name": "shared"}], "tables": []})", "other.json");
    const auto named = verify_ledger_copy(swapped.folder, "", other, {}).faults;
    REQUIRE_FALSE(named.empty());
    CHECK(named.front().starts_with("The ledger of the scope " + std::to_string(swapped.scope("AL").value) + ", position 1"));
}

TEST_CASE("versions that go back, and a second key for a device, are named though everything is signed as it should be") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    tirana.person("Leka", "Mira");
    central.sync(tirana);
    const ScopeNumber scope = central.offices.catalog().find_scope("AL")->number;
    const SecretKey& secret = tirana.replica().identity().secret;
    sign_last_again(central, scope, secret, [](std::vector<Changeset>& changesets) {
        REQUIRE(changesets.size() == 2);
        std::swap(changesets[0].version, changesets[1].version);
    });
    CHECK(Copy(central, "back").fault() == "The ledger of the scope AL, position 1: the versions of device 2 are out of order.");
    sign_last_again(central, scope, secret, [](std::vector<Changeset>& changesets) {
        std::swap(changesets[0].version, changesets[1].version);  // as it was
        for (Changeset& changeset : changesets) changeset.version = Version{changeset.version.value + 1};
    });
    CHECK(Copy(central, "another's").fault() == "The ledger of the scope AL, position 1: the versions of device 2 are out of order.");
    central.register_anew(tirana, "public_key", Bytes(32, 7));
    CHECK(Copy(central, "second key").fault().ends_with(": device 2 is given another key."));
}

TEST_CASE("an earlier copy shows that a server tells another history, or is another server") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    const Copy earlier(central, "earlier");
    tirana.person("Leka", "Mira");
    central.sync(tirana);
    const Copy later(central, "later");
    CHECK(later.faults(earlier.folder).empty());
    CHECK(earlier.fault(later.folder) == "The ledger of the scope AL ends before position 2, where the earlier copy ended.");
    const Bytes good = earlier.manifest();
    const auto at_of = [&](BytesView part) { return std::search(good.begin(), good.end(), part.begin(), part.end()) - good.begin(); };
    const Bytes entry = earlier.entries("AL").at(0);
    Bytes bad = good;
    bad.at(static_cast<std::size_t>(at_of(BytesView(entry).last(32)))) ^= 1;
    earlier.put(earlier.folder + "/copy", bad);
    CHECK(later.fault(earlier.folder) == "The ledger of the scope AL shows another history up to position 1 than the earlier copy.");
    bad = good;
    bad.at(static_cast<std::size_t>(at_of(central.offices["server"].replica().identity().server_key))) ^= 1;
    earlier.put(earlier.folder + "/copy", bad);
    CHECK(later.fault(earlier.folder) == "The earlier copy is of a server with another key.");
}

TEST_CASE("verifying a long copy tells how far it is, and ends when it is asked to") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    for (int i = 0; i < 101; ++i) {
        tirana.person("Hoxha", std::to_string(i));
        central.sync(tirana);
    }
    const Copy copy(central, "copy");
    std::size_t told = 0;
    const auto verify = [&](bool goes_on) {
        return verify_ledger_copy(copy.folder, "", central.offices.catalog(), [&](const CopyVerification& so_far) {
            told = so_far.segments;
            return goes_on;
        });
    };
    CHECK(verify(true).faults.empty());
    CHECK(told == 100);
    CHECK(sentence_of([&] { verify(false); }, ErrorKind::cancelled) == "Cancelled; nothing was changed.");
    CHECK(verify_ledger_copy(copy.folder, "", central.offices.catalog(), {}).segments >= 101);
}
