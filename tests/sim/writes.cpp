// What people do at a device, and what the model makes of it; faults of the disk under a write.

#include <algorithm>

#include "tests/sim/world.hpp"

namespace tefter::sim {

std::size_t World::own_length(Device& device, std::uint32_t scope) {
    return static_cast<std::size_t>(open(device).store().log.next(ScopeNumber{scope}).value - 1);
}

Version World::own_version(Device& device, std::uint32_t scope) {
    const auto unsealed = open(device).store().log.unsealed(ScopeNumber{scope});
    if (unsealed.empty()) return open(device).head(ScopeNumber{scope}, DeviceNumber{device.number}).version;
    Arena arena;
    Reader in(unsealed.back().second);
    return decode_changeset(in, arena).version;
}

World::Plan World::plan_new(Device& device, Chance& chance) {
    std::vector<std::uint32_t> scopes;
    for (const ScopeNumber scope : open(device).identity().scopes) {
        if (scope.value >= 3) scopes.push_back(scope.value);
    }
    Plan plan;
    plan.write.scope = scopes[chance.below(scopes.size())];
    plan.edit.table = "person";
    plan.edit.scope = ScopeNumber{plan.write.scope};
    plan.new_person = open(device).new_id();
    plan.edit.key = {*plan.new_person};
    plan_groups(device, plan, chance, false);
    if (!plan.write.groups.contains(1)) {
        const std::string text = "w" + std::to_string(++texts_);
        plan.write.groups[1] = text;
        plan.edit.values.emplace_back("family", text);
    }
    return plan;
}

void World::plan_groups(Device& device, Plan& plan, Chance& chance, bool all) {
    const auto add = [&](std::uint32_t group, const char* column) {
        const std::string text = "w" + std::to_string(++texts_);
        plan.write.groups[group] = text;
        plan.edit.values.emplace_back(column, text);
    };
    const std::uint64_t pick = chance.below(3);
    if (all || pick == 0) add(1, "family");
    if (all || pick != 0) add(2, "position");
    if (device.release > 1 && (all || chance.one_in(2))) add(3, "note");
}

std::optional<World::Plan> World::plan(Device& device, Chance& chance) {
    std::vector<std::size_t> known;
    for (std::size_t i = 0; i < persons_.size(); ++i) {
        const auto scopes = open(device).identity().scopes;
        const bool held = std::find(scopes.begin(), scopes.end(), ScopeNumber{persons_[i].scope}) != scopes.end();
        const ModelRow row = held ? model_.row(device.knows, persons_[i].row) : ModelRow{};
        if (held && !row.erased && (row.stands() || row.deletions != 0)) known.push_back(i);
    }
    if (known.empty() || chance.one_in(5)) return plan_new(device, chance);
    const std::size_t which = known[chance.below(known.size())];
    Person& person = persons_[which];
    const ModelRow row = model_.row(device.knows, person.row);
    Plan plan;
    plan.edit.table = "person";
    plan.edit.key = {person.id};
    plan.write.scope = person.scope;
    plan.write.row = person.row;
    if (papers() && chance.one_in(6) && model_.lives(device.knows, person.row)) return plan_paper(device, which, chance);
    const std::uint64_t deed = chance.below(10);
    if (deed < 2 && model_.lives(device.knows, person.row)) {  // a check-in
        const std::int64_t mark = 1 + static_cast<std::int64_t>(chance.below(4));
        plan.edit.table = "attendance";
        plan.edit.key = {person.id, std::int64_t{1}};
        plan.edit.values = {{"status", mark}};
        plan.write.groups[1] = std::to_string(mark);
        plan.write.row = person.attendance;
        if (person.attendance == SIZE_MAX) plan.new_attendance_of = which;
    } else if (deed == 2 && row.stands()) {
        plan.edit.kind = EditKind::remove;
        plan.write.deed = Deed::remove;
    } else {
        // Who calls a deleted row back writes all of it: what the deletion buried would come back unsaid.
        const bool buried = row.deletions != 0;
        if (buried && device.release == 1 && chance.one_in(2)) return std::nullopt;
        plan_groups(device, plan, chance, buried);
        if (buried) ++counters_["deleted row called back"];
    }
    return plan;
}

void World::note(Device& device, Plan& plan, std::size_t before) {
    const std::size_t after = own_length(device, plan.write.scope);
    if (after != before + 1) violated(device, "a write that was acknowledged is not in the log");
    if (plan.new_person) {
        plan.write.row = model_.add_row();
        const Person person{*plan.new_person, plan.write.scope, plan.write.row};
        // A restored copy draws again what it had drawn in the life that was undone and that nobody has heard of.
        const auto undone = std::find_if(persons_.begin(), persons_.end(), [&](const Person& other) {
            const auto heard = [&](const auto& one) {
                const Device& by = one.second;
                return model_.heard_of(by.knows, other.row) || (by.backup && model_.heard_of(by.backup->knows, other.row));
            };
            return other.id == person.id && std::none_of(devices_.begin(), devices_.end(), heard);
        });
        if (undone != persons_.end()) *undone = person;
        else persons_.push_back(person);
    }
    if (plan.new_attendance_of != SIZE_MAX) {
        Person& person = persons_[plan.new_attendance_of];
        person.attendance = plan.write.row = model_.add_row(person.row);
    }
    if (plan.new_paper_of != SIZE_MAX) {
        Person& person = persons_[plan.new_paper_of];
        person.paper = plan.write.row = model_.add_row(person.row);
    }
    if (plan.attached) device.files[*plan.attached] = std::nullopt;
    plan.write.device = device.number;
    versions_[model_.add(device.knows, plan.write)] = own_version(device, plan.write.scope);
    ++counters_["changeset written"];
}

void World::write(Device& device, Chance& chance) {
    if (device.number == 1) return;
    std::optional<Plan> planned = plan(device, chance);
    if (!planned) return;
    const std::size_t before = own_length(device, planned->write.scope);
    try {
        const Written written = open(device).write(0, {&planned->edit, 1});
        if (written.version.none()) {  // nothing to change: the same mark again
            if (planned->edit.table != "attendance") violated(device, "a write of something new changed nothing");
            return;
        }
    } catch (const Error& refused) {
        if (refused.kind() != ErrorKind::refused)
            violated(device, std::string("a write failed: ") + refused.what() + " " + refused.detail());
        ++counters_["write refused by a rule"];
        if (own_length(device, planned->write.scope) != before) violated(device, "a refused write is in the log");
        return;
    }
    note(device, *planned, before);
}

void World::after_failure(Device& device, std::optional<Plan>& planned, std::size_t before) {
    const std::size_t after = own_length(device, planned->write.scope);
    if (after == before + 1) note(device, *planned, before);
    else if (after != before) violated(device, "after a failure of the disk its log has another length");
    check_rows(device);
}

/// The power fails at some call; or one call fails, or it and all later ones, in one of the ways in which calls do.
void World::arm(Device& device, Chance& chance, std::uint64_t calls, bool power_fails) {
    using enum testing::Failure;
    constexpr testing::Failure kinds[] = {read_error, change_error, short_write, full, change_error, change_error};
    const testing::Failure kind = power_fails ? power : kinds[chance.below(std::size(kinds))];
    disk_.fail_at(device.file, 1 + chance.below(calls), kind, power_fails || chance.one_in(2));
}

void World::crash(Device& device, Chance& chance) {
    const auto damage = static_cast<testing::Damage>(chance.below(testing::damages));
    ++counters_[std::string("damage ") + testing::to_text(damage)];
    disk_.crash(device.file, damage, [&](std::uint64_t bound) { return chance.below(bound); });
}

void World::power_cut(Device& device, Chance& chance) {
    std::optional<Plan> planned = plan(device, chance);
    if (!planned) return;
    const std::size_t before = own_length(device, planned->write.scope);
    bool acknowledged = false;
    arm(device, chance, 25, true);
    try {
        acknowledged = !open(device).write(0, {&planned->edit, 1}).version.none();
    } catch (const Error&) {
        ++counters_["write cut by the power"];
    }
    close(device);
    crash(device, chance);
    if (acknowledged && own_length(device, planned->write.scope) == before)
        violated(device, "an acknowledged write is gone after a power cut");
    after_failure(device, planned, before);
}

void World::disk_fails(Device& device, Chance& chance) {
    std::optional<Plan> planned = plan(device, chance);
    if (!planned) return;
    const std::size_t before = own_length(device, planned->write.scope);
    arm(device, chance, 25, false);
    try {
        open(device).write(0, {&planned->edit, 1});
    } catch (const Error&) {
        ++counters_["write failed by the disk"];
    }
    disk_.disarm();
    if (chance.one_in(2)) close(device);
    after_failure(device, planned, before);
}

}  // namespace tefter::sim
