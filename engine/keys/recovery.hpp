#pragma once
// The organisation's pair of keys for forgotten passphrases: the one line of its recovery file.

#include "engine/keys/key_file.hpp"

namespace tefter {

class RecoveryKeys {
public:
    explicit RecoveryKeys(const std::string& path);  ///< throws ErrorKind::usage for what is no recovery file

    /// The key that the slots hold. Throws ErrorKind::wrong_key for another organisation's.
    LockedKey open(const KeyFile& slots) const { return slots.recover(organisation_, secret_); }

private:
    BoxKey organisation_{};
    BoxSecret secret_;
};

}  // namespace tefter
