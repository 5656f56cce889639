#include <dlfcn.h>
#include <malloc.h>
#include <sodium.h>
#include <sqlcipher/sqlite3.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <unordered_set>

#include "engine/store/devices.hpp"
#include "tests/sim/catalogs.hpp"
#include "tests/sim/nonces.hpp"
#include "tests/sim/world.hpp"

// The keys of these worlds are nobody's. SQLCipher locks each in memory when it is derived and unlocks it when it goes, which is what a
// tenth to a fifth of the time would go into; guard pages around those of the engine would take another tenth.
extern "C" int mlock(const void*, std::size_t) noexcept { return 0; }
extern "C" int munlock(const void*, std::size_t) noexcept { return 0; }
extern "C" void* sodium_malloc(std::size_t size) { return std::malloc(size); }
extern "C" void sodium_free(void* bytes) { std::free(bytes); }

// What one device has signed or verified, all others verify too: nearly all signatures are known to be good already.
namespace {

using SignatureSize = unsigned long long;

class GoodSignatures {
public:
    /// What makes up a signature, in one piece.
    static std::string of(const unsigned char* signature, const unsigned char* message, SignatureSize size, const unsigned char* key) {
        std::string all(reinterpret_cast<const char*>(signature), crypto_sign_BYTES);
        return all.append(reinterpret_cast<const char*>(key), crypto_sign_PUBLICKEYBYTES)
            .append(reinterpret_cast<const char*>(message), size);
    }
    bool contains(const std::string& signature) const { return known_.contains(signature); }
    void add(std::string signature) {
        if (known_.size() == 2000) known_.clear();
        known_.insert(std::move(signature));
    }

private:
    std::unordered_set<std::string> known_;
};

GoodSignatures& good_signatures() {
    static GoodSignatures all;
    return all;
}

}  // namespace

extern "C" int crypto_sign_detached(unsigned char* signature, SignatureSize* written, const unsigned char* message, SignatureSize size,
                                    const unsigned char* secret) {
    static const auto sign = reinterpret_cast<decltype(&crypto_sign_detached)>(::dlsym(RTLD_NEXT, "crypto_sign_detached"));
    const int signed_it = sign(signature, written, message, size, secret);
    // The public key is the second half of the secret one.
    const unsigned char* key = secret + crypto_sign_SECRETKEYBYTES - crypto_sign_PUBLICKEYBYTES;
    if (signed_it == 0) good_signatures().add(GoodSignatures::of(signature, message, size, key));
    return signed_it;
}

extern "C" int crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* message, SignatureSize size,
                                           const unsigned char* key) {
    static const auto verify = reinterpret_cast<decltype(&crypto_sign_verify_detached)>(::dlsym(RTLD_NEXT, "crypto_sign_verify_detached"));
    std::string all = GoodSignatures::of(signature, message, size, key);
    if (good_signatures().contains(all)) return 0;
    const int verified = verify(signature, message, size, key);
    if (verified == 0) good_signatures().add(std::move(all));
    return verified;
}

namespace tefter::sim {

namespace {

/// Worlds have one thread, and nobody asks how much memory they take.
const bool sqlite_is_alone =
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK && sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;

/// What a world gives back the next one takes.
const bool memory_stays = mallopt(M_TRIM_THRESHOLD, 256 << 20) == 1 && mallopt(M_TOP_PAD, 16 << 20) == 1;

struct Enrolled {
    std::uint32_t number;
    const char* scopes;
    Role role;
};
constexpr Enrolled enrolled[] = {{2, "shared AL", Role::officer},  {3, "shared AL BA", Role::staff},
                                 {4, "shared AL", Role::officer},  {5, "shared BA", Role::officer},
                                 {6, "shared AL BA", Role::staff}, {7, "shared AL BA", Role::staff},
                                 {8, "shared AL BA", Role::staff}, {Beginning::newcomer, "shared AL BA", Role::staff}};

struct Keys {
    PublicKey open{};
    SecretKey secret{};
};

Keys keys_of(std::uint32_t number) {
    std::array<std::uint8_t, 32> seed{};
    seed[0] = static_cast<std::uint8_t>(number);
    Keys keys;
    crypto_sign_seed_keypair(keys.open.data(), keys.secret.data(), seed.data());
    return keys;
}

Identity identity_of(std::uint32_t number, const Catalog& catalog, const char* scopes, Role role) {
    Identity identity;
    identity.device = DeviceNumber{number};
    identity.secret = keys_of(number).secret;
    identity.server_key = keys_of(1).open;
    identity.office = "office " + std::to_string(number);
    identity.role = role;
    identity.scopes = parse_scopes(catalog, scopes);
    return identity;
}

}  // namespace

Edit Beginning::registration(std::uint32_t number, std::int64_t valid_until_ms) {
    const auto* device =
        std::find_if(std::begin(enrolled), std::end(enrolled), [number](const Enrolled& one) { return one.number == number; });
    const PublicKey open = keys_of(number).open;
    Edit edit;
    edit.table = "device";
    edit.key = {std::int64_t{number}};
    edit.values = {{"public_key", Bytes(open.begin(), open.end())},
                   {"office", "office " + std::to_string(number)},
                   {"role", std::string(to_text(device->role))},
                   {"scopes", device->scopes},
                   {"valid_until", valid_until_ms}};
    return edit;
}

Beginning::Beginning(bool papers)
    : papers_(papers),
      first_(Catalog::parse(catalog_of_release(1, papers), "release 1")),
      next_(Catalog::parse(catalog_of_release(2, papers), "release 2")) {
    testing::MemoryDisk disk("beginning");
    draw_nonces_from(1);
    Chance chance(1);
    Environment environment;
    environment.now_ms = [] { return start_ms; };
    environment.random = [&](std::span<std::uint8_t> out) {
        for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(chance.next());
    };
    {
        Replica::create(disk.path("1.db"), key_, first_, identity_of(1, first_, "shared regional AL BA", Role::server), journal_of(1));
        Replica server(disk.path("1.db"), key_, first_, environment, journal_of(1));
        SqliteLedger ledger(server.store().database);
        ServerSession session(server, ledger);
        model_.add_row();
        for (const Enrolled& device : enrolled) {
            if (device.number == newcomer) continue;
            const Edit edit = registration(device.number, start_ms + registration_ms);
            session.write({&edit, 1});
            ModelWrite write;
            write.scope = shared_scope.value;
            write.device = server_device.value;
            model_.add(registrations_, write);
        }
        for (const Enrolled& device : enrolled) {
            const std::string file = disk.path(std::to_string(device.number) + ".db");
            Replica::create(file, key_, first_, identity_of(device.number, first_, device.scopes, device.role), journal_of(device.number));
            empty_files_[device.number] = disk.content(std::to_string(device.number) + ".db");
            if (device.number == newcomer) continue;
            Replica replica(file, key_, first_, environment, journal_of(device.number));
            SnapshotSession filling(replica);
            const ServerSession::Answer answer = session.accept_snapshot(filling.request(), start_ms);
            ServerSession::stream_snapshot(answer, server.store().database, server, [&](BytesView piece) {
                filling.feed(piece);
                return true;
            });
            filling.finish();
            replica.sweep();  // as each sync ends; the first one makes the tables of files
        }
    }
    for (std::uint32_t number = 1; number <= last_spare; ++number) files_[number] = disk.content(std::to_string(number) + ".db");
}

}  // namespace tefter::sim
