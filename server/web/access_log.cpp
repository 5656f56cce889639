#include "server/web/access_log.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace tefter::web {

namespace {

constexpr std::string_view kind_restored = "restored";
constexpr std::string_view columns = "life, id, at_ms, user, name, kind, what, address, rows";

Hash next_hash(const Hash& before, std::int64_t life, std::int64_t id, const Access& access) {
    Writer out;
    out.raw(as_bytes("tefter access 1"));
    out.raw(before);
    for (const std::int64_t number : {life, id, access.at_ms, access.user, access.rows}) out.u64(static_cast<std::uint64_t>(number));
    for (const std::string* text : {&access.name, &access.kind, &access.what, &access.address}) out.sized(as_bytes(*text));
    return blake2b(out.view());
}

AccessHead after(const AccessHead& before, std::int64_t life, const Access& access) {
    return {life, before.id + 1, next_hash(before.hash, life, before.id + 1, access)};
}

Access read(const Statement& row) {
    return {row.integer(2),           row.integer(3), std::string(row.text(4)), std::string(row.text(5)), std::string(row.text(6)),
            std::string(row.text(7)), row.integer(8)};
}

Hash hash_in(const Statement& row, int column) {
    Hash out{};
    const BytesView bytes = row.blob(column);
    if (bytes.size() == out.size()) std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

Bytes encode(const AccessHead& at, const Access& access) {
    Writer out;
    for (const std::int64_t number : {at.life, at.id, access.at_ms, access.user, access.rows}) out.signed_varint(number);
    for (const std::string* text : {&access.name, &access.kind, &access.what, &access.address}) out.sized(*text);
    out.raw(at.hash);
    return out.take();
}

void decode(BytesView entry, AccessHead& at, Access& access) {
    Reader in(entry);
    for (std::int64_t* number : {&at.life, &at.id, &access.at_ms, &access.user, &access.rows}) *number = in.signed_varint();
    for (std::string* text : {&access.name, &access.kind, &access.what, &access.address}) *text = as_text(in.sized());
    at.hash = in.fixed<32>();
}

void chain_what_is_there(Database& database) {
    Transaction transaction(database);
    database.execute("ALTER TABLE access ADD COLUMN life INTEGER NOT NULL DEFAULT 0; ALTER TABLE access ADD COLUMN hash BLOB");
    Statement row = database.prepare_once("SELECT " + std::string(columns) + " FROM access ORDER BY id");
    Statement write = database.prepare_once("UPDATE access SET hash = ?1 WHERE id = ?2");
    Hash hash{};
    while (row.step()) {
        hash = next_hash(hash, row.integer(0), row.integer(1), read(row));
        write.reset();
        write.with(BytesView(hash), row.integer(1)).run();
    }
    transaction.commit();
}

std::string place(std::int64_t id) { return "Entry " + std::to_string(id) + " of the log of views"; }

}  // namespace

std::string to_text(const AccessHead& head) {
    return std::to_string(head.life) + " " + std::to_string(head.id) + " " + hexadecimal(head.hash);
}

std::optional<AccessHead> access_head_from_text(std::string_view text) {
    AccessHead head;
    const char *at = text.data(), *end = at + text.size();
    for (std::int64_t* number : {&head.life, &head.id}) {
        const auto read = std::from_chars(at, end, *number);
        if (read.ec != std::errc() || read.ptr == end || *read.ptr != ' ') return std::nullopt;
        at = read.ptr + 1;
    }
    std::size_t size = 0;
    const bool read =
        sodium_hex2bin(head.hash.data(), head.hash.size(), at, static_cast<std::size_t>(end - at), nullptr, &size, nullptr) == 0;
    return read && size == head.hash.size() ? std::optional(head) : std::nullopt;
}

AccessLog::AccessLog(Database& database) : database_(database) {
    database_.execute(R"(
        CREATE TABLE IF NOT EXISTS access (id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, user INTEGER NOT NULL, name TEXT NOT NULL,
            kind TEXT NOT NULL, what TEXT NOT NULL, address TEXT NOT NULL, rows INTEGER NOT NULL);)");
    if (!database_.prepare_once("SELECT 1 FROM pragma_table_info('access') WHERE name = 'hash'").step()) chain_what_is_there(database_);
}

void AccessLog::insert(const AccessHead& at, const Access& access) {
    database_
        .prepare(
            "INSERT INTO access (life, id, at_ms, user, name, kind, what, address, rows, hash) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
        .with(at.life, at.id, access.at_ms, access.user, std::string_view(access.name), std::string_view(access.kind),
              std::string_view(access.what), std::string_view(access.address), access.rows, BytesView(at.hash))
        .run();
}

void AccessLog::add(const Access& access) {
    const AccessHead before = head();
    insert(after(before, before.life, access), access);
}

Bytes AccessLog::next(const Access& access) {
    const AccessHead before = head();
    return encode(after(before, before.life, access), access);
}

void AccessLog::take(BytesView entry) {
    AccessHead at;
    Access access;
    decode(entry, at, access);
    const AccessHead before = head();
    if (at.id < before.id || (at.id == before.id && at.hash == before.hash)) return;
    if (at.id != before.id + 1 || at.hash != after(before, at.life, access).hash) {
        throw Error(ErrorKind::corrupt, place(at.id) + " does not follow from those before it: another one was there.");
    }
    insert(at, access);
}

void AccessLog::each_after(std::int64_t id, const std::function<void(std::int64_t id, BytesView entry)>& visit) {
    Statement row = database_.prepare_once("SELECT " + std::string(columns) + ", hash FROM access WHERE id > ?1 ORDER BY id");
    row.with(id);
    while (row.step()) visit(row.integer(1), encode({row.integer(0), row.integer(1), hash_in(row, 9)}, read(row)));
}

void AccessLog::begin_life(std::int64_t life, std::int64_t at_ms) {
    const Access restored{at_ms, 0, "", std::string(kind_restored), "from a backup", "", 0};
    insert(after(head(), life, restored), restored);
}

std::vector<NotedAccess> AccessLog::list(std::int64_t before, std::size_t at_most) {
    std::vector<NotedAccess> out;
    Statement row = database_.prepare(
        "SELECT life, id, at_ms, user, name, kind, what, address, rows FROM access "
        "WHERE ?1 = 0 OR id < ?1 ORDER BY id DESC LIMIT ?2");
    row.with(before, static_cast<std::int64_t>(at_most));
    while (row.step()) out.push_back({row.integer(1), read(row)});
    return out;
}

AccessHead AccessLog::head() {
    Statement row = database_.prepare("SELECT life, id, hash FROM access ORDER BY id DESC LIMIT 1");
    if (!row.step()) return {};
    return {row.integer(0), row.integer(1), hash_in(row, 2)};
}

std::optional<std::int64_t> AccessLog::time_after(std::int64_t id) {
    Statement row = database_.prepare("SELECT at_ms FROM access WHERE id > ?1 ORDER BY id LIMIT 1");
    row.with(id);
    if (!row.step()) return std::nullopt;
    return row.integer(0);
}

std::vector<std::string> AccessLog::faults(std::span<const AccessHead> anchors) {
    AccessHead at;
    bool restored = false;
    std::map<std::pair<std::int64_t, std::int64_t>, Hash> anchored;
    for (const AccessHead& anchor : anchors) anchored[{anchor.life, anchor.id}] = anchor.hash;
    std::vector<std::string> out;
    Statement row = database_.prepare_once("SELECT " + std::string(columns) + ", hash FROM access ORDER BY id");
    while (row.step()) {
        if (row.integer(1) != at.id + 1) return {place(at.id + 1) + " is missing."};
        if (at.id != 0 && row.integer(0) != at.life) {
            if (row.text(5) != kind_restored) return {place(at.id + 1) + " was altered."};
            restored = true;
        }
        at = {row.integer(0), row.integer(1), next_hash(at.hash, row.integer(0), row.integer(1), read(row))};
        if (hash_in(row, 9) != at.hash) return {place(at.id) + " was altered."};
        const auto anchor = anchored.find({at.life, at.id});
        if (anchor == anchored.end()) continue;
        if (anchor->second != at.hash) out.push_back(place(at.id) + " is not the one that the offices know: the log was written anew.");
        anchored.erase(anchor);
    }
    // What a restored backup lacked was of an earlier life, and the log says that it was restored.
    for (const auto& [where, hash] : anchored) {
        if (where.first == at.life || !restored) out.push_back(place(where.second) + " is missing; the offices know of it.");
    }
    return out;
}

}  // namespace tefter::web
