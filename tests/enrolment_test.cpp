// Invitations: good once, for a while, and burnt by whoever guesses.

#include <catch2/catch_test_macros.hpp>

#include "engine/sync/enrolment.hpp"
#include "tests/offices.hpp"
#include "tests/sentence.hpp"

using namespace tefter;
using namespace tefter::test;

namespace {

EnrolmentRequest asking(const Invitations::Invitation& invitation, std::uint8_t key = 1) {
    EnrolmentRequest request;
    request.invitation = invitation.id;
    request.secret = invitation.secret;
    request.key.fill(key);
    return request;
}

}  // namespace

TEST_CASE("an invitation is burnt by five wrong tries, and by no fewer; others stay good") {
    Offices world;
    Replica& server = world["server"].replica();
    Invitations invitations(server.store().database);
    const auto make = [&] { return invitations.invite(server.environment(), "Tirana", Role::officer, "AL", 1000, 30); };
    const auto burnt = make(), tried = make(), other = make();
    const auto guess = [&](const Invitations::Invitation& invitation) {
        EnrolmentRequest wrong = asking(invitation);
        wrong.secret[3] ^= 1U;
        CHECK_THROWS_AS(invitations.redeem(wrong, 0), Error);
    };
    for (int i = 0; i < 5; ++i) guess(burnt);
    for (int i = 0; i < 4; ++i) guess(tried);
    CHECK_THROWS_AS(invitations.redeem(asking(burnt), 0), Error);
    CHECK(invitations.redeem(asking(tried), 0).office == "Tirana");
    CHECK(invitations.redeem(asking(other), 0).office == "Tirana");
    CHECK_THROWS_AS(invitations.redeem(asking(other), 1001), Error);
}

TEST_CASE("an invitation is good for one device, which may ask again") {
    Offices world;
    Replica& server = world["server"].replica();
    Invitations invitations(server.store().database);
    const auto invitation = invitations.invite(server.environment(), "Tirana", Role::officer, "AL", 1000, 30);
    invitations.mark_used(invitation.id, DeviceNumber{9}, asking(invitation).key);
    CHECK(invitations.redeem(asking(invitation), 2000).used_by == DeviceNumber{9});
    CHECK_THROWS_AS(invitations.redeem(asking(invitation, 2), 0), Error);
}

TEST_CASE("another server that shares the ledgers takes an invitation over as it is, with who has used it and the wrong tries") {
    Offices world, other_world;
    Replica& server = world["server"].replica();
    Invitations invitations(server.store().database), others(other_world["server"].replica().store().database);
    const auto used = invitations.invite(server.environment(), "Tirana", Role::officer, "AL", 1000, 30);
    const auto tried = invitations.invite(server.environment(), "Sarajevo", Role::staff, "BA", 2000, 90);
    invitations.mark_used(used.id, DeviceNumber{9}, asking(used).key);
    EnrolmentRequest wrong = asking(tried);
    wrong.secret[3] ^= 1U;
    for (int i = 0; i < 5; ++i) CHECK_THROWS_AS(invitations.redeem(wrong, 0), Error);
    CHECK(invitations.all().size() == 2);
    for (const std::uint64_t id : invitations.all()) others.take(id, *invitations.text_of(id));
    CHECK(others.all() == invitations.all());
    for (const std::uint64_t id : others.all()) CHECK(others.text_of(id) == invitations.text_of(id));
    const Invitations::Grant grant = others.redeem(asking(used), 0);
    CHECK(grant.office == "Tirana");
    CHECK(grant.scopes == "AL");
    CHECK(grant.lease_days == 30);
    CHECK(grant.used_by == DeviceNumber{9});
    CHECK(sentence_of([&] { others.redeem(asking(tried), 0); }, ErrorKind::refused) ==
          "The enrolment code is wrong; ask the administrator for a new one.");  // burnt there, burnt here
    CHECK_FALSE(invitations.text_of(12345));
    EnrolmentRequest nobody = asking(used);
    nobody.invitation = 12345;
    CHECK(sentence_of([&] { invitations.redeem(nobody, 0); }, ErrorKind::refused) ==
          "The enrolment code is wrong; ask the administrator for a new one.");
}

TEST_CASE("a code that is too long, or an enrolment that is not signed by its key, is refused") {
    EnrolmentCode code;
    code.invitation = 77;
    code.address = "server.example:8443";
    const std::string good = code.text();
    CHECK(EnrolmentCode::parse(good).address == code.address);
    CHECK(sentence_of([&] { EnrolmentCode::parse(good + "AAAAAAAA"); }, ErrorKind::usage).find("it is too long") != std::string::npos);
    CHECK(sentence_of([&] { EnrolmentCode::parse("TEFTER1-" + std::string(1000, 'A')); }, ErrorKind::usage).find("it is too long") !=
          std::string::npos);
    EnrolmentRequest request;
    SecretKey secret{};
    crypto_sign_keypair(request.key.data(), secret.data());
    Bytes body = request.encode(secret);
    CHECK(EnrolmentRequest::decode(body).key == request.key);
    body.push_back(0);
    CHECK(sentence_of([&] { EnrolmentRequest::decode(body); }, ErrorKind::corrupt).find("longer than it says") != std::string::npos);
    body.pop_back();
    body.back() ^= 1;
    CHECK(sentence_of([&] { EnrolmentRequest::decode(body); }, ErrorKind::corrupt).find("not signed by the key") != std::string::npos);
}
