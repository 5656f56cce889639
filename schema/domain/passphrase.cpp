#include "schema/domain/passphrase.hpp"

#include <sodium.h>
#include <zxcvbn.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "engine/base/error.hpp"

namespace tefter {

namespace {

constexpr std::size_t looked_at = 64;                       // the time that it takes grows with the square
constexpr std::array<double, 3> bits_of_level{30, 45, 60};  // a guess takes half a second of a device, and less of who has many

}  // namespace

int strength_of(std::string_view passphrase, const std::vector<std::string>& about) {
    if (passphrase.empty()) return 0;
    std::string text(passphrase.substr(0, looked_at));
    std::vector<std::string> known{"tefter"};
    for (const std::string& one : about) {
        known.push_back(one);
        std::istringstream parts(one);
        for (std::string part; parts >> part;) {
            std::transform(part.begin(), part.end(), part.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
            known.push_back(part);  // the library looks for small letters, and finds capital ones too
        }
    }
    std::vector<const char*> words;
    for (const std::string& word : known) words.push_back(word.c_str());
    words.push_back(nullptr);
    const double bits = ZxcvbnMatch(text.c_str(), words.data(), nullptr);
    sodium_memzero(text.data(), text.size());
    return 1 + static_cast<int>(std::ranges::count_if(bits_of_level, [&](double least) { return bits >= least; }));
}

PassphraseFault fault_of(std::string_view passphrase, std::size_t least, const std::vector<std::string>& about) {
    if (passphrase.size() < least) return PassphraseFault::short_one;
    if (passphrase.size() > longest_passphrase) return PassphraseFault::long_one;
    return strength_of(passphrase, about) < 2 ? PassphraseFault::easy : PassphraseFault::none;
}

void check_new_passphrase(std::string_view passphrase, std::size_t least, const std::vector<std::string>& about) {
    switch (fault_of(passphrase, least, about)) {
        case PassphraseFault::none: return;
        case PassphraseFault::easy:
            throw Error(ErrorKind::usage,
                        "This passphrase is easy to guess; take four words that have nothing to do with each other, nor with you.");
        default:
            throw Error(ErrorKind::usage, "A passphrase has at least " + std::to_string(least) + " letters, and at most " +
                                              std::to_string(longest_passphrase) + ".");
    }
}

}  // namespace tefter
