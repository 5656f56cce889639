#include "schema/domain/duplicates.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "schema/domain/names.hpp"
#include "schema/domain/sheet.hpp"

namespace tefter {

namespace {

int edit_distance_of_digits(const std::string& a, const std::string& b) {
    if (a.size() != b.size()) return 99;
    int out = 0;
    for (std::size_t i = 0; i < a.size(); ++i) out += a[i] != b[i] ? 1 : 0;
    return out;
}

/// Day and month exchanged.
bool swapped_date(const std::string& a, const std::string& b) {
    return a.size() == 10 && b.size() == 10 && a.substr(0, 4) == b.substr(0, 4) && a.substr(5, 2) == b.substr(8, 2) &&
           a.substr(8, 2) == b.substr(5, 2);
}

struct Keyed {
    const NamedPerson* person;
    std::string family, given;
    std::uint32_t letters_of_family = 0, letters_of_given = 0;  ///< a bit a letter
};

std::uint32_t letters_of(const std::string& key) {
    std::uint32_t out = 0;
    for (const char c : key) out |= 1U << (static_cast<unsigned char>(c) % 32U);
    return out;
}

/// Not less than similarity(a, b): no more letters match than `b` has of those in `a`, and none is moved.
double most_similarity(const std::string& a, std::uint32_t of_a, const std::string& b, std::uint32_t of_b) {
    if (a.empty() || b.empty()) return 0;
    const auto found = [](const std::string& in, std::uint32_t letters) {
        return static_cast<double>(
            std::count_if(in.begin(), in.end(), [&](char c) { return ((letters >> (static_cast<unsigned char>(c) % 32U)) & 1U) != 0; }));
    };
    const double matched = std::min(found(a, of_b), found(b, of_a));
    const double jaro = (matched / static_cast<double>(a.size()) + matched / static_cast<double>(b.size()) + 1) / 3;
    return matched == 0 ? 0 : jaro + 0.4 * (1 - jaro);
}

/// Whether the names alone, with the best of everything else, could reach it. Costs a hundredth of comparing.
bool may_reach(const Keyed& a, const Keyed& b, double least_score) {
    const double straight = most_similarity(a.family, a.letters_of_family, b.family, b.letters_of_family) +
                            most_similarity(a.given, a.letters_of_given, b.given, b.letters_of_given);
    const double crossed = most_similarity(a.family, a.letters_of_family, b.given, b.letters_of_given) +
                           most_similarity(a.given, a.letters_of_given, b.family, b.letters_of_family);
    return 0.6 * std::max(straight, crossed) / 2 + 0.5 >= least_score;
}

Pair compare(const Keyed& a, const Keyed& b) {
    Pair pair{std::min(a.person->id, b.person->id), std::max(a.person->id, b.person->id), 0, {}};
    const double straight = (similarity(a.family, b.family) + similarity(a.given, b.given)) / 2;
    const double crossed = (similarity(a.family, b.given) + similarity(a.given, b.family)) / 2;
    const double name = std::max(straight, crossed);
    if (name == 1)
        pair.reasons.emplace_back(
            a.person->family == b.person->family && a.person->given == b.person->given ? "same name" : "same name, written otherwise");
    else pair.reasons.emplace_back("similar name");
    if (crossed > straight) pair.reasons.emplace_back("family and given name exchanged");
    double birth = 0.8;  // one of them has none: it tells nothing
    if (!a.person->birth.empty() && !b.person->birth.empty()) {
        birth = 0;
        if (a.person->birth == b.person->birth) birth = 1, pair.reasons.emplace_back("same date of birth");
        else if (swapped_date(a.person->birth, b.person->birth)) birth = 0.9, pair.reasons.emplace_back("day and month exchanged");
        else if (edit_distance_of_digits(a.person->birth, b.person->birth) == 1)
            birth = 0.8, pair.reasons.emplace_back("date of birth differs in one digit");
    }
    const bool same_email = !a.person->email.empty() && fold(a.person->email) == fold(b.person->email);
    if (same_email) pair.reasons.emplace_back("same e-mail address");
    pair.score = 0.6 * name + 0.4 * birth + (same_email ? 0.1 : 0);
    if (a.person->gender != 0 && b.person->gender != 0 && a.person->gender != b.person->gender) {
        pair.score -= 0.15;
        pair.reasons.emplace_back("but another gender");
    }
    pair.score = std::clamp(pair.score, 0.0, 1.0);
    return pair;
}

/// What people who may be the same have in common, as keys of blocks (Newcombe 1959).
std::vector<std::string> blocks_of(const Keyed& keyed) {
    std::vector<std::string> out;
    const NamedPerson& person = *keyed.person;
    if (!person.email.empty()) out.push_back("@" + fold(person.email));
    if (person.birth.empty()) return out;
    out.push_back(person.birth);
    if (person.birth.size() == 10) {
        const std::string month = person.birth.substr(5, 2), day = person.birth.substr(8, 2);
        out.push_back(person.birth.substr(0, 4) + std::min(month, day) + "~" + std::max(month, day));
    }
    const std::set<char> initials{keyed.family[0], keyed.given[0]};
    for (std::size_t i = 0; i < person.birth.size(); ++i) {  // any one digit may be wrong
        if (person.birth[i] == '-') continue;
        std::string date = person.birth;
        date[i] = '?';
        for (const char initial : initials) out.push_back(date + initial);
    }
    return out;
}

/// For those without a date of birth: how each name begins; families and given names are exchanged at times.
std::set<std::string> beginnings(const Keyed& keyed) { return {keyed.family.substr(0, 3), keyed.given.substr(0, 3)}; }

/// Compares each two once, and keeps those who may be the same.
class Proposals {
public:
    Proposals(const std::vector<Keyed>& people, double least_score) : people_(people), least_score_(least_score) {}
    void look(std::uint32_t i, std::uint32_t j) {
        const Keyed &a = people_[i], &b = people_[j];
        if (!may_reach(a, b, least_score_) || !looked_at_.insert((std::uint64_t{std::min(i, j)} << 32U) | std::max(i, j)).second) return;
        Pair pair = compare(a, b);
        if (pair.score >= least_score_) pairs_.push_back(std::move(pair));
    }
    std::vector<Pair> best_first() && {
        std::sort(pairs_.begin(), pairs_.end(),
                  [](const Pair& a, const Pair& b) { return std::tie(b.score, a.one, a.other) < std::tie(a.score, b.one, b.other); });
        return std::move(pairs_);
    }

private:
    const std::vector<Keyed>& people_;
    double least_score_;
    std::unordered_set<std::uint64_t> looked_at_;
    std::vector<Pair> pairs_;
};

/// What so many have in common (a date that stands for an unknown one, a beginning of names) tells nothing.
constexpr std::size_t common = 200;

using Blocks = std::unordered_map<std::string, std::vector<std::uint32_t>>;

}  // namespace

std::vector<Pair> propose_duplicates(const std::vector<NamedPerson>& people, double least_score) {
    std::vector<Keyed> keyed;
    keyed.reserve(people.size());
    Blocks alike, undated, dated;
    for (const NamedPerson& person : people) {
        Keyed one{&person, name_key(person.family), name_key(person.given)};
        one.letters_of_family = letters_of(one.family);
        one.letters_of_given = letters_of(one.given);
        const auto at = static_cast<std::uint32_t>(keyed.size());
        for (std::string& block : blocks_of(one)) alike[std::move(block)].push_back(at);
        for (const std::string& beginning : beginnings(one)) (person.birth.empty() ? undated : dated)[beginning].push_back(at);
        keyed.push_back(std::move(one));
    }
    Proposals proposals(keyed, least_score);
    const auto look_among = [&](const std::vector<std::uint32_t>& members) {
        if (members.size() > common) return;
        for (std::size_t i = 0; i < members.size(); ++i) {
            for (std::size_t j = i + 1; j < members.size(); ++j) proposals.look(members[i], members[j]);
        }
    };
    for (const auto& [block, members] : alike) look_among(members);
    for (const auto& [block, members] : undated) {
        look_among(members);
        if (members.size() + dated[block].size() > common) continue;
        for (const std::uint32_t one : members) {
            for (const std::uint32_t other : dated[block]) proposals.look(one, other);
        }
    }
    return std::move(proposals).best_first();
}

std::vector<Pair> undecided_duplicates(Database& reader, double least_score) {
    std::vector<NamedPerson> people;
    Statement row = reader.prepare_once(
        "SELECT id, family_name, given_name, birth_date, email, gender FROM person "
        "WHERE id NOT IN (SELECT duplicate FROM same_person) ORDER BY id");
    while (row.step()) {
        people.push_back({row.integer(0), std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3)),
                          std::string(row.text(4)), row.integer(5)});
    }
    std::set<std::pair<std::int64_t, std::int64_t>> apart;
    Statement decided = reader.prepare_once("SELECT one, other FROM not_same_person");
    while (decided.step()) apart.insert(std::minmax(decided.integer(0), decided.integer(1)));
    std::vector<Pair> out = propose_duplicates(people, least_score);
    std::erase_if(out, [&](const Pair& pair) { return apart.contains({pair.one, pair.other}); });
    return out;
}

}  // namespace tefter
