#pragma once
// The small files of the server's folder.

#include <string>

#include "engine/keys/key_file.hpp"
#include "engine/store/database.hpp"

namespace tefter {

/// For its owner alone; whole or not there.
void write_secret_file(const std::string& path, std::string_view text);
/// The first line. Throws ErrorKind::disk.
std::string read_line(const std::string& path);
/// The key of the server's files, by its unlock file.
DatabaseKey open_key(const std::string& folder);

}  // namespace tefter
