#pragma once
// Another database key for the files of one folder, whatever kills the program meanwhile.
//
//   1. Each file is copied beside itself (FILE.rekeyed) under the fresh key, and is on the disk.
//   2. The key file is replaced: its slots hold the fresh key, the old one is kept behind it. This is the moment of the change.
//   3. Each copy takes the place of its file.
//   4. The key file forgets the old key.
//
// Killed before 2, the old key opens everything, and the next change throws the copies away. Killed after it, whoever opens the
// folder next ends the change. Whoever calls these holds the lock that keeps others from writing to the files.

#include <functional>

#include "engine/keys/key_file.hpp"

namespace tefter {

/// KeyFile::replace_key() by somebody whose passphrase is known: his slot is never among those that are lost, which it returns.
std::vector<std::string> replace_key(KeyFile& slots, std::string_view passphrase, const LockedKey& fresh);

struct RekeyedFile {
    std::string path;
    std::function<void(const std::string& to)> copy;  ///< under the fresh key, on the disk when it returns
};

/// `slots` have been given the fresh key already: see KeyFile::replace_key().
void change_key(const std::string& key_file, KeyFile& slots, const std::vector<RekeyedFile>& files);

/// Steps 3 and 4 of a change that was killed between. Nothing where there is none.
void finish_key_change(const std::string& key_file, const std::vector<std::string>& files);

}  // namespace tefter
