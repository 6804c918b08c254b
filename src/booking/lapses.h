/*
 * lapses.h — which reservation lapses next.
 *
 * Thread   One thread at a time.
 * Memory   20 bytes for each index that lapses_reserve() has made room for; no other call
 *          allocates.
 * Time     Whatever the caller counts in.
 * Order    The soonest first; of two at the same moment the lower index.
 */
#ifndef BOOKING_LAPSES_H
#define BOOKING_LAPSES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct lapses {
    struct lapse *heap;
    uint32_t *place; /* of an index in the heap; good while it is in there */
    uint32_t count, index_count;
};

void lapses_init(struct lapses *lapses);
void lapses_deinit(struct lapses *lapses);
void lapses_clear(struct lapses *lapses);

/* Makes room for the indexes below index_count. STATUS_NO_MEMORY: nothing has changed. */
MUST_USE enum status lapses_reserve(struct lapses *lapses, uint32_t index_count);

void lapses_add(struct lapses *lapses, uint32_t index, int64_t at_ms);
void lapses_remove(struct lapses *lapses, uint32_t index); /* must be in there */

/* False when nothing lapses. */
bool lapses_next(const struct lapses *lapses, uint32_t *out_index, int64_t *out_at_ms);

#endif
