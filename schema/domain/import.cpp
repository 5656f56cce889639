#include "schema/domain/import.hpp"

#include <algorithm>

namespace tefter {

namespace {

/// One import at work: the sheet, its columns, and what it has found wrong.
struct Job {
    Replica& replica;
    Sheet sheet;
    std::map<std::string, std::size_t> fields;
    ImportResult result;
    std::vector<Edit> edits;

    Job(Replica& target, std::string_view bytes, const std::string& file, const std::vector<std::string>& required)
        : replica(target), sheet(parse_sheet(bytes, file)), fields(map_fields(sheet, required, file)) {
        result.rows = sheet.rows.size();
    }
    std::string cell(const SheetRow& row, const std::string& field) const {
        const auto at = fields.find(field);
        return at == fields.end() ? std::string() : row.cells[at->second];
    }
    void fault(const SheetRow& row, const std::string& field, const std::string& reason) {
        const auto at = fields.find(field);
        result.faults.push_back({row.line, at == fields.end() ? "" : sheet.headings[at->second], reason});
    }
    bool same_width(const SheetRow& row) {
        if (row.cells.size() <= sheet.headings.size()) return true;
        result.faults.push_back({row.line, "", "it has more cells than the heading"});
        return false;
    }
    /// A cell that must read as something, or be empty where that is allowed.
    template <class Parse>
    auto read(const SheetRow& row, const std::string& field, Parse parse, const char* what) -> decltype(parse(std::string_view())) {
        const std::string text = cell(row, field);
        if (text.empty()) return std::nullopt;
        auto parsed = parse(text);
        if (!parsed) fault(row, field, "\"" + text + "\" is " + what);
        return parsed;
    }
    ImportResult finish(bool skip_bad) {
        if (!result.faults.empty() && !skip_bad) return std::move(result);
        if (!edits.empty()) result.changes = replica.write(0, edits).changes;
        result.written = true;
        return std::move(result);
    }
};

ScopeNumber scope_for_people(const Replica& replica, const ImportOptions& options) {
    if (options.scope) return *options.scope;
    std::optional<ScopeNumber> only;
    for (const ScopeNumber scope : replica.identity().scopes) {
        const std::string& name = replica.catalog().find_scope(scope)->name;
        if (name == "shared" || name == "regional") continue;
        if (only) throw Error(ErrorKind::usage, "This replica holds several beneficiaries; name one with --scope.");
        only = scope;
    }
    if (!only) throw Error(ErrorKind::usage, "This replica holds no beneficiary; name a scope with --scope.");
    return *only;
}

std::string person_key(std::string_view family, std::string_view given, std::string_view birth) {
    return fold(family) + "\x1f" + fold(given) + "\x1f" + std::string(birth);
}

/// People by family name, given name and date of birth; the lowest id first where several have the same.
std::map<std::string, std::vector<std::int64_t>> people(Replica& replica, std::optional<ScopeNumber> scope) {
    std::map<std::string, std::vector<std::int64_t>> out;
    Statement row = replica.store().database.prepare_once("SELECT id, family_name, given_name, birth_date, _scope FROM person ORDER BY id");
    while (row.step()) {
        if (scope && row.integer(4) != std::int64_t{scope->value}) continue;
        out[person_key(row.text(1), row.text(2), row.text(3))].push_back(row.integer(0));
    }
    return out;
}

bool plausible_email(std::string_view text) {
    const std::size_t at = text.find('@');
    return at != std::string_view::npos && at > 0 && text.find('.', at) != std::string_view::npos &&
           text.find(' ') == std::string_view::npos;
}

void add_if(Edit& edit, const char* column, const std::string& text) {
    if (!text.empty()) edit.values.emplace_back(column, text);
}

/// The same date or half-open knowledge of it; the sheet's codes of activities are the catalog's keys.
bool activity_exists(Replica& replica, const std::string& code) {
    Statement row = replica.store().database.prepare_once("SELECT 1 FROM activity WHERE code = ?1");
    row.with(std::string_view(code));
    return row.step();
}

std::int64_t days_between(Replica& replica, const std::string& from, const std::string& to) {
    Statement row = replica.store().database.prepare_once("SELECT CAST(julianday(?1) - julianday(?2) AS INTEGER)");
    row.with(std::string_view(to), std::string_view(from));
    row.step();
    return row.integer(0);
}

/// What people agreed to on the paper that the sheet was typed from.
std::int64_t newest_consent_text(Replica& replica) {
    Statement row = replica.store().database.prepare_once("SELECT id FROM consent_text ORDER BY edition DESC, language LIMIT 1");
    if (!row.step()) throw Error(ErrorKind::refused, "No consent text is here yet; sync first, so that consents can be recorded.");
    return row.integer(0);
}

Edit consent_on_paper(Replica& replica, std::int64_t person, std::int64_t words) {
    Edit edit;
    edit.table = "consent";
    edit.key = {replica.new_id()};
    edit.values = {
        {"person", person}, {"consent_text", words}, {"state", "given"}, {"at", replica.environment().now_ms()}, {"how", "on_paper"}};
    return edit;
}

}  // namespace

ImportResult import_participants(Replica& replica, std::string_view bytes, const std::string& file, const ImportOptions& options) {
    Job job(replica, bytes, file, {"family", "given"});
    const ScopeNumber scope = scope_for_people(replica, options);
    std::map<std::string, std::vector<std::int64_t>> known = people(replica, scope);
    const std::int64_t words = newest_consent_text(replica);
    for (const SheetRow& row : job.sheet.rows) {
        const std::size_t before = job.result.faults.size();
        if (!job.same_width(row)) continue;
        const std::string family = job.cell(row, "family");
        const std::string given = job.cell(row, "given");
        const std::string email = job.cell(row, "email");
        if (family.empty()) job.fault(row, "family", "the family name is missing");
        if (given.empty()) job.fault(row, "given", "the given name is missing");
        const auto gender = job.read(row, "gender", parse_gender, "no gender that is known");
        const auto birth = job.read(row, "birth", parse_date, "no date that exists");
        const auto category = job.read(row, "category", parse_category, "no category that is known");
        const auto consent = job.read(row, "consent", parse_yes_no, "neither yes nor no");
        if (!email.empty() && !plausible_email(email)) job.fault(row, "email", "\"" + email + "\" is no e-mail address");
        if (job.result.faults.size() != before) continue;
        std::vector<std::int64_t>& same = known[person_key(family, given, birth.value_or(""))];
        // The same line once more, in this sheet or from an earlier import, is the same person.
        if (!same.empty()) continue;
        same.push_back(replica.new_id());
        Edit edit;
        edit.table = "person";
        edit.key = {same.front()};
        edit.scope = scope;
        edit.values = {{"family_name", family}, {"given_name", given}};
        if (birth) edit.values.emplace_back("birth_date", *birth);
        if (gender) edit.values.emplace_back("gender", *gender);
        if (category) edit.values.emplace_back("category", *category);
        add_if(edit, "institution_text", job.cell(row, "institution"));
        add_if(edit, "email", email);
        add_if(edit, "telephone", job.cell(row, "telephone"));
        job.edits.push_back(std::move(edit));
        if (consent == true) job.edits.push_back(consent_on_paper(replica, same.front(), words));
    }
    return job.finish(options.skip_bad);
}

ImportResult import_activities(Replica& replica, std::string_view bytes, const std::string& file, const ImportOptions& options) {
    Job job(replica, bytes, file, {"code", "kind", "title", "beneficiary", "starts_on", "ends_on", "sessions"});
    for (const SheetRow& row : job.sheet.rows) {
        const std::size_t before = job.result.faults.size();
        if (!job.same_width(row)) continue;
        const std::string code = job.cell(row, "code");
        const std::string beneficiary = job.cell(row, "beneficiary");
        if (code.empty()) job.fault(row, "code", "the code is missing");
        const auto kind = job.read(row, "kind", parse_activity_kind, "no kind of activity that is known");
        const auto starts_on = job.read(row, "starts_on", parse_date, "no date that exists");
        const auto ends_on = job.read(row, "ends_on", parse_date, "no date that exists");
        const std::string count_text = job.cell(row, "sessions");
        std::int64_t sessions = -1;
        if (!count_text.empty() && count_text.size() < 4 &&
            std::all_of(count_text.begin(), count_text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
            sessions = std::stoll(count_text);
        } else {
            job.fault(row, "sessions", "\"" + count_text + "\" is no number of sessions");
        }
        const Scope* scope = replica.catalog().find_scope(beneficiary == "REG" ? "regional" : beneficiary);
        if (scope == nullptr || scope->name == "shared")
            job.fault(row, "beneficiary", "\"" + beneficiary + "\" is neither a beneficiary nor REG");
        if (!kind || !starts_on || !ends_on) {
            if (job.result.faults.size() == before) job.fault(row, kind ? "starts_on" : "kind", "it is missing");
        } else if (*ends_on < *starts_on) {
            job.fault(row, "ends_on", "it ends before it starts");
        }
        if (job.result.faults.size() != before) continue;
        Edit activity;
        activity.table = "activity";
        activity.key = {code};
        activity.scope = scope->number;
        activity.values = {{"kind", *kind}, {"title", job.cell(row, "title")}, {"starts_on", *starts_on}, {"ends_on", *ends_on}};
        add_if(activity, "place", job.cell(row, "place"));
        if (scope->name != "regional") activity.values.emplace_back("beneficiary", scope->name);
        job.edits.push_back(std::move(activity));
        // Without sessions the activity is one, as long as it lasts.
        const std::int64_t whole = 2 * (days_between(replica, *starts_on, *ends_on) + 1);
        for (std::int64_t number = 1; number <= std::max<std::int64_t>(1, sessions); ++number) {
            Edit session;
            session.table = "session";
            session.key = {code, number};
            session.values = {{"half_days", sessions == 0 ? whole : std::int64_t{1}}};
            job.edits.push_back(std::move(session));
        }
    }
    return job.finish(options.skip_bad);
}

ImportResult import_attendance(Replica& replica, std::string_view bytes, const std::string& file, const ImportOptions& options) {
    if (options.activity.empty()) throw Error(ErrorKind::usage, "An attendance list belongs to an activity; name it with --activity CODE.");
    if (!activity_exists(replica, options.activity)) {
        throw Error(ErrorKind::usage, "There is no activity " + options.activity + " here; import the activities first, or sync.");
    }
    Job job(replica, bytes, file, {"family", "given", "birth"});
    std::vector<std::pair<std::int64_t, std::string>> sessions;
    for (const auto& [field, at] : job.fields) {
        if (field == "took part") sessions.emplace_back(1, field);
        if (field.starts_with("session ")) sessions.emplace_back(std::stoll(field.substr(8)), field);
    }
    if (sessions.empty())
        throw Error(ErrorKind::usage, "The sheet " + file + " cannot be read: line 1 has no columns S1, S2, … and no \"Took part\".");
    for (const auto& [number, field] : sessions) {
        Statement row = replica.store().database.prepare_once("SELECT 1 FROM session WHERE activity = ?1 AND number = ?2");
        row.with(std::string_view(options.activity), number);
        if (!row.step())
            throw Error(ErrorKind::usage, "The sheet " + file + " has a column for session " + std::to_string(number) + ", which " +
                                              options.activity + " has not.");
    }
    const auto known = people(replica, std::nullopt);
    std::map<std::int64_t, std::size_t> listed;
    for (const SheetRow& row : job.sheet.rows) {
        const std::size_t before = job.result.faults.size();
        if (!job.same_width(row)) continue;
        const auto birth = job.read(row, "birth", parse_date, "no date that exists");
        if (job.result.faults.size() != before) continue;
        const auto found = known.find(person_key(job.cell(row, "family"), job.cell(row, "given"), birth.value_or("")));
        if (found == known.end()) {
            job.fault(row, "family", "nobody of this name and date of birth is registered here");
            continue;
        }
        const std::int64_t person = found->second.front();
        if (found->second.size() > 1) {
            job.result.warnings.push_back("line " + std::to_string(row.line) + ": " + std::to_string(found->second.size()) +
                                          " people of this name and date of birth are registered; the first was taken");
        }
        const auto [at, fresh] = listed.emplace(person, row.line);
        if (!fresh) {
            job.fault(row, "family", "this person stands in line " + std::to_string(at->second) + " already");
            continue;
        }
        std::vector<Edit> marks;
        for (const auto& [number, field] : sessions) {
            const auto mark = job.read(row, field, parse_mark, "none of P, L, E, A");
            if (!mark) continue;
            Edit edit;
            edit.table = "attendance";
            edit.key = {person, options.activity, number};
            edit.values = {{"status", *mark}, {"how", "list"}};
            marks.push_back(std::move(edit));
        }
        if (job.result.faults.size() != before) continue;
        Edit enrolment;
        enrolment.table = "enrolment";
        enrolment.key = {person, options.activity};
        enrolment.values = {{"state", "completed"}, {"role", "participant"}};
        job.edits.push_back(std::move(enrolment));
        job.edits.insert(job.edits.end(), std::make_move_iterator(marks.begin()), std::make_move_iterator(marks.end()));
    }
    return job.finish(options.skip_bad);
}

}  // namespace tefter
