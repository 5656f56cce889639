#pragma once
// People who may have been registered twice: one list for kiosk, web pages, command line and the indicator Q3.

#include "engine/store/database.hpp"

namespace tefter {

struct NamedPerson {
    std::int64_t id = 0;
    std::string family, given, birth, email;
    std::int64_t gender = 0;
};

struct Pair {
    std::int64_t one = 0, other = 0;  ///< lower id first
    double score = 0;                 ///< 0 to 1
    std::vector<std::string> reasons;
};

/// From here on a pair is worth a person's look.
inline constexpr double likely_duplicate = 0.88;

/// Pairs that may be the same person, best first. Compared are those who have something in common: the date of birth, also with day
/// and month exchanged, or with a wrong digit and an initial; the e-mail address; or, where a date of birth is missing, how a name
/// begins; unless hundreds have it in common. Two people with different dates of birth and nothing else in common are not proposed, whatever their names.
std::vector<Pair> propose_duplicates(const std::vector<NamedPerson>& people, double least_score);

/// The same of everybody in a replica, without those whom people have linked or told apart.
std::vector<Pair> undecided_duplicates(Database& reader, double least_score = likely_duplicate);

}  // namespace tefter
