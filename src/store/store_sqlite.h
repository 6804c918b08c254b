/*
 * store_sqlite.h — the store in one file of the local disk.
 *
 * Thread   store_sqlite_open(): any. The store it gives: as store.h says.
 * Memory   The page caches: SQLITE_WRITER_CACHE_KIB for the writer, SQLITE_READER_CACHE_KIB a
 *          reader.
 * Promise  Write-ahead log with synchronous=FULL: a commit is on the disk before anybody hears of
 *          it. The log stays near SQLITE_LOG_PAGES_MAX pages unless a reader keeps a snapshot open.
 * Failure  Words into out_why: a missing, foreign or damaged file, a folder that cannot be written.
 */
#ifndef STORE_STORE_SQLITE_H
#define STORE_STORE_SQLITE_H

#include <stdbool.h>

#include "store/store.h"

enum { STORE_SQLITE_WHY_BYTES = 256 };

enum store_sqlite_synchronous {
    STORE_SQLITE_SYNCHRONOUS_FULL, /* the promise */
    STORE_SQLITE_SYNCHRONOUS_OFF,  /* simulations only: a power cut may take everything back */
};

struct store_sqlite_settings {
    const char *path;
    const char *vfs;     /* NULL: the machine's; a name for a simulated disk */
    int busy_timeout_ms; /* how long to wait for another process that writes; 0: the default */
    enum store_sqlite_synchronous synchronous;
    bool create; /* make the file, and its folder, when they are not there */
};

/* STATUS_MISSING: no such file, and `create` is false. STATUS_INVALID: not a database of ours. */
MUST_USE enum status store_sqlite_open(const struct store_sqlite_settings *settings,
                                       char out_why[STORE_SQLITE_WHY_BYTES],
                                       struct store **out_store);

#endif
