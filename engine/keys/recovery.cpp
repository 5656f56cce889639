#include "engine/keys/recovery.hpp"

#include <sodium.h>

#include <fstream>

namespace tefter {

RecoveryKeys::RecoveryKeys(const std::string& path) {
    std::ifstream in(path);
    std::string line;
    const auto read = [&](auto& to, std::size_t at) {
        std::size_t size = 0;
        return sodium_hex2bin(to.data(), to.size(), line.data() + at, 64, nullptr, &size, nullptr) == 0 && size == to.size();
    };
    const bool whole = std::getline(in, line) && line.size() == 128 && read(organisation_, 0) && read(secret_, 64);
    sodium_memzero(line.data(), line.size());
    if (!whole) throw Error(ErrorKind::usage, "The file " + path + " is no recovery file.");
}

}  // namespace tefter
