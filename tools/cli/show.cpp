#include "tools/cli/show.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/base/crypto.hpp"
#include "engine/base/text.hpp"

namespace tefter {

using nlohmann::json;

namespace {

constexpr std::int64_t safe_integer = std::int64_t{1} << 53;

std::vector<Value> decode_key(BytesView encoded) {
    std::vector<Value> out;
    Reader in(encoded);
    while (!in.done()) out.push_back(decode_value(in));
    return out;
}

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
}

std::string key_text(const Table* table, BytesView encoded_key) {
    std::string out;
    std::size_t at = 0;
    for (const Value& value : decode_key(encoded_key)) {
        const json part = to_json(value, table == nullptr || at >= table->key.size() ? nullptr : &table->key[at]);
        out += (at++ == 0 ? "" : "/") + (part.is_string() ? part.get<std::string>() : part.dump());
    }
    return out;
}

json conflicts_to_json(Replica& replica) {
    struct Place {
        const Table* table;
        Bytes key;
        GroupNumber group;
    };
    std::vector<Place> places;
    {
        const std::unique_ptr<Database> reader = replica.open_reader();
        Statement row = reader->prepare_once("SELECT table_number, row_key, group_number FROM tefter_conflict ORDER BY 1, 2, 3");
        while (row.step()) {
            places.push_back({replica.catalog().find(TableNumber{static_cast<std::uint32_t>(row.integer(0))}),
                              Bytes(row.blob(1).begin(), row.blob(1).end()), GroupNumber{static_cast<std::uint32_t>(row.integer(2))}});
        }
    }
    json out = json::array();
    for (const Place& place : places) {
        if (place.table == nullptr) continue;
        Arena arena;
        const std::vector<Value> key = decode_key(place.key);
        const std::optional<RowState> state = replica.state(*place.table, key, arena);
        if (!state) continue;
        json entry{{"table", place.table->name}, {"key", key_text(place.table, place.key)}};
        const auto who = [&](Version version) {
            const std::optional<Device> device = replica.device(version.device());
            return json{{"version", std::to_string(version.value)},
                        {"device", version.device().value},
                        {"office", device ? device->office : "server"},
                        {"at", time_text(version.unix_ms())}};
        };
        json leaves = json::array();
        const Group* group = place.table->find_group(place.group);
        if (group == nullptr) {  // a row that somebody deleted and somebody else has kept alive
            entry["group"] = "deleted";
            for (const Version& version : state->deletes) leaves.push_back(who(version));
        } else {
            entry["group"] = group->name;
            for (const Leaf& leaf : state->find(place.group)->leaves) {
                json one = who(leaf.version);
                for (std::size_t i = 0; i < group->columns.size() && i < leaf.values.size(); ++i) {
                    one["values"][group->columns[i].name] = to_json(leaf.values[i], &group->columns[i]);
                }
                leaves.push_back(std::move(one));
            }
        }
        entry["leaves"] = std::move(leaves);
        out.push_back(std::move(entry));
    }
    return out;
}

}  // namespace tefter
