#include "server/cluster/sealing.hpp"

#include <sodium.h>

namespace tefter {

namespace {
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(nonce_bytes + tag_bytes == Sealing::overhead);
}  // namespace

Bytes Sealing::seal(BytesView bytes, std::string_view place) const {
    Bytes out(nonce_bytes + bytes.size() + tag_bytes);
    random_(std::span(out).first(nonce_bytes));
    crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + nonce_bytes, nullptr, bytes.data(), bytes.size(), as_bytes(place).data(),
                                               place.size(), nullptr, out.data(), key_.data());
    return out;
}

Bytes Sealing::open(BytesView sealed, std::string_view place) const {
    Bytes out(sealed.size() < nonce_bytes + tag_bytes ? 0 : sealed.size() - nonce_bytes - tag_bytes);
    if (sealed.size() < nonce_bytes + tag_bytes ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, sealed.data() + nonce_bytes, sealed.size() - nonce_bytes,
                                                   as_bytes(place).data(), place.size(), sealed.data(), key_.data()) != 0) {
        throw Error(ErrorKind::corrupt, "What the database of the ledgers holds at " + std::string(place) +
                                            " was not sealed by a server of this set, or was changed there.");
    }
    return out;
}

}  // namespace tefter
