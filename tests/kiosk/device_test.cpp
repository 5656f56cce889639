// What the device itself can do: who unlocks it, sticks, decisions, and the file for whoever helps.

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>

#include "kiosk/model/diagnostics.hpp"
#include "tests/kiosk/frames.hpp"

using namespace tefter;
using namespace tefter::kiosk;
using namespace tefter::test;

namespace {

using Form = OfficersModel::Form;
using Said = OfficersModel::Outcome;

void save_officers(Room& room) {
    room.kiosk().save_officers();
    room.until([&] { return room.kiosk().officers.outcome != Said::busy; });
}

void unlock_as(Room& room, const std::string& name, const std::string& with) {
    Kiosk& kiosk = room.kiosk();
    const auto at = std::find(kiosk.unlocking.names.begin(), kiosk.unlocking.names.end(), name);
    REQUIRE(at != kiosk.unlocking.names.end());
    kiosk.unlocking.chosen = static_cast<std::size_t>(at - kiosk.unlocking.names.begin());
    kiosk.unlocking.passphrase = with;
    kiosk.unlock();
    room.until([&] { return kiosk.unlocking.state == UnlockModel::State::ready; });
}

/// Two offices wrote a person's position without knowing of each other.
void make_conflict(Room& room) {
    for (const char* position : {"Prosecutor", "Head of the department"}) {
        Edit edit;
        edit.table = "person";
        edit.key = {room.ids[1]};
        edit.values = {{"position", position}};
        edit.seen.emplace();
        room.kiosk().desk->write({edit}, [](const std::string&) {});
    }
    room.until([&] { return room.kiosk().review.items.size() == 1; });
}

/// A change that broke a rule.
void set_aside(Room& room) {
    room.kiosk().desk->work([](Replica& replica) -> Shown {
        replica.store()
            .database
            .prepare_once(
                "INSERT INTO tefter_quarantine (scope, device, sequence, number, version, reason, bytes) "
                "VALUES (3, 1, 1, 0, 1, 'the row was never created', x'00')")
            .step();
        return {};
    });
    room.kiosk().review.seen = 0;
    room.until([&] { return !room.kiosk().review.held.empty(); });
}

/// One who is registered once more, spelled by somebody else.
void register_again(Room& room, const char* family, const char* given) {
    room.kiosk().desk->write(
        [&room, family, given](Replica& replica) {
            Edit edit;
            edit.table = "person";
            edit.key = {replica.new_id()};
            edit.values = {{"family_name", family}, {"given_name", given}, {"birth_date", "1984"}};
            edit.scope = room.catalog.find_scope("AL")->number;
            return std::vector<Edit>{edit};
        },
        [](const std::string& failed) { CHECK(failed.empty()); });
    room.settle();
}

std::string fact_of(Room& room, const char* sql) {
    std::string out;
    bool done = false;
    room.kiosk().desk->read(
        [sql](Database& reader) {
            Statement row = reader.prepare_once(sql);
            return row.step() ? std::string(row.text(0)) : std::string();
        },
        [&](const std::string& found) {
            out = found;
            done = true;
        });
    room.until([&] { return done; });
    return out;
}

/// Gives an officer a PIN, as the form in Settings does.
void set_pin(Room& room, const std::string& name, const std::string& own, const std::string& pin) {
    OfficersModel& form = room.kiosk().officers;
    form.begin(Form::pin, name);
    form.own = own;
    form.fresh = form.again = pin;
    save_officers(room);
}

void try_pin(Room& room, const std::string& pin) {
    room.kiosk().covering.typed = pin;
    room.kiosk().uncover();
    CHECK(room.kiosk().covering.typed.empty());
    room.until([&] { return !room.kiosk().covering.busy; });
}

}  // namespace

TEST_CASE("a PIN opens a program that runs, and switches its officers; it is asked for a passphrase first") {
    Room room;
    room.unlock();
    Kiosk& kiosk = room.kiosk();
    kiosk.cover();  // nobody has one yet
    CHECK_FALSE(kiosk.desk);
    room.unlock();
    set_pin(room, "Tirana", passphrase, "12");
    CHECK(kiosk.officers.outcome == Said::no_pin);
    set_pin(room, "Tirana", passphrase, "12a4");
    CHECK(kiosk.officers.outcome == Said::no_pin);
    set_pin(room, "Tirana", "not mine at all", "2468");
    CHECK(kiosk.officers.outcome == Said::wrong);
    CHECK(kiosk.pins.names().empty());
    set_pin(room, "Tirana", passphrase, "2468");
    REQUIRE(kiosk.officers.outcome == Said::done);
    kiosk.officers.begin(Form::add);
    kiosk.officers.name = "Mira";
    kiosk.officers.own = passphrase;
    kiosk.officers.fresh = kiosk.officers.again = "another passphrase";
    save_officers(room);
    set_pin(room, "Mira", passphrase, "1357");  // not hers
    CHECK(kiosk.officers.outcome == Said::wrong);
    set_pin(room, "Mira", "another passphrase", "1357");
    REQUIRE(kiosk.officers.outcome == Said::done);

    kiosk.go(Screen::people);
    kiosk.lock_if_idle(kiosk.idle_at_ms());
    REQUIRE(kiosk.covered());
    CHECK(kiosk.desk);
    CHECK(kiosk.covering.name() == "Tirana");
    try_pin(room, "1357");  // Mira's
    CHECK(kiosk.covered());
    CHECK(kiosk.pins.tries_left() == 4);
    kiosk.covering.chosen = 0;
    CHECK(kiosk.covering.name() == "Mira");
    try_pin(room, "1357");
    CHECK_FALSE(kiosk.covered());
    CHECK(kiosk.officer == "Mira");
    CHECK(kiosk.screen == Screen::people);
    CHECK(kiosk.pins.tries_left() == 5);

    kiosk.officers.begin(Form::remove, "Tirana");
    kiosk.officers.own = "another passphrase";
    save_officers(room);
    CHECK(kiosk.pins.names() == std::vector<std::string>{"Mira"});
    kiosk.cover();
    kiosk.lock_if_idle(kiosk.idle_at_ms());  // covered for an hour: the key goes
    CHECK_FALSE(kiosk.desk);
    CHECK_FALSE(kiosk.covered());
}

TEST_CASE("five wrong PINs lock; each is counted on the disk before it is compared") {
    Room room;
    room.unlock();
    Kiosk& kiosk = room.kiosk();
    set_pin(room, "Tirana", passphrase, "2468");
    kiosk.cover();
    kiosk.covering.typed = "2468";
    kiosk.uncover();
    {
        std::ifstream counted(room.folder.file("pin-tries"));  // it has not been compared yet, or its answer not delivered
        std::stringstream text;
        text << counted.rdbuf();
        CHECK(text.str().find("\"wrong\":1") != std::string::npos);
    }
    room.until([&] { return !kiosk.covering.busy; });
    CHECK_FALSE(kiosk.covered());
    kiosk.cover();
    for (int i = 1; i <= 4; ++i) {
        try_pin(room, "0000");
        CHECK(kiosk.covered());
        CHECK(kiosk.covering.problem == kiosk.texts("cover.wrong", {"Tirana", std::to_string(5 - i)}));
    }
    try_pin(room, "0000");
    CHECK_FALSE(kiosk.covered());
    CHECK_FALSE(kiosk.desk);
    CHECK(kiosk.unlocking.problem == kiosk.texts("cover.closed"));
    CHECK(kiosk.pins.names().empty());
    room.unlock();
    kiosk.cover();  // the passphrase does not bring the PIN back
    CHECK_FALSE(kiosk.desk);
}

TEST_CASE("several officers work at a device, each with a passphrase of his own") {
    Room room;
    room.unlock();
    Kiosk& kiosk = room.kiosk();
    CHECK(kiosk.officer == "Tirana");
    OfficersModel& form = kiosk.officers;
    form.begin(Form::add);
    form.own = passphrase;
    form.fresh = form.again = "short";
    save_officers(room);
    CHECK(form.outcome == Said::nameless);
    form.name = "Mira ";
    save_officers(room);
    CHECK(form.outcome == Said::short_one);
    form.fresh = "another passphrase";
    save_officers(room);
    CHECK(form.outcome == Said::differ);
    form.again = form.fresh;
    form.own = "not mine at all";
    save_officers(room);
    CHECK(form.outcome == Said::wrong);
    CHECK(form.names.size() == 1);
    CHECK(kiosk.patience.wrong() == 1);
    form.own = passphrase;
    save_officers(room);
    CHECK(form.outcome == Said::done);
    CHECK(form.names == std::vector<std::string>{"Tirana", "Mira"});
    CHECK(form.own.empty());
    CHECK(form.fresh.empty());

    kiosk.lock();
    unlock_as(room, "Mira", passphrase);  // another's
    CHECK_FALSE(kiosk.desk);
    unlock_as(room, "Mira", "another passphrase");
    REQUIRE(kiosk.desk);
    CHECK(kiosk.officer == "Mira");

    form.begin(Form::change);
    form.own = "another passphrase";
    form.fresh = form.again = "a passphrase of mine";
    save_officers(room);
    CHECK(form.outcome == Said::done);
    form.begin(Form::remove, "Tirana");
    form.own = "a passphrase of mine";
    save_officers(room);
    CHECK(form.names == std::vector<std::string>{"Mira"});
    form.begin(Form::remove, "Mira");
    form.own = "a passphrase of mine";
    save_officers(room);
    CHECK(form.outcome == Said::failed);  // nobody could open the device

    kiosk.lock();
    CHECK(kiosk.unlocking.name() == "Mira");
    unlock_as(room, "Mira", "a passphrase of mine");
    CHECK(kiosk.desk);
}

TEST_CASE("starting the program anew does not make wrong passphrases faster") {
    Room room;
    for (int i = 0; i < 3; ++i) unlock_as(room, "Tirana", "wrong");
    Patience patience(room.folder.path().string() + "/tries");
    CHECK(patience.wrong() == 3);
    while (patience.wrong() < 12) patience.begin(room.kiosk().now_ms());  // a wait that is not over before it is looked at
    Kiosk another(room.folder.path().string(), room.catalog, [] {});
    CHECK(another.patience.wrong() == 12);
    CHECK(another.patience.wait_until_ms() > another.now_ms());
    another.unlocking.passphrase = passphrase;
    another.unlock();
    CHECK(another.unlocking.state == UnlockModel::State::ready);  // not even tried
}

TEST_CASE("of two values people keep one, or type a third") {
    Room room;
    room.unlock();
    make_conflict(room);
    ReviewModel& review = room.kiosk().review;
    review.type_third(0);
    REQUIRE(review.third);
    const auto position = std::find_if(review.third->fields.begin(), review.third->fields.end(),
                                       [](const ThirdValue::Field& field) { return field.column->name == "position"; });
    REQUIRE(position != review.third->fields.end());
    CHECK(position->typed == "Head of the department");
    position->typed = "Deputy head";
    review.keep_third(*room.kiosk().desk);
    room.until([&] { return review.items.empty(); });
    CHECK_FALSE(review.third);
    CHECK(fact_of(room, "SELECT position FROM person WHERE family_name = 'Hoxha'") == "Deputy head");
}

TEST_CASE("what was set aside is shown with its reason") {
    Room room;
    room.unlock();
    set_aside(room);
    CHECK(room.kiosk().review.held[0].why == HeldBack::Why::value);
    CHECK(room.kiosk().review.held[0].detail == "the row was never created");
}

TEST_CASE("people who are registered twice are linked, kept apart, and both can be undone") {
    Room room;
    room.unlock();
    Desk& desk = *room.kiosk().desk;
    register_again(room, "Hodža", "Arta");
    room.kiosk().go(Screen::review);
    room.kiosk().review.people = true;
    SamePeopleModel& same = room.kiosk().same_people;
    room.until([&] { return same.loaded && same.pairs.size() == 1; });
    const PersonPair pair = same.pairs[0];
    same.link(desk, pair);
    room.until([&] { return same.pairs.empty() && same.decisions.size() == 1; });
    CHECK(same.decisions[0].same);
    CHECK(same.decisions[0].one == room.ids[1]);  // who has more activities stays
    same.undo(desk, same.decisions[0]);
    room.until([&] { return same.pairs.size() == 1 && same.decisions.empty(); });
    same.keep_apart(desk, pair);
    room.until([&] { return same.pairs.empty() && same.decisions.size() == 1; });
    CHECK_FALSE(same.decisions[0].same);
    same.undo(desk, same.decisions[0]);
    room.until([&] { return same.pairs.size() == 1; });
    CHECK(same.problem.empty());
}

TEST_CASE("what waits for a decision fits in every language and size, in every look") {
    Room room;
    room.unlock();
    Kiosk& kiosk = room.kiosk();
    make_conflict(room);
    Edit gone, written;
    gone.kind = EditKind::remove;
    gone.table = written.table = "person";
    gone.key = written.key = {room.ids[4]};
    written.values = {{"position", "Judge"}};
    written.seen.emplace();  // by one who had not seen that it was deleted
    for (const Edit& one : {gone, written}) kiosk.desk->write({one}, [](const std::string& failed) { CHECK(failed.empty()); });
    room.until([&] { return kiosk.review.items.size() == 2; });
    set_aside(room);
    register_again(room, "Hodža", "Arta");
    register_again(room, "Gjergji", "Shkelzen");
    kiosk.go(Screen::review);
    kiosk.review.people = true;
    room.until([&] { return kiosk.same_people.pairs.size() == 2; });
    kiosk.same_people.keep_apart(*kiosk.desk, kiosk.same_people.pairs[0]);
    room.until([&] { return kiosk.same_people.pairs.size() == 1 && kiosk.same_people.decisions.size() == 1; });
    Canvas canvas;
    check_frames(canvas, kiosk, std::array{false, true}, [&](bool people) {
        kiosk.review.people = people;
        for (std::size_t i = 0; i < kiosk.review.items.size(); ++i) {
            if (!kiosk.review.items[i].deleted()) kiosk.review.type_third(i);
        }
        REQUIRE(kiosk.review.third);
        room.settle();
    });
}

TEST_CASE("what an office wrote goes to a stick and comes out of it") {
    Room room;
    Folder stick;
    room.unlock();
    Desk& desk = *room.kiosk().desk;
    StickModel& model = room.kiosk().stick;
    const auto look = [&] {  // other things may be plugged into this machine
        model.look(stick.path().string());
        const auto mine =
            std::find_if(model.media.begin(), model.media.end(), [&](const Medium& one) { return one.path == stick.path().string(); });
        model.chosen = static_cast<std::size_t>(mine - model.media.begin());
    };
    look();
    REQUIRE(model.medium() != nullptr);
    CHECK(model.medium()->path == stick.path().string());
    CHECK(model.medium()->bundles.empty());
    model.write_to(desk, stick.path().string());
    CHECK(model.work == StickModel::Work::writing);
    room.until([&] { return model.work == StickModel::Work::none; });
    CHECK(model.problem == "");
    CHECK(model.progress.changes > 0);
    look();
    REQUIRE(model.medium()->bundles.size() == 1);
    const MediumFile file = model.medium()->bundles[0];
    CHECK(file.bytes == model.progress.bytes);
    CHECK(file.name.starts_with("tirana-"));

    model.read_from(desk, file.path);
    room.until([&] { return model.work == StickModel::Work::none; });
    CHECK(model.problem == "");
    CHECK(model.progress.known > 0);
    CHECK(model.progress.people == 0);

    std::ofstream(file.path, std::ios::app) << "x";
    std::filesystem::resize_file(file.path, file.bytes / 2);
    model.read_from(desk, file.path);
    room.until([&] { return model.work == StickModel::Work::none; });
    CHECK(model.problem.find("ends too early") != std::string::npos);

    room.kiosk().go(Screen::send);
    room.until([&] { return room.kiosk().sending.history.size() == 3; });
    for (const SyncLine& line : room.kiosk().sending.history) CHECK(line.how == by_stick);
    CHECK_FALSE(desk.syncing().ever);
}

TEST_CASE("a stick that is cancelled leaves no file") {
    Room room;
    Folder stick;
    room.unlock();
    StickModel& model = room.kiosk().stick;
    model.write_to(*room.kiosk().desk, stick.path().string());
    model.cancel();
    room.until([&] { return model.work == StickModel::Work::none; });
    model.look(stick.path().string());
    CHECK((model.problem.empty() || model.medium()->bundles.empty()));
}

TEST_CASE("what desktops mount for people is found, whatever its name") {
    Folder folder;
    std::ofstream(folder.file("mounts")) << "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /media/arta/USB\\040STICK vfat rw 0 0\n"
                                            "tmpfs /tmp tmpfs rw 0 0\n/dev/sdc1 /run/media/arta/CARD exfat rw 0 0\n";
    const std::vector<Medium> found = plugged_in("", folder.file("mounts"));
    REQUIRE(found.size() == 2);
    CHECK(found[0].name == "USB STICK");
    CHECK(found[1].path == "/run/media/arta/CARD");
    CHECK(found[1].bundles.empty());
}

TEST_CASE("an invitation comes in a file") {
    Folder folder;
    const std::string path = folder.file("Tirana.tefter-invitation");
    std::ofstream(path) << "Tefter invitation for Tirana\ncode: TEFTER1-ABCDE-FGHJK\n";
    CHECK(code_in(path) == "TEFTER1-ABCDE-FGHJK");
    std::ofstream(path) << "nothing\n";
    CHECK_THROWS_AS(code_in(path), Error);
    const std::vector<Medium> found = plugged_in(folder.path().string(), folder.file("none"));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].invitations.size() == 1);
    CHECK(found[0].invitations[0].path == path);
}

TEST_CASE("the diagnostics file names nobody") {
    Room room;
    room.unlock();
    Kiosk& kiosk = room.kiosk();
    kiosk.save_diagnostics();
    room.until([&] { return !kiosk.diagnostics_at.empty(); });
    std::ifstream in(kiosk.diagnostics_at);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    CHECK(text.find("\"person\": 5") != std::string::npos);
    CHECK(text.find("sqlcipher") != std::string::npos);
    for (const PersonLine* line : kiosk.people->first(100)) {
        for (const std::string_view word : {line->family, line->given, line->badge, line->institution}) {
            INFO(word);
            CHECK(text.find(word) == std::string::npos);
        }
    }
    CHECK(text.find("Tirana") == std::string::npos);
    CHECK(text.find("Electronic evidence") == std::string::npos);
}

TEST_CASE("the scanner test says what came, how fast, and whether Enter did") {
    ScannerTest test;
    test.typed = "B-1";
    test.heard(1000, false);
    test.typed = "B-10";
    test.heard(1020, false);
    CHECK(test.sent == "B-10");
    CHECK(test.took_ms() == 20);
    CHECK_FALSE(test.entered);
    test.heard(1031, true);
    CHECK(test.entered);
    CHECK(test.letters() == 4);
    CHECK(test.took_ms() == 31);
    CHECK(test.typed.empty());
}

TEST_CASE("the keyboard on the screen has every letter of every language, in rows that fit") {
    const std::pair<Language, const char*> alphabets[] = {
        {Language::en, "abcdefghijklmnopqrstuvwxyz"},       {Language::sq, "abcçdeëfghijklmnopqrstuvxyz"},
        {Language::bs, "abcčćdđefghijklmnoprsštuvzž"},      {Language::cnr, "abcčćdđefghijklmnoprsšśtuvzžź"},
        {Language::sr_latn, "abcčćdđefghijklmnoprsštuvzž"}, {Language::sr_cyrl, "абвгдђежзијклљмнњопрстћуфхцчџш"},
        {Language::mk, "абвгдѓежзѕијклљмнњопрстќуфхцчџш"}};
    for (const auto& [language, alphabet] : alphabets) {
        for (const std::size_t columns : {8U, 10U, 12U, 20U}) {
            std::string all;
            for (const std::vector<Key>& row : Keyboard().rows(language, columns)) {
                CHECK(row.size() <= columns);
                for (const Key& key : row) all += key.text;
            }
            for (const char* at = alphabet; *at != 0;) {
                const std::size_t size = (*at & 0x80) == 0 ? 1 : 2;
                INFO(std::string(at, size) << " in " << code_of(language));
                CHECK(all.find(std::string(at, size)) != std::string::npos);
                at += size;
            }
            for (const char* sign : {"@", ".", "-"}) CHECK(all.find(sign) != std::string::npos);
        }
    }
}
