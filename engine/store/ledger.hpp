#pragma once
// The server's ordered list of segments of each scope. Positions are dense: 1, 2, 3, …; each entry is hashed with all
// before it, and the server signs the end.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "engine/codec/redact.hpp"
#include "engine/store/database.hpp"

namespace tefter {

inline constexpr std::size_t ledger_batch_bytes = 1U << 20U;  ///< how much of a ledger is read at a time

struct LedgerHead {
    Position position;
    Hash hash{};  ///< zero at position 0
};

struct LedgerEntry {
    Position position;
    DeviceNumber device;
    Sequence first, last;
    Bytes bytes;
};

/// What a server remembers of a device's last sync, for people who ask how fresh an office's rows are.
struct Contact {
    std::int64_t synced_ms = 0;
    std::int64_t held_back = 0;            ///< changesets that the device has and the server lacks
    std::int64_t catalog = 0;              ///< the number of the device's catalog
    std::map<ScopeNumber, Position> read;  ///< how far it had read each ledger; empty where it did not say
};

Bytes encode_positions(const std::map<ScopeNumber, Position>& positions);
std::map<ScopeNumber, Position> decode_positions(BytesView bytes);

/// The next link: BLAKE2b-256("tefter ledger 1", previous, segment id).
Hash ledger_next(const Hash& previous, const Hash& segment_id);

/// Where ledgers are kept. Appending happens inside the transaction that applies the segment, between begin() and commit().
class Ledger {
public:
    virtual ~Ledger() = default;

    /// Where several servers share the ledgers: until commit() or abandon() nobody else appends to these, and what others have
    /// appended is applied here first. Outside of any transaction. Throws ErrorKind::network where the ledgers cannot be reached.
    virtual void begin(const std::set<ScopeNumber>& scopes) = 0;
    /// Nobody else appends to any scope now.
    virtual bool holds_all() = 0;
    /// What was appended since begin() stands. The last thing before the transaction that applies it is committed: what is cut off
    /// in between is applied by the next begin().
    virtual void commit() = 0;
    /// After anything threw since begin(): nothing of it stands.
    virtual void abandon() noexcept = 0;

    /// False where the device has sent this number, or a higher one, before. Between begin() and commit().
    virtual bool take_counter(DeviceNumber device, std::uint64_t counter) = 0;
    virtual void note_contact(DeviceNumber device, const Contact& contact) = 0;

    virtual LedgerHead head(ScopeNumber scope) = 0;
    virtual LedgerHead append(const SegmentHeader& header, const Hash& segment_id, BytesView bytes) = 0;
    /// Up to here the segments themselves have been compacted away; their places, hashes and chains stay. 0: all are here.
    virtual Position base(ScopeNumber scope) = 0;
    /// A device's chain where what is still here of it begins.
    virtual Hash chain_at_base(ScopeNumber scope, DeviceNumber device) { return chain_start(scope, device); }
    /// Entries behind `after` (not before base()) up to `until`, in order, at least one and then no more than `max_bytes`.
    virtual std::vector<LedgerEntry> read(ScopeNumber scope, Position after, Position until, std::size_t max_bytes) = 0;
    /// Grows with what changes entries that were here: erasures and compactions. Nothing where entries are not to be kept in memory.
    virtual std::optional<std::uint64_t> rewritten() { return std::nullopt; }
    virtual std::optional<Hash> hash_at(ScopeNumber scope, Position position) = 0;
    /// Where the segment stands that ends a device's chain at `last`; nothing where no segment ends there.
    virtual std::optional<Position> position_of(ScopeNumber scope, DeviceNumber device, Sequence last) = 0;
    /// This very segment is here, or one that stands for it, and not another one of the device that ends at the same place.
    bool holds(const SegmentHeader& header, const Hash& segment_id, BytesView bytes);
    /// Takes the personal values of erased rows out of every entry; hashes and signatures stay as they are.
    virtual void redact(ScopeNumber scope, const IsErased& erased) = 0;
    /// Takes the segments up to `until` away. Who may still need them is asked before: see sync/compaction.hpp. Between begin() and commit(),
    /// inside a transaction.
    virtual void compact(ScopeNumber scope, Position until) = 0;
    /// Where several servers share the ledgers: up to here each of them has its copy. One that was silent for longer than
    /// limits::server_silence_ms does not count.
    virtual Position copied_to(ScopeNumber scope) { return head(scope).position; }
};

/// What a server has noted of a device, in its own file; all zero for one that has never been here.
Contact contact_of(Database& server, DeviceNumber device);

/// In the server's own encrypted file, beside its rows.
class SqliteLedger : public Ledger {
public:
    /// Makes its table where there is none.
    explicit SqliteLedger(Database& database);
    void begin(const std::set<ScopeNumber>&) override {}
    bool holds_all() override { return true; }
    void commit() override {}
    void abandon() noexcept override {}
    bool take_counter(DeviceNumber device, std::uint64_t counter) override;
    /// The highest number that was taken.
    std::uint64_t counter(DeviceNumber device);
    void note_contact(DeviceNumber device, const Contact& contact) override;
    LedgerHead head(ScopeNumber scope) override;
    LedgerHead append(const SegmentHeader& header, const Hash& segment_id, BytesView bytes) override;
    std::vector<LedgerEntry> read(ScopeNumber scope, Position after, Position until, std::size_t max_bytes) override;
    std::optional<Hash> hash_at(ScopeNumber scope, Position position) override;
    std::optional<Position> position_of(ScopeNumber scope, DeviceNumber device, Sequence last) override;
    void redact(ScopeNumber scope, const IsErased& erased) override;

    std::optional<std::uint64_t> rewritten() override;
    Position base(ScopeNumber scope) override;
    Hash chain_at_base(ScopeNumber scope, DeviceNumber device) override;
    void compact(ScopeNumber scope, Position until) override;
    /// Entries behind `after` up to base(), without their segments, and their hashes; no more than so many.
    std::vector<std::pair<LedgerEntry, Hash>> compacted(ScopeNumber scope, Position after, std::size_t at_most);

private:
    void note_rewritten();
    Database& database_;
};

}  // namespace tefter
