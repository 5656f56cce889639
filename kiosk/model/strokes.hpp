#pragma once
// A signature as a few hundred bytes.

#include <utility>
#include <vector>

#include "engine/base/bytes.hpp"

namespace tefter::kiosk {

/// A stroke is a run of points, 0 to 1000 each way; strokes follow one another with a pair of `pen_up` between.
inline constexpr std::uint16_t pen_up = 65535;
using Strokes = std::vector<std::pair<std::uint16_t, std::uint16_t>>;
Bytes pack(const Strokes& strokes);

}  // namespace tefter::kiosk
