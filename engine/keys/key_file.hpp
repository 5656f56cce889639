#pragma once
// Key slots: one small file beside a replica. Each slot holds the database key, sealed to a key pair that only its passphrase
// yields (Argon2id, then X25519 and XChaCha20-Poly1305), or to the organisation's public key so that a forgotten passphrase loses
// nothing. The database key itself never touches the disk. Public keys stand in the slots, so another database key is given
// to everybody without asking for a passphrase. Where the machine has a secret (machine.hpp), a new slot needs that too.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/secret.hpp"

namespace tefter {

using LockedKey = Secret<32>;                 ///< what the slots hold: the database key
using BoxKey = std::array<std::uint8_t, 32>;  ///< X25519, public
using BoxSecret = Secret<32>;

/// What opening a slot costs. Written in the slot; a slot that asks for less than the floor is refused as forged.
struct SlotCost {
    std::uint64_t passes = 3;
#ifdef __EMSCRIPTEN__
    std::uint64_t memory_bytes = 64U << 20U;  // what a telephone's browser lets a page have
#else
    std::uint64_t memory_bytes = 256U << 20U;
#endif
};
inline constexpr SlotCost slot_floor{3, 64U << 20U};

class KeyFile {
public:
    static KeyFile load(const std::string& path);  ///< throws ErrorKind::not_replica for what is no key file
    /// Whole or not at all, mode 0600, on the disk when it returns.
    void save(const std::string& path) const;

    /// Adds a slot, or replaces the one of that name; bound to machine_secret() where there is one. Throws ErrorKind::refused for an empty
    /// passphrase.
    void lock(const std::string& name, std::string_view passphrase, const LockedKey& key, SlotCost cost = {});
    void seal(const BoxKey& organisation, const LockedKey& key);
    /// Tries every slot. Throws ErrorKind::wrong_key; ErrorKind::refused where all are bound to a machine whose secret is not here.
    LockedKey open(std::string_view passphrase) const { return open_named(passphrase).second; }
    /// With the name of the slot that the passphrase opened.
    std::pair<std::string, LockedKey> open_named(std::string_view passphrase) const;
    LockedKey recover(const BoxKey& organisation, const BoxSecret& secret) const;
    std::vector<std::string> names() const;
    /// False when there is no such slot. Throws ErrorKind::refused for the last one.
    bool remove(const std::string& name);

    /// Every slot holds `fresh` from now on, and `old` is kept behind it until forget_previous(): while files are still being
    /// moved from one to the other. Returns the slots that cannot be told without their passphrase, written by a version
    /// before key pairs; they are taken out. Throws ErrorKind::refused where the recovery slot could not be told.
    std::vector<std::string> replace_key(const LockedKey& old, const LockedKey& fresh);
    bool changing() const { return !previous_.empty(); }
    LockedKey previous(const LockedKey& fresh) const;  ///< throws ErrorKind::wrong_key
    void forget_previous() { previous_.clear(); }

private:
    struct Slot {
        std::string name;
        SlotCost cost;
        std::array<std::uint8_t, 16> salt{};
        std::optional<BoxKey> key;  ///< none: written by the first version, `locked` is a nonce and XChaCha20-Poly1305
        bool of_machine = false;    ///< what the passphrase yields is keyed with the machine's secret
        Bytes locked;
    };
    static Slot read_slot(Reader& in, int version);

    std::vector<Slot> slots_;
    std::optional<BoxKey> organisation_;  ///< none: no recovery slot, or one of the first version
    Bytes sealed_;                        ///< empty: no recovery slot
    Bytes previous_;                      ///< empty: nothing is being changed
};

}  // namespace tefter
