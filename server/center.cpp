#include "server/center.hpp"

#include <sodium.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "engine/base/crypto.hpp"
#include "engine/keys/key_change.hpp"
#include "engine/keys/recovery.hpp"
#include "engine/store/replay.hpp"
#include "engine/sync/ledger_copy.hpp"
#include "schema/domain/known.hpp"
#include "server/files.hpp"

namespace tefter {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t least_space = 64U << 20U;  // below it a sync may fail in the middle of a day
constexpr std::int64_t numbers_left_free = 100;     // given out since a backup, perhaps

/// As after a restore. Numbers of devices go on behind those that may have been given out since.
void begin_waiting(Replica& replica) {
    Awaited(replica).begin();
    Transaction transaction(replica.store().database);
    Meta& meta = replica.store().meta;
    meta.set("last_device", meta.integer("last_device").value_or(1) + numbers_left_free);
    transaction.commit();
}

/// A new passphrase for an unattended start, its slot and its file.
void write_unlock(const std::string& folder, KeyFile& slots, const DatabaseKey& key, const Environment& environment) {
    std::array<std::uint8_t, 20> unlock{};
    environment.random(unlock);
    slots.lock("server", hexadecimal(unlock), key);
    slots.save(folder + "/keys");
    write_secret_file(folder + "/unlock", hexadecimal(unlock) + "\n");
}

void refuse_full_folder(const std::string& folder) {
    if (fs::exists(folder) && !fs::is_empty(folder)) {
        throw Error(ErrorKind::refused, "The folder " + folder + " is not empty; name another one for the new server.");
    }
}

/// Made beside and moved there at the end: a server is whole or is not.
void make_folder(const std::string& folder, const std::function<void(const std::string& building)>& fill) {
    const std::string building = folder + ".new";
    fs::remove_all(building);
    fs::create_directories(building);
    fs::permissions(building, fs::perms::owner_all);
    try {
        fill(building);
        fs::remove(folder);
        fs::rename(building, folder);
    } catch (...) {
        fs::remove_all(building);
        throw;
    }
}

/// The table whose rows hold the heads of the log of views. Another application's catalog need not have it.
const Table* table_of_anchors(const Catalog& catalog) { return catalog.find("access"); }

/// The heads of the log of views that this server's own device has written into the synced rows.
std::vector<web::AccessHead> anchors_in(Replica& replica) {
    std::vector<web::AccessHead> out;
    if (table_of_anchors(replica.catalog()) == nullptr) return out;
    Statement row = replica.store().database.prepare_once("SELECT what FROM access WHERE kind = 2 AND id >> ?1 = ?2 ORDER BY at");
    row.with(std::int64_t{row_counter_bits}, std::int64_t{server_device.value});
    while (row.step()) {
        if (const std::optional<web::AccessHead> head = web::access_head_from_text(row.text(0))) out.push_back(*head);
    }
    return out;
}

/// What the connection reads from now on is of this moment.
void fix_moment(Database& reader) { reader.execute("BEGIN; SELECT count(*) FROM tefter_scope"); }

}  // namespace

void Center::init(const std::string& folder, const Catalog& catalog, const Environment& environment, const FirstRows& first_rows) {
    refuse_full_folder(folder);
    make_folder(folder, [&](const std::string& building) {
        DatabaseKey key{};
        environment.random(key);
        BoxKey organisation{};
        BoxSecret recovery;
        crypto_box_keypair(organisation.data(), recovery.data());
        KeyFile slots;
        slots.seal(organisation, key);
        write_unlock(building, slots, key, environment);
        write_secret_file(building + "/recovery", hexadecimal(organisation) + hexadecimal(recovery) + "\n");
        Identity identity;
        identity.device = server_device;
        crypto_sign_keypair(identity.server_key.data(), identity.secret.data());
        identity.office = "server";
        identity.role = Role::server;
        for (const Scope& scope : catalog.scopes()) identity.scopes.push_back(scope.number);
        Replica::create(building + "/server.db", key, catalog, identity, JournalMode::wal);
        Replica replica(building + "/server.db", key, catalog, environment, JournalMode::wal);
        replica.set_fact("tls_identity", make_tls_key());
        replica.set_fact("tls_authority", make_tls_authority());
        replica.set_fact("organisation_key", hexadecimal(organisation));
        SqliteLedger ledger(replica.store().database);
        ServerSession session(replica, ledger);
        web::Vault vault(building + "/web.db", key, environment);
        const std::vector<Edit> edits = first_rows(replica, vault);
        session.write(edits);
    });
}

FileLock Center::lock_folder(const std::string& folder) {
    if (!fs::exists(folder + "/server.db")) {
        throw Error(ErrorKind::not_replica,
                    "There is no server in " + folder + "; make one with tefter-server init --data " + folder + ".");
    }
    return {folder + "/lock", "Another server runs on the folder " + folder + "; stop it first."};
}

Center::Center(const std::string& folder, const Catalog& catalog, Environment environment, const std::string& ledger)
    : folder_(folder), lock_(lock_folder(folder)), catalog_(catalog) {
    finish_key_change(folder + "/keys", {folder + "/server.db", folder + "/web.db"});
    const DatabaseKey key = open_key(folder);
    vault_ = std::make_unique<web::Vault>(folder + "/web.db", key, environment);
    replica_ = std::make_unique<Replica>(folder + "/server.db", key, catalog, std::move(environment), JournalMode::wal);
    replica_->on_commit([this](const Changed&) { pulse_.beat(); });
    ledger_ = std::make_unique<SqliteLedger>(replica_->store().database);
    invitations_ = std::make_unique<Invitations>(replica_->store().database);
    join(ledger);
    tls_ = std::make_unique<TlsIdentity>(replica_->fact("tls_identity").value_or(""), *replica_->fact("tls_authority"), hosts());
    session_ = with_patience([&] { return std::make_unique<ServerSession>(*replica_, ledgers()); });
    announce_pins();
}

Center::~Center() {
    over_ = true;
    if (following_.joinable()) following_.join();
}

void Center::listens_on(const std::string& address) {
    const std::lock_guard lock(mutex_);
    if (replica_->fact("listens_on") != address) replica_->set_fact("listens_on", address);
}

std::set<std::string> Center::hosts() {
    std::istringstream names(replica_->fact("tls_names").value_or(""));
    return {std::istream_iterator<std::string>(names), {}};
}

void Center::go_by(const std::string& host) {
    if (hosts().contains(host)) return;
    set_fact("tls_names", [&](const std::string& before) { return before + (before.empty() ? "" : " ") + host; });
    tls_->go_by(hosts());
}

std::string Center::invite(const std::string& office, Role role, const std::string& scopes, const std::string& address,
                           std::int64_t valid_ms, std::int64_t lease_days) {
    if (role == Role::server) throw Error(ErrorKind::usage, "A device is an officer's, staff's, a manager's or an administrator's.");
    if (office.empty() || office.size() > 100) throw Error(ErrorKind::usage, "The office needs a name of at most 100 letters.");
    // Reference data and regional activities belong to every office; their scopes have the lowest numbers.
    const std::string all = scope_names(catalog_, parse_scopes(catalog_, "shared regional " + scopes));
    const std::lock_guard lock(mutex_);
    ensure_writable();
    const std::string connect_to = address.empty() ? replica_->fact("listens_on").value_or("") : address;
    if (connect_to.empty() || connect_to.starts_with("0.0.0.0:") || connect_to.starts_with("[::]:")) {
        throw Error(ErrorKind::usage, "The address that devices connect to is not known; give it with --address HOST:PORT.");
    }
    go_by(host_of(connect_to));
    const std::uint64_t id = cluster_ ? static_cast<std::uint64_t>(cluster_->records().next(Records::Numbers::invitations)) : 0;
    const Invitations::Invitation made =
        invitations_->invite(replica_->environment(), office, role, all, replica_->environment().now_ms() + valid_ms, lease_days, id);
    if (cluster_) share_invitation(id);
    EnrolmentCode code;
    code.address = connect_to;
    code.pin = tls_->pin();
    code.invitation = made.id;
    code.secret = made.secret;
    return code.text();
}

/// The number is taken before it is registered: what is cut off here is finished when the device asks again.
DeviceNumber Center::take_number(const EnrolmentRequest& request) {
    Meta& meta = replica_->store().meta;
    std::int64_t number = meta.integer("last_device").value_or(1) + 1;
    if (cluster_) {  // the others take numbers too
        do number = cluster_->records().next(Records::Numbers::devices);
        while (replica_->device(DeviceNumber{static_cast<std::uint32_t>(number)}));
    } else {
        for (const Device& device : list_devices(replica_->store().database, catalog_))
            number = std::max(number, std::int64_t{device.number.value} + 1);
    }
    if (number > max_device_number) throw Error(ErrorKind::refused, "This server has given out all device numbers.");
    const DeviceNumber out{static_cast<std::uint32_t>(number)};
    Transaction transaction(replica_->store().database);
    meta.set("last_device", number);
    invitations_->mark_used(request.invitation, out, request.key);
    transaction.commit();
    return out;
}

EnrolmentAnswer Center::enrol(BytesView body) {
    const EnrolmentRequest request = EnrolmentRequest::decode(body);
    const std::lock_guard lock(mutex_);
    ensure_writable();
    const std::int64_t now_ms = replica_->environment().now_ms();
    Invitations::Grant grant;
    DeviceNumber number;
    with_invitation(request.invitation, [&] {
        grant = invitations_->redeem(request, now_ms);
        number = grant.used_by ? *grant.used_by : take_number(request);
    });
    if (!replica_->device(number)) {
        Edit edit;
        edit.table = "device";
        edit.key = {std::int64_t{number.value}};
        edit.values = {{"public_key", Bytes(request.key.begin(), request.key.end())},
                       {"office", grant.office},
                       {"role", std::string(to_text(grant.role))},
                       {"scopes", grant.scopes},
                       {"enrolled_at", now_ms},
                       {"valid_until", now_ms + registration_ms},
                       {"lease_days", grant.lease_days}};
        write_own({&edit, 1});
    }
    EnrolmentAnswer answer;
    answer.device = number;
    answer.server_key = replica_->identity().server_key;
    answer.office = grant.office;
    answer.role = grant.role;
    for (const ScopeNumber scope : parse_scopes(catalog_, grant.scopes)) answer.scopes.push_back(scope.value);
    answer.server_ms = now_ms;
    const std::string organisation = replica_->fact("organisation_key").value_or("");
    sodium_hex2bin(answer.organisation.data(), answer.organisation.size(), organisation.data(), organisation.size(), nullptr, nullptr,
                   nullptr);
    return answer;
}

namespace {

Device registered(Replica& replica, DeviceNumber number) {
    const std::optional<Device> known = replica.device(number);
    if (!known) throw Error(ErrorKind::usage, "There is no device " + std::to_string(number.value) + "; tefter-server devices lists them.");
    return *known;
}

}  // namespace

void Center::grant(DeviceNumber number, const std::string& scopes) {
    const std::vector<ScopeNumber> more = parse_scopes(catalog_, scopes);
    write_planned(0, [&](Replica& replica) {
        Device device = registered(replica, number);
        if (device.revoked)
            throw Error(ErrorKind::refused, "Device " + std::to_string(number.value) + " has been revoked; invite another.");
        for (const ScopeNumber scope : more) {
            if (!device.holds(scope)) device.scopes.push_back(scope);
        }
        Edit edit;
        edit.table = "device";
        edit.key = {std::int64_t{number.value}};
        edit.values = {{"scopes", scope_names(catalog_, device.scopes)}};
        return std::vector<Edit>{edit};
    });
}

void Center::revoke(DeviceNumber device, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    if (registered(*replica_, device).revoked) return;
    ensure_writable();
    Edit edit;
    edit.table = "device";
    edit.key = {std::int64_t{device.value}};
    edit.values = {{"revoked_at", replica_->environment().now_ms()}, {"revocation_reason", reason}};
    write_own({&edit, 1});
}

void Center::write_own(std::span<const Edit> edits) {
    with_patience([&] { return session_->write(edits); });
}

Written Center::write_planned(std::int64_t actor, const std::function<std::vector<Edit>(Replica& replica)>& plan) {
    const std::lock_guard lock(mutex_);
    ensure_writable();
    const Written written = with_patience([&] {
        if (cluster_) cluster_->ledger().follow();  // what is planned is planned on the newest rows
        return session_->write(plan(*replica_), actor);
    });
    pulse_.expect();
    return written;
}

Written Center::write(std::int64_t actor, std::span<const Edit> edits) {
    return write_planned(actor, [&](Replica&) { return std::vector<Edit>(edits.begin(), edits.end()); });
}

std::int64_t Center::new_id() {
    const std::lock_guard lock(mutex_);
    return replica_->new_id();
}

void Center::with_replica(const std::function<void(Replica&)>& work) {
    const std::lock_guard lock(mutex_);
    work(*replica_);
}

std::string Center::trouble() {
    try {
        if (!open_reader()->prepare_once("SELECT 1 FROM tefter_scope LIMIT 1").step()) return "The server's file has no scopes.";
    } catch (const Error& error) {
        return error.what();
    }
    {
        const std::lock_guard lock(trouble_mutex_);
        if (!cluster_trouble_.empty()) return cluster_trouble_;
    }
    std::error_code error;
    const fs::space_info space = fs::space(folder_, error);
    if (!error && space.available < least_space) return "The disk of " + folder_ + " is nearly full; free some space.";
    return {};
}

Verification Center::verify() const {
    // Of one moment, through a connection of its own: devices sync meanwhile.
    Replica still(replica_->store().database.path(), open_key(folder_), catalog_, replica_->environment(), JournalMode::wal);
    still.store().database.empty_log();
    fix_moment(still.store().database);
    SqliteLedger ledger(still.store().database);
    Verification result = verify_replica(still, {});
    Verification ledgers = verify_ledgers(still, ledger, folder_);
    result.segments = ledgers.segments;  // its own lie in the ledgers as well
    result.changesets = ledgers.changesets;
    result.faults.insert(result.faults.end(), ledgers.faults.begin(), ledgers.faults.end());
    vault_->follow_accesses();  // another server's entries that a head among the rows knows of
    const std::vector<std::string> views = vault_->access_faults(anchors_in(still));
    result.faults.insert(result.faults.end(), views.begin(), views.end());
    return result;
}

void Center::copy_ledgers(const std::string& folder) const {
    if (fs::exists(folder))
        throw Error(ErrorKind::refused, "There is something at " + folder + " already; name a new folder for the copy.");
    Replica still(replica_->store().database.path(), open_key(folder_), catalog_, replica_->environment(), JournalMode::wal);
    fix_moment(still.store().database);
    SqliteLedger ledger(still.store().database);
    make_folder(folder, [&](const std::string& building) { write_ledger_copy(still, ledger, building); });
}

void Center::change_key(const std::string& folder, const Environment& environment) {
    const FileLock lock = lock_folder(folder);
    const std::vector<std::string> files{folder + "/server.db", folder + "/web.db"};
    finish_key_change(folder + "/keys", files);
    KeyFile slots = KeyFile::load(folder + "/keys");
    const std::string unlock = read_line(folder + "/unlock");
    const std::pair<std::string, LockedKey> opened = slots.open_named(unlock);
    const DatabaseKey& old = opened.second;
    DatabaseKey fresh{};
    environment.random(fresh);
    const std::vector<std::string> lost = slots.replace_key(old, fresh);
    if (!lost.empty()) slots.lock(opened.first, unlock, fresh);  // the one slot of a server that is older than key pairs
    std::vector<RekeyedFile> rekeyed;
    for (const std::string& file : files) {
        if (!fs::exists(file)) continue;
        rekeyed.push_back({file, [&file, &old, &fresh](const std::string& to) {
                               Database(file, old, OpenMode::read_write, JournalMode::wal).copy_to(to, fresh);
                           }});
    }
    tefter::change_key(folder + "/keys", slots, rekeyed);
}

void Center::backup(const std::string& folder) {
    if (fs::exists(folder))
        throw Error(ErrorKind::refused, "There is something at " + folder + " already; name a new folder for the backup.");
    make_folder(folder, [&](const std::string& building) {
        replica_->open_reader()->copy_to(building + "/server.db", open_key(folder_));
        vault_->copy_to(building + "/web.db", open_key(folder_));
        fs::copy_file(folder_ + "/keys", building + "/keys");
    });
}

bool Center::restore(const std::string& backup, const std::string& folder, const Catalog& catalog, const Environment& environment,
                     const std::string& passphrase, const std::string& recovery_file) {
    if (!fs::exists(backup + "/server.db")) throw Error(ErrorKind::not_replica, "There is no backup in " + backup + ".");
    refuse_full_folder(folder);
    KeyFile slots = KeyFile::load(backup + "/keys");
    const DatabaseKey key = recovery_file.empty() ? slots.open(passphrase) : RecoveryKeys(recovery_file).open(slots);
    bool one_of_a_set = false;
    make_folder(folder, [&](const std::string& building) {
        write_unlock(building, slots, key, environment);
        Database(backup + "/server.db", key, OpenMode::read_only, JournalMode::rollback).copy_to(building + "/server.db", key);
        // A backup from before the pages had accounts has no such file; a new one is made then.
        if (fs::exists(backup + "/web.db")) {
            Database(backup + "/web.db", key, OpenMode::read_only, JournalMode::rollback).copy_to(building + "/web.db", key);
        }
        Replica replica(building + "/server.db", key, catalog, environment, JournalMode::wal);
        const Verification checked = verify_replica(replica, {});
        if (!checked.faults.empty()) throw Error(ErrorKind::corrupt, "The backup in " + backup + " is damaged: " + checked.faults.front());
        one_of_a_set = replica.fact(tefter::set_fact).has_value();
        if (one_of_a_set) return replica.set_fact(tefter::server_fact, "");
        if (fs::exists(building + "/web.db")) web::Vault(building + "/web.db", key, environment).begin_access_life();
        begin_waiting(replica);
    });
    return one_of_a_set;
}

std::vector<Compaction> Center::compact(std::int64_t keep_days) {
    const std::lock_guard lock(mutex_);
    if (cluster_) cluster_->ledger().follow();  // what other servers know of devices
    return with_patience([&] { return tefter::compact(*replica_, ledgers(), replica_->environment().now_ms(), keep_days * day_ms); });
}

void Center::wait() {
    const std::lock_guard lock(mutex_);
    if (cluster_)
        throw Error(ErrorKind::refused, "Several servers share these ledgers, which are not on this machine; it has nothing to wait for.");
    if (Awaited(*replica_).empty()) take_for_restored();
}

void Center::take_for_restored() {
    begin_waiting(*replica_);
    vault_->begin_access_life();
    anchored_.reset();
    replica_->set_fact(web::put_back_fact, "");
}

void Center::go_on() {
    const std::lock_guard lock(mutex_);
    if (replica_->fact(web::put_back_fact)) take_for_restored();  // so that the other devices do not raise it again
    Awaited(*replica_).end();
    session_->erase_due();
}

bool Center::is_writable() { return Awaited(*replica_).empty() && !replica_->fact(web::put_back_fact); }

void Center::ensure_writable() {
    if (is_writable()) return;
    const Awaited awaited(*replica_);
    if (awaited.empty())
        throw Error(
            ErrorKind::refused,
            "Device " + *replica_->fact(web::put_back_fact) +
                " has read changes that this server does not have: it was put back to an older copy, and what it writes now would part from "
                "what the offices remember. tefter-server wait lets it wait for them; tefter-server go-on goes on without.");
    throw Error(ErrorKind::refused, "This server was restored from a backup and waits for devices " + awaited.list() +
                                        " to sync, which remember what it may have forgotten; tefter-server go-on ends the waiting.");
}

std::vector<Device> Center::devices() {
    const std::lock_guard lock(mutex_);
    return list_devices(replica_->store().database, catalog_);
}

ServerSession::Answer Center::accept(BytesView body) {
    const std::lock_guard lock(mutex_);
    ServerSession::Answer answer = with_patience([&] { return session_->accept(body, replica_->environment().now_ms()); });
    if (cluster_) answer.behind.reset();  // the others may have appended it: what is shared is not on this machine
    if (answer.behind && is_writable()) replica_->set_fact(web::put_back_fact, std::to_string(answer.device.value));
    if (answer.status != 200 || !is_writable()) return answer;
    // Hit or no hit: what was asked goes back with the next sync.
    if (const std::vector<Edit> edits = answer_known(*replica_); !edits.empty()) write_own(edits);
    renew(answer.device);
    anchor_views();
    return answer;
}

ServerSession::Answer Center::accept_file(BytesView body) {
    const std::lock_guard lock(mutex_);
    return with_patience([&] { return session_->accept_file(body); });
}

/// The next device that syncs takes it away.
void Center::anchor_views() {
    const Table* const table = table_of_anchors(catalog_);
    if (table == nullptr) return;
    if (anchored_ && !vault_->wants_anchor(*anchored_)) return;
    const std::vector<web::AccessHead> anchors = anchors_in(*replica_);  // another server of the set may have written one
    anchored_ = anchors.empty() ? web::AccessHead{} : anchors.back();
    if (!vault_->wants_anchor(*anchored_)) return;
    const web::AccessHead head = vault_->access_head();
    Edit edit;
    edit.table = table->name;
    edit.key = {replica_->new_id()};
    edit.scope = shared_scope;
    edit.values = {{"kind", "log_head"}, {"at", replica_->environment().now_ms()}, {"what", web::to_text(head)}, {"rows", head.id}};
    write_own({&edit, 1});
    anchored_ = head;
}

Center::Snapshot Center::snapshot(BytesView body) {
    const std::lock_guard lock(mutex_);
    Snapshot out{with_patience([&] { return session_->accept_snapshot(body, replica_->environment().now_ms()); }), nullptr};
    if (out.answer.status != 200) return out;
    out.reader = replica_->open_reader();
    fix_moment(*out.reader);
    return out;
}

bool Center::stream(const Snapshot& snapshot, const std::function<bool(BytesView)>& sink) const {
    return ServerSession::stream_snapshot(snapshot.answer, *snapshot.reader, *replica_, sink);
}

bool Center::stream(const ServerSession::Answer& answer, const std::function<bool(BytesView)>& sink) {
    std::unique_ptr<Database> reader = readers_.borrow();
    SqliteLedger ledger(*reader);
    const bool whole = ServerSession::stream(answer, ledger, &frames_, sink);
    readers_.give_back(std::move(reader));
    return whole;
}

}  // namespace tefter
