#pragma once
// One activity: who is enrolled, and who was there at which session. The grid, and the check-in at the door.

#include "kiosk/model/activities_model.hpp"
#include "kiosk/model/people.hpp"
#include "kiosk/model/strokes.hpp"

namespace tefter::kiosk {

/// As the catalog numbers them.
enum class Mark : std::uint8_t { none = 0, absent = 1, excused = 2, late = 3, present = 4 };

inline bool attended(Mark mark) { return mark == Mark::present || mark == Mark::late; }

struct SessionLine {
    std::int64_t number = 0;
    std::string date, subject, trainer, place;
    std::size_t here = 0;  ///< people
};

struct Participant {
    std::int64_t person = 0;
    std::string family, given, institution;
    std::vector<Mark> marks;   ///< one a session
    std::size_t attended = 0;  ///< sessions
    std::string name() const { return family + " " + given; }
};

/// One check-in of the last ten, which can be undone.
struct Arrival {
    std::int64_t person = 0, session = 0;
    std::string name;
    std::string at;        ///< 08:30
    bool durable = false;  ///< on the disk: only then it is shown as done
    Mark before = Mark::none;
    bool enrolled_by_it = false;
};

/// The edit that writes a mark, or with Mark::none takes it away. `how` as the catalog names it.
Edit marking(const std::string& activity, std::int64_t person, std::int64_t session, Mark mark, std::int64_t now_ms, const char* how);
Edit enrolling(const std::string& activity, std::int64_t person);

enum class ActivityTab { attendance, people, results, evaluation, documents };

/// In the grid: a session of a person.
struct Cell {
    std::int64_t person = 0, session = 0;
    friend bool operator==(const Cell&, const Cell&) = default;
};

/// Who stands at the door and is about to sign.
struct Signing {
    std::int64_t person = 0;  ///< 0: nobody
    bool by_badge = false, add = false;
    Strokes strokes;
};

struct ActivityModel {
    ActivityTab tab = ActivityTab::attendance;
    ActivityLine header;
    std::vector<SessionLine> sessions;
    std::vector<Participant> people;  ///< by name
    std::string code;                 ///< empty: none is open
    std::uint64_t seen = 0;
    bool loaded = false;
    std::int64_t session = 0;   ///< the one that people are checked in to
    Mark tool = Mark::present;  ///< what a tap in the grid writes
    Cell next;                  ///< the cell that the keyboard goes on to
    std::string problem;        ///< of the last write

    // The door.
    std::string typed;
    std::string searched;                        ///< what `found` answers
    std::vector<const PersonLine*> found;        ///< of `people_index`, enrolled ones first
    std::shared_ptr<const People> people_index;  ///< keeps `found` alive
    std::vector<Arrival> arrivals;               ///< latest first, at most ten
    bool wants_focus = true;                     ///< the field where names are typed
    std::int64_t unlisted = 0;                   ///< a person who is not enrolled, to be confirmed
    bool signs = false;                          ///< people sign when they come in
    Signing signing;

    void open(const std::string& activity);
    void refresh(Desk& desk, Language language);
    /// The session of today, else the first that has nobody, else the last.
    std::int64_t likely_session(const std::string& today) const;
    const Participant* find(std::int64_t person) const;
    Mark mark_at(const Participant& person, std::int64_t session_number) const;
    std::size_t here() const;  ///< at `session`

    void set_mark(Desk& desk, std::int64_t person, std::int64_t session_number, Mark mark);
    /// By a key: the keyboard goes on to the next person of that session, as a paper list is typed.
    void strike_mark(Desk& desk, std::size_t person, std::int64_t session_number, Mark mark);
    /// Everybody who has no mark yet at that session.
    void mark_all(Desk& desk, std::int64_t session_number, Mark mark);

    /// Searches when what is typed or who is known has changed.
    void search(const std::shared_ptr<const People>& index);
    /// Present at `session`. Somebody who is not enrolled is asked about first, unless `add`; where people sign, that comes between.
    void check_in(Desk& desk, const PersonLine& person, bool by_badge, bool add = false);
    /// Who signs is checked in with what was drawn; nothing drawn is no signature.
    void sign(Desk& desk);
    /// Enter: the badge that was scanned, or the only one found. False when it is neither.
    bool enter(Desk& desk);
    void undo(Desk& desk, std::size_t arrival);

private:
    void write_arrival(Desk& desk, const PersonLine& person, const Signing& how);
};

}  // namespace tefter::kiosk
