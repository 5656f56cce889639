#pragma once
// Figures beside their bars, for people and as JSON.

#include <string>
#include <vector>

namespace tefter::bench {

struct Figure {
    std::string what, unit;
    double measured = 0;
    double bar = 0;  ///< at most; 0: there is none
    bool met() const { return bar == 0 || measured <= bar; }
};

/// The value below which `share` of them are. Reorders; 0 where there are none.
double quantile(std::vector<double>& values, double share);

/// Returns 0 when every bar is met, else 1.
int print(const std::vector<Figure>& figures, bool json);

}  // namespace tefter::bench
