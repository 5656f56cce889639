#include "engine/store/testing/failing_memory.hpp"

#include <sqlcipher/sqlite3.h>

#include <stdexcept>

namespace tefter::testing {

namespace {

sqlite3_mem_methods real;
std::uint64_t count = 0, at = 0;
bool from_there_on = false;

bool fails() {
    ++count;
    return at != 0 && (count == at || (from_there_on && count > at));
}

void* allocate(int size) { return fails() ? nullptr : real.xMalloc(size); }
void* reallocate(void* block, int size) { return fails() ? nullptr : real.xRealloc(block, size); }

}  // namespace

void FailingMemory::install() {
    sqlite3_mem_methods failing{};
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real) == SQLITE_OK) {
        failing = real;
        failing.xMalloc = &allocate;
        failing.xRealloc = &reallocate;
        if (sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) == SQLITE_OK) return;
    }
    throw std::runtime_error("SQLite is in use already; its memory cannot be made to fail.");
}

void FailingMemory::fail_at(std::uint64_t allocation, bool sticky) {
    count = 0;
    at = allocation;
    from_there_on = sticky;
}

void FailingMemory::disarm() { at = 0; }
std::uint64_t FailingMemory::allocations() { return count; }

}  // namespace tefter::testing
