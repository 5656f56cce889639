#include "engine/client/passphrase.hpp"

#include <sodium.h>

#include "engine/keys/recovery.hpp"

namespace tefter {

namespace {

/// The name of the slot that a passphrase opens, which it does.
std::string slot_of(const KeyFile& slots, std::string_view passphrase) {
    for (const std::string& name : slots.names()) {
        KeyFile one = slots;
        for (const std::string& other : slots.names()) {
            if (other != name) one.remove(other);
        }
        try {
            LockedKey key = one.open(passphrase);
            sodium_memzero(key.data(), key.size());
            return name;
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::wrong_key) throw;
        }
    }
    throw Error(ErrorKind::wrong_key, "The passphrase opens no slot.");
}

}  // namespace

void change_passphrase(const Home& home, std::string_view old, std::string_view fresh) {
    KeyFile slots = KeyFile::load(home.keys());
    LockedKey key = slots.open(old);
    slots.lock(slot_of(slots, old), fresh, key);
    sodium_memzero(key.data(), key.size());
    slots.save(home.keys());
}

void recover_passphrase(const Home& home, const std::string& recovery_file, std::string_view fresh) {
    const RecoveryKeys organisation(recovery_file);
    KeyFile slots = KeyFile::load(home.keys());
    LockedKey key = organisation.open(slots);
    const std::vector<std::string> names = slots.names();
    slots.lock(names.empty() ? "recovered" : names.front(), fresh, key);
    sodium_memzero(key.data(), key.size());
    slots.save(home.keys());
}

}  // namespace tefter
