#pragma once
// A segment: consecutive changesets of one device in one scope. It is encoded once, on the device that made it, and
// stored and sent on as it is. docs/segment-format.md is its one-page specification.

#include <vector>

#include "engine/codec/changeset.hpp"

namespace tefter {

/// A head of another device that the author of a segment had applied.
struct Seen {
    DeviceNumber device;
    Sequence sequence;
    friend bool operator==(const Seen&, const Seen&) = default;
};
/// A list of heads as it stands in a segment's header and in frames.
void encode_seen(Writer& out, std::span<const Seen> heads);
std::vector<Seen> decode_seen(Reader& in);  ///< throws ErrorKind::corrupt

/// First eight bytes of the hash before the segment: tells a gap or a fork from damage.
using ChainTag = std::array<std::uint8_t, 8>;
ChainTag chain_tag(const Hash& hash);

struct SegmentHeader {
    ScopeNumber scope;
    DeviceNumber device;
    Sequence first;
    std::uint64_t count = 0;    ///< changesets
    std::uint32_t catalog = 0;  ///< the number of the author's catalog
    ChainTag previous{};        ///< the chain's hash before `first`
    std::vector<Seen> seen;     ///< heads of other devices in this scope that changed since the device's last segment

    Sequence last() const { return Sequence{first.value + count - 1}; }
    /// The header states that its author had seen this changeset.
    bool states(DeviceNumber author, Sequence sequence) const;
};

/// A decoded segment. Changesets are views into it; it cannot be copied.
class Segment {
public:
    SegmentHeader header;
    std::span<const Changeset> changesets;
    Signature signature{};
    bool has_seed = false;
    Salt seed{};

    Segment() = default;
    Segment(Segment&&) = delete;

    Arena arena;
};

/// Seals changesets: computes the chain from `previous`, encodes, signs with the device's Ed25519 secret key (64 bytes).
struct Sealed {
    Bytes bytes;
    Hash head{};  ///< the chain's hash after the last changeset
};
struct SealInput {
    SegmentHeader header;  ///< `previous` and `count` are filled in
    Hash previous{};
    std::span<const Changeset> changesets;
    Salt seed{};  ///< fresh random bytes
};
Sealed seal_segment(const SealInput& input, std::span<const std::uint8_t, 64> secret_key);

/// The bytes of a segment whose changesets have lost values, under the signature that it has; see redact.hpp.
Bytes encode_redacted(const Segment& segment, std::span<const Changeset> changesets);

/// The header alone, without touching the body. Throws ErrorKind::corrupt.
SegmentHeader decode_segment_header(BytesView bytes);

/// The whole. Bounded by limits.hpp before memory is asked for. Nothing is verified yet. Throws ErrorKind::corrupt.
void decode_segment(BytesView bytes, Segment& out);

/// The chain's head after the segment, computed from `previous`.
Hash chain_through(const Hash& previous, const Segment& segment);

/// Whether the device with this public key signed this segment at this place of its chain.
bool verify_segment(const Segment& segment, const Hash& head, const PublicKey& key);

/// Whether `seal` stands for `other`: both hold the same changesets at the same place of the same chain, and `seal` states all that the
/// author of `other` had seen. A replica that was put back to a copy seals again what its earlier life had sealed, with another
/// catalog perhaps, or another number by chance.
bool stands_for(const Segment& seal, const Segment& other);

/// BLAKE2b-256 of the header and the signature: names a segment in the ledger's chain. The signature binds the rest, so
/// erasing a personal value leaves the name as it is.
Hash segment_id(const SegmentHeader& header, const Signature& signature);

}  // namespace tefter
