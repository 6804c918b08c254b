/*
 * reconcile.h — holds our book against the gateway's, order by order, and names every difference.
 *
 * Thread   One, with a reading connection of its own.
 * Memory   A page of orders.
 */
#ifndef PAYMENT_RECONCILE_H
#define PAYMENT_RECONCILE_H

#include <stdio.h>

#include "payment/settlement.h"
#include "store/store.h"

struct reconcile_settings {
    const char *gateway;
    int64_t since_ms, until_ms; /* payments begun outside are not missed in the file */
    FILE *out;                  /* a line a difference */
};

struct reconcile_report {
    size_t order_count; /* ours that were looked at */
    size_t difference_count;
};

/* `settlement` is marked by it: use it once. */
MUST_USE enum status reconcile_run(struct store_connection *reader, struct settlement *settlement,
                                   const struct reconcile_settings *settings,
                                   struct reconcile_report *out_report);

#endif
