#pragma once

#include "engine/base/bytes.hpp"

namespace tefter::kiosk {

/// Gives a PDF to the system's usual printer, without a file in between. Throws ErrorKind::refused when it is not taken.
void print(BytesView pdf);

}  // namespace tefter::kiosk
