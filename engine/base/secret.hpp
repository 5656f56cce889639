#pragma once
// Secrets in memory: alone between guard pages, locked, in no core, wiped when they go (libsodium's sodium_malloc). A user may lock
// only so much; what cannot be locked is guarded and wiped all the same.

#include <sodium/utils.h>

#include <algorithm>
#include <initializer_list>
#include <memory>

#include "engine/base/bytes.hpp"

namespace tefter {

std::uint8_t* allocate_secret(std::size_t size);  ///< for sodium_free(); throws std::bad_alloc

/// N secret bytes, zero at first.
template <std::size_t N>
class Secret {
public:
    Secret() : bytes_(allocate_secret(N)) {}
    /// The first bytes; the others are zero.
    Secret(std::initializer_list<std::uint8_t> first) : Secret() { std::copy_n(first.begin(), std::min(first.size(), N), data()); }
    explicit Secret(std::span<const std::uint8_t, N> bytes) : Secret() { std::copy(bytes.begin(), bytes.end(), data()); }
    Secret(const Secret& other) : Secret(std::span<const std::uint8_t, N>(other)) {}
    Secret& operator=(const Secret& other) {
        if (this != &other) std::copy(other.begin(), other.end(), data());
        return *this;
    }
    ~Secret() = default;

    std::uint8_t* data() { return bytes_.get(); }
    const std::uint8_t* data() const { return bytes_.get(); }
    static constexpr std::size_t size() { return N; }
    std::uint8_t* begin() { return data(); }
    std::uint8_t* end() { return data() + N; }
    const std::uint8_t* begin() const { return data(); }
    const std::uint8_t* end() const { return data() + N; }
    std::uint8_t& operator[](std::size_t at) { return data()[at]; }
    operator std::span<const std::uint8_t, N>() const { return std::span<const std::uint8_t, N>(data(), N); }
    friend bool operator==(const Secret& a, const Secret& b) { return sodium_memcmp(a.data(), b.data(), N) == 0; }

private:
    struct Free {
        void operator()(std::uint8_t* bytes) const { sodium_free(bytes); }
    };
    std::unique_ptr<std::uint8_t, Free> bytes_;
};

}  // namespace tefter
