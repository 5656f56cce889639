#pragma once
// A secret of the machine that slots may be bound to beside their passphrase: a folder that is copied elsewhere opens nothing there, whatever
// passphrase is guessed.

#include <optional>

#include "engine/base/secret.hpp"

namespace tefter {

/// Names a file of at least 32 bytes that is not in the device's folder; one that the machine's TPM gives out is best.
inline constexpr const char* machine_variable = "TEFTER_MACHINE_KEY";

/// A hash of that file's bytes; nothing where the variable is not set. Throws ErrorKind::usage for a file that cannot be read or is too short.
std::optional<Secret<32>> machine_secret();

}  // namespace tefter
