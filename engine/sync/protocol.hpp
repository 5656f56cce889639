#pragma once
// The bytes of a sync: one signed request, one answer of frames. Pure. The specification is docs/sync-protocol.md.

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/crypto.hpp"
#include "engine/codec/row_state.hpp"
#include "engine/store/log.hpp"
#include "engine/store/receiver.hpp"

namespace tefter {

inline constexpr std::string_view sync_path = "/sync";
inline constexpr std::string_view snapshot_path = "/snapshot";
inline constexpr std::string_view enrol_path = "/enrol";
inline constexpr std::string_view authority_path =
    "/authority";  ///< a GET: the certificate of the authority of the server's TLS key, as PEM
inline constexpr std::string_view file_path = "/file";

/// What a request carries at most; what is more goes in the next one.
inline constexpr std::size_t request_segment_bytes = 1U << 20U;
/// A single segment may be larger than that (limits::segment_bytes).
inline constexpr std::size_t request_bytes = 9U << 20U;

struct CursorLine {
    ScopeNumber scope;
    Position position;  ///< read up to here
    ChainTag tag{};     ///< of the ledger's hash there; zero at 0
    Sequence own;       ///< the device's own sealed head: what need not be sent back
};

/// A restored server's heads of a scope, as the device has been told them in this sync; it sends what lies behind them.
struct ToldLine {
    ScopeNumber scope;
    ChainTag heads{};
};

/// Drawn by each restore of a server: a request shows by it that it was made since (see awaited.hpp).
using Epoch = std::array<std::uint8_t, 8>;

struct SyncRequest {
    DeviceNumber device;
    std::uint32_t catalog = 0;
    std::uint64_t counter = 0;  ///< grows with every request of a device: a replay is older than the last
    std::vector<CursorLine> cursors;
    std::vector<ToldLine> told;
    std::optional<Epoch> epoch;  ///< of a restored server, as the device was last told; zeros where it was not. Older programs leave it out
    std::vector<Bytes> segments;
};

/// Signed with the device's key, for one path.
Bytes encode_request(const SyncRequest& request, std::string_view path, const SecretKey& key);
/// Unverified: the key must be found by the device number first. Throws ErrorKind::corrupt.
SyncRequest decode_request(BytesView body);
bool verify_request(BytesView body, std::string_view path, const PublicKey& key);

/// A piece of a file, to the server or from it: see store/files.hpp.
struct FileRequest {
    enum class Kind : std::uint8_t { put = 1, get = 2 };  // written to the wire: frozen
    DeviceNumber device;
    std::uint64_t counter = 0;  ///< of the same row as those of syncs
    Kind kind = Kind::get;
    Hash hash{};
    std::int64_t size = 0;  ///< of the whole file; of a put alone
    std::int64_t at = 0;    ///< where the piece begins
    Bytes bytes;            ///< of a put; none: how much is there?
};
/// Signed with the device's key for `file_path`; verify_request() checks it.
Bytes encode_file_request(const FileRequest& request, const SecretKey& key);
/// Unverified. Throws ErrorKind::corrupt.
FileRequest decode_file_request(BytesView body);

/// What the server says to a put: how much of the file it has. To a get: its size, and a piece of it.
struct FileAnswer {
    std::int64_t number = 0;
    Bytes bytes;
};
Bytes encode(const FileAnswer& answer);
FileAnswer decode_file_answer(BytesView body);

enum class FrameType : std::uint8_t {  // written to the wire: frozen
    hello = 1,
    acknowledged = 2,
    refused = 3,
    segment = 4,
    own = 5,
    scope_end = 6,
    restored = 7,
    finish = 8,
    withheld = 9,
    pins = 10,
    compacted = 11,
    epoch = 12,
    snapshot_begin = 16,
    snapshot_rows = 17,
    snapshot_chain = 18,
};

struct Frame {
    FrameType type{};
    BytesView payload;
    BytesView whole;  ///< with its type and length
};

struct HelloFrame {
    std::int64_t server_ms = 0;
    std::uint32_t catalog = 0;
    bool revoked = false;  ///< destroy the keys before anything else is shown
};
struct AcknowledgedFrame {
    ScopeNumber scope;
    DeviceNumber device;
    Sequence last;                 ///< the server has the chain up to here: what the request brought of it, or brought again
    std::optional<ChainTag> sent;  ///< of the bytes that ended there in the request; a server from before this does not say
};
struct RefusedFrame {
    ScopeNumber scope;
    DeviceNumber device;
    Sequence first;
    Refusal refusal{};
    std::string reason;
};
struct SegmentFrame {
    Position position;
    BytesView bytes;
};
struct OwnFrame {
    ScopeNumber scope;
    Position position;
    Sequence last;
};
struct ScopeEndFrame {
    ScopeNumber scope;
    Position position;
    Digest digest;  ///< of the server's rows at that position
};
/// One scope of a snapshot; all of them come before what is in them.
struct SnapshotBeginFrame {
    ScopeNumber scope;
    Position position;
    Hash ledger_hash{};
    Digest digest;
};
/// One device's chain in a scope of a snapshot: where it ends, and who acted, by runs.
struct SnapshotChainFrame {
    ScopeNumber scope;
    DeviceNumber device;
    Head head;
    std::vector<std::pair<Version, std::int64_t>> authors;
};
struct RestoredFrame {
    ScopeNumber scope;
    std::vector<Seen> heads;        ///< in the order of devices
    std::vector<Version> versions;  ///< of each, where its chain ends; empty: an older server does not say

    ChainTag tag() const;  ///< of the heads: a device shows by it that it was told these
};

Bytes encode(const HelloFrame& frame);
/// Names a segment as it was sent.
ChainTag sent_tag(BytesView segment);
Bytes encode(const AcknowledgedFrame& frame);
Bytes encode(const RefusedFrame& frame);
Bytes encode(const SegmentFrame& frame);
Bytes encode(const OwnFrame& frame);
Bytes encode(const ScopeEndFrame& frame);
Bytes encode(const RestoredFrame& frame);
Bytes encode(const SnapshotBeginFrame& frame);
Bytes encode(const SnapshotChainFrame& frame);
Bytes encode_frame(FrameType type, BytesView payload);

HelloFrame decode_hello(BytesView payload);
AcknowledgedFrame decode_acknowledged(BytesView payload);
RefusedFrame decode_refused(BytesView payload);
SegmentFrame decode_segment_frame(BytesView payload);
OwnFrame decode_own(BytesView payload);
ScopeEndFrame decode_scope_end(BytesView payload);
RestoredFrame decode_restored(BytesView payload);
SnapshotBeginFrame decode_snapshot_begin(BytesView payload);
SnapshotChainFrame decode_snapshot_chain(BytesView payload);

/// Where one ledger ends, as the server signs it, with what it said at the beginning: its time, and whether the device is revoked.
struct SignedEnd {
    ScopeNumber scope;
    Position position;
    Hash ledger_hash{};
    Digest digest;
};
Signature sign_ends(const HelloFrame& hello, const std::vector<SignedEnd>& ends, DeviceNumber device, std::uint64_t counter,
                    const SecretKey& key);
bool verify_ends(const HelloFrame& hello, const std::vector<SignedEnd>& ends, DeviceNumber device, std::uint64_t counter,
                 const Signature& signature, const PublicKey& key);

/// The pins that the server is known by from now on, the one of today first: announced ahead, so that its TLS key can change.
Bytes encode_pins(const std::vector<Pin>& pins, DeviceNumber device, std::uint64_t counter, const SecretKey& key);
/// Throws ErrorKind::corrupt where the server did not sign them for this request.
std::vector<Pin> decode_pins(BytesView payload, DeviceNumber device, std::uint64_t counter, const PublicKey& key);

/// What a snapshot's server signs at its end: every byte before.
class SnapshotSeal {
public:
    SnapshotSeal();
    void add(BytesView frames);
    Signature sign(DeviceNumber device, std::uint64_t counter, const SecretKey& key) const;
    bool verify(DeviceNumber device, std::uint64_t counter, const Signature& signature, const PublicKey& key) const;

private:
    Hash message(DeviceNumber device, std::uint64_t counter) const;
    Hasher hasher_;
};

/// Cuts a stream into frames, whatever its pieces. A frame's payload lives until the callback returns.
class FrameReader {
public:
    /// Throws ErrorKind::corrupt for a frame that is larger than any can be.
    void feed(BytesView bytes, const std::function<void(const Frame&)>& on_frame);
    bool empty() const { return buffer_.empty(); }

private:
    Bytes buffer_;
};

}  // namespace tefter
