#include "kiosk/model/activity_model.hpp"

#include <algorithm>

#include "schema/domain/names.hpp"

namespace tefter::kiosk {

namespace {

constexpr std::size_t most_found = 12;
constexpr std::size_t arrivals_kept = 10;

struct LoadedActivity {
    ActivityLine header;
    std::vector<SessionLine> sessions;
    std::vector<Participant> people;
};

LoadedActivity load_activity(Database& reader, const std::string& code) {
    LoadedActivity out;
    {
        Statement row =
            reader.prepare_once("SELECT number, date, subject, trainer, place FROM session WHERE activity = ?1 ORDER BY number");
        row.with(std::string_view(code));
        while (row.step()) {
            out.sessions.push_back({row.integer(0), std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3)),
                                    std::string(row.text(4)), 0});
        }
    }
    std::map<std::int64_t, std::size_t> column, line;
    for (std::size_t i = 0; i < out.sessions.size(); ++i) column[out.sessions[i].number] = i;
    {
        Statement row = reader.prepare_once(
            "SELECT person.id, family_name, given_name, coalesce(institution.name, institution_text) FROM enrolment "
            "JOIN person ON person.id = enrolment.person LEFT JOIN institution ON institution.id = person.institution "
            "WHERE enrolment.activity = ?1 AND enrolment.state NOT IN (5, 6)");
        row.with(std::string_view(code));
        while (row.step()) {
            Participant one{row.integer(0), std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3)), {}, 0};
            one.marks.resize(out.sessions.size());
            out.people.push_back(std::move(one));
        }
    }
    std::sort(out.people.begin(), out.people.end(), [](const Participant& a, const Participant& b) {
        return std::pair(sort_key(a.name()), a.person) < std::pair(sort_key(b.name()), b.person);
    });
    for (std::size_t i = 0; i < out.people.size(); ++i) line[out.people[i].person] = i;
    Statement row = reader.prepare_once("SELECT person, session_number, status FROM attendance WHERE activity = ?1");
    row.with(std::string_view(code));
    while (row.step()) {
        const auto person = line.find(row.integer(0));
        const auto session = column.find(row.integer(1));
        if (person == line.end() || session == column.end()) continue;
        const auto mark = static_cast<Mark>(row.integer(2));
        out.people[person->second].marks[session->second] = mark;
        if (!attended(mark)) continue;
        ++out.people[person->second].attended;
        ++out.sessions[session->second].here;
    }
    return out;
}

}  // namespace

Edit marking(const std::string& activity, std::int64_t person, std::int64_t session, Mark mark, std::int64_t now_ms, const char* how) {
    Edit edit;
    edit.table = "attendance";
    edit.key = {person, activity, session};
    if (mark == Mark::none) edit.kind = EditKind::remove;
    else edit.values = {{"status", static_cast<std::int64_t>(mark)}, {"marked_at", now_ms}, {"how", how}};
    return edit;
}

Edit enrolling(const std::string& activity, std::int64_t person) {
    Edit edit;
    edit.table = "enrolment";
    edit.key = {person, activity};
    edit.values = {{"state", "accepted"}, {"role", "participant"}};
    return edit;
}

void ActivityModel::open(const std::string& activity) {
    if (code == activity) return;
    *this = ActivityModel{};
    code = activity;
}

void ActivityModel::refresh(Desk& desk, Language language) {
    if (code.empty()) return;
    const std::uint64_t now = std::max({desk.revision("activity"), desk.revision("session"), desk.revision("enrolment"),
                                        desk.revision("attendance"), desk.revision("person")});
    if (seen == now) return;
    seen = now;
    const std::string today = local_day(desk.now_ms());
    desk.read(
        [wanted = code, language, today, &catalog = desk.catalog()](Database& reader) {
            LoadedActivity out = load_activity(reader, wanted);
            const std::vector<ActivityLine> one = load_activities(reader, catalog, language, today, wanted);
            if (!one.empty()) out.header = one.front();
            return out;
        },
        [this, wanted = code, today](LoadedActivity read) {
            if (code != wanted) return;
            header = std::move(read.header);
            sessions = std::move(read.sessions);
            people = std::move(read.people);
            if (session == 0) session = likely_session(today);
            loaded = true;
            searched.clear();
        });
}

std::int64_t ActivityModel::likely_session(const std::string& today) const {
    if (sessions.empty()) return 0;
    for (const SessionLine& one : sessions) {
        if (one.date == today) return one.number;
    }
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        const bool anyone = std::any_of(people.begin(), people.end(), [&](const Participant& p) { return p.marks[i] != Mark::none; });
        if (!anyone) return sessions[i].number;
    }
    return sessions.back().number;
}

const Participant* ActivityModel::find(std::int64_t person) const {
    const auto at = std::find_if(people.begin(), people.end(), [&](const Participant& p) { return p.person == person; });
    return at == people.end() ? nullptr : &*at;
}

Mark ActivityModel::mark_at(const Participant& person, std::int64_t session_number) const {
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        if (sessions[i].number == session_number) return person.marks[i];
    }
    return Mark::none;
}

std::size_t ActivityModel::here() const {
    const auto at = std::find_if(sessions.begin(), sessions.end(), [this](const SessionLine& one) { return one.number == session; });
    return at == sessions.end() ? 0 : at->here;
}

void ActivityModel::set_mark(Desk& desk, std::int64_t person, std::int64_t session_number, Mark mark) {
    desk.write({marking(code, person, session_number, mark, desk.now_ms(), "list")},
               [this](const std::string& failed) { problem = failed; });
}

void ActivityModel::strike_mark(Desk& desk, std::size_t person, std::int64_t session_number, Mark mark) {
    set_mark(desk, people[person].person, session_number, mark);
    if (person + 1 < people.size()) next = {people[person + 1].person, session_number};
}

void ActivityModel::mark_all(Desk& desk, std::int64_t session_number, Mark mark) {
    std::vector<Edit> edits;
    for (const Participant& person : people) {
        if (mark_at(person, session_number) != Mark::none) continue;
        edits.push_back(marking(code, person.person, session_number, mark, desk.now_ms(), "list"));
    }
    if (!edits.empty()) desk.write(std::move(edits), [this](const std::string& failed) { problem = failed; });
}

void ActivityModel::search(const std::shared_ptr<const People>& index) {
    if (!index || (typed == searched && index == people_index)) return;
    searched = typed;
    people_index = index;
    found = typed.empty() ? std::vector<const PersonLine*>{} : index->search(typed, most_found);
    std::stable_partition(found.begin(), found.end(), [this](const PersonLine* line) { return find(line->id) != nullptr; });
}

void ActivityModel::check_in(Desk& desk, const PersonLine& person, bool by_badge, bool add) {
    if (session == 0) return;
    if (find(person.id) == nullptr && !add) {
        unlisted = person.id;
        return;
    }
    unlisted = 0;
    const Signing how{person.id, by_badge, add, {}};
    typed.clear();
    if (signs) signing = how;
    else write_arrival(desk, person, how);
}

void ActivityModel::sign(Desk& desk) {
    const Signing how = std::exchange(signing, {});
    const PersonLine* person = people_index ? people_index->find(how.person) : nullptr;
    if (person != nullptr) write_arrival(desk, *person, how);
}

void ActivityModel::write_arrival(Desk& desk, const PersonLine& person, const Signing& how) {
    const Participant* known = find(person.id);
    Arrival arrival;
    arrival.person = person.id;
    arrival.session = session;
    arrival.name = person.name();
    arrival.at = local_clock(desk.now_ms());
    arrival.enrolled_by_it = known == nullptr;
    if (known != nullptr) arrival.before = mark_at(*known, session);
    std::vector<Edit> edits;
    if (known == nullptr) edits.push_back(enrolling(code, person.id));
    edits.push_back(marking(code, person.id, session, Mark::present, desk.now_ms(), how.by_badge ? "badge" : "by_hand"));
    if (!how.strokes.empty()) edits.back().values.emplace_back("signature", pack(how.strokes));
    std::erase_if(arrivals, [&](const Arrival& old) { return old.person == arrival.person && old.session == arrival.session; });
    arrivals.insert(arrivals.begin(), arrival);
    if (arrivals.size() > arrivals_kept) arrivals.pop_back();
    wants_focus = true;
    desk.write(std::move(edits), [this, of = code, id = person.id, at = session](const std::string& failed) {
        problem = failed;
        if (code != of) return;  // another list is open by now
        const auto mine = [&](const Arrival& one) { return one.person == id && one.session == at; };
        if (!failed.empty()) std::erase_if(arrivals, mine);
        else if (const auto done = std::find_if(arrivals.begin(), arrivals.end(), mine); done != arrivals.end()) done->durable = true;
    });
}

bool ActivityModel::enter(Desk& desk) {
    if (!people_index || typed.empty()) return false;
    if (const PersonLine* scanned = people_index->by_badge(typed)) {
        check_in(desk, *scanned, true);
        typed.clear();
        return true;
    }
    // A guess is for people to confirm with a tap.
    const std::vector<const PersonLine*> exact = people_index->search(typed, 2, Spelling::exact);
    if (exact.size() != 1) return false;
    check_in(desk, *exact.front(), false);
    return true;
}

void ActivityModel::undo(Desk& desk, std::size_t arrival) {
    if (arrival >= arrivals.size()) return;
    const Arrival undone = arrivals[arrival];
    arrivals.erase(arrivals.begin() + static_cast<std::ptrdiff_t>(arrival));
    std::vector<Edit> edits{marking(code, undone.person, undone.session, undone.before, desk.now_ms(), "by_hand")};
    if (undone.enrolled_by_it) {
        Edit left = enrolling(code, undone.person);
        left.kind = EditKind::remove;
        left.values.clear();
        edits.push_back(std::move(left));
    }
    desk.write(std::move(edits), [this](const std::string& failed) { problem = failed; });
}

}  // namespace tefter::kiosk
