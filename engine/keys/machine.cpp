#include "engine/keys/machine.hpp"

#include <sodium.h>

#include <cstdlib>
#include <fstream>

namespace tefter {

namespace {

constexpr std::size_t least_bytes = 32, most_bytes = 4096;

}  // namespace

std::optional<Secret<32>> machine_secret() {
    const char* path = std::getenv(machine_variable);
    if (path == nullptr || *path == '\0') return std::nullopt;
    Secret<most_bytes> bytes;
    std::ifstream in;
    in.rdbuf()->pubsetbuf(nullptr, 0);  // before it is open: no copy of the secret stays in a buffer
    in.open(path, std::ios::binary);
    in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(most_bytes));
    const auto size = static_cast<std::size_t>(in.gcount());
    if (size < least_bytes) {
        throw Error(ErrorKind::usage, "The machine's secret " + std::string(path) + ", which " + machine_variable +
                                          " names, cannot be read or is shorter than 32 bytes.");
    }
    Secret<32> out;
    crypto_generichash(out.data(), out.size(), bytes.data(), size, nullptr, 0);
    return out;
}

}  // namespace tefter
