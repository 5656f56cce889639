#include "tools/cli/show.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/base/crypto.hpp"
#include "engine/base/text.hpp"
#include "engine/store/conflicts.hpp"

namespace tefter {

using nlohmann::json;

namespace {

constexpr std::int64_t safe_integer = std::int64_t{1} << 53;

}  // namespace

json to_json(const Value& value, const Column* column) {
    switch (value.kind()) {
        case ValueKind::integer:
            if (column != nullptr && column->enumeration != nullptr) {
                const Enumerator* found = column->enumeration->find(value.integer());
                if (found != nullptr) return found->name;
            }
            if (column != nullptr && column->type == ColumnType::boolean) return value.integer() != 0;
            if (value.integer() >= safe_integer || value.integer() <= -safe_integer) return std::to_string(value.integer());
            return value.integer();
        case ValueKind::real: return value.real();
        case ValueKind::text: return std::string(value.text());
        case ValueKind::blob: return hexadecimal(value.blob());
        default: return nullptr;
    }
}

json row_to_json(const Table& table, const Statement& row) {
    json out = json::object();
    for (int i = 0; i < row.columns(); ++i) {
        const std::string name = row.column_name(i);
        const Column* column = table.find_column(name).second;
        if (column != nullptr) out[name] = to_json(row.value(i), column);
    }
    return out;
}

json to_json(const SyncReport& report, const Catalog& catalog) {
    json scopes = json::array();
    for (const ScopeReport& scope : report.scopes) {
        scopes.push_back({{"scope", catalog.find_scope(scope.scope)->name},
                          {"position", scope.position.value},
                          {"digest", scope.digest.hexadecimal()},
                          {"identical", scope.identical}});
    }
    json refused = json::array();
    for (const RefusedFrame& frame : report.refused) refused.push_back(frame.reason);
    return {{"changesets_sent", report.changesets_sent},
            {"changesets_received", report.changesets_received},
            {"bytes_sent", report.bytes_sent},
            {"bytes_received", report.bytes_received},
            {"round_trips", report.round_trips},
            {"restamped", report.restamped},
            {"clock_ahead_ms", report.clock_ahead_ms},
            {"server_restored", report.server_restored},
            {"update_due", report.update_due},
            {"identical", report.identical()},
            {"files_sent", report.files_sent},
            {"files_waiting", report.files_waiting},
            {"refused", refused},
            {"scopes", scopes}};
}

void print_report(const SyncReport& report, const Catalog& catalog) {
    std::cout << "Sent " << report.changesets_sent << " changesets (" << report.bytes_sent << " bytes), received "
              << report.changesets_received << " (" << report.bytes_received << " bytes) in " << report.round_trips
              << (report.round_trips == 1 ? " round trip.\n" : " round trips.\n");
    if (report.restamped > 0) std::cout << "This device's clock is ahead: " << report.restamped << " changesets were given today's time.\n";
    if (report.server_restored) std::cout << "The server had been restored from a backup: what it had lost was sent again.\n";
    if (report.update_due) std::cout << "The server is newer than this program: an update is due.\n";
    for (const RefusedFrame& refused : report.refused) std::cout << "Refused by the server: " << refused.reason << "\n";
    for (const ScopeReport& scope : report.scopes) {
        std::cout << "  " << catalog.find_scope(scope.scope)->name << ": position " << scope.position.value << ", digest "
                  << scope.digest.hexadecimal() << (scope.identical ? ", identical\n" : ", not identical yet\n");
    }
    if (report.identical()) std::cout << "Verified identical with the server.\n";
    if (report.files_sent > 0) std::cout << "Files sent: " << report.files_sent << ".\n";
    if (report.files_waiting > 0) std::cout << "Files that wait for the next sync: " << report.files_waiting << ".\n";
}

std::string key_text(const Table& table, const std::vector<OwnedValue>& key) {
    std::string out;
    for (std::size_t i = 0; i < key.size(); ++i) {
        const json part = to_json(key[i].view(), i < table.key.size() ? &table.key[i] : nullptr);
        out += (i == 0 ? "" : "/") + (part.is_string() ? part.get<std::string>() : part.dump());
    }
    return out;
}

json conflicts_to_json(Replica& replica) {
    json out = json::array();
    for (const Conflict& conflict : open_conflicts(replica)) {
        json leaves = json::array();
        for (const ConflictLeaf& leaf : conflict.leaves) {
            json one{{"version", std::to_string(leaf.version.value)},
                     {"device", leaf.device.value},
                     {"office", leaf.office},
                     {"actor", std::to_string(leaf.actor)},
                     {"at", time_text(leaf.version.unix_ms())}};
            for (std::size_t i = 0; i < leaf.values.size() && i < conflict.group->columns.size(); ++i) {
                const Column& column = conflict.group->columns[i];
                one["values"][column.name] = to_json(leaf.values[i].view(), &column);
            }
            leaves.push_back(std::move(one));
        }
        out.push_back({{"table", conflict.table->name},
                       {"key", key_text(*conflict.table, conflict.key)},
                       {"group", conflict.group != nullptr ? conflict.group->name : "deleted"},
                       {"leaves", std::move(leaves)}});
    }
    return out;
}

}  // namespace tefter
