// What a server does that is one of several: it follows the others, and asks the records that they share where it would ask its own.

#include <filesystem>
#include <fstream>

#include "server/center.hpp"
#include "server/files.hpp"
#include "server/journal/journal.hpp"

namespace tefter {

namespace {

constexpr const char* shared_facts[] = {"tls_names", "tls_identity", "tls_next", "tls_announced_ms"};
constexpr std::string_view of_facts = "fact:", of_invitations = "invitation:", of_users = "user:";

std::string named(std::string_view kind, const std::string& name) { return std::string(kind) + name; }

class BookOfRecords : public web::Book {
public:
    explicit BookOfRecords(Records& records) : records_(records) {}
    std::optional<Bytes> read(const std::string& name) override { return records_.read(name); }
    void change(const std::string& name, const std::function<std::optional<Bytes>(const std::optional<Bytes>&)>& work) override {
        records_.change(name, work);
    }
    Pages all(const std::string& prefix) override { return records_.all(prefix); }

private:
    Records& records_;
};

class LogOfRecords : public web::SharedLog {
public:
    explicit LogOfRecords(Records& records) : records_(records) {}
    void go_on(std::int64_t known, const std::function<void(BytesView)>& take, const std::function<Entry()>& next) override {
        records_.go_on(known, take, next);
    }

private:
    Records& records_;
};

std::string cluster_file(const std::string& folder) { return folder + "/cluster"; }

void ensure_one_of_a_set(Replica& replica) {
    if (!replica.fact(tefter::set_fact)) throw Error(ErrorKind::refused, "This server has its ledgers to itself already.");
}

}  // namespace

void Center::join(const std::string& given) {
    if (!replica_->fact(tefter::set_fact)) {
        if (given.empty()) return;
        throw Error(ErrorKind::usage, "This server has its ledgers to itself; tefter-server migrate-ledger moves them to a database.");
    }
    const std::string url = !given.empty() ? given : std::filesystem::exists(cluster_file(folder_)) ? read_line(cluster_file(folder_)) : "";
    if (url.empty()) {
        throw Error(ErrorKind::usage,
                    "The ledgers of this server lie in a database that several servers share; give its address with --ledger.");
    }
    cluster_ = std::make_unique<Cluster>(url, *replica_, *ledger_);
    if (!given.empty()) write_secret_file(cluster_file(folder_), given + "\n");  // for administration while no server runs
    cluster_url_ = url;
    book_ = std::make_unique<BookOfRecords>(cluster_->records());
    log_ = std::make_unique<LogOfRecords>(cluster_->records());
    vault_->share(*book_, *log_);
    take_facts();
}

void Center::follow_others() {
    if (!cluster_ || following_.joinable()) return;
    following_ = std::thread([this] {
        Following following(cluster_url_);
        while (!over_) {
            following.wait();
            if (!over_) follow();
        }
    });
}

void Center::follow() {
    std::string trouble;
    try {
        const std::lock_guard lock(mutex_);
        cluster_->follow();
        take_facts();
        vault_->follow_accesses();
    } catch (const Error& error) {
        trouble = error.what();
    }
    const std::lock_guard lock(trouble_mutex_);
    if (trouble != cluster_trouble_ && !trouble.empty()) journal::say(journal::Level::fault, "not following", {{"why", trouble}});
    cluster_trouble_ = trouble;
}

void Center::take_facts() {
    const std::map<std::string, Bytes> there = cluster_->records().all(std::string(of_facts));
    bool changed = false;
    for (const char* name : shared_facts) {
        const auto found = there.find(named(of_facts, name));
        if (found == there.end() || replica_->fact(name).value_or("") == as_text(found->second)) continue;
        replica_->set_fact(name, as_text(found->second));
        changed = true;
    }
    if (!changed || !tls_) return;
    tls_->go_by(hosts());
    announce_pins();
}

void Center::set_fact(const std::string& name, const std::function<std::string(const std::string& before)>& value) {
    std::string made;
    if (cluster_) {
        cluster_->records().change(named(of_facts, name), [&](const std::optional<Bytes>& before) {
            made = value(before ? std::string(as_text(*before)) : std::string());
            return Bytes(made.begin(), made.end());
        });
    } else {
        made = value(replica_->fact(name).value_or(""));
    }
    replica_->set_fact(name, made);
}

void Center::share_invitation(std::uint64_t id) {
    cluster_->records().put(named(of_invitations, std::to_string(id)), *invitations_->text_of(id));
}

void Center::with_invitation(std::uint64_t id, const std::function<void()>& work) {
    if (!cluster_) return work();
    std::exception_ptr refused;
    cluster_->records().change(named(of_invitations, std::to_string(id)), [&](const std::optional<Bytes>& there) {
        refused = nullptr;
        if (there) invitations_->take(id, *there);
        try {
            work();
        } catch (const Error&) {  // a wrong try is written down all the same
            if (!there) throw;
            refused = std::current_exception();
        }
        return invitations_->text_of(id);
    });
    if (refused) std::rethrow_exception(refused);
}

void Center::leave_lost_database(const std::string& folder, const Catalog& catalog, const Environment& environment) {
    const FileLock lock = lock_folder(folder);
    Replica replica(folder + "/server.db", open_key(folder), catalog, environment, JournalMode::wal);
    ensure_one_of_a_set(replica);
    Awaited(replica).begin();
    web::Vault(folder + "/web.db", open_key(folder), environment).begin_access_life();  // the copy may lack the last entries
    Cluster::abandon(replica);
    std::filesystem::remove(cluster_file(folder));
}

std::size_t Center::move_ledgers(const std::string& folder, const Catalog& catalog, const Environment& environment,
                                 const std::string& url) {
    {
        const FileLock lock = lock_folder(folder);
        Replica replica(folder + "/server.db", open_key(folder), catalog, environment, JournalMode::wal);
        if (url.empty()) {
            ensure_one_of_a_set(replica);
            if (Cluster::finish_leaving(read_line(cluster_file(folder)), replica)) std::filesystem::remove(cluster_file(folder));
        }
    }
    Center center(folder, catalog, environment);
    Replica& replica = *center.replica_;
    if (!url.empty()) {
        if (center.cluster_)
            throw Error(ErrorKind::refused, "The ledgers of this server lie in a database already; migrate-ledger --back takes them home.");
        center.ensure_writable();
        std::map<std::string, Bytes> records;
        for (const char* name : shared_facts) {
            if (const std::optional<std::string> fact = replica.fact(name))
                records[named(of_facts, name)] = Bytes(fact->begin(), fact->end());
        }
        for (const std::uint64_t id : center.invitations_->all())
            records[named(of_invitations, std::to_string(id))] = *center.invitations_->text_of(id);
        for (const std::int64_t user : center.vault_->users()) records[web::Vault::book_name(user)] = *center.vault_->secrets_of(user);
        std::int64_t device = replica.store().meta.integer("last_device").value_or(1);
        for (const Device& known : center.devices()) device = std::max(device, std::int64_t{known.number.value});
        const std::vector<std::uint64_t> invitations = center.invitations_->all();
        const std::int64_t invitation = invitations.empty() ? 0 : static_cast<std::int64_t>(invitations.back());
        write_secret_file(cluster_file(folder), url + "\n");
        const auto log = [&](const Records::EachEntry& entry) { center.vault_->each_access(entry); };
        Cluster::found(url, replica, *center.ledger_, records, log, device + 1, invitation + 1);
    } else if (center.cluster_) {
        Records& records = center.cluster_->records();
        for (const auto& [name, text] : records.all(std::string(of_invitations)))
            center.invitations_->take(std::stoull(name.substr(of_invitations.size())), text);
        for (const std::int64_t user : center.vault_->users())
            center.vault_->has_secret(user);  // looks at the record, or that there is none
        for (const auto& [name, text] : records.all(std::string(of_users)))
            center.vault_->has_secret(std::stoll(name.substr(of_users.size())));
        center.vault_->follow_accesses();
        center.cluster_->dissolve();
        std::filesystem::remove(cluster_file(folder));
    }
    std::size_t segments = 0;
    for (const ScopeState& scope : replica.scopes()) segments += center.ledger_->head(scope.scope).position.value;
    return segments;
}

}  // namespace tefter
