#pragma once
// The keyboard on the screen: which keys there are for a language, and what a key does. It is drawn elsewhere.

#include <cstdint>
#include <string>
#include <vector>

#include "schema/texts/texts.hpp"

namespace tefter::kiosk {

struct Key {
    enum class Kind { text, shift, page, script, space, erase, enter, hide };
    Kind kind = Kind::text;
    std::string text;  ///< what it types
    float width = 1;   ///< in keys
    bool lit = false;  ///< shift that is on
};

class Keyboard {
public:
    /// At most `columns` keys a row; long rows of letters flow into the next.
    std::vector<std::vector<Key>> rows(Language language, std::size_t columns) const;
    /// What the key types; empty for those that only change the keyboard, or are for the field: erase, enter, hide.
    std::string press(const Key& key);

    /// Puts the keyboard away until another field is typed in; fields are told apart by a number of the drawing's.
    void hide_for(std::uint32_t field) { hidden_for_ = field; }
    bool hidden_for(std::uint32_t field) const { return field != 0 && hidden_for_ == field; }

private:
    std::uint32_t hidden_for_ = 0;
    bool upper_ = false, figures_ = false, other_script_ = false;
};

}  // namespace tefter::kiosk
