#pragma once
// The PostgreSQL that tests/processes/postgres.py has started.

#include "server/cluster/postgres_ledger.hpp"
#include "tests/ledgers.hpp"

namespace tefter::test {

/// The address of a schema of its own for what lies at `path`.
std::string schema_for(const std::string& path);
Sealing sealing_of_tests();

}  // namespace tefter::test
