#include "tools/benchmarks/load.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "schema/domain/catalog_text.hpp"
#include "tools/benchmarks/figures.hpp"
#include "tools/benchmarks/offices.hpp"

namespace tefter::bench {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// The scope in which a device's own people live.
ScopeNumber own_scope(const Replica& replica) { return replica.identity().scopes.back(); }

std::vector<Edit> registered(Replica& replica, int people) {
    std::vector<Edit> out;
    for (int i = 0; i < people; ++i) {
        Edit& edit = out.emplace_back();
        edit.table = "person";
        edit.key = {replica.new_id()};
        edit.scope = own_scope(replica);
        edit.values = {{"family_name", "Petrović"}, {"given_name", "Ana"}, {"gender", 1}, {"category", 2}, {"position", "Prosecutor"}};
    }
    return out;
}

/// What nobody knows at the beginning is got by the first sync of each device, and not measured.
Offices enrolled(const LoadOptions& options, const Catalog& catalog) {
    std::ifstream in(options.codes);
    std::vector<Home> homes;
    std::vector<std::unique_ptr<Replica>> replicas;
    for (std::string code; std::getline(in, code);) {
        if (code.empty()) continue;
        homes.emplace_back(options.folder + "/device-" + std::to_string(homes.size()));
        const Home& home = homes.back();
        replicas.push_back(home.has_replica() ? home.open(passphrase, catalog, system_environment(), Opening::to_work)
                                              : home.enrol(code, passphrase, catalog, system_environment()));
        std::cerr << "\rEnrolling: " << homes.size() << std::flush;
    }
    std::cerr << "\n";
    if (homes.empty()) throw Error(ErrorKind::usage, "There is no enrolment code in " + options.codes + "; write one a line.");
    const int people = options.people;
    return {std::move(homes), std::move(replicas), [people](Replica& replica) { return registered(replica, people); },
            std::chrono::milliseconds(options.pause_ms)};
}

/// Each scope's digests, as the devices that hold it have them: one, where all agree.
bool agree(const Offices& offices) {
    std::map<ScopeNumber, Digest> known;
    for (const auto& replica : offices.replicas()) {
        for (const ScopeState& scope : replica->scopes()) {
            if (known.try_emplace(scope.scope, scope.digest).first->second != scope.digest) return false;
        }
    }
    return true;
}

/// People of each scope in which devices register them.
std::map<ScopeNumber, std::int64_t> count_people(const Offices& offices) {
    std::map<ScopeNumber, std::int64_t> out;
    for (const auto& replica : offices.replicas()) {
        const ScopeNumber scope = own_scope(*replica);
        if (out.contains(scope)) continue;
        Statement row = replica->store().database.prepare_once("SELECT count(*) FROM person WHERE _scope = ?1");
        row.with(std::int64_t{scope.value});
        row.step();
        out[scope] = row.integer(0);
    }
    return out;
}

/// Twice: the second round brings to everyone what the others have brought in the first.
void settle(Offices& offices) {
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = 0; i < offices.homes().size(); ++i) offices.sync(i);
    }
}

}  // namespace

int measure_load(const LoadOptions& options) {
    const Catalog catalog = load_built_in_catalog();
    fs::create_directories(options.folder);
    Offices offices = enrolled(options, catalog);
    settle(offices);
    const std::map<ScopeNumber, std::int64_t> before = count_people(offices);
    std::cerr << "The devices sync." << std::endl;
    const Clock::time_point begin = Clock::now();
    offices.start();
    if (options.until_closed) {
        for (std::string line; std::getline(std::cin, line);) {
        }
        offices.stop();
    } else {
        offices.stop_after(std::chrono::seconds(options.seconds));
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    std::vector<double> times = offices.times();
    settle(offices);
    std::int64_t lost = offices.rounds() * options.people;
    for (const auto& [scope, people] : count_people(offices)) lost -= people - before.at(scope);
    const double syncs = static_cast<double>(times.size());
    const bool agreed = agree(offices);
    print({{"devices", "", static_cast<double>(offices.homes().size()), 0},
           {"syncs", "", syncs, 0},
           {"syncs a second", "", syncs / seconds, 0},
           {"people registered a second", "", static_cast<double>(offices.rounds() * options.people) / seconds, 0},
           {"a sync, median", "ms", quantile(times, 0.5), 0},
           {"a sync, p99", "ms", quantile(times, 0.99), 0},
           {"syncs put off, and tried again", "", static_cast<double>(offices.turned_away()), 0},
           {"people lost, or there twice", "", static_cast<double>(lost), 0},
           {"all devices agree", "", agreed ? 1.0 : 0.0, 0}},
          options.json);
    return agreed && lost == 0 ? 0 : 1;
}

}  // namespace tefter::bench
