// What the kiosk does, without a window.

#include <catch2/catch_test_macros.hpp>

#include "engine/store/history.hpp"
#include "schema/domain/staff.hpp"
#include "tests/kiosk/room.hpp"

using namespace tefter;
using namespace tefter::kiosk;
using namespace tefter::test;

namespace {

std::vector<std::string> found(const People& people, const char* typed) {
    std::vector<std::string> out;
    for (const PersonLine* line : people.search(typed, 10)) out.emplace_back(line->family);
    return out;
}

Mark mark_of(Room& room, std::size_t person, std::size_t session) {
    const Participant* one = room.kiosk().activity.find(room.ids[person]);
    return one == nullptr ? Mark::none : one->marks[session];
}

/// A query for what is stored of a person.
auto position_of(std::int64_t id) {
    return [id](Database& reader) {
        Statement row = reader.prepare_once("SELECT coalesce(position, '') FROM person WHERE id = ?");
        return row.with(id).step() ? std::string(row.text(0)) : "nobody";
    };
}

/// As a slow disk does: nothing that is written from now on is done before `go_on` is released.
void hold_writing(Desk& desk, std::binary_semaphore& go_on) {
    desk.work([&go_on](Replica&) -> Shown {
        go_on.acquire();
        return {};
    });
}

const PersonLine& line_of(Room& room, std::size_t person) { return *room.kiosk().people->find(room.ids[person]); }

}  // namespace

TEST_CASE("a person is found in any script, without diacritics, with a slip, by the beginnings of words") {
    Room room;
    room.unlock();
    const People& people = *room.kiosk().people;
    const std::vector<std::string> one{"Šukalović"};
    for (const char* typed : {"sukalovic", "Šukalović", "Шукаловић", "cukalovic", "suka", "ana s", "sukalvic", "suklaovic"}) {
        INFO(typed);
        CHECK(found(people, typed) == one);
    }
    CHECK(found(people, "petrovic zoran") == std::vector<std::string>{"Петровић"});
    CHECK(found(people, "gjergj").size() == 1);
    CHECK(people.search("sukalvic", 10, Spelling::exact).empty());
    CHECK(found(people, "durres").size() == 5);
    CHECK(found(people, "1984 hox") == std::vector<std::string>{"Hoxha"});
    CHECK(found(people, "nobody").empty());
    CHECK(found(people, "").empty());
    CHECK(people.by_badge("B-1002")->family == "Hoxha");
    CHECK(people.by_badge("b") == nullptr);
}

TEST_CASE("one slip is one letter more, less, other or swapped, and not two") {
    CHECK(begins_with_a_slip("hoxha", "hoxh"));
    CHECK(begins_with_a_slip("hoxha", "hoxxh"));
    CHECK(begins_with_a_slip("hoxha", "hoh"));
    CHECK(begins_with_a_slip("hoxha", "hosha"));
    CHECK(begins_with_a_slip("hoxha", "ohxha"));
    CHECK_FALSE(begins_with_a_slip("hoxha", "ohxah"));
    CHECK_FALSE(begins_with_a_slip("basha", "hoxha"));
}

TEST_CASE("a check-in is shown as done when it is durable, and can be undone") {
    Room room;
    room.unlock();
    room.open_door();
    ActivityModel& door = room.kiosk().activity;
    CHECK(door.session == 1);
    CHECK(door.people.size() == 4);
    door.typed = "hoxha";
    REQUIRE(door.enter(*room.kiosk().desk));
    REQUIRE(door.arrivals.size() == 1);
    CHECK_FALSE(door.arrivals[0].durable);
    CHECK(door.typed.empty());
    room.settle();
    CHECK(door.arrivals[0].durable);
    CHECK(mark_of(room, 1, 0) == Mark::present);
    CHECK(door.here() == 1);
    CHECK(room.kiosk().desk->unsent() > 0);

    door.undo(*room.kiosk().desk, 0);
    room.settle();
    CHECK(mark_of(room, 1, 0) == Mark::none);
    CHECK(door.arrivals.empty());
    CHECK(door.here() == 0);
}

TEST_CASE("a scanned badge checks in at once; half of one does nothing") {
    Room room;
    room.unlock();
    room.open_door();
    ActivityModel& door = room.kiosk().activity;
    door.typed = "B-1003";
    CHECK(door.enter(*room.kiosk().desk));
    room.settle();
    CHECK(mark_of(room, 2, 0) == Mark::present);
    door.typed = "B-10";
    CHECK_FALSE(door.enter(*room.kiosk().desk));
}

TEST_CASE("somebody who is not on the list is asked about, then enrolled and checked in; undo takes both back") {
    Room room;
    room.unlock();
    room.open_door();
    ActivityModel& door = room.kiosk().activity;
    door.check_in(*room.kiosk().desk, line_of(room, 4), false);
    CHECK(door.unlisted == room.ids[4]);
    CHECK(door.arrivals.empty());
    door.check_in(*room.kiosk().desk, line_of(room, 4), false, true);
    room.settle();
    CHECK(door.unlisted == 0);
    CHECK(door.people.size() == 5);
    CHECK(mark_of(room, 4, 0) == Mark::present);
    door.undo(*room.kiosk().desk, 0);
    room.settle();
    CHECK(door.people.size() == 4);
}

TEST_CASE("in the grid a tap writes the chosen mark, and a whole column is written at once without touching what is there") {
    Room room;
    room.unlock();
    room.open_door();
    ActivityModel& grid = room.kiosk().activity;
    grid.set_mark(*room.kiosk().desk, room.ids[0], 2, Mark::excused);
    room.settle();
    grid.mark_all(*room.kiosk().desk, 2, Mark::present);
    room.settle();
    CHECK(mark_of(room, 0, 1) == Mark::excused);
    for (std::size_t i = 1; i < 4; ++i) CHECK(mark_of(room, i, 1) == Mark::present);
    grid.set_mark(*room.kiosk().desk, room.ids[0], 2, Mark::none);
    room.settle();
    CHECK(mark_of(room, 0, 1) == Mark::none);
    CHECK(grid.problem.empty());
}

TEST_CASE("a new person is registered, consents, is enrolled and checked in, in one action") {
    Room room;
    room.unlock();
    room.open_door();
    room.kiosk().new_person();
    PersonModel& form = room.kiosk().person;
    form.enrol_in = "TR-90";
    form.check_in_to = 1;
    room.settle();
    form.form.family = " Duka ";
    form.save(*room.kiosk().desk, Language::sq);
    CHECK(form.faults.count("given") == 1);
    form.form.given = "Era";
    form.form.birth_day = "31";
    form.form.birth_month = "2";
    form.form.birth_year = "1990";
    form.form.email = "era at home";
    form.save(*room.kiosk().desk, Language::sq);
    CHECK(form.faults.count("birth") == 1);
    CHECK(form.faults.count("email") == 1);
    form.form.birth_day = "1";
    form.form.email = "era@justice.example";
    form.form.gender = "female";
    form.form.category = "judge";
    form.form.consent = true;
    REQUIRE(form.consent_text(Language::sq) != nullptr);
    CHECK(form.consent_text(Language::sq)->language == "sq");
    form.consent_language = "mk";  // what this person reads
    CHECK(form.consent_text(Language::sq)->language == "mk");
    const std::int64_t agreed = form.consent_text(Language::sq)->id;
    form.signature = {{10, 10}, {500, 600}, {65535, 65535}};
    form.save(*room.kiosk().desk, Language::sq);
    room.until([&] { return form.saved != 0; });
    CHECK(form.problem.empty());
    const std::int64_t id = form.saved;
    room.kiosk().back();
    room.settle();
    CHECK(room.kiosk().people->find(id)->family == "Duka");
    CHECK(room.kiosk().people->find(id)->birth == "1990-02-01");
    const Participant* there = room.kiosk().activity.find(id);
    REQUIRE(there != nullptr);
    CHECK(there->marks[0] == Mark::present);

    room.kiosk().open_person(id);
    room.until([&] { return room.kiosk().person.loaded; });
    CHECK(form.consented);
    std::int64_t text = 0;
    room.kiosk().desk->read(
        [id](Database& reader) {
            Statement row = reader.prepare_once("SELECT consent_text FROM consent WHERE person = ?1");
            row.with(id);
            return row.step() ? row.integer(0) : 0;
        },
        [&text](std::int64_t found) { text = found; });
    room.settle();
    CHECK(text == agreed);
    CHECK(form.form.gender == "female");
    CHECK(form.history.size() == 1);
    form.withdraw_consent(*room.kiosk().desk);
    room.settle();
    CHECK_FALSE(form.consented);
    form.form.birth_year = "1991";
    form.save(*room.kiosk().desk, Language::sq);
    room.until([&] { return form.saved != 0; });
    room.settle();
    CHECK(room.kiosk().people->find(id)->birth == "1991-02-01");
}

TEST_CASE("while a new person is typed, those who are registered already are offered") {
    Room room;
    room.unlock();
    room.kiosk().new_person();
    room.kiosk().person.form.family = "Hodža";
    room.kiosk().person.form.given = "Art";
    room.kiosk().refresh();
    REQUIRE(room.kiosk().person.likely.size() == 1);
    CHECK(room.kiosk().person.likely[0]->id == room.ids[1]);
}

TEST_CASE("what was being typed survives a lock, and a program that was killed") {
    Room room;
    room.unlock();
    room.kiosk().new_person();
    room.kiosk().person.form.family = "Leka";
    room.kiosk().person.form.consent = true;
    room.settle();
    room.kiosk().lock();
    CHECK_FALSE(room.kiosk().desk);
    CHECK(room.kiosk().screen == Screen::unlock);
    room.unlock();
    CHECK(room.kiosk().screen == Screen::person);
    CHECK(room.kiosk().person.form.family == "Leka");

    Kiosk another(room.folder.path().string(), room.catalog, [] {});  // the replica is all that is left
    another.unlocking.passphrase = passphrase;
    another.unlock();
    while (!another.desk) another.deliver();
    another.new_person();
    CHECK(another.person.form.family == "Leka");
    CHECK(another.person.form.consent);
}

TEST_CASE("what is typed about a registered person is there again, each person's own; a lock leaves none of it in memory") {
    Room room;
    room.unlock();
    Kiosk& kiosk = room.kiosk();
    const auto open = [&](std::size_t person) {
        kiosk.open_person(room.ids[person]);
        room.until([&] { return kiosk.person.loaded; });
    };
    open(1);
    kiosk.person.form.position = "Head of the department";
    kiosk.refresh();
    open(2);
    kiosk.person.form.notes = "Comes a day later";
    kiosk.person.enrol_in = "TR-90";
    room.settle();
    kiosk.lock();
    CHECK(kiosk.person.form == PersonForm{});
    CHECK(kiosk.person.people_index == nullptr);
    room.unlock();
    room.until([&] { return kiosk.person.loaded; });
    CHECK(kiosk.person.id == room.ids[2]);
    CHECK(kiosk.person.enrol_in == "TR-90");
    CHECK(kiosk.person.form.notes == "Comes a day later");
    CHECK(kiosk.person.form.position.empty());
    open(1);
    CHECK(kiosk.person.form.position == "Head of the department");
    kiosk.person.form = kiosk.person.stored;  // thought better of it
    kiosk.refresh();
    open(2);
    open(1);
    CHECK_FALSE(kiosk.person.changed());
}

TEST_CASE("changes say which officer made them, where the officer's name is that of one active row of staff_user") {
    Room room;
    room.unlock();
    room.open_door();
    Desk& desk = *room.kiosk().desk;
    const auto add = [&](const char* name, bool active) {
        auto id = std::make_shared<std::int64_t>();
        desk.write(
            [id, name, active](Replica& replica) {
                Edit edit;
                edit.table = "staff_user";
                edit.key = {* id = replica.new_id()};
                edit.values = {{"name", name}, {"role", "officer"}, {"active", std::int64_t{active}}};
                edit.scope = shared_scope;
                return std::vector<Edit>{edit};
            },
            [](const std::string& failed) { CHECK(failed.empty()); });
        room.settle();
        return *id;
    };
    const auto recorded_by = [&](std::size_t person) {
        std::int64_t out = -1;
        desk.read(
            [id = room.ids[person]](Database& reader) {
                Statement row = reader.prepare_once("SELECT coalesce(recorded_by, 0) FROM attendance WHERE person = ?1");
                row.with(id);
                return row.step() ? row.integer(0) : -1;
            },
            [&out](std::int64_t found) { out = found; });
        room.settle();
        return out;
    };
    const auto mark = [&](std::size_t person) {
        room.kiosk().activity.check_in(desk, line_of(room, person), false);
        room.settle();
        return recorded_by(person);
    };
    CHECK(mark(0) == 0);  // nobody of that name yet
    add("Tirana", false);
    CHECK(mark(1) == 0);  // works here no more
    const std::int64_t officer = add("Tirana", true);
    CHECK(mark(2) == officer);
    std::string who;
    desk.read(
        [&](Database& reader) {
            const Value key[] = {Value::integer(room.ids[2]), Value::text("TR-90"), Value::integer(room.kiosk().activity.session)};
            const auto history =
                row_history(reader, room.catalog, room.catalog.table("attendance"), key, room.catalog.find_scope("AL")->number);
            return history.empty() ? std::string() : office_and_name(reader, "office", history.front().actor);
        },
        [&who](std::string found) { who = std::move(found); });
    room.settle();
    CHECK(who == "office · Tirana");
    add("Tirana", true);
    CHECK(mark(3) == 0);  // it could be either
}

TEST_CASE("what was tapped just before a lock is kept") {
    Room room;
    room.unlock();
    room.open_door();
    Desk& desk = *room.kiosk().desk;
    // The writing thread is held until all is tapped, so that everything waits when the door shuts.
    std::binary_semaphore tapped(0);
    desk.work([&tapped](Replica&) -> Shown {
        tapped.acquire();
        return {};
    });
    for (std::size_t person = 0; person < 4; ++person) room.kiosk().activity.check_in(desk, line_of(room, person), false);
    desk.keep_draft("person", "half a name");
    tapped.release();
    room.kiosk().lock();
    room.unlock();
    CHECK(room.kiosk().desk->draft("person") == "half a name");
    room.until([&] { return room.kiosk().activity.loaded; });
    for (std::size_t person = 0; person < 4; ++person) CHECK(mark_of(room, person, 0) == Mark::present);
}

TEST_CASE("wrong passphrases are refused, and slowed down after three") {
    Room room;
    Kiosk& kiosk = room.kiosk();
    CHECK(kiosk.unlocking.names == std::vector<std::string>{"Tirana"});
    for (int i = 1; i <= 3; ++i) {
        kiosk.unlocking.passphrase = "wrong";
        kiosk.unlock();
        CHECK(kiosk.unlocking.passphrase.empty());
        room.until([&] { return kiosk.unlocking.state == UnlockModel::State::ready; });
        CHECK(kiosk.patience.wrong() == i);
        CHECK(kiosk.unlocking.problem == kiosk.texts("unlock.wrong"));
    }
    CHECK(kiosk.patience.wait_until_ms() > kiosk.now_ms());
    kiosk.unlocking.passphrase = passphrase;
    kiosk.unlock();
    CHECK(kiosk.unlocking.state == UnlockModel::State::ready);  // not even tried
    CHECK_FALSE(kiosk.desk);
}

TEST_CASE("the kiosk locks itself when nobody touches it") {
    Room room;
    room.unlock();
    Kiosk& kiosk = room.kiosk();
    kiosk.lock_if_idle(kiosk.idle_at_ms() - 1);
    CHECK(kiosk.desk);
    kiosk.lock_if_idle(kiosk.idle_at_ms());
    CHECK_FALSE(kiosk.desk);
}

TEST_CASE("a sync without a server says so, and loses nothing") {
    Room room;
    room.unlock();
    Desk& desk = *room.kiosk().desk;
    const std::size_t before = desk.unsent();
    desk.sync();
    CHECK(desk.syncing().running);
    room.until([&] { return !desk.syncing().running; });
    CHECK_FALSE(desk.syncing().problem.empty());
    CHECK(desk.unsent() == before);
    room.kiosk().go(Screen::send);
    room.until([&] { return !room.kiosk().sending.history.empty(); });
    CHECK_FALSE(room.kiosk().sending.history[0].identical);
}

TEST_CASE("an activity is made with its sessions, and changed without making them again") {
    Room room;
    room.unlock();
    Kiosk& kiosk = room.kiosk();
    kiosk.go(Screen::activities);
    room.until([&] { return !kiosk.activities.lines.empty(); });
    kiosk.new_activity();
    ActivityForm& form = kiosk.activity_form;
    CHECK(form.beneficiary == "AL");
    form.code = "TR-90";
    form.from = {"16", "3", "2026"};
    form.to = {"15", "3", "2026"};
    form.save(*kiosk.desk, kiosk.activities);
    CHECK(form.faults == std::map<std::string, std::string>{
                             {"code", "activity.fault.taken"}, {"title", "person.fault.required"}, {"to", "activity.fault.order"}});
    form.code = "TR-91";
    form.title = "Cross-border evidence";
    form.to = {"18", "3", "2026"};
    form.save(*kiosk.desk, kiosk.activities);
    room.until([&] { return form.saved; });
    kiosk.open_activity("TR-91", Screen::activity);
    room.until([&] { return kiosk.activity.loaded && kiosk.activity.header.code == "TR-91"; });
    REQUIRE(kiosk.activity.sessions.size() == 6);
    CHECK(kiosk.activity.sessions[5].date == "2026-03-18");
    CHECK(kiosk.activity.header.title == "Cross-border evidence");

    kiosk.edit_activity();
    room.until([&] { return form.loaded; });
    form.title = "Evidence across borders";
    form.to = {"19", "3", "2026"};
    form.save(*kiosk.desk, kiosk.activities);
    room.until([&] { return form.saved; });
    kiosk.back();
    room.until([&] { return kiosk.activity.header.title == "Evidence across borders"; });
    CHECK(kiosk.activity.sessions.size() == 6);
    CHECK(kiosk.activity.header.ends_on == "2026-03-19");
    CHECK(kiosk.desk->draft("activity").empty());
    CHECK(kiosk.desk->draft("activity:TR-91").empty());
}

TEST_CASE("a person's institution is chosen from the register or stays free text, and languages have a level") {
    Room room;
    room.unlock();
    Kiosk& kiosk = room.kiosk();
    Edit edit;
    edit.table = "institution";
    std::int64_t id = 0;
    kiosk.desk->write(
        [&](Replica& replica) {
            id = replica.new_id();
            edit.key = {id};
            edit.values = {{"name", "Prokuroria e Përgjithshme"}, {"beneficiary", "AL"}};
            edit.scope = room.catalog.find_scope("AL")->number;
            return std::vector<Edit>{edit};
        },
        [](const std::string& failed) { CHECK(failed.empty()); });
    room.settle();
    kiosk.open_person(room.ids[1]);
    room.until([&] { return kiosk.person.loaded; });
    PersonModel& model = kiosk.person;
    CHECK(model.form.institution == "Court of Durrës");
    CHECK(model.form.institution_id.empty());
    const auto found = model.institutions->search("prokuroria", 3);
    REQUIRE(found.size() == 1);
    model.form.choose(*found[0]);
    model.form.speak("mk", "C1");
    model.form.speak("en", "B1");
    model.form.speak("en", "B2");
    CHECK(model.form.spoken == "en:B2 mk:C1");
    CHECK(PersonForm::from_draft(model.form.to_draft()) == model.form);
    model.save(*kiosk.desk, Language::en);
    room.until([&] { return model.saved != 0 || !model.problem.empty(); });
    CHECK(model.problem.empty());
    kiosk.open_person(room.ids[1]);
    room.until([&] { return kiosk.person.loaded; });
    CHECK(model.form.institution == "Prokuroria e Përgjithshme");
    CHECK(model.form.institution_id == std::to_string(id));
    CHECK(model.form.spoken == "en:B2 mk:C1");
    model.form.type_institution("Another court");
    model.form.speak("mk", "");
    model.save(*kiosk.desk, Language::en);
    room.until([&] { return model.saved != 0 || !model.problem.empty(); });
    kiosk.open_person(room.ids[1]);
    room.until([&] { return kiosk.person.loaded; });
    CHECK(model.form.institution == "Another court");
    CHECK(model.form.institution_id.empty());
    CHECK(model.form.spoken == "en:B2");
}

TEST_CASE("what is shown is never older than what was written here") {
    Room room;
    room.unlock();
    Desk& desk = *room.kiosk().desk;
    std::binary_semaphore written(0);
    std::atomic<int> runs = 0;
    std::optional<std::string> shown;
    const auto position = position_of(room.ids[1]);
    desk.read(
        [&](Database& reader) {
            std::string out = position(reader);
            if (++runs == 1) written.acquire();
            return out;
        },
        [&shown](std::string found) { shown = std::move(found); });
    int once = 0;
    desk.read_once([](Database&) { return 1; }, [&once](int found) { once += found; });
    Edit edit;
    edit.table = "person";
    edit.key = {room.ids[1]};
    edit.values = {{"position", "Prosecutor"}};
    desk.write({edit}, [&written](const std::string& failed) {
        CHECK(failed.empty());
        written.release();
    });
    room.until([&] { return shown.has_value(); });
    CHECK(shown == "Prosecutor");
    CHECK(runs == 2);
    CHECK(once == 1);
}

TEST_CASE("what becomes of a form that was saved and left is not told to the form that is open by then") {
    Room room;
    room.unlock();
    Kiosk& kiosk = room.kiosk();
    Desk& desk = *kiosk.desk;
    PersonModel& person = kiosk.person;
    std::binary_semaphore go_on(0);
    const auto open = [&](std::size_t which) {
        kiosk.open_person(room.ids[which]);
        room.until([&] { return person.loaded; });
    };
    const auto stored_position = [&](std::size_t which) {
        std::optional<std::string> shown;
        desk.read(position_of(room.ids[which]), [&shown](std::string found) { shown = std::move(found); });
        room.until([&] { return shown.has_value(); });
        return *shown;
    };
    open(1);
    person.form.position = "Prosecutor";
    kiosk.refresh();
    hold_writing(desk, go_on);
    person.save(desk, Language::en);
    CHECK(person.saving);
    open(2);
    CHECK_FALSE(person.saving);
    person.form.position = "Judge";
    kiosk.refresh();
    go_on.release();
    room.settle();
    CHECK(person.form.position == "Judge");
    CHECK(person.changed());
    CHECK(person.saved == 0);
    CHECK(desk.draft("person:" + std::to_string(room.ids[2])).find("Judge") != std::string::npos);
    CHECK(desk.draft("person:" + std::to_string(room.ids[1])).empty());
    CHECK(stored_position(1) == "Prosecutor");
    CHECK(stored_position(2).empty());

    // What goes wrong is told all the same, and what was typed stays.
    desk.keep_draft("a form", "typed");
    kiosk::Opening form;
    bool told = false;
    desk.write_form(
        form, "a form", [](Replica&) -> std::vector<Edit> { throw Error(ErrorKind::disk, "There is no room on the disk."); },
        [&told](const std::string&) { told = true; });
    form = kiosk::Opening();
    room.settle();
    CHECK_FALSE(told);
    CHECK(desk.take_problem() == "There is no room on the disk.");
    CHECK(desk.draft("a form") == "typed");
}

TEST_CASE("who begins another person while the last one is being saved has an empty form, and nobody twice") {
    Room room;
    room.unlock();
    Kiosk& kiosk = room.kiosk();
    Desk& desk = *kiosk.desk;
    std::binary_semaphore go_on(0);
    kiosk.new_person();
    kiosk.person.form.family = "Leka";
    kiosk.person.form.given = "Mira";
    kiosk.refresh();
    hold_writing(desk, go_on);
    kiosk.person.save(desk, Language::en);
    kiosk.new_person();
    CHECK(kiosk.person.form == PersonForm{});
    kiosk.person.form.family = "Duka";
    kiosk.refresh();
    go_on.release();
    room.settle();
    CHECK(kiosk.person.form.family == "Duka");
    CHECK(PersonForm::from_draft(desk.draft("person")).family == "Duka");
    kiosk.refresh();
    room.settle();
    CHECK(kiosk.people->search("leka mira", 10).size() == 1);
}

TEST_CASE("settings are kept, and nonsense in their file is passed over") {
    const Folder folder;
    Settings settings;
    settings.language = Language::sr_cyrl;
    settings.look = Look::dark;
    settings.text_size = 1.2;
    settings.save(folder.file("kiosk.json"));
    CHECK(Settings::load(folder.file("kiosk.json")) == settings);
    std::ofstream(folder.file("kiosk.json")) << "{nonsense";
    CHECK(Settings::load(folder.file("kiosk.json")) == Settings{});
    CHECK(Settings::load(folder.file("nothing.json")) == Settings{});
}
