#pragma once
// What the engine uses of C++20 and libc++ 14 does not have: three-way comparison of strings and vectors, numbers with a
// fraction from text, and the bits of a number. Included before all else.

#include <charconv>
#include <compare>
#include <cstdlib>
#include <string>
#include <vector>

namespace std {

inline strong_ordering operator<=>(const string& left, const string& right) noexcept { return left.compare(right) <=> 0; }

template <class T>
auto operator<=>(const vector<T>& left, const vector<T>& right) -> decltype(left[0] <=> right[0]) {
    const size_t both = left.size() < right.size() ? left.size() : right.size();
    for (size_t i = 0; i < both; ++i) {
        if (const auto order = left[i] <=> right[i]; order != 0) return order;
    }
    return left.size() <=> right.size();
}

/// Takes what strtod takes, in the C locale, which is the only one in a browser.
inline from_chars_result from_chars(const char* first, const char* last, double& value) {
    const string text(first, last);
    char* stop = nullptr;
    const double read = strtod(text.c_str(), &stop);
    if (stop == text.c_str() || text[0] == ' ' || text[0] == '+') return {first, errc::invalid_argument};
    value = read;
    return {first + (stop - text.c_str()), errc{}};
}

template <class To, class From>
constexpr To bit_cast(const From& from) noexcept {
    return __builtin_bit_cast(To, from);
}

}  // namespace std
