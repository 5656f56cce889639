#include "tools/cli/files.hpp"

#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/base/file.hpp"
#include "engine/base/limits.hpp"
#include "schema/domain/attachments.hpp"
#include "schema/domain/export.hpp"
#include "schema/domain/register_rows.hpp"

namespace tefter {

using nlohmann::json;

namespace {

struct FileOptions {
    std::string table, key, path, id;
};

/// The row that the words name.
std::pair<const Table*, RowKey> row_of(const FileOptions& given, const Catalog& catalog) {
    const Table& table = catalog.table(given.table);
    const std::optional<RowKey> key = key_from_words(catalog, table, given.key);
    if (!key) throw Error(ErrorKind::usage, "\"" + given.key + "\" is no key of " + table.name + "; write it as tefter list shows it.");
    return {&table, *key};
}

std::string file_words(const Catalog& catalog, std::int64_t id) { return key_words(catalog.table("attachment"), {id}); }

void attach_file(const FileOptions& given, const Access& access, const Catalog& catalog) {
    const auto [table, key] = row_of(given, catalog);
    std::error_code missing;
    if (const auto size = std::filesystem::file_size(given.path, missing); !missing && size > limits::file_bytes)
        throw Error(ErrorKind::usage, "The file " + given.path + " has " + std::to_string(size >> 20U) + " MB; at most " +
                                          std::to_string(limits::file_bytes >> 20U) + " MB can be attached.");
    const Bytes content = read_file(given.path, limits::file_bytes);
    const auto replica = access.open(catalog);
    const Edit edit = attach(*replica, *table, cells_of(key), given.path, content);
    replica->write(0, {&edit, 1});
    std::cout << file_words(catalog, edit.key.front().view().integer()) << "\n";
}

void list_files(const FileOptions& given, const Access& access, const Catalog& catalog, bool as_json) {
    const auto [table, key] = row_of(given, catalog);
    const auto replica = access.open(catalog);
    FileStore files(replica->store().database);
    json out = json::array();
    for (const Attachment& one : attachments_of(replica->store().database, *table, cells_of(key))) {
        const std::optional<FileStore::State> state = files.find(one.hash);
        out.push_back({{"file", file_words(catalog, one.id)},
                       {"name", one.name},
                       {"size", one.size},
                       {"here", state ? state->here : 0},
                       {"sent", state && state->sent}});
    }
    if (as_json) {
        std::cout << out.dump(1) << "\n";
        return;
    }
    for (const json& one : out) {
        std::cout << one["file"].get<std::string>() << "  " << one["name"].get<std::string>() << ", " << one["size"] << " bytes"
                  << (one["here"] == one["size"] ? ", here\n" : ", on the server\n");
    }
    if (out.empty()) std::cout << "Nothing is attached.\n";
}

void get_file(const FileOptions& given, const Access& access, const Catalog& catalog) {
    const auto key = key_from_words(catalog, catalog.table("attachment"), given.id);
    const auto replica = access.open(catalog);
    const std::optional<Attachment> file = key ? find_attachment(replica->store().database, key->front().view().integer()) : std::nullopt;
    if (!file) throw Error(ErrorKind::usage, "There is no file " + given.id + "; tefter file list shows those of a row.");
    Progress progress;
    FileStore files(replica->store().database);
    if (const auto state = files.find(file->hash); !state || !state->whole()) {
        access.home().fetch(*replica, file->hash, [&](std::int64_t here) {
            return progress.show("Fetching: " + std::to_string(here / 1024) + " of " + std::to_string(file->size / 1024) +
                                 " KB. Ctrl-C stops; what came is kept.");
        });
    }
    log_export(*replica, {&catalog.table("attachment")}, "file " + file_words(catalog, file->id));
    NewFile out(given.path);
    out.write(files.read_all(file->hash));
    out.commit();
}

}  // namespace

void add_file_commands(CLI::App& app, const Access& access, const Catalog& catalog, const bool& as_json) {
    const auto given = std::make_shared<FileOptions>();
    CLI::App* file = app.add_subcommand("file", "files that belong to a row: drafts, scanned lists, letters");
    file->require_subcommand(1);
    CLI::App* attaching = file->add_subcommand("attach", "keeps a file with a row; it goes to the server after the rows of the next sync");
    attaching->add_option("table", given->table, "a table of the catalog")->required();
    attaching->add_option("key", given->key, "the row's key, as tefter list shows it")->required();
    attaching->add_option("path", given->path, "the file, up to 32 MB")->required();
    attaching->final_callback([=, &access, &catalog] { attach_file(*given, access, catalog); });
    CLI::App* listing = file->add_subcommand("list", "the files of a row, and whether they are here");
    listing->add_option("table", given->table, "a table of the catalog")->required();
    listing->add_option("key", given->key, "the row's key")->required();
    listing->final_callback([=, &access, &catalog, &as_json] { list_files(*given, access, catalog, as_json); });
    CLI::App* getting = file->add_subcommand("get", "writes a file out, fetching it from the server where it is not here; it is logged");
    getting->add_option("file", given->id, "as tefter file list shows it")->required();
    getting->add_option("path", given->path, "where it is written")->required();
    getting->final_callback([=, &access, &catalog] { get_file(*given, access, catalog); });
}

}  // namespace tefter
