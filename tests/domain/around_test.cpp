// Money against budget lines, and candidates against criteria.

#include <catch2/catch_test_macros.hpp>

#include "schema/domain/around.hpp"
#include "tests/domain/register.hpp"

using namespace tefter;
using namespace tefter::test;

TEST_CASE("what was spent is counted line by line, and what names none as well") {
    Register book;
    book.put("budget_line", {"4.1"}, {{"name", "Travel"}, {"amount_cents", std::int64_t{100'000}}});
    book.put("budget_line", {"4.2"}, {{"name", "Accommodation"}});
    const std::int64_t person = book.add("person", {{"family_name", "Hoxha"}, {"given_name", "Arta"}}, "AL");
    book.activity("ST-1", "study_tour", "2026-03-01", "2026-03-04", 1, "AL",
                  {{"cost_cents", std::int64_t{30'000}}, {"budget_line", "4.1"}});
    const auto cost = [&](const char* kind, std::int64_t cents, const char* line) {
        Register::Values values{{"person", person}, {"activity", "ST-1"}, {"kind", kind}, {"amount_cents", cents}};
        if (line != nullptr) values.emplace_back("budget_line", line);
        book.add("participation_cost", values);
    };
    cost("travel", 25'000, "4.1");
    cost("travel", 5'000, "4.1");
    cost("accommodation", 7'000, "4.2");
    cost("per_diem", 1'500, nullptr);
    const std::vector<BudgetUse> lines = budget_use(book.database());
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].name == "Travel");
    CHECK(lines[0].amount_cents == 100'000);
    CHECK(lines[0].participants_cents == 30'000);
    CHECK(lines[0].activities_cents == 30'000);
    CHECK_FALSE(lines[1].amount_cents);
    CHECK(lines[1].spent_cents() == 7'000);
    CHECK(lines[2].code.empty());
    CHECK(lines[2].spent_cents() == 1'500);
}

TEST_CASE("candidates stand in the order of their scores, by weight, with the record of why") {
    Register book;
    book.activity("IN-1", "internship", "2026-03-01", "2026-06-01", 1, "AL");
    const std::int64_t english = book.add("selection_criterion", {{"activity", "IN-1"}, {"name", "English"}, {"weight", std::int64_t{3}}}),
                       motives = book.add("selection_criterion", {{"activity", "IN-1"}, {"name", "Motives"}, {"weight", std::int64_t{1}}});
    const auto candidate = [&](const char* family, std::int64_t for_english, std::int64_t for_motives) {
        const std::int64_t person = book.add("person", {{"family_name", family}, {"given_name", "A"}}, "AL");
        book.put("selection_score", {person, english}, {{"score", for_english}, {"reason", "interview"}});
        if (for_motives >= 0) book.put("selection_score", {person, motives}, {{"score", for_motives}});
        return person;
    };
    const std::int64_t weak = candidate("Basha", 2, 5), strong = candidate("Hoxha", 5, 1), half = candidate("Kola", 3, -1);
    book.put("enrolment", {strong, "IN-1"}, {{"state", "accepted"}, {"role", "participant"}});
    const Ranking ranking = ranking_of(book.database(), "IN-1");
    CHECK(ranking.criteria == 2);
    REQUIRE(ranking.candidates.size() == 3);
    CHECK(ranking.candidates[0].person == strong);
    CHECK(ranking.candidates[0].score == 4.0);  // (5·3 + 1·1) / 4
    CHECK(ranking.candidates[0].why == std::vector<std::string>{"English: 5, interview", "Motives: 1"});
    CHECK(ranking.candidates[0].state != 0);
    CHECK(ranking.candidates[1].person == half);
    CHECK(ranking.candidates[1].score == 3.0);
    CHECK(ranking.candidates[1].scored == 1);
    CHECK(ranking.candidates[2].person == weak);
    CHECK(ranking.candidates[2].score == 2.75);
    CHECK(ranking_of(book.database(), "none").candidates.empty());
}
