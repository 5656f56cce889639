#include "engine/codec/segment.hpp"

#include <sodium.h>

#include <algorithm>

#include "engine/base/crypto.hpp"
#include "engine/base/limits.hpp"
#include "engine/codec/columns.hpp"
#include "engine/codec/pack.hpp"

namespace tefter {

namespace {

constexpr std::uint8_t format_number = 1;
constexpr std::uint8_t flag_seed = 1;

/// The part that the signature covers, beside the head.
void encode_signed_header(Writer& out, const SegmentHeader& header) {
    out.u8(format_number);
    out.varint(header.scope.value);
    out.varint(header.device.value);
    out.varint(header.first.value);
    out.varint(header.count);
    out.varint(header.catalog);
    out.raw(header.previous);
    encode_seen(out, header.seen);
}

SegmentHeader decode_signed_header(Reader& in) {
    if (in.u8() != format_number) Reader::fail("it is no segment of a format that this program knows");
    SegmentHeader header;
    header.scope = ScopeNumber{in.varint32()};
    header.device = DeviceNumber{in.varint32()};
    header.first = Sequence{in.varint()};
    header.count = in.varint();
    header.catalog = in.varint32();
    header.previous = in.fixed<8>();
    header.seen = decode_seen(in);
    constexpr std::uint64_t far = std::uint64_t{1} << 62;
    if (header.device.value == 0 || header.device.value > max_device_number || header.scope.value == 0 || header.first.value == 0 ||
        header.first.value > far || header.count == 0 || header.count > far) {
        Reader::fail("its header is out of range");
    }
    return header;
}

Hash signed_message(const SegmentHeader& header, const Hash& head) {
    Writer out;
    out.raw(as_bytes("tefter segment 1"));
    encode_signed_header(out, header);
    out.raw(head);
    return blake2b(out.view());
}

Bytes assemble(const SegmentHeader& header, const Salt* seed, std::span<const Changeset> changesets, const Signature& signature) {
    const Bytes body = encode_columns(changesets);
    ensure(body.size() <= limits::segment_raw_bytes, "a segment stays under its limit");
    Writer out;
    encode_signed_header(out, header);
    out.u8(seed != nullptr ? flag_seed : 0);
    if (seed != nullptr) out.raw(*seed);
    out.varint(body.size());
    out.sized(pack(body));
    out.raw(signature);
    return out.take();
}

}  // namespace

void encode_seen(Writer& out, std::span<const Seen> heads) {
    out.varint(heads.size());
    for (const Seen& head : heads) {
        out.varint(head.device.value);
        out.varint(head.sequence.value);
    }
}

std::vector<Seen> decode_seen(Reader& in) {
    std::vector<Seen> heads(in.count(in.left() / 2));
    for (Seen& head : heads) {
        head.device = DeviceNumber{in.varint32()};
        head.sequence = Sequence{in.varint()};
    }
    return heads;
}

ChainTag chain_tag(const Hash& hash) {
    ChainTag tag{};
    std::copy_n(hash.begin(), tag.size(), tag.begin());
    return tag;
}

Sealed seal_segment(const SealInput& input, std::span<const std::uint8_t, 64> secret_key) {
    SegmentHeader header = input.header;
    header.previous = chain_tag(input.previous);
    header.count = input.changesets.size();
    ensure(header.count != 0, "a segment holds changesets");
    Sealed sealed;
    sealed.head = input.previous;
    bool personal = false;
    for (std::size_t i = 0; i < input.changesets.size(); ++i) {
        const Changeset& changeset = input.changesets[i];
        personal = personal || std::any_of(changeset.changes.begin(), changeset.changes.end(), has_personal_values);
        sealed.head = chain_next(sealed.head, Sequence{header.first.value + i}, changeset, &input.seed);
    }
    const Signature signature = sign(signed_message(header, sealed.head), secret_key);
    sealed.bytes = assemble(header, personal ? &input.seed : nullptr, input.changesets, signature);
    return sealed;
}

Bytes encode_redacted(const Segment& segment, std::span<const Changeset> changesets) {
    return assemble(segment.header, nullptr, changesets, segment.signature);
}

SegmentHeader decode_segment_header(BytesView bytes) {
    if (bytes.size() > limits::segment_bytes) Reader::fail("the segment is too large");
    Reader in(bytes);
    return decode_signed_header(in);
}

void decode_segment(BytesView bytes, Segment& out) {
    if (bytes.size() > limits::segment_bytes) Reader::fail("the segment is too large");
    Reader in(bytes);
    out.header = decode_signed_header(in);
    const std::uint8_t flags = in.u8();
    if (flags > flag_seed) Reader::fail("it has unknown flags");
    out.has_seed = (flags & flag_seed) != 0;
    if (out.has_seed) out.seed = in.fixed<16>();
    const std::size_t size = in.count(limits::segment_raw_bytes);
    const BytesView packed = in.sized();
    out.signature = in.fixed<64>();
    if (!in.done()) Reader::fail("bytes follow its signature");
    if (out.header.count > size) Reader::fail("it has more changesets than bytes");
    const BytesView body = out.arena.keep(unpack(packed, size));
    out.changesets = decode_columns(body, static_cast<std::size_t>(out.header.count), out.arena);
}

Hash chain_through(const Hash& previous, const Segment& segment) {
    Hash head = previous;
    Sequence sequence = segment.header.first;
    for (const Changeset& changeset : segment.changesets) {
        head = chain_next(head, sequence, changeset, segment.has_seed ? &segment.seed : nullptr);
        ++sequence.value;
    }
    return head;
}

bool verify_segment(const Segment& segment, const Hash& head, const PublicKey& key) {
    return is_signed_by(key, signed_message(segment.header, head), segment.signature);
}

bool SegmentHeader::states(DeviceNumber author, Sequence sequence) const {
    return std::any_of(seen.begin(), seen.end(), [&](const Seen& one) { return one.device == author && one.sequence >= sequence; });
}

bool stands_for(const Segment& seal, const Segment& other) {
    const SegmentHeader &one = seal.header, &two = other.header;
    return one.scope == two.scope && one.device == two.device && one.first == two.first && one.count == two.count &&
           one.previous == two.previous &&
           std::all_of(two.seen.begin(), two.seen.end(),
                       [&one](const Seen& other_seen) { return one.states(other_seen.device, other_seen.sequence); }) &&
           chain_through({}, seal) == chain_through({}, other);
}

Hash segment_id(const SegmentHeader& header, const Signature& signature) {
    Writer out;
    out.raw(as_bytes("tefter segment id 1"));
    encode_signed_header(out, header);
    out.raw(signature);
    return blake2b(out.view());
}

}  // namespace tefter
