#pragma once
// A run as a list of steps: what happens, to whom, and a number that decides the rest. Steps are independent of each other,
// so a failing story can be shortened by leaving steps out. As text, one step a line: `write 2 81723`.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tefter::sim {

enum class Act {
    write,         ///< a person is added, changed, deleted, called back, or marked present
    sync,          ///< over a good line
    sync_cut,      ///< the answer ends somewhere
    sync_flipped,  ///< a byte of the answer is another
    answer_lost,
    request_lost,
    request_late,  ///< arrives some steps later; the device has given up
    request_doubled,
    late_arrives,
    bundle_out,
    bundle_in,  ///< perhaps years later
    bundle_damaged,
    time_passes,
    clock_jumps,
    power_cut,          ///< in the middle of a write, with one of the damages
    disk_fails,         ///< one call of a write fails
    sync_power_cut,     ///< the device's power, in the middle of a sync
    sync_disk_fails,    ///< one call of the device's disk
    server_dies,        ///< its power, while it answers
    server_disk_fails,  ///< one call of its disk, while it answers
    restart,
    backup,
    restored,  ///< the device, from its backup
    server_backup,
    server_restored,
    server_power_cut,
    erase,
    revoke,
    upgrade,
    compact,  ///< the server's ledgers
    files,    ///< what is attached goes to the server, and one that is there is asked for; over a line with some mishap
    grant,    ///< the device's office gets all scopes
    cloned,   ///< the copy of its backup works from now on, and this one is kept as the copy
    server_upgrade,
    enrols,  ///< another device, at the same place; from now on every second step is its own
    burns,   ///< what has not left the device is gone
};
inline constexpr std::size_t acts = 36;
const char* to_text(Act act);
/// What is not drawn comes in written stories alone.
bool is_drawn_by_chance(Act act);

struct Step {
    Act act = Act::write;
    std::uint32_t device = 2;
    std::uint64_t number = 0;
};
using Story = std::vector<Step>;

std::string to_text(const Story& story);
/// Throws std::invalid_argument for a line that is no step.
Story parse_story(const std::string& text);

/// Devices 2 to `devices` + 1.
Story story_from_seed(std::uint64_t seed, std::size_t steps, std::uint32_t devices);

/// Leaves out whatever can be left out while `fails` says that the rest still fails.
Story shortened(Story story, const std::function<bool(const Story&)>& fails);

}  // namespace tefter::sim
