#include "engine/sync/enrolment.hpp"

#include <sodium.h>

#include <algorithm>

#include "engine/base/crypto.hpp"

namespace tefter {

namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's: no I, L, O, U
constexpr std::string_view prefix = "TEFTER1";
constexpr std::size_t check_bytes = 3;
constexpr std::int64_t wrong_tries = 5;

Hash hash_of(std::string_view purpose, BytesView bytes) {
    Writer out;
    out.raw(as_bytes(purpose));
    out.raw(bytes);
    return blake2b(out.view());
}

std::string to_letters(BytesView bytes) {
    std::string out;
    std::uint32_t bits = 0;
    unsigned count = 0;
    const auto letter = [&](std::uint32_t value) {
        if (out.size() % 6 == 5) out += '-';
        out += alphabet[value & 31U];
    };
    for (const std::uint8_t byte : bytes) {
        bits = (bits << 8U) | byte;
        for (count += 8; count >= 5; count -= 5) letter(bits >> (count - 5));
    }
    if (count > 0) letter(bits << (5 - count));
    return out;
}

[[noreturn]] void fail_code(const char* reason) {
    throw Error(ErrorKind::usage, std::string("This is no enrolment code of Tefter: ") + reason + "; copy it again from the invitation.");
}

Bytes from_letters(std::string_view text) {
    Bytes out;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (char c : text) {
        c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        if (c == 'O') c = '0';
        if (c == 'I' || c == 'L') c = '1';
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) fail_code("it holds a letter that codes do not use");
        bits = (bits << 5U) | static_cast<std::uint32_t>(value);
        count += 5;
        if (count >= 8) {
            count -= 8;
            out.push_back(static_cast<std::uint8_t>(bits >> count));
        }
    }
    return out;
}

}  // namespace

std::string EnrolmentCode::text() const {
    Writer out;
    out.raw(pin);
    out.raw(secret);
    out.varint(invitation);
    out.sized(address);
    const Hash check = hash_of("tefter code 1", out.view());
    out.raw(BytesView(check).first(check_bytes));
    return std::string(prefix) + "-" + to_letters(out.view());
}

EnrolmentCode EnrolmentCode::parse(std::string_view text) {
    std::string letters;
    for (const char c : text) {
        if (c != '-' && c != ' ' && c != '\t' && c != '\r' && c != '\n') letters += c;
    }
    if (letters.size() > 1000) fail_code("it is too long");
    std::string start = letters.substr(0, prefix.size());
    std::transform(start.begin(), start.end(), start.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    if (start != prefix) fail_code("it does not begin with TEFTER1");
    const Bytes bytes = from_letters(std::string_view(letters).substr(prefix.size()));
    try {
        Reader in(bytes);
        EnrolmentCode code;
        code.pin = in.fixed<32>();
        code.secret = in.fixed<10>();
        code.invitation = in.varint();
        code.address = std::string(as_text(in.sized()));
        const std::size_t covered = bytes.size() - in.left();
        const Hash check = hash_of("tefter code 1", BytesView(bytes).first(covered));
        const BytesView given = in.raw(check_bytes);
        if (!std::equal(given.begin(), given.end(), check.begin())) fail_code("a letter is wrong");
        if (!in.done()) fail_code("it is too long");
        return code;
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::usage) throw;
        fail_code("it is not whole");
    }
}

Bytes EnrolmentRequest::encode(const SecretKey& secret_key) const {
    Writer out;
    out.varint(invitation);
    out.raw(secret);
    out.raw(key);
    out.raw(sign(hash_of("tefter enrolment 1", out.view()), secret_key));
    return out.take();
}

EnrolmentRequest EnrolmentRequest::decode(BytesView body) {
    Reader in(body);
    EnrolmentRequest request;
    request.invitation = in.varint();
    request.secret = in.fixed<10>();
    request.key = in.fixed<32>();
    const Hash message = hash_of("tefter enrolment 1", body.first(body.size() - in.left()));
    const Signature signature = in.fixed<64>();
    if (!in.done()) Reader::fail("the request is longer than it says");
    if (!is_signed_by(request.key, message, signature)) {
        Reader::fail("the request is not signed by the key that it names");
    }
    return request;
}

Bytes EnrolmentAnswer::encode() const {
    Writer out;
    out.varint(device.value);
    out.raw(server_key);
    out.sized(office);
    out.u8(static_cast<std::uint8_t>(role));
    out.varint(scopes.size());
    for (const std::uint32_t scope : scopes) out.varint(scope);
    out.varint(static_cast<std::uint64_t>(server_ms));
    out.raw(organisation);
    return out.take();
}

EnrolmentAnswer EnrolmentAnswer::decode(BytesView body) {
    Reader in(body);
    EnrolmentAnswer answer;
    answer.device = DeviceNumber{in.varint32()};
    answer.server_key = in.fixed<32>();
    answer.office = std::string(as_text(in.sized()));
    answer.role = static_cast<Role>(in.u8());
    if (answer.role < Role::officer || answer.role > Role::administrator) Reader::fail("the role is unknown");
    answer.scopes.resize(in.count());
    for (std::uint32_t& scope : answer.scopes) scope = in.varint32();
    answer.server_ms = static_cast<std::int64_t>(in.varint());
    answer.organisation = in.fixed<32>();
    return answer;
}

Invitations::Invitations(Database& database) : database_(database) {
    database_.execute(
        "CREATE TABLE IF NOT EXISTS tefter_invitation (id INTEGER PRIMARY KEY AUTOINCREMENT, secret BLOB NOT NULL, office TEXT NOT NULL, "
        "role TEXT NOT NULL, scopes TEXT NOT NULL, expires_ms INTEGER NOT NULL, device INTEGER, device_key BLOB, "
        "lease_days INTEGER NOT NULL DEFAULT 30);"
        "CREATE TABLE IF NOT EXISTS tefter_wrong_code (id INTEGER PRIMARY KEY, tries INTEGER NOT NULL)");
    if (!database_.prepare_once("SELECT 1 FROM pragma_table_info('tefter_invitation') WHERE name = 'lease_days'").step())
        database_.execute("ALTER TABLE tefter_invitation ADD COLUMN lease_days INTEGER NOT NULL DEFAULT 30");  // made before leases
}

Invitations::Invitation Invitations::invite(const Environment& environment, const std::string& office, Role role, const std::string& scopes,
                                            std::int64_t expires_ms, std::int64_t lease_days, std::uint64_t id) {
    Invitation out;
    environment.random(out.secret);
    const Hash hashed = hash_of("tefter invitation 1", out.secret);
    Transaction transaction(database_);
    database_
        .prepare(
            "INSERT INTO tefter_invitation (id, secret, office, role, scopes, expires_ms, lease_days) "
            "VALUES (nullif(?7, 0), ?1, ?2, ?3, ?4, ?5, ?6)")
        .with(BytesView(hashed), std::string_view(office), to_text(role), std::string_view(scopes), expires_ms, lease_days,
              static_cast<std::int64_t>(id))
        .run();
    Statement row = database_.prepare("SELECT last_insert_rowid()");
    row.step();
    out.id = static_cast<std::uint64_t>(row.integer(0));
    row.reset();
    transaction.commit();
    return out;
}

namespace {

/// Five wrong secrets burn an invitation. A try is counted before it is looked at, so one that is cut off has counted.
bool fits(Database& database, std::uint64_t id, BytesView given, BytesView expected) {
    const auto number = static_cast<std::int64_t>(id);
    Transaction transaction(database);
    database.prepare("INSERT INTO tefter_wrong_code (id, tries) VALUES (?1, 1) ON CONFLICT DO UPDATE SET tries = tries + 1")
        .with(number)
        .run();
    Statement tries = database.prepare("SELECT tries FROM tefter_wrong_code WHERE id = ?1");
    tries.with(number);
    tries.step();
    const bool burnt = tries.integer(0) > wrong_tries;
    tries.reset();
    const bool right = !burnt && sodium_memcmp(given.data(), expected.data(), given.size()) == 0;
    if (right) database.prepare("DELETE FROM tefter_wrong_code WHERE id = ?1").with(number).run();
    transaction.commit();
    return right;
}

}  // namespace

Invitations::Grant Invitations::redeem(const EnrolmentRequest& request, std::int64_t now_ms) {
    Statement row = database_.prepare(
        "SELECT secret, office, role, scopes, expires_ms, device, device_key, lease_days FROM tefter_invitation WHERE id = ?1");
    row.with(static_cast<std::int64_t>(request.invitation & INT64_MAX));
    const Hash hashed = hash_of("tefter invitation 1", request.secret);
    if (!row.step() || !fits(database_, request.invitation & INT64_MAX, hashed, row.blob(0))) {
        throw Error(ErrorKind::refused, "The enrolment code is wrong; ask the administrator for a new one.");
    }
    Grant grant;
    grant.office = std::string(row.text(1));
    grant.role = role_from_text(row.text(2)).value_or(Role::officer);
    grant.scopes = std::string(row.text(3));
    grant.lease_days = row.integer(7);
    if (!row.is_null(5)) {
        // The answer may have been lost on its way: the same device may ask again.
        grant.used_by = DeviceNumber{static_cast<std::uint32_t>(row.integer(5))};
        grant.used_key = Reader(row.blob(6)).fixed<32>();
        if (grant.used_key != request.key) {
            throw Error(ErrorKind::refused, "The enrolment code has been used already; ask the administrator for a new one.");
        }
        return grant;
    }
    if (row.integer(4) < now_ms) throw Error(ErrorKind::refused, "The enrolment code has expired; ask the administrator for a new one.");
    return grant;
}

std::optional<Bytes> Invitations::text_of(std::uint64_t id) {
    Statement row = database_.prepare(
        "SELECT secret, office, role, scopes, expires_ms, lease_days, coalesce(device, 0), coalesce(device_key, zeroblob(32)), "
        "coalesce((SELECT tries FROM tefter_wrong_code AS wrong WHERE wrong.id = tefter_invitation.id), 0) FROM tefter_invitation WHERE id = ?1");
    row.with(static_cast<std::int64_t>(id));
    if (!row.step()) return std::nullopt;
    Writer out;
    out.sized(row.blob(0));
    for (int i = 1; i <= 3; ++i) out.sized(row.text(i));
    for (int i = 4; i <= 6; ++i) out.signed_varint(row.integer(i));
    out.sized(row.blob(7));
    out.signed_varint(row.integer(8));
    return out.take();
}

void Invitations::take(std::uint64_t id, BytesView text) {
    Reader in(text);
    const BytesView secret = in.sized();
    const BytesView office = in.sized(), role = in.sized(), scopes = in.sized();
    const std::int64_t expires_ms = in.signed_varint(), lease_days = in.signed_varint(), device = in.signed_varint();
    const BytesView key = in.sized();
    const std::int64_t tries = in.signed_varint();
    const auto number = static_cast<std::int64_t>(id);
    Transaction transaction(database_);
    database_
        .prepare(
            "INSERT OR REPLACE INTO tefter_invitation (id, secret, office, role, scopes, expires_ms, lease_days, device, device_key) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?8, 0), CASE WHEN ?8 = 0 THEN NULL ELSE ?9 END)")
        .with(number, secret, as_text(office), as_text(role), as_text(scopes), expires_ms, lease_days, device, key)
        .run();
    database_.prepare("INSERT OR REPLACE INTO tefter_wrong_code (id, tries) VALUES (?1, ?2)").with(number, tries).run();
    transaction.commit();
}

std::vector<std::uint64_t> Invitations::all() {
    std::vector<std::uint64_t> out;
    Statement row = database_.prepare("SELECT id FROM tefter_invitation ORDER BY id");
    while (row.step()) out.push_back(static_cast<std::uint64_t>(row.integer(0)));
    return out;
}

void Invitations::mark_used(std::uint64_t id, DeviceNumber device, const PublicKey& key) {
    database_.prepare("UPDATE tefter_invitation SET device = ?1, device_key = ?2 WHERE id = ?3")
        .with(std::int64_t{device.value}, BytesView(key), static_cast<std::int64_t>(id))
        .run();
}

}  // namespace tefter
