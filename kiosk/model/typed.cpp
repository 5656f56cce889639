#include "kiosk/model/typed.hpp"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace tefter::kiosk {

std::optional<double> decimal(const std::string& typed) {
    std::string text;
    for (const char letter : typed) {
        if (letter != ' ') text += letter == ',' ? '.' : letter;
    }
    double out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, std::chars_format::fixed);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(out)) return std::nullopt;
    return out;
}

std::optional<std::int64_t> cents(const std::string& typed) {
    constexpr double most_euro = 1e12;  // far above any budget, far below what a double holds exactly
    const std::optional<double> euro = decimal(typed);
    if (!euro || *euro < 0 || *euro > most_euro) return std::nullopt;
    const double exact = *euro * 100, whole = std::round(exact);
    if (std::abs(exact - whole) > 1e-3) return std::nullopt;
    return static_cast<std::int64_t>(whole);
}

std::string plain(double number) {
    char text[64];
    const auto [end, error] = std::to_chars(text, text + sizeof text, number);
    return error == std::errc() ? std::string(text, end) : std::string();
}

std::string plain_euro(std::int64_t cents) {
    std::string out = std::to_string(cents / 100);
    const std::int64_t rest = cents % 100;
    if (rest != 0) out += (rest < 10 ? ".0" : ".") + std::to_string(rest);
    return out;
}

std::string joined(std::string_view set, std::string_view between) {
    std::string out;
    const nlohmann::json members = nlohmann::json::parse(set, nullptr, false);
    if (!members.is_array()) return out;
    for (const auto& member : members) {
        if (!member.is_string()) continue;
        if (!out.empty()) out += between;
        out += member.get<std::string>();
    }
    return out;
}

OwnedValue value_of(const std::string& text) { return text.empty() ? OwnedValue() : OwnedValue(text); }

std::string trimmed(const std::string& text) {
    const std::size_t from = text.find_first_not_of(" \t\n");
    if (from == std::string::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\n") - from + 1);
}

}  // namespace tefter::kiosk
