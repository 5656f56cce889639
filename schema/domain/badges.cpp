#include "schema/domain/badges.hpp"

namespace tefter {

namespace {

std::string draw_badge(const Environment& environment) {
    constexpr std::string_view letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";  // 32: five bits each, without 0 O 1 I
    std::array<std::uint8_t, 12> random{};
    environment.random(random);
    std::string out = "T-";
    for (const std::uint8_t byte : random) out += letters[byte % letters.size()];
    return out;
}

}  // namespace

std::vector<Edit> missing_badges(Replica& replica, std::string_view activity) {
    std::vector<Edit> out;
    const auto reader = replica.open_reader();
    Statement row = reader->prepare_once(
        "SELECT p.id FROM enrolment e JOIN person p ON p.id = e.person WHERE e.activity = ?1 AND p.badge IS NULL ORDER BY p.id");
    row.with(activity);
    while (row.step()) {
        Edit edit;
        edit.table = "person";
        edit.key = {row.integer(0)};
        edit.values = {{"badge", draw_badge(replica.environment())}};
        out.push_back(std::move(edit));
    }
    return out;
}

}  // namespace tefter
