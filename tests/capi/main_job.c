/* The main job through the C interface, in C99: enrol, register people, check them in, query, sync in one call and in steps.
 * usage: main_job CATALOG FOLDER CODE PASSPHRASE */

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/include/tefter.h"

static tefter_replica* replica;

static void check(int holds, const char* what, int line) {
    if (holds) return;
    fprintf(stderr, "main_job.c:%d: %s: %s\n", line, what, tefter_message(replica));
    exit(1);
}
#define CHECK(condition) check((condition), #condition, __LINE__)

/* What a caller was built with: these never change. */
typedef char sizes_hold[sizeof(tefter_report) == 80 && offsetof(tefter_report, identical) == 64 && TEFTER_INTERNAL == 25 ? 1 : -1];

static char* read_file(const char* path, size_t* size) {
    FILE* file = fopen(path, "rb");
    char* bytes;
    CHECK(file != NULL);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(*size);
    CHECK(fread(bytes, 1, *size, file) == *size);
    fclose(file);
    return bytes;
}

static int commits, person_commits;
static void on_commit(void* context, const char* const* tables, size_t count) {
    size_t i;
    CHECK(context == &commits);
    ++commits;
    for (i = 0; i < count; ++i) person_commits += strcmp(tables[i], "person") == 0;
}

static int pieces;
static int32_t on_progress(void* context, const tefter_report* report) {
    ++pieces;
    CHECK(report->size == sizeof *report && report->bytes_received > 0);
    return *(const int32_t*)context;
}

static int64_t integer_of(const char* sql, int64_t parameter) {
    tefter_rows* rows;
    int64_t out;
    CHECK(tefter_query(replica, sql, &rows) == TEFTER_OK);
    if (parameter != 0) CHECK(tefter_rows_bind_integer(rows, 1, parameter) == TEFTER_OK);
    CHECK(tefter_rows_step(rows) == TEFTER_ROW && tefter_rows_kind(rows, 0) == TEFTER_INTEGER);
    out = tefter_rows_integer(rows, 0);
    tefter_rows_free(rows);
    return out;
}

static int64_t register_person(const char* family, const char* given) {
    tefter_edits* edits;
    int64_t id, version = 0;
    CHECK(tefter_new_id(replica, &id) == TEFTER_OK);
    CHECK(tefter_edits_new(replica, &edits) == TEFTER_OK);
    tefter_edits_put(edits, "person", "AL");
    tefter_edits_key_integer(edits, id);
    tefter_edits_text(edits, "family_name", family);
    tefter_edits_text(edits, "given_name", given);
    tefter_edits_text(edits, "gender", "female");
    tefter_edits_text(edits, "birth_date", "1980-02-29");
    tefter_edits_text(edits, "languages", "[\"sq\", \"en\"]");
    CHECK(tefter_write(replica, edits, 0, &version) == TEFTER_OK);
    CHECK(version > 0);
    tefter_edits_free(edits);
    return id;
}

static void check_in(int64_t person) {
    tefter_edits* edits;
    CHECK(tefter_edits_new(replica, &edits) == TEFTER_OK);
    tefter_edits_put(edits, "activity", "AL");
    tefter_edits_key_text(edits, "TR-C99");
    tefter_edits_text(edits, "kind", "training");
    tefter_edits_text(edits, "title", "{\"en\": \"From C\"}");
    tefter_edits_text(edits, "starts_on", "2026-03-16");
    tefter_edits_text(edits, "ends_on", "2026-03-17");
    tefter_edits_put(edits, "attendance", NULL);
    tefter_edits_key_integer(edits, person);
    tefter_edits_key_text(edits, "TR-C99");
    tefter_edits_key_integer(edits, 1);
    tefter_edits_text(edits, "status", "present");
    tefter_edits_integer(edits, "marked_at", 1773648000000);
    tefter_edits_blob(edits, "signature", "\x01\x02\x03", 3);
    CHECK(tefter_write(replica, edits, 0, NULL) == TEFTER_OK);
    tefter_edits_free(edits);
}

static void wrong_use(void) {
    tefter_edits* edits;
    tefter_rows *rows, *other;
    CHECK(tefter_edits_new(replica, &edits) == TEFTER_OK);
    tefter_edits_text(edits, "family_name", "before any edit");
    CHECK(tefter_write(replica, edits, 0, NULL) == TEFTER_USAGE && strstr(tefter_message(replica), "tefter_edits_put"));
    tefter_edits_free(edits);
    CHECK(tefter_edits_new(replica, &edits) == TEFTER_OK);
    tefter_edits_put(edits, "person", "ATLANTIS");
    CHECK(tefter_write(replica, edits, 0, NULL) == TEFTER_USAGE && strstr(tefter_message(replica), "ATLANTIS"));
    tefter_edits_free(edits);
    CHECK(tefter_edits_new(replica, &edits) == TEFTER_OK);
    tefter_edits_put(edits, "unicorn", NULL);
    CHECK(tefter_write(replica, edits, 0, NULL) == TEFTER_USAGE && strstr(tefter_message(replica), "unicorn"));
    tefter_edits_free(edits);
    CHECK(tefter_edits_new(replica, &edits) == TEFTER_OK);
    tefter_edits_put(edits, "person", "BA"); /* not granted to this office */
    tefter_edits_key_integer(edits, 5);
    tefter_edits_text(edits, "family_name", "A");
    tefter_edits_text(edits, "given_name", "B");
    CHECK(tefter_write(replica, edits, 0, NULL) == TEFTER_REFUSED);
    tefter_edits_free(edits);
    CHECK(tefter_query(replica, "DELETE FROM person", &rows) == TEFTER_USAGE && rows == NULL);
    CHECK(tefter_query(replica, "SELECT nonsense", &rows) != TEFTER_OK && rows == NULL);
    CHECK(tefter_query(replica, "SELECT id, family_name, NULL, 1.5, x'0102' FROM person", &rows) == TEFTER_OK);
    CHECK(tefter_query(replica, "SELECT 1", &other) == TEFTER_OK);
    CHECK(tefter_rows_columns(rows) == 5 && strcmp(tefter_rows_name(rows, 1), "family_name") == 0);
    CHECK(tefter_rows_kind(rows, 0) == TEFTER_NULL); /* no row yet */
    CHECK(tefter_rows_step(rows) == TEFTER_ROW);
    CHECK(tefter_rows_kind(rows, 2) == TEFTER_NULL && tefter_rows_kind(rows, 9) == TEFTER_NULL && tefter_rows_real(rows, 3) == 1.5);
    CHECK(tefter_rows_integer(rows, 1) == 0 && tefter_rows_text(rows, 0, NULL)[0] == 0);
    {
        size_t size = 0;
        const void* blob = tefter_rows_blob(rows, 4, &size);
        CHECK(size == 2 && memcmp(blob, "\x01\x02", 2) == 0);
    }
    CHECK(tefter_edits_new(replica, &edits) == TEFTER_OK);
    CHECK(tefter_write(replica, edits, 0, NULL) == TEFTER_USAGE && strstr(tefter_message(replica), "query"));
    tefter_edits_free(edits);
    tefter_rows_free(rows);
    tefter_rows_free(other);
}

/* A phone's own transfer: this program carries the bytes, by libcurl. */
static size_t on_bytes(char* bytes, size_t one, size_t count, void* sync) {
    /* In two pieces, since pieces may have any size. */
    const size_t half = count / 2;
    CHECK(one == 1);
    CHECK(tefter_sync_feed(sync, bytes, half) == TEFTER_OK);
    CHECK(tefter_sync_feed(sync, bytes + half, count - half) == TEFTER_OK);
    return count;
}

static void pinned(const uint8_t* pin, char* out) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    int i, n = sprintf(out, "sha256//");
    for (i = 0; i < 33; i += 3) {
        const unsigned long three =
            (unsigned long)pin[i] << 16 | (i + 1 < 32 ? (unsigned long)pin[i + 1] << 8 : 0) | (i + 2 < 32 ? pin[i + 2] : 0);
        out[n++] = letters[three >> 18 & 63];
        out[n++] = letters[three >> 12 & 63];
        out[n++] = letters[three >> 6 & 63];
        out[n++] = i + 2 < 32 ? letters[three & 63] : '=';
    }
    out[n] = 0;
}

static void sync_in_steps(tefter_report* report) {
    tefter_sync* sync;
    tefter_status status;
    const char *address, *path, *authority;
    struct curl_blob vouching;
    const uint8_t* pin;
    const void* body;
    size_t size;
    char url[512], key[64];
    CHECK(tefter_server(replica, &address, &pin) == TEFTER_OK);
    CHECK(tefter_server_authority(replica, &authority) == TEFTER_OK);
    vouching.data = (void*)authority;
    vouching.len = strlen(authority);
    vouching.flags = CURL_BLOB_COPY;
    CHECK(tefter_sync_new(replica, &sync) == TEFTER_OK);
    pinned(pin, key);
    do {
        CURL* curl = curl_easy_init();
        CHECK(tefter_sync_request(sync, &path, &body, &size) == TEFTER_OK);
        sprintf(url, "https://%.300s%.100s", address, path);
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, key);
        curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &vouching); /* nobody else vouches for this server */
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)size);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, sync);
        CHECK(curl_easy_perform(curl) == CURLE_OK);
        curl_easy_cleanup(curl);
        status = tefter_sync_end_answer(sync);
    } while (status == TEFTER_MORE);
    CHECK(status == TEFTER_DONE);
    tefter_sync_report(sync, report);
    CHECK(tefter_sync_request(sync, &path, &body, &size) == TEFTER_USAGE); /* it is over */
    tefter_sync_free(sync);
}

int main(int argc, char** argv) {
    size_t size;
    char* catalog;
    tefter_report report;
    int64_t person;
    uint64_t unsent;
    int32_t go_on = 1;
    if (argc != 5) return 2;
    catalog = read_file(argv[1], &size);
    CHECK(tefter_new(argv[2], "{ nonsense", 10, &replica) != TEFTER_OK && tefter_message(replica)[0] != 0);
    CHECK(tefter_open(replica, argv[4]) == TEFTER_USAGE);
    tefter_free(replica);
    CHECK(tefter_new(argv[2], catalog, size, &replica) == TEFTER_OK);
    free(catalog);
    CHECK(tefter_is_enrolled(replica) == 0 && tefter_device(replica) == 0);
    CHECK(tefter_open(replica, argv[4]) == TEFTER_NOT_REPLICA);
    CHECK(tefter_enrol(replica, "TEFTER1-NONSENSE", argv[4]) != TEFTER_OK);
    CHECK(tefter_enrol(replica, argv[3], argv[4]) == TEFTER_OK);
    CHECK(tefter_is_enrolled(replica) == 1 && tefter_device(replica) > 1);

    memset(&report, 0, sizeof report);
    report.size = sizeof report;
    CHECK(tefter_sync_now(replica, on_progress, &go_on, &report) == TEFTER_OK);
    CHECK(report.identical == 1 && report.round_trips >= 1 && pieces > 0);
    CHECK(integer_of("SELECT count(*) FROM beneficiary WHERE role = ?1", 1) == 6);

    tefter_on_commit(replica, on_commit, &commits);
    person = register_person("Hoxha", "Ardita");
    CHECK(commits == 1 && person_commits == 1);
    check_in(person);
    wrong_use();
    CHECK(commits == 2);
    CHECK(tefter_unsent(replica, &unsent) == TEFTER_OK && unsent == 2);
    CHECK(integer_of("SELECT count(*) FROM attendance WHERE person = ?1 AND status = 4", person) == 1);

    sync_in_steps(&report);
    CHECK(report.identical == 1 && report.changesets_sent == 2 && report.round_trips == 1);
    CHECK(tefter_unsent(replica, &unsent) == TEFTER_OK && unsent == 0);

    go_on = 0; /* a progress callback that says stop; nothing is lost by it */
    register_person("Krasniqi", "Blerta");
    CHECK(tefter_sync_now(replica, on_progress, &go_on, NULL) == TEFTER_CANCELLED);
    go_on = 1;
    CHECK(tefter_sync_now(replica, on_progress, &go_on, &report) == TEFTER_OK && report.identical == 1);

    tefter_close(replica);
    CHECK(tefter_unsent(replica, &unsent) == TEFTER_USAGE);
    CHECK(tefter_open(replica, "not the passphrase") == TEFTER_WRONG_KEY);
    CHECK(tefter_open(replica, argv[4]) == TEFTER_OK);
    CHECK(integer_of("SELECT count(*) FROM person", 0) == 2);
    tefter_free(replica);
    printf("the main job is done, with Tefter %s\n", tefter_version());
    return 0;
}
