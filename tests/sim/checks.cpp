// What must hold of the engine's rows: they are the model's.

#include <algorithm>

#include "engine/store/verify.hpp"
#include "tests/sim/world.hpp"

namespace tefter::sim {

std::string text_of(const Value& value) {
    switch (value.kind()) {
        case ValueKind::text: return std::string(value.text());
        case ValueKind::integer: return std::to_string(value.integer());
        case ValueKind::redacted: return "erased";
        default: return "-";
    }
}

namespace {

std::string list(const std::multiset<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) out += text + " ";
    return out;
}

std::string cell(Replica& replica, const std::string& table, const std::string& column, std::int64_t id) {
    const std::string key = table == "person" ? "id" : "person";
    Statement row = replica.store().database.prepare("SELECT " + column + " FROM " + table + " WHERE " + key + " = ?1");
    row.bind(1, id);
    if (!row.step()) return "none";
    return row.is_null(0) ? "-" : std::string(row.text(0));
}

}  // namespace

void World::look(Device& device) {
    for (const auto& [chain, known] : device.knows) {
        if (chain.second != device.number) continue;
        if (own_length(device, chain.first) != known.size()) violated(device, "its own log is not as long as what it has written");
    }
    look_at_files(device);
}

void World::check_row(Device& device, const Table& table, std::vector<std::int64_t> key, std::size_t row, std::size_t& conflicts) {
    Replica& replica = open(device);
    const ModelRow expected = model_.row(device.knows, row);
    Arena arena;
    std::vector<Value> cells;
    for (const std::int64_t part : key) cells.push_back(Value::integer(part));
    const std::optional<RowState> state = replica.state(table, cells, arena);
    const std::int64_t id = key.front();
    const std::string name = table.name + " " + std::to_string(id & 0xFFFF) + " of " + std::to_string(id >> row_counter_bits);
    std::map<std::uint32_t, std::multiset<std::string>> found;
    if (state) {
        if (state->erased != expected.erased) violated(device, name + " is not as erased as it should be");
        if (state->deletes.size() != expected.deletions)
            violated(device, name + " has " + std::to_string(state->deletes.size()) + " deletions instead of " +
                                 std::to_string(expected.deletions));
        for (const GroupState& group : state->groups) {
            for (const Leaf& leaf : group.leaves) {
                const std::string text = text_of(leaf.values.front());
                if (text != "-") found[group.number.value].insert(text);
            }
        }
    }
    const bool lives = model_.lives(device.knows, row);
    const bool shows = cell(replica, table.name, table.name == "person" ? "id" : "person", id) != "none";
    if (lives != shows) violated(device, name + (lives ? " lives and is not shown" : " is shown and does not live"));
    for (const auto& [group, texts] : expected.leaves) {
        const bool personal = table.name == "person" && group != 2, erased = expected.erased && personal;
        const std::multiset<std::string> wanted = erased ? std::multiset<std::string>() : texts;
        // Nothing stands in an erased value's place; what comes after an erasure comes without it, and may come before the erasure does,
        // which may be lost with its server.
        const bool on_its_way = personal && !erased && !rests_ && model_.was_erased(row);
        const bool fits =
            on_its_way ? std::includes(wanted.begin(), wanted.end(), found[group].begin(), found[group].end()) : found[group] == wanted;
        if (!fits) {
            violated(device, name + ", group " + std::to_string(group) + ": " + list(found[group]) + "instead of " + list(texts));
        }
        if (table.name == "person" && texts.size() > 1 && !erased) {
            ++counters_["conflict compared"];
            ++conflicts;
        }
        if (table.name == "attendance" && shows && cell(replica, "attendance", "status", id) != *texts.rbegin()) {
            violated(device, name + " does not show its highest mark");
        }
    }
    for (const auto& [group, texts] : found) {
        if (!texts.empty() && !expected.leaves.contains(group)) violated(device, name + " holds what nothing wrote: " + list(texts));
    }
}

void World::check_rows(Device& device) {
    std::size_t conflicts = 0;
    for (const Person& person : persons_) {
        const auto scopes = open(device).identity().scopes;
        if (std::find(scopes.begin(), scopes.end(), ScopeNumber{person.scope}) == scopes.end()) continue;
        // A device that goes on by itself after it was restored draws numbers again: of two with one number, the one is looked at that
        // is known here. (The server refuses the other life, and the device enrols again.)
        const bool another = std::any_of(persons_.begin(), persons_.end(), [&](const Person& other) {
            return other.id == person.id && other.row != person.row && model_.heard_of(device.knows, other.row);
        });
        if (another && !model_.heard_of(device.knows, person.row)) continue;
        check_row(device, beginning_.catalog(device.release).table("person"), {person.id}, person.row, conflicts);
        if (person.attendance != SIZE_MAX) {
            check_row(device, beginning_.catalog(device.release).table("attendance"), {person.id, std::int64_t{1}}, person.attendance,
                      conflicts);
        }
        if (person.paper != SIZE_MAX)
            check_row(device, beginning_.catalog(device.release).table("paper"), {person.id, std::int64_t{1}}, person.paper, conflicts);
    }
    ++counters_["replica compared with the model"];
}

void World::check_nothing_lost() {
    const Knowledge& server = devices_.at(1).knows;
    for (auto& [number, device] : devices_) {
        if (device.away) continue;
        for (const auto& [chain, known] : device.knows) {
            // It may have others' changes, as rows, that are lost, and in whose place something stands by now. Its rows are the server's.
            if (known.empty() || (device.has_only_rows && chain.second != number)) continue;
            const auto there = server.find(chain);
            if (there == server.end() || there->second != known) {
                violated(device, "does not know the same changesets of device " + std::to_string(chain.second) + " as the server");
            }
        }
    }
}

ScopeState World::server_scope(ScopeNumber scope) { return *open(devices_.at(server_device.value)).store().meta.scope(scope); }

/// What it has still to tell or to be told; empty when nothing.
std::string World::unrest(Device& device) {
    Replica& replica = open(device);
    if (!is_registered(device)) return "is not registered any more";
    const bool lost = std::any_of(devices_.begin(), devices_.end(), [](const auto& one) { return one.second.has_only_rows; });
    for (const HeldSegment& held : replica.held()) {  // what a device that is gone had seen may be lost for good
        const Device& author = devices_.at(held.device.value);
        const bool may_wait = author.away && (lost || (author.burnt && server_lives_ != 0));
        if (!may_wait) return "still holds a segment back: " + held.reason;
    }
    if (device.number != server_device.value && replica.unsent_changesets() != 0) return "has not sent everything";
    for (const ScopeState& scope : replica.scopes()) {
        if (server_scope(scope.scope).digest != scope.digest)
            return "its rows of scope " + std::to_string(scope.scope.value) + " are not the server's";
    }
    const std::set<Hash> named = named_files(devices_.at(server_device.value).knows);
    for (const Hash& hash :
         device.number == server_device.value ? std::vector<Hash>() : FileStore(replica.store().database).whole_and_unsent()) {
        if (named.contains(hash)) return "has not sent a file";
    }
    return {};
}

bool World::at_rest() {
    return std::all_of(devices_.begin(), devices_.end(), [this](auto& one) { return one.second.away || unrest(one.second).empty(); });
}

void World::come_to_rest() {
    disk_.disarm();
    if (put_back_) begin_waiting();
    now_ms_ += 11LL * 366 * 24 * 3600 * 1000;  // what a wrong clock put in the future is the past now
    Chance chance(0);
    for (auto& [number, device] : devices_) device.ahead_ms = 0;
    // Up, down, and once more for what a restored server had to be told first; and for the registrations that it renewed after that.
    for (int round = 0; round < 4 && (round < 2 || !at_rest()); ++round) {
        for (auto& [number, device] : devices_) {
            const bool due = number != server_device.value && !device.away && (round == 0 || !unrest(device).empty());
            if (!due) continue;
            ++counters_[device_steps];
            sync(device, Line::good, chance);
            if (!device.away) look(device);
            enrol_again();
        }
    }
    rests_ = true;
    Device& server = devices_.at(server_device.value);
    for (auto& [number, device] : devices_) {
        if (device.away) continue;
        check_rest(device);
        look(device);
        check_rows(device);
    }
    // The slowest of all looks: at the server, and at one device of them all.
    const auto one = std::next(devices_.begin(), static_cast<std::ptrdiff_t>(1 + chance_.below(devices_.size() - 1)));
    if (!one->second.away) verify(one->second);
    check_server();
    if (shared_) {
        other_server_answers();
        server_.mirrored->follow();
        learn(server, {}, "from the ledgers");
        for (auto& [number, device] : devices_) {
            if (!device.away) check_rest(device);
        }
        check_rows(server);
        check_server();
    }
    check_nothing_lost();
    check_files();
}

void World::check_rest(Device& device) {
    if (const std::string what = unrest(device); !what.empty()) violated(device, what);
}

void World::verify(Device& device) {
    const Verification verification = verify_replica(open(device), {});
    if (!verification.faults.empty()) violated(device, "verification: " + verification.faults.front());
    ++counters_["file, rows and chains verified"];
}

void World::check_server() {
    Device& server = devices_.at(server_device.value);
    verify(server);
    for (const ScopeState& scope : open(server).scopes()) {
        const LedgerHead head = ledger().head(scope.scope);
        if (shared_ && shared_->head(scope.scope).hash != head.hash) violated(server, "its ledger is not the one that it shares");
        Position at = ledger().base(scope.scope);
        if (shared_ && shared_->base(scope.scope) != at) violated(server, "its ledger is not compacted as the one that it shares");
        while (at < head.position) {
            for (const LedgerEntry& entry : ledger().read(scope.scope, at, head.position, 1U << 20U)) {
                if (entry.position.value != ++at.value) violated(server, "the positions of its ledger are not dense");
            }
        }
    }
}

}  // namespace tefter::sim
