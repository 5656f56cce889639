#pragma once
// A register of invented people and activities, written as any other rows are.

#include <span>

#include "engine/store/replica.hpp"

namespace tefter::bench {

/// `people` in `scopes`, ten attendances each, in regional activities of 50 people and eight sessions; the same each time. Says on
/// standard error how far it is.
void make_register(Replica& replica, std::int64_t people, std::span<const Scope> scopes);

}  // namespace tefter::bench
