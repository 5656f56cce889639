#include "engine/store/log.hpp"

#include <algorithm>

#include "engine/base/limits.hpp"

namespace tefter {

namespace {

std::int64_t number(auto strong) { return static_cast<std::int64_t>(strong.value); }

Sequence sequence_at(const Statement& row, int index) { return Sequence{static_cast<std::uint64_t>(row.integer(index))}; }

template <std::size_t N>
std::array<std::uint8_t, N> fixed(BytesView bytes) {
    Reader in(bytes);
    return in.fixed<N>();
}

}  // namespace

Head Log::head(ScopeNumber scope, DeviceNumber device) {
    Statement row = database_.prepare("SELECT sequence, hash, version FROM tefter_head WHERE scope = ?1 AND device = ?2");
    row.with(number(scope), number(device));
    if (!row.step()) return {Sequence{0}, chain_start(scope, device), Version{}};
    return {sequence_at(row, 0), fixed<32>(row.blob(1)), Version{row.integer(2)}};
}

void Log::set_head(ScopeNumber scope, DeviceNumber device, const Head& head) {
    database_
        .prepare(
            "INSERT INTO tefter_head (scope, device, sequence, hash, version) VALUES (?1, ?2, ?3, ?4, ?5) "
            "ON CONFLICT DO UPDATE SET sequence = ?3, hash = ?4, version = ?5")
        .with(number(scope), number(device), number(head.sequence), BytesView(head.hash), head.version.value)
        .run();
}

std::vector<std::pair<DeviceNumber, Head>> Log::heads(ScopeNumber scope) {
    std::vector<std::pair<DeviceNumber, Head>> out;
    Statement row = database_.prepare("SELECT device, sequence, hash, version FROM tefter_head WHERE scope = ?1 ORDER BY device");
    row.with(number(scope));
    while (row.step()) {
        out.emplace_back(DeviceNumber{static_cast<std::uint32_t>(row.integer(0))},
                         Head{sequence_at(row, 1), fixed<32>(row.blob(2)), Version{row.integer(3)}});
    }
    return out;
}

Sequence Log::next(ScopeNumber scope) {
    Statement row = database_.prepare("SELECT max(sequence) FROM tefter_unsent WHERE scope = ?1");
    row.with(number(scope));
    if (row.step() && !row.is_null(0)) return Sequence{sequence_at(row, 0).value + 1};
    return Sequence{head(scope, own_).sequence.value + 1};
}

void Log::append(ScopeNumber scope, Sequence sequence, const Changeset& changeset) {
    Writer bytes;
    encode_changeset(bytes, changeset);
    database_.prepare("INSERT INTO tefter_unsent (scope, sequence, version, bytes) VALUES (?1, ?2, ?3, ?4)")
        .with(number(scope), number(sequence), changeset.version.value, bytes.view())
        .run();
}

std::size_t Log::unsent_changesets(ScopeNumber scope) {
    Statement row = database_.prepare(
        "SELECT (SELECT count(*) FROM tefter_unsent WHERE scope = ?1) + "
        "(SELECT coalesce(sum(last - first + 1), 0) FROM tefter_segment INDEXED BY tefter_segment_unsent "
        "WHERE scope = ?1 AND device = ?2 AND sent = 0)");
    row.with(number(scope), number(own_));
    row.step();
    return static_cast<std::size_t>(row.integer(0));
}

bool Log::has_unsealed(ScopeNumber scope) {
    Statement row = database_.prepare("SELECT 1 FROM tefter_unsent WHERE scope = ?1 LIMIT 1");
    row.with(number(scope));
    return row.step();
}

void Log::note_author(ScopeNumber scope, DeviceNumber device, Version version, std::int64_t actor) {
    {
        Statement last =
            database_.prepare("SELECT actor FROM tefter_author WHERE scope = ?1 AND device = ?2 ORDER BY version DESC LIMIT 1");
        last.with(number(scope), number(device));
        if (last.step() ? last.integer(0) == actor : actor == 0) return;
    }
    database_.prepare("INSERT OR REPLACE INTO tefter_author (scope, device, version, actor) VALUES (?1, ?2, ?3, ?4)")
        .with(number(scope), number(device), version.value, actor)
        .run();
}

std::int64_t author_of(Database& database, ScopeNumber scope, Version version) {
    Statement run = database.prepare(
        "SELECT actor FROM tefter_author WHERE scope = ?1 AND device = ?2 AND version <= ?3 ORDER BY version DESC LIMIT 1");
    run.with(number(scope), number(version.device()), version.value);
    return run.step() ? run.integer(0) : 0;
}

std::vector<std::pair<Version, std::int64_t>> Log::authors(ScopeNumber scope, DeviceNumber device) {
    std::vector<std::pair<Version, std::int64_t>> out;
    Statement run = database_.prepare("SELECT version, actor FROM tefter_author WHERE scope = ?1 AND device = ?2 ORDER BY version");
    run.with(number(scope), number(device));
    while (run.step()) out.emplace_back(Version{run.integer(0)}, run.integer(1));
    return out;
}

std::vector<Seen> Log::newly_seen(ScopeNumber scope) {
    std::vector<Seen> seen;
    {
        Statement row = database_.prepare(
            "SELECT device, sequence FROM tefter_head WHERE scope = ?1 AND device <> ?2 AND sequence > stated ORDER BY device");
        row.with(number(scope), number(own_));
        while (row.step()) seen.push_back({DeviceNumber{static_cast<std::uint32_t>(row.integer(0))}, sequence_at(row, 1)});
    }
    database_.prepare("UPDATE tefter_head SET stated = sequence WHERE scope = ?1 AND device <> ?2").with(number(scope), number(own_)).run();
    return seen;
}

std::size_t Log::seal(ScopeNumber scope, std::uint32_t catalog, const SecretKey& key,
                      const std::function<void(std::span<std::uint8_t>)>& random) {
    std::size_t sealed = 0;
    for (;;) {
        Arena arena;
        std::vector<Changeset> changesets;
        std::size_t raw = 0;
        std::size_t changes = 0;
        {
            Statement row = database_.prepare("SELECT bytes FROM tefter_unsent WHERE scope = ?1 ORDER BY sequence");
            row.with(number(scope));
            while (raw < limits::segment_seal_raw_bytes && changes < limits::segment_seal_changes && row.step()) {
                Reader in(arena.copy(row.blob(0)));
                // The next one may be a whole import: it gets a segment to itself.
                if (!changesets.empty() && raw + in.left() > limits::segment_seal_raw_bytes) break;
                raw += in.left();
                changesets.push_back(decode_changeset(in, arena));
                changes += changesets.back().changes.size();
            }
        }
        if (changesets.empty()) return sealed;
        Head head = this->head(scope, own_);
        SealInput input;
        input.header.scope = scope;
        input.header.device = own_;
        input.header.first = Sequence{head.sequence.value + 1};
        input.header.catalog = catalog;
        input.header.seen = newly_seen(scope);
        input.previous = head.hash;
        input.changesets = changesets;
        random(input.seed);
        const Sealed segment = seal_segment(input, key);
        input.header.count = changesets.size();
        keep(input.header, head, segment.bytes, false);
        head = {input.header.last(), segment.head, changesets.back().version};
        set_head(scope, own_, head);
        drop_unsealed(scope, head.sequence);
        ++sealed;
    }
}

void Log::drop_unsealed(ScopeNumber scope, Sequence last) {
    database_.prepare("DELETE FROM tefter_unsent WHERE scope = ?1 AND sequence <= ?2").with(number(scope), number(last)).run();
}

std::size_t Log::reopen(ScopeNumber scope, Version above) {
    return reopen_while(scope, [above](const Segment& segment) { return segment.changesets.back().version > above; });
}

void Log::reopen_from(ScopeNumber scope, Sequence first) {
    reopen_while(scope, [first](const Segment& segment) { return segment.header.last() >= first; });
}

std::size_t Log::reopen_while(ScopeNumber scope, const std::function<bool(const Segment&)>& is_due) {
    std::size_t opened = 0;
    for (;;) {
        Bytes bytes;
        Head before;
        {
            Statement row = database_.prepare(
                "SELECT bytes, first, previous, previous_version, sent OR exported FROM tefter_segment "
                "WHERE scope = ?1 AND device = ?2 ORDER BY first DESC LIMIT 1");
            row.with(number(scope), number(own_));
            if (!row.step() || row.integer(4) != 0) return opened;
            bytes.assign(row.blob(0).begin(), row.blob(0).end());
            before = {Sequence{sequence_at(row, 1).value - 1}, fixed<32>(row.blob(2)), Version{row.integer(3)}};
        }
        Segment segment;
        decode_segment(bytes, segment);
        if (!is_due(segment)) return opened;
        Sequence sequence = segment.header.first;
        for (const Changeset& changeset : segment.changesets) {
            append(scope, sequence, changeset);
            ++sequence.value;
        }
        for (const Seen& seen : segment.header.seen) {  // the next seal states them again
            database_.prepare("UPDATE tefter_head SET stated = 0 WHERE scope = ?1 AND device = ?2")
                .with(number(scope), number(seen.device))
                .run();
        }
        set_head(scope, own_, before);
        database_.prepare("DELETE FROM tefter_segment WHERE scope = ?1 AND device = ?2 AND first = ?3")
            .with(number(scope), number(own_), number(segment.header.first))
            .run();
        ++opened;
    }
}

void Log::keep(const SegmentHeader& header, const Head& previous, BytesView bytes, bool sent) {
    database_
        .prepare(
            "INSERT INTO tefter_segment (scope, device, first, last, sent, previous, previous_version, bytes) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
        .with(number(header.scope), number(header.device), number(header.first), number(header.last()), std::int64_t{sent ? 1 : 0},
              BytesView(previous.hash), previous.version.value, bytes)
        .run();
}

void Log::replace(const SegmentHeader& header, BytesView bytes) {
    database_.prepare("UPDATE tefter_segment SET bytes = ?5 WHERE scope = ?1 AND device = ?2 AND first = ?3 AND last = ?4")
        .with(number(header.scope), number(header.device), number(header.first), number(header.last()), bytes)
        .run();
}

namespace {
StoredSegment stored_at(const Statement& row) {
    return {DeviceNumber{static_cast<std::uint32_t>(row.integer(0))}, sequence_at(row, 1), sequence_at(row, 2),
            Bytes(row.blob(3).begin(), row.blob(3).end())};
}

std::vector<StoredSegment> list(Statement& row) {
    std::vector<StoredSegment> out;
    while (row.step()) out.push_back(stored_at(row));
    return out;
}
}  // namespace

void Log::each_untaken(ScopeNumber scope, const std::function<bool(StoredSegment)>& visit) {
    Statement row = database_.prepare("SELECT device, first, last, bytes FROM tefter_segment WHERE scope = ?1 AND sent = 0 ORDER BY id");
    row.with(number(scope));
    while (row.step() && visit(stored_at(row))) {
    }
}

std::vector<StoredSegment> Log::untaken(ScopeNumber scope) {
    std::vector<StoredSegment> out;
    each_untaken(scope, [&out](StoredSegment segment) {
        out.push_back(std::move(segment));
        return true;
    });
    return out;
}

bool Log::has_unsent(ScopeNumber scope) {
    Statement row = database_.prepare("SELECT 1 FROM tefter_segment WHERE scope = ?1 AND sent = 0 LIMIT 1");
    row.with(number(scope));
    return row.step() || has_unsealed(scope);
}

std::optional<Sequence> Log::first_unsent(ScopeNumber scope) {
    Statement row = database_.prepare(
        "SELECT min(first) FROM (SELECT first FROM tefter_segment WHERE scope = ?1 AND device = ?2 AND sent = 0 "
        "UNION ALL SELECT sequence FROM tefter_unsent WHERE scope = ?1)");
    row.with(number(scope), number(own_));
    row.step();
    return row.is_null(0) ? std::nullopt : std::optional(sequence_at(row, 0));
}

std::vector<std::pair<Sequence, Bytes>> Log::unsealed(ScopeNumber scope) {
    std::vector<std::pair<Sequence, Bytes>> out;
    Statement row = database_.prepare_once("SELECT sequence, bytes FROM tefter_unsent WHERE scope = ?1 ORDER BY sequence");
    row.with(number(scope));
    while (row.step()) out.emplace_back(sequence_at(row, 0), Bytes(row.blob(1).begin(), row.blob(1).end()));
    return out;
}

void Log::drop(ScopeNumber scope, DeviceNumber device) {
    database_.prepare_once("DELETE FROM tefter_segment WHERE scope = ?1 AND device = ?2").with(number(scope), number(device)).run();
}

std::vector<StoredSegment> Log::all(ScopeNumber scope) {
    Statement row = database_.prepare("SELECT device, first, last, bytes FROM tefter_segment WHERE scope = ?1 ORDER BY id");
    row.with(number(scope));
    return list(row);
}

void Log::mark_taken(ScopeNumber scope, DeviceNumber device, Sequence last) {
    // By itself SQLite would go through all that the device ever sealed: after ten million check-ins that was nine tenths of the time.
    database_
        .prepare(
            "UPDATE tefter_segment INDEXED BY tefter_segment_unsent SET sent = 1 "
            "WHERE scope = ?1 AND device = ?2 AND last <= ?3 AND sent = 0")
        .with(number(scope), number(device), number(last))
        .run();
}

bool Log::mark_untaken(ScopeNumber scope, DeviceNumber device, Sequence after) {
    database_.prepare("UPDATE tefter_segment SET exported = max(exported, sent), sent = 0 WHERE scope = ?1 AND device = ?2 AND last > ?3")
        .with(number(scope), number(device), number(after))
        .run();
    return database_.changes() != 0;
}

void Log::mark_exported(ScopeNumber scope) {
    database_.prepare("UPDATE tefter_segment SET exported = 1 WHERE scope = ?1 AND sent = 0").with(number(scope)).run();
}

std::optional<KeptSegment> Log::holding(ScopeNumber scope, DeviceNumber device, Sequence sequence) {
    Statement row = database_.prepare(
        "SELECT previous, bytes FROM (SELECT last, previous, bytes FROM tefter_segment WHERE scope = ?1 AND device = ?2 AND first <= ?3 "
        "ORDER BY first DESC LIMIT 1) WHERE last >= ?3");
    row.with(number(scope), number(device), number(sequence));
    if (!row.step()) return std::nullopt;
    return KeptSegment{fixed<32>(row.blob(0)), Bytes(row.blob(1).begin(), row.blob(1).end())};
}

void Log::each_kept(ScopeNumber scope, const std::function<bool(DeviceNumber, Sequence)>& is_wanted,
                    const std::function<void(const StoredSegment&)>& visit) {
    // In the order of the table itself: with an index SQLite would sort all the bytes.
    Statement row =
        database_.prepare_once("SELECT device, first, last, bytes FROM tefter_segment NOT INDEXED WHERE scope = ?1 ORDER BY id");
    row.with(number(scope));
    while (row.step()) {
        if (is_wanted(DeviceNumber{static_cast<std::uint32_t>(row.integer(0))}, sequence_at(row, 2))) visit(stored_at(row));
    }
}

bool Log::keeps_all(ScopeNumber scope, DeviceNumber device, Sequence after) {
    Statement row =
        database_.prepare("SELECT first, last FROM tefter_segment WHERE scope = ?1 AND device = ?2 AND last > ?3 ORDER BY first");
    row.with(number(scope), number(device), number(after));
    Sequence covered = after;
    while (row.step() && sequence_at(row, 0).value <= covered.value + 1) covered = sequence_at(row, 1);
    return covered >= head(scope, device).sequence;
}

std::vector<StoredSegment> Log::kept(ScopeNumber scope, DeviceNumber device, Sequence after) {
    Statement row = database_.prepare(
        "SELECT device, first, last, bytes FROM tefter_segment WHERE scope = ?1 AND device = ?2 AND last > ?3 ORDER BY first");
    row.with(number(scope), number(device), number(after));
    return list(row);
}

}  // namespace tefter
