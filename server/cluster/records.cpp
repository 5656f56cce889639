#include "server/cluster/records.hpp"

namespace tefter {

namespace {

constexpr int tries = 5;

constexpr std::int64_t batch = 500;        // entries
constexpr const char* log_record = "log";  // whoever holds its row appends

std::string place(std::string_view name) { return "record " + std::string(name); }
std::string place(std::int64_t number) { return "entry " + std::to_string(number); }

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
    database_.run("CREATE TABLE IF NOT EXISTS tefter_log (place bigint PRIMARY KEY, entry bytea NOT NULL)");
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

std::map<std::string, Bytes> Records::all(const std::string& prefix) {
    const std::string pattern = prefix + "%";
    const std::lock_guard lock(mutex_);
    const Postgres::Rows rows =
        database_.run("SELECT name, value FROM tefter_record WHERE name LIKE $1 AND value IS NOT NULL", {std::string_view(pattern)});
    std::map<std::string, Bytes> out;
    for (int i = 0; i < rows.size(); ++i) out[std::string(rows.text(i, 0))] = sealing_.open(rows.bytes(i, 1), place(rows.text(i, 0)));
    return out;
}

void Records::within(const std::function<void()>& work) {
    const std::lock_guard lock(mutex_);
    for (int left = tries;; --left) {
        try {
            database_.run("BEGIN");
            work();
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

std::optional<Bytes> Records::hold(const std::string& name) {
    database_.run("INSERT INTO tefter_record (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", {std::string_view(name)});
    const Postgres::Rows rows = database_.run("SELECT value FROM tefter_record WHERE name = $1 FOR UPDATE", {std::string_view(name)});
    if (rows.is_null(0, 0)) return std::nullopt;
    return sealing_.open(rows.bytes(0, 0), place(name));
}

void Records::change(const std::string& name, const std::function<std::optional<Bytes>(const std::optional<Bytes>&)>& work) {
    within([&] {
        if (const std::optional<Bytes> after = work(hold(name))) {
            const Bytes sealed = sealing_.seal(*after, place(name));
            database_.run("UPDATE tefter_record SET value = $2 WHERE name = $1", {std::string_view(name), BytesView(sealed)});
        } else {
            database_.run("DELETE FROM tefter_record WHERE name = $1", {std::string_view(name)});
        }
    });
}

void Records::read_from(std::int64_t at, const std::function<void(BytesView)>& take) {
    const std::int64_t known = at;
    for (;;) {
        const Postgres::Rows rows =
            database_.run("SELECT place, entry FROM tefter_log WHERE place >= $1 ORDER BY place LIMIT " + std::to_string(batch), {at});
        if (at == known && known != 0 && (rows.size() == 0 || rows.integer(0, 0) != known)) {
            throw Error(ErrorKind::corrupt, "The shared log of views lacks entry " + std::to_string(known) +
                                                ", which this server knows: its database was restored from an older copy.");
        }
        for (int i = 0; i < rows.size(); ++i) take(sealing_.open(rows.bytes(i, 1), place(rows.integer(i, 0))));
        if (rows.size() > 0) at = rows.integer(rows.size() - 1, 0) + 1;
        if (rows.size() < batch) return;
    }
}

void Records::append(std::int64_t number, BytesView entry) {
    const Bytes sealed = sealing_.seal(entry, place(number));
    database_.run("INSERT INTO tefter_log (place, entry) VALUES ($1, $2)", {number, BytesView(sealed)});
}

void Records::go_on(std::int64_t known, const std::function<void(BytesView)>& take,
                    const std::function<std::pair<std::int64_t, Bytes>()>& next) {
    if (!next) {
        const std::lock_guard lock(mutex_);
        read_from(known, take);
        return;
    }
    within([&] {
        hold(log_record);
        read_from(known, take);
        const auto [number, entry] = next();
        append(number, entry);
    });
}

void Records::begin_log(const std::function<void(const EachEntry&)>& entries) {
    within([&] {
        hold(log_record);
        database_.run("DELETE FROM tefter_log");
        entries([this](std::int64_t number, BytesView entry) { append(number, entry); });
    });
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
    database_.run("DELETE FROM tefter_log");
}

}  // namespace tefter
