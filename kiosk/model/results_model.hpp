#pragma once
// The tests of an activity: points before and after a training, levels before and after a course.

#include <array>

#include "kiosk/model/desk.hpp"

namespace tefter::kiosk {

/// As the catalog numbers them, less one.
enum class Test : std::uint8_t { pre, post, placement, final };
inline constexpr std::size_t tests = 4;

struct TestResult {
    std::optional<double> score, maximum;
    std::int64_t level = 0;  ///< number of cefr_level; 0: none
};

struct ResultLine {
    std::int64_t person = 0;
    std::string name;
    std::array<TestResult, tests> results;
    const TestResult& of(Test test) const { return results[static_cast<std::size_t>(test)]; }
};

struct ResultsModel {
    std::string code;
    std::vector<ResultLine> lines;  ///< by name
    std::string maximum = "100";    ///< of tests that are entered from now on
    std::uint64_t seen = 0;
    bool loaded = false;
    std::string problem;  ///< of the last write
    /// What is typed in a cell and not there yet, by person and test.
    std::map<std::pair<std::int64_t, Test>, std::string> typed;
    std::map<std::pair<std::int64_t, Test>, std::string> faults;  ///< keys of the texts

    void refresh(Desk& desk, const std::string& activity);
    /// What is in the cell becomes the score; empty takes the result away. Says in `faults` what is no score.
    void take(Desk& desk, std::int64_t person, Test test);
    /// 0 takes the result away.
    void set_level(Desk& desk, std::int64_t person, Test test, std::int64_t level);
    /// Its text in the cell.
    std::string cell(const ResultLine& line, Test test) const;

    std::optional<double> mean(Test test) const;  ///< as a share of the maximum
    /// Of people with both: what was learned of what could be learned.
    std::optional<double> gain() const;
    std::size_t with_both() const;
    std::size_t risen() const;  ///< people whose final level is above their placement

private:
    void forget_what_is_there(const ResultLine& line);
};

}  // namespace tefter::kiosk
