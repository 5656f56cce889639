#pragma once
// A study tour: its delegation, its days with hosts and subjects, and the report.

#include "kiosk/model/activity_form.hpp"
#include "kiosk/model/institutions.hpp"

namespace tefter::kiosk {

struct TourDay {
    std::int64_t day = 0;  ///< from 1
    std::string date;
    InstitutionPick host;
    std::string subject, people_met;
    std::int64_t here = 0;  ///< people who attended a session of that date
    friend bool operator==(const TourDay&, const TourDay&) = default;
};

struct Delegate {
    std::int64_t person = 0;
    std::string name, institution;
};

struct StudyTourModel {
    std::string code, from, to;        ///< dates of the tour
    std::vector<TourDay> days;         ///< one a date; those that nobody has written yet are empty
    std::vector<Delegate> delegation;  ///< by name
    std::shared_ptr<const Institutions> institutions;
    std::string report, stored_report;
    bool loaded = false, saving = false;
    std::uint64_t seen = 0;
    std::string problem;
    bool editing = false;
    Opening opening;       ///< of `form`
    TourDay form, stored;  ///< the day that is changed

    void open(const std::string& activity);
    void refresh(Desk& desk);
    void edit(const TourDay& day);
    void close(Desk& desk);
    void save_day(Desk& desk);
    void save_report(Desk& desk);
    void keep_draft(Desk& desk) const;
    void take_draft(Desk& desk);
};

}  // namespace tefter::kiosk
