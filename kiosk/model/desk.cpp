#include "kiosk/model/desk.hpp"

#include <future>

#include "engine/base/file.hpp"
#include "engine/client/files.hpp"
#include "schema/domain/export.hpp"
#include "schema/domain/staff.hpp"

namespace tefter::kiosk {

namespace {

std::string draft_fact(const std::string& form) { return "draft:" + form; }

/// Marks and decisions say themselves who made them.
void put_name_to(std::vector<Edit>& edits, const Catalog& catalog, std::int64_t actor) {
    for (Edit& edit : edits) {
        if (actor == 0 || edit.kind != EditKind::put) continue;
        for (const char* column : {"recorded_by", "decided_by"}) {
            if (catalog.table(edit.table).find_column(column).second != nullptr) edit.values.emplace_back(column, actor);
        }
    }
}

Enrolled enrolled_as(const Identity& identity) { return {identity.device, identity.office, identity.role, identity.scopes}; }

}  // namespace

Desk::Desk(std::unique_ptr<Replica> replica, Home home, Inbox& inbox)
    : replica_(std::move(replica)),
      reader_(replica_->open_reader()),
      home_(std::move(home)),
      inbox_(inbox),
      enrolled_(enrolled_as(replica_->identity())) {
    for (auto& [name, kept] : replica_->facts(draft_fact(""))) {
        if (!kept.empty()) drafts_[name.substr(draft_fact("").size())] = std::move(kept);
    }
    unsent_ = replica_->unsent_changesets();
    Statement last =
        replica_->store().database.prepare_once("SELECT at_ms, outcome FROM tefter_sync WHERE how <> 'stick' ORDER BY at_ms DESC LIMIT 1");
    if (last.step()) {
        syncing_.ever = true;
        syncing_.ended_ms = last.integer(0);
    }
    replica_->on_commit([this](const Changed& tables) {
        ++commits_;
        const auto people = tables.find(catalog().table("person").number);
        if (people != tables.end()) people_come_ += people->second;
        inbox_.put([this, tables, enrolled = enrolled_as(replica_->identity())] {
            enrolled_ = enrolled;  // the register may have said something new
            ++revision_;
            for (const auto& [number, more] : tables) {
                if (const Table* table = catalog().find(number)) revisions_[table->name] = revision_;
            }
        });
    });
    writing_ = std::make_unique<Worker>(inbox_);
    reading_ = std::make_unique<Worker>(inbox_);
}

Desk::~Desk() {
    over_ = cancel_ = true;
    if (network_.joinable()) network_.join();
    leisure_.reset();
    reading_.reset();
    writing_->finish();  // a mark tapped just before the kiosk is locked is kept
    inbox_.clear();
}

std::string Desk::usual_scope() const {
    std::string out;
    for (const ScopeNumber number : enrolled().scopes) {
        const std::string name = catalog().scope_name(number);
        if (name != "shared" && (out.empty() || out == "regional")) out = name;
    }
    return out;
}

std::uint64_t Desk::revision(std::string_view table) const {
    const auto found = revisions_.find(table);
    return found == revisions_.end() ? 1 : found->second;
}

Shown Desk::failure(const std::string& sentence) {
    return [this, sentence] { problem_ = sentence; };
}

void Desk::count_unsent() {
    const std::size_t unsent = replica_->unsent_changesets();
    inbox_.put([this, unsent] { unsent_ = unsent; });
}

void Desk::write(std::function<std::vector<Edit>(Replica&)> edits, Done done) {
    work([this, officer = officer_, edits = std::move(edits), done = std::move(done)](Replica& replica) -> Shown {
        std::string problem;
        try {
            std::vector<Edit> made = edits(replica);
            const std::int64_t actor = made.empty() ? 0 : staff_named(replica.store().database, officer);
            put_name_to(made, replica.catalog(), actor);
            if (!made.empty()) replica.write(actor, made);
        } catch (const std::exception& error) {
            problem = error.what();
        }
        count_unsent();
        return [this, done, problem, commits = commits_.load()] {
            told_ = commits;
            done(problem);
        };
    });
}

void Desk::write(std::vector<Edit> edits, Done done) {
    write([edits = std::move(edits)](Replica&) { return edits; }, std::move(done));
}

void Desk::write_form(const Opening& form, const std::string& draft, std::function<std::vector<Edit>(Replica&)> edits, Done done) {
    const std::string typed = this->draft(draft);
    if (!typed.empty()) being_saved_[draft] = typed;
    const auto written = [this, &form, opened = form, draft, typed, done = std::move(done)](const std::string& problem) {
        const bool still_open = form == opened;
        being_saved_.erase(draft);
        if (problem.empty() && (still_open || this->draft(draft) == typed)) keep_draft(draft, "");
        if (still_open) done(problem);
        else if (!problem.empty()) problem_ = problem;
    };
    write(std::move(edits), written);
}

void Desk::write_form(const Opening& form, const std::string& draft, std::vector<Edit> edits, Done done) {
    write_form(
        form, draft, [edits = std::move(edits)](Replica&) { return edits; }, std::move(done));
}

void Desk::work(std::function<Shown(Replica&)> job) {
    writing_->post([this, job = std::move(job)]() -> Shown {
        try {
            return job(*replica_);
        } catch (const std::exception& error) {
            return failure(error.what());
        }
    });
}

void Desk::keep_draft(const std::string& form, const std::string& text, std::int64_t about_person) {
    if (draft(form) == text) return;
    if (text.empty()) drafts_.erase(form);
    else drafts_[form] = text;
    work([form, text, about_person](Replica& replica) -> Shown {
        const Value person[] = {Value::integer(about_person)};
        if (about_person != 0) replica.set_fact(draft_fact(form), text, replica.catalog().table("person"), person);
        else replica.set_fact(draft_fact(form), text);
        return {};
    });
}

std::string Desk::draft(const std::string& form) const {
    const auto found = drafts_.find(form);
    if (found == drafts_.end()) return {};
    const auto saving = being_saved_.find(form);
    return saving != being_saved_.end() && saving->second == found->second ? std::string() : found->second;
}

void Desk::fetch(const Hash& hash) {
    ServerAddress server;
    std::unique_ptr<FileFetching> fetching;
    step([&] {
        server = home_.server(*replica_);
        fetching = std::make_unique<FileFetching>(*replica_, hash);
    });
    if (fetching->whole()) return;
    Transport transport(server);
    fetch_file(*fetching, transport, [this](const std::function<void()>& job) { return step(job); });
}

void Desk::save_file(const Hash& hash, const std::string& path, const std::string& what, Done done) {
    if (syncing_.running || fetching_) return;
    if (network_.joinable()) network_.join();
    cancel_ = false;
    fetching_ = true;
    network_ = std::thread([this, hash, path, what, done = std::move(done)] {
        std::string problem;
        try {
            fetch(hash);
            step([&] {
                log_export(*replica_, {&replica_->catalog().table("attachment")}, what);
                NewFile file(path);
                file.write(FileStore(replica_->store().database).read_all(hash));
                file.commit();
            });
        } catch (const std::exception& error) {
            problem = error.what();
        }
        inbox_.put([this, done, problem] {
            fetching_ = false;
            done(problem);
        });
    });
}

void Desk::sync() {
    if (syncing_.running || fetching_) return;
    if (network_.joinable()) network_.join();
    cancel_ = false;
    syncing_ = SyncState{};
    syncing_.running = true;
    network_ = std::thread([this] { run_sync(); });
}

bool Desk::step(const std::function<void()>& step) {
    std::promise<std::exception_ptr> done;
    writing_->post([&]() -> Shown {
        try {
            step();
            done.set_value(nullptr);
        } catch (...) {
            done.set_value(std::current_exception());
        }
        return {};
    });
    if (const std::exception_ptr failed = done.get_future().get()) std::rethrow_exception(failed);
    return !cancel_;
}

void Desk::send_files(Transport& transport) {
    std::unique_ptr<FileSending> sending;
    step([&] { sending = std::make_unique<FileSending>(*replica_); });
    tefter::send_files(*sending, transport, [this](const std::function<void()>& job) { return step(job); });
}

void Desk::run_sync() {
    const std::int64_t began_ms = now_ms();
    std::string problem;
    bool estranged = false;
    std::int64_t people_before = 0, people = 0;
    const auto shown = [this, &people](const SyncReport& report) {
        inbox_.put([this, report, people] {
            syncing_.report = report;
            syncing_.people = people;
        });
    };
    SyncReport report;
    ServerAddress server;
    try {
        step([&] {
            server = home_.server(*replica_);
            people_before = people_come_;
        });
        Transport transport(server);
        step([&] { session_ = std::make_unique<Syncing>(*replica_); });
        bool more = true;
        while (more) {
            Syncing::Request request;
            step([&] { request = session_->request(); });
            // The network is this thread's; the replica takes each piece between two taps of the officer.
            transport.post(request.path, request.body, [&](BytesView piece) {
                const bool go_on = step([&] {
                    session_->feed(piece);
                    report = session_->report();
                    people = people_come_ - people_before;
                });
                shown(report);
                if (!go_on) throw Error(ErrorKind::cancelled, cancelled_sync);
            });
            step([&] {
                more = session_->end_answer();
                report = session_->report();
            });
        }
        step([&] { home_.conclude(*replica_, began_ms, report); });
        send_files(transport);
    } catch (const std::exception& error) {
        problem = error.what();
        estranged = dynamic_cast<const Forked*>(&error) != nullptr || dynamic_cast<const NotRegistered*>(&error) != nullptr;
        if (!over_) {
            step([&] {
                session_.reset();
                if (home_.has_replica()) note_sync(*replica_, began_ms, server.address, report, problem);
            });
        }
    }
    if (!over_) {
        step([&] {
            session_.reset();
            count_unsent();
        });
    }
    inbox_.put([this, report, problem, estranged, ended = now_ms()] {
        syncing_.running = false;
        syncing_.report = report;
        syncing_.problem = problem;
        syncing_.estranged = estranged;
        syncing_.ended_ms = ended;
        syncing_.ever = true;
    });
}

}  // namespace tefter::kiosk
