// tefter-sim: plays stories from seeds, checks each against the model, shortens what fails and prints it.

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "tests/sim/world.hpp"

using namespace tefter;
using namespace tefter::sim;

namespace {

constexpr int exit_failed = 1;

struct Options {
    std::uint64_t seed = 0, runs = 100, steps = 60, shorten = 1;
    double hours = 0, seconds = 0;
    std::string story;
    std::uint64_t at_least = 0;
};

struct Player {
    Beginning beginning;
    testing::MemoryDisk disk{"simulation"};
    Counters counters;

    static std::uint32_t devices(std::uint64_t seed) { return 2 + static_cast<std::uint32_t>(seed % 3); }

    std::string play(const Story& story, std::uint64_t seed) {
        World world(beginning, disk, seed, devices(seed), counters);
        world.play(story);
        world.come_to_rest();
        return world.trace();
    }
    /// What is violated; empty when nothing is.
    std::string violation(const Story& story, std::uint64_t seed) {
        try {
            play(story, seed);
            return {};
        } catch (const std::exception& violated) {
            return violated.what();
        }
    }
};

void print_failure(Player& player, const Story& story, std::uint64_t seed, const Options& options, const std::string& what) {
    std::cout << "VIOLATION with seed " << seed << ": " << what << "\n";
    if (options.shorten == 0) return;
    const std::string kind = what.substr(0, 9);
    const Story shorter = shortened(story, [&](const Story& rest) { return !player.violation(rest, seed).empty(); });
    std::cout << "The shortest story that fails (" << player.violation(shorter, seed) << "); for tests/simulation/stories_test.cpp:\n\n"
              << "TEST_CASE(\"seed " << seed << "\") {\n    Stage stage;\n    stage.play(" << seed << ", parse_story(R\"(\n"
              << to_text(shorter) << ")\"));\n}\n";
}

int run(const Options& options) {
    Player player;
    if (!options.story.empty()) {
        std::ifstream file(options.story);
        std::stringstream text;
        text << file.rdbuf();
        const std::string what = player.violation(parse_story(text.str()), options.seed);
        std::cout << (what.empty() ? "The story holds." : "VIOLATION: " + what) << "\n";
        return what.empty() ? 0 : exit_failed;
    }
    const std::uint64_t first = options.seed != 0 ? options.seed : std::random_device{}();
    std::cout << "first seed " << first << std::endl;
    const auto begin = std::chrono::steady_clock::now();
    const auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); };
    const double limit = options.hours > 0 ? options.hours * 3600 : options.seconds;
    std::uint64_t runs = 0, failed = 0, twice = 0;
    for (; limit > 0 ? elapsed() < limit : runs < options.runs; ++runs) {
        const std::uint64_t seed = first + runs;
        const Story story = story_from_seed(seed, options.steps, Player::devices(seed));
        std::string what, trace;
        try {
            trace = player.play(story, seed);
            if (seed % 100 == 0) {
                ++twice;
                if (player.play(story, seed) != trace) what = "the same seed gave another run";
            }
        } catch (const std::exception& violated) {
            what = violated.what();
        }
        if (what.empty()) continue;
        print_failure(player, story, seed, options, what);
        if (++failed == 3) break;
    }
    std::cout << runs << " runs, " << runs * options.steps << " device-steps, " << twice << " run twice with the same trace, " << elapsed()
              << " s, " << failed << " violations\n";
    std::uint64_t least = UINT64_MAX;
    for (const auto& [name, count] : player.counters) {
        std::cout << "  " << count << "  " << name << "\n";
        least = std::min(least, count);
    }
    for (std::size_t act = 0; act < acts; ++act) {
        if (!player.counters.contains(to_text(static_cast<Act>(act)))) least = 0;
    }
    if (least < options.at_least) std::cout << "Something was reached fewer than " << options.at_least << " times.\n";
    return failed == 0 && least >= options.at_least ? 0 : exit_failed;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Plays offices that lose power, messages, clocks and devices, and checks that nothing else is lost.");
    Options options;
    app.add_option("--seed", options.seed, "The first seed; without it, one by chance, which is printed");
    app.add_option("--runs", options.runs, "How many seeds");
    app.add_option("--steps", options.steps, "Steps of each run");
    app.add_option("--hours", options.hours, "For so long, instead of --runs");
    app.add_option("--seconds", options.seconds, "Likewise");
    app.add_option("--story", options.story, "A file with a story to play instead");
    app.add_option("--at-least", options.at_least, "Fails when a fault or branch is reached fewer times");
    app.add_option("--shorten", options.shorten, "0: prints a failing seed without a shorter story");
    CLI11_PARSE(app, argc, argv);
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return exit_failed;
    }
}
