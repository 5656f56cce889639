#include "engine/sync/snapshot.hpp"

#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/codec/pack.hpp"
#include "engine/store/lease.hpp"

namespace tefter {

SnapshotSession::SnapshotSession(Replica& replica) : replica_(replica) {}

SnapshotSession::~SnapshotSession() {
    if (!transaction_) return;
    transaction_.reset();
    replica_.abandon();
}

Bytes SnapshotSession::request() {
    ensure(replica_.is_empty(), "a snapshot fills an empty replica");
    SyncRequest request;
    request.device = replica_.identity().device;
    request.catalog = replica_.catalog().number();
    request.counter = counter_ = next_request_counter(replica_);
    Bytes body = encode_request(request, snapshot_path, replica_.identity().secret);
    report_.round_trips = 1;
    report_.bytes_sent = body.size();
    transaction_.emplace(replica_.store().database);
    return body;
}

void SnapshotSession::feed(BytesView piece) {
    report_.bytes_received += piece.size();
    frames_.feed(piece, [this](const Frame& frame) { on_frame(frame); });
}

void SnapshotSession::on_frame(const Frame& frame) {
    if (finished_) Reader::fail("the answer goes on after its end");
    if (frame.type != FrameType::hello && !begun_) Reader::fail("the answer does not begin as one");
    if (frame.type != FrameType::finish) seal_.add(frame.whole);
    switch (frame.type) {
        case FrameType::hello: {
            const HelloFrame hello = decode_hello(frame.payload);
            begun_ = true;
            server_ms_ = hello.server_ms;
            report_.clock_ahead_ms = replica_.environment().now_ms() - hello.server_ms;
            report_.update_due = hello.catalog > replica_.catalog().number();
            report_.revoked = hello.revoked;
            return;
        }
        case FrameType::snapshot_begin: {
            const SnapshotBeginFrame begin = decode_snapshot_begin(frame.payload);
            replica_.store().meta.grant(begin.scope);
            replica_.store().meta.set_cursor(begin.scope, begin.position, begin.ledger_hash);
            scopes_[begin.scope] = begin;
            return;
        }
        case FrameType::snapshot_chain: return on_chain(decode_snapshot_chain(frame.payload));
        case FrameType::snapshot_rows: return on_rows(frame.payload);
        case FrameType::finish: {
            Reader in(frame.payload);
            if (!seal_.verify(replica_.identity().device, counter_, in.fixed<64>(), replica_.identity().server_key)) {
                throw Error(ErrorKind::refused,
                            "The server did not sign the snapshot that it sent; do not go on, and tell the administrator.");
            }
            finished_ = true;
            return;
        }
        default: return;  // a newer server's: not for us
    }
}

void SnapshotSession::on_chain(const SnapshotChainFrame& chain) {
    if (!scopes_.contains(chain.scope)) Reader::fail("the snapshot holds a scope that it did not begin");
    Log& log = replica_.store().log;
    log.set_head(chain.scope, chain.device, chain.head);
    for (const auto& [version, actor] : chain.authors) log.note_author(chain.scope, chain.device, version, actor);
    highest_ = std::max(highest_, chain.head.version);
}

void SnapshotSession::on_rows(BytesView payload) {
    Reader outer(payload);
    const std::size_t size = outer.count(limits::segment_raw_bytes);
    const Bytes raw = unpack(outer.raw(outer.left()), size);
    Reader in(raw);
    while (!in.done()) {
        Arena arena;
        const TableNumber table{in.varint32()};
        std::vector<Value> key;
        for (Reader parts(in.sized()); !parts.done();) key.push_back(decode_value(parts));
        const RowState state = decode_row_state(in.sized(), arena);
        if (!scopes_.contains(state.scope)) Reader::fail("the snapshot holds a row of a scope that it did not begin");
        replica_.store().applier.rows().store(table, key, nullptr, state);
        ++rows_;
    }
}

void SnapshotSession::compare() {
    for (const auto& [scope, begin] : scopes_) {
        if (replica_.store().meta.scope(scope)->digest != begin.digest) {
            throw Error(ErrorKind::corrupt,
                        "The snapshot does not come to the rows that the server signed; nothing of it was kept, sync again.");
        }
        report_.scopes.push_back({scope, begin.position, begin.digest, true});
    }
}

void SnapshotSession::finish() {
    if (!finished_)
        throw Error(ErrorKind::network, "The connection was cut before the replica was filled; nothing is half done, sync again.");
    if (report_.revoked) return;
    renew_lease(replica_.store().meta, server_ms_);
    answered(replica_, counter_);
    replica_.commit(*transaction_, [this] { compare(); });
    transaction_.reset();
    replica_.saw(highest_);
}

}  // namespace tefter
