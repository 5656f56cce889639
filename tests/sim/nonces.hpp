#pragma once
// SQLCipher draws a page's nonce and a file's salt from OpenSSL. In a simulation they come from its seed: the same seed then gives the
// same encrypted bytes, on which a torn page depends; and the operating system's generator was a twelfth of a run.

#include <cstdint>

namespace tefter::sim {

/// From now on OpenSSL's random bytes, in this process, are those of that seed. Never in a program that keeps anything.
void draw_nonces_from(std::uint64_t seed);

}  // namespace tefter::sim
