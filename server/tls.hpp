#pragma once
// The server's own TLS key and certificate, and the pin that devices know it by.

#include <array>
#include <cstdint>
#include <string>

namespace tefter {

/// A new P-256 key and a certificate that it signed itself, good for 20 years, as PEM text: devices trust the pin alone.
std::string make_tls_identity();

/// SHA-256 of the SubjectPublicKeyInfo of the first certificate of a PEM file. Throws ErrorKind::disk.
std::array<std::uint8_t, 32> tls_pin(const std::string& pem_file);

}  // namespace tefter
