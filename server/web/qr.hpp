#pragma once
// A QR code as SVG.

#include <string>

#include "server/web/markup.hpp"

namespace tefter::web {

/// `title` is what a screen reader says. Throws ErrorKind::internal for what does not fit.
Markup qr_code(const std::string& text, const std::string& title);

}  // namespace tefter::web
