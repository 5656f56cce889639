#pragma once
// Bytes for one device's eyes: sealed to its Ed25519 key, as the register of devices has it (libsodium's sealed box on the
// same key's X25519 form). Who sealed them is not told.

#include <optional>

#include "engine/base/bytes.hpp"

namespace tefter {

inline constexpr std::size_t sealing_bytes = 48;  ///< that sealing adds

Bytes seal_for(const PublicKey& recipient, BytesView message);
/// Nothing where it was sealed for another, or is damaged.
std::optional<Bytes> open_sealed(std::span<const std::uint8_t, 64> secret_key, BytesView sealed);

}  // namespace tefter
