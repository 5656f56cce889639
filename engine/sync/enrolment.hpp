#pragma once
// How a device joins: a one-time code from the server's administrator carries the server's address, the pin of its TLS
// key and an invitation; the device answers with the public key that it made; the server gives it a number and scopes.

#include "engine/store/replica.hpp"

namespace tefter {

using InvitationSecret = std::array<std::uint8_t, 10>;  ///< 80 bits

struct EnrolmentCode {
    std::string address;  ///< host:port
    Pin pin{};
    std::uint64_t invitation = 0;
    InvitationSecret secret{};

    /// `TEFTER1-` and groups of five letters of Crockford's base 32, a checksum among them: can be typed.
    std::string text() const;
    /// Upper or lower case, with or without dashes and blanks. Throws ErrorKind::usage.
    static EnrolmentCode parse(std::string_view text);
};

struct EnrolmentRequest {
    std::uint64_t invitation = 0;
    InvitationSecret secret{};
    PublicKey key{};

    Bytes encode(const SecretKey& secret_key) const;  ///< signed: the key is the sender's own
    static EnrolmentRequest decode(BytesView body);   ///< throws ErrorKind::corrupt, also for a wrong signature
};

/// What the server answers; what the replica is made of.
struct EnrolmentAnswer {
    DeviceNumber device;
    PublicKey server_key{};
    std::string office;
    Role role = Role::officer;
    std::vector<std::uint32_t> scopes;
    std::int64_t server_ms = 0;
    std::array<std::uint8_t, 32> organisation{};  ///< X25519 key that recovery slots are sealed to

    Bytes encode() const;
    static EnrolmentAnswer decode(BytesView body);
};

/// Invitations of the server, in its own encrypted file. Secrets are kept hashed; each is good once, until it expires.
class Invitations {
public:
    explicit Invitations(Database& database);

    struct Invitation {
        std::uint64_t id = 0;
        InvitationSecret secret{};
    };
    /// `id`: a number that no other has; 0: the next one here.
    Invitation invite(const Environment& environment, const std::string& office, Role role, const std::string& scopes,
                      std::int64_t expires_ms, std::int64_t lease_days, std::uint64_t id = 0);

    struct Grant {
        std::string office;
        Role role = Role::officer;
        std::string scopes;
        std::int64_t lease_days = usual_lease_days;
        std::optional<DeviceNumber> used_by;  ///< the invitation has been used, by this device
        PublicKey used_key{};
    };
    /// Throws ErrorKind::refused with one sentence: unknown, wrong, used by another key, or expired.
    Grant redeem(const EnrolmentRequest& request, std::int64_t now_ms);
    /// Inside the transaction that registers the device.
    void mark_used(std::uint64_t id, DeviceNumber device, const PublicKey& key);

    /// For servers that share invitations: one of them as it stands, wrong tries and all; nothing where there is none with that number.
    std::optional<Bytes> text_of(std::uint64_t id);
    /// Takes it as another server left it.
    void take(std::uint64_t id, BytesView text);
    std::vector<std::uint64_t> all();

private:
    Database& database_;
};

}  // namespace tefter
