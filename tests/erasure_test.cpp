// Erasure to the byte: marked names are planted wherever a value can lie, erased, and looked for in everything that is
// stored and everything that travels.

#include <catch2/catch_test_macros.hpp>

#include <sstream>

#include "engine/codec/redact.hpp"
#include "engine/store/replay.hpp"
#include "engine/sync/awaited.hpp"
#include "engine/sync/bundle.hpp"
#include "engine/sync/snapshot.hpp"
#include "tests/central.hpp"
#include "tests/pages.hpp"
#include "tests/sentence.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

const std::string mark = "Zq7Marked";

/// Whether a segment says the word anywhere: in its bytes or, since they are packed, in what they open to.
bool says(BytesView bytes, const std::string& wanted) {
    Segment segment;
    decode_segment(bytes, segment);
    Writer all;
    for (const Changeset& changeset : segment.changesets) encode_changeset(all, changeset);
    return as_text(all.view()).find(wanted) != std::string::npos || as_text(bytes).find(wanted) != std::string::npos;
}

/// Every place of a replica that speaks of it; empty: nothing does.
std::string places(Office& office, Ledger* ledger = nullptr) {
    std::string found;
    if (decrypted(office.path, office.key()).find(mark) != std::string::npos) found += "a page; ";
    if (office.replica().store().meta.integer("to_sweep").value_or(0) != 0) found += "perhaps where rows were moved in pages; ";
    for (const ScopeState& scope : office.replica().scopes()) {
        for (const StoredSegment& segment : office.replica().store().log.all(scope.scope)) {
            if (says(segment.bytes, mark)) found += "segment of device " + std::to_string(segment.device.value) + "; ";
        }
        if (ledger == nullptr) continue;
        for (const LedgerEntry& entry : ledger->read(scope.scope, Position{0}, ledger->head(scope.scope).position, SIZE_MAX)) {
            if (says(entry.bytes, mark)) found += "ledger position " + std::to_string(entry.position.value) + "; ";
        }
    }
    Statement held = office.replica().store().database.prepare_once("SELECT bytes FROM tefter_held");
    while (held.step()) {
        if (says(held.blob(0), mark)) found += "a held segment; ";
    }
    return found;
}

/// In the server's file, its ledgers, and where those come from.
std::string places(Central& central) {
    Office& server = central.offices["server"];
    const std::string here = places(server, central.ledger.get());
    const std::unique_ptr<Ledger> origin = origin_of(server.replica());
    return here.empty() ? places(server, origin.get()) : here;
}

void require_whole(Office& office) { CHECK(verify_replica(office.replica(), {}).faults == std::vector<std::string>{}); }

}  // namespace

TEST_CASE("an erased person is nowhere: pages, segments, ledger, unsent log, snapshot, bundle; and every chain still verifies") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    const std::int64_t kept = tirana.person("Basha", "Ilir");
    const std::int64_t gone = tirana.person(mark, "Arta " + mark);
    tirana.put("person", {gone}, {{"position", "judge"}, {"birth_date", "1971-03-05"}});
    central.sync(tirana);
    central.sync(staff);
    tirana.put("person", {gone}, {{"family", mark + " one"}});  // a conflict: both stand in tefter_state
    staff.put("person", {gone}, {{"family", mark + " two"}});
    staff.put("person", {kept}, {{"given", "Ilir Gent"}});
    central.sync(tirana);
    central.sync(staff);
    central.sync(tirana);
    REQUIRE(tirana.conflicts() == 1);
    REQUIRE(places(tirana).starts_with("a page; segment of device"));
    REQUIRE(places(central).starts_with("a page; ledger position"));
    const std::string statistics = tirana.get("SELECT count(*) || ' ' || group_concat(position) FROM person");

    staff.put("person", {gone}, {{"family", mark + " three"}});       // unsent while it is erased
    const Table& people = central.offices.catalog().table("person");  // and somebody is typing, here and there
    const Value names_gone[] = {Value::integer(gone)}, names_kept[] = {Value::integer(kept)};
    tirana.replica().set_fact("draft:one", mark + " is typed", people, names_gone);
    tirana.replica().set_fact("draft:two", "Basha is typed", people, names_kept);
    central.erase("person", {gone});
    CHECK(places(central) == "");
    central.sync(staff);
    central.sync(tirana);
    central.sync(staff);
    for (Office* office : {&tirana, &staff}) {
        CHECK(places(*office) == "");
        CHECK(office->get("SELECT family FROM person WHERE id = " + std::to_string(gone)) == "-");
        CHECK(office->get("SELECT given FROM person WHERE id = " + std::to_string(kept)) == "Ilir Gent");
        CHECK(office->get("SELECT count(*) || ' ' || group_concat(position) FROM person") == statistics);
        require_whole(*office);
    }
    CHECK(places(central) == "");
    CHECK(tirana.dump() == staff.dump());
    CHECK(central.sync(tirana).identical());
    tirana.replica().set_fact("draft:one", mark + " is typed on", people, names_gone);
    CHECK(tirana.replica().facts("draft:") == std::vector<std::pair<std::string, std::string>>{{"draft:two", "Basha is typed"}});
    require_whole(central.offices["server"]);
    CHECK(verify_ledgers(central.offices["server"].replica(), *central.ledger, central.offices.folder().path().string()).faults.empty());

    // What is made of it now has nothing either, and comes to the same rows.
    Office& fresh = central.not_filled("shared regional AL", Role::staff);
    SnapshotSession filling(fresh.replica());
    const Bytes snapshot = central.snapshot_for(filling.request());
    filling.feed(snapshot);
    filling.finish();
    CHECK(places(fresh) == "");
    central.sync(staff);
    CHECK(fresh.dump() == staff.dump());
    Office& by_stick = central.offices.add("stick", "shared regional AL", Role::staff);
    std::stringstream file;
    export_bundle(staff.replica(), {by_stick.replica().identity().device}, true, [&](BytesView piece) { file << as_text(piece); }, {});
    import_bundle(by_stick.replica(), file, {});
    CHECK(places(by_stick) == "");
    CHECK(by_stick.get("SELECT family FROM person WHERE id = " + std::to_string(gone)) == "-");
}

TEST_CASE("nothing is left in free space when many rows have come, grown, moved and gone") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    std::vector<std::int64_t> gone;
    for (int i = 0; i < 1500; ++i) {
        const bool marked = i % 9 == 0;
        const std::int64_t id = tirana.person(marked ? mark : "Basha", "Ilir " + std::to_string(i));
        if (marked) gone.push_back(id);
        if (i % 100 == 99) central.sync(tirana);
    }
    for (std::size_t i = 0; i < gone.size(); ++i) {  // rows grow and move between pages
        tirana.put("person", {gone[i]}, {{"given", mark + std::string(40 + 2 * i, 'x')}});
        if (i % 3 == 0) tirana.remove("person", {gone[i]});
        if (i % 50 == 49) central.sync(tirana);
    }
    central.sync(tirana);
    REQUIRE_FALSE(places(tirana).empty());
    for (const std::int64_t id : gone) central.erase("person", {id});
    central.sync(tirana);
    CHECK(places(tirana) == "");
    CHECK(places(central) == "");
    require_whole(tirana);
}

TEST_CASE("what SQLite leaves behind where rows moved between pages goes when the file is written anew") {
    const Folder folder;
    const std::string path = folder.file("x.db");
    DatabaseKey key{};
    key[0] = 7;
    Database database(path, key, OpenMode::create, JournalMode::rollback);
    database.execute("CREATE TABLE t (name TEXT PRIMARY KEY, id INTEGER) WITHOUT ROWID");
    std::uint32_t chance = 1;
    for (int i = 0; i < 4000; ++i) {
        chance = chance * 1664525 + 1013904223;
        const std::string name = std::to_string(chance) + std::string(chance >> 27, 'x') + (i % 9 == 0 ? mark : "Basha");
        database.prepare("INSERT INTO t VALUES (?1, ?2)").with(std::string_view(name), i).run();
    }
    database.execute("DELETE FROM t WHERE name LIKE '%" + mark + "'");
    REQUIRE(decrypted(path, key).find(mark) != std::string::npos);  // with secure_delete on
    REQUIRE(database.rewrite());
    CHECK(decrypted(path, key).find(mark) == std::string::npos);
    Statement count = database.prepare_once("SELECT count(*) FROM t");
    REQUIRE(count.step());
    CHECK(count.integer(0) == 4000 - 445);
}

TEST_CASE("an old edit of an erased person, brought by a device that was away for a year, is redacted on arrival") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    const std::int64_t gone = tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    central.sync(staff);
    tirana.put("person", {gone}, {{"family", mark}, {"position", "judge"}});
    const std::int64_t beside = tirana.person("Leka", "Gent");
    central.erase("person", {gone});
    central.sync(staff);
    constexpr std::int64_t year_ms = std::int64_t{365} * 24 * 3600 * 1000;
    for (Office* office : {&tirana, &staff, &central.offices["server"]}) office->now_ms += year_ms;
    central.sync(tirana);
    CHECK(places(central) == "");
    CHECK(places(tirana) == "");
    central.sync(staff);
    CHECK(places(staff) == "");
    CHECK(staff.get("SELECT position FROM person WHERE id = " + std::to_string(gone)) == "judge");
    CHECK(staff.get("SELECT family FROM person WHERE id = " + std::to_string(beside)) == "Leka");
    CHECK(tirana.dump() == staff.dump());
    for (Office* office : {&tirana, &staff}) require_whole(*office);
    CHECK(verify_ledgers(central.offices["server"].replica(), *central.ledger, central.offices.folder().path().string()).faults.empty());
}

TEST_CASE("what belongs to an erased person is erased with him, and what arrives later as well") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& away = central.office("away", "shared regional AL");
    const std::int64_t gone = tirana.person("Hoxha", "Arta");
    const std::int64_t course = tirana.replica().new_id();
    tirana.put("course", {course}, {{"title", "Evidence"}}, "AL");
    tirana.put("attendance", {gone, course, 1}, {{"status", "present"}, {"signature", mark}});
    central.sync(tirana);
    central.sync(away);
    away.put("attendance", {gone, course, 2}, {{"status", "late"}, {"signature", mark + " late"}});
    away.put("attendance", {gone, course, 3}, {{"status", "absent"}});
    central.erase("person", {gone});
    central.sync(tirana);
    CHECK(places(tirana) == "");
    CHECK(places(central) == "");
    central.sync(away);
    CHECK(places(central) == "");
    central.sync(tirana);
    central.sync(away);
    for (Office* office : {&tirana, &away}) {
        CHECK(places(*office) == "");
        CHECK(office->get("SELECT group_concat(status) FROM attendance") == "4,3,1");
        require_whole(*office);
    }
    CHECK(tirana.dump() == away.dump());
}

TEST_CASE("a server that begins erases what belongs to who was erased, if anything of it is not yet") {
    Central central;
    Office& server = central.offices["server"];
    Office& tirana = central.office("tirana", "shared regional AL");
    const std::int64_t gone = tirana.person("Hoxha", "Arta"), course = tirana.replica().new_id();
    tirana.put("course", {course}, {{"title", "Evidence"}}, "AL");
    central.sync(tirana);
    central.erase("person", {gone});
    tirana.put("attendance", {gone, course, 1}, {{"status", "present"}, {"signature", mark}});
    const ScopeNumber al = tirana.replica().identity().scopes.back();
    for (const StoredSegment& segment : tirana.replica().segments_to_send(al)) {  // and the server dies before it looks
        REQUIRE(server.replica().receive(segment.bytes, Carrier::device, server.now_ms).outcome == Outcome::applied);
    }
    REQUIRE(server.get("SELECT signature FROM attendance") == mark);
    central.start();
    CHECK(server.get("SELECT signature FROM attendance") == "-");
    CHECK(server.get("SELECT status FROM attendance") == "4");
}

TEST_CASE("what belongs to what belongs to an erased person is erased as well, also where two have said to what it belongs") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& away = central.office("away", "shared regional AL");
    const std::int64_t gone = tirana.person("Hoxha", "Arta"), stays = tirana.person("Basha", "Ilir");
    const auto remark = [&](Office& office, std::int64_t paper, const std::string& text) {
        const std::int64_t id = office.replica().new_id();
        office.put("remark", {id}, {{"paper", paper}, {"remark", text}});
        return id;
    };
    const auto paper_of = [&](std::int64_t person) {
        const std::int64_t id = tirana.replica().new_id();
        tirana.put("paper", {id}, {{"person", person}, {"content", Bytes(32, 7)}});
        return id;
    };
    const std::int64_t hers = paper_of(gone), his = paper_of(stays), moved = paper_of(gone);
    remark(tirana, hers, mark);
    remark(tirana, his, "Ilir's");
    central.sync(tirana);
    central.sync(away);
    // What names another row without belonging to it stays.
    Rows& rows = tirana.replica().store().applier.rows();
    const Value course[] = {Value::integer(5)}, topic[] = {Value::text("law")}, two[] = {Value::integer(5), Value::integer(6)};
    CHECK(rows.belongings(central.offices.catalog().table("course"), course).empty());
    CHECK(rows.belongings(central.offices.catalog().table("topic"), topic).empty());
    CHECK(rows.belongings(central.offices.catalog().table("person"), two).empty());
    // Whose paper it is stands in conflict: as long as one says that it is hers, it is.
    tirana.put("paper", {moved}, {{"person", stays}});
    away.put("paper", {moved}, {{"person", gone}, {"content", Bytes(32, 8)}});
    remark(away, moved, mark + " moved");
    central.sync(away);
    central.sync(tirana);
    const std::int64_t late = remark(away, hers, mark + " late");
    central.erase("person", {gone});
    central.sync(tirana);
    CHECK(places(tirana) == "");
    CHECK(places(central) == "");
    central.sync(away);  // brings what it wrote before it knew
    CHECK(places(central) == "");
    central.sync(tirana);
    central.sync(away);
    for (Office* office : {&tirana, &away}) {
        CHECK(places(*office) == "");
        CHECK(office->get("SELECT group_concat(coalesce(remark, '-')) FROM (SELECT remark FROM remark ORDER BY remark)") == "-,-,-,Ilir's");
        CHECK(office->get("SELECT coalesce(remark, '-') FROM remark WHERE id = " + std::to_string(late)) == "-");
        require_whole(*office);
    }
    CHECK(tirana.dump() == away.dump());
}

TEST_CASE("what nobody has been sent yet is redacted too, where an erasure comes on a stick") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    const std::int64_t gone = tirana.person("Hoxha", "Arta");
    const std::int64_t kept = tirana.person("Basha", "Ilir");
    central.sync(tirana);
    tirana.put("person", {gone}, {{"family", mark}, {"position", "judge"}});
    tirana.put("person", {kept}, {{"given", "Ilir Gent"}});
    central.erase("person", {gone});
    for (const Received& received : central.offices["server"].give(tirana)) CHECK(received.refusal == Refusal::none);
    CHECK(tirana.get("SELECT count(*) FROM tefter_unsent") == "2");
    CHECK(tirana.get("SELECT count(*) FROM tefter_unsent WHERE instr(bytes, CAST('" + mark + "' AS BLOB))") == "0");
    CHECK(tirana.get("SELECT position || family FROM person WHERE id = " + std::to_string(gone)) == "-");
    CHECK(central.sync(tirana).changesets_sent == 3);  // its own two, and the erasure that came on a stick
    CHECK(places(central) == "");
    CHECK(places(tirana) == "");
    CHECK(central.offices["server"].get("SELECT group_concat(position || coalesce(family, '')) FROM person") == "judge");
    CHECK(central.offices["server"].get("SELECT given FROM person WHERE id = " + std::to_string(kept)) == "Ilir Gent");
    CHECK(central.sync(tirana).identical());
    require_whole(tirana);
}

TEST_CASE("what waits and what lies in quarantine is redacted too") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    const std::int64_t gone = tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    central.sync(staff);
    tirana.now_ms += 3'600'000;  // its clock is ahead: a bundle of it has to wait elsewhere
    tirana.put("person", {gone}, {{"family", mark}});
    const std::vector<Received> given = tirana.give(staff);
    REQUIRE(given.back().outcome == Outcome::held);
    REQUIRE_FALSE(places(staff).empty());
    central.erase("person", {gone});
    central.sync(staff);
    CHECK(places(staff) == "");
    staff.now_ms += 7'200'000;
    central.offices["server"].now_ms += 7'200'000;
    central.sync(tirana);
    central.sync(staff);
    CHECK(places(tirana) == "");
    CHECK(tirana.get("SELECT count(*) FROM tefter_held") == "0");
    CHECK(staff.dump() == tirana.dump());
}

TEST_CASE("a server takes no segment whose values somebody took out without an erasure; its author's own brings them to all") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    Office& late = central.office("late", "shared regional AL", Role::staff);
    const std::int64_t person = tirana.person("Hoxha", "Arta"), deleted = tirana.person("Leka", "Gent");
    tirana.put("person", {person}, {{"birth_date", "1980-02-03"}});
    tirana.remove("person", {deleted});
    const ScopeNumber al = central.offices.catalog().find_scope("AL")->number;
    const std::vector<StoredSegment> whole = tirana.replica().segments_to_send(al);
    for (const StoredSegment& segment : whole) {
        const std::optional<Bytes> poor = redact_segment(segment.bytes, [](TableNumber, Cells) { return true; });
        REQUIRE(poor);
        for (Office* office : {&staff, &late})
            CHECK(office->replica().receive(*poor, Carrier::peer, office->now_ms).outcome == Outcome::applied);
    }
    const std::string family = "SELECT family FROM person WHERE id = " + std::to_string(person);
    const auto buried = [&](Office& office) {
        Arena arena;
        const Value key = Value::integer(deleted);
        const std::optional<RowState> state = office.replica().state(central.offices.catalog().table("person"), {&key, 1}, arena);
        const Value name = state->find(central.offices.catalog().table("person").find_group("name")->number)->buried.at(0).values[0];
        return name.is_null() ? "-" : std::string(name.text());
    };
    REQUIRE(staff.get(family) == "-");
    REQUIRE(buried(staff) == "-");
    const auto comes_from_server = [](Office& office, BytesView bytes) {
        Transaction transaction(office.replica().store().database);
        CHECK(office.replica().store().receiver.receive(bytes, Carrier::server, office.now_ms).outcome == Outcome::known);
        office.replica().commit(transaction);
    };
    const std::string lacking = staff.dump();
    comes_from_server(staff, *redact_segment(whole.back().bytes, [](TableNumber, Cells) { return true; }));
    CHECK(staff.dump() == lacking);  // what was taken out there does not stand here for a value
    CHECK(
        sentence_of([&] { central.sync(staff); }, ErrorKind::refused) ==
        "The server has lost changes of device 2 and that somebody in them was erased; this device has them without what was erased. They "
        "come back when a device syncs that has not heard of the erasure; where there is none, enrol this one again: what it holds is "
        "carried over.");
    central.sync(tirana);
    central.sync(staff);
    CHECK(central.sync(staff).identical());
    for (Office* office : {&tirana, &staff}) {
        CHECK(office->get(family) == "Hoxha");
        CHECK(office->get("SELECT birth_date FROM person WHERE id = " + std::to_string(person)) == "1980-02-03");
        CHECK(buried(*office) == "Leka");
        CHECK(says(office->replica().store().log.all(al).back().bytes, "Hoxha"));
        require_whole(*office);
    }
    CHECK(tirana.dump() == staff.dump());

    central.erase("person", {person});
    central.sync(staff);
    staff.give(late);
    REQUIRE(late.get(family) == "-");
    const std::string erased = staff.dump();
    for (Office* office : {&staff, &late}) {
        for (const StoredSegment& segment : whole) comes_from_server(*office, segment.bytes);  // by whatever way it comes now
        CHECK(office->dump() == erased);
        CHECK(buried(*office) == "Leka");
        const std::vector<StoredSegment> kept = office->replica().store().log.kept(al, tirana.replica().identity().device, Sequence{0});
        CHECK_FALSE(says(kept.back().bytes, "Hoxha"));
        CHECK(says(kept.back().bytes, "Leka"));
    }
}

TEST_CASE("what a stick brings of an erased person is kept without its values, and the server takes it so") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    Office& staff = central.office("staff", "shared regional AL", Role::staff);
    const std::int64_t gone = tirana.person("Hoxha", "Arta");
    central.sync(tirana);
    central.sync(staff);
    tirana.put("person", {gone}, {{"family", mark}, {"position", "judge"}});
    central.erase("person", {gone});
    central.sync(staff);
    tirana.give(staff);
    CHECK(places(staff) == "");
    const SyncReport report = central.sync(staff);
    CHECK(report.refused.empty());
    CHECK(report.changesets_sent == 1);
    central.sync(tirana);
    CHECK(tirana.dump() == staff.dump());
    CHECK(tirana.get("SELECT position FROM person WHERE id = " + std::to_string(gone)) == "judge");
}

TEST_CASE("erasures that a restored server had lost are made again, once") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    const std::int64_t first = tirana.person("Hoxha", "Arta"), second = tirana.person("Leka", "Gent");
    central.sync(tirana);
    Replica& server = central.offices["server"].replica();
    const TableNumber table = central.offices.catalog().table("person").number;
    for (const std::int64_t id : {first, second}) {
        const Value key = Value::integer(id);
        Transaction transaction(server.store().database);
        Awaited(server).note_lost_erasures({{table, encode_key({&key, 1})}});
        transaction.commit();
    }
    CHECK(Awaited(server).lost_erasures().size() == 2);
    central.start();
    CHECK(Awaited(server).lost_erasures().empty());
    central.sync(tirana);
    CHECK(tirana.get("SELECT count(*) FROM person WHERE family IS NOT NULL") == "0");
    const Sequence written = server.head(central.offices.catalog().find_scope("AL")->number, server_device).sequence;
    central.start();
    CHECK(server.head(central.offices.catalog().find_scope("AL")->number, server_device).sequence == written);
}
