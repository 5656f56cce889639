// The sync between real replicas and a real ledger, its answers carried in memory and cut where the test wants.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <sstream>

#include "engine/base/sealed_box.hpp"
#include "engine/store/carry_over.hpp"
#include "engine/store/conflicts.hpp"
#include "engine/store/files.hpp"
#include "engine/store/lease.hpp"
#include "engine/store/replay.hpp"
#include "engine/store/verify.hpp"
#include "engine/sync/awaited.hpp"
#include "engine/sync/bundle.hpp"
#include "engine/sync/snapshot.hpp"
#include "tests/central.hpp"
#include "tests/sentence.hpp"
#include "tests/tampering.hpp"

using namespace tefter;
using namespace tefter::test;
using Catch::Matchers::ContainsSubstring;

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

struct OneFrame {
    FrameType type;
    Bytes whole;
};

std::vector<OneFrame> frames_of(BytesView answer) {
    std::vector<OneFrame> out;
    FrameReader reader;
    reader.feed(answer, [&](const Frame& frame) { out.push_back({frame.type, Bytes(frame.whole.begin(), frame.whole.end())}); });
    return out;
}

auto first_of(std::vector<OneFrame>& frames, FrameType type) {
    const auto at = std::find_if(frames.begin(), frames.end(), [&](const OneFrame& frame) { return frame.type == type; });
    REQUIRE(at != frames.end());
    return at;
}

}  // namespace

TEST_CASE("a new office is filled with the rows as they are, and goes on as if it had lived through them") {
    Central central;
    Office& staff = with_history(central);
    Office& fresh = central.not_filled("shared regional AL BA", Role::staff);
    REQUIRE(fresh.replica().is_empty());
    SnapshotSession filling(fresh.replica());
    const Bytes answer = central.snapshot_for(filling.request());
    for (std::size_t at = 0; at < answer.size(); at += 1000) {
        filling.feed(BytesView(answer).subspan(at, std::min<std::size_t>(1000, answer.size() - at)));
    }
    filling.finish();
    CHECK(filling.report().identical());
    CHECK_FALSE(filling.report().update_due);
    CHECK_FALSE(fresh.replica().is_empty());
    CHECK(fresh.replica().fact("request_counter").value_or(" ").find(' ') == std::string::npos);  // answered: the next one goes on by one
    central.sync(staff);                                                                          // hears of the new device
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
    Office& fresh = central.not_filled("shared regional AL BA", Role::staff);
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

TEST_CASE("what an author says of one scope is not taken for said of another") {
    Central central;
    Office& staff = central.office("staff", "shared regional AL BA", Role::staff);
    Office& other = central.office("other", "shared regional AL BA", Role::staff);
    other.person("Leka", "Ilir", "AL");
    other.person("Kovac", "Ana", "BA");
    central.sync(other);
    central.sync(staff);
    staff.person("Hoxha", "Arta", "AL");
    staff.person("Babic", "Ivo", "BA");
    for (const char* name : {"AL", "BA"}) {
        const ScopeNumber scope = central.offices.catalog().find_scope(name)->number;
        const std::vector<StoredSegment> segments = staff.replica().segments_to_send(scope);
        REQUIRE(segments.size() == 1);
        const std::vector<Seen> seen = decode_segment_header(segments[0].bytes).seen;
        REQUIRE(seen.size() == 1);
        CHECK(seen[0].device == other.replica().identity().device);
    }
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
    Office& staff = with_history(central);
    std::vector<Edit> many(6000);  // more than a frame of rows holds
    for (Edit& edit : many) {
        edit.table = "person";
        edit.key = {staff.replica().new_id()};
        edit.scope = central.offices.catalog().find_scope("AL")->number;
        edit.values = {{"family", "Hoxha"}, {"given", "Arta " + std::to_string(&edit - many.data())}, {"position", "judge of the court"}};
    }
    staff.replica().write(0, many);
    central.sync(staff);
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
    Office& fresh = central.not_filled("shared regional AL");
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

TEST_CASE("a restored server is told of every scope that a device still holds, also behind one that was taken from it") {
    Central central;
    Office& staff = central.office("staff", "shared AL BA", Role::staff);
    Office& sarajevo = central.office("sarajevo", "shared BA");
    Office& server = central.offices["server"];
    central.register_anew(staff, "scopes", "shared BA");
    central.sync(staff);
    central.keep({&server});
    sarajevo.person("Kovac", "Ana", "BA");
    central.sync(sarajevo);
    central.sync(staff);
    central.go_back({&server});
    const ScopeNumber scope = central.offices.catalog().find_scope("BA")->number;
    {
        Awaited awaited(server.replica());
        awaited.begin();
        awaited.came(sarajevo.replica().identity().device);  // so that the staff's device alone knows
        staff.replica().rewind(scope);                       // a cursor at 0 agrees with every ledger
    }
    central.sync(staff);
    CHECK(Awaited(server.replica()).empty());
    CHECK(server.get("SELECT family FROM person") == "Kovac");
}

TEST_CASE("a restored server waits for a device until that has brought what it is asked for, not only until it has come") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    Office& server = central.offices["server"];
    central.keep({&server});
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    central.go_back({&server});
    Awaited(server.replica()).begin();
    ClientSession cut(tirana.replica());
    for (int i = 0; i < 2; ++i) {  // it is told that the server was restored, and then asked; and its line breaks
        cut.feed(central.answer_to(cut.request()));
        REQUIRE(cut.end_answer());
    }
    CHECK(!central.sync(durres).withheld.empty());
    CHECK(Awaited(server.replica()).devices() == std::set{tirana.replica().identity().device});
    central.sync(tirana);
    CHECK(Awaited(server.replica()).empty());
    CHECK(server.get("SELECT family FROM person") == "Hoxha");
}

TEST_CASE("a restored server waits also for a device of which it hears from another, and gets what that one alone has") {
    if (ledgers_are_shared) return;  // there a restored server follows its ledgers
    Central central;
    Office& server = central.offices["server"];
    Office& durres = central.office("durres", "shared regional AL");
    central.keep({&server});
    Office& tirana = central.office("tirana", "shared regional AL");
    const std::int64_t person = durres.person("Hoxha", "Arta");
    for (Office* office : {&durres, &tirana}) central.sync(*office);
    central.register_anew(durres, "office", "dures");
    for (Office* office : {&tirana, &tirana}) central.sync(*office);
    central.go_back({&server});
    Awaited(server.replica()).begin();
    CHECK(Awaited(server.replica()).devices() == std::set{durres.replica().identity().device});
    CHECK(!central.sync(durres).withheld.empty());
    CHECK(Awaited(server.replica()).devices() == std::set{tirana.replica().identity().device});
    tirana.replica().rewind(shared_scope);  // as a damaged answer does
    CHECK(central.sync(tirana).withheld.empty());
    CHECK(Awaited(server.replica()).empty());
    CHECK(server.get("SELECT office FROM device WHERE number = 2") == "dures");
    CHECK(server.get("SELECT family FROM person WHERE id = " + std::to_string(person)) == "Hoxha");
    CHECK(central.sync(durres).identical());
}

TEST_CASE("a restored server waits for a device that has brought a part of what it is asked for, and has more") {
    if (ledgers_are_shared) return;  // it has lost nothing
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    Office& server = central.offices["server"];
    central.keep({&server});
    for (const char* family : {"Hoxha", "Leka"}) {
        tirana.person(family, "Arta");
        central.sync(tirana);
    }
    central.go_back({&server});
    Awaited(server.replica()).begin();
    ClientSession cut(tirana.replica());
    for (int i = 0; i < 3; ++i) {  // it is told so, it is asked, it brings the first segment; and its line breaks
        cut.feed(central.answer_to(cut.request(1)));
        REQUIRE(cut.end_answer());
    }
    CHECK(!central.sync(durres).withheld.empty());
    CHECK(Awaited(server.replica()).devices() == std::set{tirana.replica().identity().device});
    central.sync(tirana);
    CHECK(Awaited(server.replica()).empty());
    CHECK(server.get("SELECT count(*) FROM person") == "2");
}

TEST_CASE("an answer that goes on after its end, or that leaves out what it says that it gave, is refused") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    const auto told = [&](const std::function<void(std::vector<OneFrame>&)>& change) {
        ClientSession client(durres.replica());
        std::vector<OneFrame> frames = frames_of(central.answer_to(client.request()));
        change(frames);
        return sentence_of(
            [&] {
                for (const OneFrame& frame : frames) client.feed(frame.whole);
                client.end_answer();
            },
            ErrorKind::corrupt);
    };
    CHECK_THAT(told([](auto& frames) { frames.erase(first_of(frames, FrameType::segment)); }),
               ContainsSubstring("the server's answer has a gap"));
    const ScopeNumber scope = central.offices.catalog().find_scope("AL")->number;
    const auto lost = [&](auto& frames) {
        *first_of(frames, FrameType::segment) = OneFrame{FrameType::own, encode(OwnFrame{scope, Position{1}, Sequence{99}})};
    };
    ClientSession asks_twice(durres.replica());
    for (const bool first : {true, false}) {
        const Bytes request = asks_twice.request();
        for (const CursorLine& cursor : decode_request(request).cursors) CHECK(cursor.own.value == 0);
        std::vector<OneFrame> frames = frames_of(central.answer_to(request));
        lost(frames);
        const auto hears = [&] {
            for (const OneFrame& frame : frames) asks_twice.feed(frame.whole);
        };
        if (!first) {
            CHECK_THAT(sentence_of(hears, ErrorKind::corrupt), ContainsSubstring("the server does not give what it was asked for"));
            continue;
        }
        hears();
        CHECK(asks_twice.end_answer());
    }
    CHECK_THAT(told([](auto& frames) { frames.push_back(frames.front()); }), ContainsSubstring("the answer goes on after its end"));
    CHECK_THAT(told([](auto& frames) { frames.erase(frames.begin()); }), ContainsSubstring("the answer does not begin as one"));
    CHECK(central.sync(durres).identical());
    CHECK(durres.get("SELECT family FROM person") == "Hoxha");
}

TEST_CASE("a snapshot whose parts are in another order, are missing, or are not what was signed is refused") {
    Central central;
    with_history(central);
    Office& fresh = central.not_filled("shared regional AL BA", Role::staff);
    const auto told = [&](const std::function<void(std::vector<OneFrame>&)>& change) {
        SnapshotSession filling(fresh.replica());
        const Bytes request = filling.request();
        std::vector<OneFrame> frames = frames_of(central.snapshot_for(request));
        change(frames);
        // As a server signs that sends just this.
        if (frames.back().type == FrameType::finish) {
            frames.pop_back();
            SnapshotSeal seal;
            for (const OneFrame& frame : frames) seal.add(frame.whole);
            const SyncRequest asked = decode_request(request);
            const Signature signature = seal.sign(asked.device, asked.counter, central.offices["server"].replica().identity().secret);
            frames.push_back({FrameType::finish, encode_frame(FrameType::finish, signature)});
        }
        return sentence_of(
            [&] {
                for (const OneFrame& frame : frames) filling.feed(frame.whole);
                filling.finish();
            },
            ErrorKind::corrupt);
    };
    const auto move_to_end = [](auto& frames, FrameType type) {
        std::rotate(first_of(frames, type), first_of(frames, type) + 1, frames.end() - 1);
    };
    CHECK_THAT(told([](auto& frames) { frames.push_back(frames.front()); }), ContainsSubstring("the answer goes on after its end"));
    CHECK_THAT(told([](auto& frames) { frames.erase(frames.begin()); }), ContainsSubstring("the answer does not begin as one"));
    CHECK_THAT(told([](auto& frames) { frames.erase(first_of(frames, FrameType::snapshot_begin)); }),
               ContainsSubstring("the snapshot holds a scope that it did not begin"));
    CHECK_THAT(told([&](auto& frames) { move_to_end(frames, FrameType::snapshot_chain); }),
               ContainsSubstring("the snapshot tells of a chain behind its rows"));
    const auto without_scope = [](std::vector<OneFrame>& frames, ScopeNumber scope) {
        std::erase_if(frames, [&](const OneFrame& frame) {
            Reader in{BytesView(frame.whole).subspan(1)};
            const BytesView payload = in.sized();
            if (frame.type == FrameType::snapshot_begin) return decode_snapshot_begin(payload).scope == scope;
            return frame.type == FrameType::snapshot_chain && decode_snapshot_chain(payload).scope == scope;
        });
    };
    CHECK_THAT(told([&](auto& frames) { without_scope(frames, central.offices.catalog().find_scope("BA")->number); }),
               ContainsSubstring("a row of a scope that it did not begin"));
    CHECK(told([](auto& frames) { frames.erase(first_of(frames, FrameType::snapshot_rows)); }) ==
          "The snapshot does not come to the rows that the server signed; nothing of it was kept, sync again.");
    CHECK(fresh.replica().is_empty());
}

TEST_CASE("who wrote what stands against what is known to a device that got both as rows") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    central.sync(durres);
    for (const auto& [office, position, actor] : {std::tuple(&tirana, "judge", 7), std::tuple(&durres, "prosecutor", 8)}) {
        Edit edit;
        edit.table = "person";
        edit.key = {arta};
        edit.values = {{"position", position}};
        office->replica().write(actor, {&edit, 1});
    }
    central.sync(tirana);
    central.sync(durres);
    Office& fresh = central.not_filled("shared regional AL");
    central.fill(fresh);
    const std::vector<Conflict> open = open_conflicts(fresh.replica());
    REQUIRE(open.size() == 1);
    std::map<std::string, std::int64_t> authors;
    for (const ConflictLeaf& leaf : open[0].leaves) authors[leaf.office] = leaf.actor;
    CHECK(authors == std::map<std::string, std::int64_t>{{"durres", 8}, {"tirana", 7}});
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
    nosy.cursors.push_back(
        {central.offices.catalog().find_scope("BA")->number, Position{0}, {}, Sequence{5}});  // as if something were lost
    const auto answer = central.server->accept(encode_request(nosy, sync_path, tirana.replica().identity().secret), Offices::start_ms);
    CHECK(answer.status == 200);
    CHECK(answer.ranges.empty());
    CHECK(answer.restored.empty());
}

namespace {
/// The server has granted tirana the scope BA, in which a person lies, and it has not heard of that.
struct Granted {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL BA", Role::staff);

    Granted() {
        staff.person("Kovac", "Ana", "BA");
        central.sync(staff);
        central.register_anew(tirana, "scopes", "shared regional AL BA");
    }
};
}  // namespace

TEST_CASE("a device writes in a scope that a stick told it of, and the next sync fills it") {
    Granted granted;
    Central& central = granted.central;
    Office& tirana = granted.tirana;
    central.sync(granted.staff);
    std::stringstream stick;
    export_bundle(granted.staff.replica(), {tirana.replica().identity().device}, true, [&](BytesView piece) { stick << as_text(piece); },
                  {});
    import_bundle(tirana.replica(), stick, {});
    const bool writes = GENERATE(false, true);
    if (writes) tirana.person("Delić", "Amra", "BA");
    const SyncReport report = central.sync(tirana);
    CHECK(report.identical());
    CHECK(report.round_trips == 1);
    CHECK(tirana.get("SELECT count(*) FROM person") == (writes ? "2" : "1"));
    CHECK(tirana.digest("BA") == central.offices["server"].digest("BA"));
}

TEST_CASE("a scope that was granted in a sync whose line was cut is filled by the first request of the next one") {
    Granted granted;
    Central& central = granted.central;
    Office& tirana = granted.tirana;
    {
        ClientSession cut(tirana.replica());
        const Bytes answer = central.answer_to(cut.request());
        cut.feed(BytesView(answer).first(answer.size() - 1));
        CHECK_THROWS_AS(cut.end_answer(), Error);
    }
    CHECK(tirana.replica().identity().scopes.size() == 4);
    const SyncReport report = central.sync(tirana);
    CHECK(report.round_trips == 1);
    CHECK(report.scopes.size() == 4);
    CHECK(tirana.get("SELECT count(*) FROM person") == "1");
}

TEST_CASE("what waits of a life that its device has left is let go once the server brings the other one") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    const ScopeNumber al = tirana.replica().identity().scopes.back();
    central.keep({&tirana});
    tirana.person("Hoxha", "Arta");
    tirana.replica().segments_to_send(al);
    CHECK(tirana.replica().store().log.has_unsent(al));
    tirana.person("Leka", "Ana");
    const StoredSegment second = tirana.replica().segments_to_send(al).back();
    CHECK(durres.replica().receive(second.bytes, Carrier::peer, durres.now_ms).outcome == Outcome::held);
    central.go_back({&tirana});
    tirana.person("Duka", "Era");
    central.sync(tirana);
    CHECK_FALSE(tirana.replica().store().log.has_unsent(al));
    CHECK(central.sync(durres).identical());
    CHECK(durres.replica().held().empty());
    CHECK(durres.dump() == tirana.dump());
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

TEST_CASE("a restored server that has gone on before a device comes has another history there, and gets back what it had lost") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    Office& server = central.offices["server"];
    central.keep({&server});
    tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    central.go_back({&server});
    durres.person("Leka", "Ilir");  // stands where the other one stood
    central.sync(durres);
    CHECK(central.sync(tirana).server_restored != ledgers_are_shared);
    central.sync(durres);
    for (Office* office : {&tirana, &durres, &server}) CHECK(office->get("SELECT count(*) FROM person") == "2");
    CHECK(central.sync(tirana).identical());
}

TEST_CASE("a restored server takes nothing that was on its way to it before: its device may have stamped it anew") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& server = central.offices["server"];
    central.keep({&server});
    constexpr std::int64_t hour = 3'600'000;
    tirana.now_ms += hour;
    tirana.person("Hoxha", "Arta");
    const Bytes late = ClientSession(tirana.replica()).request();
    CHECK(central.sync(tirana).restamped == 1);
    central.go_back({&server});
    Awaited(server.replica()).begin();
    server.now_ms += 2 * hour;  // what was in the future is not any more
    const ServerSession::Answer answer = central.server->accept(late, server.now_ms);
    CHECK(answer.status == (ledgers_are_shared ? 409 : 200));  // a database of its own was not restored, and knows the counter
    CHECK(answer.changesets == 0);

    // A program that does not know of epochs is told so, and keeps what it has.
    ClientSession old(tirana.replica());
    for (const OneFrame& frame : frames_of(central.answer_to(old.request())))
        if (frame.type != FrameType::epoch) old.feed(frame.whole);
    CHECK(!old.end_answer());
    CHECK(old.report().withheld.starts_with("The server was restored from a backup and takes nothing from this program"));
    CHECK(server.get("SELECT count(*) FROM person") == (ledgers_are_shared ? "1" : "0"));

    const SyncReport report = central.sync(tirana);
    CHECK(report.identical());
    CHECK(report.withheld.empty());
    CHECK(server.get("SELECT count(*) FROM person") == "1");
    CHECK(Awaited(server.replica()).empty());
    CHECK(central.sync(tirana).round_trips == 1);  // it is asked once
    const DeviceNumber durres{99};
    const std::optional<Epoch> drawn = Awaited(server.replica()).unshown(durres);
    Awaited(server.replica()).begin();
    CHECK(drawn.has_value());
    CHECK(Awaited(server.replica()).unshown(durres) != drawn);  // each restore draws another
}

TEST_CASE("of what is not what a device has sealed it asks for the whole, once, and a refusal of what it has not sent is not believed") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    const ScopeNumber al = tirana.replica().identity().scopes.back();
    for (const char* given : {"Arta", "Besa"}) tirana.person("Hoxha", given);
    central.sync(tirana);
    central.keep({&tirana});
    tirana.person("Leka", "Ana");
    central.sync(tirana);
    central.go_back({&tirana});
    tirana.now_ms += 1000;
    tirana.replica().rewind(al);
    ClientSession client(tirana.replica());
    const auto answer = [&](const std::function<void(std::vector<OneFrame>&)>& change) {
        std::vector<OneFrame> frames = frames_of(central.answer_to(client.request()));
        change(frames);
        for (const OneFrame& frame : frames) client.feed(frame.whole);
        return client.end_answer();
    };
    SECTION("an own frame that ends elsewhere than a segment here") {
        CHECK(answer([&](auto& frames) {
            *first_of(frames, FrameType::own) = OneFrame{FrameType::own, encode(OwnFrame{al, Position{1}, Sequence{1}})};
        }));
        CHECK_FALSE(answer([](auto&) {}));
        CHECK(client.report().identical());
    }
    SECTION("a signature that does not fit, the first time and the second") {
        const auto damage = [](auto& frames) { ++first_of(frames, FrameType::finish)->whole.back(); };
        CHECK(answer(damage));
        CHECK_THAT(sentence_of([&] { answer(damage); }, ErrorKind::refused), ContainsSubstring("does not fit the history"));
    }
    SECTION("a fork of what was not sent") {
        const auto forks = [&](auto& frames) {
            frames.insert(frames.begin() + 1, {FrameType::refused, encode(RefusedFrame{al, tirana.replica().identity().device, Sequence{1},
                                                                                       Refusal::fork, "it is another"})});
        };
        CHECK_THAT(sentence_of([&] { answer(forks); }, ErrorKind::corrupt), ContainsSubstring("refuses what was not sent"));
    }
    CHECK(central.sync(tirana).identical());
    CHECK(tirana.get("SELECT count(*) FROM person") == "3");
}

TEST_CASE("a server that asks again for the epoch that it was shown is not answered for ever") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Awaited(central.offices["server"].replica()).begin();
    ClientSession client(tirana.replica());
    const Bytes asks = central.answer_to(client.request());
    client.feed(asks);
    CHECK(client.end_answer());
    client.request();
    CHECK_THAT(sentence_of([&] { client.feed(asks); }, ErrorKind::corrupt), ContainsSubstring("asks again for what it was shown"));
}

TEST_CASE("a device that was put back to a copy from before its server was restored offers its files to it once more") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    const auto files = [&] { return FileStore(tirana.replica().store().database); };
    const Hash hash = files().put(Bytes(1'000, 7));
    files().mark_sent(hash, true);
    central.sync(tirana);
    central.keep({&tirana});
    Awaited(central.offices["server"].replica()).begin();
    const bool put_back = GENERATE(true, false);
    for (int i = 0; i < 2; ++i) {
        CHECK(central.sync(tirana).round_trips > 1);
        CHECK(files().whole_and_unsent() == std::vector{hash});
        files().mark_sent(hash, true);
        CHECK(central.sync(tirana).round_trips == 1);
        CHECK(files().whole_and_unsent().empty());
        if (!put_back) break;
        central.go_back({&tirana});
        tirana.now_ms += 7'200'000;
    }
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

TEST_CASE("what continues a life that was undone parts from what is here, though its number is the next") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    const ScopeNumber al = tirana.replica().identity().scopes.back();
    central.keep({&tirana});
    tirana.person("Hoxha", "Arta");
    tirana.give(durres);
    central.go_back({&tirana});
    tirana.now_ms += 1000;
    for (const char* family : {"Duka", "Leka"}) {
        tirana.person(family, "Era");
        tirana.replica().segments_to_send(al);
    }
    const std::vector<StoredSegment> segments = tirana.replica().segments_to_send(al);
    REQUIRE(segments.size() == 2);
    const Received received = durres.replica().receive(segments[1].bytes, Carrier::peer, durres.now_ms);
    CHECK(received.outcome == Outcome::refused);
    CHECK(received.refusal == Refusal::fork);
}

TEST_CASE("a device that was put back to a copy takes up what its earlier life has sent of what is unsent there") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    central.sync(tirana);
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    tirana.put("person", {arta}, {{"position", "judge"}});
    central.keep({&tirana});
    central.sync(tirana);
    const auto goes_back = [&] {
        central.go_back({&tirana});
        tirana.now_ms += 1000;
        REQUIRE(tirana.replica().unsent_changesets() == 2);
    };
    const auto agrees = [&](std::size_t sent) {
        CHECK(central.sync(tirana).changesets_sent == sent);
        central.sync(durres);
        CHECK(tirana.dump() == durres.dump());
        CHECK(tirana.conflicts() == 0);
        CHECK(central.sync(tirana).identical());
        CHECK(verify_replica(tirana.replica(), {}).faults.empty());
    };
    SECTION("which is all") {
        goes_back();
        agrees(0);
    }
    SECTION("and what came after it") {
        tirana.put("person", {arta}, {{"position", "prosecutor"}});
        central.sync(tirana);
        goes_back();
        agrees(0);
        CHECK(durres.get("SELECT position FROM person") == "prosecutor");
    }
    SECTION("and goes on behind it, in several segments") {
        goes_back();
        tirana.replica().segments_to_send(tirana.replica().identity().scopes.back());
        tirana.put("person", {arta}, {{"position", "clerk"}});
        agrees(1);
        CHECK(durres.get("SELECT position FROM person") == "clerk");
    }
    SECTION("although a value of it was erased meanwhile") {
        central.erase("person", {arta});
        goes_back();
        agrees(0);
        CHECK(tirana.get("SELECT family FROM person") == "-");
    }
    SECTION("not where sticks have carried it under another seal") {
        goes_back();
        tirana.give(durres);
        CHECK_THROWS_AS(central.sync(tirana), Forked);
        CHECK_THROWS_AS(central.sync(tirana), Forked);
        CHECK(tirana.replica().unsent_changesets() == 2);
    }
}

TEST_CASE("the one change that is unsent is taken up where the earlier life has sent it") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    central.keep({&tirana});
    central.sync(tirana);
    central.go_back({&tirana});
    tirana.now_ms += 1000;
    REQUIRE(tirana.replica().unsent_changesets() == 1);
    CHECK(central.sync(tirana).identical());
    CHECK(tirana.replica().unsent_changesets() == 0);
    tirana.person("Leka", "Gent");
    CHECK(central.sync(tirana).identical());
    CHECK(central.offices["server"].get("SELECT count(*) FROM person") == "2");
    CHECK(verify_replica(tirana.replica(), {}).faults.empty());
}

TEST_CASE("a change that was sealed alone is taken up where its earlier life has sent it together with the next") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    central.keep({&tirana});
    tirana.put("person", {arta}, {{"position", "judge"}});
    central.sync(tirana);
    central.go_back({&tirana});
    tirana.now_ms += 1000;
    REQUIRE(tirana.replica().segments_to_send(tirana.replica().identity().scopes.back()).size() == 1);
    CHECK(central.sync(tirana).identical());
    CHECK(tirana.get("SELECT position FROM person") == "judge");
    CHECK(tirana.replica().unsent_changesets() == 0);
    CHECK(verify_replica(tirana.replica(), {}).faults.empty());
}

TEST_CASE("the same changes under another seal are the same, on the server and where sticks have carried them") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    Office& vlore = central.office("vlore", "shared regional AL");
    vlore.person("Hoxha", "Arta");
    tirana.put("course", {tirana.replica().new_id()}, {{"title", "Legal English"}}, "AL");
    central.keep({&tirana});
    const bool states_more = GENERATE(true, false);
    if (states_more) vlore.give(tirana);
    central.sync(tirana);
    central.go_back({&tirana});
    tirana.now_ms += 1000;
    if (!states_more) vlore.give(tirana);  // which the seal that the server has does not state
    tirana.give(durres);
    if (!states_more) {
        CHECK_THROWS_AS(central.sync(tirana), Forked);
        return;
    }
    for (Office* office : {&tirana, &durres}) {
        CHECK(central.sync(*office).identical());
        CHECK(central.sync(*office).bytes_received < 500);  // and it goes by the server's name from now on
        CHECK(office->replica().unsent_changesets() == 0);
        CHECK(verify_replica(office->replica(), {}).faults.empty());
    }
    tirana.put("course", {tirana.replica().new_id()}, {{"title", "Asset recovery"}}, "AL");
    for (Office* office : {&tirana, &durres}) CHECK(central.sync(*office).identical());
    CHECK(tirana.dump() == durres.dump());
}

TEST_CASE("what a restored server has got back from a stick in place of what it had taken is found out, and both are kept") {
    if (ledgers_are_shared) return;  // it has lost nothing
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    central.keep({&tirana, &central.offices["server"]});
    tirana.person("Hoxha", "Arta");
    tirana.give(durres);
    central.go_back({&tirana});
    tirana.now_ms += 1000;
    tirana.person("Duka", "Era");
    central.sync(tirana);
    central.go_back({&central.offices["server"]});
    central.sync(durres);
    REQUIRE(central.offices["server"].get("SELECT group_concat(family) FROM person") == "Hoxha");
    for (int i = 0; i < 2; ++i) CHECK_THROWS_AS(central.sync(tirana), Forked);
    Office& again = central.office("tirana again", "shared regional AL");
    CHECK(carry_over(tirana.replica(), again.replica()).changes == 1);
    for (Office* office : {&again, &durres}) CHECK(central.sync(*office).identical());
    CHECK(durres.get("SELECT group_concat(family) FROM (SELECT family FROM person ORDER BY family)") == "Duka,Hoxha");
}

TEST_CASE("a device that was put back to a copy, and has got back a part of its earlier life, numbers no row as the rest of it did") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    const ScopeNumber al = tirana.replica().identity().scopes.back();
    const Position before = tirana.replica().store().meta.scope(al)->position;
    central.keep({&tirana});
    tirana.reopen();  // each opening takes a step of chance
    const std::int64_t first = tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    const std::int64_t second = tirana.person("Duka", "Era");
    central.sync(tirana);
    const LedgerEntry part = central.ledger->read(al, before, Position{before.value + 1}, 1).front();
    for (int i = 0; i < 12; ++i) {
        central.go_back({&tirana});
        REQUIRE(tirana.replica().receive(part.bytes, Carrier::server, tirana.now_ms, part.position).outcome == Outcome::applied);
        const std::int64_t next = tirana.replica().new_id();
        CHECK(next > first);
        CHECK(next != second);
        tirana.reopen();
        CHECK(tirana.replica().new_id() != second);
    }
}

TEST_CASE("a damaged copy of what is unsent leaves it under the seal under which it may be with the server, or on a stick") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    central.sync(tirana);
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    tirana.put("person", {arta}, {{"position", "judge"}});
    const ScopeNumber al = tirana.replica().identity().scopes.back();
    const Bytes sealed = tirana.replica().segments_to_send(al).back().bytes;
    std::size_t refused = 0;
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        Bytes damaged = sealed;
        damaged[i] ^= 1;
        try {  // at a position where none is due: what is let through moves no cursor
            refused += tirana.replica().receive(damaged, Carrier::server, tirana.now_ms, Position{0}).outcome == Outcome::refused;
        } catch (const Error&) {
        }
        REQUIRE(tirana.replica().segments_to_send(al).back().bytes == sealed);
    }
    CHECK(refused > sealed.size() / 2);
    CHECK(central.sync(tirana).identical());
}

TEST_CASE("an acknowledgement counts for what was sent, and for nothing behind it, also where a refusal is lost on the way") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    REQUIRE(tirana.replica().segments_to_send(tirana.replica().identity().scopes.back()).size() == 1);
    central.keep({&tirana});
    central.sync(tirana);
    tirana.person("Duka", "Era");
    central.sync(tirana);
    central.go_back({&tirana});
    tirana.now_ms += 1000;
    tirana.person("Leka", "Gent");  // where the server has another one
    REQUIRE(tirana.replica().unsent_changesets() == 2);

    ClientSession client(tirana.replica());
    const Bytes answer = central.answer_to(client.request());
    Bytes damaged;
    std::size_t acknowledged = 0, refused = 0;
    FrameReader().feed(answer, [&](const Frame& frame) {
        acknowledged += frame.type == FrameType::acknowledged ? 1 : 0;
        refused += frame.type == FrameType::refused ? 1 : 0;
        const Bytes passed_over = encode_frame(static_cast<FrameType>(99), frame.payload);
        const BytesView bytes = frame.type == FrameType::refused ? BytesView(passed_over) : frame.whole;
        damaged.insert(damaged.end(), bytes.begin(), bytes.end());
    });
    REQUIRE(acknowledged == 1);
    REQUIRE(refused == 1);
    client.feed(damaged);
    CHECK(client.end_answer());
    CHECK(tirana.replica().unsent_changesets() == 1);
    CHECK_THROWS_AS(central.sync(tirana), Forked);

    SECTION("nor for other bytes under its number") {
        const AcknowledgedFrame of_another{tirana.replica().identity().scopes.back(), tirana.replica().identity().device, Sequence{2},
                                           ChainTag{}};
        ClientSession again(tirana.replica());
        again.request();
        again.feed(encode(HelloFrame{central.offices["server"].now_ms, 1, false}));
        CHECK_THROWS_WITH(again.feed(encode(of_another)), ContainsSubstring("acknowledges what was not sent"));
        CHECK(tirana.replica().unsent_changesets() == 1);
    }
}

TEST_CASE("what others bring of a device that was revoked meanwhile is taken, and named for the journal") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    central.sync(tirana);
    central.sync(durres);
    tirana.person("Hoxha", "Arta");
    tirana.give(durres);
    central.register_anew(tirana, "revoked_at", Offices::start_ms);
    durres.person("Duka", "Era");
    const DeviceNumber revoked = tirana.replica().identity().device;
    const auto brings = [&] {
        const ServerSession::Answer answer =
            central.server->accept(ClientSession(durres.replica()).request(), central.offices["server"].now_ms);
        return std::pair(answer.changesets, answer.of_revoked);
    };
    CHECK(brings() == std::pair(std::size_t{2}, std::set{revoked}));
    durres.now_ms += 7'200'000;
    CHECK(brings() == std::pair(std::size_t{0}, std::set<DeviceNumber>()));
}

TEST_CASE("a device that has read what the server does not have shows that it was put back, unless that is known") {
    if (ledgers_are_shared) return;
    Central central;
    Office &server = central.offices["server"], &tirana = central.office("tirana", "shared regional AL");
    const auto shows = [&] {
        ClientSession client(tirana.replica());
        std::optional<ScopeNumber> behind;
        for (bool more = true; more;) {
            const ServerSession::Answer answer = central.server->accept(client.request(), server.now_ms);
            REQUIRE(answer.status == 200);
            behind = behind ? behind : answer.behind;
            ServerSession::stream(answer, *central.ledger, nullptr, [&](BytesView piece) {
                client.feed(piece);
                return true;
            });
            more = client.end_answer();
        }
        tirana.now_ms += 1000;
        server.now_ms += 1000;
        return behind;
    };
    central.keep({&server});
    const std::int64_t arta = tirana.person("Hoxha", "Arta");
    const ScopeNumber al = tirana.replica().identity().scopes.back();
    SECTION("it has lost nothing") {
        CHECK(shows() == std::nullopt);
        CHECK(shows() == std::nullopt);
        central.go_back({&server});
        CHECK(shows() == al);
        CHECK(shows() == std::nullopt);
    }
    SECTION("it has gone on another way") {
        Office& durres = central.office("durres", "shared regional AL");
        central.keep({&server});
        CHECK(shows() == std::nullopt);
        central.go_back({&server});
        durres.person("Duka", "Era");
        durres.person("Leka", "Ana");
        durres.put("person", {durres.person("Zogu", "Ben")}, {{"position", "clerk"}});
        central.sync(durres);
        CHECK(shows() == al);
    }
    SECTION("it knows that it was restored, and nobody waits for this device") {
        CHECK(shows() == std::nullopt);
        central.go_back({&server});
        Awaited(server.replica()).begin();
        SECTION("yet") {
            CHECK(shows() == std::nullopt);
            CHECK(Awaited(server.replica()).empty());
        }
        SECTION("any more") {
            Awaited(server.replica()).end();
            CHECK(shows() == std::nullopt);
            central.keep({&server});
            tirana.put("person", {arta}, {{"position", "clerk"}});
            CHECK(shows() == std::nullopt);
            central.go_back({&server});
            CHECK(shows() == al);
        }
    }
}

TEST_CASE("a revoked device is told so, and nothing of it is taken") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    tirana.person("Hoxha", "Arta");
    central.register_anew(tirana, "revoked_at", Offices::start_ms);
    const SyncReport report = central.sync(tirana);
    CHECK(report.revoked);
    CHECK(report.changesets_sent == 0);
    CHECK(central.offices["server"].get("SELECT count(*) FROM person") == "0");
}

namespace {

/// A bundle's first line, how many it is sealed for (four bytes, the lowest first), and for each a number and a sealed key.
constexpr std::string_view bundle_line = "tefter bundle 1\n";
constexpr std::size_t first_recipient = bundle_line.size() + 4, sealed_key_bytes = 32 + 48;

std::string bundle_of(Office& from, Office& to) {
    std::string file;
    export_bundle(from.replica(), {to.replica().identity().device}, true, [&](BytesView bytes) { file.append(as_text(bytes)); }, {});
    return file;
}

}  // namespace

TEST_CASE("each bundle has a key of its own, drawn by chance") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    central.sync(tirana);
    const auto key = [&] {
        const std::string file = bundle_of(tirana, staff), sealed = file.substr(first_recipient + 4, sealed_key_bytes);
        return open_sealed(staff.replica().identity().secret, as_bytes(sealed)).value();
    };
    const Bytes one = key(), other = key();
    CHECK(one.size() == 32);
    CHECK(one != other);
    CHECK(one != Bytes(32));
}

TEST_CASE("a bundle that names a device twice is opened by the key that is sealed for it") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    central.sync(tirana);
    tirana.person("Hoxha", "Arta");
    std::string file = bundle_of(tirana, staff);
    REQUIRE(file[bundle_line.size()] == 1);
    file[bundle_line.size()] = 2;
    file.insert(first_recipient, file.substr(first_recipient, 4) + std::string(sealed_key_bytes, 'x'));
    std::istringstream in(file);
    CHECK(import_bundle(staff.replica(), in, {}).changesets == 1);
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
        const BundleReport report = export_bundle(tirana.replica(), to, false, [&](BytesView bytes) { file.append(as_text(bytes)); }, {});
        CHECK(report.changesets == 3);
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

TEST_CASE("a bundle is sealed for who may have it, ends when it is asked to, and what is no bundle is refused") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL BA", Role::staff);
    Office& left = central.office("left", "shared regional AL BA", Role::staff);
    Office& ended = central.office("ended", "shared regional AL BA", Role::staff);
    central.register_anew(left, "revoked_at", Offices::start_ms);
    central.register_anew(ended, "valid_until", Offices::start_ms - 1);
    central.sync(tirana);
    tirana.person("Hoxha", "Arta");
    const auto exported = [&](const std::vector<DeviceNumber>& to, const BundleProgress& progress = {}) {
        std::string file;
        export_bundle(
            tirana.replica(), to, false, [&](BytesView bytes) { file.append(as_text(bytes)); }, progress);
        return file;
    };
    const auto number = [](Office& office) { return office.replica().identity().device; };
    CHECK(usual_recipients(tirana.replica()) == std::vector{server_device, number(staff)});
    Office& part = central.office("part", "shared regional AL", Role::staff);  // which does not hold all that the next one does
    central.sync(staff);
    CHECK(usual_recipients(staff.replica()) == std::vector{server_device});
    CHECK(usual_recipients(part.replica()) == std::vector{server_device, number(staff)});
    const auto refused = [&](DeviceNumber to) { return sentence_of([&] { exported({to}); }, ErrorKind::refused); };
    CHECK(refused(DeviceNumber{77}) == "Device 77 is not known here; a bundle is not sealed for it.");
    CHECK(refused(number(left)) == "Device 4 has been revoked; a bundle is not sealed for it.");
    CHECK(refused(number(ended)) ==
          "The registration of device 5 of ended has ended; it must sync with the server before a bundle is sealed for it.");
    const BundleProgress stops = [](const BundleReport&) { return false; };
    CHECK(sentence_of([&] { exported({number(staff)}, stops); }, ErrorKind::refused) == "Cancelled; what was done before stays.");
    const std::string file = exported({number(staff)}, [](const BundleReport&) { return true; });
    const auto import = [&](const std::string& bytes, const BundleProgress& progress = {}) {
        std::istringstream in(bytes);
        return import_bundle(staff.replica(), in, progress);
    };
    CHECK(sentence_of([&] { import(file, stops); }, ErrorKind::refused) == "Cancelled; what was done before stays.");
    const std::size_t head = std::string_view("tefter bundle 1\n").size();
    std::string bad = file;
    bad[head + 2] = 1;  // 65,537 recipients
    CHECK_THAT(sentence_of([&] { import(bad); }, ErrorKind::corrupt), ContainsSubstring("the bundle names too many recipients"));
    bad = file;
    bad[head + 8] ^= 1;  // the key that is sealed
    CHECK_THAT(sentence_of([&] { import(bad); }, ErrorKind::wrong_key), ContainsSubstring("sealed for other devices"));
    bad = file;
    const std::size_t last = file.size() - crypto_secretstream_xchacha20poly1305_ABYTES - 4;
    bad[last] = 1;  // shorter than what is added to each
    CHECK_THAT(sentence_of([&] { import(bad); }, ErrorKind::corrupt), ContainsSubstring("a size that none has"));
    bad = file;
    bad[last + 3] = 0x7F;  // longer than any
    CHECK_THAT(sentence_of([&] { import(bad); }, ErrorKind::corrupt), ContainsSubstring("a size that none has"));
    import(file);
    CHECK(staff.get("SELECT family FROM person") == "Hoxha");
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
    const auto fault_after = [&](const std::string& sql) { return test::fault_after(server.store().database, sql, verify); };
    const std::string al = "The ledger of the scope AL";
    CHECK(fault_after("UPDATE tefter_scope SET digest = zeroblob(16) WHERE scope = 3") == al + " comes to other rows than the server has.");
    CHECK(fault_after("UPDATE tefter_head SET hash = zeroblob(32) WHERE scope = 3") == al + " comes to other chains than the server has.");
    CHECK(fault_after("UPDATE tefter_head SET sequence = 9 WHERE scope = 3") == al + " comes to other chains than the server has.");
    CHECK(fault_after("UPDATE tefter_ledger SET hash = zeroblob(32) WHERE scope = 3 AND position = 3") ==
          al + " does not end in the hash that is stored.");
    CHECK(fault_after("UPDATE tefter_ledger SET position = 9 WHERE scope = 3 AND position = 2") == al + ", position 2, is missing.");
    CHECK(fault_after("UPDATE tefter_ledger SET bytes = (SELECT bytes FROM tefter_ledger WHERE scope = 3 AND position = 1) "
                      "WHERE scope = 3 AND position = 2")
              .starts_with(al + ", position 2, cannot be taken: "));
    CHECK(fault_after("DELETE FROM tefter_ledger WHERE scope = 3 AND position > 1") == al + " comes to other rows than the server has.");
    CHECK(verify().faults.empty());
}
