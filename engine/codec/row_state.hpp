#pragma once
// The bytes of a whole RowState, and its fingerprint. Pure; written to disk and into snapshots: frozen.
//
//     state  = scope varint, flags u8 (1 erased), deletes varint, version*, groups varint, group*
//     group  = number varint, columns varint, leaves varint, leaf*, buried varint, buried*
//     leaf   = version varint, value*
//     buried = version varint, value*, by varint, version*

#include "engine/codec/changeset.hpp"
#include "engine/merge/merge.hpp"

namespace tefter {

Bytes encode_row_state(const RowState& state);

/// Views into `bytes` and `arena`. Throws ErrorKind::corrupt.
RowState decode_row_state(BytesView bytes, Arena& arena);

/// Whether the row of these bytes has been erased, without decoding the rest.
bool is_erased_state(BytesView bytes);

/// A sum of terms, two lanes of 64 bits, each modulo 2^64. Order does not matter, and what was added can be taken away.
struct Digest {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    Digest& operator+=(const Digest& other);
    Digest& operator-=(const Digest& other);
    friend bool operator==(const Digest&, const Digest&) = default;
    std::array<std::uint8_t, 16> bytes() const;
    static Digest from(BytesView bytes);  ///< of 16 bytes
    std::string hexadecimal() const;
};

/// The fingerprint of one row: a SipHash-2-4-128 term (Aumasson, Bernstein 2012) for each leaf, buried leaf, delete and
/// erasure. Erased values count as null.
Digest fingerprint(TableNumber table, Cells key, const RowState& state);

/// fingerprint(after) - fingerprint(before), where `after` was made from a copy of `before`: what they share is not looked at.
Digest fingerprint_change(TableNumber table, Cells key, const RowState& before, const RowState& after);

}  // namespace tefter
