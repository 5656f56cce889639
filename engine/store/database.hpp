#pragma once
// The encrypted database file. SQLCipher fails open: no key, an empty key or the wrong library writes plain text and
// says that all is well. So opening is one function that looks, and nothing else in Tefter opens a database.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/base/secret.hpp"
#include "engine/base/value.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tefter {

/// 32 random bytes, given to SQLCipher raw.
using DatabaseKey = Secret<32>;

enum class JournalMode {
    rollback,  ///< a device: synchronous=EXTRA; a flipped bit after a crash is noticed
    wal,       ///< the server: one connection writes and checkpoints
};
enum class OpenMode { create, read_write, read_only };

class Database;

/// A prepared statement, reset when it goes out of scope. Views that it returns live until the next step.
class Statement {
public:
    Statement(Statement&& other) noexcept : database_(other.database_), handle_(other.handle_), cached_(other.cached_) {
        other.handle_ = nullptr;
    }
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::string_view value);  ///< the text must outlive the steps
    Statement& bind(int index, BytesView value);         ///< likewise; empty is an empty blob, not null
    Statement& bind(int index, const Value& value);      ///< likewise
    Statement& bind_null(int index);
    template <class... Arguments>
    Statement& with(const Arguments&... arguments) {
        int index = 0;
        (bind(++index, arguments), ...);
        return *this;
    }

    bool step();  ///< true while there is a row
    void run();   ///< to the end; for statements that return nothing
    void reset();

    int columns() const;
    std::string column_name(int index) const;
    bool is_null(int index) const;
    std::int64_t integer(int index) const;
    std::string_view text(int index) const;
    BytesView blob(int index) const;
    Value value(int index) const;

private:
    friend class Database;
    Statement(Database& database, sqlite3_stmt* handle, bool cached) : database_(&database), handle_(handle), cached_(cached) {}
    Database* database_;
    sqlite3_stmt* handle_;
    bool cached_;
};

/// A text of SQL that its owner keeps, for one Database and no longer than that one lives: finding its statement costs nothing.
class Sql {
public:
    Sql() = default;
    Sql(std::string text) : text_(std::move(text)) {}  // NOLINT(google-explicit-constructor)

private:
    friend class Database;
    std::string text_;
    sqlite3_stmt* compiled_ = nullptr;
};

/// One connection. Not thread-safe: one thread at a time.
class Database {
public:
    /// Opens or creates. Refuses, and leaves the file as it was: a library without encryption, a wrong key, a file that
    /// is no replica, plain text. Sets mode 0600; ATTACH, extensions and untrusted schemas are off.
    Database(const std::string& path, const DatabaseKey& key, OpenMode mode, JournalMode journal);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void execute(const std::string& sql);  ///< several statements, no results
    /// Kept and used again: `sql` must be the same text at each call. The statement must be finished before the next
    /// use of the same text.
    Statement prepare(std::string_view sql);
    Statement prepare(Sql& sql);
    /// Prepared for one use.
    Statement prepare_once(std::string_view sql);
    bool is_read_only(const Statement& statement) const;
    std::int64_t changes() const;
    const std::string& path() const { return path_; }
    /// The whole database, as of one moment, to a new file under `key`. Throws ErrorKind::disk, and then there is no file;
    /// ErrorKind::usage where there is one already, which stays.
    void copy_to(const std::string& path, const DatabaseKey& key);
    /// Moves a write-ahead log into the file and empties it, so that nothing old is left in it. False while somebody reads
    /// what is old; where there is no such log it is true.
    bool empty_log();
    /// Writes the whole file anew: what `secure_delete` leaves behind goes with the old pages. False, and the file is as it was,
    /// while somebody else uses it or the disk has no room for a second copy. The copy on the way is encrypted too.
    bool rewrite();
    /// Called from long work; returning true cancels the statement that runs.
    void interrupt();
    [[noreturn]] void fail(int code, std::string_view doing) const;

private:
    friend class Transaction;
    void configure(const DatabaseKey& key, OpenMode mode, JournalMode journal);
    /// Never throws. Where memory has run out it may not succeed; it is then done before anything else is.
    void roll_back();
    void settle();
    void read_pages_anew() const;
    sqlite3_stmt* compile(std::string_view sql, bool persistent);
    sqlite3* handle_ = nullptr;
    bool half_keyed_ = false, rollback_owed_ = false;
    std::string path_;
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::unordered_map<std::string, sqlite3_stmt*, TextHash, std::equal_to<>> cache_;
};

/// BEGIN IMMEDIATE … COMMIT; rolls back when it is left without commit().
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& database_;
    bool open_ = true;
};

}  // namespace tefter
