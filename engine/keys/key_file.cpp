#include "engine/keys/key_file.hpp"

#include <sodium.h>

#include <algorithm>
#include <fstream>

#include "engine/base/file.hpp"

namespace tefter {

namespace {

constexpr std::string_view magic = "tefter keys 1\n";
constexpr std::size_t most_slots = 64;
constexpr std::uint64_t most_passes = 32;
constexpr std::uint64_t most_memory = 4ULL << 30U;

struct Secret32 {  // wiped when it goes
    std::array<std::uint8_t, 32> bytes{};
    ~Secret32() { sodium_memzero(bytes.data(), bytes.size()); }
};

void derive(Secret32& out, std::string_view passphrase, const std::array<std::uint8_t, 16>& salt, SlotCost cost) {
    if (crypto_pwhash(out.bytes.data(), out.bytes.size(), passphrase.data(), passphrase.size(), salt.data(), cost.passes,
                      static_cast<std::size_t>(cost.memory_bytes), crypto_pwhash_ALG_ARGON2ID13) != 0) {
        throw Error(ErrorKind::refused, "There is too little memory to open the key: " + std::to_string(cost.memory_bytes >> 20U) +
                                            " MiB are needed; close other programs.");
    }
}

}  // namespace

KeyFile KeyFile::load(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Error(ErrorKind::not_replica, "There is no key file " + path + "; enrol this device first, or name another replica.");
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    if (!text.starts_with(magic)) {
        throw Error(ErrorKind::not_replica, "The file " + path + " is no key file of this version of Tefter.");
    }
    Reader reader(as_bytes(std::string_view(text).substr(magic.size())));
    KeyFile out;
    out.slots_.resize(reader.count(most_slots));
    for (Slot& slot : out.slots_) {
        slot.name = std::string(as_text(reader.sized()));
        slot.cost = {reader.varint(), reader.varint()};
        slot.salt = reader.fixed<16>();
        slot.nonce = reader.fixed<24>();
        slot.locked = reader.fixed<48>();
        if (slot.cost.passes < slot_floor.passes || slot.cost.memory_bytes < slot_floor.memory_bytes || slot.cost.passes > most_passes ||
            slot.cost.memory_bytes > most_memory) {
            Reader::fail("a key slot asks for a cost that Tefter does not use");
        }
    }
    const BytesView sealed = reader.sized();
    out.sealed_.assign(sealed.begin(), sealed.end());
    if (!reader.done()) Reader::fail("the key file is longer than it says");
    return out;
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
        out.raw(slot.nonce);
        out.raw(slot.locked);
    }
    out.sized(BytesView(sealed_));
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
    randombytes_buf(slot.nonce.data(), slot.nonce.size());
    Secret32 wrapping;
    derive(wrapping, passphrase, slot.salt, cost);
    crypto_aead_xchacha20poly1305_ietf_encrypt(slot.locked.data(), nullptr, key.data(), key.size(),
                                               reinterpret_cast<const unsigned char*>(magic.data()), magic.size(), nullptr,
                                               slot.nonce.data(), wrapping.bytes.data());
    std::erase_if(slots_, [&](const Slot& other) { return other.name == name; });
    if (slots_.size() == most_slots) throw Error(ErrorKind::refused, "A replica has at most 64 key slots; remove one first.");
    slots_.push_back(std::move(slot));
}

void KeyFile::seal(const BoxKey& organisation, const LockedKey& key) {
    sealed_.resize(crypto_box_SEALBYTES + key.size());
    ensure(crypto_box_seal(sealed_.data(), key.data(), key.size(), organisation.data()) == 0, "a key can be sealed");
}

LockedKey KeyFile::open(std::string_view passphrase) const {
    for (const Slot& slot : slots_) {
        Secret32 wrapping;
        derive(wrapping, passphrase, slot.salt, slot.cost);
        LockedKey key{};
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(key.data(), nullptr, nullptr, slot.locked.data(), slot.locked.size(),
                                                       reinterpret_cast<const unsigned char*>(magic.data()), magic.size(),
                                                       slot.nonce.data(), wrapping.bytes.data()) == 0) {
            return key;
        }
    }
    throw Error(ErrorKind::wrong_key, "The passphrase is wrong; try again, or ask the organisation to recover the key.");
}

LockedKey KeyFile::recover(const BoxKey& organisation, const BoxKey& secret) const {
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
