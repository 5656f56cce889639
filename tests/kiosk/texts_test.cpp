// Words in every language, and letters to draw them with.

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "schema/domain/catalog_text.hpp"
#include "schema/texts/texts.hpp"

using namespace tefter;

namespace {

bool names_a_file(const std::string& word) {
    const std::string extension = std::filesystem::path(word).extension().string();
    return std::set<std::string>{".db", ".json", ".js", ".css", ".wasm"}.contains(extension);
}

}  // namespace

TEST_CASE("every text that a view names exists, and no text is there for nothing") {
    const Texts texts;
    const Catalog catalog = load_built_in_catalog();
    std::set<std::string> used;
    std::set<std::string> families;  // "mark." + …
    std::vector<std::filesystem::path> sources;
    for (const char* folder : {"kiosk", "schema", "server", "tools"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(std::filesystem::path(TEFTER_SOURCE_DIR) / folder)) {
            const std::string extension = entry.path().extension().string();
            if (extension == ".cpp" || extension == ".hpp" || extension == ".js") sources.push_back(entry.path());
        }
    }
    for (const std::filesystem::path& path : sources) {
        const bool of_kiosk = path.string().find("/kiosk/") != std::string::npos;
        std::ifstream in(path);
        const std::string source((std::istreambuf_iterator<char>(in)), {});
        const std::regex quoted("\"([a-z_]+(\\.[a-z_0-9]+)*\\.?)\"");
        for (std::sregex_iterator at(source.begin(), source.end(), quoted), end; at != end; ++at) {
            const std::string word = (*at)[1];
            if (word.back() == '.') families.insert(word);
            else if (texts.has(word)) used.insert(word);
            else if (of_kiosk && word.find('.') != std::string::npos && !names_a_file(word)) {
                FAIL_CHECK("no text for \"" << word << "\" in " << path.filename().string());
            }
        }
    }
    for (const auto& [key, words] : texts.all()) {
        const std::string family = key.substr(0, key.find('.') + 1);
        const bool of_catalog = catalog.enumerations().contains(key.substr(0, key.find('.'))) || family == "column." || family == "table.";
        const bool letter = key.ends_with(".letter");
        if (!used.contains(key) && !families.contains(family) && !of_catalog && !letter)
            FAIL_CHECK("nobody uses the text \"" << key << "\"");
    }
}

TEST_CASE("every text is there in every language, with the same places to fill in") {
    const Texts texts;
    CHECK(texts.all().size() > 100);
    for (const auto& [key, words] : texts.all()) {
        for (std::size_t i = 0; i < languages; ++i) {
            INFO(key << " in " << code_of(static_cast<Language>(i)));
            CHECK_FALSE(words[i].empty());
            for (const char* place : {"{0}", "{1}", "{2}"})
                CHECK((words[0].find(place) == std::string::npos) == (words[i].find(place) == std::string::npos));
        }
    }
    Texts more;
    CHECK_THROWS(more.add("test.json", R"({"a": {"en": "x", "sq": "y", "sh": "z"}})"));
    CHECK_THROWS(more.add("test.json", R"({"save": {"en": "x", "sq": "y", "mk": "w", "sh": "z"}})"));
}

TEST_CASE("the enumerators that people choose from have words") {
    const Texts texts;
    const Catalog catalog = load_built_in_catalog();
    for (const char* enumeration : {"gender", "category", "activity_kind", "mark"}) {
        for (const Enumerator& value : catalog.enumerations().find(enumeration)->second.values) {
            INFO(enumeration << "." << value.name);
            CHECK(texts.has(std::string(enumeration) + "." + value.name));
        }
    }
}

TEST_CASE("Serbian is written in Cyrillic from one source") {
    CHECK(to_cyrillic("Njegoš, Ljubav i Džep: đak {0} žuri") == "Његош, Љубав и Џеп: ђак {0} жури");
}

TEST_CASE("dates and numbers are as the language writes them") {
    Texts texts;
    CHECK(texts.date("2026-03-16") == "16 March 2026");
    CHECK(texts.period("2026-03-16", "2026-03-18") == "16 March – 18 March 2026");
    CHECK(texts.number(1234567.5, 1) == "1,234,567.5");
    texts.choose(Language::sr_cyrl);
    CHECK(texts.date("2026-03-16") == "16. март 2026.");
    CHECK(texts.number(1234567.5, 1) == "1.234.567,5");
    texts.choose(Language::sq);
    CHECK(texts.date("2026-11-01") == "1 nëntor 2026");
    CHECK(texts.date("2026") == "2026");
    CHECK(texts.number(-1234, 0) == "-1 234");
}
