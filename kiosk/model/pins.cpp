#include "kiosk/model/pins.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "engine/base/error.hpp"

namespace tefter::kiosk {

std::vector<std::string> Pins::names() const {
    std::vector<std::string> out;
    for (const auto& [name, hash] : hashes_) out.push_back(name);
    return out;
}

void Pins::keep(const std::string& name, const std::string& hash) {
    hashes_[name] = hash;
    tries_.forget();
}

bool is_pin(std::string_view text) {
    return text.size() >= 4 && text.size() <= 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string hash_of_pin(const std::string& pin) {
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    if (crypto_pwhash_str(hash.data(), pin.data(), pin.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) !=
        0) {
        throw Error(ErrorKind::refused, "There is too little memory to keep a PIN; close other programs.");
    }
    return hash.data();
}

bool pin_fits(const std::string& hash, const std::string& pin) {
    return crypto_pwhash_str_verify(hash.c_str(), pin.data(), pin.size()) == 0;
}

}  // namespace tefter::kiosk
