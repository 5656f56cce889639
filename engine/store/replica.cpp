#include "engine/store/replica.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "engine/base/file.hpp"
#include "engine/base/limits.hpp"
#include "engine/store/devices.hpp"
#include "engine/store/files.hpp"
#include "engine/store/forget.hpp"
#include "engine/store/ledger.hpp"
#include "engine/store/restamp.hpp"

namespace tefter {

namespace {

template <std::size_t N>
std::array<std::uint8_t, N> fixed(const std::optional<Bytes>& bytes) {
    ensure(bytes && bytes->size() == N, "a replica knows who it is");
    std::array<std::uint8_t, N> out{};
    std::copy(bytes->begin(), bytes->end(), out.begin());
    return out;
}

void save_identity(Database& database, const Catalog& catalog, const Identity& identity) {
    Meta meta(database);
    meta.set("device", std::int64_t{identity.device.value});
    meta.set("secret", BytesView(identity.secret));
    meta.set("server_key", BytesView(identity.server_key));
    meta.set("office", std::string_view(identity.office));
    meta.set("role", to_text(identity.role));
    meta.set("scopes", std::string_view(scope_names(catalog, identity.scopes)));
    for (const ScopeNumber scope : identity.scopes) meta.grant(scope);
}

/// The highest version that this database knows: what the clock must stay above.
Version highest_version(Database& database) {
    Statement row = database.prepare_once(
        "SELECT max(coalesce((SELECT max(version) FROM tefter_head), 0), coalesce((SELECT max(version) FROM tefter_unsent), 0))");
    row.step();
    return Version{row.integer(0)};
}

/// A copy that is restored goes on where the copy was made; a step of chance at each opening keeps it from numbers of rows that its
/// earlier life has used and that other devices know. 2^45 numbers last for 67 million openings.
std::int64_t step_by_chance(const Environment& environment) {
    std::array<std::uint8_t, 3> random{};
    environment.random(random);
    return (std::int64_t{random[0]} << 16 | std::int64_t{random[1]} << 8 | std::int64_t{random[2]}) & 0xF'FFFF;
}

/// A replica's FileLock lies at this path; it is held by the one program that writes.
std::string lock_of(const std::string& path) { return path + ".writer"; }
std::string another_writes_to(const std::string& path) {
    return "Another program is writing to " + path + "; close it first. Nothing was changed.";
}

}  // namespace

Replica::Store::Store(const std::string& path, const DatabaseKey& key, JournalMode journal, const Catalog& catalog, DeviceNumber own,
                      const PublicKey& server_key)
    : database(path, key, OpenMode::read_write, journal),
      meta(database),
      log(database, own),
      applier(database, catalog),
      receiver(database, catalog, applier, log, own, server_key) {}

void Replica::create(const std::string& path, const DatabaseKey& key, const Catalog& catalog, const Identity& identity,
                     JournalMode journal) {
    ensure(identity.device.value >= 1 && identity.device.value <= max_device_number, "a device number is in its range");
    Database database(path, key, OpenMode::create, journal);
    try {
        Transaction transaction(database);
        create_engine_tables(database);
        migrate_catalog(database, catalog);
        save_identity(database, catalog, identity);
        transaction.commit();
    } catch (...) {
        std::filesystem::remove(path);
        throw;
    }
}

Replica::Replica(const std::string& path, const DatabaseKey& key, const Catalog& catalog, Environment environment, JournalMode journal)
    : catalog_(catalog), environment_(std::move(environment)), key_(key) {
    bool is_older = false;
    {
        Database reader(path, key, OpenMode::read_only, journal);
        is_older = check_replica_format(reader);
        load_identity(reader);
    }
    store_ = std::make_unique<Store>(path, key, journal, catalog_, identity_.device, identity_.server_key);
    {
        std::optional<FileLock> alone;
        if (is_older) alone.emplace(lock_of(path), another_writes_to(path));
        Transaction transaction(store_->database);
        if (is_older && check_replica_format(store_->database)) migrate_format(store_->database);
        for (const Table* table : migrate_catalog(store_->database, catalog_)) store_->applier.rows().place_again(*table);
        transaction.commit();
    }
    refresh_grants();
    clock_.emplace(identity_.device, highest_version(store_->database));
    row_counter_ = saved_row_counter_ = store_->meta.integer("row_counter").value_or(0);
}

Replica::~Replica() = default;

const std::string& Replica::path() const { return store_->database.path(); }

void Replica::load_identity(Database& database) {
    Meta meta(database);
    identity_.device = DeviceNumber{static_cast<std::uint32_t>(meta.integer("device").value_or(0))};
    ensure(identity_.device.value != 0, "a replica knows who it is");
    Bytes secret = meta.blob("secret").value_or(Bytes());
    identity_.secret = SecretKey(fixed<64>(secret));
    sodium_memzero(secret.data(), secret.size());
    identity_.server_key = fixed<32>(meta.blob("server_key"));
    identity_.office = meta.text("office").value_or("");
    identity_.role = role_from_text(meta.text("role").value_or("officer")).value_or(Role::officer);
    identity_.scopes = parse_scopes(catalog_, meta.text("scopes").value_or(""));
}

/// The register of devices says what this device may do, once it has come; until then, its enrolment does.
void Replica::refresh_grants() {
    if (identity_.device == server_device) return;
    const std::optional<Device> own = find_device(store_->database, catalog_, identity_.device);
    if (!own) return;
    identity_.office = own->office;
    identity_.role = own->role;
    identity_.scopes = own->scopes;
}

void Replica::claim() {
    if (claim_) return;
    auto claim = std::make_unique<FileLock>(lock_of(path()), another_writes_to(path()));
    try {
        open_reader();
    } catch (const Error& error) {  // the file at this place is another one, under another key: what is written here would be lost
        if (error.kind() != ErrorKind::wrong_key) throw;
        throw Error(ErrorKind::busy, "The key of " + path() + " was changed meanwhile; open it again. Nothing was changed.");
    }
    const Version highest = highest_version(store_->database);
    const std::int64_t kept = store_->meta.integer("row_counter").value_or(0);
    refresh_grants();
    // All is known that others have written; from here on nothing fails.
    clock_->saw(highest);
    saved_row_counter_ = std::max(row_counter_, kept);
    row_counter_ = saved_row_counter_ + step_by_chance(environment_);
    store_->applier.rows().write_alone();
    claim_ = std::move(claim);
}

std::int64_t Replica::new_id() {
    claim();
    if (next_block_ && row_counter_ >= block_end_) {
        row_counter_ = next_block_() * row_block;
        block_end_ = row_counter_ + row_block - 1;
    }
    ++row_counter_;
    ensure(row_counter_ <= row_counter_mask, "a device draws fewer than 2^45 rows");
    return (std::int64_t{identity_.device.value} << row_counter_bits) | row_counter_;
}

void Replica::commit(Transaction& transaction, const std::function<void()>& last_look) {
    const Changed changed = store_->applier.finish();
    const Erasing erasing = std::exchange(store_->applier.erasing(), {});
    if (!erasing.begun.empty()) {
        forget(store_->database, erasing.begun);
        store_->meta.set("to_sweep", 1);
    }
    raise_row_counter();
    const std::int64_t highest_row = std::max(row_counter_, others_rows_);
    if (highest_row != saved_row_counter_) store_->meta.set("row_counter", highest_row);
    if (last_look) last_look();
    transaction.commit();
    // It stands. First what no disk can fail.
    saved_row_counter_ = highest_row;
    clock_->saw(store_->receiver.take_highest());
    grants_due_ = grants_due_ || changed.contains(device_table);
    old_values_in_log_ = old_values_in_log_ || !erasing.begun.empty();
    if (old_values_in_log_) old_values_in_log_ = !store_->database.empty_log();
    if (grants_due_) refresh_grants();
    grants_due_ = false;
    if (changed.empty()) return;
    for (const auto& listener : listeners_) listener(changed);
}

void Replica::forget_unnamed_files(bool erased) {
    FileStore files(store_->database);
    const std::int64_t now_ms = environment_.now_ms();
    Transaction transaction(store_->database);
    for (const Hash& hash : files.all()) {
        const std::optional<std::int64_t> since = files.unnamed_since(hash);
        const bool named = !scopes_naming(store_->database, catalog_, store_->applier.rows(), hash).empty();
        if (named && since) files.note_named(hash);
        if (named) continue;
        if (erased || (since && now_ms - *since >= limits::unnamed_file_ms)) files.forget(hash);
        else if (!since) files.note_unnamed(hash, now_ms);
    }
    transaction.commit();
}

void Replica::sweep() {
    const std::int64_t now_ms = environment_.now_ms();
    const bool erased = store_->meta.integer("to_sweep").value_or(0) != 0;
    if (erased || !files_looked_at_ms_ || std::abs(now_ms - *files_looked_at_ms_) >= day_ms) {
        forget_unnamed_files(erased);
        files_looked_at_ms_ = now_ms;
    }
    if (store_->meta.integer("to_sweep").value_or(0) == 0 || !store_->database.rewrite()) return;
    Transaction transaction(store_->database);
    store_->meta.set("to_sweep", 0);
    transaction.commit();
    old_values_in_log_ = !store_->database.empty_log();
}

void Replica::abandon() {
    store_->applier.discard();
    store_->receiver.take_highest();
    store_->receiver.take_own_rows();
}

void Replica::raise_row_counter() {
    const std::int64_t own_rows = store_->receiver.take_own_rows();
    if (next_block_) {
        others_rows_ = std::max(others_rows_, own_rows);
    } else if (own_rows > row_counter_) {  // and what comes next in that life, which may not be here yet, is not drawn again either
        row_counter_ = own_rows + step_by_chance(environment_);
    }
}

namespace {

/// Changes of one action, by scope; the arena outlives them.
struct Action {
    Arena arena;
    std::map<ScopeNumber, std::vector<Change>> changes;
    std::set<std::pair<TableNumber, Bytes>> rows;
    Writer encoded;
    std::size_t count = 0;
    std::size_t bytes = 0;

    void add(const PlannedChange& planned) {
        if (!rows.emplace(planned.change.table, encode_key(planned.change.key)).second) {
            throw Error(ErrorKind::usage, "One action edits the same row twice; put the edits of a row together.");
        }
        encoded.clear();
        encode_change(encoded, planned.change);
        bytes += encoded.size();
        if (++count > limits::segment_changes || bytes > limits::changeset_raw_bytes) {
            throw Error(ErrorKind::refused, "This is too much for one action; split it.");
        }
        changes[planned.scope].push_back(planned.change);
    }
};

}  // namespace

void Replica::apply_plan(const PlannedChange& planned, Version version, std::int64_t actor, Sequence sequence) {
    const Changeset changeset{version, actor, {&planned.change, 1}};
    const auto quarantined = store_->applier.apply({planned.scope, identity_.device, sequence}, changeset);
    if (quarantined.empty()) return;
    const Table& table = *catalog_.find(planned.change.table);
    throw Error(ErrorKind::refused, describe(table, planned.change.key) + ": " + quarantined.front().reason + ".");
}

Written Replica::write(std::int64_t actor, std::span<const Edit> edits) {
    claim();
    try {
        Transaction transaction(store_->database);
        const Written written = write_within(actor, edits);
        if (written.changes != 0) commit(transaction);
        return written;
    } catch (...) {
        abandon();
        throw;
    }
}

Version Replica::next_version() {
    claim();
    return clock_->next(environment_.now_ms());
}

Written Replica::write_within(std::int64_t actor, std::span<const Edit> edits) {
    const Version version = next_version();
    const Grants grants{identity_.role, identity_.scopes};
    Editor editor(store_->database, catalog_, store_->applier.rows(), grants);
    Action action;
    std::map<ScopeNumber, Sequence> sequences;
    for (const Edit& edit : edits) {
        const std::optional<PlannedChange> planned = editor.plan(edit, version, action.arena);
        if (!planned) continue;
        action.add(*planned);
        // Asked once a scope: where a long action is unsent, looking for the last one reads all of it.
        const auto place = sequences.try_emplace(planned->scope);
        if (place.second) {
            place.first->second = store_->log.next(planned->scope);
            store_->meta.grant(planned->scope);  // the register grants it, and no sync has filled it yet
        }
        apply_plan(*planned, version, actor, place.first->second);
    }
    if (action.changes.empty()) return {};
    for (const auto& [scope, changes] : action.changes) {
        store_->log.append(scope, sequences.at(scope), {version, actor, changes});
        store_->log.note_author(scope, identity_.device, version, actor);
    }
    return {version, action.count};
}

Received Replica::receive(BytesView bytes, Carrier carrier, std::int64_t now_ms, Position position) {
    claim();
    Received received;
    try {
        Transaction transaction(store_->database);
        received = store_->receiver.receive(bytes, carrier, now_ms);
        // A refused segment from the ledger stops the cursor: nothing may be skipped in silence.
        if (received.outcome != Outcome::refused) {
            if (carrier == Carrier::server) {
                advance(received.header.scope, position, received.id);
                store_->log.mark_taken(received.header.scope, received.header.device, received.header.last());
            }
            commit(transaction);
            return received;
        }
    } catch (...) {
        abandon();
        throw;
    }
    // Nothing stays of what was tried: unsent segments that were opened to look behind them may be with the server, or on a stick.
    abandon();
    if (received.same_until) store_->meta.set(common_until(received.header.scope), static_cast<std::int64_t>(received.same_until->value));
    return received;
}

std::size_t Replica::release(std::int64_t now_ms) {
    if (held().empty()) return 0;
    claim();
    try {
        Transaction transaction(store_->database);
        const std::size_t released = store_->receiver.release(now_ms);
        commit(transaction);
        return released;
    } catch (...) {
        abandon();
        throw;
    }
}

void Replica::advance(ScopeNumber scope, Position position, const Hash& segment_id) {
    const std::optional<ScopeState> state = store_->meta.scope(scope);
    if (!state || position.value != state->position.value + 1) Reader::fail("the server's answer has a gap");
    store_->meta.set_cursor(scope, position, ledger_next(state->ledger_hash, segment_id));
}

bool Replica::pass_own(ScopeNumber scope, Position position, Sequence last) {
    claim();
    const std::optional<KeptSegment> kept = store_->log.holding(scope, identity_.device, last);
    if (!kept) return false;
    Segment segment;
    decode_segment(kept->bytes, segment);
    if (segment.header.last() != last) return false;
    Transaction transaction(store_->database);
    advance(scope, position, segment_id(segment.header, segment.signature));
    transaction.commit();
    return true;
}

void Replica::rewind(ScopeNumber scope) {
    claim();
    Transaction transaction(store_->database);
    store_->meta.set_cursor(scope, Position{0}, Hash{});
    transaction.commit();
}

bool Replica::is_empty() {
    Statement row = store_->database.prepare(
        "SELECT EXISTS (SELECT 1 FROM tefter_head) OR EXISTS (SELECT 1 FROM tefter_unsent) OR EXISTS (SELECT 1 FROM tefter_held)");
    row.step();
    return row.integer(0) == 0;
}

void Replica::hold_granted_scopes() {
    Transaction transaction(store_->database);
    for (const ScopeNumber scope : identity_.scopes) store_->meta.grant(scope);
    transaction.commit();
}

std::vector<StoredSegment> Replica::segments_to_send(ScopeNumber scope) {
    claim();
    if (!store_->log.has_unsealed(scope)) return store_->log.untaken(scope);
    Transaction transaction(store_->database);
    std::vector<StoredSegment> out = seal_within(scope);
    transaction.commit();
    return out;
}

void Replica::seal_all(std::string_view fact, std::string_view value) {
    claim();
    Transaction transaction(store_->database);
    for (const ScopeState& scope : store_->meta.scopes()) {
        if (store_->log.has_unsealed(scope.scope)) store_->log.seal(scope.scope, catalog_.number(), identity_.secret, environment_.random);
    }
    store_->meta.set(fact_name(fact), value);
    transaction.commit();
}

std::vector<StoredSegment> Replica::seal_within(ScopeNumber scope) {
    claim();
    store_->log.seal(scope, catalog_.number(), identity_.secret, environment_.random);
    return store_->log.untaken(scope);
}

void Replica::mark_taken(ScopeNumber scope, DeviceNumber device, Sequence last) {
    Transaction transaction(store_->database);
    store_->log.mark_taken(scope, device, last);
    transaction.commit();
}

bool Replica::mark_untaken(ScopeNumber scope, DeviceNumber device, Sequence after) {
    Transaction transaction(store_->database);
    const bool any = store_->log.mark_untaken(scope, device, after);
    transaction.commit();
    return any;
}

void Replica::mark_exported(ScopeNumber scope) {
    claim();
    Transaction transaction(store_->database);
    store_->log.mark_exported(scope);
    transaction.commit();
}

std::size_t Replica::restamp(std::int64_t now_ms) {
    claim();
    try {
        Transaction transaction(store_->database);
        const RestampResult result =
            restamp_unsent(store_->database, catalog_, store_->applier.rows(), store_->log, store_->meta, identity_.device, now_ms);
        commit(transaction);
        clock_.emplace(identity_.device, highest_version(store_->database));
        return result.changesets;
    } catch (...) {
        abandon();
        throw;
    }
}

std::vector<ScopeState> Replica::scopes() { return store_->meta.scopes(); }
Head Replica::head(ScopeNumber scope, DeviceNumber device) { return store_->log.head(scope, device); }
std::vector<std::pair<DeviceNumber, Head>> Replica::heads(ScopeNumber scope) { return store_->log.heads(scope); }

std::size_t Replica::unsent_changesets() {
    std::size_t count = 0;
    for (const ScopeState& scope : scopes()) count += store_->log.unsent_changesets(scope.scope);
    return count;
}

std::vector<HeldSegment> Replica::held() {
    std::vector<HeldSegment> out;
    Statement row = store_->database.prepare("SELECT scope, device, first, reason FROM tefter_held ORDER BY scope, device, first");
    while (row.step()) {
        out.push_back({ScopeNumber{static_cast<std::uint32_t>(row.integer(0))}, DeviceNumber{static_cast<std::uint32_t>(row.integer(1))},
                       Sequence{static_cast<std::uint64_t>(row.integer(2))}, std::string(row.text(3))});
    }
    return out;
}

std::optional<Device> Replica::device(DeviceNumber number) { return find_device(store_->database, catalog_, number); }
bool Replica::is_revoked(DeviceNumber number) {
    const std::optional<Device> known = device(number);
    return known && known->revoked;
}

std::optional<RowState> Replica::state(const Table& table, Cells key, Arena& arena) {
    return store_->applier.rows().load(table.number, key, arena);
}

std::unique_ptr<Database> Replica::open_reader() const {
    return std::make_unique<Database>(store_->database.path(), key_, OpenMode::read_only, JournalMode::rollback);
}

std::optional<std::string> Replica::fact(std::string_view name) { return store_->meta.text(fact_name(name)); }

std::vector<std::pair<std::string, std::string>> Replica::facts(std::string_view prefix) {
    const std::string before = fact_name(prefix);
    std::vector<std::pair<std::string, std::string>> out;
    Statement row = store_->database.prepare("SELECT name, value FROM tefter_meta WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name");
    row.with(std::string_view(before));
    while (row.step()) out.emplace_back(row.text(0).substr(fact_name({}).size()), row.text(1));
    return out;
}

void Replica::set_fact(std::string_view name, std::string_view value) { keep_fact(name, value, {}); }

void Replica::set_fact(std::string_view name, std::string_view value, const Table& table, Cells key) {
    if (store_->applier.rows().erased(table.number, key)) return keep_fact(name, {}, {});
    Writer row;
    encode_row_name(row, {table.number, encode_key(key)});
    keep_fact(name, value, row.view());
}

void Replica::keep_fact(std::string_view name, std::string_view value, BytesView about) {
    claim();
    const std::string fact = fact_name(name), row = "about:" + std::string(name);
    Transaction transaction(store_->database);
    if (value.empty()) store_->meta.remove(fact);
    else store_->meta.set(fact, value);
    if (value.empty() || about.empty()) store_->meta.remove(row);
    else store_->meta.set(row, about);
    transaction.commit();
}

}  // namespace tefter
