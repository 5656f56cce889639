#pragma once
// A device's folder: its replica, its key slots, its way to the server. What the command line and the kiosk share.
//
//   replica.db   the encrypted replica
//   keys         its key slots
//   enrolling    while a device is being enrolled: its signing key, locked by the passphrase. So a device that lost the
//                server's answer asks again as the same device, with the same code.

#include <functional>
#include <memory>
#include <string>

#include "engine/net/transport.hpp"
#include "engine/store/replica.hpp"
#include "engine/sync/client_session.hpp"

namespace tefter {

/// Called as bytes come; returning false cancels: what is whole is kept, and the next sync goes on.
using SyncProgress = std::function<bool(const SyncReport& report)>;

inline constexpr const char* cancelled_sync = "Cancelled; what is whole is kept, sync again to go on.";

/// What a replica is opened for. One whose lease is over (see lease.hpp) opens for a sync alone.
enum class Opening { to_work, to_sync };

class Home {
public:
    explicit Home(std::string folder) : folder_(std::move(folder)) {}

    const std::string& folder() const { return folder_; }
    std::string database() const { return folder_ + "/replica.db"; }
    std::string keys() const { return folder_ + "/keys"; }
    bool has_replica() const;

    /// Makes the replica of this device, still empty: sync() fills it. Throws ErrorKind::usage for what is no code,
    /// ErrorKind::refused by the server or where there is a replica already, ErrorKind::network.
    std::unique_ptr<Replica> enrol(std::string_view code, std::string_view passphrase, const Catalog& catalog,
                                   const Environment& environment) const;
    /// Throws ErrorKind::not_replica, ErrorKind::wrong_key; ErrorKind::refused to work where the lease is over.
    std::unique_ptr<Replica> open(std::string_view passphrase, const Catalog& catalog, const Environment& environment,
                                  Opening opening) const;
    /// Likewise with the key that a slot holds; ends a change of the key that was killed. Never refuses for the lease.
    std::unique_ptr<Replica> open_with(const DatabaseKey& key, const Catalog& catalog, const Environment& environment) const;

    /// Sends and receives until both sides have the same, and notes it in the history of syncs. A replica that is empty is
    /// filled by a snapshot. Destroys the keys of a device that was revoked, and throws ErrorKind::refused.
    SyncReport sync(Replica& replica, const SyncProgress& progress = {}) const;
    /// Brings a file that a row names from the server; what is here of it already is not asked for again. See fetch_file().
    void fetch(Replica& replica, const Hash& hash, const std::function<bool(std::int64_t)>& go_on) const;

    ServerAddress server(Replica& replica) const;
    /// Takes the server's address and pin out of a fresh enrolment code, which stays unused: for a device that was away while
    /// the server announced another TLS key. Asks it there for the certificate of its authority. Who answers there must still sign
    /// as the server that enrolled this device.
    void follow(Replica& replica, std::string_view code) const;
    /// The end of a sync that went well, for those who carry its bytes themselves: see Syncing. Throws as sync() does.
    void conclude(Replica& replica, std::int64_t began_ms, const SyncReport& report) const;

    /// Gives the replica another database key, at any moment of which it may be killed: whoever opens it next ends it. Returns the
    /// slots that were lost, which an older version had written: their owners are added again. Throws ErrorKind::busy while
    /// another program writes, ErrorKind::wrong_key.
    std::vector<std::string> change_key(std::string_view passphrase, const Catalog& catalog, const Environment& environment) const;

    /// Overwrites the key slots and removes everything.
    void destroy() const;

private:
    std::string enrolling() const { return folder_ + "/enrolling"; }
    Secret<32> signing_seed(const std::string& invitation, std::string_view passphrase, const Environment& environment) const;

    std::string folder_;
};

}  // namespace tefter
