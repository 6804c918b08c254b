/*
 * concert_refund_store.h — a concert that is called off: everything that was paid for any of its
 * dates goes back.
 *
 * It is a row and a run for each date (refund_run_store.h), written in one transaction; the runs do
 * the work, each by itself. A date whose run is under way already keeps that run, and it becomes a
 * part of the concert's.
 *
 * Thread   Writing: the writer thread, inside a transaction. Reading: any connection.
 * Memory   Texts are copied into the struct.
 * Limits   REFUND_DATES_MAX dates.
 */
#ifndef PAYMENT_CONCERT_REFUND_STORE_H
#define PAYMENT_CONCERT_REFUND_STORE_H

#include "payment/refund_run_store.h"

struct concert_refund {
    int64_t id;
    struct concert_id concert;
    int64_t created_at_ms;
    char reason[REFUND_REASON_BYTES_MAX + 1];
};

struct concert_refund_order {
    struct concert_id concert;
    struct fan_id asked_by;
    struct text key, reason;
    int64_t request_hash, now_ms;
};

struct concert_refund_dates { /* of a concert that is not closed: those still for sale */
    struct option_id options[REFUND_DATES_MAX];
    size_t count;
};

/* *out_refund is written for STARTED and REPEATED, *out_open for NOT_CLOSED. */
MUST_USE enum status concert_refund_start(struct store_connection *connection,
                                          const struct concert_refund_order *order,
                                          struct concert_refund *out_refund,
                                          struct concert_refund_dates *out_open,
                                          enum refund_run_verdict *out_verdict);

/* The newest first. */
MUST_USE enum status concert_refund_list(struct store_connection *connection,
                                         struct concert_id concert,
                                         struct concert_refund *out_refunds, size_t most,
                                         size_t *out_count);

#endif
