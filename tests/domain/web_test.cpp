// The web pages without a server: what is escaped, what is decoded, who waits, which code fits.

#include <catch2/catch_test_macros.hpp>

#include "server/web/markup.hpp"
#include "server/web/one_time_code.hpp"
#include "server/web/routes.hpp"

using namespace tefter;
using namespace tefter::web;

namespace {

Environment at(std::int64_t& now_ms) {
    Environment out;
    out.now_ms = [&now_ms] { return now_ms; };
    out.random = [next = std::uint8_t{0}](std::span<std::uint8_t> to) mutable {
        for (std::uint8_t& byte : to) byte = ++next;
    };
    return out;
}

}  // namespace

TEST_CASE("text with markup is shown, and never becomes markup") {
    const std::string evil = "<script>alert('1')</script>\" onload=\"x&";
    CHECK(tag("p", {{"title", evil}}, evil).html() ==
          "<p title=\"&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;x&amp;\">"
          "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;x&amp;</p>");
    CHECK(tag("input", {{"required", ""}, {"class", std::string(absent)}, {"value", ""}}).html() == "<input required value=\"\">");
}

TEST_CASE("addresses and forms are decoded and encoded again") {
    const Fields fields = parse_fields("name=%D0%9C%D0%B8%D1%80%D0%B0+x&&empty=&alone&bad=%zz");
    CHECK(fields == Fields{{"name", "Мира x"}, {"empty", ""}, {"alone", ""}, {"bad", "%zz"}});
    CHECK(parse_fields(encode_fields(fields)) == fields);
    CHECK(parse_cookies("a=1; b=x=y;c") == std::map<std::string, std::string>{{"a", "1"}, {"b", "x=y"}});
    CHECK(local_address("/people?x=1") == "/people?x=1");
    for (const char* foreign : {"https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "", "/a\r\nSet-Cookie: x"}) {
        CHECK(local_address(foreign) == "/");
    }
}

TEST_CASE("an address fits its pattern part by part") {
    std::vector<std::string> parts;
    CHECK(matches("/registers/:/:", "/registers/person/1%2F2", parts));
    CHECK(parts == std::vector<std::string>{"person", "1/2"});
    CHECK(matches("/", "/", parts));
    for (const char* other :
         {"/registers/person", "/registers/person/1/2", "/registers//1", "/registers/person/", "registers/person/1", ""}) {
        INFO(other);
        CHECK_FALSE(matches("/registers/:/:", other, parts));
    }
}

TEST_CASE("guessing costs more with every wrong guess, and only the one who guesses") {
    LocalBook book;
    Guesses guesses(book);
    const std::vector<Guesses::Key> mine{{"n:mira@10.0.0.1", 5}}, others{{"n:mira@10.0.0.2", 5}};
    for (int i = 0; i < 5; ++i) {
        CHECK(guesses.wait_ms(mine, 1000) <= 0);
        guesses.wrong(mine, 1000);
    }
    CHECK(guesses.wait_ms(mine, 1000) == 1000);
    CHECK(guesses.wait_ms(others, 1000) == 0);
    for (int i = 0; i < 30; ++i) guesses.wrong(mine, 1000);
    CHECK(guesses.wait_ms(mine, 1000) == 15 * 60 * 1000);
    guesses.right("n:mira@10.0.0.1");
    CHECK(guesses.wait_ms(mine, 1000) == 0);
}

TEST_CASE("what guessers can fill is bounded, and filling it does not free the one who guesses most") {
    LocalBook book;
    Guesses guesses(book);
    const std::vector<Guesses::Key> mine{{"n:mira@10.0.0.1", 5}};
    for (int i = 0; i < 30; ++i) guesses.wrong(mine, 1000);
    const std::string long_name(1000, 'x');
    for (int i = 0; i < 40'000; ++i) guesses.wrong({{long_name + std::to_string(i), 5}}, 1000);
    CHECK(guesses.wait_ms(mine, 1000) == 15 * 60 * 1000);
    std::size_t bytes = 0;
    for (const auto& [name, page] : book.all("")) bytes += page.size();
    CHECK(bytes < 256 * 100 * 64);
}

TEST_CASE("a session is found by its token until it is ended, or not used for half a day") {
    std::int64_t now_ms = 1'000'000;
    LocalBook book;
    Sessions sessions(at(now_ms), book);
    const std::string token = sessions.begin(7, false), other = sessions.begin(7, false);
    REQUIRE(sessions.find(token));
    CHECK(sessions.find(token)->user == 7);
    CHECK(sessions.find(token)->form_token != token);
    CHECK_FALSE(sessions.find(""));
    CHECK_FALSE(sessions.find(token + "0"));
    now_ms += 11LL * 3600 * 1000;
    CHECK(sessions.find(token));
    now_ms += 11LL * 3600 * 1000;
    CHECK(sessions.find(token));
    CHECK_FALSE(sessions.find(other));
    sessions.end(token);
    CHECK_FALSE(sessions.find(token));
    // Those that nobody uses any longer go when the next one begins; others of the same user end with a new passphrase.
    const std::string third = sessions.begin(7, false), fourth = sessions.begin(7, false), stranger = sessions.begin(8, false);
    CHECK(book.all("session:").size() == 3);
    sessions.end_others(7, third);
    CHECK(sessions.find(third));
    CHECK_FALSE(sessions.find(fourth));
    CHECK(sessions.find(stranger));
}

TEST_CASE("one-time codes are those of RFC 6238, appendix B") {
    const BytesView secret = as_bytes("12345678901234567890");
    CHECK(code_at(secret, 59 / 30) == "287082");
    CHECK(code_at(secret, 1111111109 / 30) == "081804");
    CHECK(code_at(secret, 20000000000 / 30) == "353130");
    CHECK(fitting_step(secret, "287082", 59'000) == 1);
    CHECK(fitting_step(secret, "287082", 89'000) == 1);
    CHECK_FALSE(fitting_step(secret, "287082", 120'000));
    CHECK_FALSE(fitting_step(secret, "", 59'000));
    CHECK(base32(secret) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}
