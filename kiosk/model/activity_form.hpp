#pragma once
// An activity that is made or changed: what it is, when and where, and its sessions, made from its dates.

#include <array>

#include "kiosk/model/activities_model.hpp"

namespace tefter::kiosk {

/// As three fields have it. ISO 8601, the year or the month alone, empty for nothing; no value where it is no date.
std::optional<std::string> iso_date(const std::string& day, const std::string& month, const std::string& year);

/// Day, month and year of an ISO 8601 date; empty ones of what is none.
std::array<std::string, 3> date_parts(const std::string& iso);
/// ISO 8601; empty when the three are no whole day.
std::string whole_day(const std::array<std::string, 3>& parts);

struct ActivityForm {
    Opening opening;
    bool fresh = true;  ///< the code can still be chosen
    std::string code, title, kind = "training", state = "planned", place, beneficiary;
    std::string topic, country, working_language, organiser, trainers, capacity, cost, budget_line, description, share;
    std::array<std::string, 3> from, to;        ///< day, month, year
    std::string sessions_a_day = "2";           ///< of a new activity: 1 a day, or 2 half-days
    std::map<std::string, std::string> faults;  ///< by field, a key of the texts
    std::string problem;
    bool saving = false, saved = false;
    bool loaded = false;                                      ///< all that is known of it, and the topics
    std::vector<std::pair<std::string, std::string>> topics;  ///< code and name
    std::string titles;                                       ///< as it is kept: in several languages, or plain
    std::map<std::string, std::string> stored;                ///< by field, to write what was changed alone

    /// A new one, on `today`, of the first beneficiary that the office holds; or what was typed of one and not saved.
    void begin(const Desk& desk, const std::string& today);
    void open(const ActivityLine& line);
    void refresh(Desk& desk, Language language);
    bool begun() const;  ///< something was typed that is not saved
    void discard(Desk& desk);
    bool check(const ActivitiesModel& known);
    /// The activity, and for a new one a session for each day or half-day.
    void save(Desk& desk, const ActivitiesModel& known);

private:
    std::map<std::string, std::string> typed() const;
    void put_back(const std::string& draft);
    void keep_draft(Desk& desk) const;
    std::vector<std::pair<std::string, OwnedValue>> changes() const;
    Language language_ = Language::en;
    bool asked_ = false;
};

}  // namespace tefter::kiosk
