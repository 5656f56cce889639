#pragma once
// Names of people across scripts and habits of writing, for finding who may be the same. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace tefter {

/// For lists of people: small Latin letters without diacritics, whatever the script; words apart.
std::string sort_key(std::string_view name);

/// Latin letters for Serbian and Macedonian Cyrillic (Vuk's alphabet; ѓ, ќ, ѕ as đ, ć, dz), small, without diacritics,
/// and with the spellings that one sound has in the region folded together (ç ć č, q ć, dj đ gj xh dž …).
std::string name_key(std::string_view name);

/// Jaro-Winkler similarity (Winkler 1990) of two keys: 0 to 1.
double similarity(std::string_view a, std::string_view b);

struct NamedPerson {
    std::int64_t id = 0;
    std::string family, given, birth, email;
    std::int64_t gender = 0;
};

struct Pair {
    std::int64_t one = 0, other = 0;  ///< lower id first
    double score = 0;                 ///< 0 to 1
    std::vector<std::string> reasons;
};

/// Pairs that may be the same person, best first.
std::vector<Pair> propose_duplicates(const std::vector<NamedPerson>& people, double least_score);

}  // namespace tefter
