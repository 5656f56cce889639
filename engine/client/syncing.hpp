#pragma once
// One sync of a device, whichever way its replica needs: the common one, or filling an empty replica. A state machine
// without I/O: whoever drives it carries the bytes, and may use the replica between its steps.
//
// It learns what the line can carry. A request is taken whole or not at all, so one that was never answered was perhaps too
// long for a line that is cut every few seconds: the next one is half as long. A snapshot is taken whole or not at all as well:
// a replica that could not be filled by one in two tries is filled from the ledgers, segment by segment.

#include <memory>

#include "engine/sync/client_session.hpp"
#include "engine/sync/snapshot.hpp"

namespace tefter {

class Syncing {
public:
    /// The replica must outlive it.
    explicit Syncing(Replica& replica);

    struct Request {
        std::string path;
        Bytes body;
    };
    Request request();
    /// A piece of the answer. Throws ErrorKind::corrupt, ErrorKind::refused; what was whole is kept.
    void feed(BytesView piece);
    /// The answer is over. True: there is more to do, call request() again. Throws ErrorKind::network when it was cut.
    bool end_answer();
    const SyncReport& report() const;

private:
    std::size_t line_bytes();

    Replica& replica_;
    std::unique_ptr<SnapshotSession> filling_;  ///< one of the two
    std::unique_ptr<ClientSession> exchange_;
    std::size_t unanswered_bytes_ = 0;  ///< of a request that is written down as unanswered
};

}  // namespace tefter
