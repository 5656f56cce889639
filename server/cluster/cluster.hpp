#pragma once
// One server of several: its view of the ledgers that they share, and of what else they agree on. See docs/operations.md.
//
//     DIR/cluster   the database's address, with its password; for the server's user alone

#include "server/cluster/postgres_ledger.hpp"
#include "server/cluster/records.hpp"
#include "server/cluster/shared_files.hpp"

namespace tefter {

/// Facts of a server's replica that make it one of a set: the set's number, and the key that its records are sealed with.
inline constexpr const char* set_fact = "cluster_set";
inline constexpr const char* key_fact = "cluster_key";
/// What this server is called among those of its set. A restored one takes another name: it does not know what the first has followed.
inline constexpr const char* server_fact = "cluster_server";

/// Not thread-safe but for `records`; the replica and its ledger must outlive it.
class Cluster {
public:
    /// Throws ErrorKind::refused where the database holds another set's ledgers, and ErrorKind::network.
    Cluster(const std::string& url, Replica& replica, SqliteLedger& here);

    /// Makes of a server with ledgers of its own the first of a set. What was begun and cut off is done again; the database must hold nothing
    /// else of Tefter. `records` and `log` give what is to be shared beside the ledgers.
    static void found(const std::string& url, Replica& replica, SqliteLedger& here, const std::map<std::string, Bytes>& records,
                      const std::function<void(const Records::EachEntry&)>& log, std::int64_t next_device, std::int64_t next_invitation);
    /// Takes everything out of the database, once this server has caught up: it goes on alone. What is cut off is ended by finish_leaving().
    void dissolve();
    /// True where dissolve() had been cut off in this folder; the server is alone then.
    static bool finish_leaving(const std::string& url, Replica& replica);
    /// Where the database is lost: the server goes on alone with what it has of the ledgers, which may lack what was appended last.
    static void abandon(Replica& replica);

    /// What others have appended, know of devices, and have got of files; and gives them what this server got.
    void follow();

    MirroredLedger& ledger() { return mirrored_; }
    Records& records() { return records_; }

private:
    static Sealing sealing(Replica& replica);
    static std::string name_of(Replica& replica);
    static void forget_set(Replica& replica);
    PostgresLedger shared_;
    MirroredLedger mirrored_;
    Records records_;
    SharedFiles files_;
    Replica& replica_;
};

/// Tells when other servers have appended. On a thread of its own.
class Following {
public:
    explicit Following(const std::string& url) : database_(url) {}
    /// Until something was appended, or half a second is over. Never throws: while the database cannot be reached it waits that long.
    void wait();

private:
    Postgres database_;
};

}  // namespace tefter
