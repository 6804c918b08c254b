/*
 * refund_runs.h — gives back everything that was paid for a date, payment by payment, at the speed
 * the gateway allows.
 *
 * A run is the row that says so (refund_run_store.h). The runner passes over the payments of its
 * date again and again, asks for a refund of each that has none, and ends the run when a pass finds
 * nothing left, nobody's outcome is unknown and nobody holds seats any more. A restart begins
 * another pass; a refund's key names run and payment, so none is asked for twice.
 *
 * Thread   One thread ticks. refund_runs_wake(): any.
 * Memory   REFUND_RUNS_MAX runs at once; further ones wait for their turn.
 * Limits   `per_second` refunds a second of all runs together, REFUND_RUN_AT_ONCE_MAX under way.
 */
#ifndef PAYMENT_REFUND_RUNS_H
#define PAYMENT_REFUND_RUNS_H

#include <stdint.h>

#include "payment/refunds.h"

struct refund_runs;

struct refund_runs_settings { /* all are borrowed */
    struct store *store;
    struct store_connection *reader; /* the ticking thread's */
    struct refunds *refunds;
    int64_t per_second;
    int64_t (*now_ms)(void); /* wall; NULL: the machine's */
};

/* NULL when memory is short. */
struct refund_runs *refund_runs_create(const struct refund_runs_settings *settings);
void refund_runs_destroy(struct refund_runs *runs); /* when no refund is under way; NULL is fine */

/* A run has been started. */
void refund_runs_wake(struct refund_runs *runs);

/* `monotonic_ms` is what the speed is measured by. */
void refund_runs_tick(struct refund_runs *runs, int64_t monotonic_ms);

#endif
