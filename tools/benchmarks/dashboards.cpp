#include "tools/benchmarks/dashboards.hpp"

#include <sodium.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "schema/domain/catalog_text.hpp"
#include "schema/domain/export.hpp"
#include "schema/domain/indicators.hpp"
#include "schema/domain/reference.hpp"
#include "tools/benchmarks/figures.hpp"
#include "tools/benchmarks/register.hpp"

namespace tefter::bench {

namespace {

namespace fs = std::filesystem;

const DatabaseKey bench_key{9, 9, 9};  // the people are invented
constexpr const char* today = "2026-06-30";

double median_ms(int runs, const std::function<void()>& work) {
    std::vector<double> times;
    for (int i = 0; i < runs; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    return quantile(times, 0.5);
}

/// Made once; a half-made one is made anew.
void make_once(const DashboardOptions& options, const Catalog& catalog) {
    const std::string path = options.folder + "/dashboards.db", made = options.folder + "/dashboards.made";
    const std::string wanted = std::to_string(options.people);
    std::ifstream in(made);
    if (std::string((std::istreambuf_iterator<char>(in)), {}) == wanted) return;
    fs::create_directories(options.folder);
    for (const char* suffix : {"", "-journal", ".writer"}) fs::remove(path + suffix);
    Identity identity;
    identity.device = server_device;
    crypto_sign_keypair(identity.server_key.data(), identity.secret.data());
    identity.office = "server";
    identity.role = Role::server;
    for (const Scope& scope : catalog.scopes()) identity.scopes.push_back(scope.number);
    Replica::create(path, bench_key, catalog, identity, JournalMode::rollback);
    Replica replica(path, bench_key, catalog, system_environment(), JournalMode::rollback);
    replica.write(0, reference_data(replica));
    const std::vector<Scope>& scopes = catalog.scopes();
    make_register(replica, options.people, std::span(scopes).subspan(2));
    std::ofstream(made) << wanted;
}

/// Time and memory of a process of its own: its memory is no other work's.
std::pair<double, double> sheet_seconds_and_mb(const std::string& database, const Catalog& catalog, const std::string& path) {
    fs::remove(path);
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            Database reader(database, bench_key, OpenMode::read_only, JournalMode::rollback);
            export_tables(reader, catalog, {{"person"}}, "xlsx", path);
            ::_exit(0);
        } catch (const std::exception& error) {
            std::cerr << error.what() << "\n";
            ::_exit(1);
        }
    }
    int status = 0;
    rusage usage{};
    ::wait4(child, &status, 0, &usage);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (status != 0) throw Error(ErrorKind::internal, "The sheet could not be made.");
    fs::remove(path);
    return {seconds, static_cast<double>(usage.ru_maxrss) / 1024};
}

std::vector<Figure> measure(const DashboardOptions& options, const Catalog& catalog) {
    const std::string path = options.folder + "/dashboards.db";
    std::vector<Figure> out;
    // First, while this process is small: a child begins with its memory.
    const auto [seconds, megabytes] = sheet_seconds_and_mb(path, catalog, options.folder + "/people.xlsx");
    Database reader(path, bench_key, OpenMode::read_only, JournalMode::rollback);
    std::shared_ptr<const Facts> facts;
    out.push_back({"facts loaded anew after a commit", "ms", median_ms(3, [&] { facts = Facts::load(reader, catalog, today); }), 0});
    out.push_back({"overview", "ms", median_ms(options.runs, [&] { overview(*facts, {}); }), 50});
    out.push_back({"overview with trend, filtered by gender and year", "ms",
                   median_ms(options.runs,
                             [&] {
                                 const Filter filter{.from = "2024", .to = "2025", .gender = 1};
                                 overview(*facts, filter);
                                 overview(*facts, filter, Cut::quarter);
                             }),
                   50});
    double slowest_cut = 0, slowest_rows = 0;
    for (const Indicator& one : indicators()) {
        for (const Cut cut : {Cut::none, Cut::beneficiary, Cut::institution_type, Cut::category, Cut::gender, Cut::quarter})
            slowest_cut = std::max(slowest_cut, median_ms(3, [&] { figures_of(*facts, one, {}, cut); }));
        const std::int64_t rows = rows_of(*facts, one, {}, 0, 0).total;
        slowest_rows = std::max(slowest_rows, median_ms(3, [&] { rows_of(*facts, one, {}, static_cast<std::size_t>(rows / 2), 100); }));
    }
    out.push_back({"slowest cut of one indicator", "ms", slowest_cut, 100});
    out.push_back({"slowest drill-down: a page of 100 rows from the middle", "ms", slowest_rows, 100});
    out.push_back({"XLSX of " + std::to_string(options.people) + " people", "s", seconds, 2});
    out.push_back({"memory of a process that writes it", "MB", megabytes, 100});
    return out;
}

}  // namespace

int measure_dashboards(const DashboardOptions& options) {
    const Catalog catalog = load_built_in_catalog();
    make_once(options, catalog);
    return print(measure(options, catalog), options.json);
}

}  // namespace tefter::bench
