#pragma once
// The internships of an activity: who is placed where, the log week by week, and what mentor and intern say of it.

#include "kiosk/model/activity_form.hpp"
#include "kiosk/model/institutions.hpp"

namespace tefter::kiosk {

struct InternshipLine {
    std::int64_t id = 0, person = 0;
    std::string name, host, mentor, from, to;
    std::int64_t weeks = 0;  ///< with a log
    bool evaluated = false;  ///< by mentor and intern
};

/// What is typed.
struct InternshipForm {
    std::int64_t id = 0, person = 0;  ///< id 0: a new one
    std::string name;
    InstitutionPick host;
    std::string mentor, plan;
    std::array<std::string, 3> from, to;
    std::string mentor_score, mentor_words, intern_score, intern_words;  ///< scores 1 to 5, or empty
    std::map<std::int64_t, std::string> weeks;                           ///< the log, by week from 1
    friend bool operator==(const InternshipForm&, const InternshipForm&) = default;

    /// Weeks from the first day to the last, at least those that have a log, and one.
    std::int64_t length_in_weeks() const;
    std::string to_draft() const;
    static InternshipForm from_draft(const std::string& text);
};

struct InternshipModel {
    std::string code;
    std::vector<InternshipLine> lines;  ///< by name
    std::shared_ptr<const Institutions> institutions;
    bool loaded = false;
    std::uint64_t seen = 0;
    std::string problem;

    Opening opening;  ///< of `form`
    bool editing = false, saving = false;
    InternshipForm form, stored;
    std::int64_t week = 1;  ///< the one whose log is shown
    std::map<std::string, std::string> faults;

    void open(const std::string& activity);
    void refresh(Desk& desk);
    /// A placement for a person who is enrolled.
    void begin(std::int64_t person, const std::string& name);
    void edit(Desk& desk, std::int64_t id);
    void close(Desk& desk);
    bool check();
    void save(Desk& desk);
    /// Keeps what is typed and not saved; takes it up again after a lock or a crash.
    void keep_draft(Desk& desk) const;
    void take_draft(Desk& desk);

private:
    void open_form();
};

}  // namespace tefter::kiosk
