#include "engine/store/testing/memory_disk.hpp"

#include <sqlcipher/sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace tefter::testing {

namespace {
constexpr std::size_t sector = 512;
constexpr std::int64_t fixed_julian_ms = 212'000'000'000'000;  // SQLite's own clock; the engine does not use it
}  // namespace

const char* to_text(Damage damage) {
    switch (damage) {
        case Damage::keep_all: return "keep_all";
        case Damage::lose_all: return "lose_all";
        case Damage::keep_first: return "keep_first";
        case Damage::keep_last: return "keep_last";
        case Damage::keep_some: return "keep_some";
        case Damage::tear_last: return "tear_last";
        case Damage::tear_sectors: return "tear_sectors";
        case Damage::garbage: return "garbage";
    }
    return "";
}

struct MemoryDisk::File {
    struct Write {
        std::size_t offset = 0;
        Content bytes;
        bool truncates = false;  ///< to `offset`
    };
    std::string path;  ///< empty of a temporary file
    Content now, durable;
    std::vector<Write> unsynced;
    bool lasting = false;  ///< its name is on the disk
    std::vector<Handle*> open;
    std::vector<Content> shared;  ///< the pages of the write-ahead log's index, while somebody has it open

    explicit File(std::string of) : path(std::move(of)) {}

    static void apply(Content& to, const Write& write) {
        if (write.truncates) return to.resize(write.offset);
        if (to.size() < write.offset + write.bytes.size()) to.resize(write.offset + write.bytes.size());
        std::copy(write.bytes.begin(), write.bytes.end(), to.begin() + static_cast<std::ptrdiff_t>(write.offset));
    }
    void change(Write write) {
        apply(now, write);
        unsynced.push_back(std::move(write));
    }
    void sync() {
        for (const Write& write : unsynced) apply(durable, write);
        unsynced.clear();
        lasting = true;
    }
};

/// What SQLite holds; begins with its own base.
struct MemoryDisk::Handle {
    sqlite3_file base;
    MemoryDisk* disk;
    std::shared_ptr<File>* file;
    int lock;
    unsigned shared_slots, own_slots;  ///< locks on the index of the write-ahead log, a bit each

    static Handle& of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
    bool fails(bool read) const { return disk->fails((*file)->path, read); }

    static int close(sqlite3_file* raw) {
        Handle& self = of(raw);
        std::erase((*self.file)->open, &self);
        if ((*self.file)->open.empty()) (*self.file)->shared.clear();
        delete self.file;
        return SQLITE_OK;
    }
    static int read(sqlite3_file* raw, void* out, int count, sqlite3_int64 at) {
        Handle& self = of(raw);
        if (self.fails(true)) return SQLITE_IOERR_READ;
        const Content& now = (*self.file)->now;
        const auto wanted = static_cast<std::size_t>(count);
        const auto offset = static_cast<std::size_t>(at);
        const std::size_t there = offset < now.size() ? std::min(wanted, now.size() - offset) : 0;
        if (there != 0) std::memcpy(out, now.data() + offset, there);
        if (there == wanted) return SQLITE_OK;
        std::memset(static_cast<char*>(out) + there, 0, wanted - there);
        return SQLITE_IOERR_SHORT_READ;
    }
    static int write(sqlite3_file* raw, const void* in, int count, sqlite3_int64 at) {
        Handle& self = of(raw);
        const auto* bytes = static_cast<const std::uint8_t*>(in);
        const auto offset = static_cast<std::size_t>(at);
        if (self.fails(false)) {
            if (self.disk->failure_ == Failure::short_write) (*self.file)->change({offset, Content(bytes, bytes + count / 2), false});
            return self.disk->failure_ == Failure::full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
        }
        (*self.file)->change({offset, Content(bytes, bytes + count), false});
        return SQLITE_OK;
    }
    static int truncate(sqlite3_file* raw, sqlite3_int64 size) {
        Handle& self = of(raw);
        if (self.fails(false)) return SQLITE_IOERR_TRUNCATE;
        (*self.file)->change({static_cast<std::size_t>(size), {}, true});
        return SQLITE_OK;
    }
    static int sync(sqlite3_file* raw, int) {
        Handle& self = of(raw);
        if (self.fails(false)) return SQLITE_IOERR_FSYNC;
        if (!(*self.file)->lasting) self.disk->deleted_.clear();  // SQLite syncs the folder with the first sync of a new file
        (*self.file)->sync();
        return SQLITE_OK;
    }
    static int size(sqlite3_file* raw, sqlite3_int64* out) {
        *out = static_cast<sqlite3_int64>((*of(raw).file)->now.size());
        return SQLITE_OK;
    }
    static int acquire(sqlite3_file* raw, int wanted) {
        Handle& self = of(raw);
        for (const Handle* other : (*self.file)->open) {
            if (other == &self) continue;
            const bool clash = (wanted == SQLITE_LOCK_SHARED && other->lock >= SQLITE_LOCK_PENDING) ||
                               (wanted == SQLITE_LOCK_RESERVED && other->lock >= SQLITE_LOCK_RESERVED) ||
                               (wanted == SQLITE_LOCK_EXCLUSIVE && other->lock >= SQLITE_LOCK_SHARED);
            if (clash) return SQLITE_BUSY;
        }
        self.lock = std::max(self.lock, wanted);
        return SQLITE_OK;
    }
    static int release(sqlite3_file* raw, int level) {
        of(raw).lock = std::min(of(raw).lock, level);
        return SQLITE_OK;
    }
    static int reserved(sqlite3_file* raw, int* out) {
        *out = 0;
        for (const Handle* other : (*of(raw).file)->open) *out = *out != 0 || other->lock >= SQLITE_LOCK_RESERVED ? 1 : 0;
        return SQLITE_OK;
    }
    static int shared_page(sqlite3_file* raw, int page, int size, int extend, void volatile** out) {
        std::vector<Content>& pages = (*of(raw).file)->shared;
        const auto number = static_cast<std::size_t>(page);
        *out = nullptr;
        if (number >= pages.size() && extend == 0) return SQLITE_OK;
        while (pages.size() <= number) pages.emplace_back(static_cast<std::size_t>(size));
        *out = pages[number].data();
        return SQLITE_OK;
    }
    static int shared_lock(sqlite3_file* raw, int first, int count, int flags) {
        Handle& self = of(raw);
        const unsigned slots = ((1U << static_cast<unsigned>(count)) - 1U) << static_cast<unsigned>(first);
        if ((flags & SQLITE_SHM_UNLOCK) != 0) {
            self.shared_slots &= ~slots;
            self.own_slots &= ~slots;
            return SQLITE_OK;
        }
        const bool alone = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
        for (const Handle* other : (*self.file)->open) {
            if (other != &self && ((other->own_slots | (alone ? other->shared_slots : 0U)) & slots) != 0) return SQLITE_BUSY;
        }
        (alone ? self.own_slots : self.shared_slots) |= slots;
        return SQLITE_OK;
    }
    static void shared_barrier(sqlite3_file*) {}
    static int shared_unmap(sqlite3_file* raw, int forget) {
        Handle& self = of(raw);
        self.shared_slots = self.own_slots = 0;
        if (forget != 0) (*self.file)->shared.clear();
        return SQLITE_OK;
    }
    static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
    static int sector_size(sqlite3_file*) { return static_cast<int>(sector); }
    static int characteristics(sqlite3_file*) { return 0; }
};

struct Vfs {
    sqlite3_vfs base{};
    sqlite3_vfs* system = nullptr;

    static MemoryDisk& disk(sqlite3_vfs* vfs) { return *static_cast<MemoryDisk*>(vfs->pAppData); }

    static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* raw, int flags, int* out_flags) {
        static const sqlite3_io_methods methods = [] {
            sqlite3_io_methods out{};
            using H = MemoryDisk::Handle;
            out.iVersion = 2;
            out.xClose = H::close;
            out.xRead = H::read;
            out.xWrite = H::write;
            out.xTruncate = H::truncate;
            out.xSync = H::sync;
            out.xFileSize = H::size;
            out.xLock = H::acquire;
            out.xUnlock = H::release;
            out.xCheckReservedLock = H::reserved;
            out.xFileControl = H::control;
            out.xSectorSize = H::sector_size;
            out.xDeviceCharacteristics = H::characteristics;
            out.xShmMap = H::shared_page;
            out.xShmLock = H::shared_lock;
            out.xShmBarrier = H::shared_barrier;
            out.xShmUnmap = H::shared_unmap;
            return out;
        }();
        MemoryDisk& self = disk(vfs);
        raw->pMethods = nullptr;
        std::shared_ptr<MemoryDisk::File> file;
        if (name == nullptr) {
            file = std::make_shared<MemoryDisk::File>("");
        } else if (const auto at = self.files_.find(name); at != self.files_.end()) {
            file = at->second;
        } else if ((flags & (SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB)) != 0) {  // the engine makes an empty file before it opens it
            if (self.fails(name, false)) return SQLITE_CANTOPEN;
            file = self.files_[name] = std::make_shared<MemoryDisk::File>(name);
        } else {
            return SQLITE_CANTOPEN;
        }
        MemoryDisk::Handle& handle = MemoryDisk::Handle::of(raw);
        handle.disk = &self;
        handle.file = new std::shared_ptr<MemoryDisk::File>(file);
        handle.lock = SQLITE_LOCK_NONE;
        handle.shared_slots = handle.own_slots = 0;
        file->open.push_back(&handle);
        raw->pMethods = &methods;
        if (out_flags != nullptr) *out_flags = flags;
        return SQLITE_OK;
    }
    static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
        MemoryDisk& self = disk(vfs);
        const auto at = self.files_.find(name);
        if (at == self.files_.end()) return SQLITE_IOERR_DELETE_NOENT;
        if (self.fails(name, false)) return SQLITE_IOERR_DELETE;
        if (sync_folder != 0) self.deleted_.clear();
        else if (at->second->lasting) self.deleted_[name] = at->second;
        self.files_.erase(at);
        return SQLITE_OK;
    }
    static int access(sqlite3_vfs* vfs, const char* name, int, int* out) {
        *out = disk(vfs).files_.contains(name) ? 1 : 0;
        return SQLITE_OK;
    }
    static int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
        sqlite3_snprintf(size, out, "%s", name);
        return SQLITE_OK;
    }
    static int randomness(sqlite3_vfs*, int size, char* out) {  // only names of temporary files and journal marks come of it
        for (int i = 0; i < size; ++i) out[i] = static_cast<char>(i * 37 + 11);
        return size;
    }
    static int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
    static int now(sqlite3_vfs*, double* out) {
        *out = static_cast<double>(fixed_julian_ms) / 86'400'000.0;
        return SQLITE_OK;
    }
    static int last_error(sqlite3_vfs*, int, char*) { return 0; }
};

MemoryDisk::MemoryDisk(std::string name) : name_(std::move(name)), vfs_(std::make_unique<Vfs>()) {
    std::string folder = (std::filesystem::temp_directory_path() / "tefter-disk-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no folder can be made for a disk in memory");
    folder_ = std::filesystem::canonical(folder).string();
    sqlite3_vfs& vfs = vfs_->base;
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(Handle);
    vfs.mxPathname = 256;
    vfs.zName = name_.c_str();
    vfs.pAppData = this;
    vfs.xOpen = Vfs::open;
    vfs.xDelete = Vfs::remove;
    vfs.xAccess = Vfs::access;
    vfs.xFullPathname = Vfs::full_path;
    vfs.xRandomness = Vfs::randomness;
    vfs.xSleep = Vfs::sleep;
    vfs.xCurrentTime = Vfs::now;
    vfs.xGetLastError = Vfs::last_error;
    sqlite3_vfs_register(&vfs, 1);
}

MemoryDisk::~MemoryDisk() {
    sqlite3_vfs_unregister(&vfs_->base);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

bool MemoryDisk::fails(const std::string& file, bool read) {
    if (machine_.empty() || !file.starts_with(machine_)) return false;
    std::uint64_t& calls = read ? reads_ : changes_;
    ++calls;
    if (failure_ == Failure::power && failed_) return true;
    if (read != (failure_ == Failure::read_error)) return false;
    if (calls != at_ && !(sticky_ && calls > at_)) return false;
    failed_ = true;
    return true;
}

void MemoryDisk::fail_at(const std::string& machine, std::uint64_t call, Failure failure, bool sticky) {
    machine_ = path(machine);
    at_ = call;
    failure_ = failure;
    sticky_ = sticky;
    changes_ = reads_ = 0;
    failed_ = false;
}

void MemoryDisk::disarm() {
    machine_.clear();
    failed_ = false;
}

MemoryDisk::Content MemoryDisk::content(const std::string& file) const {
    const auto at = files_.find(path(file));
    return at == files_.end() ? Content{} : at->second->now;
}

void MemoryDisk::put(const std::string& file, Content content) {
    for (const char* beside : {"-journal", "-wal"}) remove(file + beside);
    const std::ofstream there(path(file), std::ios::app);  // what the system sees of it
    auto made = std::make_shared<File>(path(file));
    made->durable = content;
    made->now = std::move(content);
    made->lasting = true;
    files_[path(file)] = std::move(made);
}

void MemoryDisk::remove(const std::string& file) {
    files_.erase(path(file));
    deleted_.erase(path(file));
}

void MemoryDisk::clear() {
    files_.clear();
    deleted_.clear();
}

namespace {

using Chance = std::function<std::uint64_t(std::uint64_t)>;

/// One write as it reached the platter, sector by sector; `kept` says which.
template <class Write, class Apply>
void write_sectors(const Write& write, const std::function<bool(std::size_t)>& kept, const Apply& apply) {
    for (std::size_t from = 0, number = 0; from < write.bytes.size(); ++number) {
        const std::size_t to = std::min(write.bytes.size(), from + sector - (write.offset + from) % sector);
        if (kept(number)) {
            apply(Write{write.offset + from,
                        {write.bytes.begin() + static_cast<std::ptrdiff_t>(from), write.bytes.begin() + static_cast<std::ptrdiff_t>(to)},
                        false});
        }
        from = to;
    }
}

/// The writes that survive, in the order in which they were made.
template <class Write>
std::vector<Write> survivors(const std::vector<Write>& writes, Damage damage, const Chance& chance) {
    std::vector<Write> out;
    const std::size_t pivot = chance(writes.size() + 1);
    for (std::size_t i = 0; i < writes.size(); ++i) {
        const Write& write = writes[i];
        const auto keep = [&](const Write& kept) { out.push_back(kept); };
        switch (damage) {
            case Damage::keep_all: keep(write); break;
            case Damage::lose_all: break;
            case Damage::keep_first:
                if (i < pivot) keep(write);
                break;
            case Damage::keep_last:
                if (i >= pivot) keep(write);
                break;
            case Damage::keep_some:
                if (chance(2) == 0) keep(write);
                break;
            case Damage::tear_last: {
                const std::size_t whole = i + 1 < writes.size() || write.truncates ? SIZE_MAX : chance(write.bytes.size() / sector + 1);
                if (write.truncates) keep(write);
                else
                    write_sectors(
                        write, [&](std::size_t number) { return number < whole; }, keep);
                break;
            }
            case Damage::tear_sectors:
                if (write.truncates) keep(write);
                else
                    write_sectors(
                        write, [&](std::size_t) { return chance(2) == 0; }, keep);
                break;
            case Damage::garbage: {
                Write noisy = write;
                if (i == pivot && !noisy.bytes.empty()) {
                    const std::size_t from = chance(noisy.bytes.size());
                    for (std::size_t at = from; at < std::min(noisy.bytes.size(), from + sector); ++at) {
                        noisy.bytes[at] = static_cast<std::uint8_t>(chance(256));
                    }
                }
                keep(noisy);
                break;
            }
        }
    }
    return out;
}

}  // namespace

void MemoryDisk::crash(const std::string& machine, Damage damage, const Chance& chance) {
    disarm();
    const std::string of = path(machine);
    if (damage != Damage::keep_all) {
        for (const auto& [path, file] : deleted_) {
            if (path.starts_with(of) && !files_.contains(path) && chance(2) == 0) files_[path] = file;
        }
    }
    std::erase_if(deleted_, [&](const auto& one) { return one.first.starts_with(of); });
    for (auto at = files_.begin(); at != files_.end();) {
        if (!at->first.starts_with(of)) {
            ++at;
            continue;
        }
        File& file = *at->second;
        for (const File::Write& write : survivors(file.unsynced, damage, chance)) File::apply(file.durable, write);
        file.unsynced.clear();
        file.now = file.durable;
        const bool gone = !file.lasting && damage != Damage::keep_all && chance(2) == 0;
        file.lasting = true;
        at = gone ? files_.erase(at) : std::next(at);
    }
}

}  // namespace tefter::testing
