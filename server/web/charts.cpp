#include "server/web/charts.hpp"

#include <algorithm>
#include <cstdio>

namespace tefter::web {

namespace {

std::string fixed(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

Markup rectangle(std::string_view style, double x, double y, double width, double height, double round) {
    return tag("rect", {{"class", std::string(style)},
                        {"x", fixed(x)},
                        {"y", fixed(y)},
                        {"width", fixed(width)},
                        {"height", fixed(height)},
                        {"rx", fixed(round)}});
}

Markup bar_of(double share, std::string_view style) {
    return tag(
        "svg",
        {{"class", "bar"}, {"viewBox", "0 0 100 8"}, {"preserveAspectRatio", "none"}, {"aria-hidden", "true"}, {"focusable", "false"}},
        rectangle("track", 0, 0, 100, 8, 0) + rectangle(style, 0, 0, std::clamp(share, 0.0, 1.0) * 100, 8, 0));
}

}  // namespace

Markup bars(const Visit&, const std::string& caption, const Markup& label, const Markup& value, const std::vector<Bar>& rows) {
    double most = 0;
    for (const Bar& row : rows) most = std::max(most, row.value.value_or(0));
    Markup body;
    for (const Bar& row : rows) {
        body += tag("tr", {},
                    tag("th", {{"scope", "row"}}, row.label) +
                        tag("td", {{"class", "bar-cell"}}, most > 0 ? bar_of(row.value.value_or(0) / most, "fill") : Markup()) +
                        tag("td", {{"class", "number strong"}}, row.words));
    }
    const Markup head =
        tag("tr", {}, tag("th", {{"scope", "col"}}, label) + tag("td", {}) + tag("th", {{"scope", "col"}, {"class", "number"}}, value));
    return tag("div", {{"class", "plain"}},
               tag("table", {{"class", "bars"}},
                   tag("caption", {{"class", "unseen"}}, caption) + tag("thead", {{"class", "unseen"}}, head) + tag("tbody", {}, body)));
}

Markup spark(const std::vector<double>& values) {
    if (values.size() < 2 || std::all_of(values.begin(), values.end(), [](double value) { return value == 0; })) return {};
    const double most = std::max(1e-9, *std::max_element(values.begin(), values.end()));
    std::string line;
    for (std::size_t i = 0; i < values.size(); ++i) {
        line += (i == 0 ? "M" : "L") + fixed(2 + 96 * static_cast<double>(i) / static_cast<double>(values.size() - 1)) + " " +
                fixed(36 - 32 * values[i] / most);
    }
    return tag(
        "svg",
        {{"class", "spark"}, {"viewBox", "0 0 100 40"}, {"preserveAspectRatio", "none"}, {"aria-hidden", "true"}, {"focusable", "false"}},
        tag("path", {{"class", "area"}, {"d", line + "L98 40L2 40Z"}}) + tag("path", {{"class", "stroke"}, {"d", line}}));
}

Markup progress(double share) { return bar_of(share, share >= 1 ? "fill met" : "fill"); }

Markup columns(const std::string& title, const std::vector<Point>& points) {
    constexpr double height = 180, top = 24, step_least = 56;
    const double width = std::max(320.0, step_least * static_cast<double>(points.size()));
    const double step = width / static_cast<double>(std::max<std::size_t>(points.size(), 1));
    double most = 1e-9;
    for (const Point& point : points) most = std::max(most, point.value.value_or(0));
    Markup inside = tag("line", {{"class", "grid-line"}, {"x1", "0"}, {"x2", fixed(width)}, {"y1", fixed(height)}, {"y2", fixed(height)}});
    std::string said = title + ":";
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double tall = points[i].value.value_or(0) / most * (height - top);
        const double middle = step * (static_cast<double>(i) + 0.5), wide = std::min(48.0, step * 0.6);
        inside += rectangle("fill", middle - wide / 2, height - tall, wide, tall, std::min(4.0, tall / 2));
        inside += tag("text", {{"class", "value-label"}, {"x", fixed(middle)}, {"y", fixed(height - tall - 7)}, {"text-anchor", "middle"}},
                      points[i].words);
        inside += tag("text", {{"x", fixed(middle)}, {"y", fixed(height + 18)}, {"text-anchor", "middle"}}, points[i].label);
        said += " " + points[i].label + " " + points[i].words + ",";
    }
    said.pop_back();
    return tag("svg", {{"class", "chart"}, {"viewBox", "0 0 " + fixed(width) + " 205"}, {"role", "img"}, {"aria-label", said}}, inside);
}

}  // namespace tefter::web
