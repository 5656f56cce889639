#include "tools/benchmarks/measure.hpp"

#include <malloc.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace tefter::bench {

namespace {

double seconds_of(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string first_of(const std::string& path, const std::string& begins) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(begins)) continue;
        const std::size_t at = line.find_first_of(":=");
        return line.substr(line.find_first_not_of(" \t\"", at + 1));
    }
    return "unknown";
}

std::size_t status_bytes(const char* name) { return std::stoul("0" + first_of("/proc/self/status", name)) * 1024; }

}  // namespace

void Report::add(Line line) {
    std::printf("%-58s %10.3f %-9s", line.what.c_str(), line.figure, line.unit.c_str());
    if (line.bar != Bar::none) {
        std::printf(" %s %-8.6g %s", line.bar == Bar::at_most ? "at most " : "at least", line.limit, line.met() ? "met   " : "MISSED");
    }
    if (!line.against.empty()) std::printf("  against %s", line.against.c_str());
    if (!line.detail.empty()) std::printf("  (%s)", line.detail.c_str());
    std::printf("\n");
    static_cast<void>(std::fflush(stdout));
    lines_.push_back(std::move(line));
}

std::string Report::json() const {
    nlohmann::json lines = nlohmann::json::array();
    for (const Line& line : lines_) {
        nlohmann::json one{{"what", line.what}, {"against", line.against}, {"figure", line.figure},
                           {"unit", line.unit}, {"detail", line.detail},   {"depends_on_clock", line.kind == Kind::clock}};
        if (line.rows != 0) one.update({{"ours_s", line.ours_s}, {"theirs_s", line.theirs_s}, {"rows", line.rows}});
        if (line.bar != Bar::none) one.update({{line.bar == Bar::at_most ? "at_most" : "at_least", line.limit}, {"met", line.met()}});
        lines.push_back(std::move(one));
    }
    return nlohmann::json{{"machine", machine()}, {"figures", lines}}.dump(1);
}

int Report::outcome(bool counts_only) const {
    const auto fails = [&](const Line& line) { return !line.met() && (!counts_only || line.kind == Kind::count); };
    return std::any_of(lines_.begin(), lines_.end(), fails) ? 1 : 0;
}

std::string machine() {
    utsname names{};
    uname(&names);
    std::ostringstream out;
    out << first_of("/proc/cpuinfo", "model name") << ", " << sysconf(_SC_NPROCESSORS_ONLN) << " cores, Linux " << names.release << ", "
        << first_of("/etc/os-release", "PRETTY_NAME");
    std::string text = out.str();
    std::erase(text, '"');
    return text;
}

Spent spend(const std::function<void()>& work) {
    const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    const double wall = seconds_of(CLOCK_MONOTONIC);
    work();
    return {seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu, seconds_of(CLOCK_MONOTONIC) - wall};
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Pairs interleave(int runs, const std::function<Spent()>& ours, const std::function<Spent()>& theirs) {
    std::vector<double> cpu, wall, our_cpu, our_wall, their_cpu, their_wall;
    for (int run = 0; run < runs; ++run) {
        // Who goes first changes, so that what the first one leaves behind helps neither side.
        const Spent first = run % 2 == 0 ? ours() : theirs();
        const Spent second = run % 2 == 0 ? theirs() : ours();
        const Spent a = run % 2 == 0 ? first : second;
        const Spent b = run % 2 == 0 ? second : first;
        cpu.push_back(a.cpu_s / b.cpu_s);
        wall.push_back(a.wall_s / b.wall_s);
        our_cpu.push_back(a.cpu_s);
        our_wall.push_back(a.wall_s);
        their_cpu.push_back(b.cpu_s);
        their_wall.push_back(b.wall_s);
    }
    return {median(cpu), median(wall), median(our_cpu), median(their_cpu), median(our_wall), median(their_wall)};
}

std::size_t peak_bytes() { return status_bytes("VmHWM"); }
std::size_t resident_bytes() { return status_bytes("VmRSS"); }

void forget_peak() {
    ::malloc_trim(0);  // what earlier work gave back to the allocator is no room for this one
    std::ofstream out("/proc/self/clear_refs");
    out << "5";
}

}  // namespace tefter::bench
