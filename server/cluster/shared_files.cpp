#include "server/cluster/shared_files.hpp"

#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/store/files.hpp"

namespace tefter {

namespace {

constexpr std::int64_t looked_at_again = 1000;  // numbers: one that was drawn earlier may be committed later

std::string place(const Hash& hash, std::int64_t at) { return "file " + hexadecimal(hash) + "/" + std::to_string(at); }

std::vector<Hash> hashes(const Postgres::Rows& rows) {
    std::vector<Hash> out;
    for (int i = 0; i < rows.size(); ++i) out.push_back(Reader(rows.bytes(i, 0)).fixed<32>());
    return out;
}

}  // namespace

void SharedFiles::create() {
    database_.run(
        "CREATE TABLE IF NOT EXISTS tefter_file (hash bytea NOT NULL, at bigint NOT NULL, size bigint NOT NULL, number bigint NOT NULL, "
        "bytes bytea NOT NULL, PRIMARY KEY (hash, at))");
    database_.run("CREATE INDEX IF NOT EXISTS tefter_file_number ON tefter_file (number)");  // asked twice a second
    database_.run("CREATE SEQUENCE IF NOT EXISTS tefter_files");
}

void SharedFiles::destroy() { database_.run("DELETE FROM tefter_file"); }

void SharedFiles::give(const Hash& hash) {
    FileStore files(replica_.store().database);
    const FileStore::State state = *files.find(hash);
    try {
        database_.run("BEGIN");
        const std::int64_t number = database_.run("SELECT nextval('tefter_files')").integer(0, 0);
        for (std::int64_t at = 0; at < state.size;) {
            const Bytes piece = files.read(hash, at, limits::file_piece_bytes);
            const Bytes sealed = sealing_.seal(piece, place(hash, at));
            // The name is what it holds: who gave it before has given the same.
            database_.run(
                "INSERT INTO tefter_file (hash, at, size, number, bytes) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash, at) DO NOTHING",
                {BytesView(hash), at, state.size, number, BytesView(sealed)});
            at += static_cast<std::int64_t>(piece.size());
        }
        database_.run("COMMIT");
    } catch (...) {
        database_.abandon();
        throw;
    }
    Transaction transaction(replica_.store().database);
    files.mark_sent(hash, true);
    transaction.commit();
}

void SharedFiles::bring(const Hash& hash) {
    FileStore files(replica_.store().database);
    Transaction transaction(replica_.store().database);
    for (;;) {
        const std::optional<FileStore::State> state = files.find(hash);
        if (state && state->whole()) break;
        const std::int64_t at = state ? state->here : 0;
        // A device may have sent a beginning here whose end is no piece's there.
        const Postgres::Rows rows = database_.run(
            "SELECT at, size, bytes FROM tefter_file WHERE hash = $1 AND at <= $2 ORDER BY at DESC LIMIT 1", {BytesView(hash), at});
        if (rows.size() == 0) return;  // it was erased meanwhile
        const std::int64_t from = rows.integer(0, 0);
        const Bytes piece = sealing_.open(rows.bytes(0, 2), place(hash, from));
        const auto skipped = static_cast<std::size_t>(at - from);
        if (skipped >= piece.size()) return;
        files.append(hash, rows.integer(0, 1), at, BytesView(piece).subspan(skipped));
    }
    files.mark_sent(hash, true);
    transaction.commit();
}

void SharedFiles::exchange() {
    FileStore files(replica_.store().database);
    for (const Hash& hash : files.whole_and_unsent()) give(hash);
    const Postgres::Rows rows =
        database_.run("SELECT hash, max(number) FROM tefter_file WHERE number > $1 GROUP BY hash", {seen_ - looked_at_again});
    for (int i = 0; i < rows.size(); ++i) {
        const Hash hash = Reader(rows.bytes(i, 0)).fixed<32>();
        const std::optional<FileStore::State> state = files.find(hash);
        const bool whole = state && state->whole();
        // Whether a row names it is looked up last: that reads rows.
        if (!whole && !scopes_naming(replica_.store().database, replica_.catalog(), replica_.store().applier.rows(), hash).empty())
            bring(hash);
        seen_ = std::max(seen_, rows.integer(i, 1));
    }
}

void SharedFiles::forget_unnamed(const std::function<void()>& catch_up) {
    const std::vector<Hash> there = hashes(database_.run("SELECT DISTINCT hash FROM tefter_file"));
    catch_up();
    for (const Hash& hash : there) {
        if (scopes_naming(replica_.store().database, replica_.catalog(), replica_.store().applier.rows(), hash).empty())
            database_.run("DELETE FROM tefter_file WHERE hash = $1", {BytesView(hash)});
    }
}

}  // namespace tefter
