#pragma once
// The engine against the plain insert.

#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/stage.hpp"

namespace tefter::bench {

struct EngineOptions {
    std::string folder;  ///< where databases are made; empty: the system's temporary folder
    std::size_t rows = 1'000'000;
    int runs = 5;
    bool all_rows = false;  ///< in every part; else some take fewer
    bool counts_only = false;
    std::string only;  ///< one part: bytes, write, receive, update, snapshot, ingest
    std::string json;  ///< a file to write the figures to
};

void measure_writes(Stage& stage, const EngineOptions& options, Report& report);
void measure_receiving(Stage& stage, const EngineOptions& options, Report& report);
void measure_updates(Stage& stage, const EngineOptions& options, Report& report);
void measure_snapshot(Stage& stage, const EngineOptions& options, Report& report);
void measure_size(Stage& stage, const EngineOptions& options, Report& report);
void measure_ingest(Stage& stage, const EngineOptions& options, Report& report);
void measure_bytes(Stage& stage, const EngineOptions& options, Report& report);

int measure_engine(const EngineOptions& options);

}  // namespace tefter::bench
