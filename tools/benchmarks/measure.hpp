#pragma once
// How things are measured: both sides of a ratio in the same run, one after the other, and the median of the pairs. What is
// compared is processor time (user and system) where the work is computing, and the clock where it is waiting for the disk.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tefter::bench {

enum class Bar { none, at_most, at_least };

/// Whether a figure comes out the same on a busy machine: only those can fail a run in CI.
enum class Kind { clock, count };

struct Line {
    std::string what, against;
    double figure = 0;
    std::string unit;
    Bar bar = Bar::none;
    double limit = 0;
    Kind kind = Kind::clock;
    std::string detail;               ///< the two sides, for people
    double ours_s = 0, theirs_s = 0;  ///< of processor time, for so many rows; none: it is no ratio of these
    std::size_t rows = 0;

    bool met() const { return bar == Bar::none || (bar == Bar::at_most ? figure <= limit : figure >= limit); }
};

class Report {
public:
    /// Printed as it comes.
    void add(Line line);
    /// Machine and versions, then every line, as JSON.
    std::string json() const;
    /// 1 when a bar is missed that this run may fail on, else 0.
    int outcome(bool counts_only) const;

private:
    std::vector<Line> lines_;
};

std::string machine();

struct Spent {
    double cpu_s = 0, wall_s = 0;
};
Spent spend(const std::function<void()>& work);

double median(std::vector<double> values);

/// `runs` pairs, one side after the other; each returns what it spent.
struct Pairs {
    double cpu_ratio = 0, wall_ratio = 0;     ///< medians of the ratios of the pairs
    double ours_cpu_s = 0, theirs_cpu_s = 0;  ///< medians
    double ours_wall_s = 0, theirs_wall_s = 0;
};
Pairs interleave(int runs, const std::function<Spent()>& ours, const std::function<Spent()>& theirs);

/// Calls of fsync and fdatasync of this process since it began. Counted in the program itself: see counters.cpp.
std::uint64_t fsync_count();
/// The most memory that the process has had since forget_peak(), and what it has now.
std::size_t peak_bytes();
std::size_t resident_bytes();
void forget_peak();

}  // namespace tefter::bench
