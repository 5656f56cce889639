#include "engine/store/receiver.hpp"

#include <algorithm>
#include <deque>
#include <functional>

#include "engine/base/limits.hpp"
#include "engine/codec/redact.hpp"
#include "engine/store/access.hpp"

namespace tefter {

namespace {

bool waits(Refusal refusal) {
    return refusal == Refusal::gap || refusal == Refusal::missing || refusal == Refusal::future || refusal == Refusal::device ||
           refusal == Refusal::ended;
}

std::string name_of(const SegmentHeader& header, const Catalog& catalog) {
    return "device " + std::to_string(header.device.value) + ", scope " + catalog.scope_name(header.scope) + ", changesets " +
           std::to_string(header.first.value) + " to " + std::to_string(header.last().value);
}

/// It was accepted by a server, which has looked at time and rights.
bool was_accepted(Carrier carrier) { return carrier == Carrier::server || carrier == Carrier::ledger; }
bool to_server(Carrier carrier) { return carrier == Carrier::device || carrier == Carrier::memory; }
bool by_stick(Carrier carrier) { return carrier == Carrier::peer || carrier == Carrier::waited; }

bool versions_ascend(const Segment& segment, Version before) {
    return std::all_of(segment.changesets.begin(), segment.changesets.end(), [&](const Changeset& changeset) {
        const bool good = changeset.version > before && changeset.version.device() == segment.header.device;
        before = changeset.version;
        return good;
    });
}

}  // namespace

std::string to_sentence(Refusal refusal) {
    switch (refusal) {
        case Refusal::none: return "";
        case Refusal::damaged: return "The segment is damaged";
        case Refusal::scope: return "The scope is not granted";
        case Refusal::device: return "The device is not registered";
        case Refusal::revoked: return "The device has been revoked";
        case Refusal::gap: return "A segment before it is missing";
        case Refusal::fork: return "It does not continue the device's chain";
        case Refusal::missing: return "Its author had seen a segment that is missing here";
        case Refusal::future: return "It is more than five minutes in the future";
        case Refusal::signature: return "The device did not sign it";
        case Refusal::rights: return "The device's role does not allow it";
        case Refusal::order: return "Its versions are out of order";
        case Refusal::values: return "Personal values were taken out of it, and no erasure of them is known here";
        case Refusal::ended: return "The device's registration has ended, and a sync with the server renews it";
    }
    return "It is refused";
}

Refusal Receiver::check_rights(const Segment& segment, const Device& author, Carrier carrier, std::string& reason) {
    const auto& scopes = catalog_.scopes();
    const bool judges = to_server(carrier) || std::all_of(scopes.begin(), scopes.end(), [&](const Scope& scope) {
                            return !is_common(catalog_, scope.number) || meta_.scope(scope.number).has_value();
                        });
    AccessCheck access(catalog_, applier_.rows(), judges ? Known::every_target : Known::some_targets);
    std::optional<Denial> denial = access.look(segment, author);
    if (!denial) return Refusal::none;
    reason = std::move(denial->reason);
    return denial->missing ? Refusal::missing : Refusal::rights;
}

Refusal Receiver::check(const Segment& segment, Carrier carrier, const Head& head, std::int64_t now_ms, Hash& end, std::string& reason) {
    const SegmentHeader& header = segment.header;
    std::optional<Device> author;
    if (header.device != server_device) author = find_device(database_, catalog_, header.device);
    // The server lets no revoked device in. What others bring it, or hold back, of one that they had taken before they heard of the
    // revocation: their own work may stand on it, and would stay outside for good.
    if (carrier == Carrier::peer && author && author->revoked) return Refusal::revoked;
    if (header.first.value > head.sequence.value + 1) return Refusal::gap;
    if (header.first.value <= head.sequence.value || header.previous != chain_tag(head.hash)) return Refusal::fork;
    if (header.device == own_ && carrier != Carrier::server && log_.next(header.scope).value != head.sequence.value + 1)
        return Refusal::fork;
    PublicKey key = server_key_;
    if (header.device != server_device) {
        if (!author) return Refusal::device;
        key = author->key;
        if (!was_accepted(carrier)) {
            if (!author->holds(header.scope)) return Refusal::scope;
            if (carrier == Carrier::peer && author->ended(now_ms)) return Refusal::ended;  // the server renews, and is not asked
        }
    }
    for (const Seen& seen : header.seen) {
        if (log_.head(header.scope, seen.device).sequence < seen.sequence) return Refusal::missing;
    }
    if (!versions_ascend(segment, head.version)) return Refusal::order;
    if (!was_accepted(carrier) && segment.changesets.back().version.unix_ms() > now_ms + limits::future_ms) {
        return Refusal::future;
    }
    end = chain_through(head.hash, segment);
    if (!verify_segment(segment, end, key)) return Refusal::signature;
    if (carrier == Carrier::device && applier_.lacks_values(segment)) return Refusal::values;
    // Last: it looks at rows that what it has seen must have brought.
    return author && !was_accepted(carrier) ? check_rights(segment, *author, carrier, reason) : Refusal::none;
}

void Receiver::note_own_rows(const Changeset& changeset) {
    for (const Change& change : changeset.changes) {
        if (change.op == Op::create) note_own_row(change.table, change.key);
    }
}

void Receiver::note_own_row(TableNumber number, Cells key) {
    const Table* table = catalog_.find(number);
    if (table == nullptr || !table->generated_key || key.front().kind() != ValueKind::integer) return;
    const std::int64_t id = key.front().integer();
    if (id >> row_counter_bits == std::int64_t{own_.value}) own_rows_ = std::max(own_rows_, id & row_counter_mask);
}

std::optional<Bytes> Receiver::redacted(BytesView bytes) {
    return redact_segment(bytes, [this](TableNumber table, Cells key) { return applier_.rows().erased(table, key); });
}

namespace {

/// A value that an erasure has taken out of one of them stands for what it was.
bool same(const Value& one, const Value& other) {
    return one == other || one.kind() == ValueKind::redacted || other.kind() == ValueKind::redacted;
}

bool same(const Changeset& one, const Changeset& other) {
    const auto all = [](const auto& a, const auto& b, const auto& equal) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
    };
    const auto same_group = [&](const GroupValues& a, const GroupValues& b) {
        return a.group == b.group && all(a.values, b.values, [](const Value& x, const Value& y) { return same(x, y); });
    };
    const auto same_change = [&](const Change& a, const Change& b) {
        return a.table == b.table && a.op == b.op && all(a.key, b.key, std::equal_to<>()) && all(a.seen, b.seen, std::equal_to<>()) &&
               all(a.groups, b.groups, same_group);
    };
    return one.version == other.version && one.actor == other.actor && all(one.changes, other.changes, same_change);
}

}  // namespace

std::string common_until(ScopeNumber scope) { return "common_until:" + std::to_string(scope.value); }

std::optional<PublicKey> Receiver::key_of(DeviceNumber device) {
    if (device == server_device) return server_key_;
    const std::optional<Device> known = find_device(database_, catalog_, device);
    return known ? std::optional(known->key) : std::nullopt;
}

Receiver::Standing Receiver::standing(const Segment& segment, const Hash& id, BytesView bytes) {
    const SegmentHeader& header = segment.header;
    const std::optional<KeptSegment> held = log_.holding(header.scope, header.device, header.last());
    if (!held) {  // of what it was filled with, it knows where that ends
        const Head head = log_.head(header.scope, header.device);
        const bool ends_so = header.last() != head.sequence || segment.changesets.back().version == head.version;
        return ends_so ? Standing::nothing : Standing::another;
    }
    if (std::equal(held->bytes.begin(), held->bytes.end(), bytes.begin(), bytes.end())) return Standing::same;
    Segment kept;
    decode_segment(held->bytes, kept);
    if (segment_id(kept.header, kept.signature) == id) return Standing::same;
    if (!stands_for(segment, kept)) return Standing::another;
    const std::optional<PublicKey> key = key_of(header.device);
    return key && verify_segment(segment, chain_through(held->previous, segment), *key) ? Standing::resealed : Standing::another;
}

bool Receiver::is_unsent(const SegmentHeader& header) {
    if (header.device != own_) return false;
    const std::optional<Sequence> unsent = log_.first_unsent(header.scope);
    return unsent && header.last() >= *unsent;
}

Receiver::Shared Receiver::shared_with(const Segment& segment) {
    const SegmentHeader& header = segment.header;
    Arena arena;
    std::deque<Segment> kept;
    std::vector<Changeset> own;  // from the segment's first on
    for (const StoredSegment& stored : log_.kept(header.scope, own_, Sequence{header.first.value - 1})) {
        decode_segment(arena.copy(stored.bytes), kept.emplace_back());
        const std::uint64_t before = header.first.value - std::min(header.first.value, stored.first.value);
        const auto behind = kept.back().changesets.subspan(static_cast<std::size_t>(before));
        own.insert(own.end(), behind.begin(), behind.end());
    }
    for (const auto& [sequence, bytes] : log_.unsealed(header.scope)) {
        Reader in(arena.copy(bytes));
        if (sequence >= header.first) own.push_back(decode_changeset(in, arena));
    }
    const std::size_t both = std::min(own.size(), segment.changesets.size());
    for (std::size_t i = 0; i < both; ++i) {
        if (!same(own[i], segment.changesets[i])) return {i, true};
    }
    return {both, false};
}

std::optional<Bytes> Receiver::apply(const Segment& segment, std::size_t from, const Head& head, const Hash& end, BytesView bytes,
                                     Carrier carrier) {
    const SegmentHeader& header = segment.header;
    applier_.erasing().met = false;
    Sequence sequence{header.first.value + from};
    std::optional<std::int64_t> actor;
    for (const Changeset& changeset : segment.changesets.subspan(from)) {
        applier_.apply({header.scope, header.device, sequence}, changeset);
        if (actor != changeset.actor) log_.note_author(header.scope, header.device, changeset.version, changeset.actor);
        actor = changeset.actor;
        if (header.device == own_) note_own_rows(changeset);
        ++sequence.value;
    }
    const Version last = segment.changesets.back().version;
    // A server has the others' segments in its ledger; its own chain, which a restored one gets back, stays whole here.
    std::optional<Bytes> clean = applier_.erasing().met ? redacted(bytes) : std::nullopt;
    const bool kept_in_ledger = to_server(carrier) || carrier == Carrier::ledger;
    if (!kept_in_ledger || header.device == own_) {
        log_.keep(header, head, clean ? BytesView(*clean) : bytes, !by_stick(carrier));
    }
    log_.set_head(header.scope, header.device, {header.last(), end, last});
    highest_ = std::max(highest_, last);
    return clean;
}

void Receiver::hold(const SegmentHeader& header, BytesView bytes, const std::string& reason) {
    const std::optional<Bytes> clean = redacted(bytes);
    database_.prepare("INSERT OR REPLACE INTO tefter_held (scope, device, first, reason, bytes) VALUES (?1, ?2, ?3, ?4, ?5)")
        .with(std::int64_t{header.scope.value}, std::int64_t{header.device.value}, static_cast<std::int64_t>(header.first.value),
              std::string_view(reason), clean ? BytesView(*clean) : bytes)
        .run();
}

void Receiver::let_go(const SegmentHeader& header) {
    database_.prepare("DELETE FROM tefter_held WHERE scope = ?1 AND device = ?2 AND first = ?3")
        .with(std::int64_t{header.scope.value}, std::int64_t{header.device.value}, static_cast<std::int64_t>(header.first.value))
        .run();
}

Received Receiver::check_and_apply(BytesView bytes, Carrier carrier, std::int64_t now_ms) {
    Received out;
    Segment segment;
    try {
        decode_segment(bytes, segment);
    } catch (const Error& damaged) {
        out.outcome = Outcome::refused;
        out.refusal = Refusal::damaged;
        out.reason = damaged.what();
        return out;
    }
    out.header = segment.header;
    const auto refuse = [&](Refusal refusal, const std::string& detail) {
        if (refusal == Refusal::fork && carrier == Carrier::server && segment.header.device == own_)
            out.same_until = Sequence{segment.header.first.value - 1 + shared_with(segment).changesets};
        out.outcome = Outcome::refused;
        out.refusal = refusal;
        out.reason = to_sentence(refusal) + (detail.empty() ? "" : ": " + detail) + " (" + name_of(segment.header, catalog_) + ").";
        return out;
    };
    if (!meta_.scope(segment.header.scope)) return refuse(Refusal::scope, "this replica does not hold it");
    out.id = segment_id(segment.header, segment.signature);
    Head head = log_.head(segment.header.scope, segment.header.device);
    bool returns = false;
    Standing stands = Standing::nothing;
    if (carrier == Carrier::server) {
        if (segment.header.first <= head.sequence) stands = standing(segment, out.id, bytes);
        returns = stands != Standing::same && is_unsent(segment.header);
    }
    if (returns) {
        log_.reopen_from(segment.header.scope, segment.header.first);
        head = log_.head(segment.header.scope, segment.header.device);
    }
    if (segment.header.last() <= head.sequence) {
        if (stands == Standing::another) return refuse(Refusal::fork, {});
        out.outcome = Outcome::known;
        const bool has_values = carrier == Carrier::server && applier_.put_back(segment);
        if (has_values || stands == Standing::resealed) {  // as the server has it, so that both name it alike
            const std::optional<Bytes> clean = redacted(bytes);
            log_.replace(segment.header, clean ? BytesView(*clean) : bytes);
        }
        return out;
    }
    std::string detail;
    Hash end{};
    const Refusal refusal = check(segment, carrier, head, now_ms, end, detail);
    if (refusal != Refusal::none) {
        refuse(refusal, detail);
        // A stick may come before what it builds on. A server's ledger has every cause before its effect: what does not fit there is
        // damaged or forged, and the cursor does not pass it.
        if (by_stick(carrier) && waits(refusal)) {
            hold(segment.header, bytes, out.reason);
            out.outcome = Outcome::held;
        }
        return out;
    }
    const Shared known = returns ? shared_with(segment) : Shared{};
    if (known.forks) return refuse(Refusal::fork, {});
    out.redacted = apply(segment, known.changesets, head, end, bytes, carrier);
    if (known.changesets != 0) log_.drop_unsealed(segment.header.scope, segment.header.last());
    out.changesets = segment.changesets.size();
    return out;
}

Received Receiver::receive(BytesView bytes, Carrier carrier, std::int64_t now_ms) {
    Received out = check_and_apply(bytes, carrier, now_ms);
    if (out.outcome == Outcome::applied && !to_server(carrier)) out.released = release(now_ms);
    return out;
}

std::vector<std::pair<std::int64_t, Bytes>> Receiver::waiting() {
    std::vector<std::pair<std::int64_t, Bytes>> out;
    Statement row = database_.prepare("SELECT rowid, bytes FROM tefter_held ORDER BY rowid");
    while (row.step()) out.emplace_back(row.integer(0), Bytes(row.blob(1).begin(), row.blob(1).end()));
    return out;
}

std::size_t Receiver::release(std::int64_t now_ms) {
    std::size_t released = 0;
    for (bool progress = true; progress;) {
        progress = false;
        for (const auto& [id, bytes] : waiting()) {
            const Received again = check_and_apply(bytes, Carrier::waited, now_ms);
            // Where its author has gone another way it never comes in; he brings what he wrote when he enrols again.
            const bool waits_on = again.outcome == Outcome::held || (again.outcome == Outcome::refused && again.refusal != Refusal::fork);
            if (waits_on) continue;
            database_.prepare("DELETE FROM tefter_held WHERE rowid = ?1").with(id).run();
            if (again.outcome == Outcome::applied) ++released;
            progress = true;
        }
    }
    return released;
}

}  // namespace tefter
