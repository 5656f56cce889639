#pragma once
// The server's folder: its keys, its encrypted file (ledgers, rows, invitations), and what is done to them.
//
//     DIR/server.db   rows, ledgers, invitations, the TLS key (its pin is in every enrolment code); encrypted
//     DIR/web.db      secrets of those who sign in to the pages, and the log of who looked at what; encrypted, never synced
//     DIR/keys        the slots of its key
//     DIR/unlock      the passphrase that opens a slot, where the server starts unattended; keep it apart from backups
//     DIR/lock        held by the one process that works on the folder
//     DIR/admin.sock  where a running server takes administration from
//     DIR/cluster  where the ledgers lie that several servers share, as a database's address; see server/cluster/cluster.hpp
//     DIR/recovery    the organisation's secret key for forgotten passphrases; take it away and keep it safe

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/base/file.hpp"
#include "engine/keys/key_file.hpp"
#include "engine/store/verify.hpp"
#include "engine/sync/compaction.hpp"
#include "engine/sync/enrolment.hpp"
#include "engine/sync/server_session.hpp"
#include "server/cluster/cluster.hpp"
#include "server/tls.hpp"
#include "server/web/backend.hpp"
#include "server/web/readers.hpp"

namespace tefter {

/// What a new server begins with: rows, and the secret of the first who signs in.
using FirstRows = std::function<std::vector<Edit>(Replica& replica, web::Vault& vault)>;

/// Thread-safe.
class Center : public web::Backend {
public:
    /// Makes the folder and everything in it. Throws ErrorKind::refused when there is a server already.
    static void init(const std::string& folder, const Catalog& catalog, const Environment& environment, const FirstRows& first_rows);

    /// Makes the folder anew from a backup, with a new unlock file. `passphrase` opens one of the backup's slots, or
    /// `recovery` is the organisation's secret file; one of them is given. The server then waits for its devices: see go_on(). True where
    /// it is one of a set instead: the ledgers that they share have what the backup lacks.
    static bool restore(const std::string& backup, const std::string& folder, const Catalog& catalog, const Environment& environment,
                        const std::string& passphrase, const std::string& recovery_file);

    /// Gives server.db and web.db another database key, at any moment of which it may be killed: the next start ends it. Throws
    /// ErrorKind::busy while a server runs on the folder.
    static void change_key(const std::string& folder, const Environment& environment);

    /// Makes of the server in the folder, which is stopped, the first of a set that shares its ledgers in the database at `url`;
    /// or, with an empty `url`, one that has its ledgers to itself again. Counts the segments of all ledgers.
    static std::size_t move_ledgers(const std::string& folder, const Catalog& catalog, const Environment& environment,
                                    const std::string& url);
    /// Where that database is lost: the server goes on alone with its own copy, and waits for its devices as after a restore.
    static void leave_lost_database(const std::string& folder, const Catalog& catalog, const Environment& environment);

    /// Throws ErrorKind::busy while another process works on the folder. `ledger`: the address of the database with the ledgers, where
    /// they are shared; empty: as the folder says.
    Center(const std::string& folder, const Catalog& catalog, Environment environment, const std::string& ledger = {});
    ~Center() override;

    /// From now on follows the other servers by itself, where there are any.
    void follow_others();

    /// Where the server listens, host:port: what codes name that are made without an address.
    void listens_on(const std::string& address);
    /// The text of a one-time enrolment code. `address` is what devices connect to, host:port; empty: where the server listens.
    std::string invite(const std::string& office, Role role, const std::string& scopes, const std::string& address,
                       std::int64_t valid_ms) override {
        return invite(office, role, scopes, address, valid_ms, usual_lease_days);
    }
    /// `lease_days`: how long the device shows what it holds without a sync; 0: for ever.
    std::string invite(const std::string& office, Role role, const std::string& scopes, const std::string& address, std::int64_t valid_ms,
                       std::int64_t lease_days);
    /// Registers the device. Throws ErrorKind::corrupt and ErrorKind::refused. Asking again with the same key is harmless.
    EnrolmentAnswer enrol(BytesView body);
    void grant(DeviceNumber device, const std::string& scopes) override;
    void revoke(DeviceNumber device, const std::string& reason) override;

    /// Makes the server's next TLS key, if there is none yet, and tells every device of it at its next sync. Returns the devices that
    /// have not synced since it was announced.
    std::vector<DeviceNumber> announce_certificate();
    /// From the next start on the announced key is the server's. Throws ErrorKind::refused where none was announced, and,
    /// unless `anyway`, while there are devices that have not heard of it: they would have to be told by hand.
    void switch_certificate(bool anyway);

    /// Writes server.db, web.db and keys, as of one moment each, to a new folder. What opens them is not among them: unlock and recovery
    /// are kept apart.
    void backup(const std::string& folder);
    /// Writes a copy of the ledgers, without personal values, for an auditor: see engine/sync/ledger_copy.hpp.
    void copy_ledgers(const std::string& folder) const;
    /// Takes segments that nobody will read any more out of the ledgers: see engine/sync/compaction.hpp. Not where servers share them.
    std::vector<Compaction> compact(std::int64_t keep_days);
    /// Waits for every device as after a restore: for a folder, or a machine, that was put back to an older copy by other means. A
    /// device that has read what this server does not have shows that; nothing is written from then on until this or go_on() is called.
    void wait();
    /// Ends the waiting of a restored server for devices that will never come: see Awaited.
    void go_on();

    std::vector<Device> devices();
    /// Why this server cannot serve just now, in a sentence; empty: it can.
    std::string trouble();
    /// The server's own replica, and every ledger from its beginning.
    Verification verify() const;

    ServerSession::Answer accept(BytesView body);
    /// A piece of a file: see ServerSession::accept_file.
    ServerSession::Answer accept_file(BytesView body);
    struct Snapshot {
        ServerSession::Answer answer;
        std::unique_ptr<Database> reader;  ///< sees the rows of the moment when the answer was fixed; null when it is an error
    };
    Snapshot snapshot(BytesView body);
    bool stream(const Snapshot& snapshot, const std::function<bool(BytesView)>& sink) const;
    /// Through a reading connection that is kept for the next one: opening one costs as much as a small sync.
    bool stream(const ServerSession::Answer& answer, const std::function<bool(BytesView)>& sink);

    const Catalog& catalog() const override { return catalog_; }
    const Environment& environment() const override { return replica_->environment(); }
    web::Vault& vault() override { return *vault_; }
    web::Book& book() override { return *book_; }
    web::Pulse& pulse() override { return pulse_; }
    std::unique_ptr<Database> open_reader() override { return replica_->open_reader(); }
    Written write(std::int64_t actor, std::span<const Edit> edits) override;
    Written write_planned(std::int64_t actor, const std::function<std::vector<Edit>(Replica& replica)>& plan) override;
    std::int64_t new_id() override;
    void with_replica(const std::function<void(Replica&)>& work) override;
    const std::string& folder() const override { return folder_; }
    TlsIdentity& tls() { return *tls_; }

private:
    Ledger& ledgers() { return cluster_ ? static_cast<Ledger&>(cluster_->ledger()) : *ledger_; }
    static FileLock lock_folder(const std::string& folder);
    void join(const std::string& url);
    void follow();
    /// Again, a few times, where another server was faster.
    template <class Work>
    auto with_patience(Work work) -> decltype(work());
    /// By the server's own device, for nobody.
    void write_own(std::span<const Edit> edits);
    DeviceNumber take_number(const EnrolmentRequest& request);
    void share_invitation(std::uint64_t id);
    void with_invitation(std::uint64_t id, const std::function<void()>& work);
    /// A fact that all servers of the set know.
    void set_fact(const std::string& name, const std::function<std::string(const std::string& before)>& value);
    void take_facts();
    void take_for_restored();
    /// It waits for nobody, and no device has shown that it was put back.
    bool is_writable();
    void ensure_writable();
    /// The hosts that codes have named: what the TLS certificate is for.
    std::set<std::string> hosts();
    void go_by(const std::string& host);
    void announce_pins();
    std::vector<DeviceNumber> unaware_devices();
    /// Lengthens the registration of a device that has just been here.
    void renew(DeviceNumber device);
    void anchor_views();

    std::string folder_;
    FileLock lock_;
    const Catalog& catalog_;
    std::mutex mutex_;
    std::unique_ptr<Replica> replica_;
    std::unique_ptr<TlsIdentity> tls_;
    std::unique_ptr<SqliteLedger> ledger_;
    std::unique_ptr<Cluster> cluster_;  ///< none: this server is alone
    std::unique_ptr<ServerSession> session_;
    std::unique_ptr<Invitations> invitations_;
    std::unique_ptr<web::Book> book_ = std::make_unique<web::LocalBook>();
    std::unique_ptr<web::SharedLog> log_;  ///< none: this server is alone
    std::unique_ptr<web::Vault> vault_;
    std::optional<web::AccessHead> anchored_;  ///< of the log of views, in the synced rows; read at the first sync
    web::Pulse pulse_;
    std::string cluster_url_;
    FrameCache frames_{24U << 20U};
    web::Readers readers_{[this] { return replica_->open_reader(); }};
    std::mutex trouble_mutex_;
    std::string cluster_trouble_;  ///< why it cannot follow just now
    std::atomic<bool> over_ = false;
    std::thread following_;
};

template <class Work>
auto Center::with_patience(Work work) -> decltype(work()) {
    for (int left = 5;; --left) {
        try {
            return work();
        } catch (const Contended&) {
            if (left == 0) throw;
        }
    }
}

}  // namespace tefter
