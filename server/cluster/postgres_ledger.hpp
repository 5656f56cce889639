#pragma once
// Ledgers in PostgreSQL, for any number of servers: tables of plain SQL that CockroachDB, YugabyteDB and Citus take too, each keyed by scope
// first. Whoever holds the row of a ledger's head appends; different ledgers go in parallel; an entry is never changed but by an erasure or
// a compaction. Entries are sealed (sealing.hpp); scope, position, device and sequences lie in the clear.

#include <map>

#include "engine/sync/mirrored_ledger.hpp"
#include "server/cluster/postgres.hpp"
#include "server/cluster/sealing.hpp"

namespace tefter {

/// Not thread-safe.
class PostgresLedger : public SharedLedger {
public:
    PostgresLedger(const std::string& url, Sealing sealing) : database_(url), sealing_(std::move(sealing)) {}

    /// Makes the tables where there are none, and the heads of these ledgers; tables of an older version are brought to what they are now.
    void create(const std::set<ScopeNumber>& scopes);
    /// An entry whose segment was compacted before the ledgers were shared. Between begin() and commit().
    void append_compacted(ScopeNumber scope, const LedgerEntry& entry, const Hash& hash);
    /// Between begin() with all scopes and commit(): takes the ledgers away for good. Servers that still use them are told so.
    void destroy_within();
    std::map<ScopeNumber, SharedHead> heads() override;
    std::map<DeviceNumber, std::pair<std::uint64_t, Contact>> contacts_since(std::int64_t synced_ms) override;
    void note_copied(const std::string& server, const std::map<ScopeNumber, Position>& to, std::int64_t now_ms) override;
    std::map<std::string, std::map<ScopeNumber, Position>> copied_since(std::int64_t ms) override;

    void begin(const std::set<ScopeNumber>& scopes) override;
    bool holds_all() override;
    void commit() override;
    void abandon() noexcept override;
    bool take_counter(DeviceNumber device, std::uint64_t counter) override;
    void note_contact(DeviceNumber device, const Contact& contact) override;
    LedgerHead head(ScopeNumber scope) override;
    LedgerHead append(const SegmentHeader& header, const Hash& segment_id, BytesView bytes) override;
    std::vector<LedgerEntry> read(ScopeNumber scope, Position after, Position until, std::size_t max_bytes) override;
    std::optional<Hash> hash_at(ScopeNumber scope, Position position) override;
    std::optional<Position> position_of(ScopeNumber scope, DeviceNumber device, Sequence last) override;
    void redact(ScopeNumber scope, const IsErased& erased) override;
    Position base(ScopeNumber scope) override;
    void compact(ScopeNumber scope, Position until) override;

    /// What is notified at a commit that appended or compacted.
    static constexpr const char* channel = "tefter_ledger";

private:
    SharedHead& held(ScopeNumber scope);
    SharedHead held_or_read(ScopeNumber scope);
    void insert(ScopeNumber scope, const LedgerEntry& entry, const Hash& hash, BytesView sealed);
    Postgres database_;
    Sealing sealing_;
    std::map<ScopeNumber, SharedHead> held_;  ///< between begin() and commit()
    bool has_news_ = false;
};

}  // namespace tefter
