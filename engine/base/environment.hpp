#pragma once
// What the engine does not make itself: time and chance. Passed in, so that a simulation can play them.

#include <cstdint>
#include <functional>
#include <span>

namespace tefter {

struct Environment {
    std::function<std::int64_t()> now_ms;                 ///< Unix milliseconds; may jump either way
    std::function<void(std::span<std::uint8_t>)> random;  ///< fills with unpredictable bytes
};

/// The system's clock and libsodium's generator. Throws ErrorKind::internal when the library cannot start.
Environment system_environment();

}  // namespace tefter
