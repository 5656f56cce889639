#include "tools/benchmarks/pages.hpp"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <thread>

#include "engine/client/home.hpp"
#include "schema/domain/catalog_text.hpp"
#include "tools/benchmarks/browser.hpp"
#include "tools/benchmarks/figures.hpp"
#include "tools/benchmarks/offices.hpp"
#include "tools/benchmarks/register.hpp"
#include "tools/benchmarks/server_process.hpp"

namespace tefter::bench {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* office_scope = "RS";  // of the devices; the register's people are in the others
constexpr std::int64_t page_pause_ms = 50;

double ms_since(Clock::time_point begin) { return std::chrono::duration<double, std::milli>(Clock::now() - begin).count(); }

std::string line_of(const std::string& text) { return text.substr(0, text.find('\n')); }

struct Place {
    std::string folder;
    std::string server() const { return folder + "/server"; }
    std::string devices;  ///< in memory where that can be: fifty laptops do not share a disk
    std::string device(int number) const { return devices + "/device-" + std::to_string(number); }
    std::string made() const { return folder + "/made"; }
};

std::string invite(const Place& place, const std::string& address, const std::string& office, const std::vector<std::string>& scopes,
                   const std::string& role) {
    std::vector<std::string> words{"invite", "--data", place.server(), "--office", office, "--role", role, "--address", address};
    for (const std::string& scope : scopes) words.insert(words.end(), {"--scope", scope});
    return line_of(run_server(words));
}

/// The address is in the code, and a server that is started again has another port: the devices are told.
std::unique_ptr<Replica> open_device(const Home& home, const Catalog& catalog, const std::string& address) {
    auto replica = home.open(passphrase, catalog, system_environment(), Opening::to_work);
    replica->set_fact("server_address", address);
    return replica;
}

void make_server(const PagesOptions& options, const Place& place, const Catalog& catalog) {
    std::ifstream in(place.made());
    std::int64_t people = 0;
    int devices = 0;
    if (in >> people >> devices && people == options.people && devices >= options.devices && fs::exists(place.device(options.devices - 1)))
        return;
    for (const std::string& made : {place.folder, place.devices}) {
        fs::remove_all(made);
        fs::create_directories(made);
    }
    const std::string secret = place.folder + "/passphrase";
    std::ofstream(secret) << passphrase << "\n";
    run_server({"init", "--data", place.server(), "--administrator", "Ana", "--passphrase-file", secret});
    const ServerProcess server(place.server());
    std::vector<Scope> others;
    std::vector<std::string> names;
    for (const Scope& scope : catalog.scopes()) {
        if (scope.name == "shared" || scope.name == "regional" || scope.name == office_scope) continue;
        others.push_back(scope);
        names.push_back(scope.name);
    }
    const Home staff(place.folder + "/staff");
    {
        const auto replica =
            staff.enrol(invite(place, server.address(), "Staff", names, "staff"), passphrase, catalog, system_environment());
        staff.sync(*replica);
        make_register(*replica, options.people, others);
        std::cerr << "Sending it to the server.\n";
        staff.sync(*replica);
    }
    staff.destroy();
    for (int i = 0; i < options.devices; ++i) {
        const Home home(place.device(i));
        const std::string code = invite(place, server.address(), "Office " + std::to_string(i), {office_scope}, "officer");
        const auto replica = home.enrol(code, passphrase, catalog, system_environment());
        home.sync(*replica);
        std::cerr << "\rFilling the devices: " << i + 1 << " of " << options.devices << std::flush;
    }
    std::cerr << "\n";
    std::ofstream(place.made()) << options.people << " " << options.devices;
}

/// Somebody who is registered at the door of the register's first activity.
std::vector<Edit> checked_in(Replica& replica) {
    const std::int64_t person = replica.new_id();
    const std::string activity = "A-10000";
    std::vector<Edit> edits(3);
    edits[0].table = "person";
    edits[0].key = {person};
    edits[0].scope = replica.catalog().find_scope(office_scope)->number;
    edits[0].values = {{"family_name", "Petrović"}, {"given_name", "Ana"}, {"gender", 1}, {"category", 2}, {"position", "Prosecutor"}};
    edits[1].table = "enrolment";
    edits[1].key = {person, activity};
    edits[1].values = {{"state", "accepted"}, {"role", "participant"}};
    edits[2].table = "attendance";
    edits[2].key = {person, activity, 1};
    edits[2].values = {{"status", "present"}, {"how", "by_hand"}};
    return edits;
}

Offices offices_of(const PagesOptions& options, const Place& place, const Catalog& catalog, const std::string& address) {
    std::vector<Home> homes;
    std::vector<std::unique_ptr<Replica>> replicas;
    for (int i = 0; i < options.devices; ++i) {
        homes.emplace_back(place.device(i));
        replicas.push_back(open_device(homes.back(), catalog, address));
    }
    return {std::move(homes), std::move(replicas), checked_in, std::chrono::milliseconds(options.pause_ms)};
}

/// Loads pages one after the other, as people look at them; milliseconds of each.
std::vector<double> load_pages(Browser& browser, int seconds) {
    const std::vector<std::string> paths{"/", "/figures/C1", "/figures/C3?by=beneficiary", "/activities/A-10000", "/"};
    std::vector<double> out;
    std::mutex mutex;
    std::condition_variable pause;
    std::unique_lock lock(mutex);
    const Clock::time_point begin = Clock::now();
    while (Clock::now() - begin < std::chrono::seconds(seconds)) {
        const Clock::time_point asked = Clock::now();
        browser.get(paths[out.size() % paths.size()], 200);
        out.push_back(ms_since(asked));
        pause.wait_for(lock, std::chrono::milliseconds(page_pause_ms));
    }
    return out;
}

}  // namespace

int measure_pages(const PagesOptions& options) {
    const Catalog catalog = load_built_in_catalog();
    const std::string folder = fs::absolute(options.folder).string() + "/pages";
    const std::string name = "/tefter-bench-" + std::to_string(std::hash<std::string>()(folder));
    const Place place{folder, fs::exists("/dev/shm") ? "/dev/shm" + name : folder + "/devices"};
    make_server(options, place, catalog);
    const ServerProcess server(place.server());
    Offices offices = offices_of(options, place, catalog, server.address());
    Browser browser(server.address());
    browser.sign_in("Ana", passphrase);
    browser.get("/", 200);
    std::vector<double> alone = load_pages(browser, options.seconds / 2);
    offices.start();
    std::vector<double> busy = load_pages(browser, options.seconds);
    offices.stop();
    std::vector<double> syncs = offices.times();
    const std::string while_syncing = " while " + std::to_string(options.devices) + " devices sync";
    return print({{"page load, nobody syncs, median", "ms", quantile(alone, 0.5), 0},
                  {"page load, nobody syncs, p99", "ms", quantile(alone, 0.99), 0},
                  {"page load" + while_syncing + ", median", "ms", quantile(busy, 0.5), 0},
                  {"page load" + while_syncing + ", p99", "ms", quantile(busy, 0.99), 200},
                  {"pages loaded meanwhile", "", static_cast<double>(busy.size()), 0},
                  {"syncs a second", "", static_cast<double>(syncs.size()) / options.seconds, 0},
                  {"a check-in's sync, median", "ms", quantile(syncs, 0.5), 0},
                  {"a check-in's sync, p99", "ms", quantile(syncs, 0.99), 0},
                  {"syncs turned away, and tried again", "", static_cast<double>(offices.turned_away()), 0},
                  {"memory of the server", "MB", server.peak_mb(), 0}},
                 options.json);
}

}  // namespace tefter::bench
