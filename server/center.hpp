#pragma once
// The server's folder: its keys, its encrypted file (ledgers, rows, invitations), and what is done to them.
//
//     DIR/server.db   rows, ledgers, invitations; encrypted
//     DIR/keys        the slots of its key
//     DIR/unlock      the passphrase that opens a slot, where the server starts unattended; keep it apart from backups
//     DIR/tls.pem     certificate and key, its own; the pin is in every enrolment code
//     DIR/recovery    the organisation's secret key for forgotten passphrases; take it away and keep it safe

#include <memory>
#include <mutex>

#include "engine/keys/key_file.hpp"
#include "engine/store/verify.hpp"
#include "engine/sync/enrolment.hpp"
#include "engine/sync/server_session.hpp"

namespace tefter {

class Center {
public:
    /// Makes the folder and everything in it. Throws ErrorKind::refused when there is a server already.
    static void init(const std::string& folder, const Catalog& catalog, const Environment& environment,
                     const std::string& administrator);

    Center(const std::string& folder, const Catalog& catalog, Environment environment);

    /// The text of a one-time enrolment code. `address` is what devices connect to, host:port.
    std::string invite(const std::string& office, Role role, const std::string& scopes, const std::string& address,
                       std::int64_t valid_ms);
    /// Registers the device. Throws ErrorKind::corrupt and ErrorKind::refused. Asking again with the same key is harmless.
    EnrolmentAnswer enrol(BytesView body);
    void revoke(DeviceNumber device, const std::string& reason);

    /// Takes the personal values of a row out, for ever.
    void erase(const std::string& table, std::vector<OwnedValue> key);
    /// The server's own replica, and every ledger from its beginning.
    Verification verify();

    ServerSession::Answer accept(BytesView body);
    struct Snapshot {
        ServerSession::Answer answer;
        std::unique_ptr<Database> reader;  ///< sees the rows of the moment when the answer was fixed; null when it is an error
    };
    Snapshot snapshot(BytesView body);
    bool stream(const Snapshot& snapshot, const std::function<bool(BytesView)>& sink) const;
    /// Through a reading connection of its own.
    bool stream(const ServerSession::Answer& answer, const std::function<bool(BytesView)>& sink);

    Replica& replica() { return *replica_; }
    std::string tls_file() const { return folder_ + "/tls.pem"; }
    Pin pin() const;

private:
    std::string folder_;
    const Catalog& catalog_;
    std::mutex mutex_;
    std::unique_ptr<Replica> replica_;
    std::unique_ptr<SqliteLedger> ledger_;
    std::unique_ptr<ServerSession> session_;
    std::unique_ptr<Invitations> invitations_;
};

}  // namespace tefter
