#include "engine/client/passphrase.hpp"

#include "engine/keys/recovery.hpp"

namespace tefter {

void change_passphrase(const Home& home, std::string_view old, std::string_view fresh) {
    KeyFile slots = KeyFile::load(home.keys());
    auto [name, key] = slots.open_named(old);
    slots.lock(name, fresh, key);
    slots.save(home.keys());
}

void recover_passphrase(const Home& home, const std::string& recovery_file, std::string_view fresh) {
    const RecoveryKeys organisation(recovery_file);
    KeyFile slots = KeyFile::load(home.keys());
    LockedKey key = organisation.open(slots);
    const std::vector<std::string> names = slots.names();
    slots.lock(names.empty() ? "recovered" : names.front(), fresh, key);
    slots.save(home.keys());
}

}  // namespace tefter
