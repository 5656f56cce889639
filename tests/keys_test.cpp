// Key slots: who opens them, who does not, and what lies on the disk.

#include <sodium.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "engine/keys/key_change.hpp"
#include "engine/keys/key_file.hpp"
#include "engine/keys/machine.hpp"
#include "engine/keys/recovery.hpp"
#include "tests/offices.hpp"
#include "tests/sentence.hpp"

using namespace tefter;
using namespace tefter::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("each officer's passphrase opens the key, a wrong one does not, and the organisation can always recover it") {
    const Folder folder;
    const std::string path = folder.file("keys");
    const LockedKey key{1, 2, 3};
    BoxKey organisation{}, other{};
    BoxSecret secret, other_secret;
    crypto_box_keypair(organisation.data(), secret.data());
    crypto_box_keypair(other.data(), other_secret.data());
    {
        KeyFile file;
        file.lock("arta", "correct horse", key, slot_floor);
        file.lock("ilir", "другa лозинка", key, slot_floor);
        file.seal(organisation, key);
        file.save(path);
    }
    KeyFile file = KeyFile::load(path);
    CHECK(file.open("correct horse") == key);
    CHECK(file.open("другa лозинка") == key);
    CHECK_THROWS_AS(file.open("correct horse "), Error);
    CHECK(file.recover(organisation, secret) == key);
    CHECK_THROWS_AS(file.recover(other, other_secret), Error);
    CHECK(file.remove("arta"));
    CHECK_THROWS_AS(file.open("correct horse"), Error);
    CHECK_THROWS_AS(file.remove("ilir"), Error);
    CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::all) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("a key file that was damaged or made cheap is refused") {
    const Folder folder;
    const std::string path = folder.file("keys");
    KeyFile file;
    file.lock("arta", "correct horse", LockedKey{9}, slot_floor);
    file.save(path);
    std::ifstream in(path, std::ios::binary);
    const std::string good((std::istreambuf_iterator<char>(in)), {});
    const auto refused = [&](const std::string& bytes) {
        std::ofstream(path, std::ios::binary) << bytes;
        CHECK_THROWS_AS(KeyFile::load(path), Error);
    };
    for (std::size_t size = 0; size < good.size(); ++size) refused(good.substr(0, size));
    KeyFile cheap;
    cheap.lock("arta", "correct horse", LockedKey{9}, {3, 8U << 20U});
    cheap.save(path);
    CHECK_THROWS_AS(KeyFile::load(path), Error);
}

TEST_CASE("a slot that is bound to a machine opens there alone, and the organisation recovers it anywhere") {
    const Folder folder;
    const std::string path = folder.file("keys"), here = folder.file("machine"), elsewhere = folder.file("other"),
                      half = folder.file("half");
    std::ofstream(here) << std::string(32, 'h');
    std::ofstream(elsewhere) << std::string(40, 'e');
    std::ofstream(half) << std::string(31, 'h');
    const auto on = [](const std::string& machine) { ::setenv(machine_variable, machine.c_str(), 1); };
    const LockedKey key{1, 2, 3}, fresh{4, 5, 6};
    BoxKey organisation{};
    BoxSecret secret;
    crypto_box_keypair(organisation.data(), secret.data());
    KeyFile file;
    file.lock("old", "from before", key, slot_floor);
    on(here);
    file.lock("arta", "correct horse", key, slot_floor);
    file.seal(organisation, key);
    file.save(path);
    CHECK(KeyFile::load(path).open("correct horse") == key);
    CHECK(KeyFile::load(path).open("from before") == key);
    on(elsewhere);
    CHECK_THROWS_WITH(KeyFile::load(path).open("correct horse"), ContainsSubstring("passphrase is wrong"));
    on("");
    CHECK_THROWS_WITH(KeyFile::load(path).open("correct horse"), ContainsSubstring("passphrase is wrong"));  // one slot could be tried
    CHECK(KeyFile::load(path).open("from before") == key);
    KeyFile bound = KeyFile::load(path);
    CHECK(bound.remove("old"));
    CHECK_THROWS_WITH(bound.open("correct horse"), ContainsSubstring("bound to a machine"));
    CHECK(KeyFile::load(path).recover(organisation, secret) == key);
    // Another key is given to it without its machine.
    CHECK(file.replace_key(key, fresh).empty());
    file.save(path);
    on(here);
    CHECK(KeyFile::load(path).open("correct horse") == fresh);
    on(half);
    CHECK_THROWS_WITH(KeyFile::load(path).open("correct horse"), ContainsSubstring("shorter than 32 bytes"));
    on(folder.file("none"));
    CHECK_THROWS_WITH(KeyFile::load(path).open("correct horse"), ContainsSubstring("cannot be read"));
    ::unsetenv(machine_variable);
}

namespace {

/// A key file as the first version wrote it: each slot holds the key behind what the passphrase yields, and no pair.
Bytes first_key_file(const std::string& passphrase, const LockedKey& key, BytesView sealed = {}) {
    constexpr std::string_view label = "tefter keys 1\n";
    Writer out;
    out.raw(as_bytes(label));
    out.varint(1);
    out.sized(std::string_view("arta"));
    out.varint(slot_floor.passes);
    out.varint(slot_floor.memory_bytes);
    const std::array<std::uint8_t, 16> salt{5};
    out.raw(salt);
    Secret<32> seed;
    REQUIRE(crypto_pwhash(seed.data(), seed.size(), passphrase.data(), passphrase.size(), salt.data(), slot_floor.passes,
                          slot_floor.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) == 0);
    Bytes locked(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + 32 + crypto_aead_xchacha20poly1305_ietf_ABYTES, 9);
    crypto_aead_xchacha20poly1305_ietf_encrypt(locked.data() + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, nullptr, key.data(),
                                               key.size(), reinterpret_cast<const unsigned char*>(label.data()), label.size(), nullptr,
                                               locked.data(), seed.data());
    out.raw(locked);
    out.sized(sealed);
    return out.take();
}

void write(const std::string& path, BytesView bytes) { std::ofstream(path, std::ios::binary) << as_text(bytes); }

}  // namespace

TEST_CASE("a key file of the first version opens, is written anew as it is, and takes no other key without its passphrase") {
    const Folder folder;
    const std::string path = folder.file("keys");
    const LockedKey key{1, 2, 3}, fresh{4, 5, 6};
    write(path, first_key_file("correct horse", key));
    KeyFile file = KeyFile::load(path);
    CHECK(file.open("correct horse") == key);
    CHECK_THAT(sentence_of([&] { file.open("wrong"); }, ErrorKind::wrong_key), ContainsSubstring("passphrase is wrong"));
    file.save(path);
    CHECK(KeyFile::load(path).open("correct horse") == key);
    // Whoever is left out must be given a slot by name.
    KeyFile changed = KeyFile::load(path);
    CHECK(changed.replace_key(key, fresh) == std::vector<std::string>{"arta"});
    CHECK(changed.names().empty());
    CHECK(changed.previous(fresh) == key);
    CHECK_THAT(sentence_of([&] { changed.previous(LockedKey{7}); }, ErrorKind::wrong_key), ContainsSubstring("cannot be opened"));
    KeyFile handed = KeyFile::load(path);  // to who opens it
    CHECK(replace_key(handed, "correct horse", fresh).empty());
    CHECK(handed.open("correct horse") == fresh);
    // Such a file does not say to whom it is sealed.
    write(path, first_key_file("correct horse", key, Bytes(crypto_box_SEALBYTES + 32, 1)));
    KeyFile sealed = KeyFile::load(path);
    CHECK_THAT(sentence_of([&] { sealed.replace_key(key, fresh); }, ErrorKind::refused), ContainsSubstring("older version enrolled"));
    CHECK(sealed.open("correct horse") == key);
}

TEST_CASE("slots that ask for too much, that are too many, or that nobody could use are refused") {
    const Folder folder;
    const std::string path = folder.file("keys");
    KeyFile file;
    CHECK_THAT(sentence_of([&] { KeyFile::load(folder.file("none")); }, ErrorKind::not_replica), ContainsSubstring("There is no key file"));
    CHECK(sentence_of([&] { file.lock("arta", "", LockedKey{9}, slot_floor); }, ErrorKind::refused) == "A passphrase must not be empty.");
    file.lock("arta", "correct horse", LockedKey{9}, slot_floor);
    BoxKey nobody{};
    BoxSecret nobodys;
    crypto_box_keypair(nobody.data(), nobodys.data());
    CHECK_THAT(sentence_of([&] { file.recover(nobody, nobodys); }, ErrorKind::wrong_key), ContainsSubstring("another organisation"));
    file.save(path);
    CHECK_FALSE(file.remove("ilir"));
    const auto slots = [&](std::size_t count, std::uint64_t passes, std::uint64_t memory) {
        Writer out;
        out.raw(as_bytes(std::string_view("tefter keys 2\n")));
        out.varint(count);
        for (std::size_t i = 0; i < count; ++i) {
            out.sized("officer " + std::to_string(i));
            out.varint(passes);
            out.varint(memory);
            out.raw(Bytes(16));
            out.u8(1);
            out.raw(Bytes(32));
            out.raw(Bytes(crypto_box_curve25519xchacha20poly1305_SEALBYTES + 32));
        }
        out.sized(BytesView());
        out.u8(0);
        out.sized(BytesView());
        write(path, out.view());
    };
    const auto with_cost = [&](std::uint64_t passes, std::uint64_t memory) {
        slots(1, passes, memory);
        return sentence_of([&] { KeyFile::load(path); }, ErrorKind::corrupt);
    };
    CHECK_THAT(with_cost(slot_floor.passes, 5ULL << 30U), ContainsSubstring("a cost that Tefter does not use"));
    CHECK_THAT(with_cost(33, slot_floor.memory_bytes), ContainsSubstring("a cost that Tefter does not use"));
    slots(64, slot_floor.passes, slot_floor.memory_bytes);
    KeyFile full = KeyFile::load(path);
    CHECK(sentence_of([&] { full.lock("one more", "x", LockedKey{9}, slot_floor); }, ErrorKind::refused) ==
          "A replica has at most 64 key slots; remove one first.");
    full.lock("officer 63", "y", LockedKey{9}, slot_floor);  // takes the place of the one of that name
    CHECK(full.names().size() == 64);
}

TEST_CASE("a recovery file is one line of two keys, or none") {
    const Folder folder;
    BoxKey organisation{};
    BoxSecret secret;
    crypto_box_keypair(organisation.data(), secret.data());
    KeyFile sealed;
    sealed.seal(organisation, LockedKey{9});
    const std::string path = folder.file("recovery"),
                      keys = hexadecimal(organisation) + hexadecimal(BytesView(secret.data(), secret.size()));
    std::ofstream(path) << keys << "\n";
    CHECK(RecoveryKeys(path).open(sealed) == LockedKey{9});
    std::string first = keys, second = keys;
    first[5] = second[100] = 'x';
    for (const std::string& line : {std::string(), keys.substr(1), keys + "a", first, second}) {
        std::ofstream(path) << line << "\n";
        CHECK(sentence_of([&] { RecoveryKeys{path}; }, ErrorKind::usage) == "The file " + path + " is no recovery file.");
    }
    CHECK_THAT(sentence_of([&] { RecoveryKeys(folder.file("none")); }, ErrorKind::usage), ContainsSubstring("is no recovery file"));
}
