#pragma once
// The server's ordered list of segments of each scope. Positions are dense: 1, 2, 3, …; each entry is hashed with all
// before it, and the server signs the end.

#include <memory>
#include <optional>
#include <vector>

#include "engine/codec/redact.hpp"
#include "engine/store/database.hpp"

namespace tefter {

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

/// The next link: BLAKE2b-256("tefter ledger 1", previous, segment id).
Hash ledger_next(const Hash& previous, const Hash& segment_id);

/// Where ledgers are kept. Appending happens inside the transaction that applies the segment.
class Ledger {
public:
    virtual ~Ledger() = default;
    virtual LedgerHead head(ScopeNumber scope) = 0;
    virtual LedgerHead append(const SegmentHeader& header, const Hash& segment_id, BytesView bytes) = 0;
    /// Entries behind `after` up to `until`, in order, at least one and then no more than `max_bytes`.
    virtual std::vector<LedgerEntry> read(ScopeNumber scope, Position after, Position until, std::size_t max_bytes) = 0;
    virtual std::optional<Hash> hash_at(ScopeNumber scope, Position position) = 0;
    /// Where the segment stands that ends a device's chain at `last`; nothing where no segment ends there.
    virtual std::optional<Position> position_of(ScopeNumber scope, DeviceNumber device, Sequence last) = 0;
    /// This very segment is here, and not another one of the device that ends at the same place.
    bool holds(const SegmentHeader& header, const Hash& segment_id);
    /// Takes the personal values of erased rows out of every entry; hashes and signatures stay as they are.
    virtual void redact(ScopeNumber scope, const IsErased& erased) = 0;
};

/// In the server's own encrypted file, beside its rows.
class SqliteLedger : public Ledger {
public:
    /// Makes its table where there is none.
    explicit SqliteLedger(Database& database);
    LedgerHead head(ScopeNumber scope) override;
    LedgerHead append(const SegmentHeader& header, const Hash& segment_id, BytesView bytes) override;
    std::vector<LedgerEntry> read(ScopeNumber scope, Position after, Position until, std::size_t max_bytes) override;
    std::optional<Hash> hash_at(ScopeNumber scope, Position position) override;
    std::optional<Position> position_of(ScopeNumber scope, DeviceNumber device, Sequence last) override;
    void redact(ScopeNumber scope, const IsErased& erased) override;

private:
    Database& database_;
};

}  // namespace tefter
