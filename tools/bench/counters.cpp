// Counts what the program asks of the system, without a tracer: the functions stand before those of the C library, which the
// SQLite library finds through the same names, and pass every call on.

#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "tools/bench/measure.hpp"

namespace {
std::atomic<std::uint64_t> fsyncs{0};
std::atomic<std::uint64_t> allocations{0};

int pass_on(const char* name, int descriptor) {
    ++fsyncs;
    return reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, name))(descriptor);
}
}  // namespace

extern "C" int fsync(int descriptor) { return pass_on("fsync", descriptor); }
extern "C" int fdatasync(int descriptor) { return pass_on("fdatasync", descriptor); }

void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace tefter::bench {
std::uint64_t fsync_count() { return fsyncs; }
std::uint64_t allocation_count() { return allocations; }
}  // namespace tefter::bench
