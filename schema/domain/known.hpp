#pragma once
// Hit / no hit: whether a person is known in another scope, without showing either side the other's data. docs/hit-no-hit.md
// says what it protects against.
//
//   ask      a device of staff draws a key for this one question and writes token = MAC(key, name and date of birth), and the
//            key sealed for the server and for the staff of the asked scope
//   answer   the server alone answers, so many a day for each device: hit and a reference, or no hit
//   release  staff of the asked scope see whom it is about and may send his data, sealed for the device that asked
//
// Question and answer are rows of the regional scope, so the log of both is in the ledger like everything else.

#include "engine/store/replica.hpp"

namespace tefter {

/// What a device may ask in 24 hours; what is beyond waits.
inline constexpr std::size_t known_questions_a_day = 20;

struct KnownQuestion {
    std::string scope;  ///< by name
    std::string family, given;
    std::string birth;  ///< 1984-05-12
};

/// The row that asks. Throws ErrorKind::usage for what cannot be asked, ErrorKind::refused for a scope that this device holds.
Edit ask_known(Replica& replica, const KnownQuestion& question);

/// By the server, after each sync: the answers that are due. Counts what each device asked, by the server's clock, beside the rows.
std::vector<Edit> answer_known(Replica& server);

struct KnownLine {
    std::int64_t id = 0;
    std::string scope, office;      ///< asked, and asking
    std::int64_t asked_at = 0;      ///< as its author says
    std::string result, reference;  ///< hit, no_hit; empty: it waits
    std::int64_t answered_at = 0, released_at = 0;
    bool own = false;   ///< this device asked
    bool ours = false;  ///< the asked scope is held here
};
/// Latest first. An answer that another than the server wrote is none.
std::vector<KnownLine> known_questions(Replica& replica);
/// Throws ErrorKind::refused where there is none.
KnownLine known_question(Replica& replica, std::int64_t id);

/// The rows of the asked scope that it is about: for those for whom its key was sealed. Throws ErrorKind::refused for others.
std::vector<std::int64_t> known_people(Replica& replica, std::int64_t question);

/// The release, and its line in the access log. Throws ErrorKind::refused where there was no hit, for devices that do not hold the
/// scope, and where the person is not there any more.
std::vector<Edit> release_known(Replica& replica, std::int64_t question);

struct KnownPerson {
    std::string family_name, given_name, birth_date, institution, position, email, telephone;
};
/// What was released to this device. Throws ErrorKind::refused where nothing was, or it was erased since.
KnownPerson released_person(Replica& replica, std::int64_t question);

/// Answers that hold released data of a person: they lose them with him.
std::vector<std::int64_t> released_about(Replica& replica, std::int64_t person);

}  // namespace tefter
