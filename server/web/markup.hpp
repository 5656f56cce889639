#pragma once
// HTML and SVG as values. Text becomes markup by being escaped, and there is no other way: what a person typed is shown
// and never run.

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tefter::web {

class Markup {
public:
    Markup() = default;
    /// Escaped.
    template <class T>
    requires std::convertible_to<T, std::string_view> Markup(const T& text)
        : Markup(escaped(text)) {}  // NOLINT(google-explicit-constructor)
    /// For markup that stands in this program's own source.
    static Markup trusted(std::string html) {
        Markup out;
        out.html_ = std::move(html);
        return out;
    }

    Markup& operator+=(const Markup& more) {
        html_ += more.html_;
        return *this;
    }
    friend Markup operator+(Markup a, const Markup& b) { return std::move(a += b); }
    const std::string& html() const { return html_; }
    bool empty() const { return html_.empty(); }

private:
    static Markup escaped(std::string_view text);
    std::string html_;
};

/// An attribute whose value is `absent` is left out; one with an empty value stands alone (`required`).
inline constexpr std::string_view absent{"\0", 1};
using Attributes = std::vector<std::pair<std::string_view, std::string>>;

/// <name attributes>inside</name>, or <name attributes> for the elements that have no inside.
Markup tag(std::string_view name, const Attributes& attributes = {}, const Markup& inside = {});
Markup link(const std::string& address, const Markup& inside, std::string_view style = {});

}  // namespace tefter::web
