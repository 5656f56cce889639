#include "schema/domain/attachments.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace tefter {

namespace {

Attachment read(const Statement& row) {
    Attachment out{row.integer(0), std::string(row.text(1)), std::string(row.text(2)), row.integer(3), {}};
    const BytesView hash = row.blob(4);
    if (hash.size() == out.hash.size()) std::copy(hash.begin(), hash.end(), out.hash.begin());
    return out;
}

constexpr const char* columns = "SELECT id, file_name, media_type, size, content_hash FROM attachment WHERE ";

}  // namespace

std::vector<Attachment> attachments_of(Database& reader, const Table& table, Cells key) {
    std::vector<Attachment> out;
    const Bytes name = encode_key(key);
    Statement row = reader.prepare_once(std::string(columns) + "table_number = ?1 AND row_key = ?2 ORDER BY file_name, id");
    row.with(std::int64_t{table.number.value}, BytesView(name));
    while (row.step()) out.push_back(read(row));
    return out;
}

std::optional<Attachment> find_attachment(Database& reader, std::int64_t id) {
    Statement row = reader.prepare_once(std::string(columns) + "id = ?1");
    row.with(id);
    if (!row.step()) return std::nullopt;
    return read(row);
}

Edit attach(Replica& replica, const Table& table, Cells key, const std::string& file_name, BytesView content) {
    Arena arena;
    const std::optional<RowState> state = replica.state(table, key, arena);
    if (!state || state->erased) throw Error(ErrorKind::usage, "There is no such row in " + table.name + " to attach a file to.");
    Database& database = replica.store().database;
    Transaction transaction(database);
    const Hash hash = FileStore(database).put(content);
    transaction.commit();
    Edit edit;
    edit.table = "attachment";
    edit.key = {replica.new_id()};
    edit.scope = state->scope;
    edit.values = {{"content_hash", Bytes(hash.begin(), hash.end())},   {"media_type", media_type_of(file_name)},
                   {"size", static_cast<std::int64_t>(content.size())}, {"file_name", std::filesystem::path(file_name).filename().string()},
                   {"table_number", std::int64_t{table.number.value}},  {"row_key", encode_key(key)}};
    return edit;
}

std::string media_type_of(std::string_view file_name) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> known{
        {{".pdf", "application/pdf"},
         {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
         {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
         {".odt", "application/vnd.oasis.opendocument.text"},
         {".rtf", "application/rtf"},
         {".txt", "text/plain"},
         {".csv", "text/csv"},
         {".png", "image/png"},
         {".jpg", "image/jpeg"},
         {".jpeg", "image/jpeg"}}};
    std::string lower(file_name);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const auto& [end, type] : known) {
        if (lower.ends_with(end)) return std::string(type);
    }
    return "application/octet-stream";
}

}  // namespace tefter
