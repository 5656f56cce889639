#include "schema/domain/register_cells.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <nlohmann/json.hpp>

#include "engine/base/text.hpp"
#include "schema/domain/sheet.hpp"

namespace tefter {

namespace {

std::string trimmed_cell(std::string_view text) {
    const std::size_t from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) return {};
    return std::string(text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1));
}

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> real(std::string text) {
    if (std::count(text.begin(), text.end(), ',') == 1 && text.find('.') == std::string::npos) text[text.find(',')] = '.';
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Unix milliseconds of 2026-03-16 08:30 in the device's time zone, or of 2026-03-16T08:30:00Z.
std::optional<std::int64_t> moment(const std::string& text) {
    std::tm parts{};
    int seconds = 0;
    const bool universal = text.ends_with("Z");
    const int read = std::sscanf(text.c_str(), universal ? "%4d-%2d-%2dT%2d:%2d:%2dZ" : "%4d-%2d-%2d %2d:%2d:%2d", &parts.tm_year,
                                 &parts.tm_mon, &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &seconds);
    if (read < 5 || !is_date(text.substr(0, 10)) || parts.tm_hour > 23 || parts.tm_min > 59 || seconds > 59) return std::nullopt;
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    parts.tm_sec = seconds;
    parts.tm_isdst = -1;
    return std::int64_t{universal ? ::timegm(&parts) : std::mktime(&parts)} * 1000;
}

ReadCell read_set(RowReader& rows, const Column& column, const std::string& text) {
    nlohmann::json out = nlohmann::json::parse(text, nullptr, false);
    if (out.is_array()) return {OwnedValue(text), CellFault::none};
    out = nlohmann::json::array();
    const char divider = text.find(';') != std::string::npos ? ';' : ',';
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(divider, at), text.size());
        const std::string member = trimmed_cell(std::string_view(text).substr(at, end - at));
        at = end + 1;
        if (member.empty()) continue;
        const Enumerator* found = column.enumeration == nullptr ? nullptr : enumerator_of_text(rows.texts(), *column.enumeration, member);
        if (column.enumeration != nullptr && found == nullptr) return {{}, CellFault::choice};
        out.push_back(found != nullptr ? found->name : member);
    }
    return {OwnedValue(out.dump()), CellFault::none};
}

ReadCell read_reference(RowReader& rows, const Column& column, const std::string& text) {
    const std::vector<RowKey> found = rows.find(*rows.catalog().find(column.target), text);
    if (found.empty()) return {{}, CellFault::no_row};
    if (found.size() > 1) return {{}, CellFault::several_rows};
    return {found.front().front(), CellFault::none};
}

ReadCell read_number(const Column& column, const std::string& text, CellForm form) {
    if (column.type == ColumnType::real) {
        const auto value = real(text);
        return value ? ReadCell{OwnedValue(*value), CellFault::none} : ReadCell{{}, CellFault::number};
    }
    const bool money = is_money(column) && form == CellForm::words;
    const auto value = money ? parse_money(text) : whole(text);
    if (!value) return {{}, money ? CellFault::money : CellFault::whole};
    return {OwnedValue(*value), CellFault::none};
}

ReadCell read_text(const Column& column, const std::string& text) {
    if (text.size() > column.max_length) return {{}, CellFault::too_long};
    return {OwnedValue(text), CellFault::none};
}

ReadCell read_kind(RowReader& rows, const Column& column, const std::string& text, CellForm form) {
    switch (column.type) {
        case ColumnType::text: return read_text(column, text);
        case ColumnType::integer:
        case ColumnType::real: return read_number(column, text, form);
        case ColumnType::boolean: {
            const auto value = parse_yes_no(text == "true" || text == "1" ? "yes" : text == "false" || text == "0" ? "no" : text);
            return value ? ReadCell{OwnedValue(*value ? 1 : 0), CellFault::none} : ReadCell{{}, CellFault::yes_no};
        }
        case ColumnType::date: {
            if (is_date(text)) return {OwnedValue(text), CellFault::none};
            const auto value = parse_date(text);
            return value ? ReadCell{OwnedValue(*value), CellFault::none} : ReadCell{{}, CellFault::date};
        }
        case ColumnType::time: {
            const auto value = moment(text);
            return value ? ReadCell{OwnedValue(*value), CellFault::none} : ReadCell{{}, CellFault::moment};
        }
        case ColumnType::enumeration: {
            const Enumerator* value = enumerator_of_text(rows.texts(), *column.enumeration, text);
            return value != nullptr ? ReadCell{OwnedValue(value->number), CellFault::none} : ReadCell{{}, CellFault::choice};
        }
        case ColumnType::reference: return read_reference(rows, column, text);
        case ColumnType::set: return read_set(rows, column, text);
        case ColumnType::blob: return {{}, CellFault::bytes};
    }
    return {};
}

/// As the words in a sentence have it.
std::string bound(const Texts& texts, double value) {
    return texts.number(value, value == static_cast<double>(static_cast<std::int64_t>(value)) ? 0 : 2);
}

}  // namespace

std::optional<std::int64_t> parse_money(std::string_view typed) {
    std::string digits;
    std::optional<std::size_t> decimals;
    const std::size_t mark = typed.find_last_of(".,");
    // Three digits behind the last mark are thousands; one or two are cents.
    std::size_t behind = 0;
    for (std::size_t i = mark == std::string_view::npos ? typed.size() : mark + 1; i < typed.size(); ++i)
        behind += typed[i] >= '0' && typed[i] <= '9' ? 1U : 0U;
    for (std::size_t i = 0; i < typed.size(); ++i) {
        const char c = typed[i];
        if (c >= '0' && c <= '9') digits += c;
        else if (i == mark && behind <= 2) decimals = behind;
        else if (c != '.' && c != ',' && c != ' ' && typed.substr(i, 3) != "€" && (static_cast<unsigned char>(c) & 0x80U) == 0)
            return std::nullopt;
    }
    if (digits.empty() || digits.size() > 15) return std::nullopt;
    for (std::size_t i = decimals.value_or(0); i < 2; ++i) digits += '0';
    return std::stoll(digits);
}

ReadCell read_cell(RowReader& rows, const Column& column, std::string_view typed, CellForm form) {
    const std::string text = trimmed_cell(typed);
    if (text.empty()) return {{}, column.required ? CellFault::required : CellFault::none};
    ReadCell out = read_kind(rows, column, text, form);
    if (out.fault != CellFault::none || column.type == ColumnType::enumeration) return out;
    const Value value = out.value.view();
    const bool number = value.kind() == ValueKind::integer || value.kind() == ValueKind::real;
    const double size = value.kind() == ValueKind::real ? value.real() : number ? static_cast<double>(value.integer()) : 0;
    if (number && column.least && size < *column.least) return {{}, CellFault::too_low};
    if (number && column.most && size > *column.most) return {{}, CellFault::too_high};
    return out;
}

std::string sentence(const Texts& texts, const Column& column, CellFault fault, std::string_view typed) {
    const std::string said(typed);
    switch (fault) {
        case CellFault::none: return {};
        case CellFault::required: return texts("register.fault.required");
        case CellFault::date: return texts("register.fault.date", {said});
        case CellFault::moment: return texts("register.fault.moment", {said});
        case CellFault::whole: return texts("register.fault.whole", {said});
        case CellFault::number: return texts("register.fault.number", {said});
        case CellFault::money: return texts("register.fault.money", {said});
        case CellFault::yes_no: return texts("register.fault.yes_no", {said});
        case CellFault::choice: return texts("register.fault.choice", {said});
        case CellFault::no_row: return texts("register.fault.no_row", {said});
        case CellFault::several_rows: return texts("register.fault.several_rows", {said});
        case CellFault::too_low: return texts("register.fault.too_low", {bound(texts, column.least.value_or(0))});
        case CellFault::too_high: return texts("register.fault.too_high", {bound(texts, column.most.value_or(0))});
        case CellFault::too_long: return texts("register.fault.too_long", {std::to_string(column.max_length)});
        case CellFault::bytes: return texts("register.fault.bytes");
    }
    return {};
}

}  // namespace tefter
