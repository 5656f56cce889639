#pragma once
// Files that are made for one answer and are gone with it.

#include <string>

#include "server/web/message.hpp"

namespace tefter::web {

/// A folder in the server's own, for as long as a file is made.
class Scratch {
public:
    /// Throws ErrorKind::disk.
    explicit Scratch(const std::string& server_folder);
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

inline constexpr const char* workbook_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Sends the file at `path` in pieces, to be kept under `name`. It is open from here on and may lose its place: a server that dies in
/// the middle of the answer leaves nothing behind. Throws ErrorKind::disk.
Response download(const std::string& path, const std::string& name, const std::string& type);

}  // namespace tefter::web
