#pragma once
// An encrypted replica on one device: the one way in for local edits (`write`) and for what others wrote (`receive`).
// Each call is one transaction: rows, versions, conflicts, digest and log change together, or nothing does.
//
// One thread at a time. Other threads and programs read through `open_reader`.

#include <functional>
#include <memory>

#include "engine/base/environment.hpp"
#include "engine/store/editor.hpp"
#include "engine/store/receiver.hpp"

namespace tefter {

class FileLock;

/// What a device is born with at enrolment; kept inside the encrypted file.
struct Identity {
    DeviceNumber device;
    SecretKey secret{};
    PublicKey server_key{};
    std::string office;
    Role role = Role::officer;
    std::vector<ScopeNumber> scopes;
};

struct Written {
    Version version;          ///< none when there was nothing to change
    std::size_t changes = 0;  ///< changes in the log
};

inline constexpr std::int64_t row_block = 1024;

struct HeldSegment {
    ScopeNumber scope;
    DeviceNumber device;
    Sequence first;
    std::string reason;
};

/// Any number of programs may read; the first that writes is the only one that does until it is closed.
class Replica {
public:
    /// Makes the file. Throws when it exists; leaves nothing behind when it fails.
    static void create(const std::string& path, const DatabaseKey& key, const Catalog& catalog, const Identity& identity,
                       JournalMode journal);

    /// `catalog` must outlive the replica. Tables and groups that are new in it are made.
    Replica(const std::string& path, const DatabaseKey& key, const Catalog& catalog, Environment environment, JournalMode journal);
    ~Replica();
    Replica(const Replica&) = delete;
    Replica& operator=(const Replica&) = delete;

    const Catalog& catalog() const { return catalog_; }
    const Identity& identity() const { return identity_; }
    const Environment& environment() const { return environment_; }
    const std::string& path() const;

    /// A row id that nobody else will draw.
    std::int64_t new_id();
    /// Where several programs write as this device: rows are numbered from blocks of row_block, each of which `next_block` gives once.
    void number_rows_by(std::function<std::int64_t()> next_block) { next_block_ = std::move(next_block); }
    /// One user action: all edits or none, under one version. `actor` is the row id of the person who acted, 0 for none.
    Written write(std::int64_t actor, std::span<const Edit> edits);

    /// The same inside a transaction that its caller ends with commit(), or with abandon() when this throws.
    Written write_within(std::int64_t actor, std::span<const Edit> edits);
    /// For changesets that are not made of edits.
    Version next_version();

    /// One segment. With Carrier::server it stands at `position` of its ledger, and the cursor moves there in the same
    /// transaction, unless the segment is refused.
    Received receive(BytesView bytes, Carrier carrier, std::int64_t now_ms, Position position = {});
    /// Tries again what came by a stick and waits; after a sync its time may have come. Returns how many segments were applied.
    std::size_t release(std::int64_t now_ms);
    /// The ledger has an own segment, which ends at `last`, at `position`. False when it is not kept here.
    bool pass_own(ScopeNumber scope, Position position, Sequence last);
    /// Reads the ledger from its beginning again: the server is not where it was.
    void rewind(ScopeNumber scope);
    /// Nobody has written here and nothing has come: a snapshot can fill it.
    bool is_empty();
    /// Raises the clock above what came by another way than a segment.
    void saw(Version version) { clock_->saw(version); }
    /// Makes room for scopes that the register grants and that are not held yet.
    void hold_granted_scopes();

    /// Seals what is unsealed of all scopes, and writes a fact down, with one commit.
    void seal_all(std::string_view fact, std::string_view value);
    /// Seals what is unsent in a scope; returns the segments that the server has not confirmed, causes first.
    std::vector<StoredSegment> segments_to_send(ScopeNumber scope);
    /// The same inside its caller's transaction.
    std::vector<StoredSegment> seal_within(ScopeNumber scope);
    void mark_taken(ScopeNumber scope, DeviceNumber device, Sequence last);
    bool mark_untaken(ScopeNumber scope, DeviceNumber device, Sequence after);
    void mark_exported(ScopeNumber scope);
    /// Gives unsent changesets that are ahead of `now_ms` (the server's time) versions that are not. Returns how many
    /// changesets got another version.
    std::size_t restamp(std::int64_t now_ms);

    std::vector<ScopeState> scopes();
    Head head(ScopeNumber scope, DeviceNumber device);
    std::vector<std::pair<DeviceNumber, Head>> heads(ScopeNumber scope);
    std::size_t unsent_changesets();
    std::vector<HeldSegment> held();
    std::optional<Device> device(DeviceNumber number);
    bool is_revoked(DeviceNumber number);
    /// The state of a row with all its leaves; values belong to `arena`.
    std::optional<RowState> state(const Table& table, Cells key, Arena& arena);

    /// A second connection that can only read.
    std::unique_ptr<Database> open_reader() const;
    /// Small facts that programs keep beside the rows (addresses, counters). Never synced. An empty value takes one away.
    std::optional<std::string> fact(std::string_view name);
    void set_fact(std::string_view name, std::string_view value);
    /// One that is about a row, such as what is being typed of it: it goes when the row is erased, and nothing is kept of a row that has
    /// been.
    void set_fact(std::string_view name, std::string_view value, const Table& table, Cells key);
    /// Those whose names begin so, with their whole names.
    std::vector<std::pair<std::string, std::string>> facts(std::string_view prefix);

    /// Called after each commit that changed rows, on the writing thread.
    void on_commit(std::function<void(const Changed&)> listener) { listeners_.push_back(std::move(listener)); }

    /// For what lies beside: verification, snapshots, the ledger of the server. Inside their own transactions.
    struct Store {
        Database database;
        Meta meta;
        Log log;
        Applier applier;
        Receiver receiver;
        Store(const std::string& path, const DatabaseKey& key, JournalMode journal, const Catalog& catalog, DeviceNumber own,
              const PublicKey& server_key);
    };
    Store& store() { return *store_; }
    /// Ends a transaction begun on `store().database`: digests, then commit, then listeners. `last_look` sees the digests,
    /// and what it throws leaves the transaction open.
    void commit(Transaction& transaction, const std::function<void()>& last_look = {});
    /// After an erasure, when the work of the hour is done: SQLite overwrites what is deleted, but where it moved rows between
    /// pages their old bytes stay in free room. Writes the file anew if that is still to be done since the last erasure (seconds
    /// for a large one); what cannot be done now, because somebody reads or the disk is full, waits for the next call.
    /// Before that it forgets files that no row names any more, then and once after each opening.
    void sweep();
    /// Forgets what an abandoned transaction had counted.
    void abandon();

private:
    /// Before the first write: no other program may write while this replica is open, since ids and versions are drawn from
    /// memory. What others wrote before is caught up with. Throws ErrorKind::busy.
    void claim();
    void keep_fact(std::string_view name, std::string_view value, BytesView about);
    void forget_unnamed_files(bool erased);
    void load_identity(Database& database);
    void refresh_grants();
    void raise_row_counter();
    /// The cursor goes one position on. Throws ErrorKind::corrupt for any other.
    void advance(ScopeNumber scope, Position position, const Hash& segment_id);
    void apply_plan(const PlannedChange& planned, Version version, std::int64_t actor, Sequence sequence);

    const Catalog& catalog_;
    Environment environment_;
    DatabaseKey key_;
    Identity identity_;
    std::unique_ptr<Store> store_;
    std::optional<HybridClock> clock_;
    std::unique_ptr<FileLock> claim_;
    std::optional<std::int64_t> files_looked_at_ms_;  ///< by this program; once a day, and after an erasure
    bool grants_due_ = false;                         ///< the register has something new of this device
    bool old_values_in_log_ = true;                   ///< a crash may have left a write-ahead log; looked at with the first commit
    std::int64_t row_counter_ = 0;
    std::int64_t saved_row_counter_ = 0;
    std::function<std::int64_t()> next_block_;
    std::int64_t block_end_ = 0;
    std::int64_t others_rows_ = 0;  ///< the highest number of a row that another program wrote as this device
    std::vector<std::function<void(const Changed&)>> listeners_;
};

}  // namespace tefter
