#pragma once
// The server's own TLS key and certificate, and the pin that devices know it by.

#include <array>
#include <cstdint>
#include <string>

struct ssl_ctx_st;

namespace tefter {

/// A new P-256 key and a certificate that it signed itself, good for 20 years, as PEM text: devices trust the pin alone.
std::string make_tls_identity();

/// SHA-256 of the SubjectPublicKeyInfo of the certificate in `pem`. Throws ErrorKind::corrupt.
std::array<std::uint8_t, 32> tls_pin(const std::string& pem);

/// Certificate and key of `pem` into a server's context, TLS 1.2 at least. False when they do not fit.
bool use_tls_identity(ssl_ctx_st& context, const std::string& pem);

}  // namespace tefter
