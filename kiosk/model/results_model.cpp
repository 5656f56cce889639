#include "kiosk/model/results_model.hpp"

#include <algorithm>

#include "kiosk/model/typed.hpp"
#include "schema/domain/names.hpp"

namespace tefter::kiosk {

namespace {

constexpr const char* names[tests] = {"pre", "post", "placement", "final"};

std::vector<ResultLine> load(Database& reader, const std::string& code) {
    std::vector<ResultLine> out;
    std::map<std::int64_t, std::size_t> place;
    {
        Statement row = reader.prepare_once(
            "SELECT person.id, family_name, given_name FROM enrolment JOIN person ON person.id = enrolment.person "
            "WHERE enrolment.activity = ?1 AND enrolment.state NOT IN (5, 6) AND enrolment.role = 1");
        row.with(std::string_view(code));
        while (row.step()) out.push_back({row.integer(0), std::string(row.text(1)) + " " + std::string(row.text(2)), {}});
    }
    std::sort(out.begin(), out.end(), [](const ResultLine& a, const ResultLine& b) {
        return std::pair(sort_key(a.name), a.person) < std::pair(sort_key(b.name), b.person);
    });
    for (std::size_t i = 0; i < out.size(); ++i) place[out[i].person] = i;
    Statement row = reader.prepare_once("SELECT person, kind, score, maximum, level FROM test_result WHERE activity = ?1");
    row.with(std::string_view(code));
    while (row.step()) {
        const auto at = place.find(row.integer(0));
        const auto test = static_cast<std::size_t>(row.integer(1) - 1);
        if (at == place.end() || test >= tests) continue;
        TestResult& result = out[at->second].results[test];
        if (!row.is_null(2)) result.score = row.value(2).real();
        if (!row.is_null(3)) result.maximum = row.value(3).real();
        result.level = row.is_null(4) ? 0 : row.integer(4);
    }
    return out;
}

bool has_both(const ResultLine& line) {
    const TestResult &pre = line.of(Test::pre), &post = line.of(Test::post);
    return pre.score && post.score && pre.maximum && post.maximum && *pre.maximum > *pre.score && *post.maximum == *pre.maximum;
}

Edit result_of(const std::string& code, std::int64_t person, Test test) {
    Edit edit;
    edit.table = "test_result";
    edit.key = {person, code, names[static_cast<std::size_t>(test)]};
    return edit;
}

}  // namespace

void ResultsModel::refresh(Desk& desk, const std::string& activity) {
    if (code != activity) {
        *this = ResultsModel{};
        code = activity;
    }
    const std::uint64_t now = std::max({desk.revision("test_result"), desk.revision("enrolment"), desk.revision("person")});
    if (seen == now) return;
    seen = now;
    desk.read([wanted = code](Database& reader) { return load(reader, wanted); },
              [this, wanted = code](std::vector<ResultLine> found) {
                  if (code != wanted) return;
                  if (!loaded) {
                      for (const ResultLine& line : found) {
                          for (const TestResult& result : line.results) {
                              if (result.maximum) maximum = plain(*result.maximum);
                          }
                      }
                  }
                  lines = std::move(found);
                  for (const ResultLine& line : lines) forget_what_is_there(line);
                  loaded = true;
              });
}

std::string ResultsModel::cell(const ResultLine& line, Test test) const {
    if (const auto at = typed.find({line.person, test}); at != typed.end()) return at->second;
    return line.of(test).score ? plain(*line.of(test).score) : std::string();
}

void ResultsModel::forget_what_is_there(const ResultLine& line) {
    for (std::size_t i = 0; i < tests; ++i) {
        const auto at = typed.find({line.person, static_cast<Test>(i)});
        if (at == typed.end()) continue;
        const std::string there = line.results[i].score ? plain(*line.results[i].score) : std::string();
        if (at->second == there) typed.erase(at);
    }
}

void ResultsModel::take(Desk& desk, std::int64_t person, Test test) {
    const std::pair key(person, test);
    const std::string text = trimmed(typed[key]);
    faults.erase(key);
    Edit edit = result_of(code, person, test);
    if (text.empty()) {
        edit.kind = EditKind::remove;
    } else {
        const std::optional<double> score = decimal(text), most = decimal(maximum);
        if (!score || *score < 0 || !most || *most <= 0) {
            faults[key] = "results.fault.number";
            return;
        }
        if (*score > *most) {
            faults[key] = "results.fault.above";
            return;
        }
        edit.values = {{"score", *score}, {"maximum", *most}};
        typed[key] = plain(*score);
    }
    desk.write({edit}, [this](const std::string& failed) { problem = failed; });
}

void ResultsModel::set_level(Desk& desk, std::int64_t person, Test test, std::int64_t level) {
    Edit edit = result_of(code, person, test);
    if (level == 0) edit.kind = EditKind::remove;
    else edit.values = {{"level", level}};
    desk.write({edit}, [this](const std::string& failed) { problem = failed; });
}

std::optional<double> ResultsModel::mean(Test test) const {
    double sum = 0;
    int count = 0;
    for (const ResultLine& line : lines) {
        const TestResult& one = line.of(test);
        if (!one.score || !one.maximum || *one.maximum <= 0) continue;
        sum += *one.score / *one.maximum;
        ++count;
    }
    return count == 0 ? std::nullopt : std::optional(sum / count);
}

std::optional<double> ResultsModel::gain() const {
    double sum = 0;
    for (const ResultLine& line : lines) {
        if (!has_both(line)) continue;
        const double before = *line.of(Test::pre).score;
        sum += (*line.of(Test::post).score - before) / (*line.of(Test::pre).maximum - before);
    }
    return with_both() == 0 ? std::nullopt : std::optional(sum / static_cast<double>(with_both()));
}

std::size_t ResultsModel::with_both() const { return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), has_both)); }

std::size_t ResultsModel::risen() const {
    return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), [](const ResultLine& line) {
        return line.of(Test::placement).level != 0 && line.of(Test::final).level > line.of(Test::placement).level;
    }));
}

}  // namespace tefter::kiosk
