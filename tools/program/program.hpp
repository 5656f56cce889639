#pragma once
// What the programs share: how a key is given, how a check is told, and how a failure ends.

#include "engine/store/verify.hpp"

namespace tefter {

/// Returns the exit code: 0 when there is no fault.
int print_verification(const Verification& result, bool json);

/// The key columns of a row as given on the command line: parts separated by '/', as many as the table's key has.
std::vector<OwnedValue> parse_key(const Table& table, const std::string& text);

/// Inside a catch block: prints the one sentence of what was thrown and returns the exit code.
int report_failure(const char* program);

/// Before anything secret is read: this process leaves no core, and other processes of its user cannot look into it.
void close_to_others();

}  // namespace tefter
