// Each indicator on a small register that can be counted by hand: whole, cut, filtered, and the rows that it opens to.

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "schema/domain/indicators.hpp"
#include "tests/domain/register.hpp"

using namespace tefter;
using namespace tefter::test;
using Catch::Approx;

namespace {

struct Small : Register {
    Small() {
        activity("TR-01", "training", "2026-01-12", "2026-01-13", 4, "regional", {{"cost_cents", 120'000}, {"state", "done"}});
        activity("TR-02", "training", "2026-04-20", "2026-04-21", 4, "regional", {{"certificate_share", 50}});
        activity("ST-01", "study_tour", "2026-05-11", "2026-05-12", 2, "AL", {{"state", "done"}});
        activity("LE-01", "legal_english", "2026-03-30", "2026-05-30", 0);
        put("session", {"LE-01", 1}, {{"date", "2026-03-30"}, {"half_days", 1}});
        put("session", {"LE-01", 2}, {{"date", "2026-04-06"}, {"half_days", 2}});
        office = add("institution", {{"name", "Prokuroria"}, {"kind", "prosecution_office"}, {"beneficiary", "AL"}}, "AL");
        arta = person("Hoxha", "Arta", "female", "prosecutor", "AL");
        ilir = person("Basha", "Ilir", "male", "judge", "AL");
        ana = person("Šukalović", "Ana", "female", "prosecutor", "RS");
        again = person("Sukalovic", "Ana", "female", "prosecutor", "RS");  // the same, recorded twice
        put("same_person", {again}, {{"canonical", ana}});
        attend(arta, "TR-01", "PPPP");
        attend(arta, "TR-02", "PLAA");
        attend(arta, "ST-01", "PP");
        attend(arta, "LE-01", "PP");
        attend(ilir, "TR-01", "PPEA");
        attend(ana, "TR-01", "PPPA");
        attend(again, "TR-01", "PAAP");  // with the row above: all four
        attend(again, "TR-02", "AAAA");
        facts = Facts::load(database(), catalog, "2026-06-15");
    }
    std::int64_t person(const std::string& family, const std::string& given, const char* gender, const char* category,
                        const std::string& scope) {
        Values values{
            {"family_name", family}, {"given_name", given}, {"gender", gender}, {"category", category}, {"institution_text", "x"}};
        if (scope == "AL") values.emplace_back("institution", office);
        return add("person", values, scope);
    }
    void reload() { facts = Facts::load(database(), catalog, "2026-06-15"); }
    Figure figure(const char* code, const Filter& filter = {}) { return figures_of(*facts, indicator(code), filter).front().figure; }
    double value(const char* code, const Filter& filter = {}) { return figure(code, filter).value.value_or(-1); }
    std::map<std::string, double> cut(const char* code, Cut by, const Filter& filter = {}) {
        std::map<std::string, double> out;
        for (const Slice& slice : figures_of(*facts, indicator(code), filter, by)) out[slice.key] = slice.figure.value.value_or(-1);
        return out;
    }

    std::int64_t office = 0, arta = 0, ilir = 0, ana = 0, again = 0;
    std::shared_ptr<const Facts> facts;
};

using Parts = std::map<std::string, double>;

}  // namespace

TEST_CASE("people, participations, days and rates follow the links between duplicates") {
    Small at;
    CHECK(at.value("C1") == 3);
    CHECK(at.value("C2") == Approx(200.0 / 3));
    CHECK(at.value("C3") == 6);                              // Arta four, Ilir one, Ana one
    CHECK(at.value("C4") == (4 + 2 + 2 + 3 + 2 + 4) / 2.0);  // the second session of LE-01 is two half-days
    CHECK(at.value("C5") == Approx(100.0 * 16 / 23));        // 24 marks, one of them excused
    CHECK(at.value("C6") == 5);                              // TR-01: Arta, Ana; TR-02 asks for half: Arta; ST-01, LE-01: Arta
    CHECK(at.value("C12") == 1);
    CHECK(at.cut("C1", Cut::beneficiary) == Parts{{"AL", 2}, {"RS", 1}});
    CHECK(at.cut("C1", Cut::gender) == Parts{{"female", 2}, {"male", 1}});
    CHECK(at.cut("C1", Cut::institution_type) == Parts{{"", 1}, {"prosecution_office", 2}});
    CHECK(at.cut("C3", Cut::activity_kind) == Parts{{"training", 4}, {"study_tour", 1}, {"legal_english", 1}});
}

TEST_CASE("a course counts in each quarter that its sessions are in") {
    Small at;
    CHECK(at.cut("C1", Cut::quarter) == Parts{{"2026-Q1", 3}, {"2026-Q2", 1}});
    CHECK(at.cut("C3", Cut::quarter) == Parts{{"2026-Q1", 4}, {"2026-Q2", 3}});
    CHECK(at.value("C4", {.from = "2026-03-30", .to = "2026-03-30"}) == 0.5);
    const Filter second = narrowed(*at.facts, indicator("C4"), {}, Cut::quarter, "2026-Q2");
    CHECK(at.value("C4", second) == (2 + 2 + 2) / 2.0);
    CHECK_THROWS_AS(narrowed(*at.facts, indicator("C4"), {}, Cut::quarter, "2026-Q5"), Error);
    CHECK_THROWS_AS(narrowed(*at.facts, indicator("C4"), {}, Cut::gender, "unknown"), Error);
}

TEST_CASE("filters work together, and say where they cannot be asked") {
    Small at;
    Filter women{.gender = 1};
    CHECK(at.value("C1", women) == 2);
    women.beneficiary = at.catalog.find_scope("AL")->number;
    CHECK(at.value("C1", women) == 1);
    CHECK_FALSE(at.figure("C8", women).applies);
    CHECK_FALSE(at.figure("C11", {.gender = 1}).applies);
    CHECK(at.value("C1", {.activity_kind = 2}) == 1);
    CHECK(at.value("C3", {.activity = "TR-01"}) == 3);
    CHECK_FALSE(at.figure("S1", {.activity = "TR-01"}).applies);
}

TEST_CASE("every figure opens to the rows that it counts") {
    Small at;
    for (const Indicator& one : indicators()) {
        INFO(one.code);
        const Figure figure = figures_of(*at.facts, one, {}).front().figure;
        const RowPage all = rows_of(*at.facts, one, {}, 0, 1000);
        CHECK(all.total == figure.rows);
        CHECK(all.rows.size() == static_cast<std::size_t>(figure.rows));
        for (const RowReference& row : all.rows) {
            Arena arena;
            std::vector<Value> key;
            for (const OwnedValue& part : row.key) key.push_back(part.view());
            CHECK(at.replica->state(*row.table, key, arena));
        }
    }
    const RowPage page = rows_of(*at.facts, indicator("C4"), {}, 2, 3);
    CHECK(page.rows.size() == 3);
    CHECK(page.total == 16);
    CHECK(rows_of(*at.facts, indicator("C1"), {.gender = 2}, 0, 9).rows.front().key.front() == OwnedValue(at.ilir));
}

TEST_CASE("learning, satisfaction, levels, cost") {
    Small at;
    const auto result = [&](std::int64_t person, const char* activity, const char* kind, double score) {
        at.put("test_result", {person, activity, kind}, {{"score", score}, {"maximum", 20.0}});
    };
    result(at.arta, "TR-01", "pre", 10);
    result(at.arta, "TR-01", "post", 15);  // half of what was missing
    result(at.ilir, "TR-01", "pre", 5);    // came to the first only
    result(at.ana, "TR-01", "pre", 12);
    result(at.again, "TR-01", "post", 20);  // all of it
    at.put("test_result", {at.arta, "LE-01", "placement"}, {{"level", "B1"}});
    at.put("test_result", {at.arta, "LE-01", "final"}, {{"level", "B2"}});
    for (const int answer : {5, 4, 2}) at.add("evaluation", {{"activity", "TR-01"}, {"question", "overall"}, {"answer", answer}});
    at.reload();
    CHECK(at.value("C7") == Approx(75));
    CHECK(at.value("C8") == Approx(11.0 / 3));
    CHECK(at.value("C8.high") == Approx(200.0 / 3));
    CHECK(at.figure("C8").rows == 3);
    CHECK(at.value("C9") == 1);
    CHECK(at.value("C9.risen") == 100);
    CHECK(at.value("C10") == 1);
    CHECK(at.value("C10.days") == 1);
    CHECK(at.value("C11") == Approx(1200 / ((4 + 2 + 4) / 2.0)));
}

TEST_CASE("registers: cases, agreements, laws, exchange") {
    Small at;
    const std::int64_t one =
        at.add("supported_case", {{"reference", "C-1"}, {"opened_on", "2026-02-01"}, {"beneficiary", "AL"}, {"state", "open"}}, "AL");
    at.add("supported_case", {{"reference", "C-2"}, {"opened_on", "2025-02-01"}, {"beneficiary", "RS"}, {"state", "closed"}}, "RS");
    at.add("meeting", {{"kind", "operational"}, {"held_on", "2026-03-01"}}, "AL");
    at.add("meeting", {{"kind", "bilateral"}, {"held_on", "2026-03-01"}}, "AL");
    at.add("investigation_team", {{"supported_case", one}, {"state", "agreement_signed"}, {"signed_on", "2026-05-02"}});
    at.add("investigation_team", {{"supported_case", one}, {"state", "proposed"}});
    for (const char* answered : {"2026-01-11", "2026-01-21", "2026-02-10"})
        at.add("assistance_request",
               {{"supported_case", one}, {"from_state", "AL"}, {"to_state", "IT"}, {"sent_on", "2026-01-01"}, {"answered_on", answered}});
    const std::int64_t agreement =
        at.add("agreement", {{"title", "A"}, {"kind", "bilateral"}, {"parties", "AL, RS"}, {"stage", "signed"}}, "regional");
    at.put("agreement_stage_date", {agreement, "signed"}, {{"reached_on", "2026-03-03"}});
    at.add("agreement", {{"title", "B"}, {"kind", "bilateral"}, {"parties", "AL, ME"}, {"stage", "negotiation"}}, "regional");
    at.add("liaison_posting", {{"person", at.ilir}, {"seat", "The Hague"}, {"from_on", "2026-01-01"}, {"to_on", "2026-12-31"}});
    const std::int64_t law = at.add("law", {{"title", "L"}, {"beneficiary", "ME"}, {"kind", "law"}, {"stage", "adopted"}}, "ME");
    for (const char* state : {"taken_up", "not_taken_up", "partly", "open"})
        at.add("law_comment", {{"law", law}, {"words", "w"}, {"state", state}});
    at.add("exchange_step",
           {{"beneficiary", "MK"}, {"category", "dna"}, {"partner", "AT"}, {"kind", "test"}, {"state", "done"}, {"done_on", "2026-04-04"}},
           "MK");
    at.add("analysis_product", {{"kind", "strategic"}, {"subject", "S"}, {"beneficiary", "BA"}, {"dated", "2026-04-04"}}, "regional");
    at.reload();
    const Filter year{.from = "2026"};
    CHECK(at.value("S1") == 2);
    CHECK(at.value("S1", year) == 1);
    CHECK(at.value("S2") == 1);
    CHECK(at.value("S3") == 1);
    CHECK(at.value("S4") == 20);
    CHECK(at.cut("A1", Cut::stage) == Parts{{"signed", 1}, {"negotiation", 1}});
    CHECK(at.value("A1", year) == 1);
    CHECK(at.value("A2", {.from = "2026-01-01", .to = "2026-03-31"}) == Approx(90 / (365.25 / 12)));
    CHECK(at.value("A2") == Approx(166 / (365.25 / 12)));  // until today
    CHECK(at.figure("A2", {.from = "2027"}).rows == 0);
    CHECK(at.cut("L1", Cut::beneficiary) == Parts{{"ME", 1}});
    CHECK(at.value("L2") == Approx(100.0 / 3));
    CHECK(at.cut("X1", Cut::stage) == Parts{{"done", 1}});
    CHECK(at.cut("X2", Cut::beneficiary) == Parts{{"BA", 1}});
    CHECK(rows_of(*at.facts, indicator("S4"), {}, 0, 10).rows.size() == 3);
}

TEST_CASE("targets belong to a period and to all or one beneficiary") {
    Small at;
    at.add("indicator_target",
           {{"indicator", "C1"}, {"from_on", "2026-01-01"}, {"to_on", "2026-12-31"}, {"baseline", 0.0}, {"target", 400.0}});
    at.add("indicator_target",
           {{"indicator", "C1"}, {"from_on", "2026-01-01"}, {"to_on", "2026-12-31"}, {"target", 60.0}, {"beneficiary", "AL"}});
    at.reload();
    CHECK(target_of(*at.facts, indicator("C1"), {})->target == 400);
    CHECK(target_of(*at.facts, indicator("C1"), {.from = "2026", .to = "2026"})->baseline == 0);
    CHECK_FALSE(target_of(*at.facts, indicator("C1"), {.from = "2025"}));
    CHECK_FALSE(target_of(*at.facts, indicator("C1"), {.gender = 1}));
    CHECK(target_of(*at.facts, indicator("C1"), {.beneficiary = at.catalog.find_scope("AL")->number})->target == 60);
}

TEST_CASE("what is missing in the records, and what stands in a ring of links") {
    Small at;
    CHECK(at.value("Q4") == 0);
    at.add("person", {{"family_name", "Nobody"}, {"given_name", "Knows"}}, "AL");
    at.put("same_person", {at.ana}, {{"canonical", at.again}});  // two offices linked each to the other
    at.reload();
    CHECK(at.value("Q4") == 1);
    CHECK(at.value("C1") == 3);
    CHECK(at.value("C6") == 5);
}
