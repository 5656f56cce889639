#ifndef TEFTER_H
#define TEFTER_H
/* Tefter: an encrypted, offline-first SQLite replica that syncs and merges. The C interface of libtefter.
 *
 * One `tefter_replica` stands for one device's folder. Life: tefter_new, then tefter_enrol (once) or tefter_open, then writes,
 * queries and syncs, then tefter_free.
 *
 * Errors     Every function that can fail returns a tefter_status; tefter_message() then gives one sentence for a person:
 *            what, where, what to do. No exception crosses this border.
 * Ownership  What a function gives through an `out` pointer is freed by the function named there. Handles made from a
 *            `tefter_replica` (edits, rows, syncs) are freed before it is closed. Strings that go in are copied. Strings and blobs
 *            that come out belong to their handle and live until the next call on it.
 * Threads    A handle is used by one thread at a time; different ones are independent. tefter_cancel() may be called
 *            from any thread. Callbacks run on the thread that called the function that causes them, and must not call
 *            back into the same handle, except for tefter_cancel().
 * Text       is UTF-8 and ends with a zero byte. 64-bit ids and versions are integers here; write them as strings in JSON.
 * Versions   Symbols are versioned (TEFTER_1). Structures that may grow begin with `size`: set it to sizeof. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TEFTER_API __attribute__((visibility("default")))
#else
#define TEFTER_API
#endif

typedef enum tefter_status {
    TEFTER_OK = 0,
    TEFTER_ROW = 1,          /* tefter_rows_step: there is a row */
    TEFTER_DONE = 2,         /* tefter_rows_step, tefter_sync_end_answer: there is no more */
    TEFTER_MORE = 3,         /* tefter_sync_end_answer: another round trip is needed */
    TEFTER_USAGE = 16,       /* what was asked for cannot be: a wrong name, a wrong type, a call out of order */
    TEFTER_REFUSED = 17,     /* a rule forbids it: no such scope, no such role, a value out of range, a revoked device */
    TEFTER_WRONG_KEY = 18,   /* the passphrase does not open the replica */
    TEFTER_NOT_REPLICA = 19, /* there is no replica there, or the file is something else, or of a newer format */
    TEFTER_CORRUPT = 20,     /* bytes that should be ours are damaged or forged */
    TEFTER_BUSY = 21,        /* another program writes to this replica */
    TEFTER_DISK = 22,        /* full, read-only, or failing */
    TEFTER_NETWORK = 23,     /* the server cannot be reached, is not the pinned one, or the line was cut */
    TEFTER_CANCELLED = 24,   /* tefter_cancel(), or a progress callback that said stop; what was whole is kept */
    TEFTER_INTERNAL = 25     /* a defect in this library, or no memory */
} tefter_status;

typedef enum tefter_kind { /* of a value in a row */
                           TEFTER_NULL = 0,
                           TEFTER_INTEGER = 1,
                           TEFTER_REAL = 2,
                           TEFTER_TEXT = 3,
                           TEFTER_BLOB = 4
} tefter_kind;

typedef struct tefter_replica tefter_replica;
typedef struct tefter_edits tefter_edits;
typedef struct tefter_rows tefter_rows;
typedef struct tefter_sync tefter_sync;

/* How a sync stands, or what it came to. */
typedef struct tefter_report {
    size_t size; /* sizeof(tefter_report), set by the caller */
    uint64_t changesets_sent, changesets_received;
    uint64_t bytes_sent, bytes_received; /* bodies */
    uint64_t round_trips;
    uint64_t refused;        /* segments that the server did not take */
    int64_t clock_ahead_ms;  /* this device's clock against the server's */
    int32_t identical;       /* 1: every scope has the same digest as the server */
    int32_t server_restored; /* 1: the server had lost what this device then sent again */
    int32_t update_due;      /* 1: the server's catalog is newer */
} tefter_report;

/* "0.1.0": of the library that runs. */
TEFTER_API const char* tefter_version(void);

/* ---- A device's folder ---- */

/* Reads the catalog (JSON, `catalog_bytes` long) and remembers the folder, which need not exist. `*out` is set in any case but
 * for TEFTER_INTERNAL with no memory; where the catalog is wrong it can only tell tefter_message(). Free with tefter_free. */
TEFTER_API tefter_status tefter_new(const char* folder, const char* catalog, size_t catalog_bytes, tefter_replica** out);
/* Closes, wipes the keys, frees. Null is ignored. Free edits, rows and syncs before. */
TEFTER_API void tefter_free(tefter_replica* replica);
/* The sentence of the last call that failed on this handle or on one made from it; "" before. */
TEFTER_API const char* tefter_message(const tefter_replica* replica);

/* 1 when the folder holds a replica. */
TEFTER_API int32_t tefter_is_enrolled(const tefter_replica* replica);
/* Enrols this device with a one-time code and leaves it open, still empty: a sync fills it. Takes about a second (Argon2id) and
 * one exchange with the server. After TEFTER_NETWORK ask again with the same code and passphrase. */
TEFTER_API tefter_status tefter_enrol(tefter_replica* replica, const char* code, const char* passphrase);
/* Takes about half a second (Argon2id, 256 MiB). A replica that has not synced for longer than its lease (30 days, unless the server
 * gave it others) opens, writes and syncs, but answers queries with TEFTER_REFUSED until a sync was whole. */
TEFTER_API tefter_status tefter_open(tefter_replica* replica, const char* passphrase);
/* Wipes the keys; tefter_open opens it again. */
TEFTER_API void tefter_close(tefter_replica* replica);

/* Called after each commit that changed rows, with the names of the tables, sorted. Null for none. */
typedef void (*tefter_commit_callback)(void* context, const char* const* tables, size_t count);
TEFTER_API void tefter_on_commit(tefter_replica* replica, tefter_commit_callback callback, void* context);

/* The enrolled device's number; 0 while nothing is open. */
TEFTER_API uint32_t tefter_device(const tefter_replica* replica);
/* Changesets that the server has not confirmed. */
TEFTER_API tefter_status tefter_unsent(tefter_replica* replica, uint64_t* count);

/* ---- Writing ---- */

/* A row id that no other device draws. */
TEFTER_API tefter_status tefter_new_id(tefter_replica* replica, int64_t* id);

/* The edits of one user action. Free with tefter_edits_free. */
TEFTER_API tefter_status tefter_edits_new(tefter_replica* replica, tefter_edits** out);
TEFTER_API void tefter_edits_free(tefter_edits* edits);
/* Begins an edit: creates the row or changes the columns that are set. `scope` by its name, for new rows of tables where the
 * author chooses it; null otherwise. Names are the catalog's and are checked by tefter_write. */
TEFTER_API void tefter_edits_put(tefter_edits* edits, const char* table, const char* scope);
/* Begins an edit that deletes the row. */
TEFTER_API void tefter_edits_delete(tefter_edits* edits, const char* table);
/* Begins an edit that takes the row's personal values out, for ever. */
TEFTER_API void tefter_edits_erase(tefter_edits* edits, const char* table);
/* The key of the edit begun last, column by column. */
TEFTER_API void tefter_edits_key_integer(tefter_edits* edits, int64_t value);
TEFTER_API void tefter_edits_key_text(tefter_edits* edits, const char* value);
/* The values of the edit begun last. Enumerators by name or number, dates as ISO 8601 text, times as Unix milliseconds, a set as a
 * JSON array of texts. */
TEFTER_API void tefter_edits_null(tefter_edits* edits, const char* column);
TEFTER_API void tefter_edits_integer(tefter_edits* edits, const char* column, int64_t value);
TEFTER_API void tefter_edits_real(tefter_edits* edits, const char* column, double value);
TEFTER_API void tefter_edits_text(tefter_edits* edits, const char* column, const char* value);
TEFTER_API void tefter_edits_blob(tefter_edits* edits, const char* column, const void* bytes, size_t size);
/* The version that the author had on his screen; may be called for several. Without it: all that are there now. A version that
 * he did not see is not replaced, it becomes a conflict. */
TEFTER_API void tefter_edits_seen(tefter_edits* edits, int64_t version);
/* Writes all edits or none, durably, as one action of `actor` (a row id, 0 for nobody). `version`, where not null, gets the
 * version, 0 when there was nothing to change. The edits are used up. */
TEFTER_API tefter_status tefter_write(tefter_replica* replica, tefter_edits* edits, int64_t actor, int64_t* version);

/* ---- Reading ---- */

/* One SQL statement that only reads, on a connection of its own. Free with tefter_rows_free. Between its first row and its end
 * (or tefter_rows_free) the replica cannot be written to: tefter_write and syncs answer TEFTER_USAGE. */
TEFTER_API tefter_status tefter_query(tefter_replica* replica, const char* sql, tefter_rows** out);
TEFTER_API void tefter_rows_free(tefter_rows* rows);
/* Parameters ?1, ?2, …, before the first step. */
TEFTER_API tefter_status tefter_rows_bind_integer(tefter_rows* rows, int32_t index, int64_t value);
TEFTER_API tefter_status tefter_rows_bind_text(tefter_rows* rows, int32_t index, const char* value);
/* TEFTER_ROW, TEFTER_DONE, or what went wrong. */
TEFTER_API tefter_status tefter_rows_step(tefter_rows* rows);
TEFTER_API int32_t tefter_rows_columns(const tefter_rows* rows);
/* Columns count from 0; one that is not there is null. */
TEFTER_API const char* tefter_rows_name(tefter_rows* rows, int32_t column);
TEFTER_API tefter_kind tefter_rows_kind(const tefter_rows* rows, int32_t column);
TEFTER_API int64_t tefter_rows_integer(const tefter_rows* rows, int32_t column);
TEFTER_API double tefter_rows_real(const tefter_rows* rows, int32_t column);
/* Text ends with a zero byte and lives until the next step. `size`, where not null, gets its length in bytes. */
TEFTER_API const char* tefter_rows_text(tefter_rows* rows, int32_t column, size_t* size);
TEFTER_API const void* tefter_rows_blob(const tefter_rows* rows, int32_t column, size_t* size);

/* ---- Syncing ---- */

/* Called as bytes come; 0 cancels. */
typedef int32_t (*tefter_progress_callback)(void* context, const tefter_report* report);
/* A whole sync over the library's own HTTPS (libcurl, TLS 1.3, the server's key pinned, chain and host checked). An empty replica is filled by a
 * snapshot. Blocks; call tefter_cancel() from another thread to stop. `report` and `progress` may be null. */
TEFTER_API tefter_status tefter_sync_now(tefter_replica* replica, tefter_progress_callback progress, void* context, tefter_report* report);
/* The sync that runs stops at its next piece. */
TEFTER_API void tefter_cancel(tefter_replica* replica);

/* The same in steps, for applications that carry the bytes themselves (a phone's own background transfer): request, POST it to
 * the server, feed the answer's body in pieces of any size, end the answer; again while TEFTER_MORE. Between steps the replica may
 * be written to and read. Each piece commits what it completes, so a sync that is cut goes on where it stopped. */
TEFTER_API tefter_status tefter_sync_new(tefter_replica* replica, tefter_sync** out);
TEFTER_API void tefter_sync_free(tefter_sync* sync);
/* host:port, and 32 bytes: the SHA-256 of the SubjectPublicKeyInfo that the server's TLS certificate must have. Ask again before
 * each sync: a server may announce another key. */
TEFTER_API tefter_status tefter_server(tefter_replica* replica, const char** address, const uint8_t** pin);
/* The certificate, as PEM text, of the one authority that may vouch for the host in that address: check the chain and the host beside
 * the pin. Lives until the next call. */
TEFTER_API tefter_status tefter_server_authority(tefter_replica* replica, const char** certificate);
/* Path and body live until the next call on this sync. */
TEFTER_API tefter_status tefter_sync_request(tefter_sync* sync, const char** path, const void** body, size_t* size);
TEFTER_API tefter_status tefter_sync_feed(tefter_sync* sync, const void* piece, size_t size);
/* TEFTER_MORE, TEFTER_DONE, or what went wrong. After TEFTER_REFUSED for a revoked device its keys are destroyed. */
TEFTER_API tefter_status tefter_sync_end_answer(tefter_sync* sync);
TEFTER_API void tefter_sync_report(const tefter_sync* sync, tefter_report* report);

#ifdef __cplusplus
}
#endif
#endif
