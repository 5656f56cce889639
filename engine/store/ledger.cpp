#include "engine/store/ledger.hpp"

#include "engine/base/crypto.hpp"
#include "engine/base/limits.hpp"
#include "engine/store/meta.hpp"

namespace tefter {

namespace {

constexpr std::size_t compacted_at_once = 1U << 20U;

// Facts of a device, behind its number.
constexpr const char *synced = "synced:", *held_back = "held_back:", *catalog = "catalog:", *has_read = "read:";
constexpr const char* times_rewritten = "ledger_rewritten";
std::string counter_name(DeviceNumber device) { return "counter:" + std::to_string(device.value); }
std::string base_name(ScopeNumber scope) { return "ledger_base:" + std::to_string(scope.value); }

LedgerEntry entry_without_bytes(const Statement& row) {
    return {Position{static_cast<std::uint64_t>(row.integer(0))},
            DeviceNumber{static_cast<std::uint32_t>(row.integer(1))},
            Sequence{static_cast<std::uint64_t>(row.integer(2))},
            Sequence{static_cast<std::uint64_t>(row.integer(3))},
            {}};
}

}  // namespace

Bytes encode_positions(const std::map<ScopeNumber, Position>& positions) {
    Writer out;
    for (const auto& [scope, position] : positions) {
        out.varint(scope.value);
        out.varint(position.value);
    }
    return out.take();
}

std::map<ScopeNumber, Position> decode_positions(BytesView bytes) {
    std::map<ScopeNumber, Position> out;
    for (Reader in(bytes); !in.done();) {
        const ScopeNumber scope{in.varint32()};
        out[scope] = Position{in.varint()};
    }
    return out;
}

Hash ledger_next(const Hash& previous, const Hash& segment_id) {
    Writer out;
    out.raw(as_bytes("tefter ledger 1"));
    out.raw(previous);
    out.raw(segment_id);
    return blake2b(out.view());
}

bool Ledger::holds(const SegmentHeader& header, const Hash& segment_id, BytesView bytes) {
    const std::optional<Position> at = position_of(header.scope, header.device, header.last());
    if (!at) return false;
    const std::optional<Hash> before = hash_at(header.scope, Position{at->value - 1}), after = hash_at(header.scope, *at);
    if (before && after && ledger_next(*before, segment_id) == *after) return true;
    if (*at <= base(header.scope)) return false;
    const std::vector<LedgerEntry> entry = read(header.scope, Position{at->value - 1}, *at, limits::segment_bytes);
    Segment here, other;
    decode_segment(entry.front().bytes, here);
    decode_segment(bytes, other);
    return stands_for(here, other);
}

SqliteLedger::SqliteLedger(Database& database) : database_(database) {
    if (database_.prepare_once("SELECT 1 FROM sqlite_schema WHERE name = 'tefter_ledger'").step()) return;
    database_.execute(
        "CREATE TABLE tefter_ledger (scope INTEGER NOT NULL, position INTEGER NOT NULL, device INTEGER NOT NULL, "
        "first INTEGER NOT NULL, last INTEGER NOT NULL, hash BLOB NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (scope, position)); "
        "CREATE INDEX tefter_ledger_chain ON tefter_ledger (scope, device, last)");
}

bool SqliteLedger::take_counter(DeviceNumber device, std::uint64_t counter) {
    if (counter > std::uint64_t{INT64_MAX} || counter <= this->counter(device)) return false;
    Meta(database_).set(counter_name(device), static_cast<std::int64_t>(counter));
    return true;
}

std::uint64_t SqliteLedger::counter(DeviceNumber device) {
    return static_cast<std::uint64_t>(Meta(database_).integer(counter_name(device)).value_or(0));
}

void SqliteLedger::note_contact(DeviceNumber device, const Contact& contact) {
    Meta meta(database_);
    const std::string number = std::to_string(device.value);
    meta.set(synced + number, contact.synced_ms);
    meta.set(held_back + number, contact.held_back);
    meta.set(catalog + number, contact.catalog);
    if (!contact.read.empty()) meta.set(has_read + number, BytesView(encode_positions(contact.read)));
}

Contact contact_of(Database& server, DeviceNumber device) {
    Meta meta(server);
    const std::string number = std::to_string(device.value);
    const auto noted = [&](const std::string& name) { return meta.integer(name + number).value_or(0); };
    return {noted(synced), noted(held_back), noted(catalog), decode_positions(meta.blob(has_read + number).value_or(Bytes()))};
}

LedgerHead SqliteLedger::head(ScopeNumber scope) {
    Statement row = database_.prepare("SELECT position, hash FROM tefter_ledger WHERE scope = ?1 ORDER BY position DESC LIMIT 1");
    row.with(std::int64_t{scope.value});
    if (!row.step()) return {};
    Reader hash(row.blob(1));
    return {Position{static_cast<std::uint64_t>(row.integer(0))}, hash.fixed<32>()};
}

LedgerHead SqliteLedger::append(const SegmentHeader& header, const Hash& segment_id, BytesView bytes) {
    LedgerHead next = head(header.scope);
    ++next.position.value;
    next.hash = ledger_next(next.hash, segment_id);
    database_.prepare("INSERT INTO tefter_ledger (scope, position, device, first, last, hash, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        .with(std::int64_t{header.scope.value}, static_cast<std::int64_t>(next.position.value), std::int64_t{header.device.value},
              static_cast<std::int64_t>(header.first.value), static_cast<std::int64_t>(header.last().value), BytesView(next.hash), bytes)
        .run();
    return next;
}

std::vector<LedgerEntry> SqliteLedger::read(ScopeNumber scope, Position after, Position until, std::size_t max_bytes) {
    std::vector<LedgerEntry> out;
    std::size_t size = 0;
    if (after < base(scope)) throw Error(ErrorKind::refused, "The ledger has been compacted; ask for the rows as they are.");
    Statement row = database_.prepare(
        "SELECT position, device, first, last, bytes FROM tefter_ledger WHERE scope = ?1 AND position > ?2 AND position <= ?3 "
        "ORDER BY position");
    row.with(std::int64_t{scope.value}, static_cast<std::int64_t>(after.value), static_cast<std::int64_t>(until.value));
    while (row.step()) {
        const BytesView bytes = row.blob(4);
        if (!out.empty() && size + bytes.size() > max_bytes) break;
        size += bytes.size();
        out.push_back(entry_without_bytes(row));
        out.back().bytes.assign(bytes.begin(), bytes.end());
    }
    return out;
}

void SqliteLedger::redact(ScopeNumber scope, const IsErased& erased) {
    const Position last = head(scope).position;
    bool any = false;
    for (Position at{base(scope).value + 1}; at <= last; ++at.value) {
        std::optional<Bytes> clean;
        {
            Statement row = database_.prepare("SELECT bytes FROM tefter_ledger WHERE scope = ?1 AND position = ?2");
            row.with(std::int64_t{scope.value}, static_cast<std::int64_t>(at.value));
            if (row.step()) clean = redact_segment(row.blob(0), erased);
        }
        if (!clean) continue;
        database_.prepare("UPDATE tefter_ledger SET bytes = ?1 WHERE scope = ?2 AND position = ?3")
            .with(BytesView(*clean), std::int64_t{scope.value}, static_cast<std::int64_t>(at.value))
            .run();
        any = true;
    }
    if (any) note_rewritten();
}

std::optional<std::uint64_t> SqliteLedger::rewritten() {
    return static_cast<std::uint64_t>(Meta(database_).integer(times_rewritten).value_or(0));
}

void SqliteLedger::note_rewritten() { Meta(database_).set(times_rewritten, static_cast<std::int64_t>(*rewritten() + 1)); }

Position SqliteLedger::base(ScopeNumber scope) {
    return Position{static_cast<std::uint64_t>(Meta(database_).integer(base_name(scope)).value_or(0))};
}

Hash SqliteLedger::chain_at_base(ScopeNumber scope, DeviceNumber device) {
    if (base(scope).value == 0) return chain_start(scope, device);
    Statement row = database_.prepare_once("SELECT hash FROM tefter_ledger_base WHERE scope = ?1 AND device = ?2");
    row.with(std::int64_t{scope.value}, std::int64_t{device.value});
    if (!row.step()) return chain_start(scope, device);
    Reader hash(row.blob(0));
    return hash.fixed<32>();
}

void SqliteLedger::compact(ScopeNumber scope, Position until) {
    ensure(until <= head(scope).position, "a ledger is compacted up to an entry that it has");
    std::map<DeviceNumber, Hash> chains;
    for (Position at = base(scope); at < until;) {
        for (const LedgerEntry& entry : read(scope, at, until, compacted_at_once)) {
            Segment segment;
            decode_segment(entry.bytes, segment);
            auto chain = chains.find(entry.device);
            if (chain == chains.end()) chain = chains.emplace(entry.device, chain_at_base(scope, entry.device)).first;
            chain->second = chain_through(chain->second, segment);
            at = entry.position;
        }
    }
    database_.execute(
        "CREATE TABLE IF NOT EXISTS tefter_ledger_base (scope INTEGER NOT NULL, device INTEGER NOT NULL, hash BLOB NOT NULL, "
        "PRIMARY KEY (scope, device)) WITHOUT ROWID");
    for (const auto& [device, hash] : chains) {
        database_.prepare("INSERT OR REPLACE INTO tefter_ledger_base (scope, device, hash) VALUES (?1, ?2, ?3)")
            .with(std::int64_t{scope.value}, std::int64_t{device.value}, BytesView(hash))
            .run();
    }
    database_.prepare("UPDATE tefter_ledger SET bytes = x'' WHERE scope = ?1 AND position <= ?2 AND bytes <> x''")
        .with(std::int64_t{scope.value}, static_cast<std::int64_t>(until.value))
        .run();
    Meta(database_).set(base_name(scope), static_cast<std::int64_t>(until.value));
    note_rewritten();
}

std::vector<std::pair<LedgerEntry, Hash>> SqliteLedger::compacted(ScopeNumber scope, Position after, std::size_t at_most) {
    std::vector<std::pair<LedgerEntry, Hash>> out;
    Statement row = database_.prepare(
        "SELECT position, device, first, last, hash FROM tefter_ledger WHERE scope = ?1 AND position > ?2 AND position <= ?3 "
        "ORDER BY position LIMIT ?4");
    row.with(std::int64_t{scope.value}, static_cast<std::int64_t>(after.value), static_cast<std::int64_t>(base(scope).value),
             static_cast<std::int64_t>(at_most));
    while (row.step()) out.emplace_back(entry_without_bytes(row), Reader(row.blob(4)).fixed<32>());
    return out;
}

std::optional<Hash> SqliteLedger::hash_at(ScopeNumber scope, Position position) {
    if (position.value == 0) return Hash{};
    Statement row = database_.prepare("SELECT hash FROM tefter_ledger WHERE scope = ?1 AND position = ?2");
    row.with(std::int64_t{scope.value}, static_cast<std::int64_t>(position.value));
    if (!row.step()) return std::nullopt;
    Reader hash(row.blob(0));
    return hash.fixed<32>();
}

std::optional<Position> SqliteLedger::position_of(ScopeNumber scope, DeviceNumber device, Sequence last) {
    Statement row = database_.prepare("SELECT position FROM tefter_ledger WHERE scope = ?1 AND device = ?2 AND last = ?3");
    row.with(std::int64_t{scope.value}, std::int64_t{device.value}, static_cast<std::int64_t>(last.value));
    if (!row.step()) return std::nullopt;
    return Position{static_cast<std::uint64_t>(row.integer(0))};
}

}  // namespace tefter
