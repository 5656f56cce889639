// Ledgers in the PostgreSQL that tests/processes/postgres.py has started: a schema for each server.

#include "tests/cluster/ledgers.hpp"

#include <cstdlib>

#include "engine/base/crypto.hpp"
#include "engine/base/environment.hpp"
#include "engine/sync/mirrored_ledger.hpp"

namespace tefter::test {

std::string schema_for(const std::string& path) {
    const char* url = std::getenv("TEFTER_TEST_POSTGRES");
    ensure(url != nullptr, "these tests are started by tests/processes/postgres.py");
    const std::string name = "t" + hexadecimal(blake2b(as_bytes(path))).substr(0, 20);
    Postgres(url).run("CREATE SCHEMA IF NOT EXISTS " + name);
    return std::string(url) + "?options=-csearch_path%3D" + name;
}

Sealing sealing_of_tests() { return {SharedKey{7, 7, 7}, system_environment().random}; }

namespace {

class ServerLedger : public MirroredLedger {
public:
    ServerLedger(Replica& server, std::unique_ptr<SqliteLedger> here, std::unique_ptr<PostgresLedger> shared)
        : MirroredLedger(server, *here, *shared, "one"), here_(std::move(here)), shared_(std::move(shared)) {}

private:
    std::unique_ptr<SqliteLedger> here_;
    std::unique_ptr<PostgresLedger> shared_;
};

}  // namespace

std::unique_ptr<Ledger> ledger_of(Replica& server) {
    auto shared = std::make_unique<PostgresLedger>(schema_for(server.path()), sealing_of_tests());
    std::set<ScopeNumber> scopes;
    for (const ScopeState& scope : server.scopes()) scopes.insert(scope.scope);
    shared->create(scopes);
    return std::make_unique<ServerLedger>(server, std::make_unique<SqliteLedger>(server.store().database), std::move(shared));
}

std::unique_ptr<Ledger> origin_of(Replica& server) {
    return std::make_unique<PostgresLedger>(schema_for(server.path()), sealing_of_tests());
}

std::unique_ptr<Ledger> bare_ledger(Database& file) {
    auto shared = std::make_unique<PostgresLedger>(schema_for(file.path()), sealing_of_tests());
    shared->create({ScopeNumber{1}, ScopeNumber{2}, ScopeNumber{3}, ScopeNumber{4}});
    return shared;
}

const bool ledgers_are_shared = true;

}  // namespace tefter::test
