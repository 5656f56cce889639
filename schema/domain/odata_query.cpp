#include "schema/domain/odata_query.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/base/error.hpp"

namespace tefter {

namespace {

constexpr std::array<std::string_view, 6> operations{"eq", "ne", "gt", "ge", "lt", "le"};
constexpr std::size_t most_conditions = 20;

[[noreturn]] void refuse(const std::string& option, std::string_view text, const char* why) {
    throw Error(ErrorKind::usage, option + " cannot be read at \"" + std::string(text.substr(0, 60)) + "\": " + why + ".");
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

std::size_t number(const std::string& option, std::string_view text) {
    std::size_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size()) refuse(option, text, "it is no number");
    return out;
}

std::vector<std::string> list(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        if (const std::string_view item = trimmed(text.substr(at, comma - at)); !item.empty()) out.emplace_back(item);
        at = comma + 1;
    }
    return out;
}

/// The next word, up to a blank; what it stood in is shortened.
std::string_view word(std::string_view& text) {
    text = trimmed(text);
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view out = text.substr(0, end);
    text.remove_prefix(end);
    return out;
}

/// 'a text', in which a quote is written twice.
std::string quoted_text(std::string_view& text) {
    std::string out;
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (text[at] == '\'') {
            if (at + 1 >= text.size() || text[at + 1] != '\'') {
                text.remove_prefix(at + 1);
                return out;
            }
            ++at;
        }
        out += text[at];
    }
    refuse("$filter", text, "a quote is not closed");
}

std::vector<ODataCondition> conditions(std::string_view text) {
    std::vector<ODataCondition> out;
    while (true) {
        ODataCondition condition;
        const std::string_view whole = text;
        condition.column = word(text);
        condition.operation = word(text);
        if (std::find(operations.begin(), operations.end(), condition.operation) == operations.end())
            refuse("$filter", whole, "conditions are COLUMN eq|ne|gt|ge|lt|le VALUE, joined by and");
        text = trimmed(text);
        condition.quoted = text.starts_with('\'');
        const std::string literal = condition.quoted ? quoted_text(text) : std::string(word(text));
        if (!condition.quoted && literal.empty()) refuse("$filter", whole, "a value is missing");
        if (condition.quoted || literal != "null") condition.literal = literal;
        out.push_back(std::move(condition));
        if (out.size() > most_conditions) refuse("$filter", whole, "it has too many conditions");
        text = trimmed(text);
        if (text.empty()) return out;
        if (word(text) != "and") refuse("$filter", whole, "conditions are joined by and");
    }
}

}  // namespace

ODataQuery parse_odata_query(const std::map<std::string, std::string>& query) {
    ODataQuery out;
    for (const auto& [name, text] : query) {
        if (name == "$top") out.top = number(name, text);
        else if (name == "$skip") out.skip = number(name, text);
        else if (name == "$count") out.count = text == "true";
        else if (name == "$select") out.select = text == "*" ? std::vector<std::string>() : list(text);
        else if (name == "$filter") out.filter = conditions(text);
        else if (name == "$orderby") {
            for (const std::string& item : list(text)) {
                std::string_view left = item;
                const std::string column(word(left));
                const std::string_view direction = trimmed(left);
                if (!direction.empty() && direction != "asc" && direction != "desc") refuse(name, item, "it is COLUMN asc|desc");
                out.order.emplace_back(column, direction == "desc");
            }
        } else if (name.starts_with("$") && name != "$format") {
            refuse(name, text, "this option is not offered");
        }
    }
    return out;
}

}  // namespace tefter
