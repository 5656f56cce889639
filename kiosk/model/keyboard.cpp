#include "kiosk/model/keyboard.hpp"

#include <utf8proc.h>

#include <array>
#include <string_view>
#include <utility>

namespace tefter::kiosk {

namespace {

using Letters = std::array<std::string_view, 3>;

constexpr Letters english{"qwertyuiop", "asdfghjkl", "zxcvbnm"};
constexpr Letters albanian{"qwertzuiopç", "asdfghjklë", "yxcvbnm"};
constexpr Letters south_slavic{"qwertzuiopšđ", "asdfghjklčćž", "yxcvbnm"};
constexpr Letters serbian{"љњертзуиопшђ", "асдфгхјклчћж", "џцвбнм"};
constexpr Letters montenegrin{"qwertzuiopšđ", "asdfghjklčćž", "yxcvbnmśź"};
constexpr Letters macedonian{"љњертѕуиопшѓ", "асдфгхјклчќж", "зџцвбнм"};
constexpr Letters figures{"1234567890", "@#&%+=/\\()", "-_.,;:!?'\"*€"};

/// The letters that a language is written with, and those of the other script of the region.
std::pair<const Letters*, const Letters*> letters_of(Language language) {
    switch (language) {
        case Language::en: return {&english, &serbian};
        case Language::sq: return {&albanian, &serbian};
        case Language::bs: return {&south_slavic, &serbian};
        case Language::cnr: return {&montenegrin, &serbian};
        case Language::sr_latn: return {&south_slavic, &serbian};
        case Language::sr_cyrl: return {&serbian, &south_slavic};
        case Language::mk: return {&macedonian, &english};
    }
    return {&english, &serbian};
}

std::vector<std::string> split(std::string_view letters, bool upper) {
    std::vector<std::string> out;
    const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(letters.data());
    auto left = static_cast<utf8proc_ssize_t>(letters.size());
    while (left > 0) {
        utf8proc_int32_t letter = 0;
        const utf8proc_ssize_t size = utf8proc_iterate(at, left, &letter);
        if (size <= 0) break;
        at += size;
        left -= size;
        utf8proc_uint8_t bytes[4];
        const utf8proc_ssize_t length = utf8proc_encode_char(upper ? utf8proc_toupper(letter) : letter, bytes);
        out.emplace_back(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
    }
    return out;
}

Key key_of(Key::Kind kind, bool lit = false) { return {kind, {}, 1, lit}; }
Key sign(const char* text) { return {Key::Kind::text, text, 1, false}; }

}  // namespace

std::vector<std::vector<Key>> Keyboard::rows(Language language, std::size_t columns) const {
    const auto [own, other] = letters_of(language);
    const Letters& letters = figures_ ? figures : other_script_ ? *other : *own;
    std::vector<std::vector<Key>> out;
    bool flows = false;
    for (const std::string_view row : letters) flows |= split(row, false).size() > columns;
    for (const std::string_view row : letters) {
        if (!flows || out.empty()) out.emplace_back();
        for (std::string& letter : split(row, upper_ && !figures_)) {
            if (out.back().size() == columns) out.emplace_back();
            out.back().push_back({Key::Kind::text, std::move(letter), 1, false});
        }
    }
    std::vector<Key> last{key_of(Key::Kind::shift, upper_),
                          key_of(Key::Kind::page, figures_),
                          key_of(Key::Kind::script, other_script_),
                          sign("@"),
                          {Key::Kind::space, " ", columns > 10 ? 3.0F : 1.0F, false},
                          sign("."),
                          sign("-"),
                          key_of(Key::Kind::erase),
                          key_of(Key::Kind::enter),
                          key_of(Key::Kind::hide)};
    out.push_back(std::move(last));
    if (columns >= out.back().size()) return out;
    const std::vector<Key> below(out.back().begin() + 5, out.back().end());
    out.back().resize(5);
    out.push_back(below);
    return out;
}

std::string Keyboard::press(const Key& key) {
    switch (key.kind) {
        case Key::Kind::shift: upper_ = !upper_; return {};
        case Key::Kind::page: figures_ = !figures_; return {};
        case Key::Kind::script: other_script_ = !other_script_; return {};
        case Key::Kind::text:
        case Key::Kind::space: upper_ = false; return key.text;
        case Key::Kind::erase:
        case Key::Kind::enter:
        case Key::Kind::hide: return {};
    }
    return {};
}

}  // namespace tefter::kiosk
