/*
 * follow.h — when reservations lapse that were written beside the engine.
 *
 * What a row says decides; this only knows when to look at it. An entry too many is harmless, one
 * that is missing makes a hold last until the sale is read anew.
 *
 * Thread   Any.
 * Memory   40 bytes an entry, growing with them.
 * Time     Wall milliseconds.
 * Limits   BOOKING_LIVE_MAX entries.
 */
#ifndef BOOKING_FOLLOW_H
#define BOOKING_FOLLOW_H

#include <pthread.h>

#include "base/ids.h"
#include "base/table.h"
#include "booking/lapses.h"

struct followed {
    struct reservation_id id;
    bool paying; /* as far as we know */
    int64_t lapses_at_ms;
};

struct follow {
    pthread_mutex_t lock; /* of all that follows; held for a few instructions */
    struct table by_id;   /* → index of the entry */
    struct lapses lapses; /* by the same index */
    struct followed *entries;
    uint32_t *spare; /* indexes that were given back */
    uint32_t used, capacity, spare_count;
};

void follow_init(struct follow *follow);
void follow_deinit(struct follow *follow);

/* Adds it or changes when it lapses. STATUS_NO_MEMORY, STATUS_FULL: nothing has changed. */
MUST_USE enum status follow_set(struct follow *follow, const struct followed *followed);
void follow_drop(struct follow *follow, struct reservation_id id); /* harmless when unknown */

/* The one that lapses next, if it does so by now_ms. */
bool follow_due(struct follow *follow, int64_t now_ms, struct followed *out_followed);

/* When the next one lapses; INT64_MAX when there is none. */
int64_t follow_next_ms(struct follow *follow);

#endif
