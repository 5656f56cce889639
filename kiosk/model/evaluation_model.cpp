#include "kiosk/model/evaluation_model.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kiosk/model/typed.hpp"

namespace tefter::kiosk {

namespace {

std::string evaluation_draft(const std::string& activity) { return "evaluation:" + activity; }

struct LoadedEvaluation {
    std::array<QuestionSummary, questions.size()> summary;
    std::array<std::vector<std::string>, open_questions.size()> words;
};

LoadedEvaluation load_evaluation(Database& reader, const std::string& code) {
    LoadedEvaluation out;
    Statement row = reader.prepare_once("SELECT question, answer, words FROM evaluation WHERE activity = ?1 ORDER BY id");
    row.with(std::string_view(code));
    while (row.step()) {
        const std::string_view question = row.text(0);
        const auto rated = std::find(questions.begin(), questions.end(), question);
        const std::int64_t answer = row.is_null(1) ? 0 : row.integer(1);
        if (rated != questions.end() && answer >= 1 && answer <= 5) {
            QuestionSummary& summary = out.summary[static_cast<std::size_t>(rated - questions.begin())];
            ++summary.counts[static_cast<std::size_t>(answer - 1)];
        }
        const auto open = std::find(open_questions.begin(), open_questions.end(), question);
        if (open != open_questions.end() && !row.is_null(2))
            out.words[static_cast<std::size_t>(open - open_questions.begin())].emplace_back(row.text(2));
    }
    return out;
}

}  // namespace

std::string EvaluationForm::to_draft() const {
    if (empty()) return {};
    return nlohmann::json{{"answers", answers}, {"words", words}}.dump();
}

EvaluationForm EvaluationForm::from_draft(const std::string& text) {
    EvaluationForm out;
    const nlohmann::json read = nlohmann::json::parse(text, nullptr, false);
    if (!read.is_object()) return out;
    try {
        read.at("answers").get_to(out.answers);
        read.at("words").get_to(out.words);
    } catch (const nlohmann::json::exception&) {
        return {};  // a form of an older program
    }
    return out;
}

int QuestionSummary::total() const {
    int out = 0;
    for (const int count : counts) out += count;
    return out;
}

double QuestionSummary::mean() const {
    int sum = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) sum += counts[i] * static_cast<int>(i + 1);
    return total() == 0 ? 0 : static_cast<double>(sum) / total();
}

void EvaluationModel::refresh(Desk& desk, const std::string& activity) {
    if (code != activity) {
        *this = EvaluationModel{};
        code = activity;
        form = EvaluationForm::from_draft(desk.draft(evaluation_draft(code)));
    }
    if (!form.empty() && !saving) desk.keep_draft(evaluation_draft(code), form.to_draft());
    const std::uint64_t now = desk.revision("evaluation");
    if (seen == now) return;
    seen = now;
    desk.read([wanted = code](Database& reader) { return load_evaluation(reader, wanted); },
              [this, wanted = code](LoadedEvaluation found) {
                  if (code != wanted) return;
                  summary = found.summary;
                  words = std::move(found.words);
                  loaded = true;
              });
}

int EvaluationModel::forms() const {
    int out = 0;
    for (const QuestionSummary& one : summary) out = std::max(out, one.total());
    return out;
}

void EvaluationModel::save(Desk& desk) {
    if (saving || form.empty()) return;
    saving = true;
    desk.write_form(
        opening, evaluation_draft(code),
        [activity = code, handed_in = form](Replica& replica) {
            std::vector<Edit> edits;
            const auto add = [&](const char* question, const char* column, OwnedValue value) {
                Edit edit;
                edit.table = "evaluation";
                edit.key = {replica.new_id()};
                edit.values = {{"activity", activity}, {"question", question}, {column, std::move(value)}};
                edits.push_back(std::move(edit));
            };
            for (std::size_t i = 0; i < questions.size(); ++i) {
                if (handed_in.answers[i] != 0) add(questions[i], "answer", handed_in.answers[i]);
            }
            for (std::size_t i = 0; i < open_questions.size(); ++i) {
                const std::string text = trimmed(handed_in.words[i]);
                if (!text.empty()) add(open_questions[i], "words", text);
            }
            return edits;
        },
        [this](const std::string& failed) {
            saving = false;
            problem = failed;
            if (!failed.empty()) return;
            form = EvaluationForm{};
            thanked = true;
        });
}

}  // namespace tefter::kiosk
