// Reading.

#include "engine/capi/handles.hpp"

using namespace tefter;
using capi::guarded;

tefter_status tefter_query(tefter_replica* replica, const char* sql, tefter_rows** out) {
    return guarded(replica, [&] {
        if (out == nullptr || sql == nullptr) return TEFTER_USAGE;
        *out = nullptr;
        Database& reader = replica->reader();
        Statement statement = reader.prepare_once(sql);
        if (!reader.is_read_only(statement)) throw Error(ErrorKind::usage, "A query may only read; change rows with tefter_write.");
        *out = new tefter_rows{replica, std::move(statement)};
        return TEFTER_OK;
    });
}

void tefter_rows_free(tefter_rows* rows) {
    if (rows == nullptr) return;
    if (rows->has_row) --rows->owner->reading_rows;
    delete rows;
}

namespace {

template <class Value>
tefter_status bind(tefter_rows* rows, std::int32_t index, Value value) {
    if (rows == nullptr) return TEFTER_USAGE;
    return guarded(rows->owner, [&] {
        if (rows->has_row) throw Error(ErrorKind::usage, "Parameters are bound before the first step.");
        rows->statement.bind(index, value);
        return TEFTER_OK;
    });
}

bool in_row(const tefter_rows* rows, std::int32_t column) {
    return rows != nullptr && rows->has_row && column >= 0 && column < rows->statement.columns();
}

void count(tefter_rows& rows, bool has_row) {
    rows.owner->reading_rows += (has_row ? 1 : 0) - (rows.has_row ? 1 : 0);
    rows.has_row = has_row;
}

}  // namespace

tefter_status tefter_rows_bind_integer(tefter_rows* rows, int32_t index, int64_t value) { return bind(rows, index, std::int64_t{value}); }

tefter_status tefter_rows_bind_text(tefter_rows* rows, int32_t index, const char* value) {
    if (rows == nullptr || value == nullptr) return TEFTER_USAGE;
    return guarded(rows->owner, [&] {
        // SQLite keeps a pointer, so the text lives with the rows.
        return bind(rows, index, std::string_view(rows->bound.emplace_back(value)));
    });
}

tefter_status tefter_rows_step(tefter_rows* rows) {
    if (rows == nullptr) return TEFTER_USAGE;
    const tefter_status status = guarded(rows->owner, [&] {
        count(*rows, rows->statement.step());
        return rows->has_row ? TEFTER_ROW : TEFTER_DONE;
    });
    if (status != TEFTER_ROW && status != TEFTER_DONE) count(*rows, false);
    return status;
}

int32_t tefter_rows_columns(const tefter_rows* rows) { return rows == nullptr ? 0 : rows->statement.columns(); }

const char* tefter_rows_name(tefter_rows* rows, int32_t column) {
    if (rows == nullptr || column < 0 || column >= rows->statement.columns()) return "";
    const tefter_status status = guarded(rows->owner, [&] {
        rows->name = rows->statement.column_name(column);
        return TEFTER_OK;
    });
    return status == TEFTER_OK ? rows->name.c_str() : "";
}

tefter_kind tefter_rows_kind(const tefter_rows* rows, int32_t column) {
    if (!in_row(rows, column)) return TEFTER_NULL;
    switch (rows->statement.value(column).kind()) {
        case ValueKind::integer: return TEFTER_INTEGER;
        case ValueKind::real: return TEFTER_REAL;
        case ValueKind::text: return TEFTER_TEXT;
        case ValueKind::blob: return TEFTER_BLOB;
        default: return TEFTER_NULL;
    }
}

int64_t tefter_rows_integer(const tefter_rows* rows, int32_t column) {
    if (!in_row(rows, column)) return 0;
    const Value value = rows->statement.value(column);
    return value.kind() == ValueKind::integer ? value.integer() : 0;
}

double tefter_rows_real(const tefter_rows* rows, int32_t column) {
    if (!in_row(rows, column)) return 0;
    const Value value = rows->statement.value(column);
    if (value.kind() == ValueKind::integer) return static_cast<double>(value.integer());
    return value.kind() == ValueKind::real ? value.real() : 0;
}

const char* tefter_rows_text(tefter_rows* rows, int32_t column, size_t* size) {
    if (size != nullptr) *size = 0;
    if (!in_row(rows, column) || rows->statement.value(column).kind() != ValueKind::text) return "";
    const tefter_status status = guarded(rows->owner, [&] {
        rows->text = rows->statement.text(column);
        return TEFTER_OK;
    });
    if (status != TEFTER_OK) return "";
    if (size != nullptr) *size = rows->text.size();
    return rows->text.c_str();
}

const void* tefter_rows_blob(const tefter_rows* rows, int32_t column, size_t* size) {
    if (size != nullptr) *size = 0;
    if (!in_row(rows, column) || rows->statement.value(column).kind() != ValueKind::blob) return nullptr;
    const BytesView blob = rows->statement.blob(column);
    if (size != nullptr) *size = blob.size();
    return blob.data();
}
