#include "engine/sync/client_session.hpp"

#include <algorithm>
#include <sstream>

#include "engine/store/files.hpp"
#include "engine/store/lease.hpp"
#include "engine/store/only_rows.hpp"

namespace tefter {

bool SyncReport::identical() const {
    return !scopes.empty() && std::all_of(scopes.begin(), scopes.end(), [](const ScopeReport& scope) { return scope.identical; });
}

namespace {

constexpr const char* counter_fact = "request_counter";  // the last one, and how far the next one goes on if it is not answered
constexpr const char* server_epoch = "server_epoch";
constexpr std::size_t epoch_bytes = std::tuple_size_v<Epoch>;
constexpr std::uint64_t first_gap = 3'600'000, gap_grows = 8, most_gap = 1ULL << 40U;  // in the counter's milliseconds: an hour to 35 years

struct Drawn {
    std::uint64_t counter = 0;
    std::string kept;  ///< to be written down before it is used
};

Drawn draw_counter(Replica& replica) {
    std::istringstream kept(replica.fact(counter_fact).value_or("0"));
    std::uint64_t last = 0, gap = 0;
    kept >> last >> gap;
    const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(0, replica.environment().now_ms()));
    const std::uint64_t counter = std::max(last + 1 + gap, now);
    const std::uint64_t next_gap = gap == 0 ? first_gap : std::min(most_gap, gap * gap_grows);
    return {counter, std::to_string(counter) + " " + std::to_string(next_gap)};
}

}  // namespace

std::uint64_t next_request_counter(Replica& replica) {
    const Drawn drawn = draw_counter(replica);
    replica.set_fact(counter_fact, drawn.kept);
    return drawn.counter;
}

void answered(Replica& replica, std::uint64_t counter) {
    replica.store().meta.set(fact_name(counter_fact), std::string_view(std::to_string(counter)));
}

ClientSession::ClientSession(Replica& replica) : replica_(replica) {
    if (const std::optional<Bytes> epoch = replica.store().meta.blob(server_epoch)) epoch_ = Reader(*epoch).fixed<epoch_bytes>();
}

Bytes ClientSession::request(std::size_t most) {
    replica_.hold_granted_scopes();
    SyncRequest request;
    request.device = replica_.identity().device;
    request.catalog = replica_.catalog().number();
    const Drawn drawn = draw_counter(replica_);
    replica_.seal_all(counter_fact, drawn.kept);
    request.counter = counter_ = drawn.counter;
    in_request_.clear();
    ends_.clear();
    differing_.clear();
    report_.scopes.clear();
    report_.withheld.clear();
    request.epoch = epoch_;
    more_ = finished_ = restamp_due_ = is_to_be_filled_ = skipped_ = progressed_ = asks_for_own_ = passed_own_ = false;
    std::size_t size = 0;
    bool full = false;
    for (const ScopeState& scope : replica_.scopes()) {
        std::optional<Sequence> left_out;
        replica_.store().log.each_untaken(scope.scope, [&](StoredSegment segment) {
            const bool own = segment.device == request.device;
            if (refused_chains_.contains({scope.scope, segment.device})) {  // and with what was refused, what continues it
                skipped_ = true;
                if (own && !left_out) left_out = segment.first;
                return true;
            }
            full = full || (size != 0 && size + segment.bytes.size() > most);
            if (full) {  // causes go before effects: nothing may overtake what waits for the next request
                if (own && !left_out) left_out = segment.first;
                more_ = true;
                return !left_out || !refused_chains_.empty();  // else all that is to be known is known, and the rest may be long
            }
            size += segment.bytes.size();
            in_request_[{scope.scope, segment.device, segment.last}] = {
                static_cast<std::size_t>(segment.last.value - segment.first.value + 1), sent_tag(segment.bytes)};
            request.segments.push_back(std::move(segment.bytes));
            return true;
        });
        // What the server must have of this device's chain once it has taken this request.
        Sequence own = replica_.head(scope.scope, request.device).sequence;
        if (left_out) own = Sequence{left_out->value - 1};
        if (own_in_full_) own = Sequence{0};
        request.cursors.push_back({scope.scope, scope.position, chain_tag(scope.ledger_hash), own});
    }
    // Who is not done telling is not taken for one who has told; and what is sent may let in what was refused.
    tells_ = !more_ && !(skipped_ && !request.segments.empty());
    if (tells_) {
        for (const auto& [scope, heads] : told_) request.told.push_back({scope, heads});
    }
    Bytes body = encode_request(request, sync_path, replica_.identity().secret);
    ++report_.round_trips;
    report_.bytes_sent += body.size();
    return body;
}

void ClientSession::feed(BytesView piece) {
    report_.bytes_received += piece.size();
    frames_.feed(piece, [this](const Frame& frame) { on_frame(frame); });
}

void ClientSession::on_frame(const Frame& frame) {
    if (finished_) Reader::fail("the answer goes on after its end");
    if (frame.type != FrameType::hello && hello_.server_ms == 0) Reader::fail("the answer does not begin as one");
    if (asks_for_own_ && frame.type != FrameType::acknowledged && frame.type != FrameType::refused) return;
    switch (frame.type) {
        case FrameType::hello: hello_ = decode_hello(frame.payload); return;
        case FrameType::acknowledged: return on_acknowledged(decode_acknowledged(frame.payload));
        case FrameType::refused: return on_refused(decode_refused(frame.payload));
        case FrameType::segment: return on_segment(decode_segment_frame(frame.payload));
        case FrameType::own: {
            const OwnFrame own = decode_own(frame.payload);
            if (parted_.contains(own.scope)) return;
            passed_own_ = true;
            if (replica_.pass_own(own.scope, own.position, own.last)) return;
            if (own_in_full_) Reader::fail("the server does not give what it was asked for");
            own_in_full_ = asks_for_own_ = true;
            return;
        }
        case FrameType::scope_end: return on_scope_end(decode_scope_end(frame.payload));
        case FrameType::restored: return on_restored(decode_restored(frame.payload));
        case FrameType::withheld: report_.withheld = as_text(frame.payload.first(std::min<std::size_t>(frame.payload.size(), 500))); return;
        case FrameType::epoch: return on_epoch(frame.payload);
        case FrameType::compacted: is_to_be_filled_ = true; return;
        case FrameType::pins: return on_pins(frame.payload);
        case FrameType::finish: return on_finish(frame.payload);
        default: return;  // a newer server's: not for us
    }
}

Forked forked_chain(DeviceNumber device) {
    return Forked("The server has other changes of device " + std::to_string(device.value) +
                  " than this device; enrol it again: its unsent changes are kept.");
}

Forked only_rows_left(DeviceNumber device) {
    return Forked("The server was restored and has lost changes of device " + std::to_string(device.value) +
                  " which this device has as rows alone. They come back when that device syncs; where it is gone, enrol this one again: "
                  "what it holds is carried over.");
}

Forked erasure_lost(DeviceNumber author) {
    return Forked("The server has lost changes of device " + std::to_string(author.value) +
                  " and that somebody in them was erased; this device has them without what was erased. They come back when a device syncs "
                  "that has not heard of the erasure; where there is none, enrol this one again: what it holds is carried over.");
}

namespace {
[[noreturn]] void throw_forked(const std::string& detail) {
    throw Forked(
        "This device was restored from a backup or copied, and its changes no longer continue what the server has; "
        "enrol it again: its unsent changes are kept.",
        detail);
}
}  // namespace

void ClientSession::on_acknowledged(const AcknowledgedFrame& acknowledged) {
    const auto named = in_request_.find({acknowledged.scope, acknowledged.device, acknowledged.last});
    if (acknowledged.sent && (named == in_request_.end() || named->second.tag != *acknowledged.sent))
        Reader::fail("the server acknowledges what was not sent");
    Sequence asked{0};
    for (auto at = in_request_.begin(); at != in_request_.end();) {
        const auto& [scope, device, last] = at->first;
        const bool taken = scope == acknowledged.scope && device == acknowledged.device && last <= acknowledged.last;
        if (taken) report_.changesets_sent += at->second.changesets;
        if (taken) asked = std::max(asked, last);
        progressed_ = progressed_ || taken;
        at = taken ? in_request_.erase(at) : std::next(at);
    }
    replica_.mark_taken(acknowledged.scope, acknowledged.device, asked);
}

void ClientSession::on_refused(const RefusedFrame& refused) {
    const bool own = refused.device == replica_.identity().device;
    // What is acknowledged behind this may be others under the same numbers.
    const std::size_t sent = std::erase_if(in_request_, [&](const auto& one) {
        const auto& [scope, device, last] = one.first;
        return scope == refused.scope && device == refused.device && last >= refused.first;
    });
    if (own && refused.refusal == Refusal::fork) {
        if (refused_chains_.contains({refused.scope, refused.device})) return;  // it continues what was refused
        if (sent == 0) Reader::fail("the server refuses what was not sent");
        if (!forked_.insert(refused.scope).second) throw_forked(refused.reason);
        asks_for_own_ = true;
        refused_chains_.emplace(refused.scope, refused.device);
        return;
    }
    if (own && refused.refusal == Refusal::future && !restamp_tried_) {
        restamp_due_ = true;
        return;
    }
    if (refused.refusal == Refusal::fork) parted_author_ = refused.device;
    report_.refused.push_back(refused);
    refused_chains_.emplace(refused.scope, refused.device);
}

void ClientSession::on_segment(const SegmentFrame& frame) {
    if (!parted_.empty() && parted_.contains(decode_segment_header(frame.bytes).scope)) return;
    const Received received = replica_.receive(frame.bytes, Carrier::server, hello_.server_ms, frame.position);
    if (received.outcome == Outcome::refused) {
        if (received.refusal == Refusal::fork && received.header.device == replica_.identity().device) {
            parted_.insert(received.header.scope);
            return;
        }
        if (received.refusal == Refusal::fork) throw forked_chain(received.header.device);
        throw Error(ErrorKind::refused,
                    "The server sent a segment that cannot be accepted; everything before it is kept. " + received.reason);
    }
    report_.changesets_received += received.changesets;
    if (received.header.device == replica_.identity().device) progressed_ = true;
}

/// The server took nothing of the request; the next one shows that it was made after the server was restored.
void ClientSession::on_epoch(BytesView payload) {
    const auto epoch = Reader(payload).fixed<epoch_bytes>();
    if (epoch_ == epoch) Reader::fail("the server asks again for what it was shown");
    Transaction transaction(replica_.store().database);
    FileStore(replica_.store().database).mark_all_unsent();  // also where it has lost nothing else
    replica_.store().meta.set(server_epoch, BytesView(epoch));
    transaction.commit();
    epoch_ = epoch;
    more_ = true;
}

void ClientSession::on_restored(const RestoredFrame& restored) {
    // Whatever the server has lost goes to it again: this device's chain, and what it keeps of others'.
    note_only_rows(restored);
    for (const auto& [device, head] : replica_.heads(restored.scope)) {
        Sequence has{0};
        for (const Seen& seen : restored.heads) {
            if (seen.device == device) has = seen.sequence;
        }
        if (replica_.mark_untaken(restored.scope, device, has)) report_.server_restored = true;
    }
    replica_.rewind(restored.scope);
    FileStore(replica_.store().database).mark_all_unsent();
    std::erase_if(report_.refused, [&](const RefusedFrame& refused) {  // comes again, with its beginning
        return refused.scope == restored.scope && refused.refusal == Refusal::gap;
    });
    ChainTag& told = told_[restored.scope];
    const bool has_more = std::exchange(told, restored.tag()) != restored.tag();
    // What it lacks although it was told and took nothing is not here.
    more_ = more_ || has_more || !tells_;
    if (!has_more) return;
    std::erase_if(refused_chains_, [&](const auto& chain) { return chain.first == restored.scope; });
    forked_.erase(restored.scope);  // what it refuses of this device's own it may be asked for only now
}

/// Of others' changes that the server has lost, those that are here as rows alone. They stay noted until its rows are these again.
void ClientSession::note_only_rows(const RestoredFrame& restored) {
    if (restored.versions.size() != restored.heads.size()) return;
    Log& log = replica_.store().log;
    LostVersions lost = lost_versions(replica_.store().meta, restored.scope);
    const auto noted = lost;
    for (const auto& [device, head] : replica_.heads(restored.scope)) {
        Head there;
        for (std::size_t i = 0; i < restored.heads.size(); ++i) {
            if (restored.heads[i].device == device) there = {restored.heads[i].sequence, {}, restored.versions[i]};
        }
        if (device == replica_.identity().device || log.keeps_all(restored.scope, device, there.sequence)) continue;
        const auto [at, news] = lost.try_emplace(device, VersionRange{there.version, head.version});
        if (!news) at->second = {std::min(at->second.after, there.version), std::max(at->second.until, head.version)};
    }
    if (lost != noted) set_lost_versions(replica_.store().meta, restored.scope, lost);
}

void ClientSession::on_pins(BytesView payload) {
    std::string text;
    for (const Pin& pin : decode_pins(payload, replica_.identity().device, counter_, replica_.identity().server_key))
        text += (text.empty() ? "" : " ") + hexadecimal(pin);
    if (replica_.fact(pins_fact) != text) replica_.set_fact(pins_fact, text);
}

bool ClientSession::settled(ScopeNumber scope) {
    for (const HeldSegment& held : replica_.held()) {
        if (held.scope == scope) return false;
    }
    return !replica_.store().log.has_unsent(scope);
}

void ClientSession::on_scope_end(const ScopeEndFrame& end) {
    if (parted_.contains(end.scope)) return;
    const std::optional<ScopeState> state = replica_.store().meta.scope(end.scope);
    if (!state || state->position != end.position) Reader::fail("the server's answer has a gap");
    if (state->digest == end.digest) differing_.erase(end.scope);
    else differing_.insert(end.scope);
    ends_.push_back({end.scope, end.position, state->ledger_hash, end.digest});
    report_.scopes.push_back({end.scope, end.position, end.digest, state->digest == end.digest && settled(end.scope)});
}

void ClientSession::on_finish(BytesView payload) {
    if (!parted_.empty()) {
        if (!more_) throw_forked("The server has other changes of this device.");
        asks_for_own_ = true;  // how far both lives go together in the other scopes is still to be told
        return;
    }
    Reader in(payload);
    if (!verify_ends(hello_, ends_, replica_.identity().device, counter_, in.fixed<64>(), replica_.identity().server_key)) {
        // What was damaged on the way may have moved a cursor; the next sync looks at all of it again, and known segments cost a look.
        for (const SignedEnd& end : ends_) replica_.rewind(end.scope);
        if (passed_own_ && !own_in_full_) {
            own_in_full_ = asks_for_own_ = true;
            return;
        }
        throw Error(ErrorKind::refused,
                    "The server's signature does not fit the history that it showed; sync again, and if it does not fit then either, do "
                    "not go on and tell the administrator.");
    }
    report_.clock_ahead_ms = replica_.environment().now_ms() - hello_.server_ms;
    report_.update_due = hello_.catalog > replica_.catalog().number();
    report_.revoked = hello_.revoked;
    finished_ = true;
}

bool ClientSession::end_answer() {
    if (!finished_) {
        frames_ = {};
        hello_ = {};
        if (asks_for_own_) return true;
        throw Error(ErrorKind::network, "The connection was cut before the sync was done; what came is kept, sync again to go on.");
    }
    const std::int64_t server_ms = std::exchange(hello_, {}).server_ms;
    if (report_.revoked) return false;
    {
        Transaction transaction(replica_.store().database);
        renew_lease(replica_.store().meta, server_ms);
        answered(replica_, counter_);
        transaction.commit();
    }
    if (parted_author_) throw forked_chain(*parted_author_);  // and what stands on that stays here
    if (restamp_due_) {
        restamp_tried_ = more_ = true;
        try_refused_again();  // what continues what is stamped anew is sealed anew too
        report_.restamped += replica_.restamp(server_ms);
    }
    if (skipped_ && progressed_) {  // what they stand on may have come
        try_refused_again();
        more_ = true;
    }
    if (replica_.release(server_ms) != 0) more_ = true;  // and goes to the server in the same sync
    // Scopes that this sync has granted are filled in the same go.
    const std::size_t held = replica_.scopes().size();
    replica_.hold_granted_scopes();
    const bool goes_on = more_ || replica_.scopes().size() > held;
    const bool still_forked = std::any_of(forked_.begin(), forked_.end(), [&](ScopeNumber scope) {
        return refused_chains_.contains({scope, replica_.identity().device});
    });
    if (!goes_on && still_forked && report_.withheld.empty()) throw_forked("The server did not show what it has of this device.");
    if (goes_on) return true;
    replica_.sweep();
    if (const std::optional<DeviceNumber> author = bare_author()) throw erasure_lost(*author);
    if (const std::optional<DeviceNumber> author = only_rows_left_of()) throw only_rows_left(*author);
    return false;
}

/// Whose changes nobody has given back to a restored server that waits for nobody any more.
std::optional<DeviceNumber> ClientSession::only_rows_left_of() {
    std::optional<DeviceNumber> out;
    for (const SignedEnd& end : ends_) {
        const LostVersions lost = lost_versions(replica_.store().meta, end.scope);
        if (lost.empty()) continue;
        if (!differing_.contains(end.scope)) set_lost_versions(replica_.store().meta, end.scope, {});
        else out = lost.begin()->first;
    }
    return out;
}

/// Of changes that the server has refused because values were taken out of them.
std::optional<DeviceNumber> ClientSession::bare_author() const {
    const auto bare = std::find_if(report_.refused.begin(), report_.refused.end(),
                                   [](const RefusedFrame& refused) { return refused.refusal == Refusal::values; });
    return bare == report_.refused.end() ? std::nullopt : std::optional(bare->device);
}

void ClientSession::try_refused_again() {
    refused_chains_.clear();
    report_.refused.clear();
}

void ClientSession::count(const SyncReport& filled) {
    report_.bytes_sent += filled.bytes_sent;
    report_.bytes_received += filled.bytes_received;
    report_.round_trips += filled.round_trips;
}

void note_sync(Replica& replica, std::int64_t at_ms, std::string_view how, const SyncReport& report, std::string_view outcome) {
    Transaction transaction(replica.store().database);
    const auto count = [](std::size_t n) { return static_cast<std::int64_t>(n); };
    replica.store()
        .database
        .prepare(
            "INSERT INTO tefter_sync (at_ms, how, changesets_sent, changesets_received, bytes_sent, bytes_received, round_trips, outcome) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
        .with(at_ms, how, count(report.changesets_sent), count(report.changesets_received), count(report.bytes_sent),
              count(report.bytes_received), count(report.round_trips), outcome)
        .run();
    transaction.commit();
}

}  // namespace tefter
