#include "engine/sync/protocol.hpp"

#include "engine/base/crypto.hpp"
#include "engine/base/limits.hpp"

namespace tefter {

namespace {

constexpr std::uint8_t protocol_number = 1;
constexpr std::uint32_t epoch_line = 0;  ///< in the place of a scope, which begin at 1: what a device was told of the server itself
constexpr std::size_t frame_bytes = limits::segment_bytes + 64;
constexpr std::size_t signature_bytes = std::tuple_size_v<Signature>;

Hash request_message(BytesView unsigned_body, std::string_view path) {
    Writer out;
    out.raw(as_bytes("tefter request 1"));
    out.sized(path);
    out.raw(unsigned_body);
    return blake2b(out.view());
}

Hash ends_message(const HelloFrame& hello, const std::vector<SignedEnd>& ends, DeviceNumber device, std::uint64_t counter) {
    Writer out;
    out.raw(as_bytes("tefter ledger ends 2"));
    out.varint(device.value);
    out.varint(counter);
    out.varint(static_cast<std::uint64_t>(hello.server_ms));
    out.varint(hello.catalog);
    out.u8(hello.revoked ? 1 : 0);
    for (const SignedEnd& end : ends) {
        out.varint(end.scope.value);
        out.varint(end.position.value);
        out.raw(end.ledger_hash);
        out.raw(end.digest.bytes());
    }
    return blake2b(out.view());
}

ScopeNumber read_scope(Reader& in) { return ScopeNumber{in.varint32()}; }
DeviceNumber read_device(Reader& in) { return DeviceNumber{in.varint32()}; }
/// A size or a place in a file.
std::int64_t read_file_number(Reader& in) {
    const std::uint64_t number = in.varint();
    if (number > limits::file_bytes) Reader::fail("a file is too large");
    return static_cast<std::int64_t>(number);
}

}  // namespace

Bytes encode_request(const SyncRequest& request, std::string_view path, const SecretKey& key) {
    Writer out;
    out.u8(protocol_number);
    out.varint(request.device.value);
    out.varint(request.catalog);
    out.varint(request.counter);
    out.varint(request.cursors.size());
    for (const CursorLine& cursor : request.cursors) {
        out.varint(cursor.scope.value);
        out.varint(cursor.position.value);
        if (cursor.position.value != 0) out.raw(cursor.tag);
        out.varint(cursor.own.value);
    }
    out.varint(request.told.size() + (request.epoch ? 1 : 0));
    if (request.epoch) {
        out.varint(epoch_line);
        out.raw(*request.epoch);
    }
    for (const ToldLine& told : request.told) {
        out.varint(told.scope.value);
        out.raw(told.heads);
    }
    out.varint(request.segments.size());
    for (const Bytes& segment : request.segments) out.sized(BytesView(segment));
    out.raw(sign(request_message(out.view(), path), key));
    return out.take();
}

SyncRequest decode_request(BytesView body) {
    if (body.size() < signature_bytes) Reader::fail("the request is too short");
    Reader in(body.first(body.size() - signature_bytes));
    if (in.u8() != protocol_number) Reader::fail("the request speaks another protocol");
    SyncRequest request;
    request.device = read_device(in);
    request.catalog = in.varint32();
    request.counter = in.varint();
    request.cursors.resize(in.count(in.left() / 3));
    for (CursorLine& cursor : request.cursors) {
        cursor.scope = read_scope(in);
        cursor.position = Position{in.varint()};
        if (cursor.position.value != 0) cursor.tag = in.fixed<8>();
        cursor.own = Sequence{in.varint()};
    }
    for (std::size_t left = in.count(in.left() / 9); left != 0; --left) {
        const ScopeNumber scope = read_scope(in);
        const std::array<std::uint8_t, 8> bytes = in.fixed<8>();
        if (scope.value == epoch_line) request.epoch = bytes;
        else request.told.push_back({scope, bytes});
    }
    request.segments.resize(in.count());
    for (Bytes& segment : request.segments) {
        const BytesView bytes = in.sized();
        segment.assign(bytes.begin(), bytes.end());
    }
    if (!in.done()) Reader::fail("the request is longer than it says");
    return request;
}

bool verify_request(BytesView body, std::string_view path, const PublicKey& key) {
    if (body.size() < signature_bytes) return false;
    return is_signed_by(key, request_message(body.first(body.size() - signature_bytes), path), body.last<signature_bytes>());
}

Bytes encode_file_request(const FileRequest& request, const SecretKey& key) {
    Writer out;
    out.u8(protocol_number);
    out.varint(request.device.value);
    out.varint(request.counter);
    out.u8(static_cast<std::uint8_t>(request.kind));
    out.raw(request.hash);
    out.varint(static_cast<std::uint64_t>(request.size));
    out.varint(static_cast<std::uint64_t>(request.at));
    out.sized(BytesView(request.bytes));
    out.raw(sign(request_message(out.view(), file_path), key));
    return out.take();
}

FileRequest decode_file_request(BytesView body) {
    if (body.size() < signature_bytes) Reader::fail("the request is too short");
    Reader in(body.first(body.size() - signature_bytes));
    if (in.u8() != protocol_number) Reader::fail("the request speaks another protocol");
    FileRequest request;
    request.device = read_device(in);
    request.counter = in.varint();
    const std::uint8_t kind = in.u8();
    if (kind != 1 && kind != 2) Reader::fail("the request asks for nothing that there is");
    request.kind = static_cast<FileRequest::Kind>(kind);
    request.hash = in.fixed<32>();
    request.size = read_file_number(in);
    request.at = read_file_number(in);
    const BytesView bytes = in.sized();
    if (bytes.size() > limits::file_piece_bytes) Reader::fail("a piece of a file is too large");
    request.bytes.assign(bytes.begin(), bytes.end());
    if (!in.done()) Reader::fail("the request is longer than it says");
    return request;
}

Bytes encode(const FileAnswer& answer) {
    Writer out;
    out.varint(static_cast<std::uint64_t>(answer.number));
    out.sized(BytesView(answer.bytes));
    return out.take();
}

FileAnswer decode_file_answer(BytesView body) {
    Reader in(body);
    FileAnswer answer;
    answer.number = read_file_number(in);
    const BytesView bytes = in.sized();
    answer.bytes.assign(bytes.begin(), bytes.end());
    if (!in.done()) Reader::fail("the answer is longer than it says");
    return answer;
}

Bytes encode_frame(FrameType type, BytesView payload) {
    Writer out;
    out.u8(static_cast<std::uint8_t>(type));
    out.sized(payload);
    return out.take();
}

Bytes encode(const HelloFrame& frame) {
    Writer out;
    out.varint(static_cast<std::uint64_t>(frame.server_ms));
    out.varint(frame.catalog);
    out.u8(frame.revoked ? 1 : 0);
    return encode_frame(FrameType::hello, out.view());
}

HelloFrame decode_hello(BytesView payload) {
    Reader in(payload);
    HelloFrame frame;
    const std::uint64_t server_ms = in.varint();
    if (server_ms > std::uint64_t{latest_wall_ms}) Reader::fail("the server's clock is past what a version can say");
    frame.server_ms = static_cast<std::int64_t>(server_ms);
    frame.catalog = in.varint32();
    const std::uint8_t revoked = in.u8();
    if (revoked > 1) Reader::fail("a device is revoked or it is not");
    frame.revoked = revoked == 1;
    return frame;
}

ChainTag sent_tag(BytesView segment) { return chain_tag(blake2b(segment)); }

Bytes encode(const AcknowledgedFrame& frame) {
    Writer out;
    out.varint(frame.scope.value);
    out.varint(frame.device.value);
    out.varint(frame.last.value);
    if (frame.sent) out.raw(*frame.sent);
    return encode_frame(FrameType::acknowledged, out.view());
}

AcknowledgedFrame decode_acknowledged(BytesView payload) {
    Reader in(payload);
    const ScopeNumber scope = read_scope(in);
    const DeviceNumber device = read_device(in);
    const Sequence last{in.varint()};
    if (in.done()) return {scope, device, last, {}};
    return {scope, device, last, in.fixed<std::tuple_size_v<ChainTag>>()};
}

Bytes encode(const RefusedFrame& frame) {
    Writer out;
    out.varint(frame.scope.value);
    out.varint(frame.device.value);
    out.varint(frame.first.value);
    out.u8(static_cast<std::uint8_t>(frame.refusal));
    out.sized(frame.reason);
    return encode_frame(FrameType::refused, out.view());
}

RefusedFrame decode_refused(BytesView payload) {
    Reader in(payload);
    RefusedFrame frame;
    frame.scope = read_scope(in);
    frame.device = read_device(in);
    frame.first = Sequence{in.varint()};
    frame.refusal = static_cast<Refusal>(in.u8());
    frame.reason = std::string(as_text(in.sized()));
    return frame;
}

Bytes encode(const SegmentFrame& frame) {
    Writer out;
    out.varint(frame.position.value);
    out.raw(frame.bytes);
    return encode_frame(FrameType::segment, out.view());
}

SegmentFrame decode_segment_frame(BytesView payload) {
    Reader in(payload);
    const Position position{in.varint()};
    return {position, in.raw(in.left())};
}

Bytes encode(const OwnFrame& frame) {
    Writer out;
    out.varint(frame.scope.value);
    out.varint(frame.position.value);
    out.varint(frame.last.value);
    return encode_frame(FrameType::own, out.view());
}

OwnFrame decode_own(BytesView payload) {
    Reader in(payload);
    const ScopeNumber scope = read_scope(in);
    const Position position{in.varint()};
    return {scope, position, Sequence{in.varint()}};
}

Bytes encode(const ScopeEndFrame& frame) {
    Writer out;
    out.varint(frame.scope.value);
    out.varint(frame.position.value);
    out.raw(frame.digest.bytes());
    return encode_frame(FrameType::scope_end, out.view());
}

ScopeEndFrame decode_scope_end(BytesView payload) {
    Reader in(payload);
    const ScopeNumber scope = read_scope(in);
    const Position position{in.varint()};
    return {scope, position, Digest::from(in.raw(16))};
}

Bytes encode(const RestoredFrame& frame) {
    Writer out;
    out.varint(frame.scope.value);
    encode_seen(out, frame.heads);
    for (const Version version : frame.versions) out.varint(static_cast<std::uint64_t>(version.value));
    return encode_frame(FrameType::restored, out.view());
}

ChainTag RestoredFrame::tag() const { return chain_tag(blake2b(encode(RestoredFrame{scope, heads, {}}))); }

RestoredFrame decode_restored(BytesView payload) {
    Reader in(payload);
    RestoredFrame frame{read_scope(in), {}, {}};
    frame.heads = decode_seen(in);
    for (std::size_t i = 0; i < frame.heads.size() && !in.done(); ++i)
        frame.versions.push_back(Version{static_cast<std::int64_t>(in.varint())});
    return frame;
}

Bytes encode(const SnapshotBeginFrame& frame) {
    Writer out;
    out.varint(frame.scope.value);
    out.varint(frame.position.value);
    out.raw(frame.ledger_hash);
    out.raw(frame.digest.bytes());
    return encode_frame(FrameType::snapshot_begin, out.view());
}

SnapshotBeginFrame decode_snapshot_begin(BytesView payload) {
    Reader in(payload);
    SnapshotBeginFrame frame;
    frame.scope = read_scope(in);
    frame.position = Position{in.varint()};
    frame.ledger_hash = in.fixed<32>();
    frame.digest = Digest::from(in.raw(16));
    return frame;
}

Bytes encode(const SnapshotChainFrame& frame) {
    Writer out;
    out.varint(frame.scope.value);
    out.varint(frame.device.value);
    out.varint(frame.head.sequence.value);
    out.raw(frame.head.hash);
    out.varint(static_cast<std::uint64_t>(frame.head.version.value));
    out.varint(frame.authors.size());
    for (const auto& [version, actor] : frame.authors) {
        out.varint(static_cast<std::uint64_t>(version.value));
        out.signed_varint(actor);
    }
    return encode_frame(FrameType::snapshot_chain, out.view());
}

SnapshotChainFrame decode_snapshot_chain(BytesView payload) {
    Reader in(payload);
    SnapshotChainFrame frame;
    frame.scope = read_scope(in);
    frame.device = read_device(in);
    frame.head.sequence = Sequence{in.varint()};
    frame.head.hash = in.fixed<32>();
    frame.head.version = Version{static_cast<std::int64_t>(in.varint())};
    frame.authors.resize(in.count(in.left() / 2));
    for (auto& [version, actor] : frame.authors) {
        version = Version{static_cast<std::int64_t>(in.varint())};
        actor = in.signed_varint();
    }
    return frame;
}

Signature sign_ends(const HelloFrame& hello, const std::vector<SignedEnd>& ends, DeviceNumber device, std::uint64_t counter,
                    const SecretKey& key) {
    return sign(ends_message(hello, ends, device, counter), key);
}

bool verify_ends(const HelloFrame& hello, const std::vector<SignedEnd>& ends, DeviceNumber device, std::uint64_t counter,
                 const Signature& signature, const PublicKey& key) {
    return is_signed_by(key, ends_message(hello, ends, device, counter), signature);
}

namespace {
constexpr std::size_t most_pins = 4;

Hash pins_message(BytesView pins, DeviceNumber device, std::uint64_t counter) {
    Writer out;
    out.raw(as_bytes("tefter pins 1"));
    out.varint(device.value);
    out.varint(counter);
    out.sized(pins);
    return blake2b(out.view());
}
}  // namespace

Bytes encode_pins(const std::vector<Pin>& pins, DeviceNumber device, std::uint64_t counter, const SecretKey& key) {
    ensure(!pins.empty() && pins.size() <= most_pins, "a server has a pin, and few others");
    Writer list, out;
    for (const Pin& pin : pins) list.raw(pin);
    out.sized(list.view());
    out.raw(sign(pins_message(list.view(), device, counter), key));
    return encode_frame(FrameType::pins, out.view());
}

std::vector<Pin> decode_pins(BytesView payload, DeviceNumber device, std::uint64_t counter, const PublicKey& key) {
    Reader in(payload);
    const BytesView list = in.sized();
    const Signature signature = in.fixed<64>();
    if (list.empty() || list.size() > most_pins * Pin().size() || list.size() % Pin().size() != 0) Reader::fail("the pins are no list");
    if (!is_signed_by(key, pins_message(list, device, counter), signature)) Reader::fail("the server did not sign its pins");
    std::vector<Pin> pins;
    for (Reader each(list); !each.done();) pins.push_back(each.fixed<32>());
    return pins;
}

SnapshotSeal::SnapshotSeal() { hasher_.add(as_bytes("tefter snapshot 1")); }

void SnapshotSeal::add(BytesView frames) { hasher_.add(frames); }

Hash SnapshotSeal::message(DeviceNumber device, std::uint64_t counter) const {
    Writer end;
    end.varint(device.value);
    end.varint(counter);
    Hasher whole = hasher_;
    whole.add(end.view());
    return whole.finish();
}

Signature SnapshotSeal::sign(DeviceNumber device, std::uint64_t counter, const SecretKey& key) const {
    return tefter::sign(message(device, counter), key);
}

bool SnapshotSeal::verify(DeviceNumber device, std::uint64_t counter, const Signature& signature, const PublicKey& key) const {
    return is_signed_by(key, message(device, counter), signature);
}

namespace {

/// Size of the length's varint and its value; nothing while it is not whole.
struct Length {
    std::size_t header = 0;
    std::size_t payload = 0;
};

std::optional<Length> peek_length(BytesView bytes) {
    std::size_t size = 1;
    while (size < bytes.size() && (bytes[size] & 0x80U) != 0) {
        if (++size > 10) Reader::fail("a frame's length is malformed");
    }
    if (size >= bytes.size()) return std::nullopt;
    Reader in(bytes.subspan(1, size));
    const std::uint64_t payload = in.varint();
    if (payload > frame_bytes) Reader::fail("a frame is too large");
    return Length{size + 1, static_cast<std::size_t>(payload)};
}

}  // namespace

void FrameReader::feed(BytesView bytes, const std::function<void(const Frame&)>& on_frame) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    std::size_t at = 0;
    for (;;) {
        const BytesView rest = BytesView(buffer_).subspan(at);
        const std::optional<Length> length = peek_length(rest);
        if (!length || rest.size() < length->header + length->payload) break;
        on_frame(
            {static_cast<FrameType>(rest[0]), rest.subspan(length->header, length->payload), rest.first(length->header + length->payload)});
        at += length->header + length->payload;
    }
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace tefter
