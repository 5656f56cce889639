#include "tools/benchmarks/stage.hpp"

#include <sodium.h>

#include <set>

#include "schema/domain/catalog_text.hpp"

namespace tefter::bench {

namespace {

constexpr std::uint32_t devices = 40;
constexpr std::size_t key_columns_of_check_in = 3;

std::int64_t first_tick() { return HybridClock::wall_tick(1'770'000'000'000); }

Value number(std::int64_t value) { return Value::integer(value); }
Value letters(std::string_view value) { return Value::text(value); }

}  // namespace

Folder::Folder(const std::string& beside) {
    const std::filesystem::path parent = beside.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path(beside);
    std::string name = (parent / "tefter-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw Error(ErrorKind::disk, "No folder can be made in " + parent.string() + ".");
    path_ = name;
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

Stage::Stage(const std::string& beside) : catalog_(load_built_in_catalog()), folder_(beside), scope_(catalog_.find_scope("AL")->number) {
    secrets_.resize(devices + 1);
    std::vector<PublicKey> keys(devices + 1);
    for (std::uint32_t i = 1; i <= devices; ++i) crypto_sign_keypair(keys[i].data(), secrets_[i].data());
    server_key_ = keys[1];
    const std::unique_ptr<Replica> server = replica("register", server_device);
    std::vector<Edit> edits;
    for (std::uint32_t i = 2; i <= devices; ++i) {
        Edit edit;
        edit.table = "device";
        edit.key = {std::int64_t{i}};
        edit.values = {{"public_key", Bytes(keys[i].begin(), keys[i].end())},
                       {"office", "Office " + std::to_string(i)},
                       {"role", "staff"},
                       {"scopes", "shared regional AL"}};
        edits.push_back(std::move(edit));
    }
    server->write(0, edits);
    for (const StoredSegment& segment : server->segments_to_send(shared_scope)) register_.push_back(segment.bytes);
}

std::unique_ptr<Replica> Stage::replica(const std::string& name, DeviceNumber device, JournalMode journal) {
    auto made = empty_replica(name, device, journal);
    for (const Bytes& segment : register_) made->receive(segment, Carrier::peer, made->environment().now_ms());
    return made;
}

std::unique_ptr<Replica> Stage::empty_replica(const std::string& name, DeviceNumber device, JournalMode journal) {
    Identity identity;
    identity.device = device;
    identity.secret = secrets_.at(device.value);
    identity.server_key = server_key_;
    identity.office = "Office " + std::to_string(device.value);
    identity.role = device == server_device ? Role::server : Role::staff;
    identity.scopes = {shared_scope, catalog_.find_scope("regional")->number, scope_};
    Replica::create(folder_.file(name), key_, catalog_, identity, journal);
    return std::make_unique<Replica>(folder_.file(name), key_, catalog_, system_environment(), journal);
}

std::unique_ptr<Database> Stage::plain(const std::string& name, JournalMode journal) {
    return std::make_unique<Database>(folder_.file(name), key_, OpenMode::create, journal);
}

void Stage::remove(const std::string& name) {
    for (const char* end : {"", "-wal", "-shm", "-journal", ".writer"}) std::filesystem::remove(folder_.file(name) + end);
}

std::size_t Stage::file_bytes(const std::string& name) const { return std::filesystem::file_size(folder_.file(name)); }

std::vector<Bytes> Stage::seal(DeviceNumber author, std::size_t rows, std::size_t changes, const MakeChange& make) {
    Head& head = chains_.try_emplace(author, Head{Sequence{0}, chain_start(scope_, author), Version{}}).first->second;
    std::vector<Bytes> out;
    for (std::size_t at = 0; at < rows; at += changes) {
        Arena arena;
        std::vector<Changeset> changesets;
        for (std::size_t i = at; i < std::min(rows, at + changes); ++i) {
            const std::span<Change> change = arena.array<Change>(1);
            change[0] = make(i, arena);
            const std::int64_t tick = std::max(head.version.tick(), first_tick()) + 1 + static_cast<std::int64_t>(i - at) * 16'000;
            changesets.push_back({Version::from_tick(tick, author), 0, change});
        }
        SealInput input;
        input.header.scope = scope_;
        input.header.device = author;
        input.header.first = Sequence{head.sequence.value + 1};
        input.header.catalog = catalog_.number();
        input.previous = head.hash;
        input.changesets = changesets;
        randombytes_buf(input.seed.data(), input.seed.size());
        const Sealed sealed = seal_segment(input, secrets_.at(author.value));
        head = {Sequence{head.sequence.value + changesets.size()}, sealed.head, changesets.back().version};
        out.push_back(sealed.bytes);
    }
    return out;
}

std::vector<Bytes> Stage::segments(const std::vector<CheckIn>& rows, std::size_t changes) {
    const Table& table = catalog_.table("attendance");
    return seal(DeviceNumber{2}, rows.size(), changes, [&](std::size_t i, Arena& arena) {
        const CheckIn& row = rows[i];
        const std::span<Value> key = arena.array<Value>(key_columns_of_check_in);
        key[0] = number(row.person);
        key[1] = letters(row.activity);
        key[2] = number(row.session);
        const std::span<Value> values = arena.array<Value>(4);
        values[0] = number(row.status);
        values[1] = number(row.marked_at);
        values[2] = number(row.how);
        values[3] = number(row.recorded_by);
        const std::span<GroupValues> groups = arena.array<GroupValues>(1);
        groups[0] = {table.find_group("mark")->number, values};
        Change change;
        change.table = table.number;
        change.op = Op::create;
        change.key = key;
        change.groups = groups;
        return change;
    });
}

namespace {

/// A cell of a person, marked as personal where the catalog says so.
void fill(std::span<Value> values, const Group& group, std::initializer_list<Value> cells) {
    std::size_t i = 0;
    for (const Value& cell : cells) {
        values[i] = group.columns[i].personal ? cell.as_personal() : cell;
        ++i;
    }
}

GroupValues group_of(const Table& table, std::string_view name, std::initializer_list<Value> cells, Arena& arena) {
    const Group& group = *table.find_group(name);
    const std::span<Value> values = arena.array<Value>(group.columns.size());
    fill(values, group, cells);
    return {group.number, values};
}

Cells key_of(std::int64_t id, Arena& arena) {
    const std::span<Value> key = arena.array<Value>(1);
    key[0] = number(id);
    return key;
}

}  // namespace

std::vector<Bytes> Stage::segments(const std::vector<Person>& rows, std::size_t changes) {
    const Table& table = catalog_.table("person");
    return seal(DeviceNumber{3}, rows.size(), changes, [&](std::size_t i, Arena& arena) {
        const Person& row = rows[i];
        const std::span<GroupValues> groups = arena.array<GroupValues>(5);
        groups[0] = group_of(table, "name", {letters(row.family), letters(row.given)}, arena);
        groups[1] = group_of(table, "birth", {letters(row.birth_date)}, arena);
        groups[2] = group_of(table, "statistics", {number(row.gender)}, arena);
        groups[3] = group_of(table, "work", {Value{}, letters(row.institution), number(row.category), letters(row.position)}, arena);
        groups[4] = group_of(table, "contact", {letters(row.email), letters(row.telephone)}, arena);
        Change change;
        change.table = table.number;
        change.op = Op::create;
        change.key = key_of(row.id, arena);
        change.groups = groups;
        return change;
    });
}

/// The versions that segments() gave: as seal() counts them.
std::vector<Version> Stage::versions(std::size_t rows, std::size_t changes) const {
    std::vector<Version> out;
    Version last;
    for (std::size_t at = 0; at < rows; at += changes) {
        const Version before = last;
        for (std::size_t i = at; i < std::min(rows, at + changes); ++i) {
            const std::int64_t tick = std::max(before.tick(), first_tick()) + 1 + static_cast<std::int64_t>(i - at) * 16'000;
            out.push_back(last = Version::from_tick(tick, DeviceNumber{3}));
        }
    }
    return out;
}

std::vector<Bytes> Stage::puts(const std::vector<Person>& rows, std::size_t changes, std::size_t unseen, const MakeGroup& make) {
    const Table& table = catalog_.table("person");
    const std::vector<Version> before = versions(rows.size(), changes);
    return seal(DeviceNumber{3}, rows.size(), changes, [&](std::size_t i, Arena& arena) {
        const std::span<GroupValues> groups = arena.array<GroupValues>(1);
        groups[0] = make(table, rows[i], arena);
        Change change;
        change.table = table.number;
        change.op = Op::put;
        change.key = key_of(rows[i].id, arena);
        if (unseen == 0 || i % unseen != 0) {
            const std::span<Version> seen = arena.array<Version>(1);
            seen[0] = before[i];
            change.seen = seen;
        }
        change.groups = groups;
        return change;
    });
}

std::vector<Bytes> Stage::updates(const std::vector<Person>& rows, std::size_t changes) {
    return puts(rows, changes, 10, [](const Table& table, const Person& row, Arena& arena) {
        return group_of(table, "contact", {letters(row.telephone), letters(row.email)}, arena);
    });
}

std::vector<Bytes> Stage::cells(const std::vector<Person>& rows, std::size_t changes) {
    return puts(rows, changes, 0, [](const Table& table, const Person& row, Arena& arena) {
        return group_of(table, "statistics", {number(3 - row.gender)}, arena);
    });
}

Edit Stage::edit(const CheckIn& row) const {
    Edit edit;
    edit.table = "attendance";
    edit.key = {row.person, row.activity, row.session};
    edit.values = {{"status", row.status}, {"marked_at", row.marked_at}, {"how", row.how}, {"recorded_by", row.recorded_by}};
    return edit;
}

Edit Stage::edit(const Person& row) const {
    Edit edit;
    edit.table = "person";
    edit.key = {row.id};
    edit.scope = scope_;
    edit.values = {
        {"family_name", row.family},           {"given_name", row.given},  {"birth_date", row.birth_date}, {"gender", row.gender},
        {"institution_text", row.institution}, {"category", row.category}, {"position", row.position},     {"email", row.email},
        {"telephone", row.telephone}};
    return edit;
}

std::vector<Edit> Stage::referred(const std::vector<CheckIn>& rows) const {
    std::vector<Edit> out;
    std::set<std::int64_t> persons;
    std::set<std::string> activities;
    Person person = make_people(1).front();
    for (const CheckIn& row : rows) {
        if (persons.insert(row.person).second) {
            person.id = row.person;
            out.push_back(edit(person));
        }
        if (!activities.insert(row.activity).second) continue;
        Edit made;
        made.table = "activity";
        made.key = {row.activity};
        made.values = {{"kind", "training"}, {"title", "Electronic evidence"}, {"starts_on", "2026-03-16"}, {"ends_on", "2026-03-17"}};
        made.scope = scope_;
        out.push_back(std::move(made));
    }
    return out;
}

}  // namespace tefter::bench
