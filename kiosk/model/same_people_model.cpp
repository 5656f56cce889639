#include "kiosk/model/same_people_model.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "schema/domain/duplicates.hpp"

namespace tefter::kiosk {

namespace {

constexpr std::size_t most_pairs = 50;

struct LoadedPairs {
    std::vector<PersonPair> pairs;
    std::vector<PairDecision> decisions;
};

SamePerson person(Database& reader, std::int64_t id) {
    Statement row = reader.prepare_once(
        "SELECT family_name, given_name, birth_date, coalesce(institution.name, institution_text), position, email, telephone, "
        "(SELECT count(*) FROM enrolment WHERE enrolment.person = person.id) FROM person "
        "LEFT JOIN institution ON institution.id = person.institution WHERE person.id = ?1");
    row.with(id);
    SamePerson out;
    out.id = id;
    if (!row.step()) return out;
    std::string* fields[] = {&out.family, &out.given, &out.birth, &out.institution, &out.position, &out.email, &out.telephone};
    for (int i = 0; i < 7; ++i) *fields[i] = row.text(i);
    out.activities = row.integer(7);
    return out;
}

std::vector<PairDecision> decided(Database& reader) {
    std::vector<PairDecision> out;
    Statement row = reader.prepare_once(
        "SELECT one, other, same, a.family_name || ' ' || a.given_name, b.family_name || ' ' || b.given_name FROM ("
        "SELECT canonical AS one, duplicate AS other, 1 AS same, decided_at FROM same_person UNION ALL "
        "SELECT one, other, 0, decided_at FROM not_same_person ORDER BY decided_at DESC LIMIT 20) "
        "JOIN person AS a ON a.id = one JOIN person AS b ON b.id = other");
    while (row.step()) {
        out.push_back({row.integer(0), row.integer(1), std::string(row.text(3)), std::string(row.text(4)), row.integer(2) == 1});
    }
    return out;
}

LoadedPairs load_pairs(Database& reader) {
    LoadedPairs out;
    for (const Pair& pair : undecided_duplicates(reader)) {
        out.pairs.push_back({person(reader, pair.one), person(reader, pair.other), pair.score});
        if (out.pairs.size() == most_pairs) break;
    }
    out.decisions = decided(reader);
    return out;
}

}  // namespace

bool SamePeopleModel::may_decide(const Desk& desk) { return desk.enrolled().role >= desk.catalog().table("same_person").write_role; }

void SamePeopleModel::refresh(Desk& desk) {
    const std::uint64_t now = std::max({desk.revision("person"), desk.revision("same_person"), desk.revision("not_same_person")});
    if (seen == now) return;
    seen = now;
    desk.read_at_leisure([](Database& reader) { return load_pairs(reader); },
                         [this](LoadedPairs found) {
                             pairs = std::move(found.pairs);
                             decisions = std::move(found.decisions);
                             loaded = true;
                         });
}

void SamePeopleModel::write(Desk& desk, Edit edit) {
    desk.write({std::move(edit)}, [this](const std::string& failed) { problem = failed; });
}

void SamePeopleModel::link(Desk& desk, const PersonPair& pair) {
    const bool first_stays = pair.one.activities >= pair.other.activities;
    Edit edit;
    edit.table = "same_person";
    edit.key = {first_stays ? pair.other.id : pair.one.id};
    edit.values = {{"canonical", first_stays ? pair.one.id : pair.other.id}, {"decided_at", desk.now_ms()}, {"score", pair.score}};
    write(desk, std::move(edit));
}

void SamePeopleModel::keep_apart(Desk& desk, const PersonPair& pair) {
    Edit edit;
    edit.table = "not_same_person";
    edit.key = {pair.one.id, pair.other.id};
    edit.values = {{"decided_at", desk.now_ms()}};
    write(desk, std::move(edit));
}

void SamePeopleModel::undo(Desk& desk, const PairDecision& decision) {
    Edit edit;
    edit.kind = EditKind::remove;
    edit.table = decision.same ? "same_person" : "not_same_person";
    if (decision.same) edit.key = {decision.other};
    else edit.key = {decision.one, decision.other};
    write(desk, std::move(edit));
}

}  // namespace tefter::kiosk
