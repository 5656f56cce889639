#pragma once
// Rows, values and reports as JSON and as lines for people.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/store/replica.hpp"
#include "engine/sync/client_session.hpp"

namespace tefter {

/// 64-bit numbers beyond 2^53 leave as text. Enumerators by name.
nlohmann::json to_json(const Value& value, const Column* column);
nlohmann::json row_to_json(const Table& table, const Statement& row);
nlohmann::json to_json(const SyncReport& report, const Catalog& catalog);
void print_report(const SyncReport& report, const Catalog& catalog);

std::string key_text(const Table& table, const std::vector<OwnedValue>& key);

/// Every open conflict with all its leaves: author's device, time, values.
nlohmann::json conflicts_to_json(Replica& replica);

}  // namespace tefter
