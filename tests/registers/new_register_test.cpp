// docs/new-register.md, done: the entry that it prints is a register, without a line of code.

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "schema/domain/register_sheet.hpp"
#include "tests/domain/register.hpp"

using namespace tefter;

namespace {

std::string read(const std::string& path) {
    std::ifstream in(TEFTER_SOURCE_DIR "/" + path);
    REQUIRE(in);
    return {(std::istreambuf_iterator<char>(in)), {}};
}

/// The catalog with the table of the page.
Catalog with_the_page() {
    const std::string page = read("docs/new-register.md");
    const std::size_t from = page.find("```json") + 7;
    const std::string entry = page.substr(from, page.find("```", from) - from);
    std::string catalog = read("schema/catalog.json");
    catalog.insert(catalog.rfind(']'), "," + entry);
    return Catalog::parse(catalog, "catalog.json");
}

}  // namespace

TEST_CASE("registers: a table more in the catalog is a register") {
    test::Register made(with_the_page());
    const Texts texts;
    const Table& table = made.catalog.table("loan");
    const std::int64_t office = made.add("institution", {{"name", "Суд у Нишу"}, {"beneficiary", "RS"}}, "RS");
    const ImportResult result = import_rows(*made.replica, texts, table,
                                            "item;institution;From;Cost;crimes\n"
                                            "Projektor;Sud u Nišu;16.3.2026;1.200,50;corruption\n",
                                            "loans.csv", {});
    for (const SheetFault& fault : result.faults) FAIL_CHECK(fault.sentence());
    REQUIRE(result.changes == 1);

    // List, search, form and what belongs to the institution.
    const RegisterPlan plan = register_plan(made.catalog, table);
    CHECK(plan.columns.size() == 6);
    CHECK(plan.order->name == "from_on");
    RowReader rows(made.database(), made.catalog, texts);
    RowQuery query;
    query.search = "пројектор";
    const RowList list = rows.list(plan, query);
    REQUIRE(list.total == 1);
    CHECK(list.lines[0].title == "Projektor · Суд у Нишу");
    CHECK(made.catalog.find_scope(list.lines[0].scope)->name == "RS");
    const auto institution = rows.detail(register_plan(made.catalog, made.catalog.table("institution")), {office});
    REQUIRE(institution);
    REQUIRE(institution->children.size() == 1);
    CHECK(institution->children[0].list.lines[0].cells.at(4) == "1,200.50 €");
    CHECK(rows.history(table, list.lines[0].key).size() == 1);

    // Out, and in again.
    const std::string path = made.folder.file("loans.csv");
    CHECK(export_register(*made.replica, texts, table, SheetWords::language, "csv", path).rows == 1);
    std::ifstream in(path);
    CHECK(import_rows(*made.replica, texts, table, std::string((std::istreambuf_iterator<char>(in)), {}), path, {}).changes == 0);

    // Two changes that had not seen each other: both are kept, for people to decide.
    Arena arena;
    const auto state = made.replica->state(table, coerce_key(made.catalog, table, list.lines[0].key, arena), arena);
    REQUIRE(state);
    const std::vector<Version> seen{state->find(GroupNumber{2})->leaves.front().version};
    for (const char* day : {"2026-05-01", "2026-06-01"}) {
        Edit edit;
        edit.table = "loan";
        edit.key = list.lines[0].key;
        edit.values = {{"to_on", day}};
        edit.seen = seen;
        made.replica->write(0, {&edit, 1});
    }
    Statement conflicts = made.database().prepare_once("SELECT count(*) FROM tefter_conflict");
    conflicts.step();
    CHECK(conflicts.integer(0) == 1);
}
