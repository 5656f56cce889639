// Files of rows: what is kept, what is refused, and how they travel, in memory and with every mishap.

#include <catch2/catch_test_macros.hpp>

#include "engine/base/limits.hpp"
#include "engine/sync/awaited.hpp"
#include "engine/sync/file_transfer.hpp"
#include "engine/sync/protocol.hpp"
#include "tests/central.hpp"
#include "tests/sentence.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

Bytes content(std::size_t size, std::uint8_t seed = 1) {
    Bytes out(size);
    std::uint32_t chance = seed;
    for (std::uint8_t& one : out) one = static_cast<std::uint8_t>((chance = chance * 1664525U + 1013904223U) >> 24U);
    return out;
}

/// A person's paper with a file, in one office.
struct Paper {
    std::int64_t person = 0;
    Hash hash{};
};
Paper attach(Office& office, const Bytes& bytes, const std::string& scope = "AL") {
    Paper out;
    out.person = office.person("Hoxha", "Arta", scope);
    out.hash = FileStore(office.replica().store().database).put(bytes);
    office.put("paper", {office.replica().new_id()}, {{"person", out.person}, {"content", Bytes(out.hash.begin(), out.hash.end())}});
    return out;
}

FileStore files(Office& office) { return FileStore(office.replica().store().database); }

/// All that waits, or up to `pieces` answers; the answer after that is lost.
std::size_t send(Central& central, Office& office, std::size_t pieces = SIZE_MAX) {
    FileSending sending(office.replica());
    std::size_t answered = 0;
    while (const auto request = sending.request()) {
        const ServerSession::Answer answer = central.server->accept_file(*request);
        if (answered++ == pieces) break;
        if (answer.status == 200) sending.answer(answer.head);
        else sending.skip();
    }
    return sending.sent;
}

/// The server's answer to what this office asks of a file.
ServerSession::Answer ask(Central& central, Office& office, const Hash& hash, FileFetching* fetching = nullptr) {
    FileFetching own(office.replica(), hash);
    FileFetching& asking = fetching != nullptr ? *fetching : own;
    return central.server->accept_file(*asking.request());
}

}  // namespace

TEST_CASE("an answer may name the last byte that a file can have, and none behind it") {
    const auto largest = static_cast<std::int64_t>(limits::file_bytes);
    CHECK(decode_file_answer(encode(FileAnswer{largest, {}})).number == largest);
    CHECK_THROWS_AS(decode_file_answer(encode(FileAnswer{largest + 1, {}})), Error);
}

TEST_CASE("a file is kept whole, or not at all") {
    Offices offices;
    Office& tirana = offices.add("tirana", "shared regional AL");
    FileStore store = files(tirana);
    const Bytes bytes = content(3 * limits::file_piece_bytes + 5);
    const auto size = static_cast<std::int64_t>(bytes.size());
    const Hash hash = store.put(bytes);
    CHECK(store.put(bytes) == hash);
    CHECK(store.read_all(hash) == bytes);
    CHECK(store.read(hash, 10, 3) == Bytes(bytes.begin() + 10, bytes.begin() + 13));
    const std::int64_t over = limits::file_piece_bytes - 1;
    CHECK(store.read(hash, over, 2) == Bytes(bytes.begin() + over, bytes.begin() + over + 2));
    CHECK_THROWS_AS(store.put({}), Error);

    const Hash other{1, 2, 3};
    const BytesView piece = BytesView(bytes).first(100);
    CHECK_THROWS_AS(store.append(other, size, 1, piece), Error);
    CHECK_THROWS_AS(store.append(other, static_cast<std::int64_t>(limits::file_bytes) + 1, 0, piece), Error);
    store.append(other, 200, 0, piece);
    CHECK_THROWS_AS(store.append(other, 200, 0, piece), Error);    // again
    CHECK_THROWS_AS(store.append(other, 300, 100, piece), Error);  // another size
    CHECK(store.find(other)->here == 100);
    CHECK(FileSending(tirana.replica()).waiting == 1);  // what is not whole is not sent
    const Bytes short_one = content(300, 4);
    store.append(blake2b(short_one), 300, 0, BytesView(short_one).first(50));
    CHECK(store.read_all(store.put(short_one)) == short_one);      // whoever has it all need not wait for the rest
    CHECK_THROWS_AS(store.append(other, 200, 100, piece), Error);  // whole, and not what the name says
    CHECK_FALSE(store.find(other));
    CHECK(store.read_all(hash) == bytes);
}

TEST_CASE("a file follows its row, goes on where a line was cut, and is fetched by who holds the row alone") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    Office& sarajevo = central.office("sarajevo", "shared regional BA");
    const Bytes bytes = content(5 * limits::file_piece_bytes + 1);
    const Paper paper = attach(tirana, bytes);

    CHECK(send(central, tirana) == 0);  // the server does not know the row yet
    CHECK_FALSE(files(central.offices["server"]).find(paper.hash));
    central.sync(tirana);
    central.sync(durres);
    CHECK(ask(central, durres, paper.hash).status == 404);  // nor has it the content
    CHECK(send(central, tirana, 3) == 0);                   // three answers came, the fourth piece's was lost
    CHECK(ask(central, durres, paper.hash).status == 404);
    CHECK(send(central, tirana) == 1);
    CHECK(send(central, tirana) == 0);  // once
    CHECK(files(tirana).find(paper.hash)->sent);

    CHECK(ask(central, sarajevo, paper.hash).status == 404);
    FileFetching fetching(durres.replica(), paper.hash);
    for (int i = 0; i < 2; ++i) fetching.answer(ask(central, durres, paper.hash, &fetching).head);
    durres.reopen();  // in the middle
    FileFetching rest(durres.replica(), paper.hash);
    CHECK(rest.here() == 2 * static_cast<std::int64_t>(limits::file_piece_bytes));
    while (const auto request = rest.request()) rest.answer(central.server->accept_file(*request).head);
    CHECK(files(durres).read_all(paper.hash) == bytes);
    CHECK(send(central, durres) == 0);  // it came from there
}

TEST_CASE("the server takes pieces of files from devices that sign, once, and of files that are what they say") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& sarajevo = central.office("sarajevo", "shared regional BA");
    const Bytes bytes = content(1000);
    const Paper paper = attach(tirana, bytes);
    central.sync(tirana);
    FileRequest request;
    request.device = tirana.replica().identity().device;
    request.kind = FileRequest::Kind::put;
    request.hash = paper.hash;
    request.size = 1000;
    const auto said = [&](Office& who) {
        request.counter = next_request_counter(tirana.replica());
        return central.server->accept_file(encode_file_request(request, who.replica().identity().secret)).status;
    };
    CHECK(said(sarajevo) == 401);
    CHECK(central.server->accept_file(content(20)).status == 400);
    CHECK(said(tirana) == 200);
    const Bytes again = encode_file_request(request, tirana.replica().identity().secret);
    CHECK(central.server->accept_file(again).status == 409);  // a replay
    Bytes altered = again;
    altered[20] ^= 1;
    CHECK(central.server->accept_file(altered).status == 401);

    request.bytes = content(1000, 2);  // something else under this name
    CHECK(said(tirana) == 400);
    CHECK_FALSE(files(central.offices["server"]).find(paper.hash));
    request.bytes = bytes;
    CHECK(said(tirana) == 200);
    CHECK(files(central.offices["server"]).read_all(paper.hash) == bytes);

    request.at = 5;  // what does not follow is answered with where to go on
    request.counter = next_request_counter(tirana.replica());
    const ServerSession::Answer where = central.server->accept_file(encode_file_request(request, tirana.replica().identity().secret));
    CHECK(where.status == 200);
    CHECK(decode_file_answer(where.head).number == 1000);
    request.bytes = content(limits::file_piece_bytes + 1);
    CHECK(said(tirana) == 400);

    request.at = 0;
    request.bytes.clear();
    request.device = sarajevo.replica().identity().device;
    request.counter = next_request_counter(sarajevo.replica());
    CHECK(central.server->accept_file(encode_file_request(request, sarajevo.replica().identity().secret)).status == 404);
}

TEST_CASE("a server takes and gives pieces of files to its devices alone, and to none that is revoked") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    const Paper paper = attach(tirana, content(100));
    central.sync(tirana);
    REQUIRE(send(central, tirana) == 1);
    FileRequest request;
    request.device = durres.replica().identity().device;
    request.counter = std::uint64_t{1} << 50U;
    request.hash = paper.hash;
    const auto status = [&] {
        return central.server->accept_file(encode_file_request(request, durres.replica().identity().secret)).status;
    };
    CHECK(status() == 200);
    ++request.counter;
    request.device = DeviceNumber{77};
    CHECK(status() == 401);  // nobody
    request.device = tirana.replica().identity().device;
    CHECK(status() == 401);  // signed by another
    central.register_anew(durres, "revoked_at", Offices::start_ms);
    request.device = durres.replica().identity().device;
    CHECK(status() == 401);
}

TEST_CASE("a server that says of a file what cannot be is not believed") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    const Paper paper = attach(tirana, content(limits::file_piece_bytes * 2));
    central.sync(tirana);
    const auto refused = [&](std::int64_t first, std::int64_t second) {
        FileSending sending(tirana.replica());
        return sentence_of(
            [&] {
                for (const std::int64_t there : {first, second}) {
                    REQUIRE(sending.request());
                    sending.answer(encode(FileAnswer{there, {}}));
                }
            },
            ErrorKind::corrupt);
    };
    CHECK(refused(limits::file_piece_bytes * 3, 0) == "The data is damaged: the server has another file under this name.");
    CHECK(refused(limits::file_piece_bytes, 0) == "The data is damaged: the server has another file under this name.");
    CHECK(send(central, tirana) == 1);
    CHECK(FileSending(tirana.replica()).waiting == 0);
    FileStore store = files(tirana);
    const Hash other = blake2b(content(10, 9));
    CHECK(sentence_of([&] { store.append(other, 10, 0, {}); }, ErrorKind::refused) ==
          "This piece of the file does not follow what is here.");
    CHECK(sentence_of([&] { store.append(other, 10, 0, content(11, 9)); }, ErrorKind::refused) ==
          "This piece of the file does not follow what is here.");
    CHECK(store.find(paper.hash)->whole());
}

TEST_CASE("a file goes with the last row that names it, and with an erasure") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    const Paper paper = attach(tirana, content(50'000));
    const std::int64_t other = tirana.person("Kola", "Besa"), second = tirana.replica().new_id();
    tirana.put("paper", {second}, {{"person", other}, {"content", Bytes(paper.hash.begin(), paper.hash.end())}});
    central.sync(tirana);
    send(central, tirana);
    central.sync(durres);
    FileFetching fetching(durres.replica(), paper.hash);
    while (const auto request = fetching.request()) fetching.answer(central.server->accept_file(*request).head);

    const auto erase = [&](const char* table, std::int64_t key) {
        Edit edit;
        edit.kind = EditKind::erase;
        edit.table = table;
        edit.key = {key};
        central.server->write({&edit, 1});
        for (Office* office : {&tirana, &durres}) central.sync(*office);
    };
    const auto paper_of = [&](std::int64_t person) {
        return std::stoll(tirana.get("SELECT id FROM paper WHERE person = " + std::to_string(person)));
    };
    erase("paper", paper_of(paper.person));
    for (Office* office : {&tirana, &durres, &central.offices["server"]}) CHECK(files(*office).find(paper.hash));  // another row names it
    CHECK(ask(central, durres, Hash{9}).status == 404);
    erase("paper", second);
    for (Office* office : {&tirana, &durres, &central.offices["server"]}) {
        CHECK_FALSE(files(*office).find(paper.hash));
        CHECK(office->get("SELECT count(*) FROM tefter_file_piece") == "0");
    }
    CHECK(ask(central, durres, paper.hash).status == 404);
}

TEST_CASE("what a restored server has lost of files is sent again, even if the line is cut just then") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    const Paper paper = attach(tirana, content(1000));
    central.sync(tirana);
    REQUIRE(send(central, tirana) == 1);
    const std::int64_t position = std::stoll(tirana.get("SELECT position FROM tefter_scope WHERE scope = 3"));
    // As after a restore: the ledger that this device has read is not there any more.
    tirana.replica().store().database.execute("UPDATE tefter_scope SET position = " + std::to_string(position + 5) + " WHERE scope = 3");
    ClientSession client(tirana.replica());
    client.feed(central.answer_to(client.request()));
    CHECK_FALSE(files(tirana).find(paper.hash)->sent);
    CHECK(send(central, tirana) == 1);
}

TEST_CASE("a file that a restored server has lost is sent again, also where it has lost nothing else") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& server = central.offices["server"];
    const Paper paper = attach(tirana, content(1000));
    central.sync(tirana);
    central.keep({&server});  // between the row and its file
    REQUIRE(send(central, tirana) == 1);
    central.go_back({&server});
    Awaited(server.replica()).begin();
    CHECK(send(central, tirana) == 0);
    central.sync(tirana);
    CHECK(send(central, tirana) == 1);
    CHECK(files(server).find(paper.hash)->whole());
}

TEST_CASE("a row names a file with each of its leaves: the one that lost a conflict goes to the server and stays") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    const Paper paper = attach(tirana, content(1000));
    central.sync(tirana);
    central.sync(durres);
    const auto replace = [](Office& office, const Bytes& with) {
        const Hash hash = FileStore(office.replica().store().database).put(with);
        office.put("paper", {std::int64_t{std::stoll(office.get("SELECT id FROM paper"))}}, {{"content", Bytes(hash.begin(), hash.end())}});
        return hash;
    };
    const Hash one = replace(tirana, content(700, 2)), other = replace(durres, content(800, 3));
    for (Office* office : {&durres, &tirana, &durres}) central.sync(*office);
    REQUIRE(tirana.conflicts() == 1);
    CHECK(send(central, tirana) + send(central, durres) == 2);
    for (Office* office : {&tirana, &durres}) {
        office->reopen();
        central.sync(*office);
    }
    CHECK(files(tirana).find(one));
    CHECK(files(durres).find(other));
    CHECK(ask(central, durres, one).status == 200);
    CHECK(ask(central, tirana, other).status == 200);
    Replica& replica = central.offices["server"].replica();
    CHECK(scopes_naming(replica.store().database, central.offices.catalog(), replica.store().applier.rows(), paper.hash).empty());
}

TEST_CASE("a file whose row was deleted stays for as long as somebody may not have heard of it, and is there when the row is called back") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    Office& server = central.offices["server"];
    const Paper paper = attach(tirana, content(1000));
    central.sync(tirana);
    REQUIRE(send(central, tirana) == 1);
    central.sync(durres);
    const std::int64_t row = std::stoll(tirana.get("SELECT id FROM paper"));
    const std::int64_t other = durres.person("Kola", "Besa");
    durres.put("paper", {row}, {{"person", other}});  // has not heard of what comes now
    tirana.remove("paper", {row});
    constexpr std::int64_t day_ms = 86'400'000;
    const auto restarted = [&](Office& office) {
        central.keep({&office});
        central.go_back({&office});
        office.replica().sweep();
        return files(office);
    };
    central.sync(tirana);
    for (const std::int64_t days : {0, 179}) {
        for (Office* office : {&tirana, &server}) {
            office->now_ms += days * day_ms;
            CHECK(restarted(*office).find(paper.hash));
        }
    }
    central.sync(durres);
    CHECK(ask(central, durres, paper.hash).status == 200);
    central.sync(tirana);
    for (Office* office : {&tirana, &server}) {  // named again: it begins anew
        office->now_ms += day_ms;
        CHECK(restarted(*office).find(paper.hash));
    }
    tirana.remove("paper", {row});
    CHECK(restarted(tirana).find(paper.hash));
    tirana.now_ms += 180 * day_ms - 1;
    CHECK(restarted(tirana).find(paper.hash));
    tirana.now_ms += 1;
    CHECK_FALSE(restarted(tirana).find(paper.hash));
    CHECK_FALSE(files(tirana).unnamed_since(paper.hash));
}

TEST_CASE("a file that was named again meanwhile stays as long as any other, though nobody has looked at it then") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& durres = central.office("durres", "shared regional AL");
    const Paper paper = attach(tirana, content(1000));
    central.sync(tirana);
    REQUIRE(send(central, tirana) == 1);
    files(tirana).note_unnamed(paper.hash, tirana.now_ms);  // by an older program, which did not look when it was named again
    tirana.reopen();
    tirana.replica().sweep();
    CHECK_FALSE(files(tirana).unnamed_since(paper.hash));
    central.sync(durres);
    const std::int64_t row = std::stoll(tirana.get("SELECT id FROM paper"));
    durres.put("paper", {row}, {{"person", durres.person("Kola", "Besa")}});  // has not heard of what comes now
    tirana.remove("paper", {row});
    central.sync(tirana);
    const auto restarted = [&](std::int64_t days) {
        tirana.now_ms += days * day_ms;
        tirana.reopen();
        tirana.replica().sweep();
        return files(tirana).find(paper.hash).has_value();
    };
    REQUIRE(restarted(0));
    REQUIRE(files(tirana).unnamed_since(paper.hash));
    REQUIRE(restarted(100));
    central.sync(durres);
    central.sync(tirana);
    REQUIRE(tirana.get("SELECT count(*) FROM paper") == "1");
    tirana.remove("paper", {row});
    CHECK(restarted(100));
    tirana.now_ms += 180 * day_ms;  // a program that runs for as long looks once a day
    CHECK(files(tirana).find(paper.hash));
    tirana.replica().sweep();
    CHECK_FALSE(files(tirana).find(paper.hash));
}
