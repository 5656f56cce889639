#pragma once
// What people type, as values: numbers with a point or a comma, with spaces between thousands.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/value.hpp"

namespace tefter::kiosk {

/// Nothing where it is no number. An empty text is none: ask for it first.
std::optional<double> decimal(const std::string& typed);
/// Euro with at most two decimals, not negative, as cents.
std::optional<std::int64_t> cents(const std::string& typed);

/// 12.5, 12: as it is typed again.
std::string plain(double number);
std::string plain_euro(std::int64_t cents);

/// The texts of a set as the catalog keeps it, ["en:B2", "mk:C1"]; empty where it is none.
std::string joined(std::string_view set, std::string_view between);

/// Null where nothing is typed.
OwnedValue value_of(const std::string& text);

/// Without blanks at both ends.
std::string trimmed(const std::string& text);

}  // namespace tefter::kiosk
