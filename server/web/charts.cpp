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

std::string exact(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
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

Markup columns(const Markup& label, const Markup& value, const std::vector<Point>& points) {
    Markup body;
    for (const Point& point : points) {
        Attributes number{{"class", "number strong"}};
        if (point.value) number.emplace_back("data-value", exact(*point.value));
        body += tag("tr", {}, tag("th", {{"scope", "row"}}, point.label) + tag("td", number, point.words));
    }
    const Markup head = tag("tr", {}, tag("th", {{"scope", "col"}}, label) + tag("th", {{"scope", "col"}, {"class", "number"}}, value));
    return tag("table", {{"class", "points"}}, tag("thead", {}, head) + tag("tbody", {}, body));
}

}  // namespace tefter::web
