#include "kiosk/model/course_model.hpp"

#include <algorithm>

#include "schema/domain/names.hpp"

namespace tefter::kiosk {

namespace {

struct LoadedCourse {
    std::vector<CourseGroup> groups;
    std::vector<Learner> learners;
    std::int64_t sessions = 0, held = 0, share = 80;
};

std::string level_name(const Catalog& catalog, const Statement& row, int column) {
    if (row.is_null(column)) return {};
    const Enumerator* level = catalog.enumerations().find("cefr_level")->second.find(row.integer(column));
    return level == nullptr ? std::string() : level->name;
}

void load_sessions(Database& reader, const std::string& code, const std::string& today, LoadedCourse& out) {
    // A session is over when its day is, or when somebody was marked at it.
    Statement row = reader.prepare_once(
        "SELECT count(*), sum(coalesce(date < ?2, 0) OR EXISTS (SELECT 1 FROM attendance WHERE attendance.activity = ?1 AND "
        "session_number = number)), (SELECT coalesce(certificate_share, 80) FROM activity WHERE code = ?1) FROM session WHERE activity = ?1");
    row.with(std::string_view(code), std::string_view(today));
    row.step();
    out.sessions = row.integer(0);
    out.held = row.is_null(1) ? 0 : row.integer(1);
    out.share = row.is_null(2) ? 80 : row.integer(2);
}

void load_groups(Database& reader, const Catalog& catalog, const std::string& code, LoadedCourse& out) {
    Statement row = reader.prepare_once(
        "SELECT id, level, teacher, timetable, (SELECT count(*) FROM course_member WHERE course_group = id AND left_on IS NULL) "
        "FROM course_group WHERE activity = ?1 ORDER BY level, id");
    row.with(std::string_view(code));
    while (row.step()) {
        out.groups.push_back(
            {row.integer(0), level_name(catalog, row, 1), std::string(row.text(2)), std::string(row.text(3)), row.integer(4)});
    }
}

void load_learners(Database& reader, const Catalog& catalog, const std::string& code, LoadedCourse& out) {
    Statement row = reader.prepare_once(
        "SELECT person.id, family_name, given_name, "
        "(SELECT course_group FROM course_member JOIN course_group ON course_group.id = course_group "
        " WHERE person = person.id AND course_group.activity = ?1 AND left_on IS NULL ORDER BY joined_on DESC LIMIT 1), "
        "(SELECT level FROM test_result WHERE person = person.id AND activity = ?1 AND kind = 3), "
        "(SELECT level FROM test_result WHERE person = person.id AND activity = ?1 AND kind = 4), "
        "(SELECT count(*) FROM attendance WHERE person = person.id AND attendance.activity = ?1 AND status >= 3) "
        "FROM enrolment JOIN person ON person.id = enrolment.person WHERE enrolment.activity = ?1 AND enrolment.state NOT IN (5, 6) "
        "AND enrolment.role = 1");
    row.with(std::string_view(code));
    while (row.step()) {
        Learner one;
        one.person = row.integer(0);
        one.name = std::string(row.text(1)) + " " + std::string(row.text(2));
        one.group = row.is_null(3) ? 0 : row.integer(3);
        one.placement = level_name(catalog, row, 4);
        one.final_level = level_name(catalog, row, 5);
        one.progress = progress_of(row.integer(6), out.held, out.sessions, out.share);
        out.learners.push_back(std::move(one));
    }
    std::sort(out.learners.begin(), out.learners.end(), [](const Learner& a, const Learner& b) {
        return std::pair(sort_key(a.name), a.person) < std::pair(sort_key(b.name), b.person);
    });
}

LoadedCourse load_course(Database& reader, const Catalog& catalog, const std::string& code, const std::string& today) {
    LoadedCourse out;
    load_sessions(reader, code, today, out);
    load_groups(reader, catalog, code, out);
    load_learners(reader, catalog, code, out);
    return out;
}

Edit membership(std::int64_t person, std::int64_t group) {
    Edit edit;
    edit.table = "course_member";
    edit.key = {person, group};
    return edit;
}

}  // namespace

Progress progress_of(std::int64_t attended, std::int64_t held, std::int64_t sessions, std::int64_t share) {
    Progress out;
    out.attended = attended;
    out.needed = (sessions * share + 99) / 100;
    const std::int64_t spare = attended + std::max<std::int64_t>(0, sessions - held) - out.needed;
    out.may_miss = std::max<std::int64_t>(0, spare);
    if (sessions > 0 && attended >= out.needed) out.standing = Standing::entitled;
    else if (spare < 0) out.standing = Standing::lost;
    else if (spare < 2 && held > 0) out.standing = Standing::at_risk;
    return out;
}

void CourseModel::open(const std::string& activity) {
    if (code == activity) return;
    *this = CourseModel{};
    code = activity;
}

void CourseModel::refresh(Desk& desk) {
    if (code.empty()) return;
    std::uint64_t now = 1;
    for (const char* table : {"activity", "session", "enrolment", "attendance", "person", "course_group", "course_member", "test_result"})
        now = std::max(now, desk.revision(table));
    if (seen == now) return;
    seen = now;
    desk.read([wanted = code, today = local_day(desk.now_ms()),
               &catalog = desk.catalog()](Database& reader) { return load_course(reader, catalog, wanted, today); },
              [this, wanted = code](LoadedCourse read) {
                  if (code != wanted) return;
                  groups = std::move(read.groups);
                  learners = std::move(read.learners);
                  sessions = read.sessions;
                  held = read.held;
                  share = read.share;
                  loaded = true;
              });
}

std::vector<const Learner*> CourseModel::shown() const {
    std::vector<const Learner*> out;
    for (const Learner& one : learners) {
        if (group == "0" || std::to_string(one.group) == group) out.push_back(&one);
    }
    return out;
}

std::size_t CourseModel::count(Standing standing) const {
    return static_cast<std::size_t>(
        std::count_if(learners.begin(), learners.end(), [&](const Learner& one) { return one.progress.standing == standing; }));
}

void CourseModel::new_group() {
    opening = Opening();
    form = {};
    editing = true;
}

void CourseModel::edit_group(const CourseGroup& known) {
    opening = Opening();
    form = known;
    editing = true;
}

void CourseModel::save_group(Desk& desk) {
    if (form.level.empty()) return;
    desk.write_form(
        opening, "",
        [made = form, activity = code](Replica& replica) {
            Edit edit;
            edit.table = "course_group";
            edit.key = {made.id == 0 ? replica.new_id() : made.id};
            edit.values = {{"activity", activity}, {"level", made.level}, {"teacher", made.teacher}, {"timetable", made.timetable}};
            return std::vector{edit};
        },
        [this](const std::string& failed) {
            problem = failed;
            editing = !failed.empty();
        });
}

void CourseModel::assign(Desk& desk, const Learner& learner, std::int64_t to_group) {
    if (learner.group == to_group) return;
    const std::string today = local_day(desk.now_ms());
    std::vector<Edit> edits;
    if (learner.group != 0) {
        edits.push_back(membership(learner.person, learner.group));
        edits.back().values = {{"left_on", today}};
    }
    if (to_group != 0) {
        edits.push_back(membership(learner.person, to_group));
        edits.back().values = {{"joined_on", today}, {"left_on", OwnedValue()}};
    }
    desk.write(std::move(edits), [this](const std::string& failed) { problem = failed; });
}

void CourseModel::set_level(Desk& desk, std::int64_t person, const char* kind, const std::string& level) {
    Edit edit;
    edit.table = "test_result";
    edit.key = {person, code, kind};
    edit.values = {{"level", level.empty() ? OwnedValue() : OwnedValue(level)}};
    desk.write({edit}, [this](const std::string& failed) { problem = failed; });
}

}  // namespace tefter::kiosk
