#include "engine/keys/key_file.hpp"

#include <sodium.h>

#include <algorithm>
#include <fstream>

#include "engine/base/file.hpp"
#include "engine/keys/machine.hpp"

namespace tefter {

namespace {

constexpr std::string_view first_magic = "tefter keys 1\n";
constexpr std::string_view magic = "tefter keys 2\n";
constexpr std::uint8_t no_pair = 0, pair_of_passphrase = 1, pair_of_machine = 2;  // written in a slot
constexpr std::size_t most_slots = 64;
constexpr std::uint64_t most_passes = 32;
constexpr std::uint64_t most_memory = 4ULL << 30U;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t locked_bytes = nonce_bytes + 32 + crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t sealed_bytes = crypto_box_curve25519xchacha20poly1305_SEALBYTES + 32;

/// One key behind another: a nonce, then XChaCha20-Poly1305.
Bytes lock_behind(const LockedKey& wrapping, const LockedKey& key) {
    Bytes out(locked_bytes);
    randombytes_buf(out.data(), nonce_bytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + nonce_bytes, nullptr, key.data(), key.size(),
                                               reinterpret_cast<const unsigned char*>(magic.data()), magic.size(), nullptr, out.data(),
                                               wrapping.data());
    return out;
}

bool unlock_behind(const LockedKey& wrapping, BytesView locked, std::string_view label, LockedKey& key) {
    return locked.size() == locked_bytes &&
           crypto_aead_xchacha20poly1305_ietf_decrypt(key.data(), nullptr, nullptr, locked.data() + nonce_bytes,
                                                      locked.size() - nonce_bytes, reinterpret_cast<const unsigned char*>(label.data()),
                                                      label.size(), locked.data(), wrapping.data()) == 0;
}

/// The pair of keys that a passphrase yields.
struct Pair {
    BoxKey key{};
    BoxSecret secret;
    explicit Pair(const Secret<32>& seed) { crypto_box_curve25519xchacha20poly1305_seed_keypair(key.data(), secret.data(), seed.data()); }
};

Bytes seal_to(const BoxKey& to, const LockedKey& key) {
    Bytes out(sealed_bytes);
    ensure(crypto_box_curve25519xchacha20poly1305_seal(out.data(), key.data(), key.size(), to.data()) == 0, "a key can be sealed");
    return out;
}

void derive(Secret<32>& out, std::string_view passphrase, const std::array<std::uint8_t, 16>& salt, SlotCost cost) {
    if (crypto_pwhash(out.data(), out.size(), passphrase.data(), passphrase.size(), salt.data(), cost.passes,
                      static_cast<std::size_t>(cost.memory_bytes), crypto_pwhash_ALG_ARGON2ID13) != 0) {
        throw Error(ErrorKind::refused, "There is too little memory to open the key: " + std::to_string(cost.memory_bytes >> 20U) +
                                            " MiB are needed; close other programs.");
    }
}

void key_with(const Secret<32>& machine, Secret<32>& seed) {
    const Secret<32> before = seed;
    crypto_generichash(seed.data(), seed.size(), before.data(), before.size(), machine.data(), machine.size());
}

}  // namespace

KeyFile KeyFile::load(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Error(ErrorKind::not_replica, "There is no key file " + path + "; enrol this device first, or name another replica.");
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const int version = text.starts_with(first_magic) ? 1 : text.starts_with(magic) ? 2 : 0;
    if (version == 0) throw Error(ErrorKind::not_replica, "The file " + path + " is no key file of this version of Tefter.");
    Reader reader(as_bytes(std::string_view(text).substr(magic.size())));
    const auto sized = [&reader] {
        const BytesView bytes = reader.sized();
        return Bytes(bytes.begin(), bytes.end());
    };
    KeyFile out;
    const std::size_t slots = reader.count(most_slots);
    for (std::size_t i = 0; i < slots; ++i) out.slots_.push_back(read_slot(reader, version));
    out.sealed_ = sized();
    if (version > 1) {
        if (reader.u8() != 0) out.organisation_ = reader.fixed<32>();
        out.previous_ = sized();
    }
    if (!reader.done()) Reader::fail("the key file is longer than it says");
    return out;
}

KeyFile::Slot KeyFile::read_slot(Reader& in, int version) {
    Slot slot;
    slot.name = std::string(as_text(in.sized()));
    slot.cost = {in.varint(), in.varint()};
    slot.salt = in.fixed<16>();
    if (const std::uint8_t kind = version > 1 ? in.u8() : no_pair; kind != no_pair) {
        if (kind > pair_of_machine) Reader::fail("a key slot is of a kind that this version does not know");
        slot.of_machine = kind == pair_of_machine;
        slot.key = in.fixed<32>();
    }
    const BytesView locked = in.raw(slot.key ? sealed_bytes : locked_bytes);
    slot.locked.assign(locked.begin(), locked.end());
    if (slot.cost.passes < slot_floor.passes || slot.cost.memory_bytes < slot_floor.memory_bytes || slot.cost.passes > most_passes ||
        slot.cost.memory_bytes > most_memory) {
        Reader::fail("a key slot asks for a cost that Tefter does not use");
    }
    return slot;
}

void KeyFile::save(const std::string& path) const {
    Writer out;
    out.raw(as_bytes(magic));
    out.varint(slots_.size());
    for (const Slot& slot : slots_) {
        out.sized(slot.name);
        out.varint(slot.cost.passes);
        out.varint(slot.cost.memory_bytes);
        out.raw(slot.salt);
        out.u8(!slot.key ? no_pair : slot.of_machine ? pair_of_machine : pair_of_passphrase);
        if (slot.key) out.raw(*slot.key);
        out.raw(slot.locked);
    }
    out.sized(BytesView(sealed_));
    out.u8(organisation_ ? 1 : 0);
    if (organisation_) out.raw(*organisation_);
    out.sized(BytesView(previous_));
    NewFile file(path);
    file.write(out.view());
    file.commit();
}

void KeyFile::lock(const std::string& name, std::string_view passphrase, const LockedKey& key, SlotCost cost) {
    if (passphrase.empty()) throw Error(ErrorKind::refused, "A passphrase must not be empty.");
    Slot slot;
    slot.name = name;
    slot.cost = cost;
    randombytes_buf(slot.salt.data(), slot.salt.size());
    Secret<32> seed;
    derive(seed, passphrase, slot.salt, cost);
    if (const std::optional<Secret<32>> machine = machine_secret()) {
        slot.of_machine = true;
        key_with(*machine, seed);
    }
    slot.key = Pair(seed).key;
    slot.locked = seal_to(*slot.key, key);
    std::erase_if(slots_, [&](const Slot& other) { return other.name == name; });
    if (slots_.size() == most_slots) throw Error(ErrorKind::refused, "A replica has at most 64 key slots; remove one first.");
    slots_.push_back(std::move(slot));
}

void KeyFile::seal(const BoxKey& organisation, const LockedKey& key) {
    organisation_ = organisation;
    sealed_.resize(crypto_box_SEALBYTES + key.size());
    ensure(crypto_box_seal(sealed_.data(), key.data(), key.size(), organisation.data()) == 0, "a key can be sealed");
}

std::pair<std::string, LockedKey> KeyFile::open_named(std::string_view passphrase) const {
    const std::optional<Secret<32>> machine = machine_secret();
    bool any_tried = slots_.empty();
    for (const Slot& slot : slots_) {
        if (slot.of_machine && !machine) continue;
        any_tried = true;
        Secret<32> seed;
        derive(seed, passphrase, slot.salt, slot.cost);
        if (slot.of_machine) key_with(*machine, seed);
        LockedKey key{};
        if (slot.key) {
            const Pair pair(seed);
            if (pair.key == *slot.key &&
                crypto_box_curve25519xchacha20poly1305_seal_open(key.data(), slot.locked.data(), slot.locked.size(), pair.key.data(),
                                                                 pair.secret.data()) == 0) {
                return {slot.name, key};
            }
        } else if (unlock_behind(seed, slot.locked, first_magic, key)) {
            return {slot.name, key};
        }
    }
    if (!any_tried) {
        throw Error(ErrorKind::refused, std::string("This key is bound to a machine whose secret is not here; name its file in ") +
                                            machine_variable + ", or recover the key with the organisation's file.");
    }
    throw Error(ErrorKind::wrong_key, "The passphrase is wrong; try again, or ask the organisation to recover the key.");
}

std::vector<std::string> KeyFile::replace_key(const LockedKey& old, const LockedKey& fresh) {
    if (!sealed_.empty() && !organisation_) {
        throw Error(
            ErrorKind::refused,
            "The organisation's key is not known here, since an older version enrolled this device; enrol it again to give it new keys.");
    }
    std::vector<std::string> left_out;
    for (Slot& slot : slots_) {
        if (slot.key) slot.locked = seal_to(*slot.key, fresh);
        else left_out.push_back(slot.name);
    }
    std::erase_if(slots_, [](const Slot& slot) { return !slot.key; });
    if (organisation_) seal(*organisation_, fresh);
    previous_ = lock_behind(fresh, old);
    return left_out;
}

LockedKey KeyFile::previous(const LockedKey& fresh) const {
    LockedKey old{};
    if (!unlock_behind(fresh, previous_, magic, old)) throw Error(ErrorKind::wrong_key, "The key before the last change cannot be opened.");
    return old;
}

LockedKey KeyFile::recover(const BoxKey& organisation, const BoxSecret& secret) const {
    LockedKey key{};
    if (sealed_.size() != crypto_box_SEALBYTES + key.size() ||
        crypto_box_seal_open(key.data(), sealed_.data(), sealed_.size(), organisation.data(), secret.data()) != 0) {
        throw Error(ErrorKind::wrong_key, "The recovery key does not open this replica; it belongs to another organisation.");
    }
    return key;
}

std::vector<std::string> KeyFile::names() const {
    std::vector<std::string> out;
    for (const Slot& slot : slots_) out.push_back(slot.name);
    return out;
}

bool KeyFile::remove(const std::string& name) {
    const bool present = std::any_of(slots_.begin(), slots_.end(), [&](const Slot& slot) { return slot.name == name; });
    if (!present) return false;
    if (slots_.size() == 1) throw Error(ErrorKind::refused, "This is the last key slot; without it nobody could open the replica.");
    std::erase_if(slots_, [&](const Slot& slot) { return slot.name == name; });
    return true;
}

}  // namespace tefter
