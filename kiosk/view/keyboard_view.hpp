#pragma once
// Where the keys of the keyboard on the screen are, and what happens when one is touched.

#include "kiosk/view/ui.hpp"

namespace tefter::kiosk {

struct PlacedKey {
    Key key;
    ImVec2 from, to;
};

/// Empty while the keyboard is not shown: nobody types, it is switched off, or it was put away.
std::vector<PlacedKey> placed_keys(const Ui& ui);

/// How much of the window's lower end the keyboard takes. Takes the touches on it away from whatever would lose the
/// focus by them. Before anything else is drawn.
float take_touches(Ui& ui, const std::vector<PlacedKey>& keys);
void draw_keyboard(const Ui& ui, const std::vector<PlacedKey>& keys);

}  // namespace tefter::kiosk
