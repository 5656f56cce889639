#pragma once
// How long a page takes while offices sync: a real server on one core; its devices and the browser are on the others.

#include <cstdint>
#include <string>

namespace tefter::bench {

struct PagesOptions {
    std::string folder;             ///< where the server and its devices are made, and kept for the next time
    std::int64_t people = 100'000;  ///< with ten attendances each
    int devices = 50;
    int seconds = 20;
    int pause_ms = 5000;  ///< of a device, from the end of a sync to the next check-in
    bool json = false;
};

/// Measures and prints. Returns 1 when a bar is missed, else 0.
int measure_pages(const PagesOptions& options);

}  // namespace tefter::bench
