#include "server/web/markup.hpp"

#include <algorithm>
#include <array>

namespace tefter::web {

namespace {

constexpr std::array<std::string_view, 6> without_inside{"br", "hr", "img", "input", "link", "meta"};

void escape(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            case '\0': break;
            default: out += c;
        }
    }
}

}  // namespace

Markup Markup::escaped(std::string_view text) {
    Markup out;
    out.html_.reserve(text.size());
    escape(out.html_, text);
    return out;
}

Markup tag(std::string_view name, const Attributes& attributes, const Markup& inside) {
    std::string out = "<" + std::string(name);
    for (const auto& [attribute, value] : attributes) {
        if (value == absent) continue;
        (out += ' ') += attribute;
        if (value.empty() && attribute != "value" && attribute != "alt") continue;
        out += "=\"";
        escape(out, value);
        out += '"';
    }
    out += '>';
    if (std::find(without_inside.begin(), without_inside.end(), name) != without_inside.end()) return Markup::trusted(std::move(out));
    out += inside.html();
    ((out += "</") += name) += '>';
    return Markup::trusted(std::move(out));
}

Markup link(const std::string& address, const Markup& inside, std::string_view style) {
    return tag("a", {{"href", address}, {"class", std::string(style.empty() ? absent : style)}}, inside);
}

}  // namespace tefter::web
