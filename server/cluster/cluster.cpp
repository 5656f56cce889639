#include "server/cluster/cluster.hpp"

#include <sodium.h>

#include <chrono>
#include <thread>

#include "engine/base/crypto.hpp"
#include "engine/store/files.hpp"

namespace tefter {

namespace {

constexpr int wait_ms = 500;
constexpr const char* set_record = "set";
constexpr const char* leaving_fact = "cluster_leaving";
constexpr std::size_t entries_at_once = 1000;
constexpr std::int64_t blocks_perhaps_given = std::int64_t{1} << 21U;  // numbers of rows

Bytes random_bytes(const Environment& environment, std::size_t count) {
    Bytes out(count);
    environment.random(out);
    return out;
}

std::set<ScopeNumber> scopes_of(Replica& replica) {
    std::set<ScopeNumber> out;
    for (const ScopeState& scope : replica.scopes()) out.insert(scope.scope);
    return out;
}

}  // namespace

Sealing Cluster::sealing(Replica& replica) {
    const std::string text = replica.fact(key_fact).value_or("");
    SharedKey key;
    std::size_t size = 0;
    sodium_hex2bin(key.data(), key.size(), text.data(), text.size(), nullptr, &size, nullptr);
    ensure(size == key.size(), "a server of a set knows its key");
    return {key, replica.environment().random};
}

std::string Cluster::name_of(Replica& replica) {
    if (replica.fact(server_fact).value_or("").empty()) replica.set_fact(server_fact, hexadecimal(random_bytes(replica.environment(), 16)));
    return *replica.fact(server_fact);
}

Cluster::Cluster(const std::string& url, Replica& replica, SqliteLedger& here)
    : shared_(url, sealing(replica)),
      mirrored_(replica, here, shared_, name_of(replica)),
      records_(url, sealing(replica)),
      files_(url, sealing(replica), replica),
      replica_(replica) {
    std::optional<Bytes> set;
    try {
        set = records_.read(set_record);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::internal) throw;
    }
    if (!set || as_text(*set) != replica.fact(set_fact)) {
        throw Error(ErrorKind::refused,
                    "The database holds no ledgers of this set of servers: they have been moved away, or its address is wrong.");
    }
    shared_.create({});
    replica_.number_rows_by([this] { return records_.next(Records::Numbers::row_blocks); });
    follow();
}

void Cluster::follow() {
    mirrored_.follow();
    files_.exchange();
    if (mirrored_.take_erased()) files_.forget_unnamed([this] { mirrored_.follow(); });
}

void Cluster::found(const std::string& url, Replica& replica, SqliteLedger& here, const std::map<std::string, Bytes>& records,
                    const std::function<void(const Records::EachEntry&)>& log, std::int64_t next_device, std::int64_t next_invitation) {
    const std::set<ScopeNumber> scopes = scopes_of(replica);
    if (!replica.fact(key_fact)) replica.set_fact(key_fact, hexadecimal(random_bytes(replica.environment(), SharedKey::size())));
    const std::string set = hexadecimal(random_bytes(replica.environment(), 16));
    PostgresLedger shared(url, sealing(replica));
    shared.create(scopes);
    Records book(url, sealing(replica));
    book.create();
    SharedFiles files(url, sealing(replica), replica);
    files.create();
    if (book.any()) {
        throw Error(ErrorKind::refused,
                    "The database holds the ledgers of a set of servers already; give an empty one. Nothing was changed.");
    }
    for (const ScopeNumber scope : scopes) {
        const LedgerHead end = here.head(scope);
        // What an earlier attempt has brought there stays, if it is the same.
        Position at = shared.head(scope).position;
        if (shared.hash_at(scope, at) != here.hash_at(scope, at)) {
            throw Error(ErrorKind::refused, "The database holds other ledgers than this server's; give an empty one. Nothing was changed.");
        }
        while (at < here.base(scope)) {
            shared.begin({scope});
            for (const auto& [entry, hash] : here.compacted(scope, at, entries_at_once)) {
                shared.append_compacted(scope, entry, hash);
                at = entry.position;
            }
            shared.commit();
        }
        while (at < end.position) {
            const std::vector<LedgerEntry> entries = here.read(scope, at, end.position, ledger_batch_bytes);
            shared.begin({scope});
            for (const LedgerEntry& entry : entries) {
                Segment segment;
                decode_segment(entry.bytes, segment);
                shared.append(segment.header, segment_id(segment.header, segment.signature), entry.bytes);
            }
            shared.commit();
            at = entries.back().position;
        }
        ensure(shared.head(scope).hash == end.hash, "ledgers are moved as they are");
    }
    for (const Device& device : list_devices(replica.store().database, replica.catalog())) {
        shared.begin({});
        shared.take_counter(device.number, here.counter(device.number));
        shared.note_contact(device.number, contact_of(replica.store().database, device.number));
        shared.commit();
    }
    for (const auto& [name, value] : records) book.put(name, value);
    book.begin_log(log);
    const std::int64_t rows = replica.store().meta.integer("row_counter").value_or(0);
    // A server that was restored from a copy may have gone further than this file knows: see step_by_chance in engine/store/replica.cpp.
    book.begin(Records::Numbers::row_blocks, (rows + blocks_perhaps_given) / row_block);
    book.begin(Records::Numbers::devices, next_device);
    book.begin(Records::Numbers::invitations, next_invitation);
    FileStore(replica.store().database).mark_all_unsent();
    files.exchange();
    book.put(set_record, as_bytes(set));
    replica.set_fact(set_fact, set);
}

void Cluster::dissolve() {
    {
        const std::int64_t rows = (records_.next(Records::Numbers::row_blocks) + 1) * row_block;
        const std::int64_t devices = records_.next(Records::Numbers::devices);
        Transaction transaction(replica_.store().database);
        replica_.store().meta.set("row_counter", rows);
        replica_.store().meta.set("last_device", devices);
        transaction.commit();
    }
    mirrored_.begin(scopes_of(replica_));  // nobody appends between the last look and the end
    replica_.set_fact(leaving_fact, "1");
    shared_.destroy_within();
    shared_.commit();
    records_.destroy();
    files_.destroy();
    forget_set(replica_);
}

bool Cluster::finish_leaving(const std::string& url, Replica& replica) {
    if (replica.fact(leaving_fact).value_or("").empty()) return false;
    PostgresLedger shared(url, sealing(replica));
    shared.create({});
    if (!shared.heads().empty()) {  // it had not come to that
        replica.set_fact(leaving_fact, "");
        return false;
    }
    Records(url, sealing(replica)).destroy();
    SharedFiles(url, sealing(replica), replica).destroy();
    forget_set(replica);
    return true;
}

void Cluster::abandon(Replica& replica) {
    constexpr std::int64_t devices_perhaps_given = 1000;
    Meta& meta = replica.store().meta;
    Transaction transaction(replica.store().database);
    meta.set("row_counter", meta.integer("row_counter").value_or(0) + blocks_perhaps_given);
    meta.set("last_device", meta.integer("last_device").value_or(1) + devices_perhaps_given);
    transaction.commit();
    forget_set(replica);
}

void Cluster::forget_set(Replica& replica) {
    Transaction transaction(replica.store().database);
    for (const char* name : {set_fact, key_fact, server_fact, leaving_fact}) replica.store().meta.remove(fact_name(name));
    transaction.commit();
}

void Following::wait() {
    try {
        if (database_.notifies()) return database_.wait(PostgresLedger::channel, wait_ms);
    } catch (const Error&) {  // who follows will say why
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms));
}

}  // namespace tefter
