#include "engine/store/database.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sqlcipher/sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>

#include "engine/store/wiping.hpp"

namespace tefter {

namespace {

constexpr int busy_timeout_ms = 5000;

std::string read_only_sentence(const std::string& path) { return path + " or its folder is read-only; nothing was changed."; }

/// Makes the file with mode 0600 before SQLite would make it with 0644.
void create_private(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        if (errno == EEXIST) throw Error(ErrorKind::usage, path + " exists already; choose another place.");
        throw Error(ErrorKind::disk, path + " cannot be created; check the folder and its permissions.");
    }
    ::close(descriptor);
}

/// Through SQLite's own handle: opening and closing the file by ourselves would drop the locks that other connections of
/// this process hold on it (POSIX advisory locks belong to the process, not to the descriptor).
void check_first_bytes(sqlite3* handle, const std::string& path) {
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == nullptr ||
        file->pMethods == nullptr) {
        throw Error(ErrorKind::disk, path + " cannot be read; check its permissions.");
    }
    std::array<char, 16> head{};  // stays zero where the file is shorter
    file->pMethods->xRead(file, head.data(), static_cast<int>(head.size()), 0);
    if (std::string_view(head.data(), head.size()).starts_with("SQLite format 3")) {
        throw Error(ErrorKind::not_replica, path + " is a plain SQLite file, not an encrypted replica; it was left alone.");
    }
}

/// SQLCipher (4.6.1, sqlcipher_openssl_setup) wakes with the first connection and sleeps after the last, and crashes where memory runs
/// out while it wakes. A connection to nothing, which stays, keeps it awake from the first opening on.
void stay_awake() {
    // Volatile, so that it is kept although nobody reads it: what looks for lost memory then finds the connection.
    static sqlite3* volatile awake = [] {
        sqlite3* nothing = nullptr;
        constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
        if (sqlite3_open_v2(":memory:", &nothing, flags, nullptr) == SQLITE_OK) sqlite3_key(nothing, "-", 1);
        return nothing;
    }();
    static_cast<void>(awake);
}

}  // namespace

Database::Database(const std::string& path, const DatabaseKey& key, OpenMode mode, JournalMode journal) : path_(path) {
    wipe_freed_memory();
    stay_awake();
    if (mode == OpenMode::create) {
        create_private(path);
    } else if (!std::filesystem::exists(path)) {
        throw Error(ErrorKind::usage, "There is no replica at " + path + "; enrol this device first.");
    }
    const int flags = (mode == OpenMode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX |
                      SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW;
    const std::string full = std::filesystem::absolute(path).lexically_normal().string();
    const int code = sqlite3_open_v2(std::filesystem::canonical(full).c_str(), &handle_, flags, nullptr);
    try {
        if (code != SQLITE_OK) fail(code, "open");
        check_first_bytes(handle_, path);
        configure(key, mode, journal);
    } catch (...) {
        for (const auto& [sql, statement] : cache_) sqlite3_finalize(statement);
        // Where memory ran out while the connection got its key, SQLCipher (4.6.1, sqlcipher_cipher_ctx_copy) frees part of the key twice
        // when it is closed. A connection that is never closed costs some memory; two owners of a block cost everything.
        if (!half_keyed_) sqlite3_close_v2(handle_);
        if (mode == OpenMode::create) std::filesystem::remove(path);
        throw;
    }
}

void Database::configure(const DatabaseKey& key, OpenMode mode, JournalMode journal) {
    {
        Statement version = prepare_once("PRAGMA cipher_version");
        if (!version.step() || version.text(0).empty()) {
            throw Error(ErrorKind::internal, "The SQLite library in use cannot encrypt; nothing was opened.");
        }
    }
    std::array<char, 68> pragma{};  // x'…64 hexadecimal digits…'
    pragma[0] = 'x';
    pragma[1] = '\'';
    sodium_bin2hex(pragma.data() + 2, 65, key.data(), key.size());
    pragma[66] = '\'';
    const int code = sqlite3_key(handle_, pragma.data(), 67);
    sodium_memzero(pragma.data(), pragma.size());
    if (code != SQLITE_OK) fail(code, "unlock");
    execute("PRAGMA cipher_log_level=NONE");  // what went wrong is said by fail(), once; the first key of a process sets it back
    sqlite3_busy_timeout(handle_, busy_timeout_ms);
    {
        // A wrong key shows at the first read only: of the first page, and of no more than that.
        constexpr const char* first_read = "PRAGMA user_version";
        int read = sqlite3_exec(handle_, first_read, nullptr, nullptr, nullptr);
        if (mode == OpenMode::read_only && read == SQLITE_READONLY_ROLLBACK) {
            // The power failed in the middle of a commit, and only who may write can take its half back.
            const Database recovered(path_, key, OpenMode::read_write, journal);
            read = sqlite3_exec(handle_, first_read, nullptr, nullptr, nullptr);
        }
        if ((read & 0xFF) == SQLITE_NOTADB) {
            throw Error(ErrorKind::wrong_key, "The key does not open " + path_ + ", or it is no replica; it was left alone.");
        }
        half_keyed_ = (read & 0xFF) == SQLITE_NOMEM || (read & 0xFF) == SQLITE_ERROR;
        if (read != SQLITE_OK) fail(read, "read");
    }
    // What is deleted is overwritten: an erased value must not be left in free space.
    execute(
        "PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=OFF; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;");
    // Who writes touches pages all over the tables: 16 MB of them are kept, taken as they are needed. Readers do with the library's 2 MB.
    if (mode != OpenMode::read_only) execute("PRAGMA cache_size=-16384;");
    if (mode == OpenMode::read_only) {
        execute("PRAGMA query_only=ON;");
    } else if (journal == JournalMode::rollback) {
        execute("PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA; PRAGMA fullfsync=ON;");
    } else {
        execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA fullfsync=ON;");
    }
    int was = 0;
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, &was);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, &was);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &was);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, &was);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_VIEW, mode == OpenMode::read_only ? 1 : 0, &was);
    sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 0);
    if (mode != OpenMode::read_only && ::chmod(path_.c_str(), 0600) != 0) {
        if (errno == EROFS) throw Error(ErrorKind::disk, read_only_sentence(path_));
        throw Error(ErrorKind::disk, "The permissions of " + path_ + " cannot be set to its owner alone.");
    }
}

Database::~Database() {
    for (const auto& [sql, statement] : cache_) sqlite3_finalize(statement);
    sqlite3_close_v2(handle_);
}

// SQLCipher (4.6.1, pager_playback_one_page) puts a page back from the journal, has it read as a page of a tree, and decrypts it then. Of the
// first page, which is in use at that time, what was read stays: once in some six thousand times the noise looks like a page, and a good file
// is called damaged from then on. Pages that are not kept are read anew.
void Database::read_pages_anew() const { sqlite3_db_release_memory(handle_); }

void Database::fail(int code, std::string_view doing) const {
    const std::string reason = handle_ != nullptr ? sqlite3_errmsg(handle_) : "";
    const std::string detail = std::string(doing) + ": " + reason + " (" + std::to_string(code) + ")";
    if (handle_ != nullptr && sqlite3_get_autocommit(handle_) != 0) read_pages_anew();  // a statement that failed was undone
    switch (code & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            throw Error(ErrorKind::busy, "Another program is using " + path_ + "; nothing was changed. Try again when it is done.", detail);
        case SQLITE_FULL: throw Error(ErrorKind::disk, "The disk is full; nothing was changed. Free some space and try again.", detail);
        case SQLITE_READONLY: throw Error(ErrorKind::disk, read_only_sentence(path_), detail);
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
            throw Error(ErrorKind::disk, "The disk does not answer as it should for " + path_ + "; nothing was changed.", detail);
        case SQLITE_CORRUPT:
            throw Error(ErrorKind::corrupt, path_ + " is damaged. Leave it as it is and restore this device from the server.", detail);
        case SQLITE_NOTADB:
            throw Error(ErrorKind::wrong_key, "The key does not open " + path_ + ", or it is no replica; it was left alone.", detail);
        case SQLITE_INTERRUPT: throw Error(ErrorKind::cancelled, "Cancelled; nothing was changed.", detail);
        case SQLITE_ERROR:
        case SQLITE_AUTH:
        case SQLITE_TOOBIG:
        case SQLITE_RANGE: throw Error(ErrorKind::usage, "The query is wrong: " + reason + ".", detail);
        default: throw Error(ErrorKind::internal, "The database refused to work.", detail);
    }
}

void Database::roll_back() {
    const int code = sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    rollback_owed_ =
        code != SQLITE_OK && sqlite3_get_autocommit(handle_) == 0;  // it may be over: SQLite rolls back itself when a disk fails
    read_pages_anew();
}

void Database::settle() {
    if (!rollback_owed_) return;
    roll_back();
    if (rollback_owed_) fail(sqlite3_extended_errcode(handle_), "ROLLBACK");
}

void Database::execute(const std::string& sql) {
    settle();
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code, sql);
}

void Database::copy_to(const std::string& path, const DatabaseKey& key) {
    std::optional<Database> copy(std::in_place, path, key, OpenMode::create, JournalMode::rollback);
    try {
        sqlite3_backup* backup = sqlite3_backup_init(copy->handle_, "main", handle_, "main");
        if (backup == nullptr) copy->fail(sqlite3_extended_errcode(copy->handle_), "begin a copy");
        const int step = sqlite3_backup_step(backup, -1);
        const int end = sqlite3_backup_finish(backup);
        if (step != SQLITE_DONE || end != SQLITE_OK) copy->fail(end != SQLITE_OK ? end : step, "copy");
    } catch (...) {
        copy.reset();
        std::filesystem::remove(path);
        throw;
    }
}

bool Database::empty_log() {
    sqlite3_busy_timeout(handle_, 0);  // whoever reads is not waited for
    const int code = sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_busy_timeout(handle_, busy_timeout_ms);
    if (code == SQLITE_OK) return true;
    if ((code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED) return false;
    fail(code, "empty the log");
}

bool Database::rewrite() {
    sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 1);  // VACUUM attaches its copy, which SQLCipher gives the key of the file
    const int code = sqlite3_exec(handle_, "PRAGMA temp_store=FILE; VACUUM", nullptr, nullptr, nullptr);
    sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 0);
    execute("PRAGMA temp_store=MEMORY");
    switch (code & 0xFF) {
        case SQLITE_OK: return true;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_FULL:
        case SQLITE_INTERRUPT: return false;
        default: fail(code, "rewrite");
    }
}

sqlite3_stmt* Database::compile(std::string_view sql, bool persistent) {
    settle();
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), persistent ? SQLITE_PREPARE_PERSISTENT : 0,
                                        &statement, &tail);
    if (code != SQLITE_OK) fail(code, sql);
    return statement;
}

Statement Database::prepare(std::string_view sql) {
    settle();
    const auto found = cache_.find(sql);
    if (found != cache_.end()) return {*this, found->second, true};
    sqlite3_stmt* statement = compile(sql, true);
    cache_.emplace(sql, statement);
    return {*this, statement, true};
}

Statement Database::prepare(Sql& sql) {
    settle();
    if (sql.compiled_ == nullptr) sql.compiled_ = prepare(std::string_view(sql.text_)).handle_;
    return {*this, sql.compiled_, true};
}

Statement Database::prepare_once(std::string_view sql) { return {*this, compile(sql, false), false}; }

bool Database::is_read_only(const Statement& statement) const { return sqlite3_stmt_readonly(statement.handle_) != 0; }

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

void Database::interrupt() { sqlite3_interrupt(handle_); }

Statement::~Statement() {
    if (handle_ == nullptr) return;
    if (cached_) {
        sqlite3_reset(handle_);
        sqlite3_clear_bindings(handle_);
    } else {
        sqlite3_finalize(handle_);
    }
}

Statement& Statement::bind(int index, std::int64_t value) {
    const int code = sqlite3_bind_int64(handle_, index, value);
    if (code != SQLITE_OK) database_->fail(code, "bind");
    return *this;
}

Statement& Statement::bind(int index, std::string_view value) {
    const char* data = value.data() == nullptr ? "" : value.data();
    const int code = sqlite3_bind_text64(handle_, index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) database_->fail(code, "bind");
    return *this;
}

Statement& Statement::bind(int index, BytesView value) {
    const int code = value.empty() ? sqlite3_bind_zeroblob(handle_, index, 0)
                                   : sqlite3_bind_blob64(handle_, index, value.data(), value.size(), SQLITE_STATIC);
    if (code != SQLITE_OK) database_->fail(code, "bind");
    return *this;
}

Statement& Statement::bind(int index, const Value& value) {
    switch (value.kind()) {
        case ValueKind::integer: return bind(index, value.integer());
        case ValueKind::real: {
            const int code = sqlite3_bind_double(handle_, index, value.real());
            if (code != SQLITE_OK) database_->fail(code, "bind");
            return *this;
        }
        case ValueKind::text: return bind(index, value.text());
        case ValueKind::blob: return bind(index, value.blob());
        case ValueKind::null:
        case ValueKind::redacted: return bind_null(index);
    }
    return *this;
}

Statement& Statement::bind_null(int index) {
    const int code = sqlite3_bind_null(handle_, index);
    if (code != SQLITE_OK) database_->fail(code, "bind");
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    database_->fail(code, sqlite3_sql(handle_));
}

void Statement::run() {
    while (step()) {
    }
}

void Statement::reset() { sqlite3_reset(handle_); }
int Statement::columns() const { return sqlite3_column_count(handle_); }
std::string Statement::column_name(int index) const { return sqlite3_column_name(handle_, index); }
bool Statement::is_null(int index) const { return sqlite3_column_type(handle_, index) == SQLITE_NULL; }
std::int64_t Statement::integer(int index) const { return sqlite3_column_int64(handle_, index); }

std::string_view Statement::text(int index) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_, index));
    return data == nullptr ? std::string_view{} : std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, index)));
}

BytesView Statement::blob(int index) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_, index));
    return data == nullptr ? BytesView{} : BytesView(data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, index)));
}

Value Statement::value(int index) const {
    switch (sqlite3_column_type(handle_, index)) {
        case SQLITE_INTEGER: return Value::integer(integer(index));
        case SQLITE_FLOAT: return Value::real(sqlite3_column_double(handle_, index));
        case SQLITE_TEXT: return Value::text(text(index));
        case SQLITE_BLOB: return Value::blob(blob(index));
        default: return {};
    }
}

Transaction::Transaction(Database& database) : database_(database) { database_.prepare("BEGIN IMMEDIATE").run(); }

Transaction::~Transaction() {
    if (open_) database_.roll_back();
}

void Transaction::commit() {
    database_.prepare("COMMIT").run();
    open_ = false;
}

}  // namespace tefter
