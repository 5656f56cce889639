/* The same book in C, through engine/include/tefter.h and libtefter. usage: hives_c CATALOG FOLDER enrol CODE |
 * inspect NAME DAY QUEEN GRAMS | list | sync   (the passphrase is in HIVES_PASSPHRASE) */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/include/tefter.h"

static tefter_replica* replica;

static void must(tefter_status status) {
    if (status < TEFTER_USAGE) return;
    fprintf(stderr, "%s\n", tefter_message(replica));
    tefter_free(replica);
    exit(1);
}

static int64_t hive_named(const char* name) {
    tefter_rows* rows;
    int64_t id = 0;
    must(tefter_query(replica, "SELECT id FROM hive WHERE name = ?1", &rows));
    must(tefter_rows_bind_text(rows, 1, name));
    if (tefter_rows_step(rows) == TEFTER_ROW) id = tefter_rows_integer(rows, 0);
    tefter_rows_free(rows);
    if (id != 0) return id;
    fprintf(stderr, "There is no hive of the name %s.\n", name);
    exit(1);
}

static void inspect(const char* name, const char* day, const char* queen, const char* grams) {
    tefter_edits* edits;
    const int64_t hive = hive_named(name);
    must(tefter_edits_new(replica, &edits));
    tefter_edits_put(edits, "inspection", NULL);
    tefter_edits_key_integer(edits, hive);
    tefter_edits_key_text(edits, day);
    tefter_edits_text(edits, "queen", queen);
    tefter_edits_integer(edits, "honey_grams", strtoll(grams, NULL, 10));
    must(tefter_write(replica, edits, 0, NULL)); /* durable when it returns */
    tefter_edits_free(edits);
}

static void list(void) {
    tefter_rows* rows;
    must(tefter_query(
        replica, "SELECT name, count(day), sum(honey_grams) FROM hive LEFT JOIN inspection ON hive = id GROUP BY id ORDER BY name", &rows));
    while (tefter_rows_step(rows) == TEFTER_ROW) {
        printf("%s: %lld inspections, ", tefter_rows_text(rows, 0, NULL), (long long)tefter_rows_integer(rows, 1));
        printf("%lld g\n", (long long)tefter_rows_integer(rows, 2));
    }
    tefter_rows_free(rows);
}

static void sync_now(void) {
    tefter_report report;
    memset(&report, 0, sizeof report);
    report.size = sizeof report;
    must(tefter_sync_now(replica, NULL, NULL, &report));
    printf("sent %llu, received %llu%s\n", (unsigned long long)report.changesets_sent, (unsigned long long)report.changesets_received,
           report.identical ? "; identical with the server" : "");
}

int main(int argc, char** argv) {
    static char catalog[1 << 20];
    const char* passphrase = getenv("HIVES_PASSPHRASE");
    FILE* file;
    size_t bytes;
    if (argc < 4 || passphrase == NULL || (file = fopen(argv[1], "rb")) == NULL) {
        fprintf(stderr, "See the head of hives.c.\n");
        return 2;
    }
    bytes = fread(catalog, 1, sizeof catalog, file);
    fclose(file);
    must(tefter_new(argv[2], catalog, bytes, &replica));
    if (strcmp(argv[3], "enrol") == 0 && argc == 5) {
        must(tefter_enrol(replica, argv[4], passphrase));
        sync_now();
    } else {
        must(tefter_open(replica, passphrase));
        if (strcmp(argv[3], "inspect") == 0 && argc == 8) inspect(argv[4], argv[5], argv[6], argv[7]);
        else if (strcmp(argv[3], "sync") == 0) sync_now();
        else list();
    }
    tefter_free(replica);
    return 0;
}
