// tefter-sim: plays stories from seeds, checks each against the model, shortens what fails and prints it.

#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <limits>
#include <random>
#include <sstream>

#include "tests/sim/world.hpp"

using namespace tefter;
using namespace tefter::sim;

namespace {

constexpr int exit_failed = 1;

struct Options {
    std::uint64_t seed = 0, runs = 100, steps = 100, jobs = 1, shorten = 1;
    double hours = 0, seconds = 0;
    std::string story;
    std::uint64_t at_least = 0;
    bool put_back = false;
};

struct Player {
    explicit Player(bool with_put_back) : put_back(with_put_back) {}

    bool put_back;
    testing::SmallPages pages;
    Beginning beginning{true};
    testing::MemoryDisk disk{"simulation"};
    Counters counters;

    static std::uint32_t devices(std::uint64_t seed) { return 2 + static_cast<std::uint32_t>(seed % 3); }

    static World::Lines lines(std::uint64_t seed) { return seed % 4 == 0 ? World::Lines::poor : World::Lines::usual; }

    World::Servers servers(std::uint64_t seed) const {
        if (seed % 7 == 3) return World::Servers::set;
        return put_back || seed % 3 == 1 ? World::Servers::put_back : World::Servers::one;
    }

    std::string play(const Story& story, std::uint64_t seed) {
        World world(beginning, disk, seed, devices(seed), counters, lines(seed), servers(seed));
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
    const Story shorter = shortened(story, [&](const Story& rest) { return !player.violation(rest, seed).empty(); });
    std::cout << "The shortest story that fails (" << player.violation(shorter, seed) << "); for tests/simulation/stories_test.cpp:\n\n"
              << "TEST_CASE(\"seed " << seed << "\") {\n    testing::SmallPages pages;\n    Stage stage{.papers = true};\n"
              << (Player::lines(seed) == World::Lines::poor ? "    stage.lines = World::Lines::poor;\n" : "")
              << "    stage.devices = " << Player::devices(seed) << ";\n"
              << (player.servers(seed) == World::Servers::set ? "    stage.servers = World::Servers::set;\n" : "")
              << (player.servers(seed) == World::Servers::put_back ? "    stage.servers = World::Servers::put_back;\n" : "")
              << "    stage.play(" << seed << ", parse_story(R\"(\n"
              << to_text(shorter) << ")\"));\n}" << std::endl;
}

int play_file(const Options& options) {
    Player player(options.put_back);
    std::ifstream file(options.story);
    std::stringstream text;
    text << file.rdbuf();
    const std::string what = player.violation(parse_story(text.str()), options.seed);
    std::cout << (what.empty() ? "The story holds." : "VIOLATION: " + what) << "\n";
    return what.empty() ? 0 : exit_failed;
}

constexpr const char* runs_played = "runs";
constexpr const char* runs_twice = "run twice with the same trace";
constexpr const char* violations = "violations";
constexpr std::uint64_t most_violations = 3;
constexpr double seconds_between_words = 60;

/// Every `options.jobs`-th seed from `first` on.
Counters play_seeds(const Options& options, std::uint64_t first) {
    Player player(options.put_back);
    const auto begin = std::chrono::steady_clock::now();
    const auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); };
    const double limit = options.hours > 0 ? options.hours * 3600 : options.seconds;
    Counters done{{runs_played, 0}, {runs_twice, 0}, {violations, 0}};
    double next_word = ::isatty(STDERR_FILENO) != 0 ? seconds_between_words : std::numeric_limits<double>::infinity();
    for (std::uint64_t at = 0; limit > 0 ? elapsed() < limit : at < options.runs; at += options.jobs) {
        const std::uint64_t seed = first + at;
        const Story story = story_from_seed(seed, options.steps, Player::devices(seed));
        ++done[runs_played];
        std::string what, trace;
        try {
            trace = player.play(story, seed);
            if (seed % 100 == 0) {
                ++done[runs_twice];
                if (player.play(story, seed) != trace) what = "the same seed gave another run";
            }
        } catch (const std::exception& violated) {
            what = violated.what();
        }
        if (elapsed() > next_word) {
            std::cerr << "  " << done[runs_played] << " runs from seed " << first << " on, " << done[violations] << " violations\n";
            next_word += seconds_between_words;
        }
        if (what.empty()) continue;
        print_failure(player, story, seed, options, what);
        if (++done[violations] == most_violations) break;
    }
    done.insert(player.counters.begin(), player.counters.end());
    return done;
}

/// Another process, which says at its end how often each thing happened.
struct Job {
    pid_t process = 0;
    int output = -1;
};

Job begin_job(const Options& options, std::uint64_t first) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("The system gives no pipe.");
    std::cout.flush();
    const pid_t process = ::fork();
    if (process < 0) throw std::runtime_error("The system starts no further process.");
    if (process != 0) {
        ::close(ends[1]);
        return {process, ends[0]};
    }
    ::close(ends[0]);
    int code = exit_failed;
    try {
        std::ostringstream out;
        for (const auto& [name, count] : play_seeds(options, first)) out << count << " " << name << "\n";
        const std::string text = out.str();
        code = ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : exit_failed;
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
    }
    std::cout.flush();
    ::_exit(code);
}

void end_job(const Job& job, Counters& counters) {
    std::string text;
    char piece[4096];
    for (ssize_t size = 0; (size = ::read(job.output, piece, sizeof piece)) > 0;) text.append(piece, static_cast<std::size_t>(size));
    ::close(job.output);
    int status = 0;
    ::waitpid(job.process, &status, 0);
    if (status != 0) throw std::runtime_error("A process of the simulation ended by itself.");
    std::istringstream lines(text);
    std::uint64_t count = 0;
    for (std::string name; lines >> count && std::getline(lines >> std::ws, name);) counters[name] += count;
}

int run(const Options& options) {
    if (!options.story.empty()) return play_file(options);
    const std::uint64_t first = options.seed != 0 ? options.seed : std::random_device{}();
    std::cout << "first seed " << first << std::endl;
    const auto begin = std::chrono::steady_clock::now();
    Counters counters;
    if (options.jobs == 1) {
        counters = play_seeds(options, first);
    } else {
        std::vector<Job> jobs;
        for (std::uint64_t job = 0; job < options.jobs; ++job) jobs.push_back(begin_job(options, first + job));
        for (const Job& job : jobs) end_job(job, counters);
    }
    const std::uint64_t runs = counters[runs_played], twice = counters[runs_twice], failed = counters[violations];
    const std::uint64_t steps = counters[device_steps];
    for (const char* name : {runs_played, runs_twice, violations, device_steps}) counters.erase(name);
    std::cout << runs << " runs, " << steps << " device-steps, " << twice << " " << runs_twice << ", "
              << std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() << " s, " << failed << " violations\n";
    bool reached = true;
    for (const std::string& name : everything_that_can_happen()) {
        const std::uint64_t count = counters[name];
        reached = reached && count >= options.at_least;
        std::cout << "  " << count << "  " << name
                  << (count < options.at_least ? "  <- fewer than " + std::to_string(options.at_least) : "") << "\n";
        counters.erase(name);
    }
    for (const auto& [name, count] : counters) std::cout << "  " << count << "  " << name << " (rare)\n";
    return failed == 0 && reached ? 0 : exit_failed;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Plays offices that lose power, messages, clocks and devices, and checks that nothing else is lost.");
    Options options;
    app.add_option("--seed", options.seed, "The first seed; without it, one by chance, which is printed");
    app.add_option("--runs", options.runs, "How many seeds");
    app.add_option("--steps", options.steps, "Steps of each run");
    app.add_option("--jobs", options.jobs, "Processes that share the seeds")->check(CLI::Range(1, 256));
    app.add_option("--hours", options.hours, "For so long, instead of --runs");
    app.add_option("--seconds", options.seconds, "Likewise");
    app.add_option("--story", options.story, "A file with a story to play instead");
    app.add_option("--at-least", options.at_least, "Fails when a fault or branch is reached fewer times");
    app.add_flag("--put-back", options.put_back, "All servers that are alone are put back by hand as well, not a third of them");
    app.add_option("--shorten", options.shorten, "0: prints a failing seed without a shorter story");
    CLI11_PARSE(app, argc, argv);
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return exit_failed;
    }
}
