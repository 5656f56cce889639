#include "schema/documents/words.hpp"

#include <utf8proc.h>

#include <nlohmann/json.hpp>

#include "engine/base/text.hpp"
#include "schema/documents/content.hpp"

namespace tefter::documents {

std::string figure_text(const Texts& texts, const Indicator& indicator, const std::optional<double>& value) {
    if (!value) return "–";
    switch (indicator.unit) {
        case Unit::count: return texts.number(*value, 0);
        case Unit::percent: return texts.number(*value, 1) + " %";
        case Unit::euro: return texts.number(*value, 2) + " €";
        case Unit::points: return texts.number(*value, 2);
        default: return texts.number(*value, 1);
    }
}

std::string indicator_name(const Texts& texts, const Indicator& indicator) { return texts("indicator." + std::string(indicator.code)); }

std::string catalog_word(const Texts& texts, std::string_view family, std::string_view name) {
    const std::string key = std::string(family) + std::string(name);
    if (texts.has(key)) return texts(key);
    std::string out(name);
    for (char& letter : out) letter = letter == '_' ? ' ' : letter;
    return capitalised(out);
}

std::string standing_text(const Texts& texts, const CertificateCheck& check) {
    switch (check.standing) {
        case Standing::valid: return texts("certificate.valid");
        case Standing::withdrawn: return texts("certificate.withdrawn", {texts.date(check.withdrawn_on)});
        default: return texts("certificate.unknown");
    }
}

std::string capitalised(std::string_view text) {
    utf8proc_int32_t letter = 0;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const utf8proc_ssize_t size = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &letter);
    if (size <= 0) return std::string(text);
    utf8proc_uint8_t large[4];
    const utf8proc_ssize_t length = utf8proc_encode_char(utf8proc_toupper(letter), large);
    return std::string(reinterpret_cast<const char*>(large), static_cast<std::size_t>(length)) +
           std::string(text.substr(static_cast<std::size_t>(size)));
}

std::string slice_name(const Texts& texts, const Indicator& indicator, Cut cut, const std::string& key) {
    if (key.empty()) return texts("document.not_recorded");
    switch (cut) {
        case Cut::quarter: return texts("document.quarter", {key.substr(6, 1), key.substr(0, 4)});
        case Cut::beneficiary: return catalog_word(texts, "beneficiary.", key);
        case Cut::stage: return catalog_word(texts, std::string(indicator.stages) + ".", key);
        default: return catalog_word(texts, std::string(to_text(cut)) + ".", key);
    }
}

std::string cell_text(const Texts& texts, const Column& column, const Value& value) {
    if (value.is_null()) return {};
    switch (column.type) {
        case ColumnType::enumeration: {
            const Enumerator* found = column.enumeration->find(value.integer());
            return found == nullptr ? std::to_string(value.integer()) : catalog_word(texts, column.enumeration->name + ".", found->name);
        }
        case ColumnType::boolean: return texts(value.integer() != 0 ? "document.yes" : "document.no");
        case ColumnType::time: return time_text(value.integer());
        case ColumnType::date: return value.text().size() == 10 ? texts.date(value.text()) : std::string(value.text());
        case ColumnType::blob: return texts("document.bytes", {std::to_string(value.blob().size())});
        case ColumnType::set: {
            const nlohmann::json parsed = nlohmann::json::parse(value.text(), nullptr, false);
            if (!parsed.is_array()) return std::string(value.text());
            std::string out;
            for (const auto& one : parsed) {
                const std::string text = one.is_string() ? one.get<std::string>() : one.dump();
                out += (out.empty() ? "" : ", ") +
                       (column.enumeration != nullptr ? catalog_word(texts, column.enumeration->name + ".", text) : text);
            }
            return out;
        }
        default: break;
    }
    if (value.kind() == ValueKind::integer) return std::to_string(value.integer());
    if (value.kind() == ValueKind::real) return texts.number(value.real(), 2);
    return designated(localized(value.text(), texts.language()));
}

}  // namespace tefter::documents
