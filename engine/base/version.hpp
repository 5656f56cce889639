#pragma once
// A version orders all writes of the whole system: one positive 64-bit integer, compared with <.
//
//     41 bits milliseconds since 2020-01-01 UTC | 4 bits counter | 18 bits device number
//
// Source: hybrid logical clocks, Kulkarni et al., 2014; the counter borrows from the next millisecond.

#include <algorithm>

#include "engine/base/types.hpp"

namespace tefter {

inline constexpr std::int64_t version_epoch_ms = 1'577'836'800'000;  ///< 2020-01-01T00:00:00Z in Unix ms
inline constexpr unsigned version_counter_bits = 4;
/// The latest wall time that a version takes, a year before its bits end in 2089: a clock beyond it has all of that year's ticks left.
inline constexpr std::int64_t latest_wall_ms = version_epoch_ms + (std::int64_t{1} << 41U) - 366LL * 86'400'000;
inline constexpr unsigned version_tick_shift = device_bits;  ///< a tick is milliseconds << 4 | counter

struct Version {
    std::int64_t value = 0;  ///< 0 means "no version"

    static constexpr Version from_tick(std::int64_t tick, DeviceNumber device) {
        return Version{(tick << version_tick_shift) | static_cast<std::int64_t>(device.value)};
    }
    constexpr std::int64_t tick() const { return value >> version_tick_shift; }
    constexpr DeviceNumber device() const {
        return DeviceNumber{static_cast<std::uint32_t>(value & static_cast<std::int64_t>(max_device_number))};
    }
    constexpr std::int64_t unix_ms() const { return (tick() >> version_counter_bits) + version_epoch_ms; }
    constexpr bool none() const { return value == 0; }
    friend constexpr auto operator<=>(const Version&, const Version&) = default;
};

/// The clock of one device. Not thread-safe: it lives inside the writer's transaction.
class HybridClock {
public:
    HybridClock(DeviceNumber device, Version last) : device_(device), last_tick_(last.tick()) {}

    /// A version above every version seen, at `now_ms` (Unix ms) where the wall clock allows it.
    Version next(std::int64_t now_ms) {
        const std::int64_t wall = wall_tick(now_ms);
        last_tick_ = wall > last_tick_ ? wall : last_tick_ + 1;
        return Version::from_tick(last_tick_, device_);
    }
    /// What others wrote raises the clock; it never goes back.
    void saw(Version version) {
        if (version.tick() > last_tick_) last_tick_ = version.tick();
    }
    Version last() const { return Version::from_tick(last_tick_, device_); }

    static std::int64_t wall_tick(std::int64_t now_ms) {
        return (std::clamp(now_ms, version_epoch_ms, latest_wall_ms) - version_epoch_ms) << version_counter_bits;
    }

private:
    DeviceNumber device_;
    std::int64_t last_tick_;
};

}  // namespace tefter
