/*
 * changes.h — who changed what in the catalog, and when: an append-only list.
 *
 * Thread   Recording: inside a store_job, in the transaction of the change. Reading: the reader's.
 * Memory   Texts of what was read live in the arena.
 */
#ifndef CATALOG_CHANGES_H
#define CATALOG_CHANGES_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/ids.h"
#include "store/store.h"

struct change {
    int64_t id; /* given by the store */
    int64_t at_ms;
    struct fan_id account;
    struct text entity; /* "artist" */
    int64_t entity_id;
    struct text action;        /* "CREATE", "UPDATE", "DELETE" */
    struct text before, after; /* JSON; empty for none */
};

MUST_USE enum status changes_record(struct store_connection *connection,
                                    const struct change *change);

/* The newest `limit` ones older than the change `before_id` (0: all), newest first, as
   {"items":[…],"nextCursor":…}. */
MUST_USE enum status changes_write_page(struct store_connection *reader, int64_t before_id,
                                        int64_t limit, struct buffer *body);

#endif
