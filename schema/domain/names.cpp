#include "schema/domain/names.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <map>

#include "schema/domain/sheet.hpp"

namespace tefter {

namespace {

const std::map<std::int32_t, const char*>& letters() {
    static const std::map<std::int32_t, const char*> map{
        {U'а', "a"}, {U'б', "b"},  {U'в', "v"},  {U'г', "g"}, {U'д', "d"}, {U'ђ', "dj"}, {U'ѓ', "dj"}, {U'е', "e"},
        {U'ж', "z"}, {U'з', "z"},  {U'ѕ', "z"},  {U'и', "i"}, {U'ј', "j"}, {U'к', "k"},  {U'л', "l"},  {U'љ', "lj"},
        {U'м', "m"}, {U'н', "n"},  {U'њ', "nj"}, {U'о', "o"}, {U'п', "p"}, {U'р', "r"},  {U'с', "s"},  {U'т', "t"},
        {U'ћ', "c"}, {U'ќ', "c"},  {U'у', "u"},  {U'ф', "f"}, {U'х', "h"}, {U'ц', "c"},  {U'ч', "c"},  {U'џ', "dz"},
        {U'ш', "s"}, {U'đ', "dj"}, {U'ç', "c"},  {U'č', "c"}, {U'ć', "c"}, {U'š', "s"},  {U'ž', "z"},  {U'ë', "e"}};
    return map;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
}

}  // namespace

std::string sort_key(std::string_view name) {
    const std::string folded = fold(name);
    std::string out;
    const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(folded.data());
    auto left = static_cast<utf8proc_ssize_t>(folded.size());
    while (left > 0) {
        utf8proc_int32_t letter = 0;
        const utf8proc_ssize_t size = utf8proc_iterate(at, left, &letter);
        if (size <= 0) break;
        at += size;
        left -= size;
        const auto found = letters().find(letter);
        if (found != letters().end()) out += found->second;
        else if (letter < 128 && ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == ' '))
            out += static_cast<char>(letter);
    }
    return out;
}

std::string name_key(std::string_view name) {
    std::string out = sort_key(name);
    std::erase(out, ' ');
    // One sound, several spellings.
    for (const auto& [from, to] : {std::pair{"xh", "dz"},
                                   {"gj", "dj"},
                                   {"dj", "d"},
                                   {"dz", "d"},
                                   {"q", "c"},
                                   {"ch", "c"},
                                   {"sh", "s"},
                                   {"zh", "z"},
                                   {"lj", "l"},
                                   {"ll", "l"},
                                   {"nj", "n"},
                                   {"rr", "r"},
                                   {"th", "t"},
                                   {"dh", "d"},
                                   {"x", "z"},
                                   {"y", "i"},
                                   {"w", "v"},
                                   {"ij", "i"}}) {
        replace_all(out, from, to);
    }
    return out;
}

double similarity(std::string_view a, std::string_view b) {
    if (a == b) return a.empty() ? 0 : 1;
    if (a.empty() || b.empty()) return 0;
    const std::size_t reach = std::max<std::size_t>(1, std::max(a.size(), b.size()) / 2) - 1;
    std::vector<bool> used(b.size(), false);
    std::string from_a, from_b;
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = i > reach ? i - reach : 0; j < std::min(b.size(), i + reach + 1); ++j) {
            if (used[j] || a[i] != b[j]) continue;
            used[j] = true;
            from_a += a[i];
            break;
        }
    }
    for (std::size_t j = 0; j < b.size(); ++j) {
        if (used[j]) from_b += b[j];
    }
    if (from_a.empty()) return 0;
    std::size_t moved = 0;
    for (std::size_t i = 0; i < from_a.size(); ++i) moved += from_a[i] != from_b[i] ? 1 : 0;
    const double matched = static_cast<double>(from_a.size());
    const double jaro = (matched / static_cast<double>(a.size()) + matched / static_cast<double>(b.size()) +
                         (matched - static_cast<double>(moved) / 2) / matched) /
                        3;
    std::size_t prefix = 0;
    while (prefix < 4 && prefix < a.size() && prefix < b.size() && a[prefix] == b[prefix]) ++prefix;
    return jaro + static_cast<double>(prefix) * 0.1 * (1 - jaro);
}

}  // namespace tefter
