#pragma once
// The words of screens, pages and documents in every language, and how a language writes dates and numbers.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tefter {

enum class Language { en, sq, bs, mk, cnr, sr_latn, sr_cyrl };
inline constexpr std::size_t languages = 7;

/// The names that the catalog has for languages (`sr_cyrl`), and what each calls itself.
std::string_view code_of(Language language);
std::string_view own_name_of(Language language);
std::optional<Language> language_from_code(std::string_view code);

/// Serbian Latin to Cyrillic (Vuk's alphabet, nj, lj and dž as one letter each); what stands in {braces} stays.
std::string to_cyrillic(std::string_view latin);

class Texts {
public:
    /// schema/texts/*.json, built in. An entry gives "en", "sq", "mk", and "bs", "cnr" and "sr" or, where these three agree, "sh";
    /// Serbian Cyrillic is made from Latin, but for what is no word (levels of a language): that gives "sr_cyrl".
    Texts();
    /// One more file. Throws ErrorKind::internal for a language that is missing, or a key that is there already.
    void add(std::string_view file, std::string_view json);

    void choose(Language language) { language_ = language; }
    Language language() const { return language_; }

    /// The key itself where there is no text: a test finds that before a person does. Lives as long as this.
    const char* operator()(std::string_view key) const;
    /// {0}, {1} … are replaced.
    std::string operator()(std::string_view key, const std::vector<std::string>& with) const;
    bool has(std::string_view key) const { return texts_.contains(key); }

    /// From ISO 8601: 16 March 2026, 16. mart 2026. …; also 2026 and 2026-03.
    std::string date(std::string_view iso) const;
    /// 16 March
    std::string day_and_month(std::string_view iso) const;
    std::string period(std::string_view from, std::string_view to) const;
    std::string number(double value, int decimals) const;
    /// In the device's time zone: 08:30, with the day before it when it is not `today`.
    std::string moment(std::int64_t unix_ms, std::string_view today) const;

    const std::map<std::string, std::array<std::string, languages>, std::less<>>& all() const { return texts_; }

private:
    /// Days and years are ordinals, written with a dot.
    bool dots() const { return language_ != Language::en && language_ != Language::sq && language_ != Language::mk; }

    std::map<std::string, std::array<std::string, languages>, std::less<>> texts_;
    Language language_ = Language::en;
};

/// Of a catalog's text in several languages, {"en": …, "sq": …}: in this language, else English, else any; plain text as it is.
std::string localized(std::string_view text, Language language);

/// In the device's time zone: 2026-03-16, and 08:30.
std::string local_day(std::int64_t unix_ms);
std::string local_clock(std::int64_t unix_ms);

}  // namespace tefter
