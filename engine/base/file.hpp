#pragma once
// Files that are whole or not there at all.

#include <string>

#include "engine/base/bytes.hpp"

namespace tefter {

/// A file in the making, beside its place and with mode 0600. commit() puts it on the disk and in its place; without it
/// nothing remains. Throws ErrorKind::disk with the system's reason.
class NewFile {
public:
    explicit NewFile(std::string path);
    ~NewFile();
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    void write(BytesView bytes);
    /// Replaces what was at the path.
    void commit();

private:
    [[noreturn]] void fail(const char* doing) const;
    std::string path_, fresh_;
    int file_ = -1;
};

/// A lock that one process at a time can hold; it goes with its owner, however that ends. The file itself stays: another
/// process may be waiting for it.
class FileLock {
public:
    /// Throws ErrorKind::busy with `sentence` while another owner holds it, ErrorKind::disk when the file cannot be made.
    FileLock(const std::string& path, const std::string& sentence);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    int file_ = -1;
};

/// What was renamed in the folder of `path` is so on the disk as well.
void sync_folder_of(const std::string& path);

/// The whole of a small file. Throws ErrorKind::disk when it cannot be read or is longer than `at_most` bytes.
Bytes read_file(const std::string& path, std::size_t at_most);

}  // namespace tefter
