#include "kiosk/model/diagnostics.hpp"

#include <sodium.h>
#include <sys/utsname.h>
#include <zstd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/base/text.hpp"
#include "engine/net/transport.hpp"

namespace tefter::kiosk {

using nlohmann::json;

namespace {

std::string answer(Database& database, const std::string& sql) {
    Statement row = database.prepare_once(sql);
    return row.step() ? std::string(row.text(0)) : std::string();
}

json counts_of(Replica& replica) {
    json out;
    for (const Table& table : replica.catalog().tables()) {
        Statement row = replica.store().database.prepare_once("SELECT count(*) FROM \"" + table.name + "\"");
        if (row.step() && row.integer(0) > 0) out[table.name] = row.integer(0);
    }
    return out;
}

json syncs_of(Database& database) {
    json out = json::array();
    Statement row = database.prepare_once(
        "SELECT at_ms, changesets_sent, changesets_received, bytes_sent, bytes_received, round_trips, outcome = 'identical with the server' "
        "FROM tefter_sync ORDER BY at_ms DESC LIMIT 20");
    while (row.step()) {
        out.push_back({{"at", time_text(row.integer(0))},
                       {"changesets_sent", row.integer(1)},
                       {"changesets_received", row.integer(2)},
                       {"bytes_sent", row.integer(3)},
                       {"bytes_received", row.integer(4)},
                       {"round_trips", row.integer(5)},
                       {"identical", row.integer(6) != 0}});
    }
    return out;
}

}  // namespace

std::vector<std::string> parts_of_tefter() {
    return {"SQLCipher, SQLite (BSD, public domain)",
            std::string("libsodium ") + SODIUM_VERSION_STRING + " (ISC)",
            std::string("zstd ") + ZSTD_VERSION_STRING + " (BSD)",
            Transport::library() + " (curl)",
            "JSON for Modern C++ (MIT)",
            "utf8proc (MIT)",
            "Dear ImGui (MIT)",
            "GLFW (zlib)",
            "FreeType (FTL)",
            "Inter (OFL)",
            "Font Awesome (OFL)"};
}

std::string diagnostics(Replica& replica) {
    Database& database = replica.store().database;
    utsname system{};
    ::uname(&system);
    const auto folder = std::filesystem::path(replica.path()).parent_path();
    std::error_code failed;
    json scopes = json::array();
    for (const ScopeState& scope : replica.scopes()) scopes.push_back(replica.catalog().scope_name(scope.scope));
    const json out{{"made_at", time_text(replica.environment().now_ms())},
                   {"tefter", TEFTER_VERSION},
                   {"catalog", replica.catalog().number()},
                   {"parts", parts_of_tefter()},
                   {"sqlite", answer(database, "SELECT sqlite_version()")},
                   {"sqlcipher", answer(database, "PRAGMA cipher_version")},
                   {"system", std::string(system.sysname) + " " + system.release + " " + system.machine},
                   {"device", replica.identity().device.value},
                   {"role", to_text(replica.identity().role)},
                   {"scopes", scopes},
                   {"replica_bytes", std::filesystem::file_size(replica.path(), failed)},
                   {"free_bytes", std::filesystem::space(folder, failed).available},
                   {"rows", counts_of(replica)},
                   {"unsent_changesets", replica.unsent_changesets()},
                   {"held_segments", replica.held().size()},
                   {"conflicts", std::stoll(answer(database, "SELECT count(*) FROM tefter_conflict"))},
                   {"quarantined", std::stoll(answer(database, "SELECT count(*) FROM tefter_quarantine"))},
                   {"syncs", syncs_of(database)}};
    return out.dump(1) + "\n";
}

}  // namespace tefter::kiosk
