#pragma once
// The ledgers of a server that is one of several: shared ones say what is, and each server keeps a copy beside its rows, from which it
// serves and shows. So whoever reads asks nobody, and a server that is lost takes nothing with it.
//
//   1. What is appended is committed in the shared ledger first and here afterwards. A server that dies in between is behind, never ahead.
//   2. Before anything is appended here, everything that others have appended is applied: checks are made against the newest rows.
//   3. The server's own device is all servers together: its chain goes on where another one has left it.
//   4. Each server says how far its copy goes, so that none is left behind what is compacted; the copies are compacted as they follow.

#include <map>
#include <utility>

#include "engine/store/ledger.hpp"
#include "engine/store/replica.hpp"

namespace tefter {

struct SharedHead {
    LedgerHead end;
    Position base;  ///< as Ledger::base()
};

/// Ledgers that several servers append to.
class SharedLedger : public Ledger {
public:
    /// All ledgers, as of one moment. Empty where the ledgers have been moved away.
    virtual std::map<ScopeNumber, SharedHead> heads() = 0;
    /// What other servers have noted of devices at or after that moment, and the highest number that was taken of each.
    virtual std::map<DeviceNumber, std::pair<std::uint64_t, Contact>> contacts_since(std::int64_t synced_ms) = 0;
    /// The server of that name has a copy up to there. Outside of begin() and commit().
    virtual void note_copied(const std::string& server, const std::map<ScopeNumber, Position>& to, std::int64_t now_ms) = 0;
    /// How far the copies go of servers that have said so at or after that moment.
    virtual std::map<std::string, std::map<ScopeNumber, Position>> copied_since(std::int64_t ms) = 0;
};

/// Not thread-safe; what it stands on must outlive it.
class MirroredLedger : public Ledger {
public:
    /// `server`: a name that no other server of the set has.
    MirroredLedger(Replica& replica, SqliteLedger& here, SharedLedger& shared, std::string server)
        : replica_(replica), here_(here), shared_(shared), server_(std::move(server)) {}

    /// Applies what other servers have appended, and what they know of devices. Throws ErrorKind::corrupt where the shared ledgers are not
    /// those that this server has followed, ErrorKind::refused where they have been compacted further than it has.
    void follow();

    /// Whether anything was erased here since the last call: files may have lost the rows that name them.
    bool take_erased() { return std::exchange(erased_, false); }

    void begin(const std::set<ScopeNumber>& scopes) override;
    bool holds_all() override { return shared_.holds_all(); }
    void commit() override { shared_.commit(); }
    void abandon() noexcept override { shared_.abandon(); }
    bool take_counter(DeviceNumber device, std::uint64_t counter) override;
    void note_contact(DeviceNumber device, const Contact& contact) override;
    LedgerHead head(ScopeNumber scope) override { return here_.head(scope); }
    LedgerHead append(const SegmentHeader& header, const Hash& segment_id, BytesView bytes) override;
    std::vector<LedgerEntry> read(ScopeNumber scope, Position after, Position until, std::size_t max_bytes) override {
        return here_.read(scope, after, until, max_bytes);
    }
    std::optional<Hash> hash_at(ScopeNumber scope, Position position) override { return here_.hash_at(scope, position); }
    std::optional<Position> position_of(ScopeNumber scope, DeviceNumber device, Sequence last) override {
        return here_.position_of(scope, device, last);
    }
    void redact(ScopeNumber scope, const IsErased& erased) override;
    Position base(ScopeNumber scope) override { return here_.base(scope); }
    Hash chain_at_base(ScopeNumber scope, DeviceNumber device) override { return here_.chain_at_base(scope, device); }
    void compact(ScopeNumber scope, Position until) override;
    Position copied_to(ScopeNumber scope) override;

private:
    void catch_up();
    void follow_base(ScopeNumber scope, Position base);
    void note_contacts();
    void say_how_far();
    void apply(ScopeNumber scope, const std::vector<LedgerEntry>& entries);
    Replica& replica_;
    SqliteLedger& here_;
    SharedLedger& shared_;
    std::string server_;
    std::int64_t contacts_to_ms_ = 0;
    std::map<ScopeNumber, Position> said_;  ///< how far its copy goes
    std::int64_t said_ms_ = 0;
    bool erased_ = false;
};

}  // namespace tefter
