#include "engine/store/plain_file.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>

#include "engine/base/error.hpp"
#include "engine/store/schema.hpp"

namespace tefter {

PlainFile::PlainFile(std::string path) : path_(std::move(path)), fresh_(path_ + ".new") {
    std::filesystem::remove(fresh_);
    const int opened =
        sqlite3_open_v2(fresh_.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW, nullptr);
    try {
        check(opened, SQLITE_OK);
        ::chmod(fresh_.c_str(), 0600);
        execute("PRAGMA journal_mode=OFF");  // a file that is not finished is thrown away
        execute("BEGIN");
    } catch (...) {
        discard();
        throw;
    }
}

PlainFile::~PlainFile() { discard(); }

void PlainFile::discard() {
    sqlite3_finalize(insert_);
    sqlite3_close_v2(handle_);
    std::error_code ignored;
    std::filesystem::remove(fresh_, ignored);
}

void PlainFile::check(int code, int expected) const {
    if (code == expected) return;
    throw Error(ErrorKind::disk,
                "The file " + path_ + " cannot be written: " + (handle_ != nullptr ? sqlite3_errmsg(handle_) : "no memory") + ".");
}

void PlainFile::execute(const std::string& sql) { check(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK); }

void PlainFile::begin_table(const std::string& name, const std::vector<std::string>& columns) {
    std::string names, marks;
    for (const std::string& column : columns) {
        names += (names.empty() ? "" : ", ") + sql_name(column);
        marks += marks.empty() ? "?" : ", ?";
    }
    execute("CREATE TABLE " + sql_name(name) + " (" + names + ")");
    sqlite3_finalize(insert_);
    insert_ = nullptr;
    check(sqlite3_prepare_v2(handle_, ("INSERT INTO " + sql_name(name) + " VALUES (" + marks + ")").c_str(), -1, &insert_, nullptr),
          SQLITE_OK);
}

void PlainFile::add(std::span<const Value> cells) {
    for (int i = 0; i < static_cast<int>(cells.size()); ++i) {
        const Value& cell = cells[static_cast<std::size_t>(i)];
        switch (cell.kind()) {
            case ValueKind::integer: check(sqlite3_bind_int64(insert_, i + 1, cell.integer()), SQLITE_OK); break;
            case ValueKind::real: check(sqlite3_bind_double(insert_, i + 1, cell.real()), SQLITE_OK); break;
            case ValueKind::text:
                check(sqlite3_bind_text(insert_, i + 1, cell.text().data(), static_cast<int>(cell.text().size()), SQLITE_STATIC),
                      SQLITE_OK);
                break;
            case ValueKind::blob:
                check(sqlite3_bind_blob(insert_, i + 1, cell.blob().data(), static_cast<int>(cell.blob().size()), SQLITE_STATIC),
                      SQLITE_OK);
                break;
            default: check(sqlite3_bind_null(insert_, i + 1), SQLITE_OK);
        }
    }
    check(sqlite3_step(insert_), SQLITE_DONE);
    check(sqlite3_reset(insert_), SQLITE_OK);
}

void PlainFile::finish() {
    sqlite3_finalize(insert_);
    insert_ = nullptr;
    execute("COMMIT");
    check(sqlite3_close(handle_), SQLITE_OK);
    handle_ = nullptr;
    std::filesystem::rename(fresh_, path_);
}

}  // namespace tefter
