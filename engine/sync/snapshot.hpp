#pragma once
// Filling a replica: the server's rows as they are, instead of the history that made them. One request, one answer,
// one transaction: the replica is filled or it is as it was.

#include <functional>
#include <map>
#include <optional>
#include <set>

#include "engine/sync/client_session.hpp"

namespace tefter {

/// For a replica that is_empty(), and for one that has not read what the server has compacted away: rows become the server's, what has
/// been erased meanwhile is forgotten, and changes that the server does not have yet are made on them again.
class SnapshotSession {
public:
    /// The replica must outlive it and is used by nobody else meanwhile.
    explicit SnapshotSession(Replica& replica);
    ~SnapshotSession();
    SnapshotSession(const SnapshotSession&) = delete;
    SnapshotSession& operator=(const SnapshotSession&) = delete;

    /// The signed body of the request.
    Bytes request();
    /// A piece of the answer. Throws ErrorKind::corrupt or ErrorKind::refused; the replica stays as it was.
    void feed(BytesView piece);
    /// The answer is over: compares every digest, and commits. Throws ErrorKind::network when it was cut.
    void finish();

    const SyncReport& report() const { return report_; }
    std::size_t rows() const { return rows_; }

private:
    void on_frame(const Frame& frame);
    void on_rows(BytesView payload);
    void on_chain(const SnapshotChainFrame& chain);
    void compare();
    std::set<DeviceNumber> authors(ScopeNumber scope);
    using Visit = std::function<void(const Origin& name, const Changeset& changeset)>;
    /// What is here and the server does not have yet, chain by chain in its order.
    void each_unknown_there(const Visit& visit);
    void look_for_lost_chains();
    void take_out_unknown_there();
    void make_again();

    Replica& replica_;
    bool anew_;  ///< it holds something already
    SyncReport report_;
    FrameReader frames_;
    SnapshotSeal seal_;
    std::optional<Transaction> transaction_;
    std::map<ScopeNumber, SnapshotBeginFrame> scopes_;
    std::map<ScopeNumber, Digest> came_;
    std::map<std::pair<ScopeNumber, DeviceNumber>, Sequence> known_there_;
    Version highest_;
    std::uint64_t counter_ = 0;
    std::int64_t server_ms_ = 0;
    std::size_t rows_ = 0;
    bool begun_ = false, rows_came_ = false, finished_ = false;
};

}  // namespace tefter
