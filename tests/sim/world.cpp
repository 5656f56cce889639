#include "tests/sim/world.hpp"

#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/sync/awaited.hpp"
#include "engine/sync/compaction.hpp"
#include "tests/sim/nonces.hpp"

namespace tefter::sim {

std::vector<std::string> everything_that_can_happen() {
    std::vector<std::string> out;
    for (std::size_t number = 0; number < acts; ++number) {
        if (const Act act = static_cast<Act>(number); is_drawn_by_chance(act)) out.emplace_back(to_text(act));
    }
    for (std::size_t damage = 0; damage < testing::damages; ++damage) {
        out.push_back(std::string("damage ") + testing::to_text(static_cast<testing::Damage>(damage)));
    }
    for (const Refusal refusal : {Refusal::gap, Refusal::future}) {
        out.push_back("segment refused: " + to_sentence(refusal));
    }
    for (const char* name : {"another device enrolled and filled",
                             "answer 200",
                             "answer 409",
                             "answer damaged and noticed",
                             "bundle damaged and noticed",
                             "bundle for others",
                             "change carried over",
                             "changeset written",
                             "clock put right, changes restamped",
                             "commit of shared ledgers stood though the line broke",
                             "conflict compared",
                             "copy of a device at work",
                             "deleted row called back",
                             "device burnt",
                             "device filled anew",
                             "device forked and put aside",
                             "device restored from an old copy",
                             "device that a restored server does not know",
                             "file fetched",
                             "file gone that nothing had named for long",
                             "file of several pieces sent",
                             "file sent",
                             "file sent again to a restored server",
                             "file stayed that was named again",
                             "file, rows and chains verified",
                             "forked device enrolled again",
                             "granted scope filled",
                             "half a transaction on the disk at the opening",
                             "late request from before the server was restored",
                             "ledgers compacted",
                             "line to shared ledgers broke",
                             "person erased",
                             "registration renewed",
                             "replica compared with the model",
                             "request cut by the server's power",
                             "request failed by the server's disk",
                             "request older than one of an earlier life",
                             "revoked device told so",
                             "scope granted",
                             "segment from a bundle",
                             "segment held",
                             "server got back what it had lost",
                             "server of a set left behind by a compaction and made again",
                             "server of a set restored from an old copy",
                             "server put back by hand",
                             "server put back by hand, and shown so by a device",
                             "server restored from an old copy",
                             "shared ledgers compacted",
                             "stick holds a life that was undone",
                             "sync cut by the device's power",
                             "sync done",
                             "sync in several requests",
                             "sync failed by the device's disk",
                             "the other server of a set answers",
                             "write cut by the power",
                             "write failed by the disk",
                             "write refused by a rule",
                             "write-ahead log on the disk at the opening"}) {
        out.emplace_back(name);
    }
    return out;
}

World::World(const Beginning& beginning, testing::MemoryDisk& disk, std::uint64_t seed, std::uint32_t devices, Counters& counters,
             Lines lines, Servers servers)
    : beginning_(beginning), disk_(disk), counters_(counters), lines_(lines), servers_(servers), chance_(seed), model_(beginning.model()) {
    draw_nonces_from(seed);
    for (std::uint32_t number = 1; number <= devices + 1; ++number) {
        Device& device = devices_[number];
        device.number = number;
        device.file = std::to_string(number) + ".db";
        device.knows = beginning.registrations();
        disk_.put(device.file, beginning.files().at(number));
    }
    server_open();
    if (servers != Servers::set) return;
    std::set<std::uint32_t> numbers;
    for (const auto& [number, device] : devices_) numbers.insert(number);
    shared_ = std::make_unique<Ledgers>(open(devices_.at(1)), *server_.ledger, numbers);
    server_close();
    server_open();
    other_.file = "another.db";
    disk_.put(other_.file, beginning.files().at(1));
}

World::~World() {
    server_close();
    other_.server = {};
    other_.replica.reset();
    for (auto& [number, device] : devices_) close(device);
}

Environment World::environment(Device& device) {
    return {[this, &device] { return now(device); },
            [this](std::span<std::uint8_t> out) {
                for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(chance_.next());
            }};
}

Replica& World::open(Device& device) {
    if (!device.replica) {
        if (!disk_.content(device.file + "-journal").empty()) ++counters_["half a transaction on the disk at the opening"];
        if (!disk_.content(device.file + "-wal").empty()) ++counters_["write-ahead log on the disk at the opening"];
        device.replica = std::make_unique<Replica>(disk_.path(device.file), beginning_.key(), beginning_.catalog(device.release),
                                                   environment(device), journal_of(device.number));
    }
    return *device.replica;
}

void World::close(Device& device) { device.replica.reset(); }

void World::server_open() {
    Replica& replica = open(devices_.at(1));
    server_.ledger = std::make_unique<SqliteLedger>(replica.store().database);
    if (shared_) server_.mirrored = std::make_unique<MirroredLedger>(replica, *server_.ledger, *shared_, devices_.at(1).file);
    server_.frames = std::make_unique<FrameCache>(2'000);
    server_.session = std::make_unique<ServerSession>(replica, ledger());
}

void World::server_close() {
    server_.session.reset();
    server_.mirrored.reset();
    server_.ledger.reset();
    close(devices_.at(1));
}

/// It has not heard yet of what the first one has taken since: it is to find that in the ledgers.
void World::other_server_answers() {
    Device& server = devices_.at(1);
    std::swap(server_, other_.server);
    std::swap(server.file, other_.file);
    std::swap(server.replica, other_.replica);
    std::swap(server.backup, other_.backup);
    if (!server_.session || is_left_behind()) {  // it was silent for so long that nobody waited for it
        server_close();
        make_again_if_left_behind();
        server_open();
    }
    ++counters_["the other server of a set answers"];
}

bool World::is_left_behind() {
    SqliteLedger copy(open(devices_.at(1)).store().database);
    for (const ScopeState& scope : open(devices_.at(1)).scopes()) {
        if (copy.head(scope.scope).position < shared_->base(scope.scope)) return true;
    }
    return false;
}

/// A server whose copy ends before what has been compacted meanwhile says so, and is made from a backup of the other one.
void World::make_again_if_left_behind() {
    Device& server = devices_.at(1);
    if (!is_left_behind()) return;
    SqliteLedger copy(open(server).store().database);
    try {
        MirroredLedger(open(server), copy, *shared_, server.file).follow();
        violated(server, "follows what has been compacted");
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::refused) throw;
    }
    close(server);
    other_.server = {};
    other_.replica.reset();
    disk_.put(server.file, disk_.content(other_.file));
    ++counters_["server of a set left behind by a compaction and made again"];
}

void World::violated(const Device& device, const std::string& what) const {
    throw Violation("device " + std::to_string(device.number) + ": " + what);
}

std::string World::trace() {
    for (auto& [number, device] : devices_) {
        if (device.away) continue;
        for (const ScopeState& scope : open(device).scopes()) trace_.add(as_bytes(scope.digest.hexadecimal()));
    }
    return hexadecimal(Hasher(trace_).finish());
}

void World::play(const Story& story) {
    for (const Step& one : story) step(one);
}

void World::step(const Step& step) {
    auto at = devices_.find(step.device);
    const auto goes_on = [&] {
        while (at != devices_.end() && at->second.goes_on_as) at = devices_.find(*at->second.goes_on_as);
    };
    goes_on();
    if (at != devices_.end() && at->second.neighbour && step.number % 2 == 1) at = devices_.find(*at->second.neighbour);
    goes_on();
    if (at == devices_.end() || at->second.away) return;
    Device& device = at->second;
    Chance chance(step.number);
    ++counters_[device_steps];
    ++counters_[to_text(step.act)];
    if (was_shown_ && chance.one_in(4)) begin_waiting();
    now_ms_ += static_cast<std::int64_t>(chance.below(20'000));
    switch (step.act) {
        case Act::write: write(device, chance); break;
        case Act::sync: sync(device, Line::good, chance); break;
        case Act::sync_cut: sync(device, Line::cut, chance); break;
        case Act::sync_flipped: sync(device, Line::flipped, chance); break;
        case Act::answer_lost: sync(device, Line::answer_lost, chance); break;
        case Act::request_lost: sync(device, Line::request_lost, chance); break;
        case Act::request_late: sync(device, Line::request_late, chance); break;
        case Act::request_doubled: sync(device, Line::request_doubled, chance); break;
        case Act::late_arrives:
            if (late_.empty()) break;
            if (late_.back().server_life != server_lives_) ++counters_["late request from before the server was restored"];
            answer(late_.back(), std::string(sync_path), Line::good, chance);
            late_.pop_back();
            break;
        case Act::bundle_out: bundle_out(device); break;
        case Act::bundle_in: bundle_in(device, chance, false); break;
        case Act::bundle_damaged: bundle_in(device, chance, true); break;
        case Act::time_passes:
            now_ms_ += static_cast<std::int64_t>(chance.below(chance.one_in(4) ? 15'552'000'000ULL : 3'600'000ULL));
            break;
        case Act::clock_jumps: {
            constexpr std::int64_t jumps[] = {0, 0, 3'600'000, -3'600'000, 31'536'000'000, -31'536'000'000, 315'360'000'000};
            device.ahead_ms = jumps[chance.below(std::size(jumps))];
            device.clock_jumped = true;
            break;
        }
        case Act::power_cut: power_cut(device, chance); break;
        case Act::disk_fails: disk_fails(device, chance); break;
        case Act::sync_power_cut: sync(device, Line::power_cut, chance); break;
        case Act::sync_disk_fails: sync(device, Line::disk_fails, chance); break;
        case Act::server_dies: sync(device, Line::server_dies, chance); break;
        case Act::server_disk_fails: sync(device, Line::server_disk_fails, chance); break;
        case Act::restart: close(device); break;
        case Act::backup:
            close(device);
            device.backup = Device::Backup{disk_.content(device.file), device.knows, device.release, device.files};
            break;
        case Act::restored: restore(device, false); break;
        case Act::cloned: restore(device, true); break;
        case Act::server_backup: {
            server_close();
            Device& server = devices_.at(1);
            server.backup = Device::Backup{disk_.content(server.file), server.knows, server.release, server.files};
            for (auto& [number, one] : devices_) one.filled_since_backup = false;
            server_open();
            learn(devices_.at(1), {}, "by an end and a beginning");
            break;
        }
        case Act::server_restored: server_restore(chance); break;
        case Act::server_power_cut: {
            server_close();
            crash(devices_.at(1), chance);
            server_open();
            learn(devices_.at(1), {}, "by a power cut");
            break;
        }
        case Act::erase: erase(chance); break;
        case Act::revoke:
            if (chance.one_in(3)) revoke(device);
            break;
        case Act::compact: compact(chance); break;
        case Act::upgrade:
            close(device);
            device.release = 2;
            break;
        case Act::server_upgrade:
            server_close();
            devices_.at(1).release = 2;
            server_open();
            learn(devices_.at(1), {}, "by an upgrade");
            break;
        case Act::files: files(device, chance); break;
        case Act::grant: grant(device); break;
        case Act::enrols: enrol(device); break;
        case Act::burns: burn(device); break;
    }
    if (!device.away && device.replica) look(device);
    look_at_files(devices_.at(server_device.value));
    enrol_again();
}

/// An older copy of its file in its place.
void World::replace(Device& device, const Device::Backup& backup) {
    disk_.put(device.file, backup.content);
    device.knows = backup.knows;
    device.release = backup.release;
    device.files = backup.files;
}

void World::restore(Device& device, bool keeps_both) {
    // A server that waits for this device would get nothing; and of what lies on sticks under a wrong clock nobody knows the versions.
    if (!device.backup || (device.exported && device.clock_jumped) || waits()) return;
    if (device.exported) ++counters_["stick holds a life that was undone"];
    close(device);
    Device::Backup was{disk_.content(device.file), device.knows, device.release, device.files};
    replace(device, *device.backup);
    if (keeps_both) device.backup = std::move(was);
    device.was_restored = device.must_sync = true;
    ++counters_[keeps_both ? "copy of a device at work" : "device restored from an old copy"];
}

void World::server_restore(Chance& chance) {
    Device& server = devices_.at(1);
    if (!server.backup || waits()) return;
    for (const auto& [number, device] : devices_) {
        if (!device.away && device.must_sync) return;
    }
    if (shared_) {  // the other one is at work meanwhile
        other_server_answers();
        server_.mirrored->follow();
        other_server_answers();
    }
    server_close();
    if (shared_) {  // what it has forgotten stands there
        disk_.put(server.file, server.backup->content);
        ++counters_["server of a set restored from an old copy"];
        make_again_if_left_behind();
        server_open();
        return learn(server, {}, "from the ledgers");
    }
    replace(server, *server.backup);
    for (auto& [number, device] : devices_) device.has_only_rows = device.has_only_rows || device.filled_since_backup;
    ++server_lives_;
    put_back_ = servers_ == Servers::put_back && chance.one_in(2);
    if (put_back_) late_.clear();  // nothing tells the server that they are of before
    ++counters_[put_back_ ? "server put back by hand" : "server restored from an old copy"];
    if (!put_back_) begin_waiting();
    server_open();
}

/// As `tefter-server restore` does, and `wait`.
void World::begin_waiting() {
    put_back_ = was_shown_ = false;
    for (auto& [number, device] : devices_) {
        if (!device.away && is_registered(device) && number != 1) awaited_.insert(number);
    }
    Awaited awaited(open(devices_.at(server_device.value)));
    awaited.begin();
    for (const DeviceNumber number : awaited.devices()) {  // who is in the register and not in this story is not waited for
        if (!awaited_.contains(number.value)) awaited.came(number);
    }
}

bool World::server_write(Edit edit, ModelWrite write) {
    if (server_.session->write({&edit, 1}).version.none()) return false;
    write.device = server_device.value;
    model_.add(devices_.at(1).knows, std::move(write));
    return true;
}

bool World::register_anew(std::uint32_t number, const char* column, OwnedValue value) {
    Edit edit;
    edit.table = "device";
    edit.key = {std::int64_t{number}};
    edit.values = {{column, std::move(value)}};
    ModelWrite write;
    write.scope = shared_scope.value;
    return server_write(edit, write);
}

void World::erase(Chance& chance) {
    if (waits() || persons_.empty()) return;
    const Person& person = persons_[chance.below(persons_.size())];
    Device& server = devices_.at(1);
    const ModelRow row = model_.row(server.knows, person.row);
    if (row.erased || !row.stands()) return;
    Edit edit;
    edit.kind = EditKind::erase;
    edit.table = "person";
    edit.key = {person.id};
    ModelWrite write;
    write.deed = Deed::erase;
    write.scope = person.scope;
    write.row = person.row;
    server_write(edit, write);
    ++counters_["person erased"];
}

void World::compact(Chance& chance) {
    if (waits()) return;
    if (shared_) {
        server_.mirrored->follow();
        if (!chance.one_in(6)) shared_->forget_copy(other_.file);
    }
    std::size_t segments = 0;
    for (const Compaction& one : tefter::compact(open(devices_.at(1)), ledger(), now_ms_, 0)) {
        segments += one.segments;
        if (one.server_behind) ++counters_["compaction that waits for a server of the set"];
    }
    if (segments != 0) ++counters_[shared_ ? "shared ledgers compacted" : "ledgers compacted"];
}

World::Device& World::add_device(std::uint32_t number, const Device& like, const testing::MemoryDisk::Content& content) {
    Device& fresh = devices_[number];
    fresh.number = number;
    fresh.file = std::to_string(number) + ".db";
    fresh.release = like.release;
    disk_.put(fresh.file, content);
    return fresh;
}

void World::enrol(Device& device) {
    const bool is_new = !devices_.contains(Beginning::newcomer);
    const std::optional<std::uint32_t> number = is_new ? Beginning::newcomer : free_number();
    if (waits() || !number || device.neighbour) return;
    device.neighbour = number;
    Device& fresh = add_device(*number, device, beginning_.empty_files().at(*number));
    fresh.was_restored = !is_new;  // it has filled itself once before
    if (is_new) {
        ModelWrite write;
        write.scope = shared_scope.value;
        server_write(Beginning::registration(*number, now_ms_ + registration_ms), write);
        fresh.registered_by = devices_.at(1).knows.at({shared_scope.value, server_device.value}).back();
    }
    Chance line(0);
    sync(fresh, Line::good, line);
    fresh.was_restored = false;
    ++counters_["another device enrolled and filled"];
}

/// Without it there would be nobody to go on with.
bool World::is_needed() const {
    return std::count_if(devices_.begin(), devices_.end(), [](const auto& one) { return one.first != 1 && !one.second.away; }) < 3;
}

void World::burn(Device& device) {
    if (waits() || is_needed()) return;
    device.burnt = true;
    put_aside(device);
    ++counters_["device burnt"];
}

void World::revoke(Device& device) {
    if (waits() || is_needed() || !is_registered(device)) return;
    register_anew(device.number, "revoked_at", now_ms_);
    device.revoked = true;
    Chance line(0);
    sync(device, Line::good, line);
}

/// Who holds all of them already gets nothing.
void World::grant(Device& device) {
    if (waits() || device.number == server_device.value || !is_registered(device)) return;
    if (register_anew(device.number, "scopes", "shared AL BA")) ++counters_["scope granted"];
}

/// As the server does at a sync, when a third of the time is over (server/rotation.cpp).
void World::renew(std::uint32_t number) {
    const std::optional<tefter::Device> registered = open(devices_.at(server_device.value)).device(DeviceNumber{number});
    if (waits() || !registered || registered->revoked || *registered->valid_until_ms > now_ms_ + registration_ms * 2 / 3) return;
    if (register_anew(number, "valid_until", now_ms_ + registration_ms)) ++counters_["registration renewed"];
}

void World::put_aside(Device& device) {
    device.away = true;
    close(device);
    std::erase_if(late_, [&](const Mail& mail) { return mail.from == device.number; });
    awaited_.erase(device.number);
    end_waiting_for_the_gone();
}

void World::end_waiting_for_the_gone() {
    Awaited awaited(open(devices_.at(1)));
    const std::set<DeviceNumber> devices = awaited.devices();
    const bool all_gone = std::all_of(devices.begin(), devices.end(), [this](DeviceNumber one) { return devices_.at(one.value).away; });
    if (!awaited_.empty() || devices.empty() || !all_gone) return;
    ++counters_["waiting for devices that are gone ended by hand"];
    awaited.end();
    server_.session->erase_due();
    learn(devices_.at(1), {}, "by the end of waiting");
}

/// What its sticks hold is of a history that goes nowhere; those of a device that was revoked are still on their way.
void World::fork(Device& device) {
    ++counters_["device forked and put aside"];
    std::erase_if(sticks_, [&](const Stick& stick) { return stick.from == device.number; });
    put_aside(device);
    // What a wrong clock's changes were stamped anew as, in the life that was undone, the copy does not know for the same.
    if (free_number() && !device.clock_jumped) forked_ = device.number;
}

/// At the server, as it is now.
bool World::is_registered(const Device& device) {
    if (device.number == server_device.value) return true;
    const Device& server = devices_.at(server_device.value);
    const bool should = !device.registered_by || model_.knows(server.knows, *device.registered_by);
    if (open(devices_.at(server_device.value)).device(DeviceNumber{device.number}).has_value() != should)
        violated(device, should ? "is registered, and the server does not know it" : "is not registered, and the server knows it");
    return should;
}

std::optional<std::uint32_t> World::free_number() const {
    for (std::uint32_t number = Beginning::first_spare; number <= Beginning::last_spare; ++number) {
        if (!devices_.contains(number)) return number;
    }
    return std::nullopt;
}

}  // namespace tefter::sim
