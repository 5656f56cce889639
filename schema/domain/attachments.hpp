#pragma once
// Files that belong to a row: drafts of a law, scanned lists, letters. The row `attachment` says whose they are and travels as all rows
// do; the content is in the engine's store of files.

#include "engine/store/files.hpp"
#include "engine/store/replica.hpp"

namespace tefter {

struct Attachment {
    std::int64_t id = 0;
    std::string name, media_type;
    std::int64_t size = 0;
    Hash hash{};
};

/// Of one row, by name.
std::vector<Attachment> attachments_of(Database& reader, const Table& table, Cells key);
std::optional<Attachment> find_attachment(Database& reader, std::int64_t id);

/// Keeps the content, and returns the row to be written; what is never written is forgotten again. Throws ErrorKind::usage where there is no
/// such row or the file is empty or too large.
Edit attach(Replica& replica, const Table& table, Cells key, const std::string& file_name, BytesView content);

/// By the end of the name: application/pdf, …; application/octet-stream where that says nothing.
std::string media_type_of(std::string_view file_name);

}  // namespace tefter
