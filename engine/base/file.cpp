#include "engine/base/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

namespace tefter {

NewFile::NewFile(std::string path) : path_(std::move(path)), fresh_(path_ + ".new") {
    file_ = ::open(fresh_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file_ < 0) fail("made");
}

NewFile::~NewFile() {
    if (file_ < 0) return;
    ::close(file_);
    ::unlink(fresh_.c_str());
}

void NewFile::fail(const char* doing) const {
    throw Error(ErrorKind::disk, "The file " + path_ + " cannot be " + doing + ": " + std::strerror(errno) + ".");
}

void NewFile::write(BytesView bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("written");
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void NewFile::commit() {
    if (::fsync(file_) != 0) fail("written");
    if (std::rename(fresh_.c_str(), path_.c_str()) != 0) fail("put in its place");
    ::close(std::exchange(file_, -1));
    sync_folder_of(path_);
}

void sync_folder_of(const std::string& path) {
    const int folder = ::open(std::filesystem::absolute(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    ::fsync(folder);
    ::close(folder);
}

FileLock::FileLock(const std::string& path, const std::string& sentence)
    : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (file_ < 0) throw Error(ErrorKind::disk, "The file " + path + " cannot be written: " + std::strerror(errno) + ".");
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
    ::close(file_);
    throw Error(ErrorKind::busy, sentence);
}

FileLock::~FileLock() { ::close(file_); }

Bytes read_file(const std::string& path, std::size_t at_most) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Error(ErrorKind::disk, "The file " + path + " cannot be read: " + std::strerror(errno) + ".");
    Bytes bytes((std::istreambuf_iterator<char>(in)), {});
    if (bytes.size() > at_most) throw Error(ErrorKind::disk, "The file " + path + " is too large to be what it should be.");
    return bytes;
}

}  // namespace tefter
