/*
 * due.h — what is to happen later, soonest first.
 *
 * Thread   One thread at a time.
 * Memory   Grows to the most entries that ever waited at once; two a fan is the most the night
 *          needs.
 * Time     Microseconds of whatever clock the caller uses.
 * Order    Entries of the same moment come in the order of adding.
 */
#ifndef RUSH_DUE_H
#define RUSH_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct due_entry {
    int64_t at_us;
    uint64_t order; /* the list's own */
    uint32_t what;  /* the caller's */
};

struct due {
    struct due_entry *entries; /* a binary heap */
    size_t entry_count, capacity;
    uint64_t added_count;
};

MUST_USE enum status due_init(struct due *due, size_t capacity);
void due_deinit(struct due *due); /* a zeroed one is welcome */

/* There is room: the caller knows how many can wait. */
void due_add(struct due *due, int64_t at_us, uint32_t what);

/* INT64_MAX when nothing waits. */
int64_t due_next_us(const struct due *due);

/* Takes the soonest entry when its time has come. */
bool due_take(struct due *due, int64_t now_us, uint32_t *out_what, int64_t *out_at_us);

#endif
