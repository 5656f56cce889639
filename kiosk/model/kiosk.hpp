#pragma once
// The whole program without a window: what is open, what is locked, where one is.

#include "engine/client/enrol_again.hpp"
#include "engine/keys/key_file.hpp"
#include "kiosk/model/activity_form.hpp"
#include "kiosk/model/activity_model.hpp"
#include "kiosk/model/course_model.hpp"
#include "kiosk/model/dashboard_model.hpp"
#include "kiosk/model/documents_model.hpp"
#include "kiosk/model/enrolment_model.hpp"
#include "kiosk/model/evaluation_model.hpp"
#include "kiosk/model/internship_model.hpp"
#include "kiosk/model/keyboard.hpp"
#include "kiosk/model/officers.hpp"
#include "kiosk/model/person_model.hpp"
#include "kiosk/model/pins.hpp"
#include "kiosk/model/register_model.hpp"
#include "kiosk/model/results_model.hpp"
#include "kiosk/model/review_model.hpp"
#include "kiosk/model/same_people_model.hpp"
#include "kiosk/model/scanner_test.hpp"
#include "kiosk/model/send_model.hpp"
#include "kiosk/model/settings.hpp"
#include "kiosk/model/stick_model.hpp"
#include "kiosk/model/study_tour_model.hpp"

namespace tefter::kiosk {

enum class Screen {
    unlock,
    today,
    activities,
    activity,
    activity_form,
    course,
    internship,
    study_tour,
    enrolment,
    questionnaire,
    dashboard,
    check_in,
    people,
    person,
    registers,
    register_list,
    row,
    row_form,
    review,
    send,
    settings
};

struct UnlockModel {
    enum class State { ready, opening, calling_home, enrolling };
    State state = State::ready;
    bool first_start = false;        ///< there is no replica yet
    bool enrols_again = false;       ///< the replica that is here has forked
    bool ask = true;                 ///< the field for the passphrase is to have the keyboard
    std::vector<std::string> names;  ///< of those who can unlock
    std::size_t chosen = 0;
    std::string passphrase, again, code;
    std::string problem;
    std::string name() const { return chosen < names.size() ? names[chosen] : std::string(); }
};

class Kiosk {
public:
    /// `wake` is called from any thread when deliver() has something to do. The catalog must outlive it.
    /// `sticks`: a folder that is offered like a stick that is plugged in; may be empty.
    Kiosk(std::string folder, const Catalog& catalog, std::function<void()> wake, std::string sticks = {});
    ~Kiosk();

    /// What workers have found; true when something may look different now.
    bool deliver();
    /// Asks for everything that the screen shows and that has changed. Cheap; once a frame that is drawn.
    void refresh();

    void unlock();
    /// With a key that is derived already.
    void open(const LockedKey& key);
    void enrol();
    /// Locks, and asks for a code with which this device begins anew.
    void ask_to_enrol_again();
    /// With the code and an officer's passphrase; what was not sent is taken along.
    void enrol_again();
    /// Destroys the key in memory.
    void lock();
    /// Shows nothing until an officer's PIN is given; locks where nobody has one. A sync goes on meanwhile.
    void cover();
    /// Tries the PIN that was typed; five wrong ones lock.
    void uncover();
    bool covered() const { return covering.since_ms != 0; }
    /// Anything that a person does; the kiosk locks itself when it does not come.
    void touched(std::int64_t now_ms) { touched_ms_ = now_ms; }
    /// When lock_if_idle() wants to be asked again; 0: not at all.
    std::int64_t idle_at_ms() const;
    void lock_if_idle(std::int64_t now_ms);

    void go(Screen screen);
    void back();
    bool can_go_back() const { return !way_.empty(); }
    void open_activity(const std::string& code, Screen screen);
    void new_activity();
    void edit_activity();                            ///< the one that is open
    void open_enrolment(const EnrolmentLine& line);  ///< of the activity that is open
    /// The device goes round among the participants: nothing but the questions is shown, and its end locks.
    void pass_around();
    /// What the kind of the open activity has beside attendance: a course, internships or a study tour.
    void open_programme();
    void open_person(std::int64_t id);
    void new_person();
    void open_register(const Table& table);
    /// People and activities have screens of their own.
    void open_row(const Table& table, const RowKey& key);
    /// Any row as the registers show it, with all that refers to it.
    void open_whole_row(const Table& table, const RowKey& key);
    void open_children(const Referrer& by);  ///< of the row that is open
    void edit_row();                         ///< the one that is open
    void new_row(const Table& table, std::optional<RowParent> parent = {});
    void row_saved();    ///< from its form to the row
    void discard_row();  ///< what was typed in the form is thrown away
    void change_settings(const Settings& settings);
    void save_officers();
    void look_for_sticks() { stick.look(sticks_); }
    /// Reads the code out of an invitation's file.
    void take_invitation(const std::string& file);
    /// Beside the replica, or on the stick that is chosen.
    void save_diagnostics();

    std::int64_t now_ms() const { return environment_.now_ms(); }
    const Catalog& catalog() const { return catalog_; }

    Texts texts;
    Settings settings;
    Screen screen = Screen::unlock;
    UnlockModel unlocking;
    ActivitiesModel activities;
    ActivityModel activity;
    ActivityForm activity_form;
    CourseModel course;
    InternshipModel internship;
    StudyTourModel study_tour;
    ResultsModel results;
    EvaluationModel evaluation;
    EnrolmentsModel enrolments;
    EnrolmentModel enrolment;
    DashboardModel dashboard;
    DocumentsModel documents;
    PersonModel person;
    RegisterModel registers;
    ReviewModel review;
    SendModel sending;
    StickModel stick;
    SamePeopleModel same_people;
    OfficersModel officers;
    Patience patience;
    Pins pins;
    CoverModel covering;
    Keyboard keyboard;
    ScannerTest scanner;
    std::string officer;                          ///< who unlocked
    std::optional<EnrolledAgain> enrolled_again;  ///< since the last lock
    std::string diagnostics_at;                   ///< where the file is; empty: none was written
    std::string people_typed;
    std::unique_ptr<Desk> desk;            ///< null while locked
    std::shared_ptr<const People> people;  ///< null until it is loaded

private:
    void opened(std::unique_ptr<Replica> replica);
    void tried(const std::string& name, bool right);
    void refresh_programme();
    void refresh_people();
    void refresh_tab();
    void go_on(Screen screen);  ///< and this one is come back to

    Inbox inbox_;
    std::string sticks_;
    Home home_;
    const Catalog& catalog_;
    Environment environment_;
    /// Where one was.
    struct Step {
        Screen screen;
        RegisterPlace place;
    };
    std::vector<Step> way_;
    std::int64_t touched_ms_ = 0;
    std::uint64_t people_seen_ = 0;
    std::string sent_draft_;
    std::unique_ptr<Worker> keys_;
};

}  // namespace tefter::kiosk
