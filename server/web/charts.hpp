#pragma once
// Figures as tables, which are there before any script, in print and for a screen reader; small marks in them drawn by the server;
// and charts, which Chart.js draws from the tables (assets/charts.js).

#include <optional>
#include <string>
#include <vector>

#include "server/web/visit.hpp"

namespace tefter::web {

struct Bar {
    Markup label;
    std::optional<double> value;  ///< nothing: masked, or there is none
    Markup words;                 ///< the value as people read it
};
/// A table whose rows carry a bar: what it says does not hang on the picture.
Markup bars(const Visit& visit, const std::string& caption, const Markup& label, const Markup& value, const std::vector<Bar>& rows);

/// A line without axes, for a card. Nothing for fewer than two values, or where all are zero.
Markup spark(const std::vector<double>& values);

/// How far a value is on its way to a target, as a line.
Markup progress(double share);

struct Point {
    std::string label;
    std::optional<double> value;
    std::string words;
};
/// A table that is drawn as columns side by side; in a section that has an empty `.drawing`.
Markup columns(const Markup& label, const Markup& value, const std::vector<Point>& points);

}  // namespace tefter::web
