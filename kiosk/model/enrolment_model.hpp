#pragma once
// Who is nominated, invited and accepted for an activity, in which role, why, and what their way costs.

#include "kiosk/model/desk.hpp"
#include "kiosk/model/people.hpp"

namespace tefter::kiosk {

struct EnrolmentLine {
    std::int64_t person = 0;
    std::string name, institution, state, role;
};

struct EnrolmentsModel {
    std::string code;
    std::vector<EnrolmentLine> lines;  ///< by name
    std::uint64_t seen = 0;
    bool loaded = false;
    std::string state;  ///< only these are shown; empty: all
    std::string typed, problem;
    std::string searched;
    std::vector<const PersonLine*> found;        ///< of `people_index`, without those who are enrolled
    std::shared_ptr<const People> people_index;  ///< keeps `found` alive

    void refresh(Desk& desk, const std::string& activity);
    void search(const std::shared_ptr<const People>& index);
    void nominate(Desk& desk, std::int64_t person);
    std::size_t count(const std::string& in_state) const;
};

/// One enrolment as it is typed. Enumerators by their names in the catalog.
struct EnrolmentForm {
    std::string activity, name;
    std::int64_t person = 0;
    std::string state, role, nominated_by, score, reason, travel, per_diem;
};

struct EnrolmentModel {
    Opening opening;
    EnrolmentForm form, stored;
    std::map<std::string, std::string> faults;  ///< by field, a key of the texts
    std::string problem;
    std::uint64_t seen = 0;
    bool loaded = false, saving = false, saved = false;

    void open(Desk& desk, const std::string& activity, const EnrolmentLine& line);
    /// Nothing that was read or typed stays in memory; refresh() brings it back.
    void forget();
    void refresh(Desk& desk);
    void keep_draft(Desk& desk) const;
    void discard(Desk& desk);
    bool check();
    void save(Desk& desk);
    bool changed() const;
};

}  // namespace tefter::kiosk
