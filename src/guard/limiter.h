/*
 * limiter.h — how often somebody may do something: one token bucket a key, in a table of fixed
 * size.
 *
 * The generic cell rate algorithm (GCRA, ITU-T I.371): a bucket is one number, the time at which it
 * will be full again. A full table forgets the bucket that is fullest among the few a key may use,
 * which can only err in favour of the asker.
 *
 * Thread   Any: one lock a shard, held for a few instructions.
 * Memory   Taken whole at creation.
 * Time     Monotonic milliseconds, given by the caller.
 */
#ifndef GUARD_LIMITER_H
#define GUARD_LIMITER_H

#include <stddef.h>
#include <stdint.h>

struct limiter;

struct limiter_settings {
    size_t keys_max;
    int64_t per_interval; /* so many … */
    int64_t interval_ms;  /* … in this time … */
    int64_t burst;        /* … and at most this many at once */
};

/* NULL when memory is short. */
struct limiter *limiter_create(const struct limiter_settings *settings);
void limiter_destroy(struct limiter *limiter); /* NULL is welcome */

/* 0: go on (and it is counted). Otherwise: so many milliseconds until it may be tried again. */
int64_t limiter_ask(struct limiter *limiter, uint64_t key, int64_t now_ms);

#endif
