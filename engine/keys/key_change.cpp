#include "engine/keys/key_change.hpp"

#include <filesystem>

#include "engine/base/file.hpp"

namespace tefter {

namespace {

namespace fs = std::filesystem;

std::string rekeyed(const std::string& path) { return path + ".rekeyed"; }

/// What SQLite keeps beside a file belongs to the old key: all of it is in the copy.
void remove_with_journals(const std::string& path) {
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(path + suffix);
}

void put_in_place(const std::string& path) {
    if (!fs::exists(rekeyed(path))) return;  // done before the kill, or there was no such file
    for (const char* suffix : {"-journal", "-wal", "-shm"}) fs::remove(path + suffix);
    fs::rename(rekeyed(path), path);
    sync_folder_of(path);
}

}  // namespace

std::vector<std::string> replace_key(KeyFile& slots, std::string_view passphrase, const LockedKey& fresh) {
    const auto [name, old] = slots.open_named(passphrase);
    std::vector<std::string> lost = slots.replace_key(old, fresh);
    if (std::erase(lost, name) > 0) slots.lock(name, passphrase, fresh);
    return lost;
}

void change_key(const std::string& key_file, KeyFile& slots, const std::vector<RekeyedFile>& files) {
    std::vector<std::string> paths;
    for (const RekeyedFile& file : files) {
        remove_with_journals(rekeyed(file.path));
        file.copy(rekeyed(file.path));
        sync_folder_of(file.path);
        paths.push_back(file.path);
    }
    slots.save(key_file);
    finish_key_change(key_file, paths);
}

void finish_key_change(const std::string& key_file, const std::vector<std::string>& files) {
    KeyFile slots = KeyFile::load(key_file);
    if (!slots.changing()) return;
    for (const std::string& file : files) put_in_place(file);
    slots.forget_previous();
    slots.save(key_file);
}

}  // namespace tefter
