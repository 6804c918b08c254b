/*
 * plain_sale.h — a date of nothing but plain blocks of seats, for load tests.
 *
 * Everything a sale needs is made at once: a venue, a concert, a date, sections with rows, a sale.
 * The sale comes last, so that it appears complete beside a running server.
 *
 * Thread   The caller's; it waits for the store's writer. Never from a loop.
 * Memory   The call's own, given back before it returns.
 * Limits   SEATS_PER_OPTION_MAX seats, CATALOG_SECTIONS_MAX sections; the rules of `sale`
 *          (limits.h).
 */
#ifndef CATALOG_PLAIN_SALE_H
#define CATALOG_PLAIN_SALE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ids.h"
#include "base/status.h"

struct store;

struct plain_sale {
    uint32_t seat_count, section_count; /* the first sections get the seats that are left over */
    int64_t price;                      /* won, the same for every seat */
    int64_t hold_seconds, max_per_fan;
    int64_t opens_at_ms, closes_at_ms; /* wall time */
    const char *strategy, *lock;       /* "v2", "optimistic"; NULL: the engine's, and none */
    bool waiting_room;
};

struct plain_sale_made {
    struct option_id option;
    int64_t first_seat_id;
    uint32_t seat_count;
};

/* STATUS_INVALID when the settings are beyond the limits. */
MUST_USE enum status plain_sale_create(struct store *store, const struct plain_sale *settings,
                                       int64_t now_ms, struct plain_sale_made *out_made);

#endif
