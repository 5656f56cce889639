#include "server/web/one_time_code.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <array>

#include "server/web/message.hpp"

namespace tefter::web {

namespace {
constexpr std::int64_t step_ms = 30'000;
}

std::string code_at(BytesView secret, std::int64_t step) {
    std::array<std::uint8_t, 8> counter{};
    for (std::size_t i = 0; i < 8; ++i) counter[7 - i] = static_cast<std::uint8_t>(step >> (8 * i));
    std::array<std::uint8_t, 20> mac{};
    unsigned int size = 0;
    HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), mac.data(), &size);
    ensure(size == mac.size(), "OpenSSL knows SHA-1");
    const std::size_t at = mac[19] & 15U;
    const std::uint32_t number = (std::uint32_t{mac[at]} & 0x7FU) << 24U | std::uint32_t{mac[at + 1]} << 16U |
                                 std::uint32_t{mac[at + 2]} << 8U | std::uint32_t{mac[at + 3]};
    std::string digits = std::to_string(number % 1'000'000);
    return std::string(6 - digits.size(), '0') + digits;
}

std::optional<std::int64_t> fitting_step(BytesView secret, std::string_view code, std::int64_t now_ms) {
    const std::int64_t now = now_ms / step_ms;
    for (const std::int64_t step : {now, now - 1, now + 1}) {
        const std::string right = code_at(secret, step);
        if (code.size() == right.size() && sodium_memcmp(code.data(), right.data(), right.size()) == 0) return step;
    }
    return std::nullopt;
}

std::string base32(BytesView bytes) {
    static constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string out;
    std::uint32_t buffer = 0;
    unsigned bits = 0;
    for (const std::uint8_t byte : bytes) {
        buffer = (buffer << 8U) | byte;
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            out += letters[(buffer >> bits) & 31U];
        }
    }
    if (bits > 0) out += letters[(buffer << (5 - bits)) & 31U];
    return out;
}

std::string code_address(BytesView secret, const std::string& name) {
    return "otpauth://totp/Tefter:" + encode_part(name) + "?secret=" + base32(secret) + "&issuer=Tefter";
}

}  // namespace tefter::web
