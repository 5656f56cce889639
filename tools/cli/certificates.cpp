#include "tools/cli/certificates.hpp"

#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/base/file.hpp"
#include "schema/domain/certificates.hpp"
#include "tools/program/program.hpp"

namespace tefter {

using nlohmann::json;

namespace {

constexpr std::size_t largest_file = 256U << 20U;

struct CertificateOptions {
    std::string activity, key, reason, code, language = "en";
};

std::string today(const Replica& replica) { return local_day(replica.environment().now_ms()); }

void issue(const CertificateOptions& given, const Access& access, const Catalog& catalog, bool as_json) {
    const std::optional<Language> language = language_from_code(given.language);
    if (!language) throw Error(ErrorKind::usage, "\"" + given.language + "\" is no language of Tefter's.");
    const auto replica = access.open(catalog);
    const auto facts = Facts::load(*replica->open_reader(), catalog, today(*replica));
    const std::vector<Edit> edits = certificates_to_issue(*replica, *facts, given.activity, *language);
    if (!edits.empty()) replica->write(0, edits);
    if (as_json) std::cout << json{{"issued", edits.size()}}.dump() << "\n";
    else std::cout << edits.size() << " certificates issued.\n";
}

void withdraw(const CertificateOptions& given, const Access& access, const Catalog& catalog) {
    const std::vector<OwnedValue> key = parse_key(catalog.table("certificate"), given.key);
    const std::string person(key[0].view().text());
    char* end = nullptr;
    const std::int64_t id = std::strtoll(person.c_str(), &end, 10);
    if (person.empty() || *end != 0) throw Error(ErrorKind::usage, "\"" + person + "\" is no person's id.");
    const auto replica = access.open(catalog);
    const Edit edit = withdrawal(replica->store().database, id, key[1].view().text(), today(*replica), given.reason);
    replica->write(0, {&edit, 1});
}

json shown(const CertificateCheck& check) {
    json out{{"standing", to_text(check.standing)}};
    if (!check.certificate) return out;
    const Certificate& certificate = *check.certificate;
    out.update({{"number", certificate.number},
                {"name", certificate.name},
                {"activity", certificate.activity},
                {"title", certificate.title},
                {"from", certificate.from},
                {"to", certificate.to},
                {"issued_on", certificate.issued_on}});
    if (!check.withdrawn_on.empty()) out["withdrawn_on"] = check.withdrawn_on;
    return out;
}

int verify(const CertificateOptions& given, const Access& access, const Catalog& catalog, bool as_json) {
    std::vector<std::string> codes{given.code};
    std::error_code no_file;  // a code may be longer than a name can be
    if (std::filesystem::is_regular_file(given.code, no_file)) {
        const Bytes file = read_file(given.code, largest_file);
        codes = certificate_codes_in(as_text(file));
        if (codes.empty()) throw Error(ErrorKind::refused, "There is no certificate's code in " + given.code + ".");
    }
    const auto replica = access.open(catalog);
    const auto reader = replica->open_reader();
    int code = 0;
    json all = json::array();
    for (const std::string& one : codes) {
        const CertificateCheck check = check_certificate(*reader, catalog, one);
        if (check.standing != Standing::valid) code = 1;
        const json about = shown(check);
        all.push_back(about);
        if (as_json) continue;
        std::cout << to_text(check.standing);
        for (const char* part : {"number", "name", "title", "withdrawn_on"}) {
            if (about.contains(part)) std::cout << "  " << about[part].get<std::string>();
        }
        std::cout << "\n";
    }
    if (as_json) std::cout << all.dump(1) << "\n";
    return code;
}

}  // namespace

void add_certificate_commands(CLI::App& app, const Access& access, const Catalog& catalog, const bool& as_json, int& code) {
    const auto given = std::make_shared<CertificateOptions>();
    CLI::App* certificates = app.add_subcommand("certificates", "issues and withdraws certificates");
    certificates->require_subcommand(1);
    CLI::App* issuing = certificates->add_subcommand("issue", "for everybody who was in enough sessions of an activity and has none");
    issuing->add_option("activity", given->activity, "the activity's code")->required();
    issuing->add_option("--language", given->language, "of the activity's title")->capture_default_str();
    issuing->final_callback([=, &access, &catalog, &as_json] { issue(*given, access, catalog, as_json); });
    CLI::App* withdrawing = certificates->add_subcommand("withdraw", "says that a certificate no longer holds");
    withdrawing->add_option("key", given->key, "PERSON/ACTIVITY")->required();
    withdrawing->add_option("--reason", given->reason, "why")->required();
    withdrawing->final_callback([=, &access, &catalog] { withdraw(*given, access, catalog); });
    CLI::App* verifying = app.add_subcommand("verify-certificate", "says valid, unknown or withdrawn");
    verifying->add_option("code", given->code, "what its QR code says, or the PDF")->required();
    verifying->final_callback([=, &access, &catalog, &as_json, &code] { code = verify(*given, access, catalog, as_json); });
}

}  // namespace tefter
