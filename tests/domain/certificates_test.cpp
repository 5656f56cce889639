// Certificates: earned, signed, checked by anybody who has the register, withdrawn.

#include <catch2/catch_test_macros.hpp>

#include "schema/domain/certificates.hpp"
#include "tests/domain/register.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

struct Course : Register {
    Course() {
        activity("TR-01", "training", "2026-01-12", "2026-01-13", 5);
        for (const auto& [family, marks] : {std::pair{"Hoxha", "PPPPA"}, {"Basha", "PPPAA"}, {"Петровић", "PPPPP"}}) {
            people.push_back(add("person", {{"family_name", family}, {"given_name", "Ana"}}, "AL"));
            attend(people.back(), "TR-01", marks);
        }
    }
    std::size_t issue() {
        const std::vector<Edit> edits =
            certificates_to_issue(*replica, *Facts::load(database(), catalog, "2026-02-01"), "TR-01", Language::en);
        if (!edits.empty()) replica->write(0, edits);
        return edits.size();
    }
    Standing standing(const std::string& code) { return check_certificate(database(), catalog, code).standing; }
    std::vector<std::int64_t> people;
};

}  // namespace

TEST_CASE("certificates go to those who earned them, once, with numbers of their own") {
    Course course;
    CHECK(course.issue() == 2);
    CHECK(course.issue() == 0);
    const auto first = find_certificate(course.database(), course.people[0], "TR-01");
    const auto third = find_certificate(course.database(), course.people[2], "TR-01");
    REQUIRE(first);
    REQUIRE(third);
    CHECK_FALSE(find_certificate(course.database(), course.people[1], "TR-01"));
    CHECK(first->number != third->number);
    CHECK(first->number.starts_with("2026-1-000"));
    CHECK(first->share == 80);
    CHECK(third->name == "Ana Петровић");
    CHECK(third->title == "Activity TR-01");
    CHECK_THROWS_AS(
        certificates_to_issue(*course.replica, *Facts::load(course.database(), course.catalog, "2026-02-01"), "TR-99", Language::en),
        Error);
}

TEST_CASE("a code is valid, withdrawn or unknown, and tells what it says") {
    Course course;
    course.issue();
    const Certificate certificate = *find_certificate(course.database(), course.people[0], "TR-01");
    const std::string code = code_of(certificate);
    CertificateCheck check = check_certificate(course.database(), course.catalog, "https://server.example/verify?c=" + code);
    CHECK(check.standing == Standing::valid);
    CHECK(check.certificate->name == "Ana Hoxha");

    Certificate forged = certificate;
    forged.name = "Ana Basha";
    CHECK(course.standing(code_of(forged)) == Standing::unknown);
    forged = certificate;
    forged.person = course.people[1];
    CHECK(course.standing(code_of(forged)) == Standing::unknown);
    for (const char* nonsense : {"", "TEFTER-C-", "TEFTER-C-AAAA", "TEFTER-C-!!", "hello"})
        CHECK(course.standing(nonsense) == Standing::unknown);
    for (std::size_t i = 9; i < code.size(); ++i) {
        std::string altered = code;
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        CHECK(course.standing(altered) == Standing::unknown);
    }

    const Edit edit = withdrawal(course.database(), course.people[0], "TR-01", "2026-03-01", "given by mistake");
    course.replica->write(0, {&edit, 1});
    check = check_certificate(course.database(), course.catalog, code);
    CHECK(check.standing == Standing::withdrawn);
    CHECK(check.withdrawn_on == "2026-03-01");
    CHECK_THROWS_AS(withdrawal(course.database(), course.people[0], "TR-01", "2026-03-01", "again"), Error);
    CHECK_THROWS_AS(withdrawal(course.database(), course.people[1], "TR-01", "2026-03-01", "none"), Error);
}

TEST_CASE("the register forgets whose a certificate was; the paper still verifies") {
    Course course;
    course.issue();
    const std::string code = code_of(*find_certificate(course.database(), course.people[0], "TR-01"));
    Edit edit;
    edit.kind = EditKind::erase;
    edit.table = "certificate";
    edit.key = {course.people[0], "TR-01"};
    course.replica->write(0, {&edit, 1});
    CHECK_FALSE(find_certificate(course.database(), course.people[0], "TR-01"));
    CHECK(course.standing(code) == Standing::valid);
}

TEST_CASE("another register does not know the certificate") {
    Course course, other;
    course.issue();
    CHECK(other.standing(code_of(*find_certificate(course.database(), course.people[0], "TR-01"))) == Standing::unknown);
}

TEST_CASE("codes are found in a file") {
    CHECK(certificate_codes_in("<< /Keywords (TEFTER-C-AbC_1 TEFTER-C-xy) >> TEFTER-C-xy") ==
          std::vector<std::string>{"TEFTER-C-AbC_1", "TEFTER-C-xy"});
}
