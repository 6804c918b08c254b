/*
 * lock.h — the port through which one of many owners has something for itself, for a while.
 *
 *     struct lock_hold hold;
 *     enum status status = lock_acquire(lock, keys, key_count, wait_ms, &hold);
 *     if (status != STATUS_OK)
 *         return status;
 *     … read, decide, write: the store checks lock_fence(&hold) …
 *     status = lock_release(lock, &hold);
 *
 * A hold is a lease. A watchdog renews it while the owner's process lives and works, up to
 * `hold_ms`; an owner that is stopped, cut off or slower than that loses it, and somebody else may
 * have it while the first still believes in it. No lock service can prevent this. Therefore every
 * hold has a fence: a number higher than that of every earlier hold of the same key. The store
 * keeps the highest it has seen for each key and refuses lower and equal ones; it must check in the
 * very transaction that reads and writes what the lock guards, and before reading it.
 *
 * Fences are microseconds since 1970 or one above the last, whichever is higher. A lock server that
 * has lost its memory therefore goes on above what it gave out before, as long as its clock was not
 * set back. If it was, the store refuses, and lock_raise() lifts the fences above what it has seen.
 *
 * Thread   Any that may block. A hold belongs to one thread at a time.
 * Memory   A hold is the caller's, from acquire to release; it must not move meanwhile.
 * Promise  Between lock_acquire() and the end of the lease nobody else has any of the keys. All
 *          keys or none: two owners with overlapping keys never wait for each other in a circle.
 *          Whoever waits is woken by the release, not by a clock.
 * Limits   LOCK_KEYS_MAX keys a hold, LOCK_KEY_BYTES_MAX a key, LOCK_WAITERS_MAX threads that wait,
 *          LOCK_HOLDS_MAX holds of this process.
 */
#ifndef LOCK_LOCK_H
#define LOCK_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/status.h"
#include "base/text.h"
#include "limits.h" /* LOCK_KEYS_MAX, LOCK_KEY_BYTES_MAX */

struct lock_settings {
    int64_t lease_ms;    /* 0: LOCK_LEASE_MS */
    int64_t hold_ms;     /* 0: LOCK_HOLD_MS; renewed up to here, then it lapses */
    int64_t fallback_ms; /* 0: LOCK_FALLBACK_MS; a waiter looks for itself at least this often */
};

enum { LOCK_OWNER_BYTES = 33 }; /* 32 hexadecimal digits, terminated */

struct lock_key {
    char bytes[LOCK_KEY_BYTES_MAX];
    size_t size;
};

struct lock_hold {
    struct list link; /* the adapter's, and so is all that follows */
    struct lock_key keys[LOCK_KEYS_MAX];
    size_t key_count;
    char owner[LOCK_OWNER_BYTES];  /* nobody can guess it */
    int64_t fence;                 /* 1 … ID_MAX */
    int64_t lapse_at_ms;           /* monotonic: renewed up to here */
    _Atomic int64_t good_until_ms; /* monotonic: nobody else has it before */
};

struct lock_counts {
    uint64_t acquired, waited, timed_out, lost, failed;
    uint64_t wait_us; /* of all that waited, together */
    uint64_t waiting, holding;
};

struct lock {
    const struct lock_ops *ops;
};

struct lock_ops {
    const char *name;
    /* The hold has its keys and its owner; the rest is written on STATUS_OK. */
    enum status (*acquire)(struct lock *lock, struct lock_hold *hold, int64_t wait_ms);
    enum status (*release)(struct lock *lock, struct lock_hold *hold);
    enum status (*raise)(struct lock *lock, int64_t fence);
    struct lock_counts (*counts)(struct lock *lock);
    void (*destroy)(struct lock *lock);
};

/*
 * All of the keys, at once, within wait_ms (0: try once; LOCK_WAIT_MS_MAX at most). Keys differ
 * from each other.
 *
 * STATUS_OK    the caller has them
 * STATUS_BUSY  somebody else had one of them all the time
 * STATUS_FULL  too many wait or hold; nothing was done
 * STATUS_IO    the lock server does not answer; what it may have given all the same lapses with the
 *              lease
 */
MUST_USE enum status lock_acquire(struct lock *lock, const struct text *keys, size_t key_count,
                                  int64_t wait_ms, struct lock_hold *out_hold);

/*
 * Every acquired hold is released, also a lost one.
 *
 * STATUS_OK       given back; a waiter is awake
 * STATUS_MISSING  it had been lost before: whoever checks no fence may have met another owner
 * STATUS_IO       the lock server does not answer; it lapses with the lease
 */
MUST_USE enum status lock_release(struct lock *lock, struct lock_hold *hold);

/* False as soon as somebody else may have it. True is a moment's truth only: the fence decides. */
bool lock_held(const struct lock_hold *hold);

static inline int64_t lock_fence(const struct lock_hold *hold)
{
    return hold->fence;
}

/* The store has seen this fence: from now on every fence is higher. */
MUST_USE enum status lock_raise(struct lock *lock, int64_t fence);

struct lock_counts lock_counts(struct lock *lock);
void lock_destroy(struct lock *lock); /* nothing is held and nobody waits; NULL is welcome */

#endif
