// A device that enrols again: what it brings along, what it makes again, and what the model makes of that.

#include <algorithm>

#include "engine/store/carry_over.hpp"
#include "tests/sim/world.hpp"

namespace tefter::sim {

/// What it wrote and the server does not have is made again, as another device's.
void World::enrol_again() {
    if (!forked_ || waits()) return;
    end_waiting_for_the_gone();
    Device& old = devices_.at(*forked_);
    forked_.reset();
    // What both lives share cannot be told any more where a compaction has taken it: it would be made again, beside what replaced it.
    for (const ScopeState& scope : open(old).scopes()) {
        if (scope.position < (shared_ ? shared_->base(scope.scope) : server_.ledger->base(scope.scope))) return close(old);
    }
    old.goes_on_as = *free_number();
    Chance chance(0);
    const bool empty = chance_.one_in(2);
    Device& fresh = add_device(*old.goes_on_as, old, (empty ? beginning_.empty_files() : beginning_.files()).at(*old.goes_on_as));
    fresh.ahead_ms = old.ahead_ms;
    if (!empty) fresh.knows = beginning_.registrations();
    fresh.was_restored = empty;  // it has filled itself once before
    sync(fresh, Line::good, chance);
    fresh.was_restored = false;

    const Knowledge& server = devices_.at(server_device.value).knows;
    const CarriedOver carried = carry_over(open(old), open(fresh));
    carry(fresh, old.carried);  // what it had held back
    Knowledge common, brought;
    for (const auto& [chain, known] : old.knows) {
        const auto there = server.find(chain);
        const std::vector<WriteId> none, &has = there == server.end() ? none : there->second;
        const auto parts = std::mismatch(known.begin(), known.end(), has.begin(), has.end());
        const bool own = chain.second == old.number, diverged = parts.first != known.end() && (own || parts.second != has.end());
        common[chain].assign(known.begin(), diverged ? parts.first : known.end());
        if (own) continue;
        // A segment that an earlier life had sealed with more in it does not come where the server has a part of it.
        const auto length = static_cast<std::size_t>(open(fresh).head(ScopeNumber{chain.first}, DeviceNumber{chain.second}).sequence.value);
        if (common[chain].size() > length) common[chain].resize(length);
        brought[chain] = common[chain];
    }
    // Where the server had lost more of it, it goes on as it was.
    for (const auto& [chain, known] : old.knows) {
        if (chain.second != old.number) continue;
        const auto length = static_cast<std::size_t>(open(fresh).head(ScopeNumber{chain.first}, DeviceNumber{old.number}).sequence.value);
        if (length > fresh.knows[chain].size())
            brought[chain] = common[chain] = {known.begin(), known.begin() + static_cast<std::ptrdiff_t>(length)};
    }
    Knowledge here = fresh.knows;
    for (const auto& [chain, known] : brought) {
        if (known.size() > here[chain].size()) here[chain] = known;
    }
    note_made_again(old, fresh, common, here, carried);
    learn(fresh, brought, "by what it had before it enrolled again");
    const std::set<Hash> named = named_files(fresh.knows);
    for (const auto& [hash, unnamed_since] : old.files) {
        if (named.contains(hash) && has_file(old, hash)) fresh.files.emplace(hash, std::nullopt);
    }
    close(old);
    ++counters_["forked device enrolled again"];
    counters_["change carried over"] += carried.changes;
    check_rows(fresh);
    sync(fresh, Line::good, chance);
}

namespace {

/// A change that was made again, as the model sees it.
struct MadeAgain {
    std::string table;
    std::int64_t id = 0;
    Deed deed = Deed::write;
    std::map<std::uint32_t, std::string> groups;
};

std::vector<MadeAgain> made_again_in(Replica& replica, ScopeNumber scope) {
    std::vector<MadeAgain> out;
    for (const auto& [sequence, bytes] : replica.store().log.unsealed(scope)) {
        Arena arena;
        Reader in(bytes);
        const Changeset changeset = decode_changeset(in, arena);
        ensure(changeset.changes.size() == 1, "people write one row at a time here");
        const Change& change = changeset.changes.front();
        MadeAgain& one = out.emplace_back();
        one.table = replica.catalog().find(change.table)->name;
        one.id = change.key.front().integer();
        if (change.op == Op::remove) one.deed = Deed::remove;
        for (const GroupValues& group : change.groups) one.groups[group.group.value] = text_of(group.values.front());
    }
    return out;
}

}  // namespace

/// What stands of others' writes that it has and the new replica has not.
std::vector<Standing> World::lost_of_others(const Device& old, const Knowledge& here, std::uint32_t scope) const {
    std::set<std::size_t> rows;
    for (const Person& person : persons_) {
        if (person.scope == scope) rows.insert({person.row, person.attendance, person.paper});
    }
    rows.erase(SIZE_MAX);
    std::vector<Standing> out;
    for (const std::size_t row : rows) {
        for (Standing& standing : model_.standing(old.knows, row)) {
            if (model_.write(standing.id).device != old.number && !model_.knows(here, standing.id)) out.push_back(std::move(standing));
        }
    }
    return out;
}

/// What stood beside a write of another where that was read, and what is made again of it.
std::vector<WriteId> World::beside(const Standing& kept, const Device& old, const std::map<WriteId, WriteId>& made) const {
    std::vector<WriteId> out;
    for (const Standing& standing : model_.standing(old.knows, model_.write(kept.id).row)) {
        const bool in_place =
            std::any_of(standing.groups.begin(), standing.groups.end(), [&](std::uint32_t group) { return kept.groups.contains(group); });
        if (!kept.groups.empty() && !standing.groups.empty() && !in_place) continue;
        out.push_back(standing.id);
        if (made.contains(standing.id)) out.push_back(made.at(standing.id));
    }
    return out;
}

/// Whether the rules let it be made where this is known.
bool World::may_be_made(const ModelWrite& write, bool creates, const Device& old, const Knowledge& here) const {
    const auto is_here = [&](std::size_t row) { return row == SIZE_MAX || model_.heard_of(here, row); };
    // Where it had heard of an erasure that the server has lost, the values are not there any more.
    const bool personal = std::any_of(write.groups.begin(), write.groups.end(), [](const auto& group) { return group.first != 2; });
    const bool person = std::any_of(persons_.begin(), persons_.end(), [&](const Person& one) { return one.row == write.row; });
    const bool lacks_values = personal && person && model_.row(old.knows, write.row).erased;
    return (creates || is_here(write.row)) && is_here(model_.refers_to(write.row)) && !lacks_values && !model_.row(here, write.row).erased;
}

/// Whether a write of another that was not made again is there anyway, or stays behind by name, or still comes as it was signed.
bool World::need_not_be_made(const Standing& standing, Device& old, const Knowledge& here, const Knowledge& common,
                             const CarriedOver& carried) {
    const ModelWrite& write = model_.write(standing.id);
    const ModelRow row = model_.row(here, write.row);
    const bool says_so = !standing.groups.empty() && std::all_of(standing.groups.begin(), standing.groups.end(), [&](std::uint32_t group) {
        const auto leaves = row.leaves.find(group);
        return leaves != row.leaves.end() && leaves->second.contains(write.groups.at(group));
    });
    const std::string whose = "device " + std::to_string(write.device) + " in the scope";
    const bool stays = std::any_of(carried.left.begin(), carried.left.end(),
                                   [&](const std::string& sentence) { return sentence.find(whose) != std::string::npos; });
    const auto known = common.find({write.scope, write.device});
    const Sequence length{known == common.end() ? 0 : known->second.size()};
    const bool comes = open(old).store().log.keeps_all(ScopeNumber{write.scope}, DeviceNumber{write.device}, length);
    const bool erased = model_.row(old.knows, write.row).erased || row.erased;
    return says_so || stays || comes || erased || !may_be_made(write, !standing.groups.empty(), old, here);
}

/// In the order in which it has made it again: what it wrote and the server does not have, and what others wrote and it has as rows alone.
void World::note_made_again(Device& old, Device& fresh, const Knowledge& common, Knowledge here, const CarriedOver& carried) {
    std::size_t refused = 0, changes = 0;
    for (const ScopeState& scope : open(fresh).scopes()) {
        const Chain chain{scope.scope.value, fresh.number}, before{scope.scope.value, old.number};
        std::vector<WriteId> own = old.knows[before];
        if (const auto same = common.find(before); same != common.end())
            own.erase(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(same->second.size()));
        std::vector<Standing> others = lost_of_others(old, here, scope.scope.value);
        std::map<WriteId, WriteId> made;  // what was made again, and as what
        std::set<WriteId> made_of_others;
        std::set<WriteId> without_row;  // deletions that found none to stand at, since what it holds was made only then
        const auto note_without_row = [&](WriteId next) {
            for (const WriteId id : own) {
                const ModelWrite &write = model_.write(id), &later = model_.write(next);
                const bool comes_first = write.row == later.row && id != next && !model_.had_seen(write, later);
                if (write.deed == Deed::remove && comes_first && !model_.heard_of(here, write.row)) without_row.insert(id);
            }
        };
        for (const MadeAgain& one : made_again_in(open(fresh), scope.scope)) {
            ++changes;
            const auto is_of = [&](const ModelWrite& write) {
                return write.deed == one.deed && std::any_of(persons_.begin(), persons_.end(), [&](const Person& person) {
                           const std::size_t row = one.table == "person"       ? person.row
                                                   : one.table == "attendance" ? person.attendance
                                                                               : person.paper;
                           return person.id == one.id && row == write.row;
                       });
            };
            const auto is_own = std::find_if(own.begin(), own.end(), [&](WriteId id) {
                return is_of(model_.write(id)) && model_.write(id).groups == one.groups && !without_row.contains(id);
            });
            if (is_own != own.end()) {
                note_without_row(*is_own);
                const WriteId id = made[*is_own] = model_.add_again(fresh.knows, *is_own, fresh.number, common);
                for (const WriteId other : made_of_others) {
                    if (!model_.had_seen(model_.write(*is_own), model_.write(other))) model_.stands_beside(id, made.at(other));
                }
                own.erase(is_own);
            } else {
                const auto of_other = std::find_if(others.begin(), others.end(), [&](const Standing& standing) {
                    const ModelWrite& write = model_.write(standing.id);
                    return is_of(write) && std::all_of(one.groups.begin(), one.groups.end(), [&](const auto& group) {
                               return standing.groups.contains(group.first) && write.groups.at(group.first) == group.second;
                           });
                });
                if (of_other == others.end()) violated(fresh, "it made again what it did not have");
                note_without_row(of_other->id);
                Standing kept = *of_other;
                std::erase_if(kept.groups, [&](std::uint32_t group) { return !one.groups.contains(group); });
                made[kept.id] = model_.add_from_rows(fresh.knows, kept, fresh.number, common, beside(kept, old, made));
                made_of_others.insert(kept.id);
                others.erase(of_other);
            }
            here[chain] = fresh.knows[chain];
        }
        counters_["change of others made again from rows"] += made_of_others.size();
        for (const WriteId id : own) {
            if (!without_row.contains(id) && may_be_made(model_.write(id), model_.write(id).creates, old, here))
                violated(fresh, "a change was not made again that may be");
        }
        refused += own.size();
        for (const Standing& standing : others) {
            if (!need_not_be_made(standing, old, here, common, carried)) violated(fresh, "what others wrote was not made again");
        }
    }
    if (carried.changes != changes || carried.refused.size() < refused) {
        violated(fresh, "carried over " + std::to_string(carried.changes) + " changes of device " + std::to_string(old.number) +
                            " and refused " + std::to_string(carried.refused.size()) + ", instead of " + std::to_string(changes) + " and " +
                            std::to_string(refused));
    }
}

}  // namespace tefter::sim
