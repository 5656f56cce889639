#include "server/web/qr.hpp"

#include <qrencode.h>

#include <memory>

#include "engine/base/error.hpp"

namespace tefter::web {

Markup qr_code(const std::string& text, const std::string& title) {
    const std::unique_ptr<QRcode, void (*)(QRcode*)> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), QRcode_free);
    if (!code) throw Error(ErrorKind::internal, "A QR code cannot be drawn.");
    constexpr int margin = 4;  // of light modules, as the standard asks
    std::string path;
    for (int y = 0; y < code->width; ++y) {
        for (int x = 0; x < code->width; ++x) {
            if ((code->data[y * code->width + x] & 1U) == 0) continue;
            path += "M" + std::to_string(x + margin) + " " + std::to_string(y + margin) + "h1v1h-1z";
        }
    }
    const std::string size = std::to_string(code->width + 2 * margin);
    return tag("svg",
               {{"class", "qr"},
                {"role", "img"},
                {"aria-label", title},
                {"viewBox", "0 0 " + size + " " + size},
                {"shape-rendering", "crispEdges"}},
               tag("rect", {{"width", size}, {"height", size}, {"fill", "#ffffff"}}) + tag("path", {{"d", path}, {"fill", "#000000"}}));
}

}  // namespace tefter::web
