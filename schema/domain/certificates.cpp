#include "schema/domain/certificates.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>

#include "engine/base/crypto.hpp"
#include "engine/base/text.hpp"
#include "engine/store/devices.hpp"
#include "engine/store/meta.hpp"

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

/// The next number of this device in the year: nobody else draws it, and no network is asked.
class Numbers {
public:
    Numbers(Database& database, DeviceNumber device, const std::string& year) : start_(year + "-" + std::to_string(device.value) + "-") {
        Statement row = database.prepare_once("SELECT number FROM certificate WHERE substr(number, 1, ?2) = ?1");
        row.with(std::string_view(start_), static_cast<std::int64_t>(start_.size()));
        while (row.step()) {
            const std::string_view digits = row.text(0).substr(start_.size());
            std::int64_t number = 0;
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
            last_ = std::max(last_, number);
        }
    }
    std::string next() {
        const std::string digits = std::to_string(++last_);
        return start_ + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
    }

private:
    std::string start_;
    std::int64_t last_ = 0;
};

std::optional<PublicKey> key_of(Database& database, const Catalog& catalog, DeviceNumber number) {
    if (number == server_device) {
        const std::optional<Bytes> key = Meta(database).blob("server_key");
        if (!key || key->size() != PublicKey{}.size()) return std::nullopt;
        return Reader(*key).fixed<32>();
    }
    const std::optional<Device> device = find_device(database, catalog, number);
    return device && device->role >= catalog.table("certificate").write_role ? std::optional(device->key) : std::nullopt;
}

}  // namespace

std::vector<Edit> certificates_to_issue(Replica& replica, const Facts& facts, std::string_view activity, Language language) {
    std::vector<Edit> out;
    Database& database = replica.store().database;
    Statement about = database.prepare_once("SELECT title, starts_on, ends_on FROM activity WHERE code = ?1");
    about.with(activity);
    if (!about.step()) throw Error(ErrorKind::refused, "There is no activity \"" + std::string(activity) + "\" here.");
    Certificate certificate;
    certificate.device = replica.identity().device;
    certificate.activity = activity;
    certificate.title = localized(about.text(0), language);
    certificate.from = about.text(1);
    certificate.to = about.text(2);
    certificate.issued_on = local_day(replica.environment().now_ms());
    Numbers numbers(database, certificate.device, certificate.issued_on.substr(0, 4));
    const std::uint32_t wanted = facts.find_activity(activity);
    const auto earned = facts.lists.find("C6");
    for (std::size_t i = 0; earned != facts.lists.end() && i < earned->second.size(); ++i) {
        const Fact& fact = earned->second[i];
        if (fact.activity != wanted) continue;
        certificate.person = facts.people[fact.person].id;
        Statement row = database.prepare(
            "SELECT given_name || ' ' || family_name FROM person WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM certificate WHERE person = ?1 AND activity = ?2)");
        row.with(certificate.person, activity);
        if (!row.step() || row.is_null(0)) continue;
        certificate.name = row.text(0);
        certificate.number = numbers.next();
        certificate.share = static_cast<std::uint8_t>(std::min(100.0, fact.top * 100));
        replica.environment().random(certificate.salt);
        certificate.signature = sign(signed_hash(certificate), replica.identity().secret);
        Edit edit;
        edit.table = "certificate";
        edit.key = {certificate.person, certificate.activity};
        edit.values = {{"number", certificate.number}, {"issued_on", certificate.issued_on},
                       {"share_attended", fact.top},   {"statement", statement_of(certificate)},
                       {"holder", certificate.name},   {"salt", Bytes(certificate.salt.begin(), certificate.salt.end())}};
        out.push_back(std::move(edit));
    }
    return out;
}

Edit withdrawal(Database& database, std::int64_t person, std::string_view activity, const std::string& today, const std::string& reason) {
    Statement row = database.prepare_once("SELECT withdrawn_on FROM certificate WHERE person = ?1 AND activity = ?2");
    row.with(person, activity);
    if (!row.step())
        throw Error(ErrorKind::refused,
                    "There is no certificate of " + std::to_string(person) + " for " + std::string(activity) + " here.");
    if (!row.is_null(0)) throw Error(ErrorKind::refused, "This certificate was withdrawn on " + std::string(row.text(0)) + " already.");
    Edit edit;
    edit.table = "certificate";
    edit.key = {person, std::string(activity)};
    edit.values = {{"withdrawn_on", today}, {"reason", reason}};
    return edit;
}

std::optional<Certificate> find_certificate(Database& database, std::int64_t person, std::string_view activity) {
    Statement row = database.prepare_once(
        "SELECT statement, holder, salt FROM certificate WHERE person = ?1 AND activity = ?2 AND withdrawn_on IS NULL");
    row.with(person, activity);
    if (!row.step() || row.is_null(0) || row.is_null(1) || row.blob(2).size() != Salt{}.size()) return std::nullopt;
    Reader in(row.blob(0));
    Certificate out = read_statement(in);
    out.name = row.text(1);
    out.salt = Reader(row.blob(2)).fixed<16>();
    return out;
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

std::string_view to_text(Standing standing) {
    return standing == Standing::valid ? "valid" : (standing == Standing::withdrawn ? "withdrawn" : "unknown");
}

CertificateCheck check_certificate(Database& database, const Catalog& catalog, std::string_view code) {
    CertificateCheck out;
    const std::optional<Certificate> certificate = read_certificate(code);
    if (!certificate) return out;
    const std::optional<PublicKey> key = key_of(database, catalog, certificate->device);
    if (!key || !is_signed_by(*key, signed_hash(*certificate), certificate->signature)) return out;
    out.certificate = certificate;
    Statement row = database.prepare_once("SELECT statement, withdrawn_on FROM certificate WHERE person = ?1 AND activity = ?2");
    row.with(certificate->person, std::string_view(certificate->activity));
    if (!row.step()) return out;
    const Bytes statement = statement_of(*certificate);
    if (!std::ranges::equal(row.blob(0), statement)) return out;
    out.withdrawn_on = row.text(1);
    out.standing = row.is_null(1) ? Standing::valid : Standing::withdrawn;
    return out;
}

}  // namespace tefter
