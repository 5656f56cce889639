#include "engine/store/wiping.hpp"

#include <sodium/utils.h>
#include <sqlcipher/sqlite3.h>

#include <algorithm>
#include <cstring>

namespace tefter {

namespace {

sqlite3_mem_methods wrapped;

void wipe_and_free(void* block) {
    if (block != nullptr) sodium_memzero(block, static_cast<std::size_t>(wrapped.xSize(block)));
    wrapped.xFree(block);
}

/// The one that is wrapped may move a block and leave its bytes behind.
void* move(void* block, int size) {
    if (block == nullptr) return wrapped.xMalloc(size);
    const int before = wrapped.xSize(block);
    if (size <= before && size > before / 2) return block;
    void* moved = wrapped.xMalloc(size);
    if (moved == nullptr) return nullptr;
    std::memcpy(moved, block, static_cast<std::size_t>(std::min(size, before)));
    wipe_and_free(block);
    return moved;
}

bool install() {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // nobody asks how much it takes, and counting it is a lock at each block
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &wrapped) != SQLITE_OK) return false;
    sqlite3_mem_methods wiping = wrapped;
    wiping.xFree = &wipe_and_free;
    wiping.xRealloc = &move;
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &wiping) == SQLITE_OK;
}

}  // namespace

void wipe_freed_memory() {
    static const bool installed = install();
    static_cast<void>(installed);
}

}  // namespace tefter
