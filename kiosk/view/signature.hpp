#pragma once

#include "kiosk/view/ui.hpp"

namespace tefter::kiosk {

/// A field to write in with a finger, a pen or the mouse.
void signature_pad(Ui& ui, Strokes& strokes);

}  // namespace tefter::kiosk
