// tefter: everything that an officer or staff can do with a replica, for scripts and for people without the kiosk.

#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/base/crypto.hpp"
#include "engine/base/file.hpp"
#include "engine/base/text.hpp"
#include "engine/client/enrol_again.hpp"
#include "engine/client/passphrase.hpp"
#include "engine/store/conflicts.hpp"
#include "engine/sync/bundle.hpp"
#include "engine/sync/enrolment.hpp"
#include "engine/sync/ledger_copy.hpp"
#include "schema/domain/catalog_text.hpp"
#include "schema/domain/duplicates.hpp"
#include "schema/domain/export.hpp"
#include "schema/domain/import.hpp"
#include "tools/cli/certificates.hpp"
#include "tools/cli/document.hpp"
#include "tools/cli/files.hpp"
#include "tools/cli/known.hpp"
#include "tools/cli/register.hpp"
#include "tools/cli/report.hpp"
#include "tools/cli/show.hpp"
#include "tools/cli/terminal.hpp"
#include "tools/program/program.hpp"

using namespace tefter;
using nlohmann::json;

namespace {

struct Options {
    Access access;
    bool json = false;
    std::string code, table, key, group, version, sql, scope;
    std::string kind, file, activity, ledger_copy, earlier, server_key;
    ReportOptions report;
    RegisterOptions rows;
    DocumentOptions document;
    bool skip_bad = false, everything = false;
    std::vector<std::uint32_t> recipients;
    double least_score = likely_duplicate;
    std::int64_t one = 0, other = 0;
    std::vector<std::string> values;
};

/// Of the option --scope; nothing where it was not given.
std::optional<ScopeNumber> chosen_scope(const std::string& name, const Catalog& catalog) {
    if (name.empty()) return std::nullopt;
    const Scope* scope = catalog.find_scope(name);
    if (scope == nullptr) throw Error(ErrorKind::usage, "There is no scope \"" + name + "\".");
    return scope->number;
}

SyncReport run_sync(Replica& replica, const Home& home) {
    Progress progress;
    return home.sync(replica, [&](const SyncReport& report) {
        return progress.show("Syncing: " + std::to_string(report.bytes_sent / 1024) + " KB sent, " +
                             std::to_string(report.bytes_received / 1024) + " KB received, " + std::to_string(report.changesets_received) +
                             " changesets taken in. Ctrl-C stops; what came is kept.");
    });
}

void show_sync(const SyncReport& report, const Catalog& catalog, const Options& options) {
    if (options.json) std::cout << to_json(report, catalog).dump(1) << "\n";
    else print_report(report, catalog);
}

void enrol(const Options& options, const Catalog& catalog) {
    EnrolmentCode::parse(options.code);  // before a passphrase is thought of
    const Home home = options.access.home();
    const auto replica = home.enrol(options.code, options.access.passphrase(true), catalog, system_environment());
    if (!options.json)
        std::cout << "Enrolled as device " << replica->identity().device.value << " of " << replica->identity().office << ".\n";
    show_sync(run_sync(*replica, home), catalog, options);
}

void enrol_anew(const Options& options, const Catalog& catalog) {
    EnrolmentCode::parse(options.code);
    const Home home = options.access.home();
    Progress progress;
    const EnrolledAgain done = enrol_again(home.folder(), options.code, options.access.passphrase(false), catalog, system_environment(),
                                           [&](const SyncReport& report) {
                                               return progress.show("Filling and syncing: " + std::to_string(report.bytes_received / 1024) +
                                                                    " KB received. Ctrl-C stops; the device stays as it was.");
                                           });
    if (options.json) {
        std::cout << json{{"device", done.device.value},       {"changes", done.carried.changes}, {"files", done.carried.files},
                          {"segments", done.carried.segments}, {"refused", done.carried.refused}, {"left", done.carried.left},
                          {"kept_in", done.kept_in},           {"lost_slots", done.lost_slots},   {"sync", to_json(done.report, catalog)}}
                         .dump(1)
                  << "\n";
        return;
    }
    std::cout << "This is device " << done.device.value << " now. Made again of what the server had not taken: " << done.carried.changes
              << " changes, " << done.carried.files << " files.\n";
    for (const std::string& reason : done.carried.refused) std::cout << "  not made again: " << reason << "\n";
    for (const std::string& sentence : done.carried.left) std::cout << "  stays in the earlier replica: " << sentence << "\n";
    for (const std::string& name : done.lost_slots) std::cout << name << " must be added again: the slot was made by an older version.\n";
    if (!done.kept_in.empty())
        std::cout << "The earlier replica is kept in " << done.kept_in << " under its passphrases; remove it when all is well.\n";
    print_report(done.report, catalog);
}

/// The new passphrase: from its file, or asked for twice.
std::string new_passphrase(const Options& options, const std::string& file) {
    Access fresh = options.access;
    fresh.passphrase_file = file;
    if (file.empty()) std::cerr << "The new passphrase, twice.\n";
    return fresh.passphrase(true);
}

Edit edit_of(const Options& options, const Catalog& catalog, Replica& replica) {
    const Table& table = catalog.table(options.table);
    Edit edit;
    edit.table = table.name;
    if (options.key == "new" && table.generated_key) edit.key = {replica.new_id()};
    else edit.key = parse_key(table, options.key);
    for (const std::string& value : options.values) {
        const std::size_t equals = value.find('=');
        if (equals == std::string::npos) throw Error(ErrorKind::usage, "\"" + value + "\" is no value; write it as COLUMN=VALUE.");
        OwnedValue given;
        if (equals + 1 < value.size()) given = OwnedValue(value.substr(equals + 1));
        edit.values.emplace_back(value.substr(0, equals), std::move(given));
    }
    edit.scope = chosen_scope(options.scope, catalog);
    return edit;
}

void put(const Options& options, const Catalog& catalog) {
    const auto replica = options.access.open(catalog);
    const Edit edit = edit_of(options, catalog, *replica);
    const Written written = replica->write(0, {&edit, 1});
    std::string key;
    for (const OwnedValue& part : edit.key) {
        const json shown = to_json(part.view(), nullptr);
        key += (key.empty() ? "" : "/") + (shown.is_string() ? shown.get<std::string>() : shown.dump());
    }
    if (options.json)
        std::cout << json{{"key", key}, {"changes", written.changes}, {"version", std::to_string(written.version.value)}}.dump() << "\n";
    else std::cout << key << (written.changes == 0 ? " is so already\n" : "\n");
}

void remove(const Options& options, const Catalog& catalog) {
    const auto replica = options.access.open(catalog);
    Edit edit = edit_of(options, catalog, *replica);
    edit.kind = EditKind::remove;
    const Written written = replica->write(0, {&edit, 1});
    if (written.changes == 0) throw Error(ErrorKind::refused, "There is no such row in " + options.table + ".");
}

/// One line a row: `column=value  column=value`, columns without a value left out.
void print_row(const json& row) {
    bool first = true;
    for (const auto& [name, value] : row.items()) {
        if (value.is_null()) continue;
        std::cout << (std::exchange(first, false) ? "" : "  ") << name << "="
                  << (value.is_string() ? value.get<std::string>() : value.dump());
    }
    std::cout << "\n";
}

void print_rows(const json& rows, const Options& options) {
    if (options.json) std::cout << rows.dump(1) << "\n";
    else
        for (const json& row : rows) print_row(row);
}

void get(const Options& options, const Catalog& catalog) {
    const Table& table = catalog.table(options.table);
    const auto replica = options.access.open(catalog);
    const auto reader = replica->open_reader();
    std::string sql = "SELECT * FROM " + sql_name(table.name);
    Arena arena;
    std::vector<OwnedValue> given;
    Cells key;
    if (!options.key.empty()) {
        given = parse_key(table, options.key);
        key = coerce_key(catalog, table, given, arena);
        for (std::size_t i = 0; i < table.key.size(); ++i) {
            sql += (i == 0 ? " WHERE " : " AND ") + sql_name(table.key[i].name) + " = ?" + std::to_string(i + 1);
        }
    }
    Statement row = reader->prepare_once(sql + " ORDER BY 1, 2, 3");
    for (std::size_t i = 0; i < key.size(); ++i) row.bind(static_cast<int>(i + 1), key[i]);
    json rows = json::array();
    while (row.step()) rows.push_back(row_to_json(table, row));
    if (!key.empty() && rows.empty()) throw Error(ErrorKind::refused, "There is no row " + options.key + " in " + table.name + ".");
    print_rows(rows, options);
}

void query(const Options& options, const Catalog& catalog) {
    const auto replica = options.access.open(catalog);
    const auto reader = replica->open_reader();
    Statement row = reader->prepare_once(options.sql);
    if (!reader->is_read_only(row)) throw Error(ErrorKind::usage, "A query may only read; change rows with put and delete.");
    json rows = json::array();
    while (row.step()) {
        json one = json::object();
        for (int i = 0; i < row.columns(); ++i) one[row.column_name(i)] = to_json(row.value(i), nullptr);
        rows.push_back(std::move(one));
    }
    print_rows(rows, options);
}

void conflicts(const Options& options, const Catalog& catalog) {
    const auto replica = options.access.open(catalog);
    const json list = conflicts_to_json(*replica);
    if (options.json) {
        std::cout << list.dump(1) << "\n";
        return;
    }
    for (const json& conflict : list) {
        std::cout << conflict["table"].get<std::string>() << " " << conflict["key"].get<std::string>() << " "
                  << conflict["group"].get<std::string>() << "\n";
        for (const json& leaf : conflict["leaves"]) {
            std::cout << "  " << leaf["version"].get<std::string>() << "  " << leaf["office"].get<std::string>() << "  "
                      << leaf["at"].get<std::string>();
            if (leaf.contains("values")) std::cout << "  " << leaf["values"].dump();
            std::cout << "\n";
        }
    }
    if (list.empty()) std::cout << "There is no open conflict.\n";
}

/// Writes one of the values that stand against each other again, having seen them all.
void resolve(const Options& options, const Catalog& catalog) {
    const auto replica = options.access.open(catalog);
    const Table& table = catalog.table(options.table);
    const bool deleted = options.group == "deleted";
    if (!deleted && table.find_group(options.group) == nullptr) {
        throw Error(ErrorKind::usage, "The table " + table.name + " has no group \"" + options.group + "\"; tefter conflicts lists them.");
    }
    const std::string key = key_text(table, parse_key(table, options.key));
    for (const Conflict& conflict : open_conflicts(*replica)) {
        const bool same_group = deleted ? conflict.group == nullptr : conflict.group != nullptr && conflict.group->name == options.group;
        if (conflict.table != &table || !same_group || key_text(table, conflict.key) != key) continue;
        std::optional<Edit> edit;
        if (deleted && options.version == "keep") edit = keep_after_all(*replica, conflict);
        if (deleted && options.version == "delete") edit = delete_after_all(conflict);
        for (std::size_t i = 0; !deleted && i < conflict.leaves.size(); ++i) {
            if (std::to_string(conflict.leaves[i].version.value) == options.version) edit = keep(conflict, i);
        }
        if (!edit) break;
        replica->write(0, {&*edit, 1});
        return;
    }
    throw Error(ErrorKind::refused, "There is no version " + options.version + " of it any more; tefter conflicts shows what is open now.");
}

void status(const Options& options, const Catalog& catalog) {
    const auto replica = options.access.open(catalog);
    const auto reader = replica->open_reader();
    const auto count = [&](const char* sql) {
        Statement row = reader->prepare_once(sql);
        row.step();
        return row.integer(0);
    };
    json scopes = json::array();
    for (const ScopeState& scope : replica->scopes()) {
        scopes.push_back(
            {{"scope", catalog.find_scope(scope.scope)->name}, {"position", scope.position.value}, {"digest", scope.digest.hexadecimal()}});
    }
    json out{{"device", replica->identity().device.value},
             {"office", replica->identity().office},
             {"role", to_text(replica->identity().role)},
             {"unsent_changesets", replica->unsent_changesets()},
             {"conflicts", count("SELECT count(*) FROM tefter_conflict")},
             {"quarantined", count("SELECT count(*) FROM tefter_quarantine")},
             {"held_segments", replica->held().size()},
             {"scopes", scopes}};
    Statement last = reader->prepare_once("SELECT at_ms, outcome FROM tefter_sync ORDER BY id DESC LIMIT 1");
    if (last.step()) out["last_sync"] = {{"at", time_text(last.integer(0))}, {"outcome", std::string(last.text(1))}};
    if (options.json) std::cout << out.dump(1) << "\n";
    else print_row(out);
}

ImportResult import_kind(Replica& replica, const std::string& bytes, const Options& options, const ImportOptions& how) {
    if (options.kind == "participants") return import_participants(replica, bytes, options.file, how);
    if (options.kind == "activities") return import_activities(replica, bytes, options.file, how);
    // With an activity: a list as it lay on the table. Without one: the register's own sheet.
    if (options.kind == "attendance" && !options.activity.empty()) return import_attendance(replica, bytes, options.file, how);
    return import_rows(replica, texts_in(options.rows.language), replica.catalog().table(options.kind), bytes, options.file, how);
}

int import(const Options& options, const Catalog& catalog) {
    if (options.kind == "all") return import_folder(options.file, options.rows, options.access, catalog);
    if (options.kind != "participants" && options.kind != "activities") catalog.table(options.kind);
    std::ifstream in(options.file, std::ios::binary);
    if (!in) throw Error(ErrorKind::usage, "The sheet " + options.file + " cannot be opened.");
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    ImportOptions how;
    how.skip_bad = options.skip_bad;
    how.activity = options.activity;
    how.scope = chosen_scope(options.scope, catalog);
    const auto replica = options.access.open(catalog);
    const ImportResult result = import_kind(*replica, bytes, options, how);
    if (options.json) {
        json faults = json::array();
        for (const SheetFault& fault : result.faults)
            faults.push_back({{"line", fault.line}, {"column", fault.column}, {"reason", fault.reason}});
        std::cout << json{{"rows", result.rows},
                          {"changes", result.changes},
                          {"written", result.written},
                          {"faults", faults},
                          {"warnings", result.warnings}}
                         .dump(1)
                  << "\n";
    } else if (result.written) {
        std::cout << result.rows << " lines read, " << result.faults.size() << " refused, " << result.changes << " rows new or changed.\n";
    }
    for (const SheetFault& fault : result.faults) std::cerr << options.file << ", " << fault.sentence() << ".\n";
    for (const std::string& warning : result.warnings) std::cerr << options.file << ", " << warning << ".\n";
    if (result.written) return 0;
    std::cerr << "Nothing was imported; correct the lines above, or leave them out with --skip-bad.\n";
    return 1;
}

void duplicates(const Options& options, const Catalog& catalog) {
    const auto replica = options.access.open(catalog);
    const auto reader = replica->open_reader();
    Statement row = reader->prepare_once("SELECT family_name, given_name, birth_date, institution_text, _scope FROM person WHERE id = ?1");
    const auto shown = [&](std::int64_t id) {
        row.reset();
        row.with(id);
        row.step();
        return json{
            {"id", std::to_string(id)},   {"family", row.text(0)},
            {"given", row.text(1)},       {"birth", row.text(2)},
            {"institution", row.text(3)}, {"scope", catalog.find_scope(ScopeNumber{static_cast<std::uint32_t>(row.integer(4))})->name}};
    };
    json list = json::array();
    for (const Pair& pair : undecided_duplicates(*reader, options.least_score)) {
        list.push_back({{"score", std::round(pair.score * 1000) / 1000},
                        {"one", shown(pair.one)},
                        {"other", shown(pair.other)},
                        {"reasons", pair.reasons}});
    }
    if (options.json) {
        std::cout << list.dump(1) << "\n";
        return;
    }
    for (const json& pair : list) {
        std::cout << pair["score"] << "  ";
        for (const char* side : {"one", "other"}) {
            const json& person = pair[side];
            std::cout << person["id"].get<std::string>() << " " << person["family"].get<std::string>() << " "
                      << person["given"].get<std::string>() << " " << person["birth"].get<std::string>() << "  ";
        }
        for (const json& reason : pair["reasons"]) std::cout << reason.get<std::string>() << "; ";
        std::cout << "\n";
    }
    if (list.empty()) std::cout << "No two people look alike.\n";
}

/// The second is the first: figures then count them once.
void link(const Options& options, const Catalog& catalog) {
    if (options.one == options.other) throw Error(ErrorKind::usage, "A person cannot be linked to himself.");
    const auto replica = options.access.open(catalog);
    Edit edit;
    edit.table = "same_person";
    edit.key = {options.other};
    edit.values = {{"canonical", options.one}, {"decided_at", replica->environment().now_ms()}};
    replica->write(0, {&edit, 1});
}

void unlink(const Options& options, const Catalog& catalog) {
    const auto replica = options.access.open(catalog);
    Edit edit;
    edit.kind = EditKind::remove;
    edit.table = "same_person";
    edit.key = {options.one};
    if (replica->write(0, {&edit, 1}).changes == 0)
        throw Error(ErrorKind::refused, "The person " + std::to_string(options.one) + " is not linked to anyone.");
}

int show_bundle(const BundleReport& report, const char* what, const Options& options) {
    json recipients = json::array();
    for (const DeviceNumber number : report.recipients) recipients.push_back(number.value);
    if (options.json) {
        std::cout << json{{"segments", report.segments}, {"changesets", report.changesets},
                          {"bytes", report.bytes},       {"known", report.known},
                          {"held", report.held},         {"refused", report.refused},
                          {"recipients", recipients}}
                         .dump(1)
                  << "\n";
    } else {
        std::cout << what << " " << report.changesets << " changesets in " << report.segments << " segments (" << report.bytes
                  << " bytes).\n";
        if (report.known > 0) std::cout << report.known << " segments were here already.\n";
        if (report.held > 0) std::cout << report.held << " segments wait for others that are missing here.\n";
        if (!recipients.empty()) std::cout << "Devices that can open it: " << recipients.dump() << ".\n";
    }
    for (const std::string& refused : report.refused) std::cerr << refused << "\n";
    return report.refused.empty() ? 0 : 1;
}

BundleProgress shown_in(Progress& progress) {
    return [&progress](const BundleReport& so_far) {
        return progress.show("Bundle: " + std::to_string(so_far.segments) + " segments, " + std::to_string(so_far.bytes / 1024) +
                             " KB. Ctrl-C stops.");
    };
}

int bundle_export(const Options& options, const Catalog& catalog) {
    const auto replica = options.access.open(catalog, Opening::to_sync);  // what is unsent may go home by stick
    std::vector<DeviceNumber> recipients = usual_recipients(*replica);
    if (!options.recipients.empty()) {
        recipients.clear();
        for (const std::uint32_t number : options.recipients) recipients.push_back(DeviceNumber{number});
    }
    NewFile file(options.file);
    Progress progress;
    const BundleReport report = export_bundle(
        *replica, recipients, options.everything, [&](BytesView bytes) { file.write(bytes); }, shown_in(progress));
    file.commit();
    return show_bundle(report, "Wrote", options);
}

int bundle_import(const Options& options, const Catalog& catalog) {
    std::ifstream file(options.file, std::ios::binary);
    if (!file) throw Error(ErrorKind::usage, "The file " + options.file + " cannot be read; is the stick plugged in?");
    const auto replica = options.access.open(catalog);
    Progress progress;
    return show_bundle(import_bundle(*replica, file, shown_in(progress)), "Took in", options);
}

/// One register where a table is named before the file.
void export_to(const Options& options, const Catalog& catalog) {
    if (!options.file.empty()) {
        const Table& table = catalog.table(options.table);
        const Texts texts = texts_in(options.rows.language);
        const auto replica = options.access.open(catalog);
        const SheetWords words = options.rows.in_words ? SheetWords::language : SheetWords::catalog;
        const ExportReport report = export_register(*replica, texts, table, words, options.kind, options.file);
        if (options.json) std::cout << json{{"tables", report.tables}, {"rows", report.rows}}.dump(1) << "\n";
        else
            std::cout << "Wrote " << report.rows << " rows of " << table.name << " to " << options.file
                      << ". It is not encrypted; the access log says that you made it.\n";
        return;
    }
    const auto replica = options.access.open(catalog);
    Progress progress;
    const ExportReport report = export_rows(*replica, options.kind, options.table, [&](const ExportReport& done) {
        return progress.show("Exporting: " + std::to_string(done.rows) + " rows. Ctrl-C stops.");
    });
    if (options.json) std::cout << json{{"tables", report.tables}, {"rows", report.rows}}.dump(1) << "\n";
    else
        std::cout << "Wrote " << report.rows << " rows of " << report.tables << " tables to " << options.table
                  << ". It is not encrypted; the access log says that you made it.\n";
}

/// With public keys alone: no replica is opened.
int verify_copy(const Options& options, const Catalog& catalog) {
    Progress progress;
    CopyVerification result = verify_ledger_copy(options.ledger_copy, options.earlier, catalog, [&](const CopyVerification& so_far) {
        return progress.show("Verifying: " + std::to_string(so_far.segments) + " segments. Ctrl-C stops.");
    });
    const std::string key = hexadecimal(result.server_key);
    if (!options.server_key.empty() && options.server_key != key)
        result.faults.insert(result.faults.begin(), "The copy is of a server with the key " + key + ", which is another one.");
    if (options.json) {
        std::cout << json{{"segments", result.segments}, {"changesets", result.changesets},      {"devices", result.devices},
                          {"server_key", key},           {"made_at", time_text(result.made_ms)}, {"faults", result.faults}}
                         .dump(1)
                  << "\n";
        return result.faults.empty() ? 0 : 1;
    }
    for (const std::string& fault : result.faults) std::cerr << fault << "\n";
    std::cout << result.segments << " segments of " << result.devices << " devices, made " << time_text(result.made_ms) << ", server's key "
              << key << (result.faults.empty() ? ": all is as it was signed.\n" : ".\n");
    return result.faults.empty() ? 0 : 1;
}

int verify(const Options& options, const Catalog& catalog) {
    if (!options.ledger_copy.empty()) return verify_copy(options, catalog);
    const auto replica = options.access.open(catalog);
    Progress progress;
    const Verification result = verify_replica(*replica, [&](const Verification& so_far) {
        return progress.show("Verifying: " + std::to_string(so_far.rows) + " rows, " + std::to_string(so_far.segments) +
                             " segments. Ctrl-C stops.");
    });
    return print_verification(result, options.json);
}

}  // namespace

int main(int argc, char** argv) {
    close_to_others();
    Options options;
    int code = 0;
    const Catalog catalog = load_built_in_catalog();
    CLI::App app{"Tefter: an offline register that syncs."};
    app.require_subcommand(1);
    app.add_option("--replica", options.access.folder, "the device's folder");
    app.add_option("--passphrase-file", options.access.passphrase_file, "reads the passphrase from the first line of a file");
    app.add_flag("--json", options.json, "prints JSON");
    app.fallthrough();
    const auto command = [&](const char* name, const char* description, const std::function<void()>& action) {
        CLI::App* out = app.add_subcommand(name, description);
        out->final_callback(action);
        return out;
    };
    command("enrol", "enrols this device and fills its replica", [&] { enrol(options, catalog); })
        ->add_option("code", options.code, "the one-time code")
        ->required();
    command("enrol-again",
            "for a device that was restored or copied and has gone on by itself: enrols it anew and carries its changes over",
            [&] { enrol_anew(options, catalog); })
        ->add_option("code", options.code, "a fresh one-time code")
        ->required();
    command("passphrase", "changes the passphrase; nothing is rewritten but the key slot", [&] {
        const std::string old = options.access.passphrase(false);
        change_passphrase(options.access.home(), old, new_passphrase(options, options.file));
    })->add_option("--new-passphrase-file", options.file, "reads the new one from the first line of a file");
    command("recover", "a new passphrase by the organisation's recovery file, for one that was forgotten",
            [&] { recover_passphrase(options.access.home(), options.file, new_passphrase(options, options.access.passphrase_file)); })
        ->add_option("recovery", options.file, "the organisation's recovery file")
        ->required();
    command("sync", "sends and receives",
            [&] { show_sync(run_sync(*options.access.open(catalog, Opening::to_sync), options.access.home()), catalog, options); });
    command("server", "takes the server's address and key from a fresh code, where it has changed them while this device was away",
            [&] { options.access.home().follow(*options.access.open(catalog, Opening::to_sync), options.code); })
        ->add_option("code", options.code, "an enrolment code, which stays unused")
        ->required();
    command("status", "what is here, what is unsent, when it was last synced", [&] { status(options, catalog); });
    CLI::App* verifying =
        command("verify", "checks chains, signatures, and digests against rows", [&] { code = verify(options, catalog); });
    verifying->add_option("--ledger-copy", options.ledger_copy, "a copy that tefter-server ledger-copy has made, instead of a replica");
    verifying->add_option("--earlier", options.earlier, "a copy from before, whose history must still stand");
    verifying->add_option("--server-key", options.server_key, "the server's public key as you know it, in hexadecimal");
    command("rotate-key", "gives the replica another database key; nobody's passphrase changes", [&] {
        const std::vector<std::string> lost =
            options.access.home().change_key(options.access.passphrase(false), catalog, system_environment());
        for (const std::string& name : lost) std::cout << name << " must be added again: the slot was made by an older version.\n";
    });
    command("conflicts", "lists what stands against each other", [&] { conflicts(options, catalog); });
    const auto row_options = [&](CLI::App* out, bool key_required) {
        out->add_option("table", options.table, "a table of the catalog")->required();
        out->add_option("key", options.key, "the row's key, parts separated by /; new draws an id")->required(key_required);
        return out;
    };
    CLI::App* resolving =
        row_options(command("resolve", "settles a conflict with one of its versions", [&] { resolve(options, catalog); }), true);
    resolving->add_option("group", options.group, "the column group, or deleted")->required();
    resolving
        ->add_option("version", options.version, "the version to keep, as tefter conflicts shows it; for a deleted row: keep or delete")
        ->required();
    CLI::App* putting = row_options(command("put", "creates or changes a row", [&] { put(options, catalog); }), true);
    putting->add_option("values", options.values, "COLUMN=VALUE; an empty value clears")->required();
    putting->add_option("--scope", options.scope, "of a new row, where the catalog lets its author choose");
    row_options(command("delete", "deletes a row", [&] { remove(options, catalog); }), true);
    row_options(command("get", "prints rows", [&] { get(options, catalog); }), false);
    command("query", "read-only SQL", [&] { query(options, catalog); })->add_option("sql", options.sql, "one statement")->required();
    CLI::App* importing = command("import", "imports a sheet, all or nothing", [&] { code = import(options, catalog); });
    importing
        ->add_option("kind", options.kind,
                     "participants, activities, attendance, a table of the catalog, or all: a folder with a sheet a table")
        ->required();
    options.rows.add_language(*importing);
    importing->add_option("file", options.file, "the sheet, or the folder")->required();
    importing->add_option("--activity", options.activity, "the code of the activity that an attendance list belongs to");
    importing->add_option("--scope", options.scope, "of new people, where the replica holds several beneficiaries");
    importing->add_flag("--skip-bad", options.skip_bad, "imports the good lines although others are refused");
    command("duplicates", "proposes people who may be the same", [&] { duplicates(options, catalog); })
        ->add_option("--least", options.least_score, "the least score, 0 to 1")
        ->capture_default_str();
    CLI::App* linking = command("link", "joins two people: the second is the first", [&] { link(options, catalog); });
    linking->add_option("canonical", options.one, "the id that stays")->required();
    linking->add_option("duplicate", options.other, "the id that is counted with it")->required();
    command("unlink", "undoes a link", [&] { unlink(options, catalog); })->add_option("duplicate", options.one, "the id")->required();
    CLI::App* bundle = app.add_subcommand("bundle", "sync by USB stick");
    bundle->require_subcommand(1);
    CLI::App* exporting = bundle->add_subcommand("export", "writes what the server has not confirmed, sealed for those who may carry it");
    exporting->add_option("file", options.file, "the file to write")->required();
    exporting->add_option("--to", options.recipients,
                          "numbers of the devices that can open it; 1 is the server; usually the server and all staff");
    exporting->add_flag("--everything", options.everything, "all that is kept, for a device that never meets a network");
    exporting->final_callback([&] { code = bundle_export(options, catalog); });
    CLI::App* taking_in = bundle->add_subcommand("import", "takes in what a bundle brings");
    taking_in->add_option("file", options.file, "the bundle")->required();
    taking_in->final_callback([&] { code = bundle_import(options, catalog); });
    CLI::App* writing =
        command("export", "writes all rows for analysts, in plain; it is in the access log", [&] { export_to(options, catalog); });
    writing->add_option("format", options.kind, "csv, xlsx or sqlite")->required();
    writing->add_option("file", options.table, "the file to make, a folder for csv; or the table, where one register is wanted")
        ->required();
    writing->add_option("register-file", options.file, "the file to make of one register");
    options.rows.add_language(*writing);
    writing->add_flag("--words", options.rows.in_words, "headings and values of one register in the language, not in the catalog's names");
    CLI::App* listing = command("list", "lists a register", [&] { list_register(options.rows, options.access, catalog, options.json); });
    listing->add_option("table", options.rows.table, "a table of the catalog")->required();
    listing->add_option("--search", options.rows.search, "words, in any script");
    listing->add_option("--where", options.rows.where, "COLUMN=VALUE")->expected(1)->take_all();
    options.rows.add_language(*listing);
    CLI::App* showing = command("show", "one row of a register, what belongs to it, and its history",
                                [&] { show_register_row(options.rows, options.access, catalog, options.json); });
    showing->add_option("table", options.rows.table, "a table of the catalog")->required();
    showing->add_option("key", options.rows.key, "the row's key as lists show it")->required();
    options.rows.add_language(*showing);
    add_certificate_commands(app, options.access, catalog, options.json, code);
    add_file_commands(app, options.access, catalog, options.json);
    add_known_commands(app, options.access, catalog, options.json, [&](Replica& replica) { run_sync(replica, options.access.home()); });
    options.document.add_to(
        *command("document", "writes a document as PDF", [&] { write_document(options.document, options.access, catalog); }));
    options.report.add_to(*command("report", "the figures of activities, and the indicators with the rows that they count",
                                   [&] { print_report(options.report, options.access, catalog, options.json); }));
    try {
        app.parse(argc, argv);
        return code;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (...) {
        return report_failure("tefter");
    }
}
