#pragma once
// Names of people across scripts and habits of writing, for finding who may be the same. Pure.

#include <string>
#include <string_view>

namespace tefter {

/// For lists of people: small Latin letters without diacritics, whatever the script; words apart.
std::string sort_key(std::string_view name);

/// Latin letters for Serbian and Macedonian Cyrillic (Vuk's alphabet; ѓ, ќ, ѕ as đ, ć, dz), small, without diacritics,
/// and with the spellings that one sound has in the region folded together (ç ć č, q ć, dj đ gj xh dž …).
std::string name_key(std::string_view name);

/// Jaro-Winkler similarity (Winkler 1990) of two keys: 0 to 1.
double similarity(std::string_view a, std::string_view b);

}  // namespace tefter
