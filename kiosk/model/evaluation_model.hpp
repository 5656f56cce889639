#pragma once
// What participants think of an activity: answers from 1 to 5 and free words, without a name. Typed from paper by an
// officer, or by the participants themselves on a device that is passed around.

#include <array>

#include "kiosk/model/desk.hpp"

namespace tefter::kiosk {

/// As rows name them. The first ones ask how it was received, the last one what was learned (Kirkpatrick 1 and 2).
inline constexpr std::array<const char*, 5> questions = {"content", "trainers", "organisation", "usefulness", "learned"};
inline constexpr std::size_t first_about_learning = 4;
/// Questions that are answered in words.
inline constexpr std::array<const char*, 2> open_questions = {"best", "better"};

struct EvaluationForm {
    std::array<int, questions.size()> answers{};  ///< 0: none
    std::array<std::string, open_questions.size()> words;
    friend bool operator==(const EvaluationForm&, const EvaluationForm&) = default;
    bool empty() const { return *this == EvaluationForm{}; }
    std::string to_draft() const;
    static EvaluationForm from_draft(const std::string& text);
};

struct QuestionSummary {
    std::array<int, 5> counts{};  ///< of answers 1 to 5
    int total() const;
    double mean() const;  ///< 0 without answers
};

struct EvaluationModel {
    Opening opening;
    std::string code;
    std::array<QuestionSummary, questions.size()> summary;
    std::array<std::vector<std::string>, open_questions.size()> words;
    std::uint64_t seen = 0;
    bool loaded = false;
    EvaluationForm form;
    bool saving = false, thanked = false;  ///< thanked: the last one is durable, the next has not begun
    std::string problem;

    void refresh(Desk& desk, const std::string& activity);
    /// Forms that were handed in: the answers of the question that most answered.
    int forms() const;
    /// Answers become rows that nothing links, neither to a person nor to each other.
    void save(Desk& desk);
};

}  // namespace tefter::kiosk
