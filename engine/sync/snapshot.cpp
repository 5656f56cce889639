#include "engine/sync/snapshot.hpp"

#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/codec/pack.hpp"
#include "engine/store/lease.hpp"
#include "engine/store/only_rows.hpp"

namespace tefter {

SnapshotSession::SnapshotSession(Replica& replica) : replica_(replica), anew_(!replica.is_empty()) {}

SnapshotSession::~SnapshotSession() {
    if (!transaction_) return;
    transaction_.reset();
    replica_.abandon();
}

Bytes SnapshotSession::request() {
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
    if (rows_came_) Reader::fail("the snapshot tells of a chain behind its rows");
    Log& log = replica_.store().log;
    const Head here = log.head(chain.scope, chain.device);
    known_there_[{chain.scope, chain.device}] = chain.head.sequence;
    const bool own = chain.device == replica_.identity().device;
    if (own && anew_ && here.sequence < chain.head.sequence) {
        // Its own segments are compacted: it could not give them back to a server that loses them.
        throw Forked(
            "This device was restored from a backup, and the server has compacted what it had sent since; enrol it again: its unsent "
            "changes are kept.");
    }
    if (here.sequence == chain.head.sequence && here.hash != chain.head.hash) {
        throw forked_chain(chain.device);
    }
    // What the server had lost of it may have been written otherwise meanwhile, and the rows here would be overwritten.
    if (anew_ && here.sequence != chain.head.sequence && lost_versions(replica_.store().meta, chain.scope).contains(chain.device))
        throw only_rows_left(chain.device);
    if (here.sequence > chain.head.sequence && !log.keeps_all(chain.scope, chain.device, chain.head.sequence)) {
        throw only_rows_left(chain.device);
    }
    if (here.sequence < chain.head.sequence) {
        log.drop(chain.scope, chain.device);  // the chain goes on behind what is missing here
        log.set_head(chain.scope, chain.device, chain.head);
    }
    for (const auto& [version, actor] : chain.authors) log.note_author(chain.scope, chain.device, version, actor);
    highest_ = std::max(highest_, chain.head.version);
}

void SnapshotSession::on_rows(BytesView payload) {
    if (anew_ && !rows_came_) take_out_unknown_there();
    rows_came_ = true;
    Reader outer(payload);
    const std::size_t size = outer.count(limits::segment_raw_bytes);
    const Bytes raw = unpack(outer.raw(outer.left()), size);
    Reader in(raw);
    std::vector<Value> key;
    while (!in.done()) {
        Arena arena;
        const TableNumber table{in.varint32()};
        key.clear();
        for (Reader parts(in.sized()); !parts.done();) key.push_back(decode_value(parts));
        const RowState state = decode_row_state(in.sized(), arena);
        if (!scopes_.contains(state.scope)) Reader::fail("the snapshot holds a row of a scope that it did not begin");
        if (anew_) came_[state.scope] += fingerprint(table, key, state);  // what fills an empty replica is counted as it is stored
        ++rows_;
        Applier& applier = replica_.store().applier;
        const std::optional<RowState> before = anew_ ? applier.rows().load(table, key, arena) : std::nullopt;
        if (anew_ && state.erased && !(before && before->erased)) applier.erasing().begun.emplace(table, encode_key(key));
        if (anew_) replica_.store().receiver.note_own_row(table, key);
        applier.rows().store(table, key, before ? &*before : nullptr, state);
    }
}

void SnapshotSession::compare() {
    for (const auto& [scope, begin] : scopes_) {
        // Rows of changes that the server does not have yet are in the replica's digest as well.
        if ((anew_ ? came_[scope] : replica_.store().meta.scope(scope)->digest) != begin.digest) {
            throw Error(ErrorKind::corrupt,
                        "The snapshot does not come to the rows that the server signed; nothing of it was kept, sync again.");
        }
        report_.scopes.push_back({scope, begin.position, begin.digest, true});
    }
}

std::set<DeviceNumber> SnapshotSession::authors(ScopeNumber scope) {
    std::set<DeviceNumber> out{replica_.identity().device};
    for (const auto& [device, head] : replica_.heads(scope)) out.insert(device);
    return out;
}

/// Causes before effects: a row that somebody changed is there by then.
void SnapshotSession::each_unknown_there(const Visit& visit) {
    Log& log = replica_.store().log;
    for (const auto& [number, begin] : scopes_) {
        const ScopeNumber scope = number;
        const auto there = [&](DeviceNumber device) { return known_there_[{scope, device}]; };
        log.each_kept(
            scope, [&](DeviceNumber device, Sequence last) { return last > there(device); },
            [&](const StoredSegment& kept) {
                Segment segment;
                decode_segment(kept.bytes, segment);
                Sequence at = kept.first;
                for (const Changeset& changeset : segment.changesets) {
                    if (at > there(kept.device)) visit({scope, kept.device, at}, changeset);
                    ++at.value;
                }
            });
        const DeviceNumber own = replica_.identity().device;
        for (const auto& [sequence, bytes] : log.unsealed(scope)) {
            Arena arena;
            Reader in(bytes);
            const Changeset changeset = decode_changeset(in, arena);
            if (sequence > there(own)) visit({scope, own, sequence}, changeset);
        }
    }
}

/// Chains that the server has lost altogether are not in the snapshot.
void SnapshotSession::look_for_lost_chains() {
    for (const auto& [scope, begin] : scopes_) {
        for (const auto& [device, head] : replica_.heads(scope)) {
            const bool is_known = known_there_.contains({scope, device});
            if (!is_known && !replica_.store().log.keeps_all(scope, device, Sequence{0})) throw only_rows_left(device);
        }
    }
}

/// Rows are the server's before changes are made on them again; one that it does not know is made of nothing else.
void SnapshotSession::take_out_unknown_there() {
    look_for_lost_chains();
    Rows& rows = replica_.store().applier.rows();
    each_unknown_there([&](const Origin&, const Changeset& changeset) {
        for (const Change& change : changeset.changes) {
            Arena arena;
            if (const std::optional<RowState> state = rows.load(change.table, change.key, arena)) {
                rows.take_out(change.table, change.key, *state);
            }
        }
    });
}

void SnapshotSession::make_again() {
    for (const auto& [scope, begin] : scopes_) {
        for (const DeviceNumber device : authors(scope)) {
            replica_.store()
                .database.prepare_once("DELETE FROM tefter_quarantine WHERE scope = ?1 AND device = ?2 AND sequence > ?3")
                .with(std::int64_t{scope.value}, std::int64_t{device.value}, static_cast<std::int64_t>(known_there_[{scope, device}].value))
                .run();
        }
    }
    each_unknown_there([&](const Origin& name, const Changeset& changeset) { replica_.store().applier.apply(name, changeset); });
}

void SnapshotSession::finish() {
    if (!finished_)
        throw Error(ErrorKind::network, "The connection was cut before the replica was filled; nothing is half done, sync again.");
    if (report_.revoked) return;
    if (anew_) {
        if (!rows_came_) take_out_unknown_there();
        make_again();
        for (const auto& [scope, begin] : scopes_) set_lost_versions(replica_.store().meta, scope, {});
    }
    renew_lease(replica_.store().meta, server_ms_);
    answered(replica_, counter_);
    replica_.commit(*transaction_, [this] { compare(); });
    transaction_.reset();
    replica_.saw(highest_);
}

}  // namespace tefter
