#include "tests/sim/nonces.hpp"

#define OPENSSL_SUPPRESS_DEPRECATED  // OpenSSL 3 would have a provider for this
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "tests/sim/chance.hpp"

namespace tefter::sim {

namespace {

Chance nonces{0};

int draw(unsigned char* out, int size) {
    while (size > 0) {
        const std::uint64_t word = nonces.next();
        const int some = std::min<int>(size, sizeof word);
        std::memcpy(out, &word, static_cast<std::size_t>(some));
        out += some;
        size -= some;
    }
    return 1;
}

int add(const void*, int, double) { return 1; }

int ready() { return 1; }

const RAND_METHOD of_seed{nullptr, draw, nullptr, add, draw, ready};

}  // namespace

void draw_nonces_from(std::uint64_t seed) {
    nonces = Chance{seed};
    if (RAND_set_rand_method(&of_seed) != 1) throw std::runtime_error("OpenSSL does not take another generator.");
}

}  // namespace tefter::sim
