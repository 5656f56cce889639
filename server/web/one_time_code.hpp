#pragma once
// One-time codes of a telephone: RFC 6238 with SHA-1, 30 seconds and six digits, as every such program speaks.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bytes.hpp"

namespace tefter::web {

std::string code_at(BytesView secret, std::int64_t step);
/// The step that the code fits, now or one step off; nothing when it does not.
std::optional<std::int64_t> fitting_step(BytesView secret, std::string_view code, std::int64_t now_ms);
/// RFC 4648 base 32, without padding.
std::string base32(BytesView bytes);
/// What the telephone's program reads from a QR code.
std::string code_address(BytesView secret, const std::string& name);

}  // namespace tefter::web
