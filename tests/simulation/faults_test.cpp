// Every operation of the engine, and everything that can fail below it, at every call: the power (with each of the damages, and a second
// time while it recovers), reads, writes, syncs, deletions, room, memory. After each the operation has happened up to one of its commits
// and not further, what was committed is there, the file verifies, and the operation done again ends where it should have ended.

#include <sqlcipher/sqlite3.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <iostream>
#include <sstream>

#include "engine/store/files.hpp"
#include "engine/store/testing/failing_memory.hpp"
#include "engine/store/verify.hpp"
#include "engine/sync/awaited.hpp"
#include "engine/sync/bundle.hpp"
#include "engine/sync/compaction.hpp"
#include "engine/sync/snapshot.hpp"
#include "tests/format_1.hpp"
#include "tests/sim/world.hpp"

using namespace tefter;
using namespace tefter::sim;
using testing::Damage;
using testing::FailingMemory;
using testing::Failure;
using testing::MemoryDisk;

namespace {

/// Of all connections. SQLite asks before each commit; one that is refused is rolled back.
struct Commits {
    static inline std::size_t seen = 0, refused_from = 0;
    static int ask(void*) { return ++seen >= refused_from && refused_from != 0 ? 1 : 0; }
    static int watch(sqlite3* connection, char**, const struct sqlite3_api_routines*) {
        sqlite3_commit_hook(connection, &ask, nullptr);
        return SQLITE_OK;
    }
};

/// Memory first, then SQLite itself.
const bool watched = [] {
    FailingMemory::install();
    return sqlite3_auto_extension(reinterpret_cast<void (*)()>(&Commits::watch)) == SQLITE_OK;
}();

constexpr std::uint32_t server = 1;
constexpr std::uint32_t scope_AL = 3, scope_BA = 4;

/// The server and five devices of the simulation, each with its file on one disk; all of it can be put back to where it began.
class Machines {
public:
    Machines() { put(beginning.files()); }

    Beginning beginning;
    MemoryDisk disk{"faults"};
    std::map<std::uint32_t, int> release;
    std::map<std::uint32_t, std::int64_t> ahead_ms;

    static std::string file(std::uint32_t number) { return std::to_string(number) + ".db"; }

    Replica& replica(std::uint32_t number) {
        std::unique_ptr<Replica>& one = replicas_[number];
        if (!one) {
            const Environment environment{[this, number] { return Beginning::start_ms + 60'000 + ahead_ms[number]; },
                                          [this](std::span<std::uint8_t> out) {
                                              for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(chance_.next());
                                          }};
            one = std::make_unique<Replica>(disk.path(file(number)), beginning.key(),
                                            beginning.catalog(release.contains(number) ? release[number] : 1), environment,
                                            journal_of(number));
        }
        return *one;
    }
    ServerSession& session() {
        Replica& there = replica(server);
        if (!ledger_) ledger_ = std::make_unique<SqliteLedger>(there.store().database);
        if (!session_) session_ = std::make_unique<ServerSession>(there, *ledger_);
        return *session_;
    }
    void close(std::uint32_t number) {
        if (number == server) {
            session_.reset();
            ledger_.reset();
        }
        replicas_[number].reset();
    }
    void close_all() {
        for (std::uint32_t number = 1; number <= Beginning::devices + 1; ++number) close(number);
    }

    void put(const std::map<std::uint32_t, MemoryDisk::Content>& files) {
        close_all();
        for (const auto& [number, content] : files) put(number, content);
    }
    void put(std::uint32_t number, const MemoryDisk::Content& content) { disk.put(file(number), content); }
    std::map<std::uint32_t, MemoryDisk::Content> files() {
        close_all();
        std::map<std::uint32_t, MemoryDisk::Content> out;
        for (std::uint32_t number = 1; number <= Beginning::devices + 1; ++number) out[number] = disk.content(file(number));
        return out;
    }
    /// As if nothing had happened since: the same chance too.
    void begin_again(const std::map<std::uint32_t, MemoryDisk::Content>& files) {
        put(files);
        chance_ = Chance(7);
        Commits::seen = 0;
    }

    Edit person(std::int64_t id, const std::string& family, std::uint32_t scope = scope_AL) const {
        Edit edit;
        edit.table = "person";
        edit.key = {id};
        edit.scope = ScopeNumber{scope};
        edit.values = {{"family", family}, {"position", "prosecutor " + family}};
        return edit;
    }
    void write(std::uint32_t number, const Edit& edit) { replica(number).write(0, {&edit, 1}); }
    std::int64_t add(std::uint32_t number, const std::string& family, std::uint32_t scope = scope_AL) {
        const std::int64_t id = replica(number).new_id();
        write(number, person(id, family, scope));
        return id;
    }
    void mark(std::uint32_t number, std::int64_t person, std::int64_t status) {
        Edit edit;
        edit.table = "attendance";
        edit.key = {person, std::int64_t{1}};
        edit.values = {{"status", status}};
        write(number, edit);
    }
    void erase(std::int64_t person) {
        Edit edit;
        edit.kind = EditKind::erase;
        edit.table = "person";
        edit.key = {person};
        session().write({&edit, 1});
    }
    /// When every lease is over.
    void compact() {
        session();
        tefter::compact(replica(server), *ledger_, Beginning::start_ms + 366 * day_ms, 0);
    }
    Bytes answer_to(const Syncing::Request& request) {
        const bool usual = request.path == sync_path;
        const std::int64_t now = Beginning::start_ms + 60'000;
        const ServerSession::Answer answer = usual ? session().accept(request.body, now) : session().accept_snapshot(request.body, now);
        if (answer.status != 200) throw Error(ErrorKind::refused, answer.error);
        Bytes bytes;
        const auto sink = [&](BytesView piece) {
            bytes.insert(bytes.end(), piece.begin(), piece.end());
            return true;
        };
        if (usual) ServerSession::stream(answer, *ledger_, nullptr, sink);
        else ServerSession::stream_snapshot(answer, replica(server).store().database, replica(server), sink);
        return bytes;
    }
    void fill(std::uint32_t number) {
        SnapshotSession filling(replica(number));
        filling.feed(answer_to({std::string(snapshot_path), filling.request()}));
        filling.finish();
    }
    void sync(std::uint32_t number) {
        Syncing syncing(replica(number));
        do syncing.feed(answer_to(syncing.request()));
        while (syncing.end_answer());
    }

    /// Every row of every table of a machine's file, seen by somebody else.
    std::string whole(std::uint32_t number) const {
        Database database(disk.path(file(number)), beginning.key(), OpenMode::read_only, journal_of(number));
        std::vector<std::string> tables;
        Statement each = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
        while (each.step()) tables.emplace_back(each.text(0));
        std::string out;
        for (const std::string& table : tables) out += rows(database, table);
        return out;
    }
    /// What people see of it, and what it owes. (A change that had to be written twice has another version, and the row another digest.)
    std::string shown(std::uint32_t number) {
        Replica& one = replica(number);
        Database& database = one.store().database;
        const std::size_t conflicts = static_cast<std::size_t>(std::ranges::count(rows(database, "tefter_conflict"), '\n'));
        return rows(database, "person", true) + rows(database, "attendance", true) + std::to_string(conflicts) + " conflicts, " +
               std::to_string(one.unsent_changesets()) + " unsent, " + std::to_string(one.held().size()) + " held, " +
               std::to_string(FileStore(database).all().size()) + " files";
    }

private:
    static std::string rows(Database& database, const std::string& table, bool without_versions = false) {
        std::multiset<std::string> rows;  // their order in the file is nobody's promise
        Statement all = database.prepare_once("SELECT * FROM \"" + table + "\"");
        while (all.step()) {
            std::string row = table;
            for (int i = 0; i < all.columns(); ++i) {
                if (without_versions && (all.column_name(i) == "_version" || all.column_name(i) == "_groups")) continue;
                row += '|';
                row += all.is_null(i) ? std::string_view("null") : all.text(i);
            }
            rows.insert(row + "\n");
        }
        std::string out;
        for (const std::string& row : rows) out += row;
        return out;
    }

    Chance chance_{7};
    std::map<std::uint32_t, std::unique_ptr<Replica>> replicas_;
    std::unique_ptr<SqliteLedger> ledger_;
    std::unique_ptr<ServerSession> session_;
};

struct Operation {
    const char* name;
    std::uint32_t machine;               ///< whose disk and memory fail
    std::function<void(Machines&)> run;  ///< from opening on; done twice it is as if done once
};

/// Tries one operation under all faults. Counts what it has tried.
class Trial {
public:
    Trial(Machines& machines, Operation operation) : machines_(machines), operation_(std::move(operation)), begin_(machines.files()) {
        start();
        operation_.run(machines_);
        commits_ = Commits::seen;
        changes_ = machines_.disk.changes();
        reads_ = machines_.disk.reads();
        machines_.disk.disarm();
        shown_ = machines_.shown(operation_.machine);
        for (std::size_t from = 1; from <= commits_ + 1; ++from) stages_.push_back(stage(from));
        REQUIRE(commits_ != 0);
        REQUIRE(stages_.front() != stages_.back());
    }

    void power_fails() {
        for (std::uint64_t call = 1; call <= changes_; ++call) {
            for (std::size_t damage = 0; damage < testing::damages; ++damage) {
                const bool done = cut(call, static_cast<Damage>(damage));
                const std::size_t committed = Commits::seen;
                const Left left = what_is_left();
                check(committed, done, "the power failed at call " + std::to_string(call) + ", " + to_text(static_cast<Damage>(damage)));
                ++cuts_;
                if (damage != call % testing::damages) continue;
                for (std::uint64_t second = 1; cut_while_opening(left, second); ++second) {
                    check(committed, done,
                          "the power failed at call " + std::to_string(call) + ", and at call " + std::to_string(second) +
                              " of what came next");
                    ++second_cuts_;
                }
            }
        }
    }

    void disk_fails() {
        constexpr std::pair<Failure, const char*> kinds[] = {{Failure::read_error, "read"},
                                                             {Failure::change_error, "nothing done"},
                                                             {Failure::short_write, "half"},
                                                             {Failure::full, "no room"}};
        for (const auto& [kind, name] : kinds) {
            for (const bool sticky : {false, true}) {
                for (std::uint64_t call = 1; call <= (kind == Failure::read_error ? reads_ : changes_); ++call) {
                    machines_.begin_again(begin_);
                    machines_.disk.fail_at(file(), call, kind, sticky);
                    const bool done = try_it();
                    machines_.disk.disarm();
                    check(Commits::seen, done,
                          "call " + std::to_string(call) + " of the disk failed (" + name + ")" + (sticky ? " and all later ones" : ""));
                    ++failures_;
                }
            }
        }
    }

    void memory_runs_out() {
        machines_.begin_again(begin_);
        FailingMemory::fail_at(0, false);
        operation_.run(machines_);
        const std::uint64_t all = FailingMemory::allocations();
        // Each of the first hundred, then as many again spread over the rest.
        const std::uint64_t stride = std::max<std::uint64_t>(1, all / 250);
        for (const bool sticky : {false, true}) {
            for (std::uint64_t at = 1; at <= all; at += at < 100 ? 1 : stride) {
                machines_.begin_again(begin_);
                FailingMemory::fail_at(at, sticky);
                const bool done = try_it();
                FailingMemory::disarm();
                check(Commits::seen, done, "memory ran out at allocation " + std::to_string(at) + (sticky ? " for good" : ""));
                ++ran_out_;
            }
        }
    }

    void report() const {
        std::cout << operation_.name << ": " << commits_ << " commits, " << changes_ << " calls that change something, " << reads_
                  << " reads; tried " << cuts_ << " power cuts, " << second_cuts_ << " during recovery, " << failures_ << " failing calls, "
                  << ran_out_ << " times without memory\n";
    }

private:
    using Left = std::map<std::string, MemoryDisk::Content>;
    std::string file() const { return Machines::file(operation_.machine); }

    void start() {
        machines_.begin_again(begin_);
        machines_.disk.fail_at(file(), UINT64_MAX, Failure::power, false);  // only counts
    }
    bool try_it() {
        try {
            operation_.run(machines_);
            return true;
        } catch (const Error&) {
            return false;
        } catch (const std::bad_alloc&) {
            return false;
        }
    }
    /// The machine's file when every commit from this one on is refused.
    std::string stage(std::size_t from) {
        machines_.begin_again(begin_);
        Commits::refused_from = from;
        try_it();
        Commits::refused_from = 0;
        machines_.close(operation_.machine);
        return machines_.whole(operation_.machine);
    }
    bool cut(std::uint64_t call, Damage damage) {
        machines_.begin_again(begin_);
        machines_.disk.fail_at(file(), call, Failure::power, true);
        const bool done = try_it();
        crash(damage, call);
        return done;
    }
    void crash(Damage damage, std::uint64_t seed) {
        machines_.close(operation_.machine);
        Chance chance(seed * testing::damages + static_cast<std::uint64_t>(damage));
        machines_.disk.crash(file(), damage, [&](std::uint64_t bound) { return chance.below(bound); });
    }
    /// On all machines: those that have power are closed in good order.
    Left what_is_left() {
        Left left;
        for (const auto& [number, content] : machines_.files()) left[Machines::file(number)] = content;
        for (const char* beside : {"-journal", "-wal"}) left[file() + beside] = machines_.disk.content(file() + beside);
        return left;
    }
    /// False when the opening has fewer calls.
    bool cut_while_opening(const Left& left, std::uint64_t call) {
        machines_.close_all();
        for (const auto& [name, content] : left) {  // a database comes before what lies beside it
            if (!content.empty()) machines_.disk.put(name, content);
        }
        machines_.disk.fail_at(file(), call, Failure::power, true);
        try {
            machines_.replica(operation_.machine);
        } catch (const Error&) {  // as it should be
        }
        const bool failed = machines_.disk.failed();
        crash(static_cast<Damage>(call % testing::damages), call);
        return failed;
    }
    Verification verified() {
        try {
            return verify_replica(machines_.replica(operation_.machine), {});
        } catch (const Error& error) {
            FAIL("it cannot be verified: " << error.what() << " " << error.detail());
            return {};
        }
    }
    void check(std::size_t committed, bool done, const std::string& what) {
        INFO(operation_.name << ": " << what);
        const std::string found = machines_.whole(operation_.machine);
        REQUIRE(committed < stages_.size());
        const bool all = found == stages_[committed];
        const bool all_but_the_last = committed != 0 && !done && found == stages_[committed - 1];
        if (!all && !all_but_the_last)
            FAIL("it is neither before nor after its commit " << committed << difference(stages_[committed], found));
        const Verification verification = verified();
        for (const std::string& fault : verification.faults) FAIL_CHECK(fault);
        REQUIRE_NOTHROW(operation_.run(machines_));
        REQUIRE(machines_.shown(operation_.machine) == shown_);
    }
    /// Lines that only one of them has.
    static std::string difference(const std::string& wanted, const std::string& found) {
        const auto lines = [](const std::string& text) {
            std::multiset<std::string> out;
            std::istringstream in(text);
            for (std::string line; std::getline(in, line);) {
                for (char& c : line) c = c < ' ' || c > '~' ? '.' : c;
                out.insert(line);
            }
            return out;
        };
        const std::multiset<std::string> a = lines(wanted), b = lines(found);
        std::vector<std::string> missing, more;
        std::ranges::set_difference(a, b, std::back_inserter(missing));
        std::ranges::set_difference(b, a, std::back_inserter(more));
        std::string out;
        for (const std::string& line : missing) out += "\n- " + line;
        for (const std::string& line : more) out += "\n+ " + line;
        return out;
    }

    Machines& machines_;
    Operation operation_;
    std::map<std::uint32_t, MemoryDisk::Content> begin_;
    std::size_t commits_ = 0;
    std::uint64_t changes_ = 0, reads_ = 0;
    std::vector<std::string> stages_;  ///< the machine's file after so many commits
    std::string shown_;
    std::size_t cuts_ = 0, second_cuts_ = 0, failures_ = 0, ran_out_ = 0;
};

void try_everything(Machines& machines, const Operation& operation) {
    Trial trial(machines, operation);
    trial.power_fails();
    trial.disk_fails();
    trial.memory_runs_out();
    trial.report();
}

}  // namespace

TEST_CASE("faults at every call: a check-in") {
    Machines machines;
    const std::int64_t id = machines.add(3, "Hoxha");
    try_everything(machines, {"a check-in", 3, [id](Machines& m) { m.mark(3, id, 4); }});
}

TEST_CASE("faults at every call: forty people in one action") {
    Machines machines;
    std::vector<std::int64_t> ids;
    for (int i = 0; i < 40; ++i) ids.push_back(machines.replica(3).new_id());
    machines.add(3, "the last number is written down");
    try_everything(machines, {"forty people in one action", 3, [ids](Machines& m) {
                                  std::vector<Edit> edits;
                                  for (const std::int64_t id : ids) {
                                      edits.push_back(m.person(id, "Nr. " + std::to_string(id % 1000), id % 2 == 0 ? scope_AL : scope_BA));
                                  }
                                  m.replica(3).write(0, edits);
                              }});
}

TEST_CASE("faults at every call: a deletion") {
    Machines machines;
    const std::int64_t id = machines.add(3, "Hoxha");
    try_everything(machines, {"a deletion", 3, [id](Machines& m) {
                                  Edit edit;
                                  edit.kind = EditKind::remove;
                                  edit.table = "person";
                                  edit.key = {id};
                                  if (m.shown(3).find("person|") != std::string::npos) m.write(3, edit);
                              }});
}

namespace {

/// Two offices have changed the same row; one of them has told the server.
void disagree(Machines& machines) {
    const std::int64_t id = machines.add(3, "Hoxha");
    machines.sync(3);
    machines.sync(2);
    machines.write(3, machines.person(id, "Hoxhaj"));
    machines.mark(3, id, 2);
    machines.add(3, "Kola");
    machines.sync(3);
    machines.write(2, machines.person(id, "Xoxha"));
    machines.mark(2, id, 4);
    machines.add(2, "Leka");
}

}  // namespace

TEST_CASE("faults at every call: a sync at the device") {
    Machines machines;
    disagree(machines);
    try_everything(machines, {"a sync at the device", 2, [](Machines& m) { m.sync(2); }});
}

TEST_CASE("faults at every call: a sync at the server") {
    Machines machines;
    disagree(machines);
    try_everything(machines, {"a sync at the server", server, [](Machines& m) { m.sync(2); }});
}

TEST_CASE("faults at every call: a sync after which changes of a clock that was ahead are stamped anew") {
    Machines machines;
    machines.ahead_ms[2] = 31'536'000'000;
    machines.add(2, "Hoxha");
    machines.add(2, "Kola");
    machines.close(2);
    machines.ahead_ms[2] = 0;
    try_everything(machines, {"stamping anew", 2, [](Machines& m) { m.sync(2); }});
}

TEST_CASE("faults at every call: filling an empty replica") {
    Machines machines;
    for (int i = 0; i < 30; ++i) machines.mark(3, machines.add(3, "Nr. " + std::to_string(i)), 4);
    machines.sync(3);
    machines.close_all();
    machines.put(4, machines.beginning.empty_files().at(4));
    try_everything(machines, {"filling an empty replica", 4, [](Machines& m) { m.sync(4); }});
}

TEST_CASE("faults at every call: taking in a stick") {
    Machines machines;
    machines.mark(3, machines.add(3, "Hoxha"), 4);
    machines.add(3, "Kola", scope_BA);
    std::string stick;
    export_bundle(machines.replica(3), {DeviceNumber{6}}, false, [&](BytesView bytes) { stick.append(as_text(bytes)); }, {});
    try_everything(machines, {"taking in a stick", 6, [stick](Machines& m) {
                                  std::istringstream in(stick);
                                  import_bundle(m.replica(6), in, {});
                              }});
}

TEST_CASE("faults at every call: an erasure at the server") {
    Machines machines;
    const std::int64_t id = machines.add(3, "Hoxha");
    machines.mark(3, id, 4);
    machines.sync(3);
    try_everything(machines, {"an erasure at the server", server, [id](Machines& m) { m.erase(id); }});
}

TEST_CASE("faults at every call: an erasure that arrives") {
    Machines machines;
    const std::int64_t id = machines.add(3, "Hoxha");
    machines.mark(3, id, 4);
    machines.sync(3);
    machines.sync(2);
    machines.erase(id);
    try_everything(machines, {"an erasure that arrives", 2, [](Machines& m) { m.sync(2); }});
}

TEST_CASE("faults at every call: an update of the catalog") {
    Machines machines;
    machines.release[3] = 2;
    for (int i = 0; i < 5; ++i) {
        Edit edit = machines.person(machines.replica(3).new_id(), "Nr. " + std::to_string(i));
        edit.values.emplace_back("note", "a column of the next release");
        machines.write(3, edit);
    }
    machines.sync(3);
    machines.sync(2);
    machines.close_all();
    machines.release[2] = 2;
    try_everything(machines, {"an update of the catalog", 2, [](Machines& m) { m.replica(2); }});
}

TEST_CASE("faults at every call: an update of the format") {
    Machines machines;
    std::vector<std::int64_t> ids;
    for (int i = 0; i < 30; ++i) {
        ids.push_back(machines.replica(3).new_id());
        machines.write(3, machines.person(ids.back(), "Nr. " + std::to_string(i)));
    }
    machines.sync(3);
    machines.sync(2);
    for (const std::int64_t id : ids) {
        machines.write(3, machines.person(id, "Hoxha"));
        machines.write(2, machines.person(id, "Leka"));
    }
    machines.sync(3);
    machines.sync(2);
    test::bring_to_format_1(machines.replica(2).store().database);
    machines.close_all();
    try_everything(machines, {"an update of the format", 2, [](Machines& m) { m.replica(2); }});
}

namespace {

/// The server has lost what a device had sent.
void restore_server(Machines& machines) {
    const std::map<std::uint32_t, MemoryDisk::Content> before = machines.files();
    machines.mark(3, machines.add(3, "Hoxha"), 4);
    machines.sync(3);
    machines.close_all();
    machines.put(server, before.at(server));
    Awaited(machines.replica(server)).begin();
}

}  // namespace

TEST_CASE("faults at every call: what a restored server had lost at the server") {
    Machines machines;
    restore_server(machines);
    try_everything(machines, {"what a restored server had lost at the server", server, [](Machines& m) { m.sync(3); }});
}

TEST_CASE("faults at every call: what a restored server had lost at the device") {
    Machines machines;
    restore_server(machines);
    try_everything(machines, {"what a restored server had lost at the device", 3, [](Machines& m) { m.sync(3); }});
}

namespace {

/// Device 2 has missed a change, a deletion and an erasure, and has something of its own to tell.
void leave_behind(Machines& machines) {
    const std::int64_t kept = machines.add(3, "Hoxha"), gone = machines.add(3, "Kola");
    machines.sync(3);
    machines.sync(2);
    machines.write(3, machines.person(kept, "Hoxhaj"));
    machines.add(3, "Leka");
    machines.sync(3);
    machines.erase(gone);
    machines.sync(3);
    machines.mark(2, kept, 4);
}

}  // namespace

TEST_CASE("faults at every call: a compaction") {
    Machines machines;
    leave_behind(machines);
    try_everything(machines, {"a compaction", server, [](Machines& m) { m.compact(); }});
}

TEST_CASE("faults at every call: filling a replica anew") {
    Machines machines;
    leave_behind(machines);
    try_everything(machines, {"filling a replica anew", 2, [](Machines& m) { m.fill(2); }});
}

TEST_CASE("faults at every call: a file of 200 kB") {
    Machines machines;
    machines.add(3, "Hoxha");
    try_everything(machines, {"a file of 200 kB", 3, [](Machines& m) {
                                  Bytes content(200'000);
                                  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
                                  Database& database = m.replica(3).store().database;
                                  FileStore files(database);
                                  Transaction transaction(database);
                                  files.put(content);
                                  transaction.commit();
                              }});
}

TEST_CASE("a file is good after what is undone, whatever its encrypted bytes look like") {
    const MemoryDisk disk("undone");
    Database database(disk.path("undone.db"), DatabaseKey{}, OpenMode::create, JournalMode::rollback);
    database.execute("PRAGMA cache_size=5; CREATE TABLE some (value BLOB NOT NULL)");  // pages are written before the end
    // Noise that looks like a page comes once in 6,160 times: 64 * 65,536 / 681.
    for (int i = 0; i < 30'000; ++i) {
        if (i % 2 == 0) {
            const Transaction undone(database);
            database.prepare("INSERT INTO some VALUES (zeroblob(60000))").run();
        } else {
            REQUIRE_THROWS_AS(database.prepare("INSERT INTO some SELECT zeroblob(60000) UNION ALL SELECT NULL").run(), Error);
        }
        Statement tables = database.prepare("SELECT name FROM sqlite_schema");
        REQUIRE(tables.step());
        REQUIRE(tables.text(0) == "some");
        REQUIRE(!tables.step());
    }
}
