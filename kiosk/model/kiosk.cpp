#include "kiosk/model/kiosk.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <tuple>

#include "engine/base/file.hpp"
#include "engine/store/lease.hpp"
#include "kiosk/model/diagnostics.hpp"
#include "schema/domain/passphrase.hpp"

namespace tefter::kiosk {

namespace {

/// Screens that show the activity that is open.
bool of_activity(Screen screen) {
    return screen == Screen::activity || screen == Screen::check_in || screen == Screen::course || screen == Screen::internship ||
           screen == Screen::study_tour;
}

std::string tries_file(const std::string& folder) { return folder + "/tries"; }
std::string pin_tries_file(const std::string& folder) { return folder + "/pin-tries"; }
std::string settings_file(const std::string& folder) { return folder + "/kiosk.json"; }

/// Counts the try of a passphrase before it is made; false: it must not be made now.
bool begin_try(Kiosk& kiosk, UnlockModel::State trying) {
    UnlockModel& unlocking = kiosk.unlocking;
    if (unlocking.state != UnlockModel::State::ready || kiosk.now_ms() < kiosk.patience.wait_until_ms() || unlocking.passphrase.empty())
        return false;
    try {
        kiosk.patience.begin(kiosk.now_ms());
    } catch (const Error& error) {
        unlocking.problem = error.what();
        return false;
    }
    unlocking.state = trying;
    unlocking.problem.clear();
    return true;
}

struct Failure {
    std::string problem;  ///< empty: none
    bool wrong = false;   ///< the passphrase
};
Failure failure_of(const std::function<void()>& work) {
    try {
        work();
        return {};
    } catch (const Error& error) {
        return {error.what(), error.kind() == ErrorKind::wrong_key};
    } catch (const std::exception& error) {
        return {error.what()};
    }
}

}  // namespace

Kiosk::Kiosk(std::string folder, const Catalog& catalog, std::function<void()> wake, std::string sticks)
    : settings(Settings::load(settings_file(folder))),
      patience(tries_file(folder)),
      pins(pin_tries_file(folder)),
      inbox_(std::move(wake)),
      sticks_(std::move(sticks)),
      home_(std::move(folder)),
      catalog_(catalog),
      environment_(system_environment()),
      keys_(std::make_unique<Worker>(inbox_)) {
    texts.choose(settings.language);
    const char* home = std::getenv("HOME");
    documents.folder = (home != nullptr ? std::string(home) : home_.folder()) + "/Tefter";
    lock();
}

Kiosk::~Kiosk() {
    desk.reset();
    keys_.reset();
}

bool Kiosk::deliver() { return inbox_.deliver(); }

void Kiosk::lock() {
    wipe_text(covering.typed);
    covering = CoverModel{};
    stick.cancel();
    desk.reset();
    enrolled_again.reset();
    people.reset();
    people_seen_ = 0;
    unlocking = UnlockModel{};
    unlocking.first_start = !home_.has_replica();
    if (!unlocking.first_start) {
        try {
            unlocking.names = KeyFile::load(home_.keys()).names();
            const auto last = std::find(unlocking.names.begin(), unlocking.names.end(), settings.officer);
            if (last != unlocking.names.end()) unlocking.chosen = static_cast<std::size_t>(last - unlocking.names.begin());
        } catch (const Error& error) {
            unlocking.problem = error.what();
        }
    }
    activities = ActivitiesModel{};
    sending = SendModel{};
    stick = StickModel{};
    same_people = SamePeopleModel{};
    officers = OfficersModel{};
    scanner = ScannerTest{};
    diagnostics_at.clear();
    review = ReviewModel{};
    const std::string open_activity = activity.code;
    const ActivityTab open_tab = activity.tab;
    activity = ActivityModel{};
    activity.code = open_activity;
    activity.tab = open_tab;
    results = ResultsModel{};
    evaluation = EvaluationModel{};
    enrolments = EnrolmentsModel{};
    dashboard = DashboardModel{};
    documents.forget();
    registers.forget();
    enrolment.forget();
    person.forget();
    people_typed.clear();
    course = CourseModel{};
    internship = InternshipModel{};
    study_tour = StudyTourModel{};
    if (screen != Screen::unlock) way_.push_back({screen, registers.at});
    screen = Screen::unlock;
}

void Kiosk::opened(std::unique_ptr<Replica> replica) {
    desk = std::make_unique<Desk>(std::move(replica), home_, inbox_);
    officers.load(home_.keys());
    officer = unlocking.first_start ? officers.names.front() : unlocking.name();
    desk->act_as(officer);
    Settings remembered = settings;
    remembered.officer = officer;
    change_settings(remembered);
    unlocking.state = UnlockModel::State::ready;
    unlocking.problem.clear();
    unlocking.first_start = false;
    touched_ms_ = now_ms();
    // Back to where it was locked; a form that was being filled in is there again.
    const Screen before = way_.empty() ? Screen::today : way_.back().screen;
    if (!way_.empty()) way_.pop_back();
    screen = before;
    if (screen == Screen::questionnaire) back();
    if (of_activity(screen) && activity.code.empty()) screen = Screen::today;
}

void Kiosk::unlock() {
    if (!begin_try(*this, UnlockModel::State::opening)) return;
    keys_->post([this, name = unlocking.name(), passphrase = std::exchange(unlocking.passphrase, {})]() mutable -> Shown {
        LockedKey key{};
        const Failure failure = failure_of([&] { key = open_slot(home_.keys(), name, passphrase); });
        wipe_text(passphrase);
        return [this, key, failure] {
            if (!failure.wrong) patience.forget();
            if (failure.problem.empty()) return open(key);
            unlocking.state = UnlockModel::State::ready;
            unlocking.ask = true;
            unlocking.problem = failure.wrong ? texts("unlock.wrong") : failure.problem;
        };
    });
}

void Kiosk::open(const LockedKey& key) {
    unlocking.state = UnlockModel::State::opening;
    keys_->post([this, key]() -> Shown {
        auto replica = std::make_shared<std::unique_ptr<Replica>>();
        std::string problem;
        bool lease_over = false;
        try {
            *replica = home_.open_with(key, catalog_, environment_);
            if (lease_over = look_at_lease(**replica).over(); lease_over) {  // nothing is shown before it has been at home
                inbox_.put([this] { unlocking.state = UnlockModel::State::calling_home; });
                home_.sync(**replica);
                ensure_lease(**replica);
            }
        } catch (const std::exception& error) {
            problem = error.what();
        }
        return [this, replica, problem, lease_over] {
            if (problem.empty()) return opened(std::move(*replica));
            if (!home_.has_replica()) lock();  // it was revoked, and has destroyed itself
            unlocking.state = UnlockModel::State::ready;
            unlocking.problem = lease_over ? texts("unlock.lease_over", {problem}) : problem;
        };
    });
}

void Kiosk::enrol() {
    if (unlocking.state != UnlockModel::State::ready) return;
    if (const PassphraseFault fault = fault_of(unlocking.passphrase, least_on_devices); fault != PassphraseFault::none) {
        unlocking.problem = texts(fault == PassphraseFault::easy ? "unlock.easy" : "unlock.short");
        return;
    }
    if (unlocking.passphrase != unlocking.again) {
        unlocking.problem = texts("unlock.differ");
        return;
    }
    unlocking.state = UnlockModel::State::enrolling;
    unlocking.problem.clear();
    keys_->post([this, code = unlocking.code, passphrase = unlocking.passphrase]() -> Shown {
        std::shared_ptr<std::unique_ptr<Replica>> replica = std::make_shared<std::unique_ptr<Replica>>();
        std::string problem;
        try {
            *replica = home_.enrol(code, passphrase, catalog_, environment_);
        } catch (const std::exception& error) {
            problem = error.what();
        }
        return [this, replica, problem] {
            unlocking.state = UnlockModel::State::ready;
            unlocking.problem = problem;
            if (!problem.empty()) return;
            unlocking.passphrase.clear();
            unlocking.again.clear();
            opened(std::move(*replica));
            desk->sync();  // fills it
        };
    });
}

void Kiosk::ask_to_enrol_again() {
    lock();
    unlocking.enrols_again = true;
}

void Kiosk::enrol_again() {
    if (unlocking.code.empty() || !begin_try(*this, UnlockModel::State::enrolling)) return;
    keys_->post([this, code = unlocking.code, passphrase = std::exchange(unlocking.passphrase, {})]() mutable -> Shown {
        const auto replica = std::make_shared<std::unique_ptr<Replica>>();
        const auto done = std::make_shared<EnrolledAgain>();
        std::string name;
        const Failure failure = failure_of([&] {
            *done = tefter::enrol_again(home_.folder(), code, passphrase, catalog_, environment_);
            LockedKey key{};
            std::tie(name, key) = KeyFile::load(home_.keys()).open_named(passphrase);
            *replica = home_.open_with(key, catalog_, environment_);
        });
        wipe_text(passphrase);
        return [this, replica, done, failure, name] {
            if (!failure.wrong) patience.forget();
            unlocking.state = UnlockModel::State::ready;
            unlocking.ask = true;
            unlocking.problem = failure.wrong ? texts("unlock.wrong") : failure.problem;
            if (!failure.problem.empty()) return;
            unlocking.names = {name};  // whoever gave the passphrase has unlocked
            unlocking.chosen = 0;
            opened(std::move(*replica));
            enrolled_again = std::move(*done);
            screen = Screen::send;
        };
    });
}

void Kiosk::cover() {
    if (!desk || pins.names().empty()) return lock();
    if (covered()) return;
    officers.begin(OfficersModel::Form::none);
    covering = CoverModel{};
    covering.names = pins.names();
    covering.since_ms = now_ms();
    const auto mine = std::find(covering.names.begin(), covering.names.end(), officer);
    if (mine != covering.names.end()) covering.chosen = static_cast<std::size_t>(mine - covering.names.begin());
}

void Kiosk::uncover() {
    if (!covered() || covering.busy || covering.typed.empty()) return;
    try {
        pins.begin(now_ms());
    } catch (const Error& error) {
        lock();  // what cannot be counted is not tried
        unlocking.problem = error.what();
        return;
    }
    covering.busy = true;
    const std::string name = covering.name();
    keys_->post([this, name, hash = pins.hash(name), typed = std::exchange(covering.typed, {})]() mutable -> Shown {
        const bool right = pin_fits(hash, typed);
        wipe_text(typed);
        return [this, name, right] { tried(name, right); };
    });
}

void Kiosk::tried(const std::string& name, bool right) {
    covering.busy = false;
    if (right) pins.right();
    if (!covered()) return;  // locked meanwhile
    if (right) {
        officer = name;
        desk->act_as(officer);
        touched_ms_ = now_ms();
        covering = CoverModel{};
        if (screen == Screen::questionnaire) back();
    } else if (pins.tries_left() == 0) {
        pins.forget_all();
        lock();
        unlocking.problem = texts("cover.closed");
    } else {
        covering.ask = true;
        covering.problem = texts("cover.wrong", {name, std::to_string(pins.tries_left())});
    }
}

std::int64_t Kiosk::idle_at_ms() const {
    if (covered()) return covering.since_ms + longest_cover_ms;
    return desk && settings.lock_minutes > 0 ? touched_ms_ + settings.lock_minutes * 60'000 : 0;
}

void Kiosk::lock_if_idle(std::int64_t now_ms) {
    if (idle_at_ms() == 0 || now_ms < idle_at_ms()) return;
    if (covered()) lock();
    else cover();
}

void Kiosk::refresh_people() {
    const std::uint64_t now = std::max(desk->revision("person"), desk->revision("institution"));
    if (people_seen_ == now) return;
    people_seen_ = now;
    desk->read([](Database& reader) { return People::load(reader); },
               [this](std::shared_ptr<const People> found) { people = std::move(found); });
}

void Kiosk::refresh() {
    if (!desk) return;
    if (!desk->syncing().running && desk->syncing().report.revoked) return lock();  // it has destroyed itself
    switch (screen) {
        case Screen::today:
        case Screen::activities: activities.refresh(*desk, settings.language); break;
        case Screen::activity_form:
            activities.refresh(*desk, settings.language);
            activity_form.refresh(*desk, settings.language);
            break;
        case Screen::activity:
            activity.refresh(*desk, settings.language);
            refresh_tab();
            break;
        case Screen::check_in:
        case Screen::course:
        case Screen::internship:
        case Screen::study_tour:
            activity.signs = settings.signs;
            activity.refresh(*desk, settings.language);
            activity.search(people);
            refresh_programme();
            break;
        case Screen::dashboard: dashboard.refresh(*desk, settings.language); break;
        case Screen::enrolment: enrolment.refresh(*desk); break;
        case Screen::questionnaire: evaluation.refresh(*desk, activity.code); break;
        case Screen::person:
            person.refresh(*desk, settings.language);
            person.compare(people);
            person.keep_draft(*desk);
            break;
        case Screen::registers: registers.refresh_shelf(*desk, settings.language); break;
        case Screen::register_list: registers.refresh_list(*desk, settings.language); break;
        case Screen::row: registers.refresh_row(*desk, settings.language); break;
        case Screen::row_form: registers.refresh_form(*desk, settings.language); break;
        case Screen::send: sending.refresh(*desk, stick.works); break;
        case Screen::review:
            if (review.people) same_people.refresh(*desk);
            break;
        default: break;
    }
    if (screen != Screen::dashboard) dashboard.let_go();
    review.refresh(*desk);  // its number is on the rail
    refresh_people();       // after what the screen shows: it takes longest
}

void Kiosk::refresh_programme() {
    switch (screen) {
        case Screen::course:
            course.open(activity.code);
            course.refresh(*desk);
            break;
        case Screen::internship:
            internship.open(activity.code);
            internship.refresh(*desk);
            internship.keep_draft(*desk);
            break;
        case Screen::study_tour:
            study_tour.open(activity.code);
            study_tour.refresh(*desk);
            study_tour.keep_draft(*desk);
            break;
        default: break;
    }
}

void Kiosk::refresh_tab() {
    switch (activity.tab) {
        case ActivityTab::attendance:
        case ActivityTab::documents: break;
        case ActivityTab::people:
            enrolments.refresh(*desk, activity.code);
            enrolments.search(people);
            break;
        case ActivityTab::results: results.refresh(*desk, activity.code); break;
        case ActivityTab::evaluation: evaluation.refresh(*desk, activity.code); break;
    }
}

void Kiosk::go(Screen to) {
    if (to == screen) return;
    const bool top = to == Screen::today || to == Screen::activities || to == Screen::people || to == Screen::registers ||
                     to == Screen::review || to == Screen::send || to == Screen::settings;
    if (top) way_.clear();
    if (screen == Screen::settings) officers.begin(OfficersModel::Form::none);  // no passphrase is left lying about
    else way_.push_back({screen, registers.at});
    screen = to;
}

void Kiosk::go_on(Screen to) {
    way_.push_back({screen, registers.at});
    screen = to;
}

void Kiosk::back() {
    if (way_.empty()) return;
    screen = way_.back().screen;
    if (screen == Screen::register_list || screen == Screen::row) registers.return_to(way_.back().place);
    way_.pop_back();
}

void Kiosk::open_activity(const std::string& code, Screen to) {
    documents.forget();
    activity.open(code);
    go(to);
}

void Kiosk::new_activity() {
    activity_form.begin(*desk, local_day(now_ms()));
    go(Screen::activity_form);
}

void Kiosk::edit_activity() {
    activity_form.open(activity.header);
    go(Screen::activity_form);
}

void Kiosk::open_programme() {
    const std::string& kind = activity.header.kind;
    if (kind == "legal_english") go(Screen::course);
    else if (kind == "internship") go(Screen::internship);
    else if (kind == "study_tour" || kind == "working_visit") go(Screen::study_tour);
}

void Kiosk::open_enrolment(const EnrolmentLine& line) {
    enrolment.open(*desk, activity.code, line);
    go(Screen::enrolment);
}

void Kiosk::pass_around() {
    evaluation.thanked = false;
    go(Screen::questionnaire);
}

void Kiosk::open_person(std::int64_t id) {
    documents.forget();
    person.open(id);
    go(Screen::person);
}

void Kiosk::new_person() {
    person.begin(*desk, desk->usual_scope());
    go(Screen::person);
}

void Kiosk::open_register(const Table& table) {
    go_on(Screen::register_list);
    registers.open_list(table);
}

void Kiosk::open_row(const Table& table, const RowKey& key) {
    if (table.name == "person") return open_person(key.front().view().integer());
    if (table.name == "activity") return open_activity(std::string(key.front().view().text()), Screen::activity);
    open_whole_row(table, key);
}

void Kiosk::open_whole_row(const Table& table, const RowKey& key) {
    go_on(Screen::row);
    registers.open_row(table, key);
}

void Kiosk::open_children(const Referrer& by) {
    go_on(Screen::register_list);
    registers.open_children(by);
}

void Kiosk::edit_row() {
    registers.edit();
    go_on(Screen::row_form);
}

void Kiosk::new_row(const Table& table, std::optional<RowParent> parent) {
    if (table.name == "person") return new_person();
    if (table.name == "activity") return new_activity();
    registers.begin(table, std::move(parent));
    go_on(Screen::row_form);
}

void Kiosk::row_saved() {
    back();
    // A new one is shown where it belongs: under the row that it was made for, or by itself.
    if (screen != Screen::row && !(screen == Screen::register_list && registers.at.parent))
        open_row(*registers.form.table, registers.form.key);
}

void Kiosk::discard_row() {
    registers.discard(*desk);
    back();
}

void Kiosk::change_settings(const Settings& changed) {
    if (changed == settings) return;
    if (changed.language != settings.language) {
        activities.seen = activity.seen = person.seen = dashboard.seen = 0;
        registers.read_again();
    }
    settings = changed;
    texts.choose(settings.language);
    std::filesystem::create_directories(home_.folder());
    settings.save(settings_file(home_.folder()));
}

void Kiosk::save_officers() { officers.save(*keys_, home_.keys(), officer, patience, pins, now_ms()); }

void Kiosk::take_invitation(const std::string& file) {
    try {
        unlocking.code = code_in(file);
        unlocking.problem.clear();
    } catch (const Error& error) {
        unlocking.problem = error.what();
    }
}

void Kiosk::save_diagnostics() {
    const Medium* medium = stick.medium();
    const std::string path = (medium != nullptr ? medium->path : home_.folder()) + "/tefter-diagnostics.json";
    desk->work([this, path](Replica& replica) -> Shown {
        const std::string text = diagnostics(replica);
        NewFile file(path);
        file.write(as_bytes(text));
        file.commit();
        return [this, path] { diagnostics_at = path; };
    });
}

}  // namespace tefter::kiosk
