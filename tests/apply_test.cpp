// The rules of merging as they come out of real encrypted databases: whatever the order of arrival, equal rows,
// conflicts and digests.
#include "engine/store/apply.hpp"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <random>

using namespace tefter;

namespace {

constexpr const char* catalog_text = R"({
 "name": "test", "number": 1,
 "scopes": [{"number": 1, "name": "shared"}, {"number": 2, "name": "regional"}, {"number": 3, "name": "AL"}],
 "enumerations": {"mark": {"number": 1, "values": [
    {"number": 3, "name": "absent"}, {"number": 2, "name": "late"}, {"number": 1, "name": "present"}]}},
 "tables": [
  {"number": 16, "name": "course", "scope": "chosen", "key": "id", "groups": [
    {"number": 1, "name": "title", "columns": [{"name": "title", "type": "text", "required": true}]},
    {"number": 2, "name": "place", "columns": [{"name": "place", "type": "text", "personal": true}, {"name": "room", "type": "int"}]}]},
  {"number": 17, "name": "check_in", "scope": "chosen",
   "key": [{"name": "course", "type": "ref", "table": "course"}, {"name": "seat", "type": "int"}],
   "groups": [{"number": 1, "name": "mark", "rule": "max", "columns": [{"name": "status", "type": "enum", "enum": "mark"}]}]}
 ]})";

constexpr ScopeNumber scope{3};

struct Written {
    DeviceNumber device;
    Sequence sequence;
    Bytes bytes;
    std::vector<std::size_t> before;  ///< how many of each device's changesets the author had applied
};

/// A replica without its keys and log: the store as the engine uses it.
class BareReplica {
public:
    BareReplica(const Catalog& catalog, std::uint32_t device, std::size_t offices)
        : folder_(std::filesystem::temp_directory_path() / ("tefter-apply-" + std::to_string(::getpid()) + "-" + std::to_string(device))),
          device_(device),
          clock_(device_, Version{}),
          had_(offices) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        database_ =
            std::make_unique<Database>((folder_ / "replica.db").string(), DatabaseKey{1, 2, 3}, OpenMode::create, JournalMode::rollback);
        database_->execute("PRAGMA synchronous=OFF");
        create_engine_tables(*database_);
        migrate_catalog(*database_, catalog);
        Meta(*database_).grant(scope);
        applier_ = std::make_unique<Applier>(*database_, catalog);
        if (device % 2 == 0) applier_->rows().write_alone();  // what is remembered says the same as what is looked up
    }
    ~BareReplica() {
        applier_.reset();
        database_.reset();
        std::filesystem::remove_all(folder_);
    }
    BareReplica(const BareReplica&) = delete;
    BareReplica& operator=(const BareReplica&) = delete;

    std::vector<Version> seen(TableNumber table, Cells key, std::span<const GroupNumber> groups) {
        Arena arena;
        const auto state = applier_->rows().load(table, key, arena);
        if (!state) return {};
        std::vector<Version> versions = state->deletes;
        for (const GroupState& group : state->groups) {
            if (std::find(groups.begin(), groups.end(), group.number) == groups.end()) continue;
            for (const Leaf& leaf : group.leaves) versions.push_back(leaf.version);
            for (const Buried& buried : group.buried) versions.push_back(buried.version);
        }
        std::sort(versions.begin(), versions.end());
        versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
        return versions;
    }
    bool has(TableNumber table, Cells key) {
        Arena arena;
        return applier_->rows().load(table, key, arena).has_value();
    }
    Written write(std::int64_t now_ms, Change change) {
        const Version version = clock_.next(now_ms);
        const Changeset changeset{version, 0, {&change, 1}};
        Writer bytes;
        encode_changeset(bytes, changeset);
        Written written{device_, Sequence{had_[index()] + 1}, bytes.take(), had_};
        receive(written);
        return written;
    }
    bool ready(const Written& written) const {
        for (std::size_t i = 0; i < had_.size(); ++i) {
            if (had_[i] < written.before[i]) return false;
        }
        return had_[written.device.value - 1] + 1 == written.sequence.value;
    }
    void receive(const Written& written) {
        Arena arena;
        Reader in(written.bytes);
        const Changeset changeset = decode_changeset(in, arena);
        clock_.saw(changeset.version);
        Transaction transaction(*database_);
        for (const Quarantined& held : applier_->apply({scope, written.device, written.sequence}, changeset))
            reasons.push_back(held.reason);
        applier_->finish();
        transaction.commit();
        had_[written.device.value - 1] = static_cast<std::size_t>(written.sequence.value);
    }
    std::string dump() {
        std::string out;
        for (const char* sql :
             {"SELECT * FROM course ORDER BY id", "SELECT * FROM check_in ORDER BY course, seat",
              "SELECT table_number, hex(ordered_key), group_number FROM tefter_conflict ORDER BY 1, 2, 3",
              "SELECT hex(digest) FROM tefter_scope", "SELECT hex(ordered_key), dead, hex(bytes) FROM tefter_state ORDER BY 1"}) {
            Statement rows = database_->prepare_once(sql);
            while (rows.step()) {
                for (int i = 0; i < rows.columns(); ++i) out += (rows.is_null(i) ? "-" : std::string(rows.text(i))) + "|";
                out += "\n";
            }
        }
        return out;
    }
    std::int64_t count(const char* sql) {
        Statement rows = database_->prepare_once(sql);
        rows.step();
        return rows.integer(0);
    }
    std::vector<std::string> reasons;

private:
    std::size_t index() const { return device_.value - 1; }
    std::filesystem::path folder_;
    DeviceNumber device_;
    HybridClock clock_;
    std::vector<std::size_t> had_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<Applier> applier_;
};

constexpr TableNumber course{16};
constexpr TableNumber check_in{17};

/// One random action of an office on one of a few rows.
Written act(BareReplica& office, std::mt19937& random, std::int64_t now_ms) {
    const auto pick = [&](int below) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(below)); };
    const bool is_check_in = pick(3) == 0;
    const Value key[] = {Value::integer(1 + pick(4)), Value::integer(1 + pick(2))};
    const Cells row(key, is_check_in ? 2U : 1U);
    const TableNumber table = is_check_in ? check_in : course;
    const std::string text = "t" + std::to_string(pick(5));
    const Value first[] = {is_check_in ? Value::integer(1 + pick(3)) : Value::text(text)};
    const Value second[] = {Value::text(text).as_personal(), pick(2) == 0 ? Value{} : Value::integer(pick(9))};
    const GroupValues groups[] = {{GroupNumber{1}, first}, {GroupNumber{2}, second}};
    const GroupNumber all[] = {GroupNumber{1}, GroupNumber{2}};
    const std::int64_t choice = pick(10);
    Change change;
    change.table = table;
    change.key = row;
    std::vector<Version> seen;
    if (!office.has(table, row)) {
        change.op = Op::create;
        change.groups = {groups, is_check_in ? 1U : 2U};
    } else if (choice < 2) {
        change.op = Op::remove;
        seen = office.seen(table, row, all);
    } else if (choice == 2 && !is_check_in) {
        change.op = Op::erase;
    } else if (is_check_in || choice < 6) {
        change.op = Op::put;
        change.groups = {groups, 1};
        seen = office.seen(table, row, {all, 1});
    } else {
        change.op = Op::put;
        change.groups = {groups + 1, 1};
        seen = office.seen(table, row, {all + 1, 1});
    }
    change.seen = seen;
    return office.write(now_ms, change);
}

void run(unsigned seed) {
    const Catalog catalog = Catalog::parse(catalog_text, "test.json");
    std::mt19937 random(seed);
    constexpr std::size_t offices = 3;
    std::vector<std::unique_ptr<BareReplica>> all;
    for (std::uint32_t i = 1; i <= offices; ++i) all.push_back(std::make_unique<BareReplica>(catalog, i, offices));
    std::vector<std::vector<Written>> waiting(offices);  // for each office
    const auto deliver = [&](std::size_t to) {
        auto& queue = waiting[to];
        std::shuffle(queue.begin(), queue.end(), random);
        const auto found = std::find_if(queue.begin(), queue.end(), [&](const Written& w) { return all[to]->ready(w); });
        if (found == queue.end()) return false;
        all[to]->receive(*found);
        queue.erase(found);
        return true;
    };
    for (int step = 0; step < 60; ++step) {
        const std::size_t who = random() % offices;
        if (random() % 3 == 0) {
            deliver(who);
            continue;
        }
        const Written written = act(*all[who], random, 1'700'000'000'000 + static_cast<std::int64_t>(random() % 1000));
        for (std::size_t other = 0; other < offices; ++other) {
            if (other != who) waiting[other].push_back(written);
        }
    }
    for (std::size_t to = 0; to < offices; ++to) {
        while (deliver(to)) {
        }
        REQUIRE(waiting[to].empty());
    }
    const std::string expected = all[0]->dump();
    for (std::size_t i = 0; i < offices; ++i) {
        INFO("seed " << seed << ", office " << i + 1);
        CHECK(all[i]->dump() == expected);
        CHECK(all[i]->reasons.empty());
    }
}

}  // namespace

TEST_CASE("offices that have the same changes agree in rows, conflicts and digests, in whatever order they came") {
    for (unsigned seed = 1; seed <= 40; ++seed) run(seed);
}
