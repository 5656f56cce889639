#include "kiosk/model/strokes.hpp"

namespace tefter::kiosk {

Bytes pack(const Strokes& strokes) {
    Bytes out;
    for (const auto& [x, y] : strokes) {
        for (const std::uint16_t part : {x, y}) {
            out.push_back(static_cast<std::uint8_t>(part & 0xFFU));
            out.push_back(static_cast<std::uint8_t>(part >> 8U));
        }
    }
    return out;
}

}  // namespace tefter::kiosk
