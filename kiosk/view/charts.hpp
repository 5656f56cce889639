#pragma once
// Charts of a few figures, drawn with the theme's colours.

#include "kiosk/view/ui.hpp"

namespace tefter::kiosk {

struct ChartPoint {
    std::string words;  ///< what it is
    double value = 0;
    std::string text;  ///< the value as people read it
};

/// A bar a line, its words before it and its value behind it.
void bar_chart(Ui& ui, const std::vector<ChartPoint>& points);
/// Over time, from left to right.
void line_chart(Ui& ui, const std::vector<ChartPoint>& points);

}  // namespace tefter::kiosk
