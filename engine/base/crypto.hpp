#pragma once
// The few things of libsodium that every layer asks for: one hash, one signature, hexadecimal text.

#include <sodium/crypto_generichash.h>

#include <string>

#include "engine/base/bytes.hpp"

namespace tefter {

Hash blake2b(BytesView message);  ///< BLAKE2b-256, without a key

/// The same, of what comes in pieces. A copy goes on by itself.
class Hasher {
public:
    Hasher();
    void add(BytesView piece);
    Hash finish();

private:
    crypto_generichash_state state_;
};

/// Ed25519 over a hash.
Signature sign(const Hash& message, std::span<const std::uint8_t, 64> secret_key);
bool is_signed_by(const PublicKey& key, const Hash& message, std::span<const std::uint8_t, 64> signature);

std::string hexadecimal(BytesView bytes);  ///< small letters

}  // namespace tefter
