/* A device on a line that is cut again and again: it syncs until it is identical with the server, and is never further back than
 * it was. usage: poor_line CATALOG FOLDER CODE PASSPHRASE PEOPLE */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/include/tefter.h"

static tefter_replica* replica;

static void check(int holds, const char* what, int line) {
    if (holds) return;
    fprintf(stderr, "poor_line.c:%d: %s: %s\n", line, what, tefter_message(replica));
    exit(1);
}
#define CHECK(condition) check((condition), #condition, __LINE__)

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

static int64_t integer_of(const char* sql) {
    tefter_rows* rows;
    int64_t out;
    CHECK(tefter_query(replica, sql, &rows) == TEFTER_OK);
    CHECK(tefter_rows_step(rows) == TEFTER_ROW);
    out = tefter_rows_integer(rows, 0);
    tefter_rows_free(rows);
    return out;
}

/* Letters that do not pack well, so that there is something to carry; the same at every run. */
static uint32_t chance = 7;
static void letters(char* out, int count) {
    int i;
    for (i = 0; i < count; ++i) {
        chance = chance * 1664525u + 1013904223u;
        out[i] = (char)('a' + (chance >> 16) % 26);
    }
    out[count] = 0;
}

static void register_people(int count) {
    char family[32], given[32], position[64];
    tefter_edits* edits = NULL;
    int i;
    for (i = 0; i < count; ++i) {
        int64_t id;
        letters(family, 8);
        letters(given, 6);
        letters(position, 40);
        CHECK(tefter_new_id(replica, &id) == TEFTER_OK);
        if (i % 10 == 0) CHECK(tefter_edits_new(replica, &edits) == TEFTER_OK);
        tefter_edits_put(edits, "person", "AL");
        tefter_edits_key_integer(edits, id);
        tefter_edits_text(edits, "family_name", family);
        tefter_edits_text(edits, "given_name", given);
        tefter_edits_text(edits, "position", position);
        if (i % 10 != 9) continue;
        CHECK(tefter_write(replica, edits, 0, NULL) == TEFTER_OK); /* ten people are one action */
        tefter_edits_free(edits);
    }
}

struct progress {
    tefter_report last;
};

static int32_t on_progress(void* context, const tefter_report* report) {
    struct progress* progress = context;
    CHECK(report->changesets_sent >= progress->last.changesets_sent && report->changesets_received >= progress->last.changesets_received);
    CHECK(report->bytes_received >= progress->last.bytes_received);
    progress->last = *report;
    return 1;
}

static long status_kb(const char* field) {
    char line[256];
    FILE* file = fopen("/proc/self/status", "r");
    long kb = 0;
    CHECK(file != NULL);
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, field, strlen(field)) == 0) kb = atol(line + strlen(field) + 1);
    }
    fclose(file);
    return kb;
}

/* What the program has now; its peak counts from here. */
static long memory_now(void) {
    FILE* file = fopen("/proc/self/clear_refs", "w");
    CHECK(file != NULL && fputs("5", file) >= 0 && fclose(file) == 0);
    return status_kb("VmRSS");
}

struct totals {
    uint64_t sent, received, syncs, cut;
    long memory_kb; /* over what it had when it began */
};

static struct totals sync_until_identical(void) {
    struct totals totals = {0, 0, 0, 0, 0};
    const long began_kb = memory_now();
    uint64_t unsent, unsent_before = UINT64_MAX;
    int64_t read, read_before = 0;
    tefter_report report;
    do {
        struct progress progress;
        tefter_status status;
        memset(&progress, 0, sizeof progress);
        memset(&report, 0, sizeof report);
        report.size = sizeof report;
        status = tefter_sync_now(replica, on_progress, &progress, &report);
        CHECK(status == TEFTER_OK || status == TEFTER_NETWORK);
        totals.syncs += 1;
        totals.cut += status == TEFTER_NETWORK;
        totals.sent += progress.last.changesets_sent;
        totals.received += progress.last.changesets_received;
        CHECK(tefter_unsent(replica, &unsent) == TEFTER_OK && unsent <= unsent_before);
        unsent_before = unsent;
        read = integer_of("SELECT coalesce(sum(position), 0) FROM tefter_scope");
        CHECK(read >= read_before);
        read_before = read;
        CHECK(totals.syncs < 200);
    } while (report.identical == 0);
    totals.memory_kb = status_kb("VmHWM") - began_kb;
    return totals;
}

int main(int argc, char** argv) {
    size_t size;
    char* catalog;
    tefter_status status;
    struct totals totals;
    int people, tries = 0;
    if (argc != 6) return 2;
    people = atoi(argv[5]);
    catalog = read_file(argv[1], &size);
    CHECK(tefter_new(argv[2], catalog, size, &replica) == TEFTER_OK);
    free(catalog);
    do status = tefter_enrol(replica, argv[3], argv[4]);
    while (status == TEFTER_NETWORK && ++tries < 20);
    CHECK(status == TEFTER_OK);
    totals = sync_until_identical();
    printf("{\"filled\": {\"syncs\": %d, \"cut\": %d, \"changesets\": %d, \"people\": %d, \"memory_kb\": %ld}", (int)totals.syncs,
           (int)totals.cut, (int)totals.received, (int)integer_of("SELECT count(*) FROM person"), totals.memory_kb);
    register_people(people);
    totals = sync_until_identical();
    printf(", \"sent\": {\"syncs\": %d, \"cut\": %d, \"changesets\": %d, \"memory_kb\": %ld}}\n", (int)totals.syncs, (int)totals.cut,
           (int)totals.sent, totals.memory_kb);
    tefter_free(replica);
    return 0;
}
