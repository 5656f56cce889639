#pragma once
// A plain SQLite file, for analysts: the one way out of the encrypted replica, and it is not a replica.

#include <span>
#include <string>
#include <vector>

#include "engine/base/value.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tefter {

/// Without finish() nothing remains. Throws ErrorKind::disk.
class PlainFile {
public:
    /// Makes a new file beside `path`, mode 0600.
    explicit PlainFile(std::string path);
    ~PlainFile();
    PlainFile(const PlainFile&) = delete;
    PlainFile& operator=(const PlainFile&) = delete;

    void begin_table(const std::string& name, const std::vector<std::string>& columns);
    void add(std::span<const Value> cells);
    /// Puts the file in its place.
    void finish();

private:
    void execute(const std::string& sql);
    void check(int code, int expected) const;
    void discard();

    std::string path_, fresh_;
    sqlite3* handle_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
};

}  // namespace tefter
