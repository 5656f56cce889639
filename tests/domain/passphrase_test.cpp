// A new passphrase: not one that people have used, not a name, a date or a run of keys, however it is dressed up.

#include "schema/domain/passphrase.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "engine/base/error.hpp"

using namespace tefter;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a passphrase that many have had, or that follows from who chooses it, is refused") {
    for (const char* easy : {"password1234", "P@ssw0rd2026", "qwertyuiop12", "aaaaaaaaaaaa", "abcabcabcabc", "letmein123456",
                             "iloveyou1985", "Passw0rd!2026"}) {
        INFO(easy);
        CHECK(fault_of(easy, least_on_pages) == PassphraseFault::easy);
        CHECK(strength_of(easy) == 1);
    }
    CHECK(fault_of("kuzhina jeshile det", least_on_pages) == PassphraseFault::none);
    CHECK(fault_of("tajna lozinka mora", least_on_pages) == PassphraseFault::none);
    CHECK(fault_of("тајна лозинка море", least_on_pages) == PassphraseFault::none);
    CHECK(fault_of("Drita Hoxhaj 26", least_on_pages, {"Drita Hoxhaj"}) == PassphraseFault::easy);
    CHECK(fault_of("hoxhaj-drita26", least_on_pages, {"Drita Hoxhaj"}) == PassphraseFault::easy);
    CHECK_THROWS_WITH(check_new_passphrase("password1234", least_on_pages), ContainsSubstring("easy to guess"));
}

TEST_CASE("length counts first, and a long passphrase is looked at as far as it matters") {
    CHECK(fault_of("", least_on_devices) == PassphraseFault::short_one);
    CHECK(fault_of("dr7!kq", least_on_devices) == PassphraseFault::short_one);
    CHECK(fault_of(std::string(1001, 'x'), least_on_devices) == PassphraseFault::long_one);
    CHECK(fault_of(std::string(1000, 'x'), least_on_devices) == PassphraseFault::easy);
    CHECK(strength_of("") == 0);
    CHECK(strength_of("kuzhina jeshile det dhe mali") == 4);
    CHECK_THROWS_WITH(check_new_passphrase("short", least_on_pages), ContainsSubstring("at least 12"));
}
