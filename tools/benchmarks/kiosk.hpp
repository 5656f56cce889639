#pragma once
// The bars of the kiosk: a replica of the size that an office never reaches, one thread drawing in software.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/catalog/catalog.hpp"
#include "tools/benchmarks/figures.hpp"

namespace tefter::bench {

struct KioskOptions {
    std::string folder;
    std::int64_t people = 100'000;  ///< with ten attendances each
    std::uint64_t seed = 1;
    bool json = false;
};

inline constexpr const char* kiosk_passphrase = "a passphrase for measuring";

/// Makes the replica, unless it lies there from an earlier time.
void make_kiosk_data(const KioskOptions& options, const Catalog& catalog);

/// What needs no window: unlocking, searching, checking in.
std::vector<Figure> measure_models(const KioskOptions& options, const Catalog& catalog);

/// What does: the real program on a display without a screen (Xvfb, software rendering), driven by xdotool. Nothing where
/// these are not installed.
std::vector<Figure> measure_window(const KioskOptions& options);

/// All of it, printed. Returns the exit code.
int measure_kiosk(const KioskOptions& options);

}  // namespace tefter::bench
