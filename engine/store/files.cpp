#include "engine/store/files.hpp"

#include <algorithm>

#include "engine/base/limits.hpp"

namespace tefter {

namespace {

constexpr const char* tables = R"(
CREATE TABLE IF NOT EXISTS tefter_file (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, size INTEGER NOT NULL,
    here INTEGER NOT NULL DEFAULT 0, sent INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS tefter_file_piece (file INTEGER NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS tefter_file_piece_at ON tefter_file_piece (file, at);
CREATE TABLE IF NOT EXISTS tefter_file_unnamed (hash BLOB PRIMARY KEY, since_ms INTEGER NOT NULL) WITHOUT ROWID;
)";

void ensure_size(std::int64_t size) {
    if (size > 0 && size <= static_cast<std::int64_t>(limits::file_bytes)) return;
    throw Error(ErrorKind::usage, "A file has between 1 byte and " + std::to_string(limits::file_bytes >> 20U) + " MB; this one has " +
                                      std::to_string(size) + " bytes.");
}

}  // namespace

FileStore::FileStore(Database& database) : database_(database) {
    if (!database_.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'tefter_file_unnamed'").step()) database_.execute(tables);
}

std::int64_t FileStore::id_of(const Hash& hash) {
    Statement row = database_.prepare("SELECT id FROM tefter_file WHERE hash = ?1");
    row.with(BytesView(hash));
    return row.step() ? row.integer(0) : 0;
}

std::optional<FileStore::State> FileStore::find(const Hash& hash) {
    Statement row = database_.prepare("SELECT size, here, sent FROM tefter_file WHERE hash = ?1");
    row.with(BytesView(hash));
    if (!row.step()) return std::nullopt;
    return State{row.integer(0), row.integer(1), row.integer(2) != 0};
}

namespace {
std::vector<Hash> hashes(Statement row) {
    std::vector<Hash> out;
    while (row.step()) {
        const BytesView hash = row.blob(0);
        ensure(hash.size() == Hash().size(), "a file is named by a hash");
        std::copy(hash.begin(), hash.end(), out.emplace_back().begin());
    }
    return out;
}
}  // namespace

std::vector<Hash> FileStore::all() { return hashes(database_.prepare("SELECT hash FROM tefter_file ORDER BY id")); }

std::vector<Hash> FileStore::whole_and_unsent() {
    return hashes(database_.prepare("SELECT hash FROM tefter_file WHERE sent = 0 AND here = size ORDER BY id"));
}

void FileStore::insert_piece(std::int64_t file, std::int64_t at, BytesView bytes) {
    database_.prepare("INSERT INTO tefter_file_piece (file, at, bytes) VALUES (?1, ?2, ?3)").with(file, at, bytes).run();
}

Hash FileStore::put(BytesView content) {
    ensure_size(static_cast<std::int64_t>(content.size()));
    const Hash hash = blake2b(content);
    if (const std::optional<State> known = find(hash); known && known->whole()) return hash;
    forget(hash);
    database_.prepare("INSERT INTO tefter_file (hash, size, here) VALUES (?1, ?2, ?2)")
        .with(BytesView(hash), static_cast<std::int64_t>(content.size()))
        .run();
    const std::int64_t file = id_of(hash);
    for (std::size_t at = 0; at < content.size(); at += limits::file_piece_bytes)
        insert_piece(file, static_cast<std::int64_t>(at), content.subspan(at, std::min(limits::file_piece_bytes, content.size() - at)));
    return hash;
}

void FileStore::append(const Hash& hash, std::int64_t size, std::int64_t at, BytesView bytes) {
    ensure_size(size);
    const std::optional<State> found = find(hash);
    const State known = found.value_or(State{size, 0, false});
    const auto length = static_cast<std::int64_t>(bytes.size());
    if (known.size != size || known.here != at || length == 0 || length > size - at)
        throw Error(ErrorKind::refused, "This piece of the file does not follow what is here.");
    if (!found) database_.prepare("INSERT INTO tefter_file (hash, size) VALUES (?1, ?2)").with(BytesView(hash), size).run();
    const std::int64_t file = id_of(hash);
    insert_piece(file, at, bytes);
    database_.prepare("UPDATE tefter_file SET here = ?2 WHERE id = ?1").with(file, at + length).run();
    if (at + length < size) return;
    Hasher whole;
    Statement piece = database_.prepare("SELECT bytes FROM tefter_file_piece WHERE file = ?1 ORDER BY at");
    piece.with(file);
    while (piece.step()) whole.add(piece.blob(0));
    if (whole.finish() == hash) return;
    forget(hash);
    throw Error(ErrorKind::corrupt, "The file is not what its row says; it was thrown away.");
}

Bytes FileStore::read(const Hash& hash, std::int64_t at, std::size_t most) {
    Bytes out;
    Statement piece = database_.prepare("SELECT at, bytes FROM tefter_file_piece WHERE file = ?1 AND at + length(bytes) > ?2 ORDER BY at");
    piece.with(id_of(hash), at);
    while (out.size() < most && piece.step()) {
        const BytesView bytes = piece.blob(1);
        const auto skip = static_cast<std::size_t>(std::max<std::int64_t>(0, at - piece.integer(0)));
        const BytesView part = bytes.subspan(skip).first(std::min(bytes.size() - skip, most - out.size()));
        out.insert(out.end(), part.begin(), part.end());
    }
    return out;
}

Bytes FileStore::read_all(const Hash& hash) {
    const std::optional<State> known = find(hash);
    ensure(known && known->whole(), "a file is read when it is whole");
    return read(hash, 0, static_cast<std::size_t>(known->size));
}

void FileStore::mark_sent(const Hash& hash, bool sent) {
    database_.prepare("UPDATE tefter_file SET sent = ?2 WHERE hash = ?1").with(BytesView(hash), std::int64_t{sent}).run();
}

void FileStore::mark_all_unsent() { database_.execute("UPDATE tefter_file SET sent = 0"); }

std::optional<std::int64_t> FileStore::unnamed_since(const Hash& hash) {
    Statement row = database_.prepare("SELECT since_ms FROM tefter_file_unnamed WHERE hash = ?1");
    row.with(BytesView(hash));
    if (!row.step()) return std::nullopt;
    return row.integer(0);
}

void FileStore::note_unnamed(const Hash& hash, std::int64_t now_ms) {
    database_.prepare("INSERT INTO tefter_file_unnamed (hash, since_ms) VALUES (?1, ?2)").with(BytesView(hash), now_ms).run();
}

void FileStore::note_named(const Hash& hash) {
    database_.prepare("DELETE FROM tefter_file_unnamed WHERE hash = ?1").with(BytesView(hash)).run();
}

void FileStore::forget(const Hash& hash) {
    note_named(hash);
    const std::int64_t file = id_of(hash);
    database_.prepare("DELETE FROM tefter_file_piece WHERE file = ?1").with(file).run();
    database_.prepare("DELETE FROM tefter_file WHERE id = ?1").with(file).run();
}

namespace {

bool has_files(const Table& table) {
    return std::any_of(table.groups.begin(), table.groups.end(), [](const Group& group) {
        return std::any_of(group.columns.begin(), group.columns.end(), [](const Column& column) { return column.file; });
    });
}

bool names(const RowState& state, const Table& table, const Hash& hash) {
    for (const GroupState& group : state.groups) {
        const Group* known = table.find_group(group.number);
        for (std::size_t i = 0; known != nullptr && i < known->columns.size(); ++i) {
            const bool found = known->columns[i].file && std::any_of(group.leaves.begin(), group.leaves.end(), [&](const Leaf& leaf) {
                                   return i < leaf.values.size() && leaf.values[i] == Value::blob(hash);
                               });
            if (found) return true;
        }
    }
    return false;
}

/// Rows that lie whole: one that is in conflict names what its other leaves hold as well.
void add_scopes_of_states(Database& database, const Table& table, const Hash& hash, std::vector<ScopeNumber>& out) {
    Statement row = database.prepare("SELECT scope, bytes FROM tefter_state WHERE table_number = ?1 AND dead = 0");
    row.with(std::int64_t{table.number.value});
    while (row.step()) {
        Arena arena;
        const RowState state = decode_row_state(row.blob(1), arena);
        if (!state.erased && names(state, table, hash)) out.push_back(ScopeNumber{static_cast<std::uint32_t>(row.integer(0))});
    }
}

}  // namespace

std::vector<ScopeNumber> scopes_naming(Database& database, const Catalog& catalog, Rows& rows, const Hash& hash) {
    std::vector<ScopeNumber> out;
    for (const Table& table : catalog.tables()) {
        for (const Group& group : table.groups) {
            for (const Column& column : group.columns) {
                if (!column.file) continue;
                std::string keys;
                for (const Column& part : table.key) keys += ", " + sql_name(part.name);
                Statement row = database.prepare("SELECT _scope" + keys + " FROM " + sql_name(table.name) + " WHERE " +
                                                 sql_name(column.name) + " = ?1");
                row.with(BytesView(hash));
                while (row.step()) {
                    std::vector<Value> key;
                    for (std::size_t i = 0; i < table.key.size(); ++i) key.push_back(row.value(static_cast<int>(i) + 1));
                    if (!rows.erased(table.number, key)) out.push_back(ScopeNumber{static_cast<std::uint32_t>(row.integer(0))});
                }
            }
        }
    }
    for (const Table& table : catalog.tables()) {
        if (out.empty() && has_files(table)) add_scopes_of_states(database, table, hash, out);
    }
    return out;
}

}  // namespace tefter
