// The feed that spreadsheets refresh from: what they may ask, and what they may not.

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "schema/domain/odata.hpp"
#include "tests/domain/register.hpp"

using namespace tefter;
using namespace tefter::test;
using nlohmann::json;

namespace {

struct Feed : Register {
    Feed() {
        activity("TR-01", "training", "2026-01-12", "2026-01-13", 2);
        activity("TR-02", "training", "2026-04-12", "2026-04-13", 2);
        activity("ST-01", "study_tour", "2026-05-12", "2026-05-13", 2, "AL");
        id = add("person", {{"family_name", "O'Hara"}, {"given_name", "Ana"}, {"gender", "female"}}, "AL");
        attend(id, "TR-01", "PP");
    }
    ODataAnswer ask(const std::string& path, std::map<std::string, std::string> query = {}) {
        return odata(
            {"https://server/odata/", path, std::move(query)}, database(), catalog,
            [this] { return Facts::load(database(), catalog, "2026-06-01"); },
            [this](const Table&, const Column& column) { return personal || !column.personal; });
    }
    json rows(const std::string& path, std::map<std::string, std::string> query = {}) {
        const ODataAnswer answer = ask(path, std::move(query));
        INFO(answer.body);
        REQUIRE(answer.status == 200);
        return json::parse(answer.body);
    }
    std::vector<std::string> codes(const std::map<std::string, std::string>& query) {
        std::vector<std::string> out;
        const json answer = rows("activity", query);
        for (const json& row : answer["value"]) out.push_back(row["code"]);
        return out;
    }
    std::int64_t id = 0;
    bool personal = false;
};

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("the service lists its sets, and their types come from the catalog") {
    Feed feed;
    const json service = feed.rows("");
    CHECK(service["@odata.context"] == "https://server/odata/$metadata");
    CHECK(service["value"].size() > 30);
    const std::string metadata = feed.ask("$metadata").body;
    for (const char* part :
         {"<EntityType Name=\"activity\">", "<PropertyRef Name=\"code\"/>", "<Property Name=\"starts_on\" Type=\"Edm.String\"/>",
          "<EntitySet Name=\"indicators\" EntityType=\"Tefter.indicators\"/>"})
        CHECK(metadata.find(part) != std::string::npos);
    CHECK(metadata.find("family_name") == std::string::npos);
    feed.personal = true;
    CHECK(feed.ask("$metadata").body.find("family_name") != std::string::npos);
}

TEST_CASE("rows are filtered, ordered, chosen and paged") {
    Feed feed;
    CHECK(feed.codes({}) == Codes{"ST-01", "TR-01", "TR-02"});
    CHECK(feed.codes({{"$filter", "kind eq 'training' and starts_on ge '2026-02-01'"}}) == Codes{"TR-02"});
    CHECK(feed.codes({{"$filter", "scope ne 'regional'"}}) == Codes{"ST-01"});
    CHECK(feed.codes({{"$filter", "topic eq null"}, {"$orderby", "starts_on desc"}}) == Codes{"ST-01", "TR-02", "TR-01"});
    CHECK(feed.codes({{"$top", "1"}, {"$skip", "1"}}) == Codes{"TR-01"});
    const json counted = feed.rows("activity", {{"$count", "true"}, {"$top", "0"}, {"$filter", "kind eq 'training'"}});
    CHECK(counted["@odata.count"] == 2);
    CHECK(feed.ask("activity/$count").body == "3");
    const json chosen = feed.rows("activity", {{"$select", "code,kind"}, {"$top", "1"}})["value"][0];
    CHECK(chosen == json{{"code", "ST-01"}, {"kind", "study_tour"}});
}

TEST_CASE("ids are strings, personal columns are given to those who may, quotes do no harm") {
    Feed feed;
    const json person = feed.rows("person")["value"][0];
    CHECK(person["id"] == std::to_string(feed.id));
    CHECK(person["gender"] == "female");
    CHECK_FALSE(person.contains("family_name"));
    CHECK(feed.ask("person", {{"$filter", "family_name eq 'x'"}}).status == 400);
    feed.personal = true;
    CHECK(feed.rows("person", {{"$filter", "family_name eq 'O''Hara'"}})["value"].size() == 1);
    CHECK(feed.rows("person", {{"$filter", "family_name eq 'x'' OR 1=1 --'"}})["value"].empty());
    CHECK(feed.rows("person", {{"$filter", "id eq '" + std::to_string(feed.id) + "'"}})["value"].size() == 1);
}

TEST_CASE("indicators are a set like any other") {
    Feed feed;
    const json people = feed.rows("indicators", {{"$filter", "code eq 'C1' and cut eq 'none'"}})["value"];
    REQUIRE(people.size() == 1);
    CHECK(people[0]["value"] == 1);
    const json cut = feed.rows("indicators", {{"$filter", "code eq 'C1' and cut eq 'gender'"}, {"$select", "part,value"}})["value"];
    CHECK(cut == json::array({json{{"part", "female"}, {"value", 1.0}}}));
    CHECK(std::stoi(feed.ask("indicators/$count").body) > 20);
}

TEST_CASE("what cannot be answered gets a sentence") {
    Feed feed;
    CHECK(feed.ask("nothing").status == 404);
    CHECK(feed.ask("tefter_meta").status == 404);
    for (const auto& [option, text] : {std::pair{"$filter", "kind like 'x'"},
                                       {"$filter", "kind eq"},
                                       {"$filter", "kind eq 'x"},
                                       {"$filter", "nothing eq 1"},
                                       {"$filter", "kind eq 'nonsense'"},
                                       {"$filter", "kind gt null"},
                                       {"$top", "-1"},
                                       {"$orderby", "code up"},
                                       {"$orderby", "1; DROP TABLE person"},
                                       {"$select", "_version"},
                                       {"$apply", "aggregate"}}) {
        const ODataAnswer answer = feed.ask("activity", {{option, text}});
        INFO(option << " " << text << ": " << answer.body);
        CHECK(answer.status == 400);
        CHECK(json::parse(answer.body)["error"]["message"].get<std::string>().size() > 10);
    }
}
