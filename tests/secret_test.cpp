// Where keys are in memory while a replica is open, and that they are nowhere once it is closed.

#include "engine/base/secret.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>

#include "engine/base/crypto.hpp"
#include "engine/keys/key_file.hpp"
#include "tests/offices.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

/// Bytes to look for, kept so that looking for them does not put them into memory.
class Needle {
public:
    explicit Needle(BytesView bytes) {
        for (const std::uint8_t byte : bytes) masked_.push_back(byte ^ mask);
    }
    std::size_t size() const { return masked_.size(); }
    bool at(const std::uint8_t* there) const {
        for (std::size_t i = 0; i < masked_.size(); ++i) {
            if ((there[i] ^ mask) != masked_[i]) return false;
        }
        return true;
    }

private:
    static constexpr std::uint8_t mask = 0x5C;
    Bytes masked_;
};

/// How often it stands in what this process may write to, stacks and guarded pages included.
std::size_t found_in_memory(const Needle& needle) {
    std::ifstream maps("/proc/self/maps");
    const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    REQUIRE(memory >= 0);
    std::vector<std::uint8_t> page(1U << 20U);
    std::size_t count = 0;
    for (std::string line; std::getline(maps, line);) {
        std::istringstream words(line);
        std::uint64_t from = 0, to = 0;
        char dash = 0;
        std::string rights;
        words >> std::hex >> from >> dash >> to >> rights;
        if (rights.substr(0, 2) != "rw") continue;
        while (from + needle.size() <= to) {
            const ssize_t got = ::pread(memory, page.data(), std::min<std::uint64_t>(page.size(), to - from), static_cast<off_t>(from));
            if (got < static_cast<ssize_t>(needle.size())) break;
            const std::size_t last = static_cast<std::size_t>(got) - needle.size();
            for (std::size_t i = 0; i <= last; ++i) count += needle.at(page.data() + i) ? 1 : 0;
            from += last + 1;
        }
    }
    ::close(memory);
    sodium_memzero(page.data(), page.size());
    return count;
}

Needle hexadecimal_of(BytesView key) {
    std::string text = hexadecimal(key);
    Needle out(as_bytes(text));
    sodium_memzero(text.data(), text.size());
    return out;
}

}  // namespace

// A sanitizer maps terabytes for its own use, and keeps what was freed: there is nothing to be learned there.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TEFTER_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TEFTER_SANITIZED
#endif
#endif

TEST_CASE("a closed replica leaves its keys nowhere in memory: that of its file, and the one that it signs with") {
#ifdef TEFTER_SANITIZED
    SKIP("The memory of a sanitizer is not searched.");
#endif
    Folder folder;
    const Catalog catalog = Catalog::parse(test_catalog, "test.json");
    const std::string path = folder.file("replica.db"), slots = folder.file("keys");
    auto key = std::make_unique<DatabaseKey>();
    randombytes_buf(key->data(), key->size());
    const Needle raw(*key), text = hexadecimal_of(*key);
    std::optional<Needle> signing;
    {
        Identity identity;
        identity.device = DeviceNumber{2};
        crypto_sign_keypair(identity.server_key.data(), identity.secret.data());
        signing.emplace(BytesView(identity.secret).first(32));  // the seed; what follows is the public key
        identity.scopes = parse_scopes(catalog, "shared AL");
        Replica::create(path, *key, catalog, identity, JournalMode::rollback);
        KeyFile file;
        file.lock("Tirana", "a passphrase", *key, slot_floor);
        file.save(slots);
    }
    key.reset();
    for (int i = 0; i < 2; ++i) {
        auto replica = std::make_unique<Replica>(path, KeyFile::load(slots).open("a passphrase"), catalog, system_environment(),
                                                 JournalMode::rollback);
        Edit edit;
        edit.table = "person";
        edit.key = {replica->new_id()};
        edit.values = {{"family", "Hoxha"}};
        edit.scope = catalog.find_scope("AL")->number;
        replica->write(0, {&edit, 1});
        const auto reader = replica->open_reader();
        replica->segments_to_send(catalog.find_scope("AL")->number);  // signs
        CHECK(found_in_memory(raw) > 0);                              // so the look finds what is there
        CHECK(found_in_memory(*signing) > 0);
    }
    CHECK(found_in_memory(raw) == 0);
    CHECK(found_in_memory(text) == 0);
    CHECK(found_in_memory(*signing) == 0);
}
