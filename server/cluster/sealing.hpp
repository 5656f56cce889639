#pragma once
// What lies in a database that the server does not own is sealed: XChaCha20-Poly1305 under a key that only the servers of one set have.

#include <functional>

#include "engine/base/bytes.hpp"
#include "engine/base/secret.hpp"

namespace tefter {

using SharedKey = Secret<32>;

class Sealing {
public:
    /// `random` fills with unpredictable bytes.
    Sealing(const SharedKey& key, std::function<void(std::span<std::uint8_t>)> random) : key_(key), random_(std::move(random)) {}
    static constexpr int overhead = 40;  ///< bytes: a nonce and a tag
    /// `place` names where it lies, so that nobody moves it unseen.
    Bytes seal(BytesView bytes, std::string_view place) const;
    /// Throws ErrorKind::corrupt.
    Bytes open(BytesView sealed, std::string_view place) const;

private:
    SharedKey key_;
    std::function<void(std::span<std::uint8_t>)> random_;
};

}  // namespace tefter
