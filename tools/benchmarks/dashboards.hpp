#pragma once
// The bars of the pages that need no browser: figures, the rows behind them, and sheets.

#include <cstdint>
#include <string>

namespace tefter::bench {

struct DashboardOptions {
    std::string folder;             ///< where the register is made, and kept for the next time
    std::int64_t people = 100'000;  ///< with ten attendances each
    int runs = 7;                   ///< of which the median is taken
    bool json = false;
};

/// Measures and prints. Returns 1 when a bar is missed, else 0.
int measure_dashboards(const DashboardOptions& options);

}  // namespace tefter::bench
