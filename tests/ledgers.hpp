#pragma once
// Where the tests of a program keep ledgers: tests/ledgers_here.cpp, or tests/cluster/ledgers.cpp. The tests are the same.

#include "engine/store/ledger.hpp"
#include "engine/store/replica.hpp"

namespace tefter::test {

/// The ledgers of this server; the same ones for each call with it.
std::unique_ptr<Ledger> ledger_of(Replica& server);
/// Where they are in truth: what is read from it was read from there.
std::unique_ptr<Ledger> origin_of(Replica& server);
/// Empty ledgers of the scopes 1 to 4, without rows beside them.
std::unique_ptr<Ledger> bare_ledger(Database& file);
/// A server that was restored from a copy finds in the ledgers what it has forgotten, and need not ask the devices.
extern const bool ledgers_are_shared;

}  // namespace tefter::test
