#include "schema/domain/sheet.hpp"

#include <iconv.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/base/error.hpp"
#include "engine/base/text.hpp"

namespace tefter {

namespace {

[[noreturn]] void fail(const std::string& file, const std::string& reason) {
    throw Error(ErrorKind::usage, "The sheet " + file + " cannot be read: " + reason);
}

std::string recode(std::string_view bytes, const char* from, const std::string& file) {
    const iconv_t converter = iconv_open("UTF-8", from);
    if (converter == iconv_t(-1)) fail(file, std::string("this system cannot read ") + from + ".");
    std::string out(bytes.size() * 3 + 16, '\0');
    std::string in(bytes);
    char* source = in.data();
    char* target = out.data();
    std::size_t source_left = in.size();
    std::size_t target_left = out.size();
    const bool whole = iconv(converter, &source, &source_left, &target, &target_left) != std::size_t(-1);
    iconv_close(converter);
    if (!whole) fail(file, "its encoding is unknown; save it as UTF-8, UTF-16 or Windows-1250.");
    out.resize(out.size() - target_left);
    return out;
}

std::string to_utf8(std::string_view bytes, const std::string& file) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    else if (bytes.starts_with("\xFF\xFE")) return recode(bytes.substr(2), "UTF-16LE", file);
    else if (bytes.starts_with("\xFE\xFF")) return recode(bytes.substr(2), "UTF-16BE", file);
    else if (bytes.size() > 3 && bytes[1] == '\0') return recode(bytes, "UTF-16LE", file);
    else if (bytes.size() > 3 && bytes[0] == '\0') return recode(bytes, "UTF-16BE", file);
    if (is_clean_utf8(bytes)) return std::string(bytes);
    return recode(bytes, "WINDOWS-1250", file);
}

std::string trim(std::string_view text) {
    static constexpr std::string_view blanks[] = {" ", "\t", "\r", "\n", "\xC2\xA0", "\xEF\xBB\xBF"};
    for (bool again = true; again;) {
        again = false;
        for (const std::string_view blank : blanks) {
            if (text.starts_with(blank)) text.remove_prefix(blank.size()), again = true;
            if (text.ends_with(blank)) text.remove_suffix(blank.size()), again = true;
        }
    }
    return std::string(text);
}

char separator_of(std::string_view text) {
    std::map<char, int> counts{{',', 0}, {';', 0}, {'\t', 0}};
    bool quoted = false;
    for (const char c : text.substr(0, text.find('\n'))) {
        if (c == '"') quoted = !quoted;
        else if (!quoted && counts.contains(c)) ++counts[c];
    }
    return std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; })->first;
}

std::vector<SheetRow> split(std::string_view text, char separator, const std::string& file) {
    std::vector<SheetRow> rows;
    SheetRow row{1, {}};
    std::string cell;
    bool quoted = false;
    std::size_t line = 1;
    const auto end_cell = [&] { row.cells.push_back(trim(std::exchange(cell, {}))); };
    const auto end_row = [&] {
        end_cell();
        if (std::any_of(row.cells.begin(), row.cells.end(), [](const std::string& c) { return !c.empty(); }))
            rows.push_back(std::move(row));
        row = SheetRow{line, {}};
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') ++line;
        if (quoted) {
            if (c != '"') cell += c;
            else if (i + 1 < text.size() && text[i + 1] == '"') cell += text[++i];
            else quoted = false;
        } else if (c == '"' && trim(cell).empty()) {
            cell.clear();
            quoted = true;
        } else if (c == separator) {
            end_cell();
        } else if (c == '\n') {
            end_row();
        } else {
            cell += c;
        }
    }
    if (quoted) fail(file, "a quoted cell that begins in line " + std::to_string(row.line) + " has no end.");
    end_row();
    return rows;
}

using Words = std::vector<std::pair<const char*, std::vector<const char*>>>;

/// The first name whose words hold `text`, compared folded.
std::optional<std::string> find_word(const Words& words, std::string_view text) {
    const std::string wanted = fold(text);
    for (const auto& [name, spellings] : words) {
        for (const char* spelling : spellings) {
            if (fold(spelling) == wanted) return name;
        }
    }
    return std::nullopt;
}

const Words& field_words() {
    static const Words words{
        {"given", {"given", "given name", "first name", "emri", "ime", "име"}},
        {"family", {"family", "family name", "last name", "surname", "mbiemri", "prezime", "презиме"}},
        {"gender", {"gender", "sex", "gjinia", "spol", "pol", "пол"}},
        {"birth", {"date of birth", "birth date", "born", "datëlindja", "datum rođenja", "датум рођења", "датум на раѓање"}},
        {"institution", {"institution", "institucioni", "institucija", "институција"}},
        {"category", {"category", "kategoria", "kategorija", "категорија"}},
        {"email", {"e-mail", "email", "e-pošta", "е-пошта", "posta elektronike"}},
        {"telephone", {"telephone", "phone", "telefoni", "telefon", "телефон"}},
        {"consent", {"consent", "pëlqimi", "saglasnost", "suglasnost", "сагласност", "согласност"}},
        {"code", {"code"}},
        {"kind", {"kind"}},
        {"title", {"title"}},
        {"beneficiary", {"beneficiary"}},
        {"place", {"place"}},
        {"starts_on", {"starts_on", "starts on"}},
        {"ends_on", {"ends_on", "ends on"}},
        {"sessions", {"sessions"}},
        {"took part", {"took part", "mori pjesë", "učestvovao", "учествовао", "учествувал"}}};
    return words;
}

}  // namespace

std::string fold(std::string_view text) {
    utf8proc_uint8_t* mapped = nullptr;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    const utf8proc_ssize_t size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()), &mapped, options);
    if (size < 0) return std::string(text);
    std::string out(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size));
    std::free(mapped);
    return out;
}

std::string SheetFault::sentence() const {
    return "line " + std::to_string(line) + (column.empty() ? "" : ", column " + column) + ": " + reason;
}

Sheet parse_sheet(std::string_view bytes, const std::string& file) {
    const std::string text = to_utf8(bytes, file);
    std::vector<SheetRow> rows = split(text, separator_of(text), file);
    if (rows.empty()) fail(file, "it is empty.");
    Sheet sheet;
    sheet.headings = std::move(rows.front().cells);
    rows.erase(rows.begin());
    sheet.rows = std::move(rows);
    for (SheetRow& row : sheet.rows) {
        if (row.cells.size() < sheet.headings.size()) row.cells.resize(sheet.headings.size());
    }
    return sheet;
}

std::string field_of(std::string_view heading) {
    if (const auto found = find_word(field_words(), heading)) return *found;
    if (heading.size() >= 2 && heading.size() <= 4 && (heading[0] == 'S' || heading[0] == 's') &&
        std::all_of(heading.begin() + 1, heading.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return "session " + std::to_string(std::stoi(std::string(heading.substr(1))));
    }
    return {};
}

std::map<std::string, std::size_t> map_fields(const Sheet& sheet, const std::vector<std::string>& required, const std::string& file) {
    std::map<std::string, std::size_t> out;
    for (std::size_t i = 0; i < sheet.headings.size(); ++i) {
        const std::string field = field_of(sheet.headings[i]);
        if (field.empty())
            fail(file, "line 1, column " + std::to_string(i + 1) + ": the heading \"" + sheet.headings[i] + "\" is not known.");
        if (!out.emplace(field, i).second) fail(file, "line 1: the heading \"" + sheet.headings[i] + "\" stands twice.");
    }
    for (const std::string& field : required) {
        if (!out.contains(field)) fail(file, "line 1: a column for " + field + " is missing.");
    }
    return out;
}

std::optional<std::string> parse_date(std::string_view text) {
    while (!text.empty() && text.back() == '.') text.remove_suffix(1);
    std::vector<std::string> parts(1);
    char separator = '\0';
    for (const char c : text) {
        if (c == '.' || c == '/' || c == '-') {
            if (separator != '\0' && c != separator) return std::nullopt;
            separator = c;
            parts.emplace_back();
        } else if (c >= '0' && c <= '9') {
            parts.back() += c;
        } else if (c != ' ') {
            return std::nullopt;
        }
    }
    if (parts.size() != 3) return std::nullopt;
    if (separator != '-') std::swap(parts[0], parts[2]);  // day first
    const auto padded = [](const std::string& part) { return part.size() == 1 ? "0" + part : part; };
    std::string date = parts[0] + "-" + padded(parts[1]) + "-" + padded(parts[2]);
    if (parts[0].size() != 4 || !is_date(date)) return std::nullopt;
    return date;
}

std::optional<std::string> parse_gender(std::string_view text) {
    static const Words words{{"female", {"female", "f", "ž", "ж", "femër", "žensko", "женско"}},
                             {"male", {"male", "m", "м", "mashkull", "muško", "мушко", "машко"}},
                             {"other", {"other", "tjetër", "drugo", "друго"}},
                             {"not_said", {"not said", "nuk thuhet", "ne želi", "не жели", "не сака"}}};
    return find_word(words, text);
}

std::optional<std::string> parse_category(std::string_view text) {
    static const Words words{{"prosecutor", {"prosecutor", "prokuror", "tužilac", "тужилац", "обвинител"}},
                             {"judge", {"judge", "gjyqtar", "sudija", "судија"}},
                             {"police_officer", {"police officer"}},
                             {"justice_official", {"Ministry of Justice official"}},
                             {"interior_official", {"Ministry of Interior official"}},
                             {"legal_associate", {"legal associate"}},
                             {"liaison_prosecutor", {"liaison prosecutor"}},
                             {"expert", {"expert"}},
                             {"other", {"other"}}};
    return find_word(words, text);
}

std::optional<bool> parse_yes_no(std::string_view text) {
    static const Words words{{"yes", {"yes", "po", "da", "да"}}, {"no", {"no", "jo", "ne", "не"}}};
    const auto found = find_word(words, text);
    if (!found) return std::nullopt;
    return *found == "yes";
}

std::optional<std::string> parse_activity_kind(std::string_view text) {
    static const Words words{{"training", {"training"}},
                             {"study_tour", {"study tour"}},
                             {"internship", {"internship"}},
                             {"legal_english", {"legal English course", "legal English"}},
                             {"third_party_event", {"third-party event"}},
                             {"seminar", {"seminar"}},
                             {"working_visit", {"working visit"}}};
    return find_word(words, text);
}

std::optional<std::string> parse_mark(std::string_view text) {
    static const Words words{
        {"present", {"P", "present"}}, {"late", {"L", "late"}}, {"excused", {"E", "excused"}}, {"absent", {"A", "absent"}}};
    return find_word(words, text);
}

}  // namespace tefter
