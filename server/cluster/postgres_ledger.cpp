#include "server/cluster/postgres_ledger.hpp"

#include <algorithm>

namespace tefter {

namespace {

constexpr const char* tables[] = {
    "CREATE TABLE IF NOT EXISTS tefter_ledger_head (scope bigint PRIMARY KEY, position bigint NOT NULL, hash bytea NOT NULL, "
    "base bigint NOT NULL DEFAULT 0)",
    "CREATE TABLE IF NOT EXISTS tefter_ledger (scope bigint NOT NULL, position bigint NOT NULL, device bigint NOT NULL, first bigint NOT NULL, "
    "last bigint NOT NULL, hash bytea NOT NULL, bytes bytea NOT NULL, PRIMARY KEY (scope, position))",
    "CREATE INDEX IF NOT EXISTS tefter_ledger_chain ON tefter_ledger (scope, device, last)",
    "CREATE TABLE IF NOT EXISTS tefter_contact (device bigint PRIMARY KEY, counter bigint NOT NULL, synced_ms bigint NOT NULL, "
    "held_back bigint NOT NULL, catalog bigint NOT NULL, read bytea)",
    "CREATE TABLE IF NOT EXISTS tefter_server (name text PRIMARY KEY, said_ms bigint NOT NULL, copied bytea NOT NULL)"};

struct Column {
    const char *table, *name, *type;
};
constexpr Column later_columns[] = {{"tefter_ledger_head", "base", "bigint NOT NULL DEFAULT 0"}, {"tefter_contact", "read", "bytea"}};

constexpr int entries_a_statement = 256;
constexpr const char* head_columns = "position, hash, base";

std::int64_t number(ScopeNumber scope) { return scope.value; }
std::int64_t number(DeviceNumber device) { return device.value; }
std::int64_t number(Position position) { return static_cast<std::int64_t>(position.value); }
std::int64_t number(Sequence sequence) { return static_cast<std::int64_t>(sequence.value); }

Hash hash_of(BytesView bytes) { return Reader(bytes).fixed<32>(); }

std::string place(ScopeNumber scope, Position position) {
    return "ledger " + std::to_string(scope.value) + "/" + std::to_string(position.value);
}

Position position_at(const Postgres::Rows& rows, int row, int column) {
    return Position{static_cast<std::uint64_t>(rows.integer(row, column))};
}

/// Of `head_columns`.
SharedHead head_of(const Postgres::Rows& rows, int row, int column) {
    return {{position_at(rows, row, column), hash_of(rows.bytes(row, column + 1))}, position_at(rows, row, column + 2)};
}

/// Of `head_columns` behind the scope.
std::map<ScopeNumber, SharedHead> heads_of(const Postgres::Rows& rows) {
    std::map<ScopeNumber, SharedHead> out;
    for (int i = 0; i < rows.size(); ++i) out[ScopeNumber{static_cast<std::uint32_t>(rows.integer(i, 0))}] = head_of(rows, i, 1);
    return out;
}

}  // namespace

void PostgresLedger::create(const std::set<ScopeNumber>& scopes) {
    for (const char* table : tables) database_.run(table);
    for (const auto& [table, name, type] : later_columns) {
        const bool is_there = database_
                                  .run(
                                      "SELECT 1 FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 "
                                      "AND column_name = $2",
                                      {std::string_view(table), std::string_view(name)})
                                  .size() != 0;
        if (!is_there) database_.run(std::string("ALTER TABLE ") + table + " ADD COLUMN IF NOT EXISTS " + name + " " + type);
    }
    for (const ScopeNumber scope : scopes) {
        database_.run("INSERT INTO tefter_ledger_head (scope, position, hash) VALUES ($1, 0, $2) ON CONFLICT (scope) DO NOTHING",
                      {number(scope), BytesView(Hash{})});
    }
}

void PostgresLedger::destroy_within() {
    for (const char* name : {"tefter_ledger_head", "tefter_ledger", "tefter_contact", "tefter_server"})
        database_.run(std::string("DELETE FROM ") + name);
}

std::map<ScopeNumber, SharedHead> PostgresLedger::heads() {
    return heads_of(database_.run(std::string("SELECT scope, ") + head_columns + " FROM tefter_ledger_head"));
}

std::map<DeviceNumber, std::pair<std::uint64_t, Contact>> PostgresLedger::contacts_since(std::int64_t synced_ms) {
    const Postgres::Rows rows =
        database_.run("SELECT device, counter, synced_ms, held_back, catalog, read FROM tefter_contact WHERE synced_ms >= $1", {synced_ms});
    std::map<DeviceNumber, std::pair<std::uint64_t, Contact>> out;
    for (int i = 0; i < rows.size(); ++i) {
        out[DeviceNumber{static_cast<std::uint32_t>(rows.integer(i, 0))}] = {
            static_cast<std::uint64_t>(rows.integer(i, 1)),
            {rows.integer(i, 2), rows.integer(i, 3), rows.integer(i, 4),
             decode_positions(rows.is_null(i, 5) ? BytesView() : rows.bytes(i, 5))}};
    }
    return out;
}

void PostgresLedger::note_copied(const std::string& server, const std::map<ScopeNumber, Position>& to, std::int64_t now_ms) {
    const Bytes positions = encode_positions(to);
    database_.run(
        "INSERT INTO tefter_server (name, said_ms, copied) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET said_ms = $2, copied = $3",
        {std::string_view(server), now_ms, BytesView(positions)});
}

std::map<std::string, std::map<ScopeNumber, Position>> PostgresLedger::copied_since(std::int64_t ms) {
    const Postgres::Rows rows = database_.run("SELECT name, copied FROM tefter_server WHERE said_ms >= $1", {ms});
    std::map<std::string, std::map<ScopeNumber, Position>> out;
    for (int i = 0; i < rows.size(); ++i) out[std::string(rows.text(i, 0))] = decode_positions(rows.bytes(i, 1));
    return out;
}

void PostgresLedger::begin(const std::set<ScopeNumber>& scopes) {
    database_.run("BEGIN");
    held_.clear();
    has_news_ = false;
    if (scopes.empty()) return;
    try {
        // In the same order everywhere, so that two servers never wait for each other.
        std::string list;
        for (const ScopeNumber scope : scopes) list += (list.empty() ? "" : ", ") + std::to_string(scope.value);
        held_ = heads_of(database_.run(std::string("SELECT scope, ") + head_columns + " FROM tefter_ledger_head WHERE scope IN (" + list +
                                       ") ORDER BY scope FOR UPDATE"));
        if (held_.empty()) {
            throw Error(ErrorKind::refused, "The ledgers are no longer in this database; ask who moved them where they are now.");
        }
    } catch (...) {
        abandon();
        throw;
    }
}

bool PostgresLedger::holds_all() {
    const Postgres::Rows rows = database_.run("SELECT count(*) FROM tefter_ledger_head");
    return rows.integer(0, 0) == static_cast<std::int64_t>(held_.size());
}

void PostgresLedger::commit() {
    if (has_news_ && database_.notifies()) database_.run(std::string("NOTIFY ") + channel);
    database_.run("COMMIT");
    held_.clear();
}

void PostgresLedger::abandon() noexcept {
    database_.abandon();
    held_.clear();
}

bool PostgresLedger::take_counter(DeviceNumber device, std::uint64_t counter) {
    if (counter > std::uint64_t{INT64_MAX}) return false;
    return database_
               .run(
                   "INSERT INTO tefter_contact (device, counter, synced_ms, held_back, catalog) VALUES ($1, $2, 0, 0, 0) "
                   "ON CONFLICT (device) DO UPDATE SET counter = $2 WHERE tefter_contact.counter < $2",
                   {number(device), static_cast<std::int64_t>(counter)})
               .changed() == 1;
}

void PostgresLedger::note_contact(DeviceNumber device, const Contact& contact) {
    const Bytes read = encode_positions(contact.read);
    database_.run("UPDATE tefter_contact SET synced_ms = $2, held_back = $3, catalog = $4, read = coalesce($5, read) WHERE device = $1",
                  {number(device), contact.synced_ms, contact.held_back, contact.catalog,
                   read.empty() ? Postgres::Parameter() : Postgres::Parameter(BytesView(read))});
}

LedgerHead PostgresLedger::head(ScopeNumber scope) { return held_or_read(scope).end; }

Position PostgresLedger::base(ScopeNumber scope) { return held_or_read(scope).base; }

SharedHead PostgresLedger::held_or_read(ScopeNumber scope) {
    if (const auto held = held_.find(scope); held != held_.end()) return held->second;
    const Postgres::Rows rows =
        database_.run(std::string("SELECT ") + head_columns + " FROM tefter_ledger_head WHERE scope = $1", {number(scope)});
    return rows.size() == 0 ? SharedHead{} : head_of(rows, 0, 0);
}

SharedHead& PostgresLedger::held(ScopeNumber scope) {
    const auto held = held_.find(scope);
    ensure(held != held_.end(), "a ledger is written by who holds its head");
    return held->second;
}

void PostgresLedger::insert(ScopeNumber scope, const LedgerEntry& entry, const Hash& hash, BytesView sealed) {
    SharedHead& head = held(scope);
    ensure(entry.position.value == head.end.position.value + 1, "positions are dense");
    head.end = {entry.position, hash};
    database_.run(
        "INSERT INTO tefter_ledger (scope, position, device, first, last, hash, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        {number(scope), number(entry.position), number(entry.device), number(entry.first), number(entry.last), BytesView(hash), sealed});
    database_.run("UPDATE tefter_ledger_head SET position = $2, hash = $3, base = $4 WHERE scope = $1",
                  {number(scope), number(entry.position), BytesView(hash), number(head.base)});
    has_news_ = true;
}

LedgerHead PostgresLedger::append(const SegmentHeader& header, const Hash& segment_id, BytesView bytes) {
    const LedgerHead& end = held(header.scope).end;
    const Position at{end.position.value + 1};
    const Bytes sealed = sealing_.seal(bytes, place(header.scope, at));
    insert(header.scope, {at, header.device, header.first, header.last(), {}}, ledger_next(end.hash, segment_id), sealed);
    return end;
}

void PostgresLedger::append_compacted(ScopeNumber scope, const LedgerEntry& entry, const Hash& hash) {
    held(scope).base = entry.position;
    insert(scope, entry, hash, {});
}

void PostgresLedger::compact(ScopeNumber scope, Position until) {
    SharedHead& head = held(scope);
    ensure(until <= head.end.position, "a ledger is compacted up to an entry that it has");
    database_.run("UPDATE tefter_ledger SET bytes = ''::bytea WHERE scope = $1 AND position > $2 AND position <= $3",
                  {number(scope), number(head.base), number(until)});
    head.base = until;
    database_.run("UPDATE tefter_ledger_head SET base = $2 WHERE scope = $1", {number(scope), number(until)});
    has_news_ = true;
}

std::vector<LedgerEntry> PostgresLedger::read(ScopeNumber scope, Position after, Position until, std::size_t max_bytes) {
    std::vector<LedgerEntry> out;
    std::size_t size = 0;
    while (after < until) {
        const Position last{std::min(until.value, after.value + entries_a_statement)};
        // What does not fit any more is not fetched: the database adds up the sizes.
        const Postgres::Rows rows = database_.run(
            "SELECT position, device, first, last, bytes FROM (SELECT *, sum(length(bytes) - $5) OVER (ORDER BY position) AS so_far FROM "
            "tefter_ledger WHERE scope = $1 AND position > $2 AND position <= $3) AS entries WHERE so_far <= $4 OR position = $2 + 1 "
            "ORDER BY position",
            {number(scope), number(after), number(last),
             static_cast<std::int64_t>(std::min(max_bytes - std::min(size, max_bytes), std::size_t{INT64_MAX})),
             std::int64_t{Sealing::overhead}});
        for (int i = 0; i < rows.size(); ++i) {
            const Position at = position_at(rows, i, 0);
            if (rows.bytes(i, 4).empty()) throw Error(ErrorKind::refused, "The ledger has been compacted; ask for the rows as they are.");
            Bytes bytes = sealing_.open(rows.bytes(i, 4), place(scope, at));
            if (!out.empty() && size + bytes.size() > max_bytes) return out;
            size += bytes.size();
            out.push_back({at, DeviceNumber{static_cast<std::uint32_t>(rows.integer(i, 1))},
                           Sequence{static_cast<std::uint64_t>(rows.integer(i, 2))},
                           Sequence{static_cast<std::uint64_t>(rows.integer(i, 3))}, std::move(bytes)});
        }
        if (rows.size() < static_cast<int>(last.value - after.value)) return out;
        after = last;
    }
    return out;
}

std::optional<Hash> PostgresLedger::hash_at(ScopeNumber scope, Position position) {
    if (position.value == 0) return Hash{};
    const Postgres::Rows rows =
        database_.run("SELECT hash FROM tefter_ledger WHERE scope = $1 AND position = $2", {number(scope), number(position)});
    if (rows.size() == 0) return std::nullopt;
    return hash_of(rows.bytes(0, 0));
}

std::optional<Position> PostgresLedger::position_of(ScopeNumber scope, DeviceNumber device, Sequence last) {
    const Postgres::Rows rows = database_.run("SELECT position FROM tefter_ledger WHERE scope = $1 AND device = $2 AND last = $3",
                                              {number(scope), number(device), number(last)});
    if (rows.size() == 0) return std::nullopt;
    return position_at(rows, 0, 0);
}

void PostgresLedger::redact(ScopeNumber scope, const IsErased& erased) {
    const Position end = head(scope).position;
    for (Position at = base(scope); at < end;) {
        const std::vector<LedgerEntry> entries = read(scope, at, end, ledger_batch_bytes);
        ensure(!entries.empty(), "a ledger has every position up to its head");
        for (const LedgerEntry& entry : entries) {
            const std::optional<Bytes> clean = redact_segment(entry.bytes, erased);
            if (!clean) continue;
            const Bytes sealed = sealing_.seal(*clean, place(scope, entry.position));
            database_.run("UPDATE tefter_ledger SET bytes = $3 WHERE scope = $1 AND position = $2",
                          {number(scope), number(entry.position), BytesView(sealed)});
        }
        at = entries.back().position;
    }
}

}  // namespace tefter
