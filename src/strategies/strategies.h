/*
 * strategies.h — sells the sales of v1, v2 and v3, side by side with the engine.
 *
 * An ask goes to a worker, which looks at the rows, lets the sale's mechanism make sure of what it
 * saw (mechanism.h) and writes. It is answered after the commit, like the engine's, by the same
 * booking_ask and the same verdicts; the board shows the seats, and the engine lets the hold lapse.
 *
 * Thread   strategies_submit(), strategies_counts(): any. on_answer() comes on a worker.
 * Memory   Two threads and two connections or more, opened when they are needed first. An ask and
 *          its errand belong to the strategies from submit until on_answer().
 * Promise  Nothing is answered before it is durable. BOOKING_FAILED with STATUS_BUSY: nothing was
 *          done; with STATUS_UNKNOWN: nobody could find out, and the same key tells later.
 * Limits   STRATEGY_ASKS_MAX wait: one more is STATUS_FULL. STRATEGY_ATTEMPTS_MAX attempts, with
 *          random pauses that double up to STRATEGY_PAUSE_MS_MAX.
 */
#ifndef STRATEGIES_STRATEGIES_H
#define STRATEGIES_STRATEGIES_H

#include "base/workers.h"
#include "booking/booking.h"
#include "strategies/number_pool.h"

struct lock;
struct strategies;

struct strategies_watcher { /* for tests: see walk_pause() */
    void (*on_looked)(struct strategies_watcher *watcher, const struct booking_ask *ask);
};

struct strategies_settings {
    struct store *store;
    struct booking *booking;
    struct boards *boards;
    struct lock *lock;
    size_t worker_count;
    bool lab;                           /* v1 without a lock is allowed */
    struct strategies_watcher *watcher; /* may be NULL */
    int64_t (*now_ms)(void);            /* NULL: the machine's wall clock */
};

struct strategies_errand { /* lives in whatever waits for the answer */
    struct worker_job job;
    struct strategies *strategies;
    struct booking_ask *ask;
};

/* NULL when memory or threads are short. */
struct strategies *strategies_create(const struct strategies_settings *settings);

/* Finishes what waits. Before the store closes; NULL is welcome. */
void strategies_destroy(struct strategies *strategies);

/* STATUS_FULL: both still belong to the caller. */
MUST_USE enum status strategies_submit(struct strategies *strategies,
                                       struct strategies_errand *errand, struct booking_ask *ask);

/* --- numbers ---------------------------------------------------------------------------------- */

enum { STRATEGY_MECHANISMS = 5 };

struct strategy_counts {         /* of one mechanism */
    const char *strategy, *lock; /* "v2", "optimistic" */
    uint64_t verdicts[BOOKING_VERDICT_COUNT];
    uint64_t retries;          /* somebody was faster */
    uint64_t refused_by_index; /* the last line of defence had to hold */
    uint64_t leases_lost;      /* a lock ended before its owner did */
    uint64_t asks, us_total;   /* from the worker to the answer */
};

struct strategies_counts {
    struct strategy_counts of[STRATEGY_MECHANISMS];
    uint64_t unsorted; /* asks that came to no mechanism: no such sale, another strategy */
};

void strategies_counts(struct strategies *strategies, struct strategies_counts *out_counts);

#endif
