#pragma once
// Files that rows refer to by the hash of their content (columns with "file": true in the catalog). They lie in the replica's own
// encrypted database, in pieces; they travel after the rows, and only where somebody asks for them. A row names a file with any of its
// leaves: a conflict's loser may be chosen yet. What no row has named for limits::unnamed_file_ms is forgotten, and at each erasure
// whatever none names then.

#include <optional>

#include "engine/base/crypto.hpp"
#include "engine/catalog/catalog.hpp"
#include "engine/store/database.hpp"
#include "engine/store/rows.hpp"

namespace tefter {

/// Not thread-safe; on a connection that writes. Each call that changes something belongs into a transaction of its caller's.
class FileStore {
public:
    /// Makes its tables where there are none.
    explicit FileStore(Database& database);

    struct State {
        std::int64_t size = 0;  ///< of the whole file
        std::int64_t here = 0;  ///< of it, from its beginning
        bool sent = false;      ///< the server has all of it
        bool whole() const { return here == size; }
    };
    std::optional<State> find(const Hash& hash);
    std::vector<Hash> all();
    std::vector<Hash> whole_and_unsent();

    /// A whole file. Returns its hash. Throws ErrorKind::usage for one that is empty or larger than limits::file_bytes.
    Hash put(BytesView content);
    /// The next bytes of a file. Throws ErrorKind::refused where they do not begin where what is here ends; ErrorKind::corrupt when the
    /// whole is not what the hash says: then nothing of it stays.
    void append(const Hash& hash, std::int64_t size, std::int64_t at, BytesView bytes);
    /// At most `most` bytes from `at` on.
    Bytes read(const Hash& hash, std::int64_t at, std::size_t most);
    /// All of it. Throws ErrorKind::internal when it is not whole.
    Bytes read_all(const Hash& hash);
    void mark_sent(const Hash& hash, bool sent);
    /// The server has lost what it had.
    void mark_all_unsent();
    /// Since when no row names it; nullopt: one does, as far as is known.
    std::optional<std::int64_t> unnamed_since(const Hash& hash);
    void note_unnamed(const Hash& hash, std::int64_t now_ms);
    void note_named(const Hash& hash);
    void forget(const Hash& hash);

private:
    std::int64_t id_of(const Hash& hash);
    void insert_piece(std::int64_t file, std::int64_t at, BytesView bytes);
    Database& database_;
};

/// The scopes of the rows that name the file and are not erased; of rows that do not show it, where no other row does.
std::vector<ScopeNumber> scopes_naming(Database& database, const Catalog& catalog, Rows& rows, const Hash& hash);

}  // namespace tefter
