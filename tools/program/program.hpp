#pragma once
// What the programs share: how a check is told, and how a failure ends.

#include "engine/store/verify.hpp"

namespace tefter {

/// Returns the exit code: 0 when there is no fault.
int print_verification(const Verification& result, bool json);

/// Inside a catch block: prints the one sentence of what was thrown and returns the exit code.
int report_failure(const char* program);

}  // namespace tefter
