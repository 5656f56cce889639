#pragma once
// A disk in memory, below SQLite: a file system (VFS) that knows what has reached the platter and what would be lost,
// and that fails where a test wants. For tests and the simulation alone.
//
//   1. A write is visible at once and lasts from the next sync of its file on. What a power cut does to writes in
//      between is the test's choice (`Damage`), sector by sector.
//   2. A new file lasts from its first sync on. A deletion lasts from the folder's next sync on, which SQLite asks for with a
//      deletion or with the first sync of a new file; until then a power cut may undo it.
//   3. One thread, one process; several connections lock each other as they would on a real disk, and share the index of a
//      write-ahead log, which dies with the last of them or with the power.
//   4. Files of several machines lie on it. A machine is named by its database's file: "3.db" has "3.db-journal" and "3.db-wal" too.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tefter::testing {

enum class Damage {  ///< what becomes of writes that no sync has confirmed, when the power fails
    keep_all,        ///< the program died, the machine did not
    lose_all,
    keep_first,    ///< up to some write
    keep_last,     ///< from some write on: the disk wrote in another order
    keep_some,     ///< each by chance
    tear_last,     ///< all, the last one cut at a sector
    tear_sectors,  ///< each sector of each by chance
    garbage,       ///< a sector of one holds noise
};
inline constexpr std::size_t damages = 8;
const char* to_text(Damage damage);

enum class Failure {
    read_error,
    change_error,  ///< a write, a sync, a deletion or a truncation fails and does nothing
    short_write,   ///< of a write, half is done before it fails
    full,          ///< of a write, there is no room
    power,         ///< everything fails from here on: cut the power with `crash`, then go on
};

class MemoryDisk {
public:
    /// Is SQLite's disk for all that is opened while it lives, under a name that is unique. Of its files the system sees
    /// empty ones in a folder that goes with it: the engine asks the system for permissions and locks of programs.
    explicit MemoryDisk(std::string name);
    ~MemoryDisk();
    MemoryDisk(const MemoryDisk&) = delete;
    MemoryDisk& operator=(const MemoryDisk&) = delete;
    /// Where a file lies, for whoever opens it.
    std::string path(const std::string& file) const { return folder_ + "/" + file; }

    using Content = std::vector<std::uint8_t>;
    /// A whole file as it is visible; empty when there is none.
    Content content(const std::string& file) const;
    /// Puts a file in its place, as if synced, and takes away what lay beside it: a journal, a write-ahead log. Nobody may have it open.
    void put(const std::string& file, Content content);
    void remove(const std::string& file);
    /// Takes every file away.
    void clear();

    /// A machine's power fails: nobody may have a file of it open any more. `chance` returns a number below its argument.
    void crash(const std::string& machine, Damage damage, const std::function<std::uint64_t(std::uint64_t)>& chance);

    /// Arms a failure at the machine's n-th call from now on of those that it can meet (reads, or writes, syncs, deletions,
    /// truncations); `sticky`: all later ones fail as well.
    void fail_at(const std::string& machine, std::uint64_t call, Failure failure, bool sticky);
    void disarm();
    bool failed() const { return failed_; }
    /// Calls of that machine since the last `fail_at`: those that change something, and reads.
    std::uint64_t changes() const { return changes_; }
    std::uint64_t reads() const { return reads_; }

    struct File;
    struct Handle;

private:
    friend struct Handle;
    friend struct Vfs;
    bool fails(const std::string& file, bool read);

    std::string name_, folder_;
    std::unique_ptr<struct Vfs> vfs_;
    std::map<std::string, std::shared_ptr<File>> files_;
    std::map<std::string, std::shared_ptr<File>> deleted_;  ///< what a power cut may bring back
    std::string machine_;                                   ///< whose calls may fail: a path
    std::uint64_t changes_ = 0, reads_ = 0, at_ = 0;
    Failure failure_ = Failure::power;
    bool sticky_ = false, failed_ = false;
};

}  // namespace tefter::testing
