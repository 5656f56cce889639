#pragma once
// Files of rows, for servers that share their ledgers: whoever gets one whole gives it to all, and each server keeps a copy of each.

#include "engine/store/replica.hpp"
#include "server/cluster/postgres.hpp"
#include "server/cluster/sealing.hpp"

namespace tefter {

/// Not thread-safe; the replica must outlive it.
class SharedFiles {
public:
    SharedFiles(const std::string& url, Sealing sealing, Replica& replica)
        : database_(url), sealing_(std::move(sealing)), replica_(replica) {}

    /// Makes the table where there is none.
    void create();
    /// Gives what others lack, and takes what they have given since the last time.
    void exchange();
    /// After an erasure: takes out what no row names any more. `catch_up` brings the rows of all files that are listed before it.
    void forget_unnamed(const std::function<void()>& catch_up);
    void destroy();

private:
    void give(const Hash& hash);
    void bring(const Hash& hash);

    Postgres database_;
    Sealing sealing_;
    Replica& replica_;
    std::int64_t seen_ = 0;  ///< the number of the file that was given last
};

}  // namespace tefter
