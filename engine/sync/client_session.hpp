#pragma once
// A device's side of a sync: a state machine without I/O. request() → the transport → feed() in pieces of any size →
// end_answer(), which says whether another round trip is needed. Each segment is committed as it comes, so a sync that
// is cut goes on where it stopped; sending again is harmless.

#include <set>

#include "engine/store/replica.hpp"
#include "engine/sync/protocol.hpp"

namespace tefter {

/// The server cannot follow this device any more: it was restored from a copy, or copied, and has gone on by itself. See
/// client/enrol_again.hpp.
struct Forked : Error {
    explicit Forked(const std::string& sentence, std::string detail = {}) : Error(ErrorKind::refused, sentence, std::move(detail)) {}
};

/// Another device has gone two ways, and a stick has brought the one that the server does not have.
Forked forked_chain(DeviceNumber device);

/// A restored server has lost changes of another device that nobody has given back, and this one, which was filled with rows, cannot.
Forked only_rows_left(DeviceNumber device);

/// A restored server has lost changes of `author` together with an erasure of somebody in them, and this device has them without those
/// values: it takes no such changes from a device, which could erase by them.
Forked erasure_lost(DeviceNumber author);

struct ScopeReport {
    ScopeNumber scope;
    Position position;
    Digest digest;           ///< the server's
    bool identical = false;  ///< equal to this replica's
};

struct SyncReport {
    std::size_t changesets_sent = 0, changesets_received = 0;
    std::size_t bytes_sent = 0, bytes_received = 0;  ///< bodies
    std::size_t round_trips = 0;
    std::size_t restamped = 0;        ///< changesets that a clock had put in the future
    std::int64_t clock_ahead_ms = 0;  ///< this device's clock against the server's
    std::string withheld;             ///< why a restored server gives nothing out yet; empty: it does
    bool server_restored = false;     ///< it had lost what this device then sent again
    bool revoked = false;             ///< destroy the keys before anything else
    bool update_due = false;          ///< the server's catalog is newer
    std::size_t files_sent = 0, files_waiting = 0;
    std::vector<RefusedFrame> refused;
    std::vector<ScopeReport> scopes;

    bool identical() const;  ///< every scope is, and there was one
};

/// The fact of a replica that holds its server's pins, in hexadecimal, separated by blanks.
inline constexpr const char* pins_fact = "server_pin";

/// The counter of the next request, written down before it is used: it only grows. The server takes none twice and none that is lower than
/// one it has taken; so each that goes unanswered is followed by a greater step, up to 35 years of milliseconds: a device that was restored from
/// a copy, with a clock that is behind, comes past what its earlier life has used.
std::uint64_t next_request_counter(Replica& replica);
/// The server took the request with this counter. Inside a transaction.
void answered(Replica& replica, std::uint64_t counter);

class ClientSession {
public:
    /// Finds nothing to do wrong with a replica that is in use by nobody else. It must outlive the session.
    explicit ClientSession(Replica& replica);

    /// The signed body of the next request. It carries segments up to `most` bytes, one at least; what is left over comes in
    /// the next one.
    Bytes request(std::size_t most = request_segment_bytes);
    /// A piece of the answer. Throws ErrorKind::corrupt or ErrorKind::refused: what was committed before stays.
    void feed(BytesView piece);
    /// The answer is over. True: there is more to do, call request() again. Throws ErrorKind::network when it was cut.
    bool end_answer();
    /// The server has compacted what this replica has not read: a snapshot brings it, and request() comes after that.
    bool is_to_be_filled() const { return is_to_be_filled_; }
    /// Adds what a snapshot in between has cost.
    void count(const SyncReport& filled);

    const SyncReport& report() const { return report_; }

private:
    void on_frame(const Frame& frame);
    void on_acknowledged(const AcknowledgedFrame& acknowledged);
    void on_refused(const RefusedFrame& refused);
    void on_segment(const SegmentFrame& frame);
    void on_epoch(BytesView payload);
    void on_restored(const RestoredFrame& restored);
    void note_only_rows(const RestoredFrame& restored);
    void on_scope_end(const ScopeEndFrame& end);
    void on_pins(BytesView payload);
    void on_finish(BytesView payload);
    bool settled(ScopeNumber scope);
    std::optional<DeviceNumber> only_rows_left_of();
    std::optional<DeviceNumber> bare_author() const;
    void try_refused_again();

    Replica& replica_;
    SyncReport report_;
    FrameReader frames_;
    std::uint64_t counter_ = 0;
    HelloFrame hello_;  ///< what the answer under way began with; believed once its end is signed
    std::vector<SignedEnd> ends_;
    struct Sent {
        std::size_t changesets = 0;
        ChainTag tag{};
    };
    std::map<std::tuple<ScopeNumber, DeviceNumber, Sequence>, Sent> in_request_;  ///< by chain and last
    std::map<ScopeNumber, ChainTag> told_;  ///< where the server has asked for what it had lost: the heads that it has
    Epoch epoch_{};                         ///< of a restored server, as it has last asked for it; zeros where none has
    /// Nothing of them is sent until something else was taken: on a poor line the next request would bring the same again, for good.
    std::set<std::pair<ScopeNumber, DeviceNumber>> refused_chains_;
    /// Where the server has other segments of this device than it sends: from a life that was undone by a copy put in its place.
    std::set<ScopeNumber> forked_;
    std::set<ScopeNumber> parted_;               ///< of them, where it went another way: each is looked at before the sync ends
    std::optional<DeviceNumber> parted_author_;  ///< another's chain that a stick has brought as the server does not have it
    std::set<ScopeNumber> differing_;            ///< whose rows were not the server's when it had told all of it
    bool passed_own_ = false;                    ///< in this answer
    bool own_in_full_ = false;   ///< a server that was restored may have this device's segments under the seals of a life that was undone
    bool asks_for_own_ = false;  ///< the next request leaves them out, and the answer brings the server's; this one's goes no further
    bool skipped_ = false, progressed_ = false, tells_ = false;  ///< in the request under way
    bool is_to_be_filled_ = false;
    bool more_ = false, finished_ = false, restamp_due_ = false, restamp_tried_ = false;
};

/// Writes a line in the history of syncs. `how`: where it went, `outcome`: one sentence.
void note_sync(Replica& replica, std::int64_t at_ms, std::string_view how, const SyncReport& report, std::string_view outcome);

}  // namespace tefter
