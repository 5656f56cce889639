#pragma once
// Certificates: who has earned one, what its code says, and whether a code is good.
//
// The device that issues a certificate signs it with its own key, staff's or the server's. That key is in the register of
// devices, which the server signs: so certificates are issued without a network, and every replica can check one. A good
// signature is not enough: the register must hold the certificate, with the same signature, and not withdrawn.
//
// Its code: see certificate_code.hpp.

#include <optional>

#include "engine/store/replica.hpp"
#include "schema/domain/certificate_code.hpp"
#include "schema/domain/facts.hpp"
#include "schema/texts/texts.hpp"

namespace tefter {

/// For everybody who has earned a certificate of the activity and has none. `language` chooses the title.
std::vector<Edit> certificates_to_issue(Replica& replica, const Facts& facts, std::string_view activity, Language language);

/// Throws ErrorKind::refused where there is none, or where it is withdrawn already.
Edit withdrawal(Database& database, std::int64_t person, std::string_view activity, const std::string& today, const std::string& reason);

/// As it was signed; nothing where there is none, it is withdrawn, or its holder's data were erased.
std::optional<Certificate> find_certificate(Database& database, std::int64_t person, std::string_view activity);

enum class Standing { valid, unknown, withdrawn };
std::string_view to_text(Standing standing);

struct CertificateCheck {
    Standing standing = Standing::unknown;
    std::optional<Certificate> certificate;  ///< what the code says, where it is genuine
    std::string withdrawn_on;
};
/// Tells nothing that is not in the code, but for its standing. `database` may be a reader.
CertificateCheck check_certificate(Database& database, const Catalog& catalog, std::string_view code);

}  // namespace tefter
