#include "engine/base/sealed_box.hpp"

#include <sodium.h>

#include "engine/base/secret.hpp"

namespace tefter {

static_assert(sealing_bytes == crypto_box_SEALBYTES);

Bytes seal_for(const PublicKey& recipient, BytesView message) {
    std::array<std::uint8_t, crypto_box_PUBLICKEYBYTES> box{};
    ensure(crypto_sign_ed25519_pk_to_curve25519(box.data(), recipient.data()) == 0, "a registered key is a point of the curve");
    Bytes sealed(message.size() + sealing_bytes);
    ensure(crypto_box_seal(sealed.data(), message.data(), message.size(), box.data()) == 0, "a message can be sealed");
    return sealed;
}

std::optional<Bytes> open_sealed(std::span<const std::uint8_t, 64> secret_key, BytesView sealed) {
    if (sealed.size() < sealing_bytes) return std::nullopt;
    Secret<crypto_box_SECRETKEYBYTES> secret;
    std::array<std::uint8_t, crypto_box_PUBLICKEYBYTES> box{};
    crypto_sign_ed25519_sk_to_curve25519(secret.data(), secret_key.data());
    crypto_scalarmult_base(box.data(), secret.data());
    Bytes message(sealed.size() - sealing_bytes);
    if (crypto_box_seal_open(message.data(), sealed.data(), sealed.size(), box.data(), secret.data()) != 0) return std::nullopt;
    return message;
}

}  // namespace tefter
