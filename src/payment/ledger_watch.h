/*
 * ledger_watch.h — adds the ledger up every now and then, so that an alarm rings before the audit
 * is run.
 *
 * Thread   ledger_watch_tick(): one. Adding up happens on a worker. Reading: any.
 * Memory   A few numbers.
 */
#ifndef PAYMENT_LEDGER_WATCH_H
#define PAYMENT_LEDGER_WATCH_H

#include <stdint.h>

struct ledger_watch;
struct store_connection;
struct workers;

/* `readers` has one a worker. Borrows both. NULL when memory is short. */
struct ledger_watch *ledger_watch_create(struct workers *workers,
                                         struct store_connection **readers);
void ledger_watch_destroy(struct ledger_watch *watch); /* after the workers; NULL is welcome */

void ledger_watch_tick(struct ledger_watch *watch, int64_t monotonic_ms);

struct ledger_reading {
    int64_t imbalance_won;           /* the sum of all entries; anything but 0 is wrong */
    int64_t unmatched_webhook_count; /* about payments that nobody here knows */
};
struct ledger_reading ledger_watch_read(const struct ledger_watch *watch);

#endif
