/*
 * migrate.h — brings a database to the shape this binary knows.
 *
 * Thread   The caller's; it waits for the writer of the store.
 * Memory   None lasting.
 * Promise  Each migration is one transaction and is recorded with its checksum in schema_migration,
 *          so a crash leaves whole steps only and a second run does nothing. Two processes may run
 *          it at once.
 * Failure  STATUS_INVALID when the database does not fit this binary: a recorded migration has
 *          another checksum, is unknown here (the database is newer), or numbers have gaps. Words
 *          say which.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/embedded.h"
#include "store/store.h"

/* Core and live keep separate databases, each with migrations of its own. */
enum schema { SCHEMA_CORE, SCHEMA_LIVE };

struct migrate_report {
    int applied_count; /* by this run */
    int newest;        /* the number the database is at */
    char why[256];     /* what is wrong, on failure */
};

MUST_USE enum status store_migrate(struct store *store, enum schema schema, int64_t now_ms,
                                   struct migrate_report *out_report);

/* The same from given files, ended by a NULL name. */
MUST_USE enum status store_migrate_files(struct store *store, const struct embedded_file *files,
                                         int64_t now_ms, struct migrate_report *out_report);

/*
 * Applies everything that is missing, lets `look` see what came of it, and undoes all of it again.
 * Nobody else writes meanwhile. Its answer is that of the migrations or of `look`.
 */
struct migrate_rehearsal {
    enum status (*look)(struct migrate_rehearsal *rehearsal, struct store_connection *connection);
    struct migrate_report report;

    struct store_job job; /* the rest is its own */
    const struct embedded_file *files;
    int64_t now_ms;
    enum status status;
};
MUST_USE enum status store_migrate_rehearse(struct store *store, enum schema schema, int64_t now_ms,
                                            struct migrate_rehearsal *rehearsal);

#endif
