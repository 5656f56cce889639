#include "tests/ledgers.hpp"

namespace tefter::test {

std::unique_ptr<Ledger> ledger_of(Replica& server) { return std::make_unique<SqliteLedger>(server.store().database); }
std::unique_ptr<Ledger> origin_of(Replica& server) { return ledger_of(server); }
std::unique_ptr<Ledger> bare_ledger(Database& file) {
    create_engine_tables(file);
    return std::make_unique<SqliteLedger>(file);
}
const bool ledgers_are_shared = false;

}  // namespace tefter::test
