#include "tools/benchmarks/figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

namespace tefter::bench {

double quantile(std::vector<double>& values, double share) {
    if (values.empty()) return 0;
    const std::ptrdiff_t at = std::lround(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

int print(const std::vector<Figure>& figures, bool json) {
    if (json) {
        nlohmann::json out = nlohmann::json::array();
        for (const Figure& one : figures) {
            nlohmann::json line{{"what", one.what}, {"measured", one.measured}, {"unit", one.unit}};
            if (one.bar > 0) line.update({{"bar", one.bar}, {"met", one.met()}});
            out.push_back(std::move(line));
        }
        std::cout << out.dump(1) << "\n";
    } else {
        for (const Figure& one : figures) {
            std::printf("%-62s %10.2f %-3s", one.what.c_str(), one.measured, one.unit.c_str());
            if (one.bar > 0) std::printf("  at most %7.2f  %s", one.bar, one.met() ? "met" : "MISSED");
            std::printf("\n");
        }
    }
    return std::all_of(figures.begin(), figures.end(), [](const Figure& one) { return one.met(); }) ? 0 : 1;
}

}  // namespace tefter::bench
