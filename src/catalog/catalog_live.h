/*
 * catalog_live.h — what changes by the second: how many seats are left, and whether a sale is open.
 *
 * It comes from the boards. For a date that no board knows it follows from what was read and the
 * time.
 *
 * Thread   Any.
 * Memory   The arena's.
 */
#ifndef CATALOG_CATALOG_LIVE_H
#define CATALOG_CATALOG_LIVE_H

#include "catalog/catalog.h"

struct catalog_live {      /* of one date */
    enum sale_state state; /* counts when the date has a sale */
    int64_t seats_left;
    const int64_t *section_left; /* in the order of the date's sections */
};

/* Of all dates of an array; NULL when memory is short. `boards` may be NULL: there is none. */
struct catalog_live *catalog_live_of(struct arena *arena, struct boards *boards,
                                     const struct catalog_option *options, size_t option_count,
                                     int64_t now_ms);

/* A number that is another one as soon as catalog_live_of() would say something else. */
uint64_t catalog_live_mark(struct boards *boards, const struct catalog_option *options,
                           size_t option_count, int64_t now_ms);

/* The same without the seats: only whether sales are open. */
uint64_t catalog_live_state_mark(struct boards *boards, const struct catalog_option *options,
                                 size_t option_count, int64_t now_ms);

#endif
