#include "schema/texts/texts.hpp"

#include <ctime>
#include <nlohmann/json.hpp>

#include "engine/base/error.hpp"
#include "schema/texts/texts_data.hpp"

namespace tefter {

namespace {

constexpr std::array<std::string_view, languages> codes{"en", "sq", "bs", "mk", "cnr", "sr_latn", "sr_cyrl"};
constexpr std::array<std::string_view, languages> own_names{"English", "Shqip", "Bosanski", "Македонски", "Crnogorski", "Srpski", "Српски"};

/// Longer ones first: nj before n.
constexpr std::pair<std::string_view, std::string_view> letters[] = {
    {"DŽ", "Џ"}, {"Dž", "Џ"}, {"dž", "џ"}, {"LJ", "Љ"}, {"Lj", "Љ"}, {"lj", "љ"}, {"NJ", "Њ"}, {"Nj", "Њ"}, {"nj", "њ"},
    {"A", "А"},  {"B", "Б"},  {"V", "В"},  {"G", "Г"},  {"D", "Д"},  {"Đ", "Ђ"},  {"E", "Е"},  {"Ž", "Ж"},  {"Z", "З"},
    {"I", "И"},  {"J", "Ј"},  {"K", "К"},  {"L", "Л"},  {"M", "М"},  {"N", "Н"},  {"O", "О"},  {"P", "П"},  {"R", "Р"},
    {"S", "С"},  {"T", "Т"},  {"Ć", "Ћ"},  {"U", "У"},  {"F", "Ф"},  {"H", "Х"},  {"C", "Ц"},  {"Č", "Ч"},  {"Š", "Ш"},
    {"a", "а"},  {"b", "б"},  {"v", "в"},  {"g", "г"},  {"d", "д"},  {"đ", "ђ"},  {"e", "е"},  {"ž", "ж"},  {"z", "з"},
    {"i", "и"},  {"j", "ј"},  {"k", "к"},  {"l", "л"},  {"m", "м"},  {"n", "н"},  {"o", "о"},  {"p", "п"},  {"r", "р"},
    {"s", "с"},  {"t", "т"},  {"ć", "ћ"},  {"u", "у"},  {"f", "ф"},  {"h", "х"},  {"c", "ц"},  {"č", "ч"},  {"š", "ш"}};

std::string pad(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::tm local_time(std::int64_t unix_ms) {
    const std::time_t seconds = unix_ms / 1000;
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return parts;
}

}  // namespace

std::string_view code_of(Language language) { return codes[static_cast<std::size_t>(language)]; }
std::optional<Language> language_from_code(std::string_view code) {
    const auto* found = std::find(codes.begin(), codes.end(), code);
    return found == codes.end() ? std::nullopt : std::optional(static_cast<Language>(found - codes.begin()));
}
std::string_view own_name_of(Language language) { return own_names[static_cast<std::size_t>(language)]; }

std::string to_cyrillic(std::string_view latin) {
    std::string out;
    bool kept = false;
    for (std::size_t at = 0; at < latin.size();) {
        if (latin[at] == '{') kept = true;
        if (latin[at] == '}') kept = false;
        const auto* found = std::end(letters);
        if (!kept) {
            found = std::find_if(std::begin(letters), std::end(letters),
                                 [&](const auto& pair) { return latin.substr(at).starts_with(pair.first); });
        }
        if (found == std::end(letters)) {
            out += latin[at++];
        } else {
            out += found->second;
            at += found->first.size();
        }
    }
    return out;
}

Texts::Texts() {
    for (const auto& [file, json] : texts_json()) add(file, json);
}

void Texts::add(std::string_view file, std::string_view json) {
    const nlohmann::json parsed = nlohmann::json::parse(json);
    for (const auto& item : parsed.items()) {
        const std::string& key = item.key();
        const nlohmann::json& entry = item.value();
        const auto text = [&](const char* name) {
            if (!entry.contains(name))
                throw Error(ErrorKind::internal, "schema/texts/" + std::string(file) + ": \"" + key + "\" has no \"" + name + "\".");
            return entry.at(name).get<std::string>();
        };
        const auto of_three = [&](const char* name) { return text(entry.contains("sh") ? "sh" : name); };
        const std::string sr = of_three("sr");
        if (texts_.contains(key))
            throw Error(ErrorKind::internal, "schema/texts/" + std::string(file) + ": \"" + key + "\" is there twice.");
        texts_[key] = {text("en"),
                       text("sq"),
                       of_three("bs"),
                       text("mk"),
                       of_three("cnr"),
                       sr,
                       entry.contains("sr_cyrl") ? text("sr_cyrl") : to_cyrillic(sr)};
    }
}

const char* Texts::operator()(std::string_view key) const {
    const auto found = texts_.find(key);
    return found == texts_.end() ? key.data() : found->second[static_cast<std::size_t>(language_)].c_str();
}

std::string Texts::operator()(std::string_view key, const std::vector<std::string>& with) const {
    std::string out = (*this)(key);
    for (std::size_t i = 0; i < with.size(); ++i) {
        const std::string mark = "{" + std::to_string(i) + "}";
        for (std::size_t at = out.find(mark); at != std::string::npos; at = out.find(mark, at + with[i].size()))
            out.replace(at, mark.size(), with[i]);
    }
    return out;
}

std::string Texts::day_and_month(std::string_view iso) const {
    if (iso.size() < 10) return std::string(iso);
    const std::string day = std::to_string(std::stoi(std::string(iso.substr(8, 2))));
    const std::string month = (*this)("month." + std::to_string(std::stoi(std::string(iso.substr(5, 2)))));
    return day + (dots() ? ". " : " ") + month;
}

std::string Texts::date(std::string_view iso) const {
    if (iso.size() < 10) return std::string(iso);
    return day_and_month(iso) + " " + std::string(iso.substr(0, 4)) + (dots() ? "." : "");
}

std::string Texts::period(std::string_view from, std::string_view to) const {
    if (from == to || to.empty()) return date(from);
    return (from.substr(0, 4) == to.substr(0, 4) ? day_and_month(from) : date(from)) + " – " + date(to);
}

std::string Texts::number(double value, int decimals) const {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    std::string out = text;
    const std::size_t point = std::min(out.find('.'), out.size());
    const bool english = language_ == Language::en;
    if (point < out.size() && !english) out[point] = ',';
    const std::size_t first = out.front() == '-' ? 1 : 0;
    for (std::size_t at = point; at > first + 3; at -= 3) out.insert(at - 3, english ? "," : (language_ == Language::sq ? " " : "."));
    return out;
}

std::string Texts::moment(std::int64_t unix_ms, std::string_view today) const {
    const std::string day = local_day(unix_ms);
    return (day == today ? "" : day_and_month(day) + " ") + local_clock(unix_ms);
}

std::string localized(std::string_view text, Language language) {
    if (!text.starts_with("{")) return std::string(text);
    const nlohmann::json all = nlohmann::json::parse(text, nullptr, false);
    if (!all.is_object() || all.empty()) return std::string(text);
    for (const std::string_view code : {code_of(language), code_of(Language::en)}) {
        const auto found = all.find(code);
        if (found != all.end() && found->is_string()) return found->get<std::string>();
    }
    return all.begin()->is_string() ? all.begin()->get<std::string>() : std::string(text);
}

std::string local_day(std::int64_t unix_ms) {
    const std::tm parts = local_time(unix_ms);
    return std::to_string(parts.tm_year + 1900) + "-" + pad(parts.tm_mon + 1) + "-" + pad(parts.tm_mday);
}

std::string local_clock(std::int64_t unix_ms) {
    const std::tm parts = local_time(unix_ms);
    return pad(parts.tm_hour) + ":" + pad(parts.tm_min);
}

}  // namespace tefter
