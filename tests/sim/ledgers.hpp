#pragma once
// The ledgers that the servers of a set share, as a database keeps them: what was committed stands, and the line to it may break.

#include <functional>
#include <set>

#include "engine/sync/mirrored_ledger.hpp"

namespace tefter::sim {

class Ledgers : public SharedLedger {
public:
    /// What the first server of the set brings.
    Ledgers(Replica& server, SqliteLedger& here, const std::set<std::uint32_t>& devices);

    /// The line breaks at the `calls`-th call from here on, or, where it is 0, at a commit. A commit at which it breaks stands or does not.
    void break_line(std::uint64_t calls, bool commit_stands);
    /// As if that server had been silent for longer than others wait.
    void forget_copy(const std::string& server) { copied_.erase(server); }
    void mend_line() { breaks_ = false; }
    bool broke() const { return broke_; }
    /// A commit of which nobody was told stood.
    bool stood() const { return stood_; }

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

private:
    struct Kept {
        LedgerEntry entry;
        Hash hash{};
    };
    void call();
    static LedgerHead end_of(const std::vector<Kept>& ledger);
    std::map<ScopeNumber, std::vector<Kept>> kept_;
    std::map<ScopeNumber, Position> bases_;
    std::map<DeviceNumber, std::pair<std::uint64_t, Contact>> contacts_;
    std::map<std::string, std::pair<std::int64_t, std::map<ScopeNumber, Position>>> copied_;
    std::set<ScopeNumber> held_;               ///< between begin() and commit()
    std::vector<std::function<void()>> undo_;  ///< what was done since begin(), the last first
    std::uint64_t calls_left_ = 0;
    bool breaks_ = false, commit_stands_ = false, broke_ = false, stood_ = false;
};

}  // namespace tefter::sim
