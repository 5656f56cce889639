// Courses, internships and study tours, without a window.

#include <catch2/catch_test_macros.hpp>

#include "tests/kiosk/room.hpp"

using namespace tefter;
using namespace tefter::kiosk;
using namespace tefter::test;

namespace {

void open(Room& room, Screen screen) {
    Kiosk& kiosk = room.kiosk();
    kiosk.open_activity("TR-90", screen);
    room.until([&] { return kiosk.course.loaded || kiosk.internship.loaded || kiosk.study_tour.loaded; });
    room.settle();
}

/// A host for internships and tours, in the register.
void add_host(Room& room) {
    bool done = false;
    room.kiosk().desk->write(
        [&room](Replica& replica) {
            Edit edit;
            edit.table = "institution";
            edit.key = {replica.new_id()};
            edit.values = {{"name", "Eurojust"},
                           {"name_en", "European Union Agency for Criminal Justice Cooperation"},
                           {"kind", "eu_agency"},
                           {"beneficiary", "AL"},
                           {"place", "The Hague"}};
            edit.scope = room.catalog.find_scope("shared")->number;
            return std::vector{edit};
        },
        [&done](const std::string& failed) {
            CHECK(failed.empty());
            done = true;
        });
    room.until([&] { return done; });
}

std::string text_of(Room& room, const std::string& sql) {
    std::string out;
    bool done = false;
    room.kiosk().desk->read(
        [sql](Database& reader) {
            Statement row = reader.prepare_once(sql);
            return row.step() ? std::string(row.text(0)) : std::string("none");
        },
        [&](std::string found) {
            out = std::move(found);
            done = true;
        });
    room.until([&] { return done; });
    return out;
}

const Learner& learner(Room& room, std::size_t person) {
    const auto& all = room.kiosk().course.learners;
    return *std::find_if(all.begin(), all.end(), [&](const Learner& one) { return one.person == room.ids[person]; });
}

}  // namespace

TEST_CASE("how somebody stands with a certificate follows from what was attended, what is over, and the share") {
    // Of 10 sessions 8 are needed, so two may be missed.
    CHECK(progress_of(0, 0, 10, 80).needed == 8);
    CHECK(progress_of(0, 0, 10, 80).standing == Standing::on_the_way);
    CHECK(progress_of(0, 0, 10, 80).may_miss == 2);
    CHECK(progress_of(4, 5, 10, 80).standing == Standing::at_risk);
    CHECK(progress_of(4, 5, 10, 80).may_miss == 1);
    CHECK(progress_of(3, 5, 10, 80).standing == Standing::at_risk);
    CHECK(progress_of(3, 5, 10, 80).may_miss == 0);
    CHECK(progress_of(2, 5, 10, 80).standing == Standing::lost);
    CHECK(progress_of(8, 8, 10, 80).standing == Standing::entitled);
    CHECK(progress_of(9, 10, 10, 80).standing == Standing::entitled);
    CHECK(progress_of(7, 10, 10, 80).standing == Standing::lost);
    // A share that is no whole number of sessions is rounded up: 80 % of 4 is 3.2, so 4 are needed.
    CHECK(progress_of(3, 4, 4, 80).standing == Standing::lost);
    CHECK(progress_of(0, 0, 0, 80).standing == Standing::on_the_way);
}

TEST_CASE("a course has groups, places its learners, and keeps their levels") {
    Room room;
    room.unlock();
    open(room, Screen::course);
    CourseModel& course = room.kiosk().course;
    Desk& desk = *room.kiosk().desk;
    CHECK(course.sessions == 4);
    CHECK(course.learners.size() == 4);
    course.new_group();
    course.form.level = "B1";
    course.form.teacher = "Ms Grey";
    course.save_group(desk);
    room.until([&] { return course.groups.size() == 1 && !course.editing; });
    const std::int64_t group = course.groups.front().id;

    course.assign(desk, learner(room, 0), group);
    course.set_level(desk, room.ids[0], "placement", "B1");
    course.set_level(desk, room.ids[0], "final", "B2");
    room.until([&] { return learner(room, 0).final_level == "B2"; });
    CHECK(learner(room, 0).group == group);
    CHECK(learner(room, 0).placement == "B1");
    CHECK(course.groups.front().members == 1);
    course.group = std::to_string(group);
    CHECK(course.shown().size() == 1);

    course.assign(desk, learner(room, 0), 0);
    room.until([&] { return learner(room, 0).group == 0; });
    CHECK(text_of(room, "SELECT count(*) FROM course_member WHERE left_on IS NOT NULL") == "1");
    course.assign(desk, learner(room, 0), group);
    room.until([&] { return learner(room, 0).group == group; });

    for (std::int64_t session = 1; session <= 4; ++session) room.kiosk().activity.set_mark(desk, room.ids[0], session, Mark::present);
    room.until([&] { return course.held == 4 && learner(room, 0).progress.attended == 4; });
    CHECK(learner(room, 0).progress.standing == Standing::entitled);
    CHECK(learner(room, 1).progress.standing == Standing::lost);
    CHECK(course.count(Standing::entitled) == 1);
}

TEST_CASE("an internship is placed, logged week by week and evaluated; what was being typed survives a lock") {
    Room room;
    room.unlock();
    add_host(room);
    open(room, Screen::internship);
    Kiosk& kiosk = room.kiosk();
    InternshipModel& model = kiosk.internship;
    REQUIRE(model.institutions);
    model.begin(room.ids[1], "Hoxha Arta");
    CHECK_FALSE(model.check());
    CHECK(model.faults.contains("host"));
    const auto hosts = model.institutions->search("hague criminal", 3);
    REQUIRE(!hosts.empty());
    model.form.host.choose(*hosts.front());
    model.form.from = {"2", "3", "2026"};
    model.form.to = {"20", "2", "2026"};
    CHECK_FALSE(model.check());
    CHECK(model.faults.contains("to"));
    model.form.to = {"27", "3", "2026"};
    CHECK(model.form.length_in_weeks() == 4);
    model.form.weeks[1] = "Read the files of two joint investigation teams.";
    room.settle();

    kiosk.lock();
    room.unlock();
    room.until([&] { return model.loaded && model.editing; });
    CHECK(model.form.host.chosen() != 0);
    CHECK(model.form.weeks[1].starts_with("Read the files"));
    model.save(*kiosk.desk);
    room.until([&] { return !model.editing && model.lines.size() == 1; });
    CHECK(model.lines.front().weeks == 1);
    CHECK_FALSE(model.lines.front().evaluated);
    CHECK(kiosk.desk->draft("internship:TR-90").empty());

    model.edit(*kiosk.desk, model.lines.front().id);
    room.until([&] { return model.editing; });
    model.form.mentor_score = "5";
    model.form.intern_score = "4";
    model.form.weeks[2] = "Sat in at a coordination meeting.";
    model.form.weeks.erase(1);
    model.save(*kiosk.desk);
    room.until([&] { return !model.editing && model.lines.front().evaluated; });
    CHECK(model.lines.front().weeks == 1);
    CHECK(text_of(room, "SELECT log FROM internship_week") == "Sat in at a coordination meeting.");
}

TEST_CASE("a study tour has a day for each date, with host and subject, and a report that survives a lock") {
    Room room;
    room.unlock();
    add_host(room);
    open(room, Screen::study_tour);
    Kiosk& kiosk = room.kiosk();
    StudyTourModel& model = kiosk.study_tour;
    REQUIRE(model.days.size() == 1);
    CHECK(model.delegation.size() == 4);
    model.edit(model.days.front());
    model.form.subject = "How a coordination centre works";
    const auto hosts = model.institutions->search("eurojust", 1);
    REQUIRE(hosts.size() == 1);
    const std::int64_t host = hosts.front()->id;
    model.form.host.choose(*hosts.front());
    model.save_day(*kiosk.desk);
    room.until([&] { return !model.editing && model.days.front().subject == "How a coordination centre works"; });
    CHECK(model.days.front().host.chosen() == host);
    CHECK(model.days.front().day == 1);

    model.report = "Everybody came home with a contact.";
    room.settle();
    kiosk.lock();
    room.unlock();
    room.until([&] { return model.loaded; });
    CHECK(model.report == "Everybody came home with a contact.");
    model.save_report(*kiosk.desk);
    room.until([&] { return model.report == model.stored_report && !model.saving; });
    CHECK(text_of(room, "SELECT description FROM activity") == "Everybody came home with a contact.");
    CHECK(kiosk.desk->draft("study_tour:TR-90").empty());
}
