#include "engine/client/home.hpp"

#include <sodium.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/base/crypto.hpp"
#include "engine/base/file.hpp"
#include "engine/client/files.hpp"
#include "engine/client/syncing.hpp"
#include "engine/keys/key_change.hpp"
#include "engine/net/transport.hpp"
#include "engine/store/lease.hpp"
#include "engine/sync/enrolment.hpp"

namespace tefter {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t enrolment_answer_bytes = 65'536;

constexpr const char* address_fact = "server_address";
constexpr const char* authority_fact = "server_authority";

/// The server of a code, which is asked for the certificate of its authority.
ServerAddress server_of(const EnrolmentCode& code) {
    return {code.address, {code.pin}, Transport::ask_authority(code.address, code.pin, authority_path)};
}

void remember(Replica& replica, const ServerAddress& server) {
    replica.set_fact(address_fact, server.address);
    replica.set_fact(pins_fact, hexadecimal(server.pins.front()));
    replica.set_fact(authority_fact, server.authority);
}

EnrolmentAnswer ask(const ServerAddress& server, const EnrolmentRequest& request, const SecretKey& secret) {
    Bytes bytes;
    Transport(server).post(std::string(enrol_path), request.encode(secret), [&](BytesView piece) {
        bytes.insert(bytes.end(), piece.begin(), piece.end());
        if (bytes.size() > enrolment_answer_bytes) Reader::fail("the server's answer is too long");
    });
    return EnrolmentAnswer::decode(bytes);
}

Identity identity_of(const EnrolmentAnswer& answer, const SecretKey& secret, const Catalog& catalog) {
    Identity identity;
    identity.secret = secret;
    identity.device = answer.device;
    identity.server_key = answer.server_key;
    identity.office = answer.office;
    identity.role = answer.role;
    for (const std::uint32_t scope : answer.scopes) {
        if (catalog.find_scope(ScopeNumber{scope}) != nullptr) identity.scopes.push_back(ScopeNumber{scope});
    }
    return identity;
}

}  // namespace

bool Home::has_replica() const { return fs::exists(database()); }

Secret<32> Home::signing_seed(const std::string& invitation, std::string_view passphrase, const Environment& environment) const {
    if (fs::exists(enrolling())) {
        const KeyFile begun = KeyFile::load(enrolling());
        if (begun.names() == std::vector{invitation}) {
            try {
                return begun.open(passphrase);
            } catch (const Error& error) {
                if (error.kind() != ErrorKind::wrong_key) throw;
                throw Error(
                    ErrorKind::wrong_key,
                    "An enrolment with this code was begun here with another passphrase; give that one, or ask the administrator for a new code.");
            }
        }
    }
    Secret<32> seed;
    environment.random(seed);
    KeyFile begun;
    begun.lock(invitation, passphrase, seed);
    begun.save(enrolling());
    return seed;
}

std::unique_ptr<Replica> Home::enrol(std::string_view code_text, std::string_view passphrase, const Catalog& catalog,
                                     const Environment& environment) const {
    const EnrolmentCode code = EnrolmentCode::parse(code_text);
    if (has_replica()) throw Error(ErrorKind::refused, "There is a replica in " + folder_ + " already; name another folder.");
    fs::create_directories(folder_);
    fs::permissions(folder_, fs::perms::owner_all);
    EnrolmentRequest request;
    SecretKey secret{};
    const Secret<32> seed =
        signing_seed(std::to_string(code.invitation) + " " + hexadecimal(BytesView(code.pin).first(8)), passphrase, environment);
    crypto_sign_seed_keypair(request.key.data(), secret.data(), seed.data());
    request.invitation = code.invitation;
    request.secret = code.secret;
    const ServerAddress server = server_of(code);
    const EnrolmentAnswer answer = ask(server, request, secret);

    DatabaseKey key{};
    environment.random(key);
    KeyFile slots;
    slots.lock(answer.office, passphrase, key);
    slots.seal(answer.organisation, key);
    slots.save(keys());
    // Made beside and moved there at the end: a replica knows its server, or there is none.
    const std::string building = database() + ".new";
    fs::remove(building);
    Replica::create(building, key, catalog, identity_of(answer, secret, catalog), JournalMode::rollback);
    {
        Replica replica(building, key, catalog, environment, JournalMode::rollback);
        remember(replica, server);
        Transaction transaction(replica.store().database);
        renew_lease(replica.store().meta, answer.server_ms);
        transaction.commit();
    }
    fs::remove(building + ".writer");
    fs::rename(building, database());
    fs::remove(enrolling());
    return std::make_unique<Replica>(database(), key, catalog, environment, JournalMode::rollback);
}

std::unique_ptr<Replica> Home::open(std::string_view passphrase, const Catalog& catalog, const Environment& environment,
                                    Opening opening) const {
    if (!has_replica()) {
        throw Error(ErrorKind::not_replica, "There is no replica in " + folder_ + "; enrol this device first.");
    }
    const DatabaseKey key = KeyFile::load(keys()).open(passphrase);
    auto replica = open_with(key, catalog, environment);
    if (opening == Opening::to_work) ensure_lease(*replica);
    return replica;
}

std::unique_ptr<Replica> Home::open_with(const DatabaseKey& key, const Catalog& catalog, const Environment& environment) const {
    if (KeyFile::load(keys()).changing()) {
        const FileLock lock(database() + ".writer", "Another program is changing the key of " + folder_ + "; try again when it is done.");
        finish_key_change(keys(), {database()});
    }
    return std::make_unique<Replica>(database(), key, catalog, environment, JournalMode::rollback);
}

ServerAddress Home::server(Replica& replica) const {
    ServerAddress out;
    out.address = replica.fact(address_fact).value_or("");
    out.authority = replica.fact(authority_fact).value_or("");
    std::istringstream pins(replica.fact(pins_fact).value_or(""));
    for (std::string text; pins >> text;) {
        Pin pin{};
        sodium_hex2bin(pin.data(), pin.size(), text.data(), text.size(), nullptr, nullptr, nullptr);
        out.pins.push_back(pin);
    }
    return out;
}

void Home::follow(Replica& replica, std::string_view code) const { remember(replica, server_of(EnrolmentCode::parse(code))); }

SyncReport Home::sync(Replica& replica, const SyncProgress& progress) const {
    const ServerAddress server = this->server(replica);
    const std::int64_t began_ms = replica.environment().now_ms();
    auto syncing = std::make_unique<Syncing>(replica);
    std::optional<Transport> transport;
    try {
        transport.emplace(server);
        do {
            const Syncing::Request request = syncing->request();
            transport->post(request.path, request.body, [&](BytesView piece) {
                syncing->feed(piece);
                if (progress && !progress(syncing->report())) throw Error(ErrorKind::cancelled, cancelled_sync);
            });
        } while (syncing->end_answer());
    } catch (const Error& error) {
        const SyncReport report = syncing->report();
        syncing.reset();  // an unfinished snapshot holds a transaction
        note_sync(replica, began_ms, server.address, report, error.what());
        throw;
    }
    SyncReport report = syncing->report();
    syncing.reset();
    conclude(replica, began_ms, report);
    FileSending sending(replica);
    send_files(sending, *transport, [](const std::function<void()>& step) {
        step();
        return true;
    });
    report.files_sent = sending.sent;
    report.files_waiting = sending.waiting;
    return report;
}

void Home::fetch(Replica& replica, const Hash& hash, const std::function<bool(std::int64_t)>& go_on) const {
    const ServerAddress server = this->server(replica);
    Transport transport(server);
    FileFetching fetching(replica, hash);
    fetch_file(fetching, transport, [&](const std::function<void()>& step) {
        step();
        return !go_on || go_on(fetching.here());
    });
}

void Home::conclude(Replica& replica, std::int64_t began_ms, const SyncReport& report) const {
    if (report.revoked) {
        destroy();
        throw Error(ErrorKind::refused,
                    "This device has been revoked: its keys and its replica are destroyed. Speak to the administrator.");
    }
    note_sync(replica, began_ms, server(replica).address, report, report.identical() ? "identical with the server" : "done");
}

std::vector<std::string> Home::change_key(std::string_view passphrase, const Catalog& catalog, const Environment& environment) const {
    const auto replica = open(passphrase, catalog, environment, Opening::to_sync);
    replica->set_fact("key_changed_ms", std::to_string(environment.now_ms()));  // nobody else writes from here to the end
    KeyFile slots = KeyFile::load(keys());
    DatabaseKey fresh{};
    environment.random(fresh);
    std::vector<std::string> lost = replace_key(slots, passphrase, fresh);
    tefter::change_key(keys(), slots, {{database(), [&](const std::string& to) { replica->store().database.copy_to(to, fresh); }}});
    return lost;
}

void Home::destroy() const {
    const auto size = fs::file_size(keys());
    {
        std::ofstream out(keys(), std::ios::binary | std::ios::in);
        for (std::uintmax_t i = 0; i < size; ++i) out.put('\0');
    }
    for (const std::string& file : {keys(), database(), database() + "-journal", database() + ".writer"}) fs::remove(file);
}

}  // namespace tefter
