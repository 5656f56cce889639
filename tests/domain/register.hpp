#pragma once
// A register on the built-in catalog, with people in both scripts and an activity, for tests of figures and documents.

#include <sodium.h>

#include "schema/domain/catalog_text.hpp"
#include "schema/domain/reference.hpp"
#include "tests/offices.hpp"

namespace tefter::test {

class Register {
public:
    explicit Register(Catalog given = load_built_in_catalog()) : catalog(std::move(given)) {
        Identity identity;
        identity.device = server_device;  // who may write everything
        crypto_sign_keypair(identity.server_key.data(), identity.secret.data());
        identity.office = "server";
        identity.role = Role::server;
        for (const Scope& scope : catalog.scopes()) identity.scopes.push_back(scope.number);
        const DatabaseKey key{1, 2, 3};
        Replica::create(folder.file("replica.db"), key, catalog, identity, JournalMode::rollback);
        Environment environment = system_environment();
        environment.now_ms = [this] { return now_ms; };
        replica = std::make_unique<Replica>(folder.file("replica.db"), key, catalog, environment, JournalMode::rollback);
        replica->store().database.execute("PRAGMA synchronous=OFF");
        replica->write(0, reference_data(*replica));
    }

    using Values = std::vector<std::pair<std::string, OwnedValue>>;
    void put(const std::string& table, std::vector<OwnedValue> key, Values values, const std::string& scope = "") {
        Edit edit;
        edit.table = table;
        edit.key = std::move(key);
        edit.values = std::move(values);
        if (!scope.empty()) edit.scope = catalog.find_scope(scope)->number;
        replica->write(0, {&edit, 1});
    }
    std::int64_t add(const std::string& table, Values values, const std::string& scope = "") {
        const std::int64_t id = replica->new_id();
        put(table, {id}, std::move(values), scope);
        return id;
    }
    /// Enrolled and marked, session by session: P, L, E, A; anything else is no mark.
    void attend(std::int64_t person, const std::string& activity, std::string_view marks) {
        put("enrolment", {person, activity}, {{"state", "completed"}, {"role", "participant"}});
        for (std::size_t i = 0; i < marks.size(); ++i) {
            const char* status = marks[i] == 'P' ? "present" : (marks[i] == 'L' ? "late" : (marks[i] == 'E' ? "excused" : "absent"));
            if (std::string_view("PLEA").find(marks[i]) != std::string_view::npos)
                put("attendance", {person, activity, static_cast<std::int64_t>(i + 1)}, {{"status", status}});
        }
    }
    void activity(const std::string& code, const std::string& kind, const std::string& from, const std::string& to, int sessions,
                  const std::string& scope = "regional", Values more = {}) {
        Values values{{"kind", kind}, {"title", "Activity " + code}, {"starts_on", from}, {"ends_on", to}};
        values.insert(values.end(), more.begin(), more.end());
        put("activity", {code}, values, scope);
        for (std::int64_t number = 1; number <= sessions; ++number) put("session", {code, number}, {{"half_days", 1}});
    }
    Database& database() { return replica->store().database; }

    std::int64_t now_ms = Offices::start_ms;
    Folder folder;
    Catalog catalog;
    std::unique_ptr<Replica> replica;
};

}  // namespace tefter::test
