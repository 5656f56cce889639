#pragma once
// Where a segment of another device comes in. Everything is checked before anything is applied: scope, device, place
// in the chain, what its author had seen, time, signature, and, where nobody has done so before, the author's rights.
//
//   1. A segment is applied whole or not at all; it is applied once.
//   2. Causes come before effects: a segment whose author had seen what we lack waits or is refused.
//   3. What waits is applied by itself as soon as it can be.

#include <set>
#include <string>
#include <utility>

#include "engine/store/apply.hpp"
#include "engine/store/devices.hpp"
#include "engine/store/log.hpp"

namespace tefter {

/// Who hands the segment over, and so what has been checked already and where it goes.
enum class Carrier {
    server,  ///< from the ledger: order, time and rights were checked when it was accepted
    peer,    ///< from a bundle: what cannot be applied yet is held
    waited,  ///< the same, tried again
    device,  ///< to the server, from whomever: what cannot be applied now is refused; the ledger keeps the bytes
    memory,  ///< likewise, to a server that was restored: it may have forgotten why values were taken out of what it has forgotten
    ledger,  ///< to a server, from the ledger that it shares with others: one of them has checked it; the ledger keeps the bytes
};

enum class Outcome { applied, known, held, refused };

enum class Refusal : std::uint8_t {  // written to the wire: frozen
    none = 0,
    damaged = 1,    ///< the bytes are no segment
    scope = 2,      ///< the scope is not held, or not granted to the author
    device = 3,     ///< the author is not registered
    revoked = 4,    ///< a stick brings it, and the author has been revoked
    gap = 5,        ///< what comes before it in the chain is missing
    fork = 6,       ///< it does not continue the chain that is known
    missing = 7,    ///< its author had seen a segment that is missing
    future = 8,     ///< its versions are more than five minutes ahead
    signature = 9,  ///< the author did not sign this
    rights = 10,    ///< the author's role does not allow one of its changes
    order = 11,     ///< its versions do not ascend, or are another device's
    ended = 12,     ///< the author's registration has ended; a sync with the server renews it
    values = 13,    ///< personal values were taken out of it, and no erasure is known that tells why
};

struct Received {
    Outcome outcome = Outcome::applied;
    Refusal refusal = Refusal::none;  ///< also of what is held: what it waits for
    std::string reason;               ///< one sentence; empty when applied
    SegmentHeader header;
    std::size_t changesets = 0;
    std::size_t released = 0;       ///< segments that had waited and were applied because of this one
    std::optional<Bytes> redacted;  ///< what to keep instead of the bytes that came: they held values of erased rows
    Hash id{};                      ///< names the segment in the ledger's chain; zero when damaged
    /// Of a fork of this device: the last changeset that is the same in both of its lives.
    std::optional<Sequence> same_until;
};

/// Not thread-safe; lives inside the caller's transactions. One in which a segment of the server's is refused is to be rolled back.
class Receiver {
public:
    Receiver(Database& database, const Catalog& catalog, Applier& applier, Log& log, DeviceNumber own, const PublicKey& server_key)
        : database_(database), catalog_(catalog), applier_(applier), log_(log), meta_(database), own_(own), server_key_(server_key) {}

    /// `now_ms`: the clock that the future is measured by.
    Received receive(BytesView bytes, Carrier carrier, std::int64_t now_ms);

    /// Tries again what waits. Returns how many segments were applied.
    std::size_t release(std::int64_t now_ms);
    /// The segments that wait, as they came and in that order, each with the number of its place.
    std::vector<std::pair<std::int64_t, Bytes>> waiting();

    /// Forgets what waits there.
    void let_go(const SegmentHeader& header);

    /// The highest version applied since the last call: the clock must stay above it.
    Version take_highest() { return std::exchange(highest_, Version{}); }
    /// The highest row counter of this device that its own returning segments hold.
    std::int64_t take_own_rows() { return std::exchange(own_rows_, 0); }
    /// A row that came otherwise; nothing where this device has not numbered it.
    void note_own_row(TableNumber table, Cells key);

private:
    Received check_and_apply(BytesView bytes, Carrier carrier, std::int64_t now_ms);
    Refusal check(const Segment& segment, Carrier carrier, const Head& head, std::int64_t now_ms, Hash& end, std::string& reason);
    /// What is kept of its chain where a segment of the server's ends.
    enum class Standing { nothing, same, resealed, another };
    Standing standing(const Segment& segment, const Hash& id, BytesView bytes);
    std::optional<PublicKey> key_of(DeviceNumber device);
    /// A replica that was put back to a copy holds as unsent what its earlier life has sent from there, under another seal: seals hold chance.
    bool is_unsent(const SegmentHeader& header);
    struct Shared {
        std::size_t changesets = 0;  ///< so many stand here, from the first on
        bool forks = false;          ///< and in the place of the next another one
    };
    Shared shared_with(const Segment& segment);
    Refusal check_rights(const Segment& segment, const Device& author, Carrier carrier, std::string& reason);
    /// `from`: of its changesets those before are in the rows.
    std::optional<Bytes> apply(const Segment& segment, std::size_t from, const Head& head, const Hash& end, BytesView bytes,
                               Carrier carrier);
    std::optional<Bytes> redacted(BytesView bytes);
    void note_own_rows(const Changeset& changeset);
    void hold(const SegmentHeader& header, BytesView bytes, const std::string& reason);

    Database& database_;
    const Catalog& catalog_;
    Applier& applier_;
    Log& log_;
    Meta meta_;
    DeviceNumber own_;
    PublicKey server_key_;
    Version highest_;
    std::int64_t own_rows_ = 0;
};

/// One sentence a person can act on.
std::string to_sentence(Refusal refusal);

/// The integer of Meta that says how far a forked device's chain is the server's too.
std::string common_until(ScopeNumber scope);

}  // namespace tefter
