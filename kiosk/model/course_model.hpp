#pragma once
// A course: its groups and levels, who learns in which, what was tested, and who is entitled to a certificate.

#include "kiosk/model/activities_model.hpp"

namespace tefter::kiosk {

enum class Standing {
    entitled,    ///< has attended enough already
    on_the_way,  ///< may still miss two sessions or more
    at_risk,     ///< may miss one more, or none
    lost,        ///< can no longer attend enough
};

/// How far somebody is with a course of which a share must be attended.
struct Progress {
    std::int64_t attended = 0;
    std::int64_t needed = 0;    ///< sessions that make the share
    std::int64_t may_miss = 0;  ///< of those to come
    Standing standing = Standing::on_the_way;
};

/// `held` of `sessions` are over; `share` in percent, as the activity says.
Progress progress_of(std::int64_t attended, std::int64_t held, std::int64_t sessions, std::int64_t share);

struct CourseGroup {
    std::int64_t id = 0;
    std::string level, teacher, timetable;  ///< level: as the catalog names it
    std::int64_t members = 0;
};

struct Learner {
    std::int64_t person = 0;
    std::string name;
    std::int64_t group = 0;  ///< 0: none yet
    std::string placement, final_level;
    Progress progress;
};

struct CourseModel {
    std::string code;
    std::vector<CourseGroup> groups;  ///< by level
    std::vector<Learner> learners;    ///< by name
    std::int64_t sessions = 0, held = 0, share = 80;
    bool loaded = false;
    std::uint64_t seen = 0;
    std::string problem;
    std::string group = "0";  ///< whose learners are shown; 0: all
    Opening opening;          ///< of `form`
    CourseGroup form;         ///< of the group that is made or changed
    bool editing = false;

    void open(const std::string& activity);
    void refresh(Desk& desk);
    std::vector<const Learner*> shown() const;
    std::size_t count(Standing standing) const;

    void new_group();
    void edit_group(const CourseGroup& known);
    void save_group(Desk& desk);
    /// Out of the group that the learner was in, into this one; 0: into none.
    void assign(Desk& desk, const Learner& learner, std::int64_t to_group);
    /// `kind`: placement or final. An empty level takes it away.
    void set_level(Desk& desk, std::int64_t person, const char* kind, const std::string& level);
};

}  // namespace tefter::kiosk
