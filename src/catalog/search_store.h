/*
 * search_store.h — the column `search` of each list: written with the row, read by LIKE.
 *
 * Thread   Inside a store_job; search_fill() submits jobs and waits: for starts and command lines.
 * Memory   The arena's.
 */
#ifndef CATALOG_SEARCH_STORE_H
#define CATALOG_SEARCH_STORE_H

#include "base/arena.h"
#include "catalog/draft.h"
#include "store/store.h"

/* After the row, its other names or its bill have changed; an artist's concerts follow. */
MUST_USE enum status search_write(struct store_connection *connection, struct arena *arena,
                                  enum entity entity, int64_t id);

/* Rows that were written without it: by an earlier version, or by the initial data. */
MUST_USE enum status search_fill(struct store *store);

#endif
