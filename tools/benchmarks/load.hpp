#pragma once
// As many devices as there are enrolment codes, which register people and sync for a while with a server that runs already, or with
// several behind a balancer; and whether all agree in the end.

#include <string>

namespace tefter::bench {

struct LoadOptions {
    std::string codes;   ///< a file with a code a line
    std::string folder;  ///< where the devices are made, and kept for the next time
    int seconds = 20;
    bool until_closed = false;  ///< instead: until standard input ends
    int pause_ms = 1000;        ///< of a device between two syncs
    int people = 1;             ///< that a device registers before each sync
    bool json = false;
};

/// Measures and prints. Returns 1 when devices do not agree in the end, else 0.
int measure_load(const LoadOptions& options);

}  // namespace tefter::bench
