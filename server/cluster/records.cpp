#include "server/cluster/records.hpp"

namespace tefter {

namespace {

constexpr int tries = 5;

std::string place(std::string_view name) { return "record " + std::string(name); }

std::string sequence_of(Records::Numbers which) {
    switch (which) {
        case Records::Numbers::row_blocks: return "tefter_row_blocks";
        case Records::Numbers::devices: return "tefter_devices";
        case Records::Numbers::invitations: return "tefter_invitations";
    }
    return {};
}

}  // namespace

void Records::create() {
    const std::lock_guard lock(mutex_);
    database_.run("CREATE TABLE IF NOT EXISTS tefter_record (name text PRIMARY KEY, value bytea)");
}

bool Records::any() {
    const std::lock_guard lock(mutex_);
    return database_.run("SELECT 1::bigint FROM tefter_record WHERE name = 'set'").size() > 0;
}

std::optional<Bytes> Records::read(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const Postgres::Rows rows =
        database_.run("SELECT value FROM tefter_record WHERE name = $1 AND value IS NOT NULL", {std::string_view(name)});
    if (rows.size() == 0) return std::nullopt;
    return sealing_.open(rows.bytes(0, 0), place(name));
}

std::vector<std::string> Records::names(const std::string& prefix) {
    const std::string pattern = prefix + "%";
    const std::lock_guard lock(mutex_);
    const Postgres::Rows rows =
        database_.run("SELECT name FROM tefter_record WHERE name LIKE $1 AND value IS NOT NULL", {std::string_view(pattern)});
    std::vector<std::string> out;
    for (int i = 0; i < rows.size(); ++i) out.emplace_back(rows.text(i, 0));
    return out;
}

std::map<std::string, Bytes> Records::all(const std::string& prefix) {
    const std::string pattern = prefix + "%";
    const std::lock_guard lock(mutex_);
    const Postgres::Rows rows =
        database_.run("SELECT name, value FROM tefter_record WHERE name LIKE $1 AND value IS NOT NULL", {std::string_view(pattern)});
    std::map<std::string, Bytes> out;
    for (int i = 0; i < rows.size(); ++i) out[std::string(rows.text(i, 0))] = sealing_.open(rows.bytes(i, 1), place(rows.text(i, 0)));
    return out;
}

void Records::change(const std::string& name, const std::function<std::optional<Bytes>(const std::optional<Bytes>&)>& work) {
    const std::lock_guard lock(mutex_);
    for (int left = tries;; --left) {
        try {
            database_.run("BEGIN");
            // A row to hold, where there is none yet.
            database_.run("INSERT INTO tefter_record (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", {std::string_view(name)});
            std::optional<Bytes> before;
            {
                const Postgres::Rows rows =
                    database_.run("SELECT value FROM tefter_record WHERE name = $1 FOR UPDATE", {std::string_view(name)});
                if (!rows.is_null(0, 0)) before = sealing_.open(rows.bytes(0, 0), place(name));
            }
            if (const std::optional<Bytes> after = work(before)) {
                const Bytes sealed = sealing_.seal(*after, place(name));
                database_.run("UPDATE tefter_record SET value = $2 WHERE name = $1", {std::string_view(name), BytesView(sealed)});
            } else {
                database_.run("DELETE FROM tefter_record WHERE name = $1", {std::string_view(name)});
            }
            database_.run("COMMIT");
            return;
        } catch (const Contended&) {
            database_.abandon();
            if (left == 0) throw;
        } catch (...) {
            database_.abandon();
            throw;
        }
    }
}

void Records::put(const std::string& name, BytesView value) {
    change(name, [&](const std::optional<Bytes>&) { return Bytes(value.begin(), value.end()); });
}

void Records::begin(Numbers which, std::int64_t first) {
    const std::lock_guard lock(mutex_);
    database_.run("DROP SEQUENCE IF EXISTS " + sequence_of(which));
    database_.run("CREATE SEQUENCE " + sequence_of(which) + " START WITH " + std::to_string(first));
}

std::int64_t Records::next(Numbers which) {
    const std::lock_guard lock(mutex_);
    return database_.run("SELECT nextval('" + sequence_of(which) + "')").integer(0, 0);
}

void Records::destroy() {
    const std::lock_guard lock(mutex_);
    database_.run("DELETE FROM tefter_record");
}

}  // namespace tefter
