/*
 * refund_run_store.h — refunds of a whole date in the store.
 *
 * A run is a row; what it has done are the refunds that bear its id. So its progress is counted,
 * never kept, and is right after every crash.
 *
 * Thread   Writing: the writer thread, inside a transaction. Reading: any connection.
 * Memory   Texts are copied into the struct.
 */
#ifndef PAYMENT_REFUND_RUN_STORE_H
#define PAYMENT_REFUND_RUN_STORE_H

#include <stdbool.h>

#include "base/ids.h"
#include "base/status.h"
#include "base/text.h"
#include "limits.h"
#include "store/store.h"

struct refund_run {
    int64_t id;
    struct option_id option;
    struct fan_id asked_by;
    bool is_done;
    int64_t created_at_ms, updated_at_ms;
    char reason[REFUND_REASON_BYTES_MAX + 1];
};

struct refund_run_progress {
    int64_t left_count;      /* payments that have not been asked for */
    int64_t requested_count; /* refunds that the gateway has not answered */
    int64_t done_count, failed_count;
    int64_t done_amount; /* won */
};

enum refund_run_verdict {
    REFUND_RUN_STARTED,
    REFUND_RUN_REPEATED, /* this key started it before */
    REFUND_RUN_KEY_REUSED,
    REFUND_RUN_NOT_THERE,      /* there is no such date, or no such concert */
    REFUND_RUN_NOT_CLOSED,     /* the date, or one of the concert's, is still for sale */
    REFUND_RUN_RUNNING,        /* there is one */
    REFUND_RUN_TOO_MANY_DATES, /* of a concert */
};

struct refund_run_order {
    struct option_id option;
    int64_t concert_refund; /* of which it is a part; 0: of none */
    struct fan_id asked_by;
    struct text key, reason;
    int64_t request_hash, now_ms;
};

/* *out_run is written for STARTED and REPEATED. */
MUST_USE enum status refund_run_start(struct store_connection *connection,
                                      const struct refund_run_order *order,
                                      struct refund_run *out_run,
                                      enum refund_run_verdict *out_verdict);

/* The same without a look at whether it may be; for whoever has looked. */
MUST_USE enum status refund_run_insert(struct store_connection *connection,
                                       const struct refund_run_order *order,
                                       struct refund_run *out_run);

MUST_USE enum status refund_run_end(struct store_connection *connection, int64_t run,
                                    int64_t now_ms);

/* The newest first; of one date, or those that run when `option` is 0. */
MUST_USE enum status refund_run_list(struct store_connection *connection, struct option_id option,
                                     struct refund_run *out_runs, size_t most, size_t *out_count);
/* Those of a concert's dates (concert_refund_store.h), in the order of their start. */
MUST_USE enum status refund_run_list_dates(struct store_connection *connection,
                                           int64_t concert_refund, struct refund_run *out_runs,
                                           size_t most, size_t *out_count);
MUST_USE enum status refund_run_measure(struct store_connection *connection,
                                        const struct refund_run *run,
                                        struct refund_run_progress *out_progress);

/* Payments of the run's date with ids above `after`, up to `until`. */
struct refund_run_payment {
    struct payment_id id;
    bool is_ready; /* captured, and no refund of it is under way */
};
MUST_USE enum status refund_run_look(struct store_connection *connection,
                                     const struct refund_run *run, int64_t after, int64_t until,
                                     struct refund_run_payment *out_payments, size_t most,
                                     size_t *out_count);

/* The highest id of a payment; and whether somebody can still pay for seats of the date. */
MUST_USE enum status refund_run_horizon(struct store_connection *connection,
                                        int64_t *out_last_payment);
MUST_USE enum status refund_run_has_holds(struct store_connection *connection,
                                          struct option_id option, bool *out_has);

#endif
