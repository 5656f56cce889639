#include "engine/base/environment.hpp"

#include <sodium.h>

#include <chrono>

#include "engine/base/error.hpp"

namespace tefter {

Environment system_environment() {
    ensure(sodium_init() >= 0, "the cryptographic library starts");
    return {[] {
                using namespace std::chrono;
                return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
            },
            [](std::span<std::uint8_t> out) { randombytes_buf(out.data(), out.size()); }};
}

}  // namespace tefter
