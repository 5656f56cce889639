// Documents as a ministry gets them: what a reader of PDF finds in them, and what a scanner reads from their codes.

#include <catch2/catch_test_macros.hpp>

#include "engine/base/file.hpp"
#include "schema/documents/content.hpp"
#include "schema/documents/documents.hpp"
#include "schema/documents/pdf.hpp"
#include "schema/domain/badges.hpp"
#include "tests/domain/register.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

std::string output_of(const std::string& command) {
    FILE* pipe = ::popen(command.c_str(), "r");
    ensure(pipe != nullptr, "a program can be started");
    std::string out;
    char piece[4096];
    while (const std::size_t size = std::fread(piece, 1, sizeof piece, pipe)) out.append(piece, size);
    INFO(command);
    REQUIRE(::pclose(pipe) == 0);
    return out;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// A document on the disk, and what programs read from it.
class Printed {
public:
    Printed(const Folder& folder, const Bytes& document) : path_(folder.file("document.pdf")) {
        NewFile file(path_);
        file.write(document);
        file.commit();
    }
    std::string text() const { return output_of("pdftotext -layout " + path_ + " -"); }
    std::size_t pages() const {
        const std::string about = output_of("pdfinfo " + path_);
        return std::stoul(about.substr(about.find("Pages:") + 6));
    }
    /// Every font is in the file, and its letters can be copied out.
    bool fonts_are_whole() const {
        std::istringstream lines(output_of("pdffonts " + path_ + " | tail -n +3"));
        bool whole = false;
        for (std::string line; std::getline(lines, line); whole = true) {
            if (!has(line, "Inter") || !has(line, "yes yes yes")) return false;
        }
        return whole;
    }
    /// What the QR codes of a page say.
    std::string codes(int page) const {
        const std::string picture = path_.substr(0, path_.size() - 4);
        const std::string number = std::to_string(page);
        output_of("pdftoppm -r 150 -png -singlefile -f " + number + " -l " + number + " " + path_ + " " + picture);
        return output_of("ZXingReader -format QRCode " + picture + ".png");
    }

private:
    std::string path_;
};

struct Course : Register {
    Course() {
        activity("TR-01", "training", "2026-03-16", "2026-03-18", 0, "regional",
                 {{"place", "Prishtina, Kosovo"}, {"trainers", "Вера Илић"}});
        for (std::int64_t number = 1; number <= 4; ++number)
            put("session", {"TR-01", number},
                {{"half_days", 1},
                 {"date", number < 3 ? "2026-03-16" : "2026-03-17"},
                 {"half_day", number % 2 == 1 ? "morning" : "afternoon"}});
        ana = person("Šukalović", "Ana", "female", "RS");
        zoran = person("Петровић", "Ђорђе", "male", "RS");
        shkelzen = person("Gjergji", "Shkëlzen", "male", "XK");
        attend(ana, "TR-01", "PPPP");
        attend(zoran, "TR-01", "PLEA");
        attend(shkelzen, "TR-01", "");
    }
    std::int64_t person(const std::string& family, const std::string& given, const char* gender, const std::string& scope) {
        return add("person",
                   {{"family_name", family}, {"given_name", given}, {"gender", gender}, {"institution_text", "Више јавно тужилаштво, Ниш"}},
                   scope);
    }
    std::int64_t ana = 0, zoran = 0, shkelzen = 0;
};

}  // namespace

TEST_CASE("an attendance list holds the names in both scripts, in every language") {
    Course course;
    Texts texts;
    for (std::size_t i = 0; i < languages; ++i) {
        texts.choose(static_cast<Language>(i));
        const Printed list(course.folder, documents::attendance_list(course.database(), texts, "TR-01"));
        const std::string text = list.text();
        INFO(text);
        for (const char* part :
             {"Šukalović Ana", "Петровић Ђорђе", "Gjergji Shkëlzen", "Више јавно тужилаштво", "TR-01", "Вера Илић", "Prishtina, Kosovo*"})
            CHECK(has(text, part));
        CHECK(has(text, texts("document.attendance_list")));
        CHECK(has(text, texts("document.funded")));
        CHECK(has(text, texts("half_day.morning")));
        CHECK(has(text, "1244"));  // the footnote, where Kosovo* is named
        CHECK(list.pages() == 1);
        CHECK(list.fonts_are_whole());
    }
}

TEST_CASE("a long attendance list goes on over pages, and a long course over columns") {
    Course course;
    course.activity("LE-01", "legal_english", "2026-01-10", "2026-06-10", 14);
    for (int i = 0; i < 20; ++i)
        course.attend(course.person("Basha " + std::to_string(i), "Ilir", "male", "AL"), "LE-01", "PPPPPPPPPPPPPP");
    const Printed list(course.folder, documents::attendance_list(course.database(), Texts(), "LE-01"));
    CHECK(list.pages() == 6);  // 14 sessions, 6 at once: three sets of two pages
    const std::string text = list.text();
    CHECK(has(text, "Session 14"));
    CHECK(has(text, "Page 6 of 6"));
    CHECK(!has(text, "1244"));
}

TEST_CASE("an activity that is not there gets a sentence") {
    Course course;
    CHECK_THROWS_AS(documents::attendance_list(course.database(), Texts(), "TR-99"), Error);
    CHECK_THROWS_AS(documents::badges(course.database(), Texts(), "TR-01"), Error);  // nobody has a badge yet
}

TEST_CASE("badges carry codes that a scanner reads and that name nobody") {
    Course course;
    const std::vector<Edit> edits = missing_badges(*course.replica, "TR-01");
    CHECK(edits.size() == 3);
    course.replica->write(0, edits);
    CHECK(missing_badges(*course.replica, "TR-01").empty());
    const Printed badges(course.folder, documents::badges(course.database(), Texts(), "TR-01"));
    CHECK(badges.pages() == 1);
    CHECK(has(badges.text(), "Šukalović"));
    CHECK(badges.fonts_are_whole());
    const std::string codes = badges.codes(1);
    Statement row = course.database().prepare_once("SELECT badge FROM person ORDER BY id");
    for (int people = 0; people < 3; ++people) {
        REQUIRE(row.step());
        CHECK(row.text(0).size() == 14);
        CHECK(has(codes, "\"" + std::string(row.text(0)) + "\""));
    }
}

TEST_CASE("no letter of any language's texts is missing") {
    documents::Pdf pdf(documents::a4_short, documents::a4_long, "letters");
    pdf.add_page();
    const Texts texts;
    for (const auto& [key, in_languages] : texts.all()) {
        for (const std::string& text : in_languages) pdf.text(10, 10, 190, text, {});
    }
    CHECK(pdf.missing_letters() == 0);
    pdf.text(10, 10, 190, "\U0010FFFD", {});
    CHECK(pdf.missing_letters() == 1);
}

TEST_CASE("Kosovo has its asterisk once, and other words have none") {
    using documents::designated;
    CHECK(designated("Policia e Kosovës") == "Policia e Kosovës*");
    CHECK(designated("Kosovo*, Prishtina") == "Kosovo*, Prishtina");
    CHECK(designated("Косово") == "Косово*");
    CHECK(designated("Kosovska Mitrovica") == "Kosovska Mitrovica");
    CHECK(designated("Kosovar") == "Kosovar");
}
