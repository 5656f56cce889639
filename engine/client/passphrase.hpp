#pragma once
// Another passphrase for a device's folder. The key slot changes; the database is not rewritten.

#include "engine/client/home.hpp"

namespace tefter {

/// The slot that `old` opens is locked by `fresh` from now on. Throws ErrorKind::wrong_key.
void change_passphrase(const Home& home, std::string_view old, std::string_view fresh);

/// For a passphrase that was forgotten: the first slot is locked by `fresh`, by means of the organisation's recovery file.
/// Throws ErrorKind::usage for what is no such file, ErrorKind::wrong_key for another organisation's.
void recover_passphrase(const Home& home, const std::string& recovery_file, std::string_view fresh);

}  // namespace tefter
