#pragma once
// What more than one layer asks of text.

#include <cstdint>
#include <string>
#include <string_view>

namespace tefter {

/// Well-formed UTF-8 (RFC 3629) without NUL bytes.
bool is_clean_utf8(std::string_view text);

/// 2026, 2026-03 or 2026-03-16, and a day that exists.
bool is_date(std::string_view text);

/// 2026-03-16T08:30:00Z
std::string time_text(std::int64_t unix_ms);

}  // namespace tefter
