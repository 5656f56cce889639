// Sheets of any table: in, out, and in again.

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "schema/domain/register_sheet.hpp"
#include "tests/domain/register.hpp"

using namespace tefter;

namespace {

struct SheetDesk {
    test::Register made;
    Texts texts;
    ImportResult import(const char* table, const std::string& sheet, bool skip_bad = false) {
        ImportOptions options;
        options.skip_bad = skip_bad;
        return import_rows(*made.replica, texts, made.catalog.table(table), sheet, "sheet.csv", options);
    }
    std::int64_t count(const std::string& table) {
        Statement row = made.database().prepare_once("SELECT count(*) FROM " + table);
        row.step();
        return row.integer(0);
    }
    std::string text(const std::string& sql) {
        Statement row = made.database().prepare_once(sql);
        return row.step() ? std::string(row.text(0)) : "none";
    }
};

constexpr const char* cases =
    "Referenca;Hapur më;Përfituesi;Veprat penale;Gjendja\n"
    "SC-1;16.3.2026;AL;Korrupsion, Terrorizëm;I hapur\n"
    "SC-2;2026-03-17;MK;;I mbyllur\n";

}  // namespace

TEST_CASE("registers: a sheet in the words of an office is taken in once, whatever is done again") {
    SheetDesk desk;
    ImportResult result = desk.import("supported_case", cases);
    CHECK(result.faults.empty());
    CHECK(result.changes == 2);
    CHECK(desk.text("SELECT crimes FROM supported_case WHERE reference = 'SC-1'") == R"(["corruption","terrorism"])");
    CHECK(desk.text("SELECT _scope FROM supported_case WHERE reference = 'SC-2'") ==
          std::to_string(desk.made.catalog.find_scope("MK")->number.value));
    result = desk.import("supported_case", cases);
    CHECK(result.written);
    CHECK(result.changes == 0);
    CHECK(desk.count("supported_case") == 2);
}

TEST_CASE("registers: a refused line is named with its number and reason, and nothing is half done") {
    SheetDesk desk;
    const std::string sheet =
        "reference,opened_on,beneficiary,state\n"
        "SC-1,16.3.2026,AL,open\n"
        "SC-2,31.2.2026,AL,open\n"
        ",1.3.2026,AL,open\n"
        "SC-4,1.3.2026,XX,open\n";
    ImportResult result = desk.import("supported_case", sheet);
    CHECK_FALSE(result.written);
    CHECK(desk.count("supported_case") == 0);
    REQUIRE(result.faults.size() == 3);
    CHECK(result.faults[0].sentence() == "line 3, column opened_on: \"31.2.2026\" is no date that exists; write 16.3.2026 or 2026-03-16");
    CHECK(result.faults[1].line == 4);
    CHECK(result.faults[2].column == "beneficiary");
    result = desk.import("supported_case", sheet, true);
    CHECK(result.changes == 1);
    CHECK_THROWS(desk.import("supported_case", "reference,colour\nSC-1,red\n"));
    CHECK_THROWS(desk.import("supported_case", "reference,Reference\nSC-1,SC-1\n"));
    CHECK_THROWS(desk.import("agreement_stage_date", "reached_on\n1.3.2026\n"));
}

TEST_CASE("registers: a sheet with numbers changes the rows that it names") {
    SheetDesk desk;
    desk.import("supported_case", cases);
    const std::string id = desk.text("SELECT id FROM supported_case WHERE reference = 'SC-1'");
    const ImportResult result = desk.import("supported_case", "id,state\n" + id + ",advised\n");
    CHECK(result.faults.empty());
    CHECK(result.changes == 1);
    CHECK(desk.text("SELECT state FROM supported_case WHERE reference = 'SC-1'") == "2");
    CHECK(desk.import("supported_case", "id,state\n999,advised\n").faults.size() == 1);
}

TEST_CASE("registers: what goes out in any language comes in again and changes nothing") {
    SheetDesk desk;
    desk.import("supported_case", cases);
    desk.made.put("agreement", {desk.made.replica->new_id()},
                  {{"title", "With Eurojust"}, {"kind", "with_eurojust"}, {"parties", "AL"}, {"stage", "signed"}}, "AL");
    for (std::size_t i = 0; i < languages; ++i) {
        desk.texts.choose(static_cast<Language>(i));
        for (const char* table : {"supported_case", "agreement", "beneficiary", "topic"}) {
            for (const SheetWords words : {SheetWords::catalog, SheetWords::language}) {
                const std::string path =
                    desk.made.folder.file(std::string(table) + std::to_string(i) + std::to_string(static_cast<int>(words)) + ".csv");
                const std::int64_t rows = desk.count(table);
                CHECK(export_register(*desk.made.replica, desk.texts, desk.made.catalog.table(table), words, "csv", path).rows ==
                      static_cast<std::size_t>(rows));
                // In words a text in several languages has one of them: it would be a change.
                if (words == SheetWords::language && (std::string(table) == "beneficiary" || std::string(table) == "topic")) continue;
                std::ifstream in(path);
                const std::string sheet((std::istreambuf_iterator<char>(in)), {});
                const ImportResult result = desk.import(table, sheet);
                INFO(sheet);
                for (const SheetFault& fault : result.faults) FAIL_CHECK(fault.sentence());
                CHECK(result.changes == 0);
                CHECK(desk.count(table) == rows);
            }
        }
    }
    CHECK(desk.count("access") > 0);
    CHECK_THROWS(export_register(*desk.made.replica, desk.texts, desk.made.catalog.table("law"), SheetWords::catalog, "pdf",
                                 desk.made.folder.file("x")));
}
