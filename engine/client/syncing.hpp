#pragma once
// One sync of a device, whichever way its replica needs: the common one, or filling an empty replica. A state machine
// without I/O: whoever drives it carries the bytes, and may use the replica between its steps.

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
    std::unique_ptr<SnapshotSession> filling_;  ///< one of the two
    std::unique_ptr<ClientSession> exchange_;
};

}  // namespace tefter
