// The tabs of an activity: the grid's sums and keys, results, evaluation, enrolled people.

#include <filesystem>
#include <fstream>

#include "kiosk/model/typed.hpp"
#include "tests/kiosk/frames.hpp"

using namespace tefter;
using namespace tefter::kiosk;
using namespace tefter::test;

namespace {

void open_tab(Room& room, ActivityTab tab) {
    Kiosk& kiosk = room.kiosk();
    kiosk.open_activity("TR-90", Screen::activity);
    kiosk.activity.tab = tab;
    room.until([&] {
        return kiosk.activity.loaded && kiosk.people &&
               (tab == ActivityTab::attendance || tab == ActivityTab::documents ||
                (tab == ActivityTab::people    ? kiosk.enrolments.loaded
                 : tab == ActivityTab::results ? kiosk.results.loaded
                                               : kiosk.evaluation.loaded));
    });
}

/// A number that the replica gives.
double asked(Room& room, const std::string& sql) {
    std::optional<double> out;
    room.kiosk().desk->read(
        [sql](Database& reader) {
            Statement row = reader.prepare_once(sql);
            if (!row.step()) return -1.0;
            const Value value = row.value(0);
            return value.kind() == ValueKind::real ? value.real() : static_cast<double>(value.integer());
        },
        [&out](double found) { out = found; });
    room.until([&out] { return out.has_value(); });
    return *out;
}

}  // namespace

TEST_CASE("numbers are read as people type them") {
    CHECK(decimal("12,5") == 12.5);
    CHECK(decimal("1 200.25") == 1200.25);
    CHECK(decimal("-3") == -3.0);
    for (const char* text : {"", "x", "12x", "1.2.3", "inf", "1e5"}) CHECK_FALSE(decimal(text));
    CHECK(cents("12,5") == 1250);
    CHECK(cents("0.07") == 7);
    CHECK_FALSE(cents("0.075"));
    CHECK_FALSE(cents("-1"));
    CHECK(plain(12.5) == "12.5");
    CHECK(plain(70) == "70");
    CHECK(plain_euro(1205) == "12.05");
    CHECK(plain_euro(1250) == "12.50");
    CHECK(plain_euro(1200) == "12");
    CHECK(trimmed(" a b\n") == "a b");
}

TEST_CASE("the grid sums by person and by session; a key's mark goes on to the next person") {
    Room room;
    room.unlock();
    open_tab(room, ActivityTab::attendance);
    ActivityModel& grid = room.kiosk().activity;
    grid.strike_mark(*room.kiosk().desk, 0, 1, Mark::present);
    CHECK(grid.next == Cell{grid.people[1].person, 1});
    grid.strike_mark(*room.kiosk().desk, 1, 1, Mark::late);
    grid.strike_mark(*room.kiosk().desk, 2, 1, Mark::absent);
    grid.strike_mark(*room.kiosk().desk, 3, 1, Mark::excused);
    grid.set_mark(*room.kiosk().desk, grid.people[0].person, 3, Mark::present);
    room.settle();
    CHECK(grid.sessions[0].here == 2);
    CHECK(grid.sessions[1].here == 0);
    CHECK(grid.people[0].attended == 2);
    CHECK(grid.people[1].attended == 1);
    CHECK(grid.people[2].attended == 0);
    CHECK(grid.header.title == "Electronic evidence");
    CHECK(grid.header.here == 2);
}

TEST_CASE("points before and after give the learning gain; what is no score is refused where it stands") {
    Room room;
    room.unlock();
    open_tab(room, ActivityTab::results);
    Desk& desk = *room.kiosk().desk;
    ResultsModel& model = room.kiosk().results;
    REQUIRE(model.lines.size() == 4);
    const std::int64_t one = model.lines[0].person, other = model.lines[1].person;
    const auto type = [&](std::int64_t person, Test test, const char* text) {
        model.typed[{person, test}] = text;
        model.take(desk, person, test);
    };
    type(one, Test::pre, " 40");
    type(one, Test::post, "70,0");
    type(other, Test::pre, "50");
    room.settle();
    CHECK(model.with_both() == 1);
    CHECK(*model.gain() == 0.5);
    CHECK(*model.mean(Test::pre) == 0.45);
    CHECK(model.cell(model.lines[0], Test::post) == "70");
    CHECK(model.typed.empty());
    CHECK(asked(room, "SELECT sum(score) FROM test_result") == 160);

    type(other, Test::post, "101");
    type(one, Test::post, "many");
    CHECK(model.faults.at({other, Test::post}) == "results.fault.above");
    CHECK(model.faults.at({one, Test::post}) == "results.fault.number");
    CHECK(model.cell(model.lines[0], Test::post) == "many");
    type(one, Test::post, "");
    room.settle();
    CHECK(model.with_both() == 0);
    CHECK_FALSE(model.gain());
    CHECK(model.problem.empty());
}

TEST_CASE("a course has levels at entry and at the end") {
    Room room;
    room.unlock();
    open_tab(room, ActivityTab::results);
    Desk& desk = *room.kiosk().desk;
    ResultsModel& model = room.kiosk().results;
    model.set_level(desk, model.lines[0].person, Test::placement, 3);
    model.set_level(desk, model.lines[0].person, Test::final, 4);
    model.set_level(desk, model.lines[1].person, Test::placement, 3);
    model.set_level(desk, model.lines[1].person, Test::final, 3);
    room.settle();
    CHECK(model.risen() == 1);
    model.set_level(desk, model.lines[0].person, Test::final, 0);
    room.settle();
    CHECK(model.risen() == 0);
    CHECK(model.lines[0].of(Test::final).level == 0);
}

TEST_CASE("an evaluation is kept without a person, one row an answer, and what was begun survives a lock") {
    Room room;
    room.unlock();
    open_tab(room, ActivityTab::evaluation);
    Kiosk& kiosk = room.kiosk();
    kiosk.evaluation.form.answers = {5, 4, 0, 5, 3};
    kiosk.evaluation.form.words[1] = "  More time for cases ";
    room.settle();
    kiosk.lock();
    room.unlock();
    room.until([&] { return kiosk.evaluation.loaded; });
    CHECK(kiosk.screen == Screen::activity);
    CHECK(kiosk.activity.tab == ActivityTab::evaluation);
    CHECK(kiosk.evaluation.form.answers[1] == 4);
    kiosk.evaluation.save(*kiosk.desk);
    kiosk.evaluation.save(*kiosk.desk);  // a second tap writes nothing twice
    room.settle();
    CHECK(kiosk.evaluation.form.empty());
    CHECK(kiosk.evaluation.forms() == 1);
    CHECK(kiosk.evaluation.summary[0].mean() == 5);
    CHECK(kiosk.evaluation.summary[2].total() == 0);
    CHECK(kiosk.evaluation.words[1] == std::vector<std::string>{"More time for cases"});
    CHECK(asked(room, "SELECT count(*) FROM evaluation") == 5);
    CHECK(kiosk.desk->draft("evaluation").empty());
}

TEST_CASE("a device that goes round shows the questions alone, and its end locks") {
    Room room;
    room.unlock();
    open_tab(room, ActivityTab::evaluation);
    Kiosk& kiosk = room.kiosk();
    kiosk.pass_around();
    kiosk.evaluation.form.answers[0] = 4;
    kiosk.evaluation.save(*kiosk.desk);
    room.settle();
    CHECK(kiosk.evaluation.thanked);
    CHECK(kiosk.screen == Screen::questionnaire);
    kiosk.lock();
    room.unlock();
    CHECK(kiosk.screen == Screen::activity);
}

TEST_CASE("people are nominated by search, and their enrolment tells state, role, selection and travel") {
    Room room;
    room.unlock();
    open_tab(room, ActivityTab::people);
    Kiosk& kiosk = room.kiosk();
    REQUIRE(kiosk.enrolments.lines.size() == 4);
    kiosk.enrolments.typed = "hox";
    kiosk.enrolments.search(kiosk.people);
    CHECK(kiosk.enrolments.found.empty());  // is enrolled
    kiosk.enrolments.typed = "basha";
    kiosk.enrolments.search(kiosk.people);
    REQUIRE(kiosk.enrolments.found.size() == 1);
    kiosk.enrolments.nominate(*kiosk.desk, kiosk.enrolments.found[0]->id);
    room.settle();
    REQUIRE(kiosk.enrolments.count("nominated") == 1);

    kiosk.open_enrolment(kiosk.enrolments.lines[0]);
    room.until([&] { return kiosk.enrolment.loaded; });
    CHECK(kiosk.enrolment.form.name == "Basha Ilir");
    CHECK(kiosk.enrolment.form.state == "nominated");
    kiosk.enrolment.form.travel = "many";
    kiosk.enrolment.form.score = "8,5";
    kiosk.enrolment.save(*kiosk.desk);
    CHECK(kiosk.enrolment.faults == std::map<std::string, std::string>{{"travel", "fault.euro"}});
    kiosk.enrolment.form.travel = "120,50";
    kiosk.enrolment.form.state = "accepted";
    kiosk.enrolment.form.reason = "Leads the cybercrime team";
    room.settle();
    kiosk.lock();
    room.unlock();
    room.until([&] { return kiosk.enrolment.loaded; });
    CHECK(kiosk.enrolment.form.reason == "Leads the cybercrime team");
    CHECK_FALSE(kiosk.desk->draft("enrolment:" + std::to_string(kiosk.enrolment.form.person) + ":TR-90").empty());
    kiosk.enrolment.save(*kiosk.desk);
    room.until([&] { return kiosk.enrolment.saved; });
    CHECK(kiosk.enrolment.problem.empty());
    CHECK(asked(room, "SELECT travel_cents FROM enrolment WHERE score = 8.5 AND state = 3") == 12050);
    CHECK(kiosk.desk->draft("enrolment:" + std::to_string(kiosk.enrolment.form.person) + ":TR-90").empty());
    kiosk.back();
    CHECK(kiosk.screen == Screen::activity);
}

TEST_CASE("where people sign, a known person takes a tap, a signature and a tap, and the strokes are kept with the mark") {
    Room room;
    Settings settings = room.kiosk().settings;
    settings.signs = true;
    room.kiosk().change_settings(settings);
    room.unlock();
    room.open_door();
    ActivityModel& door = room.kiosk().activity;
    Desk& desk = *room.kiosk().desk;
    door.check_in(desk, *room.kiosk().people->find(room.ids[1]), false);
    CHECK(door.arrivals.empty());
    CHECK(door.signing.person == room.ids[1]);
    door.signing.strokes = {{10, 20}, {30, 40}, {pen_up, pen_up}};
    door.sign(desk);
    CHECK(door.signing.person == 0);
    room.settle();
    CHECK(door.arrivals.at(0).durable);
    CHECK(asked(room, "SELECT length(signature) FROM attendance WHERE status = 4") == 12);
    // A badge, and nothing drawn: present without a signature.
    door.typed = "B-1003";
    door.search(room.kiosk().people);
    CHECK(door.enter(desk));
    door.sign(desk);
    room.settle();
    CHECK(asked(room, "SELECT count(*) FROM attendance WHERE status = 4 AND how = 2 AND signature IS NULL") == 1);
    // Who turns away is not checked in.
    door.check_in(desk, *room.kiosk().people->find(room.ids[0]), false);
    door.signing = {};
    door.sign(desk);
    room.settle();
    CHECK(door.here() == 2);
}

TEST_CASE("an activity's form knows topic, language, places, money; it writes what was changed, and leaves titles in other languages") {
    Room room;
    room.unlock();
    open_tab(room, ActivityTab::attendance);
    Kiosk& kiosk = room.kiosk();
    bool done = false;
    Edit titled;
    titled.table = "activity";
    titled.key = {"TR-90"};
    titled.values = {{"title", R"({"en": "Evidence", "sq": "Prova"})"}};
    kiosk.desk->write({titled}, [&done](const std::string&) { done = true; });
    room.until([&] { return done; });
    room.settle();
    kiosk.edit_activity();
    ActivityForm& form = kiosk.activity_form;
    room.until([&] { return form.loaded; });
    CHECK(form.title == "Evidence");
    CHECK(form.topics.size() > 5);
    form.topic = form.topics[2].first;
    form.working_language = "sq";
    form.cost = "many";
    form.share = "120";
    form.save(*kiosk.desk, kiosk.activities);
    CHECK(form.faults == std::map<std::string, std::string>{{"cost", "fault.euro"}, {"share", "fault.number"}});
    form.cost = "12500,50";
    form.share = "75";
    form.capacity = "24";
    form.title = "Evidence across borders";
    room.settle();
    CHECK_FALSE(kiosk.desk->draft("activity:TR-90").empty());
    form.save(*kiosk.desk, kiosk.activities);
    room.until([&] { return form.saved || !form.problem.empty(); });
    CHECK(form.problem.empty());
    CHECK(asked(room, "SELECT cost_cents FROM activity WHERE capacity = 24 AND certificate_share = 75 AND working_language = 2") ==
          1250050);
    CHECK(asked(room, "SELECT title LIKE '%Prova%' AND title LIKE '%across%' FROM activity") == 1);
    CHECK(asked(room, "SELECT place = 'Tirana' AND topic IS NOT NULL FROM activity") == 1);
}

TEST_CASE("a new activity that was begun is there again after a crash") {
    Room room;
    room.unlock();
    Kiosk& kiosk = room.kiosk();
    kiosk.new_activity();
    room.until([&] { return kiosk.activity_form.loaded; });
    kiosk.activity_form.code = "TR-92";
    kiosk.activity_form.organiser = "Judicial academy";
    room.settle();
    kiosk.open_activity("TR-90", Screen::activity);  // meanwhile another one is looked at, and changed
    room.until([&] { return kiosk.activity.loaded; });
    kiosk.edit_activity();
    room.until([&] { return kiosk.activity_form.loaded; });
    kiosk.activity_form.organiser = "Ministry of Justice";
    room.settle();
    kiosk.lock();
    kiosk.activity_form = ActivityForm{};
    room.unlock();
    kiosk.new_activity();
    CHECK(kiosk.activity_form.code == "TR-92");
    CHECK(kiosk.activity_form.organiser == "Judicial academy");
    kiosk.open_activity("TR-90", Screen::activity);
    room.until([&] { return kiosk.activity.loaded; });
    kiosk.edit_activity();
    room.until([&] { return kiosk.activity_form.loaded; });
    CHECK(kiosk.activity_form.organiser == "Ministry of Justice");
}

TEST_CASE("the figures are counted under a filter, in parts, over time, and say how far each office is known") {
    Room room;
    room.unlock();
    open_tab(room, ActivityTab::attendance);
    Kiosk& kiosk = room.kiosk();
    for (const std::size_t person : {0U, 1U, 2U}) kiosk.activity.set_mark(*kiosk.desk, room.ids[person], 1, Mark::present);
    room.settle();
    kiosk.go(Screen::dashboard);
    DashboardModel& model = kiosk.dashboard;
    room.until([&] { return model.loaded; });
    const auto reached = [&] { return model.figures.tiles.front().figure.value.value_or(-1); };
    CHECK(model.figures.tiles.front().indicator->code == "C1");
    CHECK(reached() == 3);
    REQUIRE(model.figures.parts.size() == 1);
    CHECK(model.figures.parts.front().key == "AL");
    CHECK_FALSE(model.figures.quarters.empty());
    model.question.period = Period::last_year;
    room.settle();
    CHECK(reached() < 1);
    model.question.period = Period::this_year;
    room.settle();
    CHECK(reached() == 3);
    model.question.gender = "female";
    room.settle();
    CHECK(reached() < 1);
    // What cannot be cut so is cut otherwise.
    model.question.cut = Cut::gender;
    model.choose(indicator("C11"));
    CHECK(model.question.cut != Cut::gender);
    CHECK(kiosk.can_go_back());
}

TEST_CASE("documents become files or go to the printer, and the access log knows") {
    Room room;
    room.unlock();
    open_tab(room, ActivityTab::documents);
    Kiosk& kiosk = room.kiosk();
    kiosk.documents.folder = room.folder.file("papers");
    const auto make = [&](Document document, const std::string& of, tefter::kiosk::Target target) {
        kiosk.documents.make(*kiosk.desk, document, of, Language::sq, target);
        room.until([&] { return !kiosk.documents.working; });
    };
    for (const Document document : {Document::attendance_list, Document::badges, Document::activity_report}) {
        make(document, "TR-90", tefter::kiosk::Target::file);
        CHECK(kiosk.documents.problem.empty());
        std::ifstream in(kiosk.documents.written);
        std::string head(5, 0);
        in.read(head.data(), 5);
        CHECK(head == "%PDF-");
    }
    make(Document::person_data, std::to_string(room.ids[1]), tefter::kiosk::Target::file);
    CHECK(std::filesystem::file_size(kiosk.documents.written) > 1000);
    CHECK(asked(room, "SELECT count(*) FROM access WHERE kind = 1") == 4);

    // A printer that keeps what it gets, and then one that takes nothing.
    const std::string printer = room.folder.file("lp"), path = std::getenv("PATH");
    std::ofstream(printer) << "#!/bin/sh\ncat > '" << room.folder.file("paper.pdf") << "'\n";
    std::filesystem::permissions(printer, std::filesystem::perms::owner_all);
    ::setenv("PATH", (room.folder.path().string() + ":" + path).c_str(), 1);
    make(Document::attendance_list, "TR-90", tefter::kiosk::Target::printer);
    CHECK(kiosk.documents.printed);
    CHECK(std::filesystem::file_size(room.folder.file("paper.pdf")) > 1000);
    std::ofstream(printer) << "#!/bin/sh\nexit 1\n";
    make(Document::attendance_list, "TR-90", tefter::kiosk::Target::printer);
    ::setenv("PATH", path.c_str(), 1);
    CHECK_FALSE(kiosk.documents.printed);
    CHECK(kiosk.documents.problem.find("printer took nothing") != std::string::npos);
}

TEST_CASE("every tab and form of an activity fits in every language and size, in every look") {
    Room room;
    room.unlock();
    Kiosk& kiosk = room.kiosk();
    open_tab(room, ActivityTab::evaluation);
    kiosk.evaluation.form.answers = {5, 4, 3, 2, 1};
    kiosk.evaluation.form.words[0] = "The moot court";
    kiosk.evaluation.save(*kiosk.desk);
    room.settle();
    open_tab(room, ActivityTab::results);
    kiosk.results.set_level(*kiosk.desk, kiosk.results.lines[0].person, Test::final, 3);
    room.settle();
    Canvas canvas;
    const std::pair<Screen, ActivityTab> screens[] = {
        {Screen::activity, ActivityTab::people},          {Screen::activity, ActivityTab::results},
        {Screen::activity, ActivityTab::evaluation},      {Screen::enrolment, ActivityTab::people},
        {Screen::questionnaire, ActivityTab::evaluation}, {Screen::dashboard, ActivityTab::attendance},
        {Screen::activity, ActivityTab::documents},       {Screen::check_in, ActivityTab::attendance}};
    check_frames(canvas, kiosk, screens, [&](const auto& wanted) {
        open_tab(room, wanted.second);
        if (wanted.first == Screen::enrolment) {
            kiosk.open_enrolment(kiosk.enrolments.lines[0]);
            room.until([&] { return kiosk.enrolment.loaded; });
        }
        kiosk.screen = wanted.first;
        kiosk.activity.signing.person = wanted.first == Screen::check_in ? room.ids[0] : 0;
        if (wanted.first == Screen::dashboard) room.until([&] { return kiosk.dashboard.loaded; });
        kiosk.activity.header.kind = kiosk.activity.header.kind == "training" ? "legal_english" : "training";  // by turns
    });
}
