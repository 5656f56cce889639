// tefter-bench: how fast things are, beside how fast they must be.

#include <CLI/CLI.hpp>

#include "tools/benchmarks/dashboards.hpp"
#include "tools/benchmarks/engine.hpp"
#include "tools/benchmarks/kiosk.hpp"
#include "tools/benchmarks/load.hpp"
#include "tools/benchmarks/pages.hpp"
#include "tools/benchmarks/plain_server.hpp"
#include "tools/benchmarks/server.hpp"
#include "tools/program/program.hpp"

using namespace tefter::bench;

int main(int argc, char** argv) {
    CLI::App app{"Measures Tefter, and prints each figure beside its bar."};
    app.require_subcommand(1);
    KioskOptions kiosk;
    int code = 0;
    CLI::App* command = app.add_subcommand("kiosk", "the kiosk with 100,000 people and 1,000,000 attendances");
    command->add_option("--data", kiosk.folder, "where the replica is made, and kept for the next time")->required();
    command->add_option("--people", kiosk.people, "in the replica")->capture_default_str()->check(CLI::Range(1000, 10'000'000));
    command->add_option("--seed", kiosk.seed, "of the people")->capture_default_str();
    command->add_flag("--json", kiosk.json, "the figures as JSON");
    command->callback([&] { code = measure_kiosk(kiosk); });
    DashboardOptions dashboards;
    CLI::App* pages =
        app.add_subcommand("dashboards", "figures, the rows behind them and sheets, with 100,000 people and 1,000,000 attendances");
    pages->add_option("--data", dashboards.folder, "where the register is made, and kept for the next time")->required();
    pages->add_option("--people", dashboards.people, "in the register")->capture_default_str()->check(CLI::Range(1000, 10'000'000));
    pages->add_option("--runs", dashboards.runs, "of which the median is taken")->capture_default_str()->check(CLI::Range(1, 100));
    pages->add_flag("--json", dashboards.json, "the figures as JSON");
    pages->callback([&] { code = measure_dashboards(dashboards); });
    PagesOptions loads;
    command = app.add_subcommand("pages", "pages of a real server on one core while 50 devices sync with it");
    command->add_option("--data", loads.folder, "where the server and its devices are made, and kept for the next time")->required();
    command->add_option("--people", loads.people, "in the register")->capture_default_str()->check(CLI::Range(1000, 10'000'000));
    command->add_option("--devices", loads.devices, "that sync")->capture_default_str()->check(CLI::Range(1, 1000));
    command->add_option("--seconds", loads.seconds, "of loading pages")->capture_default_str()->check(CLI::Range(2, 3600));
    command->add_option("--pause", loads.pause_ms, "milliseconds between a device's syncs")
        ->capture_default_str()
        ->check(CLI::Range(0, 600'000));
    command->add_flag("--json", loads.json, "the figures as JSON");
    command->callback([&] { code = measure_pages(loads); });
    LoadOptions load;
    command = app.add_subcommand("load", "devices that register people and sync with a server that runs, and whether all agree in the end");
    command->add_option("--codes", load.codes, "a file with enrolment codes, one a line: a device each")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("--data", load.folder, "where the devices are made, and kept for the next time")->required();
    command->add_option("--seconds", load.seconds, "of syncing")->capture_default_str()->check(CLI::Range(1, 86'400));
    command->add_option("--pause", load.pause_ms, "milliseconds between a device's syncs")
        ->capture_default_str()
        ->check(CLI::Range(0, 600'000));
    command->add_flag("--until-closed", load.until_closed, "instead of --seconds: until standard input ends");
    command->add_option("--people", load.people, "that a device registers before each sync")
        ->capture_default_str()
        ->check(CLI::Range(0, 5000));
    command->add_flag("--json", load.json, "the figures as JSON");
    command->callback([&] { code = measure_load(load); });
    EngineOptions engine;
    command = app.add_subcommand("engine", "writing, receiving, filling and the bytes of it, against plain inserts");
    command->add_option("--rows", engine.rows, "check-ins of the large figures")
        ->capture_default_str()
        ->check(CLI::Range(1000, 10'000'000));
    command->add_option("--runs", engine.runs, "pairs of which the median is taken")->capture_default_str()->check(CLI::Range(1, 100));
    command->add_option("--folder", engine.folder, "where databases are made, and removed again");
    command->add_option("--json", engine.json, "a file for the figures");
    command->add_option("--only", engine.only, "one part")
        ->check(CLI::IsMember({"bytes", "write", "receive", "indexed", "update", "snapshot", "ingest", "size"}));
    command->add_flag("--all-rows", engine.all_rows, "in every part; else some take fewer");
    command->add_flag("--counts-only", engine.counts_only, "fail on what does not depend on the clock only");
    command->callback([&] { code = measure_engine(engine); });
    ServerOptions server;
    command =
        app.add_subcommand("server", "a real server on one core: memory of a large sync, what it gives out, and many devices at once");
    command->add_option("--devices", server.devices, "that sync at once")->capture_default_str()->check(CLI::Range(10, 10'000));
    command->add_option("--changes", server.changes, "of the large sync")->capture_default_str()->check(CLI::Range(1000, 10'000'000));
    command->add_option("--folder", server.folder, "where server and devices are made, and removed again");
    command->add_option("--json", server.json, "a file for the figures");
    command->callback([&] { code = measure_server(server); });
    std::string file;
    command = app.add_subcommand("plain", "")->group("");  // what the one before starts for itself
    command->add_option("--file", file, "")->required();
    command->callback([&] { code = run_plain_server(file); });
    try {
        app.parse(argc, argv);
        return code;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (...) {
        return tefter::report_failure("tefter-bench");
    }
}
