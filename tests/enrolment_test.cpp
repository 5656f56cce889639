// Invitations: good once, for a while, and burnt by whoever guesses.

#include <catch2/catch_test_macros.hpp>

#include "engine/sync/enrolment.hpp"
#include "tests/offices.hpp"

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
