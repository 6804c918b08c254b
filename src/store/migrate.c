/*
 * migrate.c — one job a migration, so that each stands or falls alone.
 *
 * Every job first compares what the database says it has with what this binary knows, inside the
 * transaction that holds the writer's lock: a second process that migrates at the same time waits
 * there and then finds the work done. The first missing migration is applied and recorded; the job
 * is repeated until none is missing.
 */
#include "store/migrate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/container.h"
#include "base/hash.h"
#include "base/must.h"
#include "store/store_adapter.h"

struct migration {
    struct store_job job;
    const struct embedded_file *files;
    int64_t now_ms;
    struct migrate_report *report;
    bool applied; /* by this job */
};

static struct text words_of(const struct embedded_file *file)
{
    return text_make((const char *)file->bytes, file->size);
}

/* "0007_artist.sql" is 7; 0 when the name has no number. */
static int64_t number_of(const struct embedded_file *file)
{
    struct text rest;
    int64_t number = 0;
    return text_to_int64(text_cut(text_of(file->name), '_', &rest), &number) ? number : 0;
}

static enum status refuse(struct migrate_report *report, const char *what, int64_t number)
{
    snprintf(report->why, sizeof report->why, "%s: number %lld", what, (long long)number);
    return STATUS_INVALID;
}

/* Compares one recorded migration with ours. */
static enum status compare(struct migration *migration, const struct rows *row, int recorded_count)
{
    int64_t number = rows_int(row, 0);
    int known_count = 0;
    while (migration->files[known_count].name)
        known_count++;
    if (number != recorded_count + 1)
        return refuse(migration->report, "the recorded migrations have a gap before", number);
    if (recorded_count >= known_count)
        return refuse(migration->report,
                      "the database is newer than this program; it has migration", number);
    if (rows_int(row, 1) != hash_lasting(words_of(&migration->files[recorded_count])))
        return refuse(migration->report,
                      "a migration was changed after it had been applied (other checksum)", number);
    return STATUS_OK;
}

static enum status count_recorded(struct migration *migration, struct store_connection *connection,
                                  int *out_count)
{
    static const struct sql make = {
        "CREATE TABLE IF NOT EXISTS schema_migration (number BIGINT PRIMARY KEY,"
        " name TEXT NOT NULL, checksum BIGINT NOT NULL, applied_at_ms BIGINT NOT NULL)"};
    static const struct sql list = {
        "SELECT number, checksum FROM schema_migration ORDER BY number"};

    enum status status = store_run(connection, &make, NULL, 0, NULL);
    if (status != STATUS_OK)
        return status;
    struct rows rows;
    status = store_query(connection, &list, NULL, 0, &rows);
    if (status != STATUS_OK)
        return status;
    int count = 0;
    enum status fits = STATUS_OK;
    while (fits == STATUS_OK && rows_next(&rows)) {
        fits = compare(migration, &rows, count);
        count++;
    }
    status = rows_end(&rows);
    *out_count = count;
    return status == STATUS_OK ? fits : status;
}

static enum status apply(struct migration *migration, struct store_connection *connection,
                         const struct embedded_file *file)
{
    static const struct sql record = {"INSERT INTO schema_migration (number, name, checksum,"
                                      " applied_at_ms) VALUES ($1, $2, $3, $4)"};
    char *words = strndup((const char *)file->bytes, file->size);
    if (!words)
        return STATUS_NO_MEMORY;
    enum status status = store_script(connection, words);
    free(words);
    if (status != STATUS_OK)
        return status;
    const struct sql_value values[] = {sql_int(number_of(file)), sql_words(file->name),
                                       sql_int(hash_lasting(words_of(file))),
                                       sql_int(migration->now_ms)};
    return store_run(connection, &record, values, 4, NULL);
}

static enum status step(struct migration *migration, struct store_connection *connection)
{
    struct migrate_report *report = migration->report;
    int recorded_count = 0;
    report->why[0] = '\0';
    enum status status = count_recorded(migration, connection, &recorded_count);
    if (status == STATUS_OK) {
        report->newest = recorded_count;
        const struct embedded_file *next = &migration->files[recorded_count];
        migration->applied = next->name != NULL;
        if (next->name)
            status = apply(migration, connection, next);
        if (status != STATUS_OK)
            snprintf(report->why, sizeof report->why, "migration %.60s: %.150s", next->name,
                     store_why(connection));
    }
    if (report->why[0] == '\0' && status != STATUS_OK)
        snprintf(report->why, sizeof report->why, "%.200s", store_why(connection));
    return status;
}

static enum status migrate_one(struct store_job *job, struct store_connection *connection)
{
    return step(container_of(job, struct migration, job), connection);
}

static enum status rehearse(struct store_job *job, struct store_connection *connection)
{
    struct migrate_rehearsal *rehearsal = container_of(job, struct migrate_rehearsal, job);
    struct migration migration = {
        .files = rehearsal->files, .now_ms = rehearsal->now_ms, .report = &rehearsal->report};
    enum status status;
    do {
        status = step(&migration, connection);
        rehearsal->report.applied_count += status == STATUS_OK && migration.applied;
    } while (status == STATUS_OK && migration.applied);
    if (status == STATUS_OK)
        status = rehearsal->look(rehearsal, connection);
    rehearsal->status = status;
    return STATUS_BUSY; /* whatever it was, nothing of it is kept */
}

enum status store_migrate_rehearse(struct store *store, enum schema schema, int64_t now_ms,
                                   struct migrate_rehearsal *rehearsal)
{
    must(rehearsal->look);
    rehearsal->job = (struct store_job){.work = rehearse};
    rehearsal->files = store->ops->migrations(schema);
    rehearsal->now_ms = now_ms;
    rehearsal->report = (struct migrate_report){0};
    rehearsal->status = STATUS_BUSY;
    enum status status = store_submit_and_wait(store, &rehearsal->job);
    must(status != STATUS_OK);
    return rehearsal->status;
}

enum status store_migrate_files(struct store *store, const struct embedded_file *files,
                                int64_t now_ms, struct migrate_report *out_report)
{
    for (int i = 0; files[i].name; i++)
        must(number_of(&files[i]) == i + 1); /* ours: 0001, 0002, … without a gap */

    *out_report = (struct migrate_report){0};
    for (;;) {
        struct migration migration = {
            .job = {.work = migrate_one}, .files = files, .now_ms = now_ms, .report = out_report};
        enum status status = store_submit_and_wait(store, &migration.job);
        if (status != STATUS_OK) {
            if (out_report->why[0] == '\0')
                snprintf(out_report->why, sizeof out_report->why, "the store answers: %s",
                         status_name(status));
            return status;
        }
        if (!migration.applied)
            return STATUS_OK;
        out_report->applied_count++;
    }
}

enum status store_migrate(struct store *store, enum schema schema, int64_t now_ms,
                          struct migrate_report *out_report)
{
    return store_migrate_files(store, store->ops->migrations(schema), now_ms, out_report);
}
