#include "schema/domain/certificate_code.hpp"

#include <sodium.h>

#include <algorithm>

#include "engine/base/text.hpp"

namespace tefter {

namespace {

constexpr std::uint8_t format = 1;
constexpr std::string_view prefix = "TEFTER-C-", letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t longest_code = 8192;
constexpr int base64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

Writer body_of(const Certificate& certificate) {
    Writer out;
    out.u8(format);
    out.varint(certificate.device.value);
    out.signed_varint(certificate.person);
    for (const std::string* text :
         {&certificate.number, &certificate.activity, &certificate.title, &certificate.from, &certificate.to, &certificate.issued_on})
        out.sized(*text);
    out.u8(certificate.share);
    return out;
}

Certificate read_statement(Reader& in) {
    if (in.u8() != format) Reader::fail("its format is unknown");
    Certificate out;
    out.device = DeviceNumber{in.varint32()};
    out.person = in.signed_varint();
    for (std::string* text : {&out.number, &out.activity, &out.title, &out.from, &out.to, &out.issued_on}) *text = as_text(in.sized());
    out.share = in.u8();
    out.signature = in.fixed<64>();
    return out;
}

}  // namespace

Hash signed_hash(const Certificate& certificate) {
    Writer message;
    message.sized(std::string_view("tefter certificate"));
    message.raw(body_of(certificate).view());
    message.sized(certificate.name);
    message.raw(certificate.salt);
    return blake2b(message.view());
}

Bytes statement_of(const Certificate& certificate) {
    Writer out = body_of(certificate);
    out.raw(certificate.signature);
    return out.take();
}

Certificate read_statement(BytesView statement) {
    Reader in(statement);
    return read_statement(in);
}

std::string code_of(const Certificate& certificate) {
    Writer out;
    out.raw(statement_of(certificate));
    out.sized(certificate.name);
    out.raw(certificate.salt);
    std::string text(sodium_base64_ENCODED_LEN(out.size(), base64), '\0');
    sodium_bin2base64(text.data(), text.size(), out.view().data(), out.size(), base64);
    text.pop_back();  // the terminating zero
    return std::string(prefix) + text;
}

std::optional<Certificate> read_certificate(std::string_view code) {
    const std::size_t begin = code.find(prefix);
    if (begin == std::string_view::npos || code.size() - begin > longest_code) return std::nullopt;
    std::string_view text = code.substr(begin + prefix.size());
    text = text.substr(0, std::min(text.size(), text.find_first_not_of(letters)));
    if (text.empty()) return std::nullopt;
    Bytes bytes(text.size());
    std::size_t size = 0;
    if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr, base64) != 0) return std::nullopt;
    bytes.resize(size);
    try {
        Reader in(bytes);
        Certificate out = read_statement(in);
        out.name = as_text(in.sized());
        out.salt = in.fixed<16>();
        const bool clean = is_clean_utf8(out.number) && is_clean_utf8(out.activity) && is_clean_utf8(out.title) && is_clean_utf8(out.name);
        return in.done() && clean ? std::optional(std::move(out)) : std::nullopt;
    } catch (const Error&) {
        return std::nullopt;  // whatever somebody typed
    }
}

std::vector<std::string> certificate_codes_in(std::string_view file) {
    std::vector<std::string> out;
    for (std::size_t at = file.find(prefix); at != std::string_view::npos; at = file.find(prefix, at + prefix.size())) {
        const std::size_t end = std::min(file.size(), file.find_first_not_of(letters, at));
        std::string code(file.substr(at, end - at));
        if (std::find(out.begin(), out.end(), code) == out.end()) out.push_back(std::move(code));
    }
    return out;
}

}  // namespace tefter
