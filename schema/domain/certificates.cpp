#include "schema/domain/certificates.hpp"

#include <algorithm>
#include <charconv>

#include "engine/base/crypto.hpp"
#include "engine/store/devices.hpp"
#include "engine/store/meta.hpp"

namespace tefter {

namespace {

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
    Certificate out = read_statement(row.blob(0));
    out.name = row.text(1);
    out.salt = Reader(row.blob(2)).fixed<16>();
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
