/*
 * ranks.h — a set of numbers that can tell how many of its members are below one.
 *
 * A bit a number, and a Fenwick tree (Fenwick 1994) over the counts of 64 bits each: adding,
 * taking away, counting and finding the smallest cost O(log n), in a fifth of a byte a number.
 *
 * Thread   One at a time.
 * Memory   Doubles when a larger number is added: at most 0.4 bytes for each number up to the
 *          largest.
 */
#ifndef WAITING_RANKS_H
#define WAITING_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct ranks {
    uint64_t *words;
    uint32_t *tree; /* [1 … word_count]: the members of (i - lowest bit of i, i] words */
    uint32_t word_count;
    uint32_t member_count;
};

void ranks_init(struct ranks *ranks);
void ranks_deinit(struct ranks *ranks);

/* Numbers up to this one can be added from now on, and it never fails. */
MUST_USE enum status ranks_reserve(struct ranks *ranks, uint32_t number);

/* Adding a member again is harmless. STATUS_NO_MEMORY: nothing has changed. */
MUST_USE enum status ranks_add(struct ranks *ranks, uint32_t number);
void ranks_remove(struct ranks *ranks, uint32_t number); /* harmless when it is none */

bool ranks_has(const struct ranks *ranks, uint32_t number);
uint32_t ranks_below(const struct ranks *ranks, uint32_t number);  /* members less than number */
bool ranks_least(const struct ranks *ranks, uint32_t *out_number); /* false: there is none */
size_t ranks_bytes(const struct ranks *ranks);

#endif
