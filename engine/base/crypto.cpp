#include "engine/base/crypto.hpp"

#include <sodium.h>

namespace tefter {

Hash blake2b(BytesView message) {
    Hash hash{};
    crypto_generichash(hash.data(), hash.size(), message.data(), message.size(), nullptr, 0);
    return hash;
}

Hasher::Hasher() { crypto_generichash_init(&state_, nullptr, 0, Hash().size()); }

void Hasher::add(BytesView piece) { crypto_generichash_update(&state_, piece.data(), piece.size()); }

Hash Hasher::finish() {
    Hash hash{};
    crypto_generichash_final(&state_, hash.data(), hash.size());
    return hash;
}

Signature sign(const Hash& message, std::span<const std::uint8_t, 64> secret_key) {
    Signature signature{};
    crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_key.data());
    return signature;
}

bool is_signed_by(const PublicKey& key, const Hash& message, std::span<const std::uint8_t, 64> signature) {
    return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0;
}

std::string hexadecimal(BytesView bytes) {
    std::string text(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();
    return text;
}

}  // namespace tefter
