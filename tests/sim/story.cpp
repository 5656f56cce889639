#include "tests/sim/story.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>

#include "tests/sim/chance.hpp"

namespace tefter::sim {

namespace {

struct ActLine {
    const char* name;
    unsigned weight;  ///< how often, against the others
};
constexpr std::array<ActLine, acts> lines{{
    {"write", 400},         {"sync", 110},
    {"sync_cut", 20},       {"sync_flipped", 15},
    {"answer_lost", 20},    {"request_lost", 10},
    {"request_late", 15},   {"request_doubled", 12},
    {"late_arrives", 20},   {"bundle_out", 25},
    {"bundle_in", 40},      {"bundle_damaged", 10},
    {"time_passes", 40},    {"clock_jumps", 15},
    {"power_cut", 20},      {"disk_fails", 20},
    {"sync_power_cut", 20}, {"sync_disk_fails", 20},
    {"server_dies", 20},    {"server_disk_fails", 15},
    {"restart", 10},        {"backup", 10},
    {"restored", 8},        {"server_backup", 8},
    {"server_restored", 6}, {"server_power_cut", 10},
    {"erase", 8},           {"revoke", 3},
    {"upgrade", 5},         {"compact", 10},
    {"files", 30},          {"grant", 5},
    {"cloned", 8},          {"server_upgrade", 4},
    {"enrols", 12},         {"burns", 4},
}};

/// In every fifth world servers and devices are lost, and made anew, far more often.
unsigned weight_of(std::size_t act, std::uint64_t seed) {
    constexpr unsigned more_often = 6;
    constexpr Act lost[] = {Act::server_backup, Act::server_restored, Act::enrols, Act::burns};
    const bool is_due = seed % 5 == 1 && std::find(std::begin(lost), std::end(lost), static_cast<Act>(act)) != std::end(lost);
    return lines.at(act).weight * (is_due ? more_often : 1);
}

}  // namespace

const char* to_text(Act act) { return lines.at(static_cast<std::size_t>(act)).name; }

bool is_drawn_by_chance(Act act) { return lines.at(static_cast<std::size_t>(act)).weight != 0; }

std::string to_text(const Story& story) {
    std::string out;
    for (const Step& step : story) {
        out += std::string(to_text(step.act)) + " " + std::to_string(step.device) + " " + std::to_string(step.number) + "\n";
    }
    return out;
}

Story parse_story(const std::string& text) {
    Story story;
    std::istringstream in(text);
    std::string name;
    while (in >> name) {
        Step step;
        std::size_t act = 0;
        while (act < acts && name != lines.at(act).name) ++act;
        if (act == acts || !(in >> step.device >> step.number)) throw std::invalid_argument("No step of a story: " + name);
        step.act = static_cast<Act>(act);
        story.push_back(step);
    }
    return story;
}

Story story_from_seed(std::uint64_t seed, std::size_t steps, std::uint32_t devices) {
    Chance chance(seed);
    unsigned sum = 0;
    for (std::size_t act = 0; act < acts; ++act) sum += weight_of(act, seed);
    Story story;
    for (std::size_t i = 0; i < steps; ++i) {
        std::uint64_t pick = chance.below(sum);
        std::size_t act = 0;
        while (pick >= weight_of(act, seed)) pick -= weight_of(act++, seed);
        story.push_back({static_cast<Act>(act), 2 + static_cast<std::uint32_t>(chance.below(devices)), chance.below(1'000'000'000)});
    }
    return story;
}

Story shortened(Story story, const std::function<bool(const Story&)>& fails) {
    for (std::size_t chunk = std::max<std::size_t>(1, story.size() / 2);;) {
        bool shorter = false;
        for (std::size_t at = 0; at < story.size();) {
            Story rest = story;
            const auto from = rest.begin() + static_cast<std::ptrdiff_t>(at);
            rest.erase(from, from + static_cast<std::ptrdiff_t>(std::min(chunk, story.size() - at)));
            if (fails(rest)) {
                story = std::move(rest);
                shorter = true;
            } else {
                at += chunk;
            }
        }
        if (chunk == 1 && !shorter) return story;
        if (chunk > 1) chunk /= 2;
    }
}

}  // namespace tefter::sim
