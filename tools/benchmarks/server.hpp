#pragma once
// A real server over real TLS: what it gives out, how many it serves, and the memory of a large sync on both sides.

#include <string>

namespace tefter::bench {

struct ServerOptions {
    std::string folder;  ///< where the server and its devices are made, and removed again; empty: the system's temporary folder
    int devices = 1000;
    int changes = 1'000'000;  ///< of the large sync
    std::string json;         ///< a file to write the figures to
};

/// Measures and prints. Returns 1 when a bar is missed, else 0.
int measure_server(const ServerOptions& options);

}  // namespace tefter::bench
