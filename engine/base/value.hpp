#pragma once
// One cell. A Value is a view: text and blobs point into memory owned by somebody else (a decoded segment, a
// statement's row, the caller's strings) and must not outlive it. It is trivially copyable, so a million check-ins
// are decoded without an allocation each.

#include <bit>
#include <string>
#include <variant>

#include "engine/base/bytes.hpp"

namespace tefter {

enum class ValueKind : std::uint8_t {  // written to disk and to the wire: frozen
    null = 0,
    integer = 1,
    real = 2,
    text = 3,
    blob = 4,
    redacted = 5,  ///< a personal value that has been erased; reads as null
};

class Value {
public:
    constexpr Value() : integer_(0) {}
    static Value integer(std::int64_t v) {
        Value out;
        out.kind_ = ValueKind::integer;
        out.integer_ = v;
        return out;
    }
    static Value real(double v) {
        Value out;
        out.kind_ = ValueKind::real;
        out.real_ = v;
        return out;
    }
    static Value text(std::string_view v) { return bytes(ValueKind::text, v.data(), v.size()); }
    static Value blob(BytesView v) { return bytes(ValueKind::blob, reinterpret_cast<const char*>(v.data()), v.size()); }
    static Value redacted() {
        Value out;
        out.kind_ = ValueKind::redacted;
        return out;
    }

    ValueKind kind() const { return kind_; }
    bool is_null() const { return kind_ == ValueKind::null || kind_ == ValueKind::redacted; }
    bool personal() const { return personal_; }
    Value as_personal() const {
        Value out = *this;
        out.personal_ = kind_ != ValueKind::null;  // an absent value tells nothing and needs no protection
        return out;
    }
    Value without_mark() const {
        Value out = *this;
        out.personal_ = false;
        return out;
    }
    std::int64_t integer() const { return integer_; }
    double real() const { return real_; }
    std::string_view text() const { return {data_, size_}; }
    BytesView blob() const { return {reinterpret_cast<const std::uint8_t*>(data_), size_}; }

    /// Same kind and same content; the mark of personal data does not count.
    friend bool operator==(const Value& a, const Value& b) {
        if (a.kind_ != b.kind_) return false;
        switch (a.kind_) {
            case ValueKind::integer: return a.integer_ == b.integer_;
            case ValueKind::real: return std::bit_cast<std::uint64_t>(a.real_) == std::bit_cast<std::uint64_t>(b.real_);
            case ValueKind::text:
            case ValueKind::blob: return a.text() == b.text();
            default: return true;
        }
    }

private:
    static Value bytes(ValueKind kind, const char* data, std::size_t size) {
        Value out;
        out.kind_ = kind;
        out.data_ = data;
        out.size_ = static_cast<std::uint32_t>(size);
        return out;
    }
    union {
        std::int64_t integer_;
        double real_;
        const char* data_;
    };
    std::uint32_t size_ = 0;
    ValueKind kind_ = ValueKind::null;
    bool personal_ = false;
};

static_assert(sizeof(Value) == 16);

/// A cell that owns its bytes; what applications hand to `write` and keep from queries.
class OwnedValue {
public:
    OwnedValue() = default;
    OwnedValue(std::int64_t v) : value_(v) {}                   // NOLINT(google-explicit-constructor)
    OwnedValue(int v) : value_(std::int64_t{v}) {}              // NOLINT(google-explicit-constructor)
    OwnedValue(double v) : value_(v) {}                         // NOLINT(google-explicit-constructor)
    OwnedValue(std::string v) : value_(std::move(v)) {}         // NOLINT(google-explicit-constructor)
    OwnedValue(std::string_view v) : value_(std::string(v)) {}  // NOLINT(google-explicit-constructor)
    OwnedValue(const char* v) : value_(std::string(v)) {}       // NOLINT(google-explicit-constructor)
    OwnedValue(Bytes v) : value_(std::move(v)) {}               // NOLINT(google-explicit-constructor)
    explicit OwnedValue(const Value& v);

    Value view() const;
    friend bool operator==(const OwnedValue&, const OwnedValue&) = default;

private:
    std::variant<std::monostate, std::int64_t, double, std::string, Bytes> value_;
};

}  // namespace tefter
