// Who is who in the sheets of spring 2026: names across scripts, and how well the proposals find them.

#include <catch2/catch_test_macros.hpp>

#include <fstream>
#include <map>
#include <set>

#include "schema/domain/duplicates.hpp"
#include "schema/domain/names.hpp"
#include "schema/domain/sheet.hpp"

using namespace tefter;

namespace {

std::string read_file(const std::string& name) {
    std::ifstream in(std::string(TEFTER_SOURCE_DIR) + "/tests/data/spring-2026/" + name, std::ios::binary);
    REQUIRE(in);
    return {(std::istreambuf_iterator<char>(in)), {}};
}

}  // namespace

TEST_CASE("a name has one key in either script and with or without diacritics") {
    CHECK(name_key("Шукаловић") == name_key("Šukalović"));
    CHECK(name_key("ŠUKALOVIC") == name_key("Šukalović"));
    CHECK(name_key("Ђорђевић") == name_key("Djordjević"));
    CHECK(name_key("Ѓорѓиевски") == name_key("Gjorgjievski"));
    CHECK(name_key("Hoxha") == name_key("Хоџа"));
    CHECK(name_key("Ivanović") != name_key("Jovanović"));
    CHECK(similarity("martha", "marhta") > 0.96);
    CHECK(similarity("", "x") == 0);
}

TEST_CASE("dates, genders and answers as offices write them") {
    CHECK(parse_date("16.10.1974.") == "1974-10-16");
    CHECK(parse_date("27/09/1969") == "1969-09-27");
    CHECK(parse_date("1969-09-27") == "1969-09-27");
    for (const char* bad : {"31.02.1980", "1.1.74", "12.1980", "yesterday", "", "1969-09/27"}) CHECK_FALSE(parse_date(bad));
    CHECK(parse_gender("Ж") == "female");
    CHECK(parse_yes_no("Po") == true);
    CHECK(parse_yes_no("не") == false);
}

TEST_CASE("sheets: encodings, separators, quotes, unknown headings") {
    const Sheet utf16 = parse_sheet(std::string("\xFF\xFE"
                                                "a\0\t\0b\0\n\0"
                                                "1\0\t\0"
                                                "2\0",
                                                16),
                                    "x");
    CHECK(utf16.headings == std::vector<std::string>{"a", "b"});
    CHECK(utf16.rows.front().cells == std::vector<std::string>{"1", "2"});
    const Sheet cp1250 = parse_sheet("Ime;Prezime\n\x8Euti\xE6; \"a;\"\"b\" \r\n\r\n", "x");
    CHECK(cp1250.rows.size() == 1);
    CHECK(cp1250.rows.front().cells == std::vector<std::string>{"Žutić", "a;\"b"});
    CHECK_THROWS(parse_sheet("", "x"));
    CHECK_THROWS(parse_sheet("a,b\n\"open", "x"));
    CHECK_THROWS(parse_sheet("a\x81\x83", "x"));
    CHECK_THROWS(map_fields(parse_sheet("Ime;Nonsense\n", "x"), {}, "x"));
    CHECK_THROWS(map_fields(parse_sheet("Ime;Emri\n", "x"), {}, "x"));
    CHECK_THROWS(map_fields(parse_sheet("Ime\n", "x"), {"family"}, "x"));
}

TEST_CASE("of the duplicates in the sheets nearly all are proposed, and hardly anything else") {
    std::map<std::pair<std::string, std::size_t>, std::string> who;
    const Sheet truth = parse_sheet(read_file("who-is-who.csv"), "who-is-who.csv");
    for (const SheetRow& row : truth.rows) who[{row.cells[0], std::stoul(row.cells[1])}] = row.cells[2];
    std::vector<NamedPerson> people;
    std::vector<std::string> real{""};
    for (const char* office : {"tirana", "sarajevo", "prishtine", "podgorica", "skopje", "beograd"}) {
        const std::string file = std::string(office) + ".csv";
        const Sheet sheet = parse_sheet(read_file("registrations/" + file), file);
        const auto fields = map_fields(sheet, {"family", "given"}, file);
        for (const SheetRow& row : sheet.rows) {
            const std::string person = who[{file, row.line}];
            if (person.empty() || row.cells[fields.at("family")].empty() || row.cells[fields.at("family")] == "Row") continue;
            people.push_back({static_cast<std::int64_t>(real.size()), row.cells[fields.at("family")], row.cells[fields.at("given")],
                              parse_date(row.cells[fields.at("birth")]).value_or(""), row.cells[fields.at("email")], 0});
            real.push_back(person);
        }
    }
    REQUIRE(people.size() > 400);
    std::set<std::pair<std::size_t, std::size_t>> same, found;
    for (std::size_t i = 1; i < real.size(); ++i) {
        for (std::size_t j = i + 1; j < real.size(); ++j) {
            if (real[i] == real[j]) same.emplace(i, j);
        }
    }
    std::size_t right = 0;
    for (const Pair& pair : propose_duplicates(people, 0.88)) {
        found.emplace(pair.one, pair.other);
        const bool good = same.contains({static_cast<std::size_t>(pair.one), static_cast<std::size_t>(pair.other)});
        right += good ? 1 : 0;
        if (!good)
            UNSCOPED_INFO("wrong: " << people[static_cast<std::size_t>(pair.one - 1)].family << " "
                                    << people[static_cast<std::size_t>(pair.one - 1)].given << " / "
                                    << people[static_cast<std::size_t>(pair.other - 1)].family << " "
                                    << people[static_cast<std::size_t>(pair.other - 1)].given << " " << pair.score);
    }
    for (const auto& [i, j] : same) {
        if (!found.contains({i, j}))
            UNSCOPED_INFO("missed: " << people[i - 1].family << " " << people[i - 1].given << " " << people[i - 1].birth << " / "
                                     << people[j - 1].family << " " << people[j - 1].given << " " << people[j - 1].birth);
    }
    INFO("pairs that are the same: " << same.size() << ", proposed: " << found.size() << ", right: " << right);
    CHECK(right * 100 >= same.size() * 95);
    CHECK(right * 100 >= found.size() * 95);
}

TEST_CASE("someone without a date of birth is found again with a letter missing near the beginning of a name") {
    const std::vector<NamedPerson> people{
        {1, "Vliu", "Rrahman", "", "", 0},
        {2, "Veliu", "Rrahman", "1969-04-16", "", 0},
        {3, "Rahman", "Veliu", "", "", 0},
        {4, "Krasniqi", "Rrahman", "1969-04-16", "", 0},
    };
    std::set<std::pair<std::int64_t, std::int64_t>> found;
    for (const Pair& pair : propose_duplicates(people, likely_duplicate)) found.emplace(pair.one, pair.other);
    CHECK(found == std::set<std::pair<std::int64_t, std::int64_t>>{{1, 2}, {1, 3}, {2, 3}});
}
