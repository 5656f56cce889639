// Key slots: who opens them, who does not, and what lies on the disk.

#include <sodium.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "engine/keys/key_file.hpp"
#include "engine/keys/machine.hpp"
#include "tests/offices.hpp"

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
