#pragma once
// An open replica at which an officer works: one thread writes, one reads, the drawing thread does neither.

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/client/home.hpp"
#include "engine/client/syncing.hpp"
#include "kiosk/model/worker.hpp"

namespace tefter {
class Transport;
}

namespace tefter::kiosk {

/// How a sync stands, as the drawing thread sees it.
struct SyncState {
    bool running = false, cancelled = false;
    std::int64_t people = 0;  ///< new ones
    SyncReport report;
    std::string problem;     ///< of the last one; empty when it went well
    bool estranged = false;  ///< the server cannot follow this device any more, or does not know it: it is to be enrolled again
    std::int64_t ended_ms = 0;
    bool ever = false;
};

/// Who the device is and what it may do, as the register of devices says.
struct Enrolled {
    DeviceNumber device;
    std::string office;
    Role role = Role::officer;
    std::vector<ScopeNumber> scopes;
};

/// One opening of a form, equal to itself and its copies alone: what comes back for an earlier one is not for the form that stands there now.
class Opening {
public:
    friend bool operator==(const Opening&, const Opening&) = default;

private:
    std::shared_ptr<const char> mark_ = std::make_shared<const char>();
};

/// All its functions are the drawing thread's. What a job captures must outlive the desk or be its own.
class Desk {
public:
    Desk(std::unique_ptr<Replica> replica, Home home, Inbox& inbox);
    ~Desk();  ///< waits for the write that runs; a sync that runs is cut
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    const Catalog& catalog() const { return replica_->catalog(); }
    const Enrolled& enrolled() const { return enrolled_; }
    /// Where an office's new rows go: its first beneficiary, else regional.
    std::string usual_scope() const;
    /// Whose actions are written from now on: an officer by the name that unlocks. Where staff_user has one active row of that name, changes
    /// say so.
    void act_as(std::string officer) { officer_ = std::move(officer); }
    std::int64_t now_ms() const { return replica_->environment().now_ms(); }
    const Home& home() const { return home_; }

    /// Grows with every commit that changed rows: what is shown from an older one is read again.
    std::uint64_t revision() const { return revision_; }
    /// The same for one table of the catalog.
    std::uint64_t revision(std::string_view table) const;

    /// `query` runs on the reading thread, `shown` gets what it found. A failure is told in `problem()`. Nothing shown is older than what was
    /// written here: a query that had begun before is run again.
    template <class Query, class Use>
    void read(Query query, Use shown) {
        read_on(*reading_, *reader_, std::move(query), std::move(shown));
    }

    /// The same for what takes long: nobody waits behind it. A reading connection and a thread of its own, from the first on.
    template <class Query, class Use>
    void read_at_leisure(Query query, Use shown) {
        if (!leisure_) {
            leisurely_reader_ = replica_->open_reader();
            leisure_ = std::make_unique<Worker>(inbox_);
        }
        read_on(*leisure_, *leisurely_reader_, std::move(query), std::move(shown));
    }

    /// For a job that reads and then prints or makes a file: it is run once, whatever is written meanwhile.
    template <class Job, class Use>
    void read_once(Job job, Use shown) {
        run_on(*reading_, *reader_, std::move(job), std::move(shown));
    }

    /// Edits are made by `edits` on the writing thread, where ids can be drawn, and written as one action. `done` gets the
    /// sentence of what went wrong, empty when it is durable.
    using Done = std::function<void(const std::string& problem)>;
    void write(std::function<std::vector<Edit>(Replica&)> edits, Done done);
    void write(std::vector<Edit> edits, Done done);
    /// For a form, which outlives the desk and is opened anew by another value of `form`: its draft goes once it is durable. `done` is told
    /// while the form is still the same; else what went wrong is told in `take_problem()`, and the draft stays.
    void write_form(const Opening& form, const std::string& draft, std::function<std::vector<Edit>(Replica&)> edits, Done done);
    void write_form(const Opening& form, const std::string& draft, std::vector<Edit> edits, Done done);
    /// Anything else that needs the replica.
    void work(std::function<Shown(Replica&)> job);
    /// For such a job while it takes long, between two of its transactions: what the officer does meanwhile is written.
    void let_taps_through() { writing_->run_waiting(); }
    /// For such a job: shows how far it is.
    void show(Shown shown) { inbox_.put(std::move(shown)); }

    /// What was being typed, kept encrypted in the replica until it is saved or thrown away: by form. What is typed about a person who is
    /// registered goes when the person is erased.
    void keep_draft(const std::string& form, const std::string& text, std::int64_t about_person = 0);
    /// Empty while that is being saved.
    std::string draft(const std::string& form) const;

    /// Writes a file that a row names to `path`, fetching it from the server where it is not here; `what` goes to the access log. Not during
    /// a sync.
    void save_file(const Hash& hash, const std::string& path, const std::string& what, Done done);
    bool fetching() const { return fetching_; }

    void sync();
    void cancel_sync() { cancel_ = true; }
    const SyncState& syncing() const { return syncing_; }
    std::size_t unsent() const { return unsent_; }
    /// For jobs on the writing thread: how many more people there are than when the desk was opened.
    std::int64_t people_come() const { return people_come_; }

    /// The last failure that nobody else shows; taken away by asking.
    std::string take_problem() { return std::exchange(problem_, {}); }

private:
    template <class Query, class Use>
    void read_on(Worker& worker, Database& reader, Query query, Use shown) {
        const auto counted = [this, query](Database& of) {
            const std::uint64_t begun = commits_;
            return std::pair(begun, query(of));
        };
        run_on(worker, reader, counted, [this, &worker, &reader, query, shown = std::move(shown)](decltype(counted(reader)) found) mutable {
            if (found.first < told_) return read_on(worker, reader, std::move(query), std::move(shown));
            shown(std::move(found.second));
        });
    }
    template <class Query, class Use>
    void run_on(Worker& worker, Database& reader, Query query, Use shown) {
        worker.post([this, &reader, query = std::move(query), shown = std::move(shown)]() mutable -> Shown {
            try {
                return [found = std::make_shared<decltype(query(reader))>(query(reader)), shown = std::move(shown)]() mutable {
                    shown(std::move(*found));
                };
            } catch (const std::exception& error) {
                return failure(error.what());
            }
        });
    }
    Shown failure(const std::string& sentence);
    void count_unsent();
    void run_sync();
    void fetch(const Hash& hash);
    /// On the network's thread, after the rows.
    void send_files(Transport& transport);
    /// Runs `step` on the writing thread and waits for it there; false when it failed.
    bool step(const std::function<void()>& step);

    std::unique_ptr<Replica> replica_;  ///< the writing thread's, but for what never changes
    std::unique_ptr<Database> reader_;  ///< the reading thread's
    Home home_;
    Inbox& inbox_;
    Enrolled enrolled_;
    std::string officer_;
    std::uint64_t revision_ = 1;
    std::atomic<std::uint64_t> commits_ = 0;  ///< of the writing thread
    std::uint64_t told_ = 0;                  ///< how many of them there were when the last write said that it was done
    std::map<std::string, std::uint64_t, std::less<>> revisions_;
    std::map<std::string, std::string> drafts_;
    std::map<std::string, std::string> being_saved_;  ///< of forms whose saving is under way
    SyncState syncing_;
    std::size_t unsent_ = 0;
    std::int64_t people_come_ = 0;  ///< the writing thread's
    std::string problem_;
    bool fetching_ = false;
    std::atomic<bool> cancel_{false}, over_{false};
    std::unique_ptr<Syncing> session_;  ///< the writing thread's
    std::unique_ptr<Database> leisurely_reader_;
    std::unique_ptr<Worker> writing_, reading_, leisure_;
    std::thread network_;
};

}  // namespace tefter::kiosk
