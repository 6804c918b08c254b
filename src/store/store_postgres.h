/*
 * store_postgres.h — the store on a PostgreSQL server.
 *
 * Thread   store_postgres_open(): any. The store it gives: as store.h says.
 * Memory   A connection keeps its prepared statements' names, and at most
 *          POSTGRES_GATHER_BYTES_MAX of rows that were put off. A query's rows are in memory until
 *          rows_end().
 * Promise  synchronous_commit is on: a commit is on the server's disk before anybody hears of it.
 *          Jobs of all processes on one database come one after the other, as on SQLite; sessions
 *          run beside them.
 * Failure  A server that cannot be reached is STATUS_IO at once, and tried again with growing
 *          pauses, POSTGRES_BACKOFF_MOST_MS at most. Every wait has an end (POSTGRES_…_MS). Words
 *          never hold the password.
 */
#ifndef STORE_STORE_POSTGRES_H
#define STORE_STORE_POSTGRES_H

#include <stdbool.h>

#include "store/store.h"

enum { STORE_POSTGRES_WHY_BYTES = 256, STORE_POSTGRES_NAME_BYTES = 256 };

struct store_postgres_settings {
    const char *url;     /* postgresql://user:password@host:port/database?… */
    int busy_timeout_ms; /* how long to wait for another process that writes; 0: the default */
    bool create;         /* make what an empty database lacks; false: it must be one of ours */
};

/* STATUS_MISSING: nothing of ours is there, and `create` is false. STATUS_INVALID: not a URL, or a
   database of another program. */
MUST_USE enum status store_postgres_open(const struct store_postgres_settings *settings,
                                         char out_why[STORE_POSTGRES_WHY_BYTES],
                                         struct store **out_store);

/* True for what store_postgres_open() understands as a URL of its own. */
bool store_postgres_is_url(const char *words);

/* "postgresql://user@host:port/database": what may be shown of a URL. */
void store_postgres_name(const char *url, char out_name[STORE_POSTGRES_NAME_BYTES]);

#endif
