// Registers from the catalog alone: words, lists, search across scripts, children, history, cells as people write them.

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "schema/domain/register_sheet.hpp"
#include "tests/domain/register.hpp"

using namespace tefter;

namespace {

struct Desk {
    test::Register made;
    Texts texts;
    const Catalog& catalog = made.catalog;
    std::int64_t office =
        made.add("institution", {{"name", "Apelaciono tužilaštvo"}, {"kind", "prosecution_office"}, {"beneficiary", "RS"}}, "RS");
    std::int64_t one = made.add("supported_case",
                                {{"reference", "SC-01"},
                                 {"opened_on", "2026-03-16"},
                                 {"beneficiary", "RS"},
                                 {"authority", office},
                                 {"crimes", R"(["cybercrime","corruption"])"},
                                 {"state", "open"}},
                                "RS");
    std::int64_t two =
        made.add("supported_case", {{"reference", "SC-02"}, {"opened_on", "2026-04-01"}, {"beneficiary", "AL"}, {"state", "closed"}}, "AL");

    RowReader reader() { return RowReader(made.database(), catalog, texts); }
    RegisterPlan plan(const char* table) { return register_plan(catalog, catalog.table(table)); }
    ReadCell read(const char* table, const char* column, std::string_view typed) {
        RowReader rows = reader();
        return read_cell(rows, *catalog.table(table).find_column(column).second, typed);
    }
};

}  // namespace

TEST_CASE("registers: every table, column and enumerator has words in every language, and no two columns of a table share them") {
    const Catalog catalog = load_built_in_catalog();
    const Texts texts;
    for (const Table& table : catalog.tables()) {
        if (table.number == device_table) continue;
        INFO(table.name);
        CHECK(texts.has("table." + table.name));
        if (!table.area.empty()) {
            CHECK(texts.has("table." + table.name + ".many"));
            CHECK(area_words(texts, table.area) != "area." + table.area);
        }
        std::array<std::set<std::string>, languages> there;
        for (const Column* column : register_columns(table)) {
            const std::string own = "column." + table.name + "." + column->name, shared = "column." + column->name;
            const auto words = texts.all().find(texts.has(own) ? own : shared);
            INFO(column->name);
            REQUIRE(words != texts.all().end());
            for (std::size_t i = 0; i < languages; ++i) {
                INFO(words->second[i]);
                CHECK(there[i].insert(fold(words->second[i])).second);
            }
        }
        for (const std::string& name : table.title) CHECK(table.find_column(name).second != nullptr);
    }
    for (const auto& [name, enumeration] : catalog.enumerations()) {
        for (const Enumerator& value : enumeration.values) {
            INFO(name << "." << value.name);
            CHECK(texts.has(name + "." + value.name));
        }
    }
}

TEST_CASE("registers: the areas of the work, each with what stands in it by itself") {
    const Catalog catalog = load_built_in_catalog();
    std::map<std::string, std::set<std::string>> found;
    for (const Area& area : areas(catalog)) {
        for (const Table* table : area.tables) found[area.name].insert(table->name);
    }
    CHECK(found["cases"].contains("meeting"));
    CHECK(found["cooperation"].contains("agreement"));
    CHECK_FALSE(found["cooperation"].contains("agreement_stage_date"));
    CHECK(found["legislation"].contains("law_comment"));
    CHECK(found["exchange"].contains("exchange_exercise"));
    CHECK_FALSE(found[""].contains("access"));
}

TEST_CASE("registers: a list is searched across scripts, filtered, and latest first") {
    Desk desk;
    RowReader rows = desk.reader();
    const RegisterPlan plan = desk.plan("supported_case");
    RowQuery query;
    RowList all = rows.list(plan, query);
    REQUIRE(all.total == 2);
    CHECK(all.lines[0].title == "SC-02");
    query.search = "апелационо";
    all = rows.list(plan, query);
    REQUIRE(all.total == 1);
    CHECK(all.lines[0].title == "SC-01");
    query = {};
    query.where.emplace_back(desk.catalog.table("supported_case").find_column("crimes").second, OwnedValue("cybercrime"));
    CHECK(rows.list(plan, query).total == 1);
    query = {};
    query.where.emplace_back(desk.catalog.table("supported_case").find_column("opened_on").second, OwnedValue("2026-04"));
    CHECK(rows.list(plan, query).lines.at(0).title == "SC-02");
    query = {};
    query.take = SIZE_MAX;
    CHECK(rows.list(plan, query).total == 2);
    query = {};
    query.skip = 1;
    query.take = 1;
    all = rows.list(plan, query);
    CHECK(all.total == 2);
    CHECK(all.lines.at(0).title == "SC-01");
}

TEST_CASE("registers: a row with what refers to it, and its history") {
    Desk desk;
    desk.made.add("assistance_request",
                  {{"supported_case", desk.one}, {"from_state", "RS"}, {"to_state", "DE"}, {"sent_on", "2026-03-20"}});
    desk.made.put("supported_case", {desk.one}, {{"state", "advised"}, {"crimes", R"(["corruption"])"}});
    RowReader rows = desk.reader();
    const auto detail = rows.detail(desk.plan("supported_case"), {desk.one});
    REQUIRE(detail);
    CHECK(detail->title == "SC-01");
    CHECK(desk.catalog.find_scope(detail->scope)->name == "RS");
    REQUIRE(detail->children.size() == 1);
    CHECK(detail->children[0].plan.table->name == "assistance_request");
    CHECK(detail->children[0].list.lines.at(0).title == "SC-01 · 20 March 2026");
    const std::vector<RowEvent> history = rows.history(desk.catalog.table("supported_case"), {desk.one});
    REQUIRE(history.size() == 2);
    CHECK(history[0].op == Op::put);
    CHECK(history[1].op == Op::create);
    const auto said = [&](const char* column) {
        for (const auto& [one, value] : history[0].values)
            if (one->name == column) return rows.text(*one, value.view());
        return std::string("nothing");
    };
    CHECK(said("state") == "Advised");
    CHECK(said("crimes") == "Corruption");
    // Sealed changes are told as those are that still wait.
    desk.made.replica->segments_to_send(desk.catalog.find_scope("RS")->number);
    CHECK(desk.reader().history(desk.catalog.table("supported_case"), {desk.one}).size() == 2);
    CHECK_FALSE(rows.detail(desk.plan("supported_case"), {std::int64_t{1}}));
}

TEST_CASE("registers: cells as people write them") {
    Desk desk;
    CHECK(desk.read("supported_case", "opened_on", "16.3.2026.").value == OwnedValue("2026-03-16"));
    CHECK(desk.read("supported_case", "opened_on", "31.2.2026").fault == CellFault::date);
    CHECK(desk.read("supported_case", "opened_on", " ").fault == CellFault::required);
    CHECK(desk.read("supported_case", "state", "Затворен").value == OwnedValue(3));
    CHECK(desk.read("supported_case", "state", "closed").value == OwnedValue(3));
    CHECK(desk.read("supported_case", "state", "?").fault == CellFault::choice);
    CHECK(desk.read("supported_case", "authority", "Апелационо тужилаштво").value == OwnedValue(desk.office));
    CHECK(desk.read("supported_case", "authority", "Nowhere").fault == CellFault::no_row);
    CHECK(desk.read("supported_case", "beneficiary", "Serbia").value == OwnedValue("RS"));
    CHECK(desk.read("supported_case", "crimes", "Korrupsion; cybercrime").value == OwnedValue(R"(["corruption","cybercrime"])"));
    CHECK(desk.read("meeting", "online", "Да").value == OwnedValue(1));
    CHECK(desk.read("meeting", "people_count", "-1").fault == CellFault::too_low);
    CHECK(desk.read("meeting", "people_count", "many").fault == CellFault::whole);
    CHECK(desk.read("investigation_team", "funding_cents", "1.234,5").value == OwnedValue(123450));
    CHECK(desk.read("investigation_team", "funding_cents", "€ 1,200").value == OwnedValue(120000));
    CHECK(desk.read("investigation_team", "funding_cents", "12x").fault == CellFault::money);
    CHECK(desk.read("consent", "at", "2026-03-16T08:30:00Z").value == OwnedValue(std::int64_t{1773649800000}));
    for (int fault = 1; fault <= static_cast<int>(CellFault::bytes); ++fault) {
        const Column& column = *desk.catalog.table("meeting").find_column("people_count").second;
        CHECK_FALSE(sentence(desk.texts, column, static_cast<CellFault>(fault), "x").empty());
    }
    CHECK(with_language(R"({"en":"Law"})", Language::sq, "Ligj") == R"({"en":"Law","sq":"Ligj"})");
}

TEST_CASE("registers: two rows of one name are told apart by their number") {
    Desk desk;
    const std::int64_t same = desk.made.add("institution", {{"name", "Apelaciono tužilaštvo"}, {"beneficiary", "RS"}}, "RS");
    CHECK(desk.read("supported_case", "authority", "Apelaciono tužilaštvo").fault == CellFault::several_rows);
    CHECK(desk.read("supported_case", "authority", key_words(desk.catalog.table("institution"), {same})).value == OwnedValue(same));
}
