#include "engine/sync/server_session.hpp"

#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/codec/pack.hpp"
#include "engine/store/files.hpp"
#include "engine/store/forget.hpp"

namespace tefter {

namespace {

constexpr std::size_t answer_batch_bytes = 256U << 10U;
constexpr std::size_t snapshot_batch_bytes = 256U << 10U;

ServerSession::Answer reject(int status, std::string error) {
    ServerSession::Answer answer;
    answer.status = status;
    answer.error = std::move(error);
    return answer;
}

constexpr std::string_view withheld =
    "The server was restored from a backup, and gives nothing out until the other offices have synced, which remember what it may have "
    "forgotten; what you sent is kept there.";

/// To a program that does not know what it is to show.
constexpr std::string_view too_old =
    "The server was restored from a backup and takes nothing from this program, which is too old for that; update it. What is unsent is kept.";

constexpr std::string_view unregistered = "This device is not registered with this server; enrol it again: what it holds is kept.";

constexpr std::string_view older = "The request is older than the last one from this device; sync again.";

void add(Bytes& to, const Bytes& frame) { to.insert(to.end(), frame.begin(), frame.end()); }

/// The work at hand touches scopes whose ledgers were not asked for.
struct NeedsAllScopes {};

using Chain = std::pair<ScopeNumber, DeviceNumber>;

/// The header of a segment that continues a chain which goes another way there than here, or whose author had seen changes of one: he
/// may not have meant what lies here in their place.
std::optional<SegmentHeader> standing_on(const std::map<Chain, Sequence>& other_ways, BytesView bytes) {
    if (other_ways.empty()) return std::nullopt;
    try {
        SegmentHeader header = decode_segment_header(bytes);
        const bool stands = std::any_of(other_ways.begin(), other_ways.end(), [&](const auto& way) {
            const auto& [scope, device] = way.first;
            const bool continues = device == header.device && way.second <= header.first;
            return scope == header.scope && (continues || header.states(device, way.second));
        });
        if (stands) return header;
    } catch (const Error&) {  // refused when it is received
    }
    return std::nullopt;
}

std::set<ScopeNumber> scopes_of(const std::vector<Bytes>& segments) {
    std::set<ScopeNumber> out;
    for (const Bytes& bytes : segments) {
        try {
            out.insert(decode_segment_header(bytes).scope);
        } catch (const Error&) {  // refused when it is its turn
        }
    }
    return out;
}

}  // namespace

ServerSession::ServerSession(Replica& replica, Ledger& ledger) : replica_(replica), ledger_(ledger) {
    exchange(all_scopes(), [] { return true; });
    erase_due();
    replica_.sweep();
}

std::set<ScopeNumber> ServerSession::all_scopes() {
    std::set<ScopeNumber> out;
    for (const ScopeState& scope : replica_.scopes()) out.insert(scope.scope);
    return out;
}

/// What `work` applies and writes, and what of it goes into the ledgers, stands together, or nothing does; nothing stands
/// where it returns false. Nobody else appends to `scopes` meanwhile.
void ServerSession::exchange(const std::set<ScopeNumber>& scopes, const std::function<bool()>& work) {
    ledger_.begin(scopes);
    try {
        Transaction transaction(replica_.store().database);
        if (!work()) {
            replica_.abandon();
            ledger_.abandon();
            return;
        }
        publish();
        replica_.commit(transaction, [this] { ledger_.commit(); });
    } catch (...) {
        replica_.abandon();
        ledger_.abandon();
        throw;
    }
}

Written ServerSession::write(std::span<const Edit> edits, std::int64_t actor) {
    Written written;
    exchange(all_scopes(), [&] {
        written = replica_.write_within(actor, edits);
        return true;
    });
    replica_.sweep();
    return written;
}

void ServerSession::publish() {
    for (const ScopeNumber scope : all_scopes()) {
        for (const StoredSegment& stored : replica_.seal_within(scope)) {
            Segment segment;
            decode_segment(stored.bytes, segment);
            ledger_.append(segment.header, segment_id(segment.header, segment.signature), stored.bytes);
            replica_.store().log.mark_taken(scope, stored.device, stored.last);
            const std::set<RowName> erased = erased_by(segment);
            if (!erased.empty()) redact_ledgers(erased);
        }
    }
}

void ServerSession::redact_ledgers(const std::set<RowName>& erased) {
    for (const ScopeState& scope : replica_.scopes()) ledger_.redact(scope.scope, in(erased));
}

void ServerSession::erase(const std::set<RowName>& rows) {
    std::vector<Edit> edits;
    for (const auto& [table, name] : rows) {
        Arena arena;
        Edit& edit = edits.emplace_back();
        edit.kind = EditKind::erase;
        edit.table = replica_.catalog().find(table)->name;
        for (const Value& part : decode_key(name, arena)) edit.key.emplace_back(part);
    }
    replica_.write_within(0, edits);
}

void ServerSession::erase_due() {
    Awaited awaited(replica_);
    if (!awaited.empty()) return;
    std::set<RowName> rows;
    for (const RowName& erased : replica_.store().applier.rows().all_erased()) {
        const Table* table = replica_.catalog().find(erased.first);
        if (table == nullptr) continue;
        Arena arena;
        for (RowName& row : replica_.store().applier.rows().belongings(*table, decode_key(erased.second, arena)))
            rows.insert(std::move(row));
    }
    const std::set<RowName> lost = awaited.lost_erasures();
    for (const RowName& row : lost) {
        Arena arena;
        if (!replica_.store().applier.rows().erased(row.first, decode_key(row.second, arena))) rows.insert(row);
    }
    if (rows.empty() && lost.empty()) return;
    exchange(all_scopes(), [&] {
        if (!rows.empty()) erase(rows);
        awaited.forget_lost_erasures();
        return true;
    });
}

ServerSession::Answer ServerSession::accept(BytesView body, std::int64_t now_ms) { return accept_on(sync_path, body, now_ms); }

ServerSession::Answer ServerSession::accept_snapshot(BytesView body, std::int64_t now_ms) { return accept_on(snapshot_path, body, now_ms); }

ServerSession::Answer ServerSession::accept_file(BytesView body) {
    FileRequest request;
    try {
        request = decode_file_request(body);
    } catch (const Error& error) {
        return reject(400, error.what());
    }
    const std::optional<Device> device = known_device(request.device);
    if (!device || device->revoked) return reject(401, std::string(unregistered));
    if (!verify_request(body, file_path, device->key)) return reject(401, "The request is not signed by the device that it names.");
    if (!Awaited(replica_).empty()) return reject(409, std::string(withheld));
    Answer answer = reject(409, std::string(older));
    exchange({}, [&] {
        if (!ledger_.take_counter(device->number, request.counter)) return false;
        const std::vector<ScopeNumber> scopes =
            scopes_naming(replica_.store().database, replica_.catalog(), replica_.store().applier.rows(), request.hash);
        answer = std::any_of(scopes.begin(), scopes.end(), [&](ScopeNumber scope) { return device->holds(scope); })
                     ? take_file_piece(request)
                     : reject(404, "No row that this device holds names such a file; it may have been erased.");
        answer.device = device->number;
        return true;
    });
    return answer;
}

ServerSession::Answer ServerSession::take_file_piece(const FileRequest& request) {
    FileStore files(replica_.store().database);
    Answer answer;
    if (request.kind == FileRequest::Kind::get) {
        const std::optional<FileStore::State> state = files.find(request.hash);
        if (!state || !state->whole())
            return reject(404, "The server does not have this file yet; it comes with the next sync of the office that attached it.");
        answer.head = encode(FileAnswer{state->size, files.read(request.hash, request.at, limits::file_piece_bytes)});
        return answer;
    }
    try {
        if (!request.bytes.empty()) files.append(request.hash, request.size, request.at, request.bytes);
    } catch (const Error& error) {  // what does not follow is answered with where to go on
        if (error.kind() != ErrorKind::refused) return reject(400, error.what());
    }
    const std::optional<FileStore::State> state = files.find(request.hash);
    answer.head = encode(FileAnswer{state ? state->here : 0, {}});
    return answer;
}

/// Another server that shares the ledgers may have registered it a moment ago.
std::optional<Device> ServerSession::known_device(DeviceNumber number) {
    std::optional<Device> device = replica_.device(number);
    if (device) return device;
    ledger_.begin({});
    ledger_.abandon();
    return replica_.device(number);
}

ServerSession::Answer ServerSession::accept_on(std::string_view path, BytesView body, std::int64_t now_ms) {
    SyncRequest request;
    try {
        request = decode_request(body);
    } catch (const Error& error) {
        return reject(400, error.what());
    }
    const std::optional<Device> device = known_device(request.device);
    if (!device) return reject(401, std::string(unregistered));
    if (!verify_request(body, path, device->key)) return reject(401, "The request is not signed by the device that it names.");
    return accept_from(*device, request, path, now_ms);
}

ServerSession::Answer ServerSession::begin_answer(const Device& device, const HelloFrame& hello, const SyncRequest& request,
                                                  std::string_view path) {
    Answer answer;
    answer.device = device.number;
    answer.counter = request.counter;
    add(answer.head, encode(hello));
    if (path == sync_path && !pins_.empty() && !hello.revoked)
        add(answer.head, encode_pins(pins_, device.number, request.counter, replica_.identity().secret));
    return answer;
}

/// Nothing where the request may be taken in. A device that was put back to a copy from before it showed the epoch is asked again: it may
/// take files for sent that the server has lost.
std::optional<Epoch> ServerSession::epoch_to_show(const SyncRequest& request) {
    const Awaited awaited(replica_);
    if (!request.epoch) return awaited.unshown(request.device);
    const std::optional<Epoch> epoch = awaited.epoch();
    return request.epoch == epoch ? std::nullopt : epoch;
}

bool ServerSession::take_in(const Device& device, const HelloFrame& hello, const SyncRequest& request, std::string_view path,
                            Answer& answer) {
    bool revoked = false;
    const auto within = [&](const std::set<ScopeNumber>& scopes) {
        answer = begin_answer(device, hello, request, path);
        exchange(scopes, [&] {
            revoked = replica_.is_revoked(device.number);  // which another server may have brought just now
            if (revoked) return false;
            if (!ledger_.take_counter(device.number, request.counter)) {
                answer = reject(409, std::string(older));
                return false;
            }
            if (path == snapshot_path) {
                ledger_.note_contact(device.number, {hello.server_ms, 0, std::int64_t{request.catalog}, {}});
                return true;
            }
            answer.epoch = epoch_to_show(request);
            if (answer.epoch) return true;
            if (request.epoch) Awaited(replica_).shown(device.number);
            ingest(request, hello.server_ms, answer);
            note_freshness(device, request, hello.server_ms);
            return true;
        });
    };
    try {
        within(scopes_of(request.segments));
    } catch (const NeedsAllScopes&) {
        within(all_scopes());
    }
    return !revoked;
}

ServerSession::Answer ServerSession::accept_from(const Device& device, const SyncRequest& request, std::string_view path,
                                                 std::int64_t now_ms) {
    HelloFrame hello;
    hello.server_ms = now_ms;
    hello.catalog = replica_.catalog().number();
    const auto shut_out = [&] {
        hello.revoked = true;
        Answer answer = begin_answer(device, hello, request, path);
        if (path == sync_path) finish(hello, {}, request, answer);
        return answer;
    };
    if (device.revoked) return shut_out();
    Awaited awaited(replica_);
    const bool waited = awaited.devices().contains(device.number), has_spoken = !awaited.unshown(device.number);
    const std::set<ScopeNumber> untold = waited ? scopes_untold(device, request) : std::set<ScopeNumber>();
    Answer answer;
    if (!take_in(device, hello, request, path, answer)) return shut_out();
    if (answer.status != 200) return answer;
    if (path == snapshot_path) {
        if (!awaited.empty()) return reject(409, std::string(withheld));
        plan_snapshot(device, answer);
        return answer;
    }
    if (answer.epoch) {
        add(answer.head, encode_frame(FrameType::withheld, as_bytes(too_old)));
        add(answer.head, encode_frame(FrameType::epoch, *answer.epoch));
        finish(hello, {}, request, answer);
        return answer;
    }
    if (!asks_for_lost(device, request, untold, answer) && waited) {
        awaited.came(device.number);
        erase_due();
    }
    if (!has_spoken || !awaited.empty()) answer.behind.reset();
    replica_.sweep();
    if (awaited.empty()) {
        plan(device, hello, request, answer);
    } else {
        add(answer.head, encode_frame(FrameType::withheld, as_bytes(withheld)));
        finish(hello, {}, request, answer);
    }
    return answer;
}

/// What people look at to know how fresh an office's rows are. `own` is the device's own account of its chain: what this
/// server still lacks of it, the device holds back.
void ServerSession::note_freshness(const Device& device, const SyncRequest& request, std::int64_t now_ms) {
    std::int64_t held_back = 0;
    std::map<ScopeNumber, Position> read;
    for (const CursorLine& cursor : request.cursors) {
        const Sequence here = replica_.head(cursor.scope, device.number).sequence;
        if (cursor.own > here) held_back += static_cast<std::int64_t>(cursor.own.value - here.value);
        read[cursor.scope] = cursor.position;
    }
    ledger_.note_contact(device.number, {now_ms, held_back, std::int64_t{request.catalog}, std::move(read)});
}

void ServerSession::plan_snapshot(const Device& device, Answer& answer) {
    for (const ScopeState& state : replica_.scopes()) {
        if (!device.holds(state.scope)) continue;
        const LedgerHead head = ledger_.head(state.scope);
        add(answer.head, encode(SnapshotBeginFrame{state.scope, head.position, head.hash, state.digest}));
        answer.ranges.push_back({state.scope, Position{0}, head.position, Sequence{0}, state.digest});
    }
}

void ServerSession::ingest(const SyncRequest& request, std::int64_t now_ms, Answer& answer) {
    refused_.clear();
    Awaited awaited(replica_);
    const Carrier carrier = awaited.empty() ? Carrier::device : Carrier::memory;
    const std::set<DeviceNumber> registered = carrier == Carrier::memory ? awaited.registered() : std::set<DeviceNumber>();
    std::map<Chain, std::pair<Sequence, BytesView>> taken;  // where the last of it ends, and its bytes
    std::map<Chain, Sequence> other_ways;                   // where what was refused begins
    for (const Bytes& bytes : request.segments) {
        if (const std::optional<SegmentHeader> header = standing_on(other_ways, bytes)) {
            const Chain chain(header->scope, header->device);
            const Refusal refusal = other_ways.contains(chain) ? Refusal::fork : Refusal::missing;
            refused_.insert(chain);
            add(answer.head, encode(RefusedFrame{chain.first, chain.second, header->first, refusal, to_sentence(refusal) + "."}));
            continue;
        }
        Received received = replica_.store().receiver.receive(bytes, carrier, now_ms);
        // What lies wholly before the head is known only if it is what lies here: a restored or copied device may have gone on
        // another way, and to acknowledge that would lose it.
        if (received.outcome == Outcome::known && !ledger_.holds(received.header, received.id, bytes)) {
            received.outcome = Outcome::refused;
            received.refusal = Refusal::fork;
            received.reason = to_sentence(Refusal::fork) + ".";
        }
        const Chain chain(received.header.scope, received.header.device);
        if (received.outcome == Outcome::refused) {
            if (received.refusal == Refusal::fork) other_ways.emplace(chain, received.header.first);
            // A gap says that the beginning is lost, unless it is refused itself.
            if (received.refusal != Refusal::gap) refused_.insert(chain);
            add(answer.head, encode(RefusedFrame{chain.first, chain.second, received.header.first, received.refusal, received.reason}));
            continue;
        }
        if (received.outcome == Outcome::applied) {
            ledger_.append(received.header, received.id, received.redacted ? BytesView(*received.redacted) : BytesView(bytes));
        }
        answer.changesets += received.changesets;
        const bool carried = received.outcome == Outcome::applied && chain.second != request.device;
        if (carried && replica_.is_revoked(chain.second)) answer.of_revoked.insert(chain.second);
        taken[chain] = {received.header.last(), bytes};
    }
    if (carrier == Carrier::memory) {
        std::set<DeviceNumber> known_again = awaited.registered();
        std::erase_if(known_again, [&](DeviceNumber device) { return registered.contains(device); });
        if (!known_again.empty()) awaited.wait_for(known_again);
    }
    const Erasing& erasing = replica_.store().applier.erasing();
    if ((!erasing.due.empty() || !erasing.begun.empty()) && !ledger_.holds_all()) throw NeedsAllScopes{};
    if (!erasing.due.empty()) {
        if (carrier == Carrier::memory) awaited.note_lost_erasures(erasing.due);
        else erase(std::set(erasing.due));
    }
    if (!erasing.begun.empty()) redact_ledgers(erasing.begun);
    for (const auto& [chain, last] : taken) {
        add(answer.head, encode(AcknowledgedFrame{chain.first, chain.second, last.first, sent_tag(last.second)}));
    }
}

RestoredFrame ServerSession::restored(ScopeNumber scope) {
    RestoredFrame out{scope, {}, {}};
    for (const auto& [device, head] : replica_.heads(scope)) {
        out.heads.push_back({device, head.sequence});
        out.versions.push_back(head.version);
    }
    return out;
}

/// Where a restored server has not yet told the device what it has, or something else since. A cursor alone does not say what a device
/// knows: one that was put back to 0 lies before all of it.
std::set<ScopeNumber> ServerSession::scopes_untold(const Device& device, const SyncRequest& request) {
    std::set<ScopeNumber> out;
    for (const CursorLine& cursor : request.cursors) {
        if (!replica_.store().meta.scope(cursor.scope) || !device.holds(cursor.scope)) continue;
        const ChainTag has = restored(cursor.scope).tag();
        const bool told = std::any_of(request.told.begin(), request.told.end(),
                                      [&](const ToldLine& line) { return line.scope == cursor.scope && line.heads == has; });
        if (!told) out.insert(cursor.scope);
    }
    return out;
}

/// Asks the device for what this server has lost. False where nothing is missing.
bool ServerSession::asks_for_lost(const Device& device, const SyncRequest& request, const std::set<ScopeNumber>& untold, Answer& answer) {
    for (const CursorLine& cursor : request.cursors) {
        if (!replica_.store().meta.scope(cursor.scope) || !device.holds(cursor.scope)) continue;
        const std::optional<Hash> known = ledger_.hash_at(cursor.scope, cursor.position);
        const bool same_ledger = known && (cursor.position.value == 0 || chain_tag(*known) == cursor.tag);
        const bool lost_chain =
            cursor.own > replica_.head(cursor.scope, device.number).sequence && !refused_.contains({cursor.scope, device.number});
        if (same_ledger && !lost_chain && !untold.contains(cursor.scope)) continue;
        if (known ? !same_ledger : cursor.position > ledger_.head(cursor.scope).position) answer.behind = cursor.scope;
        answer.restored.insert(cursor.scope);
        add(answer.head, encode(restored(cursor.scope)));
    }
    return !answer.restored.empty();
}

void ServerSession::finish(const HelloFrame& hello, const std::vector<SignedEnd>& ends, const SyncRequest& request, Answer& answer) {
    add(answer.tail, encode_frame(FrameType::finish, sign_ends(hello, ends, request.device, request.counter, replica_.identity().secret)));
}

void ServerSession::plan(const Device& device, const HelloFrame& hello, const SyncRequest& request, Answer& answer) {
    std::vector<SignedEnd> ends;
    std::vector<CursorLine> cursors = request.cursors;
    bool is_behind = false;
    // The register of devices comes first: what follows is checked with its keys.
    std::stable_sort(cursors.begin(), cursors.end(), [](const CursorLine& a, const CursorLine& b) { return a.scope < b.scope; });
    for (const CursorLine& cursor : cursors) {
        const std::optional<ScopeState> state = replica_.store().meta.scope(cursor.scope);
        if (!state || !device.holds(cursor.scope) || answer.restored.contains(cursor.scope)) continue;
        is_behind = is_behind || cursor.position < ledger_.base(cursor.scope);
        const LedgerHead head = ledger_.head(cursor.scope);
        answer.ranges.push_back({cursor.scope, cursor.position, head.position, cursor.own, state->digest});
        ends.push_back({cursor.scope, head.position, head.hash, state->digest});
    }
    if (is_behind) {  // it fills itself with the rows of all scopes: what came now may be of devices whose keys it is told only then
        add(answer.head, encode_frame(FrameType::compacted, {}));
        answer.ranges.clear();
        ends.clear();
    }
    finish(hello, ends, request, answer);
}

bool ServerSession::stream(const Answer& answer, Ledger& ledger, FrameCache* cache, const std::function<bool(BytesView)>& sink) {
    if (!sink(answer.head)) return false;
    std::uint64_t rewritten = 0;
    if (cache != nullptr && !answer.ranges.empty()) {
        const std::optional<std::uint64_t> times = ledger.rewritten();
        if (times) rewritten = *times;
        else cache = nullptr;
    }
    for (const Range& range : answer.ranges) {
        Position at = range.after;
        const auto is_own = [&](const FrameCache::Frame& frame) { return frame.device == answer.device && frame.last <= range.own; };
        const auto give = [&](const FrameCache::Frame& frame) {
            return is_own(frame) ? sink(encode(OwnFrame{range.scope, at, frame.last})) : sink(frame.bytes);
        };
        while (at < range.until) {
            if (const auto kept = cache != nullptr ? cache->find(rewritten, range.scope, Position{at.value + 1}) : nullptr) {
                ++at.value;
                if (!give(*kept)) return false;
                continue;
            }
            const std::vector<LedgerEntry> entries = ledger.read(range.scope, at, range.until, answer_batch_bytes);
            ensure(!entries.empty(), "a ledger has every position up to its head");
            for (const LedgerEntry& entry : entries) {
                at = entry.position;
                const auto frame = std::make_shared<FrameCache::Frame>(entry.device, entry.last, encode(SegmentFrame{at, entry.bytes}));
                // What a device brought itself it is not given back, so it fills no room before another asks for it.
                if (cache != nullptr && !is_own(*frame)) cache->keep(rewritten, range.scope, at, frame);
                if (!give(*frame)) return false;
            }
        }
        if (!sink(encode(ScopeEndFrame{range.scope, range.until, range.digest}))) return false;
    }
    return sink(answer.tail);
}

namespace {

/// Rows of a snapshot, gathered into frames.
class RowBatches {
public:
    explicit RowBatches(const std::function<bool(BytesView)>& sink) : sink_(sink) {}

    /// False once nobody listens any more.
    bool add(TableNumber table, Cells key, const RowState& state) {
        raw_.varint(table.value);
        raw_.sized(BytesView(encode_key(key)));
        raw_.sized(BytesView(encode_row_state(state)));
        return raw_.size() < snapshot_batch_bytes || flush();
    }
    bool finish() { return raw_.size() == 0 || flush(); }

private:
    bool flush() {
        Writer payload;
        payload.varint(raw_.size());
        payload.raw(pack(raw_.view()));
        raw_.clear();
        return sink_(encode_frame(FrameType::snapshot_rows, payload.view()));
    }

    const std::function<bool(BytesView)>& sink_;
    Writer raw_;
};

}  // namespace

bool ServerSession::stream_snapshot(const Answer& answer, Database& reader, const Replica& server,
                                    const std::function<bool(BytesView)>& sink) {
    SnapshotSeal seal;
    const std::function<bool(BytesView)> sealed = [&](BytesView bytes) {
        seal.add(bytes);
        return sink(bytes);
    };
    if (!sealed(answer.head)) return false;
    Log log(reader, server_device);
    std::set<ScopeNumber> scopes;
    for (const Range& range : answer.ranges) {
        scopes.insert(range.scope);
        for (const auto& [device, head] : log.heads(range.scope)) {
            if (!sealed(encode(SnapshotChainFrame{range.scope, device, head, log.authors(range.scope, device)}))) return false;
        }
    }
    RowBatches batches(sealed);
    bool listens = true;
    Rows(reader, server.catalog()).scan(scopes, [&](TableNumber table, Cells key, const RowState& state) {
        return listens = batches.add(table, key, state);
    });
    if (!listens || !batches.finish()) return false;
    return sink(encode_frame(FrameType::finish, seal.sign(answer.device, answer.counter, server.identity().secret)));
}

}  // namespace tefter
