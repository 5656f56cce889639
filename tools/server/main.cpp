// tefter-server: the central server and its administration.

#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/base/file.hpp"
#include "schema/domain/catalog_text.hpp"
#include "schema/domain/passphrase.hpp"
#include "schema/domain/reference.hpp"
#include "server/administration.hpp"
#include "server/http.hpp"
#include "server/web/people.hpp"
#include "tools/program/program.hpp"
#include "tools/server/settings.hpp"

using namespace tefter;
using nlohmann::json;

namespace {

struct Options {
    std::string data, config, office, role = "officer", address, reason, table, key, backup, unlock, recovery, name = "Administrator",
                                      passphrase_file, ledger, by, why = "asked_by_person", approve, file, catalog;
    std::vector<std::string> scopes;
    std::uint32_t device = 0;
    double hours = 72;
    std::int64_t lease_days = usual_lease_days;
    std::int64_t keep_days = 3 * 365;
    bool back = false, lost = false, json = false, switch_now = false, anyway = false;
};

constexpr std::size_t catalog_bytes = 4U << 20U;

/// Tefter's own, or another application's: see docs/embedding.md.
Catalog load_catalog(const Options& options) {
    if (options.catalog.empty()) return load_built_in_catalog();
    return Catalog::parse(as_text(read_file(options.catalog, catalog_bytes)), options.catalog);
}

struct HostPort {
    std::string host;
    int port = 0;
};

HostPort parse_address(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon != std::string::npos && colon != 0) {
        try {
            std::size_t used = 0;
            const int port = std::stoi(text.substr(colon + 1), &used);
            if (used == text.size() - colon - 1 && port >= 0 && port < 65536) return {text.substr(0, colon), port};
        } catch (const std::logic_error&) {
        }
    }
    throw Error(ErrorKind::usage, "\"" + text + "\" is no address; write it as HOST:PORT.");
}

std::string flag_of(const Setting& one) {
    std::string out = "--" + one.name;
    std::replace(out.begin(), out.end(), '_', '-');
    return out;
}

/// An address as it may be shown: postgresql://user:secret@host/… has its secret taken out.
std::string without_password(std::string address) {
    const std::size_t scheme = address.find("://"), at = address.find('@');
    if (scheme == std::string::npos || at == std::string::npos) return address;
    const std::size_t colon = address.find(':', scheme + 3);
    if (colon < at) address.replace(colon + 1, at - colon - 1, "…");
    return address;
}

std::set<Role> roles_in(const Settings& settings, const std::string& name) {
    std::set<Role> out;
    for (const std::string& word : settings.list(name)) {
        const std::optional<Role> role = role_from_text(word);
        if (!role || *role == Role::server)
            throw Error(ErrorKind::usage, name + ": \"" + word + "\" is no role; write officer, staff, manager or administrator.");
        out.insert(*role);
    }
    return out;
}

/// The file, then the environment, then what was given with `command`.
void gather(Settings& settings, const Options& options, const CLI::App& command) {
    if (!options.config.empty()) settings.read_file(options.config);
    settings.read_environment([](const std::string& name) {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::optional<std::string>() : std::string(value);
    });
    for (const Setting& one : std::vector(settings.all())) {
        const CLI::Option* flag = command.get_option(flag_of(one));
        if (flag->count() > 0) settings.set(one.name, flag->as<std::string>(), "command line");
    }
    parse_address(settings.value("listen"));
    roles_in(settings, "codes_for");
}

/// Where tools/phone builds it, beside the folder of the programs; or where a package installs it.
std::string phone_folder(const Settings& settings) {
    if (!settings.value("phone").empty()) return settings.value("phone");
    const std::filesystem::path root = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
    return (std::filesystem::exists(root / "share/tefter/phone") ? root / "share/tefter/phone" : root / "phone").string();
}

void serve(Center& center, const Settings& settings, Pages pages) {
    const HostPort address = parse_address(settings.value("listen"));
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread is made: all of them inherit it
    signal(SIGPIPE, SIG_IGN);
    center.follow_others();
    HttpServer server(center, {address.host, address.port, pages, phone_folder(settings), settings.list("metrics_from"),
                               roles_in(settings, "codes_for")});
    center.listens_on(address.host + ":" + std::to_string(server.port()));
    std::thread stopper([&] {
        int which = 0;
        sigwait(&signals, &which);
        server.stop();
    });
    std::cout << "tefter-server is ready on https://" << address.host << ":" << server.port() << std::endl;
    server.run();
    stopper.join();
}

/// Through the server that runs on the folder, or on the folder itself.
json administered(const Options& options, const Catalog& catalog, const json& request) {
    const std::string answer = [&] {
        std::unique_ptr<Center> center;
        try {
            center = std::make_unique<Center>(options.data, catalog, system_environment());
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::busy) throw;
            return ask_running_server(options.data, request.dump());
        }
        return administer(*center, request.dump());
    }();
    json parsed = json::parse(answer);
    if (parsed.is_object() && parsed.contains("error")) {
        throw Error(parsed["usage"].get<bool>() ? ErrorKind::usage : ErrorKind::refused, parsed["error"].get<std::string>());
    }
    return parsed;
}

void print_devices(const json& list) {
    for (const json& device : list) {
        std::cout << device["device"].get<int>() << "  " << device["office"].get<std::string>() << "  " << device["role"].get<std::string>()
                  << "  " << device["scopes"].get<std::string>() << (device["revoked"].get<bool>() ? "  revoked" : "") << "\n";
    }
}

void print_erasures(const json& list) {
    for (const json& open : list) {
        std::cout << open["request"].get<std::string>() << "  " << open["table"].get<std::string>() << "  "
                  << open["key"].get<std::string>() << "  " << open["reason"].get<std::string>() << "  asked by "
                  << open["asked_by"].get<std::string>() << "\n";
    }
}

std::string scopes_of(const Options& options) {
    std::string scopes;
    for (const std::string& scope : options.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
    return scopes;
}

json invitation(const Options& options) {
    if (!options.address.empty()) parse_address(options.address);
    return {{"do", "invite"},
            {"office", options.office},
            {"role", options.role},
            {"scopes", scopes_of(options)},
            {"address", options.address},
            {"valid_ms", static_cast<std::int64_t>(options.hours * 3'600'000)},
            {"lease_days", options.lease_days}};
}

json erasure(const Options& options, const Catalog& catalog) {
    if (!options.approve.empty()) return {{"do", "approve"}, {"request", options.approve}, {"by", options.by}};
    if (options.table.empty() || options.key.empty()) {
        throw Error(ErrorKind::usage, "Name the row, or with --approve the request that a second person approves.");
    }
    json key = json::array();
    for (const OwnedValue& part : parse_key(catalog.table(options.table), options.key)) key.push_back(part.view().text());
    return {{"do", "erase"}, {"table", options.table}, {"key", key}, {"reason", options.why}, {"by", options.by}};
}

/// The code carries the server's address and its pin, so the file is a code that nobody has to type. It enrols nobody by
/// itself: the device still has to reach the server, which gives it its number.
void write_invitation(const Options& options, const std::string& code) {
    const std::string ending = ".tefter-invitation";
    NewFile file(options.file.ends_with(ending) ? options.file : options.file + ending);
    file.write(as_bytes("Tefter: an invitation for " + options.office + ", good for one device.\n" + code + "\n"));
    file.commit();
}

/// Empty where no file is given: then one is made.
std::string given_passphrase(const Options& options) {
    if (options.passphrase_file.empty()) return {};
    std::ifstream in(options.passphrase_file);
    std::string line;
    if (!std::getline(in, line)) throw Error(ErrorKind::usage, "The file " + options.passphrase_file + " cannot be read.");
    check_new_passphrase(line, least_on_pages);
    return line;
}

void print_one_time(const std::string& passphrase) {
    std::cout << "The one-time passphrase is " << passphrase << " and is shown this once; it is replaced at the first sign-in.\n";
}

void initialise(const Options& options, const Catalog& catalog) {
    if (!options.catalog.empty()) {
        Center::init(options.data, catalog, system_environment(), [](Replica&, web::Vault&) { return std::vector<Edit>(); });
        std::cout << "The server is ready in " << options.data << ". Take the file recovery away and keep it safe.\n";
        return;
    }
    const std::string passphrase = given_passphrase(options);
    std::string one_time;
    Center::init(options.data, catalog, system_environment(), [&](Replica& replica, web::Vault& vault) {
        std::vector<Edit> rows = reference_data(replica);
        rows.push_back(first_administrator(replica, options.name));
        const std::int64_t user = rows.back().key.front().view().integer();
        if (passphrase.empty()) one_time = vault.one_time_passphrase(user);
        else vault.set_passphrase(user, passphrase, false);
        return rows;
    });
    std::cout << "The server is ready in " << options.data << ". Take the file recovery away and keep it safe.\n";
    std::cout << "Its first administrator signs in to the pages as " << options.name << ".\n";
    if (!one_time.empty()) print_one_time(one_time);
}

void print_rotation(const json& answer) {
    if (answer["switched"].get<bool>()) {
        std::cout << "The new key is the server's from its next start on; start it anew now.\n";
        return;
    }
    std::cout << "The next TLS key is announced to every device at its next sync.\n";
    if (answer["unaware"].empty()) std::cout << "Every device has heard of it: tefter-server rotate-certificate --switch takes it.\n";
    else std::cout << "Devices that have not heard of it yet: " << answer["unaware"].dump() << "\n";
}

void print_compaction(const json& ledgers) {
    for (const json& one : ledgers) {
        std::cout << one["scope"].get<std::string>() << ": " << one["segments"] << " segments are gone now; of " << one["head"] << ", "
                  << one["head"].get<std::uint64_t>() - one["base"].get<std::uint64_t>() << " are kept.";
        if (!one["behind"].empty()) std::cout << " Devices that have a lease and have not read further: " << one["behind"].dump() << ".";
        if (one["server_behind"].get<bool>()) std::cout << " A server of the set has not followed further.";
        std::cout << "\n";
    }
    std::cout << "The file does not shrink: the space is used for what comes.\n";
}

void print_users(const json& list) {
    for (const json& user : list) {
        std::cout << user["name"].get<std::string>() << "  " << user["role"].get<std::string>()
                  << (user["active"].get<bool>() ? (user["signs_in"].get<bool>() ? "" : "  has no passphrase") : "  disabled") << "\n";
    }
}

void migrate_ledger(Options options, const Catalog& catalog) {
    if (const char* given = std::getenv("TEFTER_LEDGER"); given != nullptr && options.ledger.empty() && !options.back)
        options.ledger = given;
    if (options.lost && options.back) {
        Center::leave_lost_database(options.data, catalog, system_environment());
        std::cout << "This server is alone, with its own copy of the ledgers. It waits for its devices, which may remember more; "
                  << "tefter-server go-on ends the waiting. The other servers of the set must not be started again.\n";
        return;
    }
    if (options.ledger.empty() != options.back || options.lost)
        throw Error(ErrorKind::usage,
                    "Give either --to, the address of an empty database, or --back, with --lost where the database is lost.");
    const std::size_t segments = Center::move_ledgers(options.data, catalog, system_environment(), options.ledger);
    if (options.json) std::cout << json{{"segments", segments}, {"shared", !options.back}} << "\n";
    else if (options.back) std::cout << "The ledgers are home, " << segments << " segments; the database holds nothing of them any more.\n";
    else
        std::cout << segments
                  << " segments are in the database. Start this server; further ones are made by tefter-server restore from its "
                  << "backup, and started with --ledger.\n";
}

void restore(const Options& options, const Catalog& catalog) {
    if (options.unlock.empty() == options.recovery.empty()) {
        throw Error(ErrorKind::usage,
                    "Give either --unlock, the server's old unlock file, or --recovery, the organisation's recovery file.");
    }
    std::string passphrase;
    if (!options.unlock.empty()) {
        std::ifstream in(options.unlock);
        if (!std::getline(in, passphrase)) throw Error(ErrorKind::usage, "The file " + options.unlock + " cannot be read.");
    }
    if (Center::restore(options.backup, options.data, catalog, system_environment(), passphrase, options.recovery)) {
        std::cout << "The server in " << options.data << " is one of a set that shares its ledgers; start it with --ledger.\n";
        return;
    }
    std::cout << "The server is restored in " << options.data
              << ". It serves, and writes nothing of its own until its devices have synced once.\n";
}

}  // namespace

int main(int argc, char** argv) {
    close_to_others();
    Options options;
    CLI::App app{"The central server of Tefter: takes in what offices send, and gives each what it is granted."};
    app.require_subcommand(1);
    const auto command = [&](const char* name, const char* description) {
        CLI::App* out = app.add_subcommand(name, description);
        out->add_option("--data", options.data, "the server's folder")->required();
        out->add_option("--catalog", options.catalog, "another application's catalog; its pages are its own")->check(CLI::ExistingFile);
        out->add_flag("--json", options.json, "prints JSON");
        return out;
    };
    CLI::App* init = command("init", "makes a new server: keys, TLS identity, ledgers, reference data");
    init->add_option("--administrator", options.name, "the name of the first administrator")->capture_default_str();
    const auto takes_passphrase = [&](CLI::App* at) {
        at->add_option("--passphrase-file", options.passphrase_file, "its first line is the passphrase; without it a one-time one is made");
    };
    takes_passphrase(init);
    CLI::App* user = command("user", "those who sign in to the web pages");
    user->require_subcommand(1)->fallthrough();
    const auto on_user = [&](const char* name, const char* description) {
        CLI::App* out = user->add_subcommand(name, description)->fallthrough();
        if (std::string_view(name) != "list") out->add_option("name", options.name, "the user's name")->required();
        return out;
    };
    CLI::App* user_add = on_user("add", "adds one");
    user_add->add_option("--role", options.role, "officer, staff, manager or administrator")->required();
    takes_passphrase(user_add);
    takes_passphrase(on_user("passphrase", "gives one a new passphrase"));
    on_user("disable", "shuts one out");
    CLI::App* user_list = on_user("list", "lists them");
    Settings settings;
    const auto takes_settings = [&](CLI::App* at) {
        at->add_option("--config", options.config,
                       "a file with lines NAME = VALUE; TEFTER_NAME in the environment prevails, then the flags");
        for (const Setting& one : settings.all()) {
            CLI::Option* flag = at->get_option_no_throw(flag_of(one));
            if (flag == nullptr) flag = at->add_option(flag_of(one), one.about)->default_str(one.value);
            flag->required(false);
        }
        return at;
    };
    CLI::App* serving = takes_settings(command("serve", "serves devices until it is stopped"));
    CLI::App* config = app.add_subcommand("config", "what serve is told, and by what");
    config->require_subcommand(1);
    CLI::App* showing = takes_settings(config->add_subcommand("show", "prints each setting with where it comes from"));
    CLI::App* invite = command("invite", "prints a one-time enrolment code");
    invite->add_option("--office", options.office, "the office's name")->required();
    invite->add_option("--scope", options.scopes, "scopes to grant beside shared and regional")->required();
    invite->add_option("--role", options.role, "officer, staff, manager or administrator")->capture_default_str();
    invite->add_option("--address", options.address, "HOST:PORT that devices connect to; where the server listens, when not given");
    invite->add_option("--file", options.file, "also writes the code to a file that the kiosk finds on a stick: NAME.tefter-invitation");
    invite->add_option("--hours", options.hours, "how long the code is good")->capture_default_str()->check(CLI::Range(0.0, 8760.0));
    invite->add_option("--lease-days", options.lease_days, "how long the device shows its rows without a sync; 0: for ever")
        ->capture_default_str()
        ->check(CLI::Range(0, 3650));
    CLI::App* rotating = command("rotate-certificate", "announces the server's next TLS key to the devices, ahead of its use");
    rotating->add_flag("--switch", options.switch_now, "takes the announced key, from the next start on");
    rotating->add_flag("--anyway", options.anyway, "although some devices have not heard of it");
    CLI::App* devices = command("devices", "lists the devices");
    CLI::App* grant = command("grant", "gives a device further scopes; it gets them whole at its next sync");
    grant->add_option("device", options.device, "the device's number")->required();
    grant->add_option("--scope", options.scopes, "scopes beside those that it holds")->required();
    CLI::App* revoke = command("revoke", "shuts a device out; it destroys its keys at its next sync");
    revoke->add_option("device", options.device, "the device's number")->required();
    revoke->add_option("--reason", options.reason, "why");
    CLI::App* verifying = command("verify", "replays the ledgers and checks every row, hash, signature and digest");
    CLI::App* erasing = command("erase", "asks that the personal values of a row be erased for ever; a second person approves it");
    erasing->add_option("table", options.table, "a table of the catalog");
    erasing->add_option("key", options.key, "the row's key, parts separated by /");
    erasing->add_option("--by", options.by, "the staff user who asks or approves")->required();
    erasing->add_option("--reason", options.why, "asked_by_person, consent_withdrawn, retention_over, entered_by_mistake or other")
        ->capture_default_str();
    erasing->add_option("--approve", options.approve, "the number of a request: erases what it names");
    CLI::App* erasures = command("erasures", "lists the erasures that wait for a second person");
    CLI::App* backup = command("backup", "copies the server, as of one moment, while it runs");
    backup->add_option("folder", options.backup, "a new folder for the backup")->required();
    CLI::App* copying = command("ledger-copy", "copies the ledgers, without personal values, for an auditor: tefter verify --ledger-copy");
    copying->add_option("folder", options.backup, "a new folder for the copy")->required();
    CLI::App* compacting = command("compact", "takes history that every device has read, or will never read, out of the ledgers");
    compacting->add_option("--keep-days", options.keep_days, "what is younger than so many days stays")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{36'500}));
    CLI::App* rekeying = command("rotate-key", "gives the server's files another database key; the server is stopped meanwhile");
    CLI::App* restoring = command("restore", "makes the server anew from a backup");
    restoring->add_option("backup", options.backup, "the backup's folder")->required();
    restoring->add_option("--unlock", options.unlock, "the unlock file that the server had");
    restoring->add_option("--recovery", options.recovery, "the organisation's recovery file");
    CLI::App* moving =
        command("migrate-ledger", "moves the ledgers to a database that several servers share, or back; the server is stopped meanwhile");
    moving->add_option("--to", options.ledger, "the database, postgresql://USER:PASSWORD@HOST:PORT/NAME; TEFTER_LEDGER when not given");
    moving->add_flag("--back", options.back, "takes them home: this server is alone then");
    moving->add_flag("--lost", options.lost, "with --back: the database is lost, and this server's copy is what there is");
    command("wait", "waits for every device, as after a restore: where the server was put back to an older copy by other means");
    command("go-on", "after a restore: waits no longer for devices that have not synced since");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        if (showing->parsed() || serving->parsed()) gather(settings, options, showing->parsed() ? *showing : *serving);
        if (showing->parsed()) {
            for (const Setting& one : settings.all())
                std::cout << one.name << " = " << without_password(one.value) << "  # " << one.origin << "\n";
            return 0;
        }
        const Catalog catalog = load_catalog(options);
        if (init->parsed()) {
            initialise(options, catalog);
            return 0;
        }
        if (restoring->parsed()) {
            restore(options, catalog);
            return 0;
        }
        if (moving->parsed()) {
            migrate_ledger(options, catalog);
            return 0;
        }
        if (rekeying->parsed()) {
            Center::change_key(options.data, system_environment());
            std::cout << "The server's files have another key. Backups from before still open with the keys that lie in them.\n";
            return 0;
        }
        if (serving->parsed()) {
            if (settings.value("data").empty())
                throw Error(ErrorKind::usage,
                            "The server's folder is not named; give it with --data DIR, or as data in the file of --config.");
            Center center(settings.value("data"), catalog, system_environment(), settings.value("ledger"));
            serve(center, settings, options.catalog.empty() ? Pages::served : Pages::none);
            return 0;
        }
        json request{{"do", app.get_subcommands().front()->get_name()}};
        if (invite->parsed()) request = invitation(options);
        if (erasing->parsed()) request = erasure(options, catalog);
        if (grant->parsed()) request.update({{"device", options.device}, {"scopes", scopes_of(options)}});
        if (revoke->parsed()) request.update({{"device", options.device}, {"reason", options.reason}});
        if (compacting->parsed()) request["keep_days"] = options.keep_days;
        if (rotating->parsed()) request.update({{"switch", options.switch_now}, {"anyway", options.anyway}});
        if (user->parsed()) {
            request = {{"do", "user " + user->get_subcommands().front()->get_name()},
                       {"name", options.name},
                       {"role", options.role},
                       {"passphrase", given_passphrase(options)}};
        }
        if (backup->parsed() || copying->parsed()) request["folder"] = std::filesystem::absolute(options.backup).string();
        const json answer = administered(options, catalog, request);
        if (invite->parsed() && !options.file.empty()) write_invitation(options, answer["code"]);
        if (verifying->parsed()) {
            const Verification result{answer["rows"], answer["segments"], 0, answer["faults"]};
            return print_verification(result, options.json);
        }
        if (options.json) std::cout << answer.dump(1) << "\n";
        else if (devices->parsed()) print_devices(answer);
        else if (rotating->parsed()) print_rotation(answer);
        else if (compacting->parsed()) print_compaction(answer);
        else if (user_list->parsed()) print_users(answer);
        else if (erasures->parsed()) print_erasures(answer);
        else if (erasing->parsed() && options.approve.empty())
            std::cout << answer["request"].get<std::string>() << "\nA second person approves it with tefter-server erase --approve.\n";
        else if (erasing->parsed()) std::cout << answer["rows"] << " rows were erased here; every device erases them at its next sync.\n";
        else if (answer.contains("passphrase")) print_one_time(answer["passphrase"].get<std::string>());
        else if (invite->parsed()) std::cout << answer["code"].get<std::string>() << "\n";
        else if (copying->parsed()) std::cout << "The copy is in " << options.backup << "; it names nobody.\n";
        else if (backup->parsed())
            std::cout << "The backup is in " << options.backup << ". Keep the files unlock and recovery elsewhere.\n";
        return 0;
    } catch (...) {
        return report_failure("tefter-server");
    }
}
