// Which rows are proposed for erasure, and which are not.

#include <catch2/catch_test_macros.hpp>

#include "schema/domain/erasure.hpp"
#include "schema/domain/retention.hpp"
#include "tests/domain/register.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

constexpr std::int64_t kept_days = 3653;  // ten years, with two or three leap days

std::vector<std::int64_t> proposed(Register& book, std::int64_t after_days, std::size_t at_most = 100) {
    std::vector<std::int64_t> out;
    for (const PastRetention& kept : past_retention(book.database(), book.catalog, Offices::start_ms + after_days * day_ms, at_most)) {
        REQUIRE(kept.table->name == "person");
        out.push_back(kept.key.front().view().integer());
    }
    return out;
}

std::int64_t person(Register& book, const std::string& family) {
    return book.add("person", {{"family_name", family}, {"given_name", "Ana"}, {"gender", "female"}}, "AL");
}

}  // namespace

TEST_CASE("Rows are proposed for erasure when nothing about them has changed for as long as they are kept") {
    Register book;
    const std::int64_t one = person(book, "Hoxha"), other = person(book, "Kola");
    book.activity("TR-1", "training", "2026-03-01", "2026-03-02", 1, "AL");
    book.attend(other, "TR-1", "P");
    CHECK(proposed(book, kept_days - 3).empty());
    CHECK(proposed(book, kept_days + 1) == std::vector{one, other});
    CHECK(proposed(book, kept_days + 1, 1) == std::vector{one});
}

TEST_CASE("A change of a row, or of one that refers to it, keeps it") {
    Register book;
    const std::int64_t idle = person(book, "Hoxha"), moved = person(book, "Kola"), came = person(book, "Leka");
    book.activity("TR-1", "training", "2026-03-01", "2026-03-02", 1, "AL");
    book.attend(came, "TR-1", "A");
    book.now_ms += 2000 * day_ms;
    book.put("person", {moved}, {{"telephone", "+355 4 111"}});                     // another group than the first: _version stays old
    book.put("attendance", {came, "TR-1", std::int64_t{1}}, {{"status", "late"}});  // corrected years later
    CHECK(proposed(book, kept_days + 1) == std::vector{idle});
    CHECK(proposed(book, 2000 + kept_days + 1) == std::vector{idle, moved, came});
}

TEST_CASE("What is erased or asked for is not proposed again") {
    Register book;
    const std::int64_t asker = book.add("staff_user", {{"name", "Sara"}, {"role", "staff"}, {"active", std::int64_t{1}}}),
                       second = book.add("staff_user", {{"name", "Ana"}, {"role", "staff"}, {"active", std::int64_t{1}}}),
                       gone = person(book, "Hoxha"), stays = person(book, "Kola");
    const Edit request = request_erasure(*book.replica, {"person", {gone}, "retention_over", asker});
    book.replica->write(asker, {&request, 1});
    CHECK(proposed(book, kept_days + 1) == std::vector{stays});
    const std::vector<Edit> edits = approve_erasure(*book.replica, request.key.front().view().integer(), second);
    book.replica->write(second, edits);
    CHECK(open_erasures(book.database(), book.catalog).empty());
    CHECK(proposed(book, 2 * kept_days) == std::vector{stays});
}
