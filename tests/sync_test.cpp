// The sync between real replicas and a real ledger, its answers carried in memory and cut where the test wants.

#include <catch2/catch_test_macros.hpp>

#include <sstream>

#include "engine/store/lease.hpp"
#include "engine/store/replay.hpp"
#include "engine/sync/awaited.hpp"
#include "engine/sync/bundle.hpp"
#include "engine/sync/snapshot.hpp"
#include "tests/central.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

/// A central with what a life leaves behind: deletions, an open conflict, an erased person, authors, several devices.
Office& with_history(Central& central) {
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL BA", Role::staff);
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    const std::int64_t gone = tirana.person("Duka", "Era");
    const std::int64_t erased = tirana.person("Leka", "Gent");
    for (int i = 0; i < 300; ++i) tirana.person("Basha", "Ilir " + std::to_string(i));
    staff.person("Kovac", "Ana", "BA");
    central.sync(tirana);
    central.sync(staff);
    tirana.put("person", {arta}, {{"position", "judge"}});
    staff.put("person", {arta}, {{"position", "prosecutor"}});
    tirana.remove("person", {gone});
    central.sync(tirana);
    central.sync(staff);
    Edit erase;
    erase.kind = EditKind::erase;
    erase.table = "person";
    erase.key = {erased};
    central.server->write({&erase, 1});
    central.sync(tirana);
    central.sync(staff);
    return staff;
}

}  // namespace

TEST_CASE("a new office is filled with the rows as they are, and goes on as if it had lived through them") {
    Central central;
    Office& staff = with_history(central);
    Office& fresh = central.offices.add("fresh", "shared regional AL BA", Role::staff, Offices::Filled::not_yet);
    central.start();
    REQUIRE(fresh.replica().is_empty());
    SnapshotSession filling(fresh.replica());
    const Bytes answer = central.snapshot_for(filling.request());
    for (std::size_t at = 0; at < answer.size(); at += 1000) {
        filling.feed(BytesView(answer).subspan(at, std::min<std::size_t>(1000, answer.size() - at)));
    }
    filling.finish();
    CHECK(filling.report().identical());
    CHECK_FALSE(fresh.replica().is_empty());
    central.sync(staff);  // hears of the new device
    CHECK(fresh.dump() == staff.dump());
    CHECK(fresh.conflicts() == 1);
    CHECK(verify_replica(fresh.replica(), {}).faults.empty());

    const SyncReport next = central.sync(fresh);
    CHECK(next.changesets_received == 0);
    CHECK(next.identical());
    staff.person("Noli", "Fan");
    central.sync(staff);
    CHECK(central.sync(fresh).changesets_received == 1);
    fresh.person("Frasheri", "Sami");
    CHECK(central.sync(fresh).changesets_sent == 1);
    central.sync(staff);
    CHECK(fresh.dump() == staff.dump());
}

TEST_CASE("a snapshot that is cut or changed anywhere leaves the replica empty") {
    Central central;
    with_history(central);
    Office& fresh = central.offices.add("fresh", "shared regional AL BA", Role::staff, Offices::Filled::not_yet);
    central.start();
    const std::string before = fresh.dump();
    const auto filled_from = [&](const std::function<void(Bytes&)>& damage) {
        SnapshotSession filling(fresh.replica());
        Bytes answer = central.snapshot_for(filling.request());
        damage(answer);
        filling.feed(answer);
        filling.finish();
        return answer.size();
    };
    std::size_t size = 0;
    {
        SnapshotSession unfinished(fresh.replica());
        size = central.snapshot_for(unfinished.request()).size();
    }
    CHECK(fresh.replica().is_empty());
    for (std::size_t at = 0; at < size; at += 1 + size / 40) {
        CHECK_THROWS_AS(filled_from([&](Bytes& answer) { answer.resize(at); }), Error);
        CHECK(fresh.replica().is_empty());
    }
    std::size_t harmless = 0;
    for (std::size_t at = 0; at < size; at += 1 + size / 60) {
        try {
            filled_from([&](Bytes& answer) { answer[at] ^= 0x10U; });
            UNSCOPED_INFO("byte " << at << " of " << size);
            ++harmless;
            break;
        } catch (const Error&) {
            CHECK(fresh.replica().is_empty());
            CHECK(fresh.dump() == before);
        }
    }
    CHECK(harmless == 0);
    SnapshotSession whole(fresh.replica());
    const Bytes answer = central.snapshot_for(whole.request());
    whole.feed(BytesView(answer).first(100));
    whole.feed(BytesView(answer).subspan(100));
    whole.finish();
    CHECK_FALSE(fresh.replica().is_empty());
    CHECK(whole.report().bytes_received == answer.size());
}

TEST_CASE("a segment says once what its author had seen of others") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    durres.person("Leka", "Ilir");
    central.sync(durres);
    central.sync(tirana);
    const ScopeNumber al = central.offices.catalog().find_scope("AL")->number;
    const auto seen_by_next = [&](const char* family) {
        tirana.person(family, "Arta");
        tirana.replica().segments_to_send(al);
        const DeviceNumber own = tirana.replica().identity().device;
        return decode_segment_header(tirana.replica().store().log.kept(al, own, Sequence{}).back().bytes).seen;
    };
    const std::vector<Seen> first = seen_by_next("Hoxha");
    REQUIRE(first.size() == 1);
    CHECK(first[0].device == durres.replica().identity().device);
    CHECK(first[0].sequence == Sequence{1});
    CHECK(seen_by_next("Kola").empty());
    durres.person("Duka", "Ana");
    central.sync(durres);
    central.sync(tirana);
    CHECK(seen_by_next("Gjoni").size() == 1);
}

TEST_CASE("what is signed of a request is what docs/sync-protocol.md says, and a body too short to be signed is not") {
    Central central;
    const Identity identity = central.office("tirana", "shared regional AL").replica().identity();
    PublicKey key{};
    crypto_sign_ed25519_sk_to_pk(key.data(), identity.secret.data());
    SyncRequest request;
    request.device = identity.device;
    request.counter = 5;
    const Bytes body = encode_request(request, sync_path, identity.secret);
    Signature signature{};
    const auto begins = body.end() - static_cast<std::ptrdiff_t>(signature.size());
    std::copy(begins, body.end(), signature.begin());
    Bytes message;
    for (const char letter : std::string("tefter request 1")) message.push_back(static_cast<std::uint8_t>(letter));
    message.push_back(static_cast<std::uint8_t>(sync_path.size()));
    message.insert(message.end(), sync_path.begin(), sync_path.end());
    message.insert(message.end(), body.begin(), begins);
    CHECK(is_signed_by(key, blake2b(message), signature));
    CHECK(verify_request(body, sync_path, key));
    CHECK_FALSE(verify_request(body, snapshot_path, key));
    CHECK_FALSE(verify_request(BytesView(body).first(signature.size() - 1), sync_path, key));
}

TEST_CASE("a server serves snapshots to its devices alone") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    SyncRequest request;
    request.device = DeviceNumber{99};
    request.counter = 1;
    CHECK(central.server->accept_snapshot(encode_request(request, snapshot_path, tirana.replica().identity().secret), Offices::start_ms)
              .status == 401);
    request.device = tirana.replica().identity().device;
    request.counter = std::uint64_t{1} << 50U;
    const Bytes body = encode_request(request, snapshot_path, tirana.replica().identity().secret);
    CHECK(central.server->accept_snapshot(body, Offices::start_ms).status == 200);
    CHECK(central.server->accept_snapshot(body, Offices::start_ms).status == 409);
    CHECK(central.server->accept(body, Offices::start_ms).status >= 400);  // signed for another path
}

TEST_CASE("offices sync through the server in one round trip each, and agree with it") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL BA", Role::staff);
    tirana.person("Hoxha", "Arta");
    staff.person("Basha", "Ilir");
    const SyncReport first = central.sync(tirana);
    CHECK(first.round_trips == 1);
    CHECK(first.changesets_sent == 2);  // its own, and the registration of the staff, which it was given by hand
    CHECK(first.identical());
    CHECK(central.sync(staff).changesets_received >= 1);
    const SyncReport second = central.sync(tirana);
    CHECK(second.changesets_received == 1);
    CHECK(second.identical());
    CHECK(tirana.digest() == staff.digest());
    CHECK(tirana.digest() == central.offices["server"].digest());
    const SyncReport idle = central.sync(tirana);
    CHECK(idle.bytes_sent + idle.bytes_received <= 400);
    CHECK(verify_replica(tirana.replica(), {}).faults.empty());
}

TEST_CASE("a sync that is cut anywhere goes on where it stopped") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL BA", Role::staff);
    for (int i = 0; i < 20; ++i) {
        tirana.person("Hoxha", "Arta " + std::to_string(i));
        central.sync(tirana);
    }
    staff.person("Basha", "Ilir");
    std::size_t cuts = 0;
    for (central.cut_after = 0;; central.cut_after += 300) {
        try {
            central.sync(staff);
            break;
        } catch (const Error& cut) {
            CHECK(cut.kind() == ErrorKind::network);
            ++cuts;
        }
    }
    CHECK(cuts > 2);
    central.cut_after = SIZE_MAX;
    CHECK(central.sync(staff).identical());
    CHECK(staff.get("SELECT count(*) FROM person") == "21");
    CHECK(central.offices["server"].get("SELECT count(*) FROM person") == "21");
}

TEST_CASE("who hangs up is given nothing more, wherever in an answer, and loses nothing by it") {
    Central central;
    with_history(central);
    Office& fresh = central.offices.add("fresh", "shared regional AL BA", Role::staff, Offices::Filled::not_yet);
    Office& behind = central.offices.add("behind", "shared regional AL BA", Role::staff);
    central.start();
    Replica& server = central.offices["server"].replica();
    const std::int64_t now = Offices::start_ms;
    const auto pieces_until = [&](std::size_t last, const auto& stream) {
        std::size_t pieces = 0;
        const bool whole = stream([&](BytesView) { return ++pieces != last; });
        CHECK(whole == (pieces != last));
        return pieces;
    };
    SnapshotSession filling(fresh.replica());
    const ServerSession::Answer rows = central.server->accept_snapshot(filling.request(), now);
    const auto snapshot = [&](const auto& sink) { return ServerSession::stream_snapshot(rows, server.store().database, server, sink); };
    ClientSession asking(behind.replica());
    const ServerSession::Answer segments = central.server->accept(asking.request(), now);
    const auto answer = [&](const auto& sink) { return ServerSession::stream(segments, *central.ledger, central.frames.get(), sink); };
    const std::size_t all_rows = pieces_until(SIZE_MAX, snapshot), all_segments = pieces_until(SIZE_MAX, answer);
    REQUIRE(all_rows > 5);
    REQUIRE(all_segments > 5);
    for (std::size_t last = 1; last <= all_rows; ++last) CHECK(pieces_until(last, snapshot) == last);
    for (std::size_t last = 1; last <= all_segments; ++last) CHECK(pieces_until(last, answer) == last);
    CHECK(central.sync(behind).identical());
}

TEST_CASE("a restored server that waits for what it has forgotten fills nobody and gives no files") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& fresh = central.offices.add("fresh", "shared regional AL", Role::officer, Offices::Filled::not_yet);
    central.start();
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    Awaited(central.offices["server"].replica()).begin();
    const ServerSession::Answer rows = central.server->accept_snapshot(SnapshotSession(fresh.replica()).request(), Offices::start_ms);
    FileRequest asks;
    asks.device = tirana.replica().identity().device;
    asks.counter = next_request_counter(tirana.replica());
    const ServerSession::Answer file = central.server->accept_file(encode_file_request(asks, tirana.replica().identity().secret));
    for (const ServerSession::Answer& answer : {rows, file}) {
        CHECK(answer.status == 409);
        CHECK(answer.error.starts_with("The server was restored from a backup, and gives nothing out until"));
    }
    tirana.person("Basha", "Ilir");
    CHECK(central.sync(tirana).changesets_sent == 1);  // what it brings is taken
    Awaited(central.offices["server"].replica()).end();
    CHECK(central.snapshot_for(SnapshotSession(fresh.replica()).request()).size() > 100);
}

TEST_CASE("an answer that was lost: the same segments come again and are acknowledged once more") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    central.answer_to(ClientSession(tirana.replica()).request());
    CHECK(central.offices["server"].get("SELECT count(*) FROM person") == "1");
    const SyncReport again = central.sync(tirana);
    CHECK(again.changesets_sent == 1);
    CHECK(again.identical());
    CHECK(central.ledger->head(central.offices.catalog().find_scope("AL")->number).position.value == 1);
}

TEST_CASE("a request that is replayed, forged, or not ours is refused") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    const std::int64_t now = Offices::start_ms;
    Bytes request = ClientSession(tirana.replica()).request();
    CHECK(central.server->accept(request, now).status == 200);
    CHECK(central.server->accept(request, now).status == 409);
    Bytes forged = ClientSession(tirana.replica()).request();
    for (std::size_t at = 0; at < forged.size(); ++at) {
        Bytes bad = forged;
        bad[at] ^= 1;
        CHECK(central.server->accept(bad, now).status >= 400);
    }
    for (std::size_t size = 0; size < forged.size(); ++size) {
        CHECK(central.server->accept(BytesView(forged).first(size), now).status >= 400);
    }
    CHECK(central.server->accept(forged, now).status == 200);
}

TEST_CASE("a scope that is not granted is neither sent nor taken") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL BA", Role::staff);
    staff.person("Kovac", "Ana", "BA");
    central.sync(staff);
    SyncRequest nosy;
    nosy.device = tirana.replica().identity().device;
    nosy.counter = 1ULL << 50U;
    nosy.cursors.push_back({central.offices.catalog().find_scope("BA")->number, Position{0}, {}, Sequence{0}});
    const auto answer = central.server->accept(encode_request(nosy, sync_path, tirana.replica().identity().secret), Offices::start_ms);
    CHECK(answer.status == 200);
    CHECK(answer.ranges.empty());
}

TEST_CASE("changes of a clock that is a year ahead are restamped before they leave the device, in the same sync") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.now_ms += std::int64_t{365} * 24 * 3600 * 1000;
    tirana.person("Hoxha", "Arta");
    const SyncReport report = central.sync(tirana);
    CHECK(report.restamped == 1);
    CHECK(report.changesets_sent == 1);
    CHECK(report.identical());
    CHECK(report.clock_ahead_ms > 1000);
    CHECK(central.sync(tirana).identical());
}

TEST_CASE("what an answer says of the time and of the device is believed once it is signed: no bit of it can be another") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.now_ms += 365LL * 24 * 3600 * 1000;  // so that the server's time is asked for
    tirana.person("Hoxha", "Arta");
    const std::int64_t lease_ms = look_at_lease(tirana.replica()).began_ms;
    const std::size_t hello = 2 + 6 + 1 + 1;  // type, size; time, catalog, revoked
    for (std::size_t bit = 0; bit < hello * 8; ++bit) {
        INFO("bit " << bit);
        ClientSession client(tirana.replica());
        Bytes answer = central.answer_to(client.request());
        answer[bit / 8] = static_cast<std::uint8_t>(answer[bit / 8] ^ (1U << (bit % 8)));
        CHECK_THROWS_AS((client.feed(answer), client.end_answer()), Error);
        CHECK(client.report().restamped == 0);
        CHECK(look_at_lease(tirana.replica()).began_ms == lease_ms);
    }
    CHECK(central.sync(tirana).restamped == 1);
}

TEST_CASE("a server that was restored from an old backup gets back what it lost, its own devices' and others'") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL BA", Role::staff);
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    central.sync(staff);
    Office& server = central.offices["server"];
    central.keep({&server});
    tirana.person("Basha", "Ilir");
    central.sync(tirana);
    central.sync(staff);
    tirana.person("Duka", "Era");
    central.sync(tirana);
    const std::string before = server.digest();
    central.go_back({&server});
    CHECK(server.get("SELECT count(*) FROM person") == (ledgers_are_shared ? "3" : "1"));  // shared ledgers have it all
    const SyncReport healed = central.sync(staff);
    CHECK(healed.server_restored != ledgers_are_shared);
    CHECK(server.get("SELECT count(*) FROM person") == (ledgers_are_shared ? "3" : "2"));
    CHECK(central.sync(tirana).identical());
    CHECK(server.digest() == before);
    CHECK(central.sync(staff).identical());
    CHECK(verify_replica(staff.replica(), {}).faults.empty());
}

TEST_CASE("a device restored from a backup takes its own changes back; one that went on by itself is told to enrol again") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    const std::string backup = tirana.path + ".backup";
    std::filesystem::copy_file(tirana.path, backup);
    tirana.person("Basha", "Ilir");
    central.sync(tirana);
    const auto restore = [&] {
        std::filesystem::copy_file(backup, tirana.path, std::filesystem::copy_options::overwrite_existing);
        tirana.reopen();
        tirana.now_ms += 1000;
    };
    restore();
    CHECK(central.sync(tirana).identical());
    CHECK(tirana.get("SELECT count(*) FROM person") == "2");
    restore();
    tirana.person("Duka", "Era");
    REQUIRE_THROWS_AS(central.sync(tirana), Error);
    CHECK(tirana.get("SELECT count(*) FROM person") == "2");
    CHECK(central.offices["server"].get("SELECT count(*) FROM person") == "2");
}

TEST_CASE("a revoked device is told so, and nothing of it is taken") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    Edit revoke;
    revoke.table = "device";
    revoke.key = {std::int64_t{tirana.replica().identity().device.value}};
    revoke.values = {{"revoked_at", Offices::start_ms}};
    central.server->write({&revoke, 1});
    const SyncReport report = central.sync(tirana);
    CHECK(report.revoked);
    CHECK(report.changesets_sent == 0);
    CHECK(central.offices["server"].get("SELECT count(*) FROM person") == "0");
}

TEST_CASE("a bundle is opened by its recipients alone, carries on through another office, and survives damage") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL BA", Role::staff);
    Office& sarajevo = central.office("sarajevo", "shared regional BA");
    central.sync(tirana);
    for (int i = 0; i < 3; ++i) tirana.person("Hoxha", "Arta " + std::to_string(i));
    const auto exported = [&](const std::vector<DeviceNumber>& to) {
        std::string file;
        export_bundle(tirana.replica(), to, false, [&](BytesView bytes) { file.append(as_text(bytes)); }, {});
        return file;
    };
    const auto import = [](Office& office, const std::string& file) {
        std::istringstream in(file);
        return import_bundle(office.replica(), in, {});
    };
    const std::vector<DeviceNumber> usual = usual_recipients(tirana.replica());
    CHECK(usual == std::vector{server_device, staff.replica().identity().device});
    const std::string file = exported(usual);
    CHECK(file.find("Hoxha") == std::string::npos);
    CHECK_THROWS_AS(import(sarajevo, file), Error);                            // sealed for others
    CHECK_THROWS_AS(exported({sarajevo.replica().identity().device}), Error);  // does not hold AL
    CHECK_THROWS_AS(import(staff, "something else entirely"), Error);
    for (std::size_t cut = 0; cut < file.size(); cut += 97) CHECK_THROWS_AS(import(staff, file.substr(0, cut)), Error);
    std::string flipped = file;
    flipped[file.size() - 200] ^= 1;
    CHECK_THROWS_AS(import(staff, flipped), Error);
    import(staff, file);
    CHECK(staff.get("SELECT count(*) FROM person") == "3");
    CHECK(import(staff, file).segments == 0);  // a second time adds nothing
    central.sync(staff);                       // carries it to the server
    CHECK(central.offices["server"].get("SELECT count(*) FROM person") == "3");
    CHECK(central.sync(tirana).identical());
    CHECK(central.sync(staff).identical());
    CHECK(central.ledger->head(central.offices.catalog().find_scope("AL")->number).position.value == 1);
}

TEST_CASE("replaying the ledgers comes to the server's rows, and finds a ledger that was tampered with") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    for (int i = 0; i < 3; ++i) {
        tirana.person("Hoxha", "Arta " + std::to_string(i));
        central.sync(tirana);
    }
    Replica& server = central.offices["server"].replica();
    const auto verify = [&] { return verify_ledgers(server, *central.ledger, central.offices.folder().path().string()); };
    CHECK(verify().faults.empty());
    CHECK(verify().segments == 4);  // and the registration
    for (const auto& file : std::filesystem::directory_iterator(central.offices.folder().path())) {
        CHECK_FALSE(file.path().filename().string().starts_with("verify-"));
    }
    const auto breaks = [&](const std::string& sql) {
        server.store().database.execute("SAVEPOINT tampering");
        server.store().database.execute(sql);
        server.store().database.execute("RELEASE tampering");
        return !verify().faults.empty();
    };
    CHECK(breaks("UPDATE tefter_ledger SET hash = zeroblob(32) WHERE scope = 3 AND position = 3"));
    CHECK(breaks("UPDATE tefter_ledger SET position = 9 WHERE scope = 3 AND position = 2"));
}
