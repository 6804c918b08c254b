/*
 * test_house.h — a database of its own in a new folder, for the tests of this folder.
 *
 * Thread   The test's.
 * Memory   house_close() gives back everything and removes the folder.
 */
#ifndef CATALOG_TEST_HOUSE_H
#define CATALOG_TEST_HOUSE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/container.h"
#include "store/migrate.h"
#include "store/store_sqlite.h"

#include <cmocka.h>

enum { HOUSE_ARENA_BYTES = 64 << 20 };

struct house {
    char folder[64];
    struct store *store;
    struct store_connection *reader;
    struct arena *arena;
};

static const int64_t house_now_ms = INT64_C(1795500000000); /* a day in November 2026 */

/* Without migrations when `files` is NULL. */
static inline struct house *house_open_at(const struct embedded_file *files)
{
    struct house *house = calloc(1, sizeof *house);
    assert_non_null(house);
    snprintf(house->folder, sizeof house->folder, "/tmp/catalog-test-XXXXXX");
    assert_non_null(mkdtemp(house->folder));
    char path[128], why[STORE_SQLITE_WHY_BYTES];
    snprintf(path, sizeof path, "%s/core.db", house->folder);
    struct store_sqlite_settings settings = {
        .path = path, .synchronous = STORE_SQLITE_SYNCHRONOUS_OFF, .create = true};
    assert_int_equal(store_sqlite_open(&settings, why, &house->store), STATUS_OK);
    struct migrate_report report;
    assert_int_equal(store_migrate_files(house->store, files, house_now_ms, &report), STATUS_OK);
    assert_int_equal(store_reader_open(house->store, &house->reader), STATUS_OK);
    house->arena = arena_create(64 * 1024, HOUSE_ARENA_BYTES);
    assert_non_null(house->arena);
    return house;
}

static inline struct house *house_open(void)
{
    return house_open_at(schema_sqlite);
}

static inline void house_close(struct house *house)
{
    arena_destroy(house->arena);
    store_reader_close(house->reader);
    store_close(house->store);
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", house->folder);
    assert_int_equal(system(command), 0);
    free(house);
}

/* --- one statement, one commit ---------------------------------------------------------------- */

struct house_step {
    struct store_job job;
    const struct sql *sql;
    const struct sql_value *values;
    size_t value_count;
};

static inline enum status house_work(struct store_job *job, struct store_connection *connection)
{
    struct house_step *step = container_of(job, struct house_step, job);
    return store_run(connection, step->sql, step->values, step->value_count, NULL);
}

static inline void house_run(struct house *house, const struct sql *sql,
                             const struct sql_value *values, size_t value_count)
{
    struct house_step step = {
        .job = {.work = house_work}, .sql = sql, .values = values, .value_count = value_count};
    assert_int_equal(store_submit_and_wait(house->store, &step.job), STATUS_OK);
}

static inline int64_t house_count(struct house *house, const struct sql *sql)
{
    int64_t count = -1;
    assert_int_equal(store_query_int(house->reader, sql, NULL, 0, &count), STATUS_OK);
    return count;
}

#endif
