// What callers give, as columns hold it.
#include <charconv>
#include <cmath>

#include "engine/store/editor.hpp"

namespace tefter {

namespace {

[[noreturn]] void refuse(const Table& table, const Column& column, const std::string& reason) {
    throw Error(ErrorKind::usage, table.name + "." + column.name + " " + reason + ".");
}

std::optional<std::int64_t> as_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Value enumerator(const Table& table, const Column& column, const Value& given) {
    const Enumerator* found = nullptr;
    if (given.kind() == ValueKind::integer) found = column.enumeration->find(given.integer());
    if (given.kind() == ValueKind::text) found = column.enumeration->find(given.text());
    if (found != nullptr) return Value::integer(found->number);
    std::string choices;
    for (const Enumerator& choice : column.enumeration->values) choices += (choices.empty() ? "" : ", ") + choice.name;
    refuse(table, column, "must be one of: " + choices);
}

Value whole_number(const Table& table, const Column& column, const Value& given) {
    if (given.kind() == ValueKind::integer) return given;
    if (given.kind() == ValueKind::text) {
        if (const auto number = as_integer(given.text())) return Value::integer(*number);
    }
    refuse(table, column, "must be a whole number");
}

Value boolean(const Table& table, const Column& column, const Value& given) {
    if (given.kind() == ValueKind::integer && (given.integer() == 0 || given.integer() == 1)) return given;
    if (given.kind() == ValueKind::text) {
        const std::string_view text = given.text();
        if (text == "true" || text == "yes" || text == "1") return Value::integer(1);
        if (text == "false" || text == "no" || text == "0") return Value::integer(0);
    }
    refuse(table, column, "must be yes or no");
}

Value real_number(const Table& table, const Column& column, const Value& given) {
    double value = 0;
    bool is_number = given.kind() != ValueKind::blob;
    if (given.kind() == ValueKind::real) value = given.real();
    if (given.kind() == ValueKind::integer) value = static_cast<double>(given.integer());
    if (given.kind() == ValueKind::text) {
        const char* end = given.text().data() + given.text().size();
        const auto [stop, problem] = std::from_chars(given.text().data(), end, value);
        is_number = problem == std::errc{} && stop == end;
    }
    if (!is_number || !std::isfinite(value)) refuse(table, column, "must be a number");
    return Value::real(value + 0.0);  // minus zero is zero
}

Value text(const Table& table, const Column& column, const Value& given, Arena& arena) {
    if (given.kind() == ValueKind::text) return given;
    if (given.kind() == ValueKind::integer) {
        const std::string digits = std::to_string(given.integer());
        const BytesView bytes = as_bytes(digits);
        return Value::text(as_text(arena.copy(bytes)));
    }
    refuse(table, column, "must be a text");
}

}  // namespace

Value coerce(const Catalog& catalog, const Table& table, const Column& column, const OwnedValue& owned, Arena& arena) {
    const Value given = owned.view();
    Value value;
    if (!given.is_null()) {
        switch (column.type) {
            case ColumnType::enumeration: value = enumerator(table, column, given); break;
            case ColumnType::integer:
            case ColumnType::time: value = whole_number(table, column, given); break;
            case ColumnType::boolean: value = boolean(table, column, given); break;
            case ColumnType::real: value = real_number(table, column, given); break;
            case ColumnType::text:
            case ColumnType::date: value = text(table, column, given, arena); break;
            case ColumnType::reference: {
                const Column& target = catalog.find(column.target)->key.front();
                value = target.type == ColumnType::text ? text(table, column, given, arena) : whole_number(table, column, given);
                break;
            }
            case ColumnType::set:
                if (given.kind() != ValueKind::text) refuse(table, column, "must be a JSON list of texts");
                value = given;
                break;
            case ColumnType::blob:
                if (given.kind() != ValueKind::blob) refuse(table, column, "must be bytes");
                value = given;
                break;
        }
    }
    return column.personal ? value.as_personal() : value;
}

std::span<const Value> coerce_key(const Catalog& catalog, const Table& table, std::span<const OwnedValue> given, Arena& arena) {
    if (given.size() != table.key.size()) {
        throw Error(ErrorKind::usage, "The key of " + table.name + " has " + std::to_string(table.key.size()) + " column(s).");
    }
    const std::span<Value> key = arena.array<Value>(given.size());
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = coerce(catalog, table, table.key[i], given[i], arena);
    return key;
}

}  // namespace tefter
