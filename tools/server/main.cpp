// tefter-server: the central server and its administration.

#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "schema/domain/catalog_text.hpp"
#include "server/http.hpp"
#include "tools/program/program.hpp"

using namespace tefter;

namespace {

struct Options {
    std::string data, listen = "127.0.0.1:8443", office, role = "officer", address, reason, table, key, administrator = "Administrator";
    std::vector<std::string> scopes;
    std::uint32_t device = 0;
    double hours = 72;
    bool json = false;
};

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

void serve(Center& center, const Options& options) {
    const HostPort address = parse_address(options.listen);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread is made: all of them inherit it
    signal(SIGPIPE, SIG_IGN);
    HttpServer server(center, address.host, address.port);
    std::thread stopper([&] {
        int which = 0;
        sigwait(&signals, &which);
        server.stop();
    });
    std::cout << "tefter-server is ready on https://" << address.host << ":" << server.port() << std::endl;
    server.run();
    stopper.join();
}

void print_devices(Center& center, const Options& options, const Catalog& catalog) {
    nlohmann::json list = nlohmann::json::array();
    for (const Device& device : list_devices(center.replica().store().database, catalog)) {
        list.push_back({{"device", device.number.value}, {"office", device.office}, {"role", to_text(device.role)},
                        {"scopes", scope_names(catalog, device.scopes)}, {"revoked", device.revoked}});
    }
    if (options.json) {
        std::cout << list.dump(1) << "\n";
        return;
    }
    for (const auto& device : list) {
        std::cout << device["device"].get<int>() << "  " << device["office"].get<std::string>() << "  " << device["role"].get<std::string>()
                  << "  " << device["scopes"].get<std::string>() << (device["revoked"].get<bool>() ? "  revoked" : "") << "\n";
    }
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"The central server of Tefter: takes in what offices send, and gives each what it is granted."};
    app.require_subcommand(1);
    const auto command = [&](const char* name, const char* description) {
        CLI::App* out = app.add_subcommand(name, description);
        out->add_option("--data", options.data, "the server's folder")->required();
        out->add_flag("--json", options.json, "prints JSON");
        return out;
    };
    CLI::App* init = command("init", "makes a new server: keys, TLS identity, ledgers, reference data");
    init->add_option("--administrator", options.administrator, "the name of the first administrator");
    CLI::App* serving = command("serve", "serves devices until it is stopped");
    serving->add_option("--listen", options.listen, "HOST:PORT; port 0 takes a free one")->capture_default_str();
    CLI::App* invite = command("invite", "prints a one-time enrolment code");
    invite->add_option("--office", options.office, "the office's name")->required();
    invite->add_option("--scope", options.scopes, "scopes to grant beside shared and regional")->required();
    invite->add_option("--role", options.role, "officer, staff, manager or administrator")->capture_default_str();
    invite->add_option("--address", options.address, "HOST:PORT that devices connect to")->required();
    invite->add_option("--hours", options.hours, "how long the code is good")->capture_default_str()->check(CLI::Range(0.0, 8760.0));
    CLI::App* devices = command("devices", "lists the devices");
    CLI::App* revoke = command("revoke", "shuts a device out; it destroys its keys at its next sync");
    revoke->add_option("device", options.device, "the device's number")->required();
    revoke->add_option("--reason", options.reason, "why");
    CLI::App* verifying = command("verify", "replays the ledgers and checks every row, hash, signature and digest");
    CLI::App* erasing = command("erase", "takes the personal values of a row out, for ever");
    erasing->add_option("table", options.table, "a table of the catalog")->required();
    erasing->add_option("key", options.key, "the row's key, parts separated by /")->required();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        const Catalog catalog = load_built_in_catalog();
        if (init->parsed()) {
            Center::init(options.data, catalog, system_environment(), options.administrator);
            std::cout << "The server is ready in " << options.data << ". Take the file recovery away and keep it safe.\n";
            return 0;
        }
        Center center(options.data, catalog, system_environment());
        if (serving->parsed()) serve(center, options);
        if (devices->parsed()) print_devices(center, options, catalog);
        if (revoke->parsed()) center.revoke(DeviceNumber{options.device}, options.reason);
        if (erasing->parsed()) center.erase(options.table, parse_key(catalog.table(options.table), options.key));
        if (verifying->parsed()) return print_verification(center.verify(), options.json);
        if (invite->parsed()) {
            const std::optional<Role> role = role_from_text(options.role);
            if (!role) throw Error(ErrorKind::usage, "\"" + options.role + "\" is no role; write officer, staff, manager or administrator.");
            std::string scopes;
            for (const std::string& scope : options.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
            parse_address(options.address);
            const std::string code = center.invite(options.office, *role, scopes, options.address, static_cast<std::int64_t>(options.hours * 3'600'000));
            std::cout << (options.json ? nlohmann::json{{"code", code}}.dump() : code) << "\n";
        }
        return 0;
    } catch (...) {
        return report_failure("tefter-server");
    }
}
