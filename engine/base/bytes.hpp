#pragma once
// Byte strings, and the two halves of every binary format: Writer and Reader. Integers are LEB128 varints,
// signed ones zigzag; fixed-width integers are little-endian.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/error.hpp"

namespace tefter {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;
using Hash = std::array<std::uint8_t, 32>;       ///< BLAKE2b-256
using Signature = std::array<std::uint8_t, 64>;  ///< Ed25519
using PublicKey = std::array<std::uint8_t, 32>;  ///< Ed25519
using Salt = std::array<std::uint8_t, 16>;
using Pin = std::array<std::uint8_t, 32>;  ///< of a server: SHA-256 of its TLS key's SubjectPublicKeyInfo

inline BytesView as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
inline std::string_view as_text(BytesView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

constexpr std::uint64_t zigzag(std::int64_t v) { return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63); }
constexpr std::int64_t unzigzag(std::uint64_t v) { return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1); }

inline constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

/// Appends to a byte string that it owns. Up to 256 bytes lie in the writer itself: most of what is hashed is no longer.
class Writer {
public:
    Writer() = default;
    Writer(Writer&& other) noexcept : few_(other.few_), many_(std::move(other.many_)), size_(other.size_) {
        if (!many_.empty()) lie_in(many_);
        other.many_.clear();
        other.size_ = 0;
        other.lie_in(other.few_);
    }
    void u8(std::uint8_t v) { *room(1) = v, ++size_; }
    void varint(std::uint64_t v) {
        std::uint8_t* at = room(10);
        std::size_t written = 0;
        for (; v >= 0x80; v >>= 7) at[written++] = static_cast<std::uint8_t>(v | 0x80);
        at[written++] = static_cast<std::uint8_t>(v);
        size_ += written;
    }
    void signed_varint(std::int64_t v) { varint(zigzag(v)); }
    void u64(std::uint64_t v) {
        std::uint8_t* at = room(8);
        for (int i = 0; i < 8; ++i) at[i] = static_cast<std::uint8_t>(v >> (8 * i));
        size_ += 8;
    }
    /// Bytes that compare as the numbers do: big-endian, the sign turned.
    void ordered(std::int64_t v) {
        const std::uint64_t turned = static_cast<std::uint64_t>(v) ^ sign_bit;
        std::uint8_t* at = room(8);
        for (int i = 0; i < 8; ++i) at[i] = static_cast<std::uint8_t>(turned >> (56 - 8 * i));
        size_ += 8;
    }
    void raw(BytesView v) {
        if (v.empty()) return;
        std::memcpy(room(v.size()), v.data(), v.size());
        size_ += v.size();
    }
    void sized(BytesView v) {
        varint(v.size());
        raw(v);
    }
    void sized(std::string_view v) { sized(as_bytes(v)); }
    void clear() { size_ = 0; }
    std::size_t size() const { return size_; }
    BytesView view() const { return {at_, size_}; }
    Bytes take() {
        const std::size_t size = std::exchange(size_, 0);
        if (many_.empty()) return Bytes(at_, at_ + size);
        many_.resize(size);
        lie_in(few_);
        return std::exchange(many_, {});
    }

private:
    /// The end, with room for so many bytes behind it.
    std::uint8_t* room(std::size_t size) {
        if (room_ - size_ < size) grow(size);
        return at_ + size_;
    }
    [[gnu::noinline]] void grow(std::size_t size) {
        const bool first = many_.empty();
        many_.resize(2 * room_ + size);
        if (first) std::memcpy(many_.data(), few_.data(), size_);
        lie_in(many_);
    }
    template <class Store>
    void lie_in(Store& store) {
        at_ = store.data();
        room_ = store.size();
    }
    std::array<std::uint8_t, 256> few_;
    Bytes many_;  ///< once they are more, all of them; longer than what is written
    std::uint8_t* at_ = few_.data();
    std::size_t room_ = few_.size();
    std::size_t size_ = 0;
};

/// Reads hostile bytes: every step is bounded, and running short throws ErrorKind::corrupt. Views that it returns
/// point into the buffer given.
class Reader {
public:
    explicit Reader(BytesView bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

    std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
    bool done() const { return at_ == end_; }
    std::uint8_t u8() {
        need(1);
        return *at_++;
    }
    std::uint64_t varint() {
        std::uint64_t v = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t byte = u8();
            if (shift == 63 && byte > 1) break;
            v |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80) {
                if (byte == 0 && shift != 0) break;  // one number, one spelling: overlong forms are refused
                return v;
            }
        }
        fail("a number is malformed");
    }
    std::int64_t signed_varint() { return unzigzag(varint()); }
    std::uint32_t varint32() {
        const std::uint64_t v = varint();
        if (v > 0xFFFF'FFFFU) fail("a number is too large");
        return static_cast<std::uint32_t>(v);
    }
    std::uint64_t u64() {
        need(8);
        std::uint64_t v = 0;
        for (int i = 0; i < 8; ++i) v |= static_cast<std::uint64_t>(at_[i]) << (8 * i);
        at_ += 8;
        return v;
    }
    std::int64_t ordered() {
        std::uint64_t turned = 0;
        for (const std::uint8_t byte : raw(8)) turned = turned << 8 | byte;
        return static_cast<std::int64_t>(turned ^ sign_bit);
    }
    BytesView raw(std::size_t size) {
        need(size);
        BytesView v{at_, size};
        at_ += size;
        return v;
    }
    BytesView sized() {
        const std::uint64_t size = varint();
        if (size > left()) fail("a length runs past the end");
        return raw(static_cast<std::size_t>(size));
    }
    template <std::size_t N>
    std::array<std::uint8_t, N> fixed() {
        std::array<std::uint8_t, N> out{};
        std::memcpy(out.data(), raw(N).data(), N);
        return out;
    }
    /// A count of things of which each takes at least one byte of what is left: bounds memory before it is asked for.
    std::size_t count() { return count(left()); }
    std::size_t count(std::size_t at_most) {
        const std::uint64_t n = varint();
        if (n > at_most) fail("a count is larger than it can be");
        return static_cast<std::size_t>(n);
    }
    [[noreturn]] static void fail(const char* reason) {
        throw Error(ErrorKind::corrupt, std::string("The data is damaged: ") + reason + ".");
    }

private:
    void need(std::size_t size) const {
        if (size > left()) fail("it ends too early");
    }
    const std::uint8_t* at_;
    const std::uint8_t* end_;
};

}  // namespace tefter
