// Counts what the program asks of the system, without a tracer: the functions stand before those of the C library, which the
// SQLite library finds through the same names, and pass every call on.

#include <dlfcn.h>

#include <atomic>

#include "tools/benchmarks/measure.hpp"

namespace {
std::atomic<std::uint64_t> fsyncs{0};

int pass_on(const char* name, int descriptor) {
    ++fsyncs;
    return reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, name))(descriptor);
}
}  // namespace

extern "C" int fsync(int descriptor) { return pass_on("fsync", descriptor); }
extern "C" int fdatasync(int descriptor) { return pass_on("fdatasync", descriptor); }

namespace tefter::bench {
std::uint64_t fsync_count() { return fsyncs; }
}  // namespace tefter::bench
